"""Mail to people who are away: over real SMTP and HTTP on this machine, at least once, and nothing that is over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from core.app import App
from core.clock import FakeClock
from core.errors import SettingsError
from core.nudges.choosing import Choices, choose_nudges
from core.nudges.commands import accept
from core.nudges.mailing import Outbox, Post, post_of
from core.nudges.posting import post_due
from data.tables import User
from tests.factories import Make
from tests.nudges.kit import here, look, nudges_of, two_friends


@dataclass
class Heard:
    port: int = 0
    letters: list[str] = field(default_factory=list)
    refuse: bool = False


@asynccontextmanager
async def smtp() -> AsyncIterator[Heard]:
    """As much of an SMTP server as it takes to be handed a mail."""
    heard = Heard()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                text = await reader.readuntil(b"\r\n.\r\n")
                if not heard.refuse:
                    heard.letters.append(text.decode())
            answer = b"451 later\r\n" if heard.refuse and word == b"MAIL" else b"250 yes\r\n"
            writer.write(b"221 bye\r\n" if word == b"QUIT" else answer)
            await writer.drain()
            if word == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard.port = server.sockets[0].getsockname()[1]
    async with server:
        yield heard


@asynccontextmanager
async def http() -> AsyncIterator[Heard]:
    heard = Heard()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        heard.letters.append(head + (await reader.readexactly(length)).decode())
        status = b"503 Away" if heard.refuse else b"204 Taken"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard.port = server.sockets[0].getsockname()[1]
    async with server:
        yield heard


async def nudged(app: App, make: Make, **chosen: object) -> tuple[User, User]:
    """Leo practises; Ada is away, and has given an address."""
    leo, ada = await two_friends(make)
    given = Choices(**{"email": "ada@example.org", **chosen})  # type: ignore[arg-type]
    await make.run(await make.principal(ada), choose_nudges, given)
    await here(app, leo, skill="algebra")
    assert await look(app) == 1
    return leo, ada


@pytest.mark.req("ND-4", "ND-10")
async def test_a_nudge_goes_by_smtp_once(app: App, make: Make) -> None:
    async with smtp() as server:
        post = post_of(f"smtp://127.0.0.1:{server.port}", "hello@tandem.example")
        leo, _ = await nudged(app, make)
        assert await post_due(app.transactions, post) == {"sent": 1, "kept": 0, "dropped": 0, "failed": 0}
        assert (await post_due(app.transactions, post))["sent"] == 0
    (letter,) = server.letters
    assert "To: ada@example.org" in letter
    assert f"{leo.username} is practising Algebra" in letter
    assert "invite" not in letter


@pytest.mark.req("ND-4")
async def test_a_service_of_the_hosts_gets_its_own_id_and_a_key_that_stays(
    app: App, make: Make, clock: FakeClock
) -> None:
    async with http() as server:
        post = post_of(f"http://127.0.0.1:{server.port}/mail", "")
        server.refuse = True
        _, ada = await nudged(app, make)
        assert (await post_due(app.transactions, post))["failed"] == 1
        assert (await post_due(app.transactions, post))["failed"] == 0, "it waits a little"
        server.refuse = False
        clock.advance(61)
        assert (await post_due(app.transactions, post))["sent"] == 1
    keys = {line for text in server.letters for line in text.splitlines() if line.lower().startswith("idempotency-key")}
    assert len(server.letters) == 2
    assert len(keys) == 1
    assert json.loads(server.letters[1].rpartition("\r\n\r\n")[2])["external_id"] == ada.external_id


@pytest.mark.req("ND-4")
async def test_without_a_way_out_nothing_is_sent_and_the_row_says_so(app: App, make: Make) -> None:
    await nudged(app, make)
    assert await post_due(app.transactions, Outbox()) == {"sent": 0, "kept": 1, "dropped": 0, "failed": 0}


async def dropped(app: App, post: Post) -> int:
    return (await post_due(app.transactions, post))["dropped"]


@pytest.mark.req("ND-13", "ND-8", "ND-10")
async def test_what_is_answered_blocked_or_switched_off_meanwhile_is_not_sent(app: App, make: Make) -> None:
    async with smtp() as server:
        post = post_of(f"smtp://127.0.0.1:{server.port}", "hello@tandem.example")
        _, ada = await nudged(app, make)
        await make.run(await make.principal(ada), accept, (await nudges_of(app, ada))[0].id)
        assert await dropped(app, post) == 1
        leo, other = await nudged(app, make)
        await make.block(leo, other)
        assert await dropped(app, post) == 1
        _, third = await nudged(app, make)
        await make.run(await make.principal(third), choose_nudges, Choices(mail={"friend_online": False}))
        assert await dropped(app, post) == 1
    assert server.letters == []


@pytest.mark.req("ND-10")
async def test_who_wishes_one_a_day_gets_one_with_all(app: App, make: Make, clock: FakeClock) -> None:
    async with smtp() as server:
        post = post_of(f"smtp://127.0.0.1:{server.port}", "hello@tandem.example")
        leo, _ = await nudged(app, make, digest=True)
        clock.advance(3601)
        await here(app, leo, skill="geometry")
        assert await look(app) == 1
        assert (await post_due(app.transactions, post))["sent"] == 0
        clock.advance(4 * 3600)
        assert (await post_due(app.transactions, post))["sent"] == 2
    (letter,) = server.letters
    assert "2 things happened" in letter


def test_a_way_out_that_is_none_is_refused_at_the_start() -> None:
    for url, sender in (("ftp://x", "a@b.example"), ("smtp://", "a@b.example"), ("smtp://host", "nobody"), ("x", "")):
        with pytest.raises(SettingsError):
            post_of(url, sender)
