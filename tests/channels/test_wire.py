"""One contract for whatever carries a socket: handshakes in any pieces, frames in any form, ends with their code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from core.app import App
from tests.channel_kit import ChannelServer
from tests.channels.conftest import Connect
from tests.factories import Make
from tests.wire_kit import ACCEPT, RawClient, masked, raw, request

pytestmark = pytest.mark.parametrize("wire", ["bare", "stream"])

HEARTBEAT = b'[null,"1","phoenix","heartbeat",{}]'
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


@pytest.fixture
async def line(server: ChannelServer, make: Make) -> AsyncIterator[RawClient]:
    """A line that is open, to send anything on."""
    async with raw(server.port) as client:
        client.send(request(make.token(await make.person())))
        assert (await client.head()).startswith(b"HTTP/1.1 101 ")
        yield client


async def answered(client: RawClient) -> None:
    opcode, payload = await client.frame()
    assert opcode == TEXT
    assert json.loads(payload) == [None, "1", "phoenix", "phx_reply", {"status": "ok", "response": {}}]


@pytest.mark.req("RT-1")
async def test_a_handshake_may_come_byte_by_byte(server: ChannelServer, make: Make) -> None:
    token = make.token(await make.person())
    async with raw(server.port) as client:
        for byte in request(token):
            client.send(bytes((byte,)))
            await asyncio.sleep(0)
        head = await client.head()
        assert head.startswith(b"HTTP/1.1 101 ")
        assert ACCEPT in head
        for byte in masked(TEXT, HEARTBEAT):
            client.send(bytes((byte,)))
            await asyncio.sleep(0)
        await answered(client)


@pytest.mark.req("RT-1")
async def test_frames_may_follow_the_handshake_at_once(server: ChannelServer, make: Make) -> None:
    async with raw(server.port) as client:
        client.send(request(make.token(await make.person())) + masked(TEXT, HEARTBEAT))
        await client.head()
        await answered(client)


@pytest.mark.req("RT-4")
async def test_a_message_in_parts_with_a_ping_between_is_one_message(line: RawClient) -> None:
    line.send(masked(TEXT, HEARTBEAT[:10], final=False) + masked(PING, b"here?"))
    line.send(masked(0, HEARTBEAT[10:20], final=False) + masked(0, b"", final=False) + masked(0, HEARTBEAT[20:]))
    assert await line.frame() == (PONG, b"here?")
    await answered(line)


@pytest.mark.req("RT-4")
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x02[]", 1002),
        (b"\xc1\x80\x00\x00\x00\x00", 1002),
        (masked(PING, b"x" * 126), 1002),
        (masked(PING, b"x", final=False), 1002),
        (masked(0x3, b"x"), 1002),
        (masked(0, b"of nothing"), 1002),
        (masked(TEXT, b"a", final=False) + masked(TEXT, b"b"), 1002),
        (masked(CLOSE, b"\x03"), 1002),
        (masked(CLOSE, b"\x03\xed"), 1002),
        (masked(TEXT, b'["1","1","\xff\xfe","e",{}]'), 1007),
        (masked(TEXT, b"\xc3", final=False) + masked(0, b"("), 1007),
        (masked(BINARY, b"\x07"), 1003),
        (masked(TEXT, b"x" * 65_537), 1009),
        (masked(TEXT, b"x" * 40_000, final=False) + masked(0, b"x" * 40_000), 1009),
    ],
)
async def test_every_breach_ends_the_line_with_its_code_and_nobody_elses(
    app: App, make: Make, enter: Connect, line: RawClient, sent: bytes, code: int
) -> None:
    healthy = await enter(await make.person())
    line.send(sent)
    assert await line.code() == code
    line.send(masked(CLOSE, b"\x03\xe8"))
    assert (await healthy.heartbeat()).status == "ok"
    assert len(app.sockets) == 1


@pytest.mark.req("RT-21")
@pytest.mark.parametrize("goodbye", [b"", b"\x03\xe8", b"\x03\xe9bye", b"\x0f\xa0"])
async def test_a_goodbye_is_answered_with_the_same(app: App, line: RawClient, goodbye: bytes) -> None:
    line.send(masked(CLOSE, goodbye) + masked(TEXT, HEARTBEAT))
    assert await line.frame() == (CLOSE, goodbye[:2])
    assert await line.end() == b""
    assert len(app.sockets) == 0
    assert app.sockets.counts()["received"] == 0


@pytest.mark.req("RT-1")
@pytest.mark.parametrize(
    "more",
    [
        ("Sec-WebSocket-Version: 8",),
        ("Transfer-Encoding: chunked",),
        ("Content-Length: 3",),
        ("Host: elsewhere",),
        ("Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",),
        ("Bad Header: x",),
    ],
)
async def test_an_odd_handshake_opens_nothing(app: App, server: ChannelServer, make: Make, more: tuple[str]) -> None:
    async with raw(server.port) as client:
        client.send(request(make.token(await make.person()), *more) + b"0\r\n\r\n")
        assert b" 101 " not in await client.end_or_head()
    assert len(app.sockets) == 0


@pytest.mark.req("RT-1")
@pytest.mark.parametrize("change", [(b"Upgrade: websocket\r\n", b""), (b": 13", b": 12"), (b"MDEyMzQ1", b"short")])
async def test_what_is_no_websocket_handshake_is_told_so(
    server: ChannelServer, make: Make, change: tuple[bytes, bytes]
) -> None:
    async with raw(server.port) as client:
        client.send(request(make.token(await make.person())).replace(*change))
        assert b" 400 " in await client.head()


@pytest.mark.req("RT-20")
async def test_a_thousand_joins_of_one_socket_are_bounded(app: App, line: RawClient) -> None:
    for n in range(1000):
        line.send(masked(TEXT, json.dumps([str(n), str(n), f"activity:subject:s{n}", "phx_join", {}]).encode()))
    statuses = [json.loads((await line.frame())[1])[4]["response"]["reason"] for _ in range(1000)]
    assert statuses.count("rate_limited") == 900
    assert app.sockets.joining.counts() == {}
    assert len(app.replicas) == 0


@pytest.mark.req("RT-18")
async def test_pings_of_one_that_does_not_read_pile_up_nowhere(app: App, line: RawClient) -> None:
    (connection,) = app.sockets._connections.values()
    line.line.pause_reading()
    connection.send(b"\x82\x7f" + (4_000_000).to_bytes(8) + bytes(4_000_000))
    async with asyncio.timeout(5):
        while connection.waits_since is None:
            await asyncio.sleep(0)
    received = connection.seen_at
    for _ in range(2000):
        line.send(masked(PING, b"x" * 125))
    app.clock.advance(1)  # type: ignore[attr-defined]
    line.send(masked(PING, b"last"))
    async with asyncio.timeout(5):
        while connection.seen_at == received:
            await asyncio.sleep(0)
    line.line.resume_reading()
    assert (await line.frame())[0] == BINARY
    line.send(masked(TEXT, HEARTBEAT))
    pongs = 0
    while (await line.frame())[0] == PONG:
        pongs += 1
    assert pongs < 10
