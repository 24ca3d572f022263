"""A reader that stops reading costs itself its connection in the end, and others nothing."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from core.app import App
from core.live.hub import Message
from core.web.channels.connection import Connection
from core.web.channels.outbox import Outbox
from data.tables import User
from tests.channel_kit import ChannelClient, ChannelServer
from tests.channels.conftest import Connect
from tests.factories import Make

LARGE = "x" * 50_000

pytestmark = pytest.mark.parametrize("wire", ["bare", "stream"])


def shout(app: App, topic: str, count: int, text: str = LARGE) -> None:
    for number in range(count):
        app.hub.signal(Message(topic, "noise", {"n": number, "text": text}))


def stop_reading(client: ChannelClient) -> None:
    client.websocket.transport.pause_reading()


async def until_it_waits(app: App, topic: str, connection: Connection) -> None:
    """Send until the kernel takes no more."""
    async with asyncio.timeout(20):
        while connection.waits_since is None:
            shout(app, topic, 5)
            await asyncio.sleep(0)


def waiting_for(connection: Connection) -> Outbox:
    """What waits for one that does not read."""
    assert connection.outbox is not None
    return connection.outbox


@pytest.fixture
async def ada(make: Make) -> User:
    return await make.person()


@pytest.fixture
async def slow(server: ChannelServer, make: Make, ada: User) -> Any:
    """A client with small buffers, so that little is on the way."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", server.port))
    async with server.client(make.token(ada), sock=line, max_queue=1) as client:
        yield client
        client.cut()


@pytest.mark.req("RT-18")
async def test_others_hear_everything_while_one_does_not_read(
    app: App, make: Make, enter: Connect, ada: User, slow: ChannelClient
) -> None:
    quick = await enter(await make.person())
    channel = await quick.join("activity:global")
    await slow.join("activity:global")
    stop_reading(slow)
    (connection,) = app.sockets.of(ada.id)
    await until_it_waits(app, "activity:global", connection)
    await quick.heartbeat()
    quick.waiting.clear()
    for number in range(400):
        app.hub.signal(Message("activity:global", "noise", {"n": number, "text": LARGE}))
        assert (await channel.expect("noise"))["n"] == number
    outbox = waiting_for(connection)
    assert len(outbox) <= outbox.limit
    assert outbox.size <= outbox.limit_bytes
    assert outbox.stale
    assert app.sockets.counts()["queued"] == len(outbox)


@pytest.mark.req("RT-18")
async def test_whoever_reads_again_gets_the_present_state_instead(
    app: App, make: Make, ada: User, slow: ChannelClient
) -> None:
    channel = await slow.join("activity:global")
    lobby = await slow.join("presence:lobby")
    await lobby.expect("presence_state")
    stop_reading(slow)
    (connection,) = app.sockets.of(ada.id)
    await until_it_waits(app, "activity:global", connection)
    await until_it_waits(app, "presence:lobby", connection)
    shout(app, "activity:global", 40)
    shout(app, "presence:lobby", 40)
    missed = await make.fact(ada)
    assert len(waiting_for(connection).stale) == 2
    slow.websocket.transport.resume_reading()
    snapshot = await channel.expect("snapshot")
    assert [item["seq"] for item in snapshot["activities"]] == [missed.seq]
    assert snapshot["seq"] >= missed.seq
    assert str(ada.id) in await lobby.expect("presence_state")
    later = await make.fact(ada)
    assert (await channel.expect("new_activity"))["seq"] == later.seq
    assert app.sockets.counters.resyncs == 2


@pytest.mark.req("RT-18")
async def test_whoever_takes_nothing_for_too_long_is_closed(
    app: App, make: Make, ada: User, slow: ChannelClient
) -> None:
    await slow.join("activity:global")
    stop_reading(slow)
    (connection,) = app.sockets.of(ada.id)
    await until_it_waits(app, "activity:global", connection)
    app.clock.advance(4)  # type: ignore[attr-defined]
    app.sockets.tick()
    assert len(app.sockets) == 1
    app.clock.advance(4)  # type: ignore[attr-defined]
    app.sockets.tick()
    assert app.sockets.counters.slow == 1
    assert len(app.sockets) == 0
    assert app.hub.subscribers()["activity:global"] == 1
    slow.websocket.transport.resume_reading()
    assert await slow.closed() == 4008


@pytest.mark.req("RT-18")
async def test_whoever_asks_and_never_reads_the_answers_is_closed(app: App, ada: User, slow: ChannelClient) -> None:
    await slow.join("activity:global")
    (connection,) = app.sockets.of(ada.id)
    stop_reading(slow)
    await until_it_waits(app, "activity:global", connection)
    # Those that are too many for a minute are answered as well.
    for number in range(300):
        await slow.websocket.send(f'[null,"{number}","activity:global","what",{{}}]')
    async with asyncio.timeout(5):
        while not waiting_for(connection).full:
            await asyncio.sleep(0)
    app.sockets.tick()
    assert connection.closed


async def until_pong(connection: Connection) -> None:
    async with asyncio.timeout(5):
        while connection.pinged:
            await asyncio.sleep(0)


@pytest.mark.req("RT-4")
async def test_silence_is_pinged_and_then_cut(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    await client.heartbeat()
    (connection,) = app.sockets.of(ada.id)
    app.clock.advance(33)  # type: ignore[attr-defined]
    app.sockets.tick()
    assert connection.pinged
    # The client's library answers pings by itself: that is life enough.
    await until_pong(connection)
    stop_reading(client)
    app.clock.advance(44)  # type: ignore[attr-defined]
    app.sockets.tick()
    assert len(app.sockets) == 1
    app.clock.advance(1)  # type: ignore[attr-defined]
    app.sockets.tick()
    assert len(app.sockets) == 0
    client.cut()


@pytest.mark.req("RT-18")
async def test_a_burst_goes_out_joined_and_in_order(app: App, make: Make, enter: Connect) -> None:
    client = await enter(await make.person())
    channel = await client.join("activity:global")
    shout(app, "activity:global", 200, "short")
    assert [(await channel.expect("noise"))["n"] for _ in range(200)] == list(range(200))
