"""Hostile bytes on real lines: each is answered or closed, memory stays bounded, and the healthy feel nothing.

Ten thousand frames here; a million in the bench.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import suppress

import pytest

from core.app import App
from tests.channel_kit import ChannelClient, ChannelServer
from tests.channels.conftest import Connect
from tests.channels.test_fuzz import hostile
from tests.factories import Make
from tests.wire_kit import masked, raw, request

LINES, EACH = 8, 25
CLOSE_AFTER = b"\x03\xe8"


def hostile_frame(chance: random.Random) -> bytes:
    """A frame that is wrong somewhere: in its header, its mask, its length, its text, or nowhere."""
    sent = hostile(chance)
    payload = sent.encode() if isinstance(sent, str) else sent
    kind = chance.random()
    if kind < 0.90:
        return masked(0x1 if isinstance(sent, str) else 0x2, payload)
    if kind < 0.95:
        middle = chance.randrange(len(payload) + 1)
        ping = masked(0x9, chance.randbytes(chance.randrange(126))) if chance.random() < 0.5 else b""
        return masked(0x1, payload[:middle], final=False) + ping + masked(0x0, payload[middle:])
    if kind < 0.98:
        return masked(chance.choice([0x9, 0xA]), chance.randbytes(chance.randrange(126)))
    whole = bytearray(masked(chance.choice([0x0, 0x1, 0x2, 0x8, 0x9]), payload, final=chance.random() < 0.8))
    for _ in range(chance.randrange(1, 4)):
        whole[chance.randrange(min(len(whole), 14))] = chance.randrange(256)
    return bytes(whole[: chance.randrange(1, len(whole) + 1)])


async def assault(server: ChannelServer, token: str, chance: random.Random, frames: int) -> None:
    """One line of hostile frames in pieces of any size, and whatever comes back read to its end."""
    async with raw(server.port) as client:
        client.send(request(token))
        assert b" 101 " in await client.head()
        data = b"".join(hostile_frame(chance) for _ in range(frames)) + masked(0x8, CLOSE_AFTER)
        at = 0
        with suppress(ConnectionError):
            while at < len(data):
                size = chance.choice([1, 2, 7, 1400, 65536])
                client.send(data[at : at + size])
                at += size
                await client.writer.drain()
            client.writer.write_eof()
        await client.end()


async def storm(app: App, server: ChannelServer, make: Make, healthy: ChannelClient, frames: int, seed: int) -> float:
    """So many hostile frames; the longest that a healthy client waited for an answer meanwhile."""
    chance = random.Random(seed)
    tokens = [make.token(await make.person()) for _ in range(LINES)]
    longest, rounds = 0.0, frames // (LINES * EACH)
    for _ in range(rounds):
        app.limiter._windows.clear()  # type: ignore[attr-defined]
        lines = [assault(server, token, random.Random(chance.random()), EACH) for token in tokens]
        under_way = asyncio.gather(*lines)
        while not under_way.done():
            began = time.perf_counter()
            async with asyncio.timeout(20):
                await (await healthy.websocket.ping())
            longest = max(longest, time.perf_counter() - began)
        await under_way
    return longest


def quiet(caplog: pytest.LogCaptureFixture) -> bool:
    return not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.req("RT-9")
@pytest.mark.parametrize("wire", ["bare", "stream"])
async def test_ten_thousand_hostile_frames_on_real_lines(
    app: App, make: Make, server: ChannelServer, enter: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    healthy = await enter(await make.person())
    await storm(app, server, make, healthy, 5_000, seed=7)
    assert len(app.sockets) == 1
    assert app.sockets.joining.counts() == {}
    assert app.sockets.counts()["queued"] == 0
    assert app.sockets.counters.malformed > 500
    assert quiet(caplog)
