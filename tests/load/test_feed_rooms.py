"""An activity to everybody who has the feed open: rooms of 50 and of 500, by REST and by socket, and a browser.

Beside it, in the same run and on the same clients' side, a plain server that sends what it gets to as many.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from core.metrics import percentile
from tests.load.audience import Audience, gathered, state
from tests.load.pages import Visits
from tests.load.test_delivery import steadily
from tests.process_kit import Server, call, server, token_for

pytestmark = pytest.mark.bench

WARM, SINGLE, STEADY = range(1, 6), range(6, 36), range(36, 86)
REACTIONS = 30
KINDS = ("like", "wow")


async def heard(members: list[ClientConnection], mark: str, began: float) -> list[float]:
    """How long it took until each of them got what holds the mark, in milliseconds."""

    async def one(member: ClientConnection) -> float:
        while mark not in str(await member.recv()):
            pass
        return (time.perf_counter() - began) * 1000

    async with asyncio.timeout(30):
        return list(await asyncio.gather(*map(one, members)))


async def plain(size: int) -> list[float]:
    """What it costs to hand a message of this length to so many with nothing behind it."""
    async with AsyncExitStack() as stack:
        members: set[ServerConnection] = set()

        async def answer(socket: ServerConnection) -> None:
            members.add(socket)
            async for message in socket:
                broadcast(members, message)

        served = await stack.enter_async_context(serve(answer, "127.0.0.1", 0))
        port = next(iter(served.sockets)).getsockname()[1]
        clients = [await stack.enter_async_context(connect(f"ws://127.0.0.1:{port}")) for _ in range(size)]
        found: list[float] = []
        for n in range(REACTIONS):
            began = time.perf_counter()
            await clients[0].send(f"mark-{n:04} " + "x" * 400)
            found += await heard(clients, f"mark-{n:04}", began)
        return found


async def by_socket(tandem: Server, size: int) -> list[float]:
    """Reactions said on one socket, until every member's line has the new counts."""
    async with AsyncExitStack() as stack:
        members = [await member(tandem, stack, n) for n in range(size)]
        _, page = await call(tandem, "GET", "/api/v1/activities?limit=1")
        activity = page["activities"][0]["id"]
        found: list[float] = []
        for n in range(REACTIONS):
            push = ["1", f"r{n}", "activity:global", "react", {"activity_id": activity, "reaction": KINDS[n % 2]}]
            began = time.perf_counter()
            await members[n % size].send(json.dumps(push))
            found += await heard(members, '"activity_reacted"', began)
        return found


async def member(tandem: Server, stack: AsyncExitStack, n: int) -> ClientConnection:
    token = (await token_for(tandem, f"bench-{n}", name=f"Bench {n}", role="student"))["token"]
    url = f"ws://127.0.0.1:{tandem.port}/socket/websocket?vsn=2.0.0&token={token}"
    socket = await stack.enter_async_context(connect(url, max_queue=None, ping_interval=None))
    await socket.send(json.dumps(["1", "1", "activity:global", "phx_join", {}]))
    while '"phx_reply"' not in str(await socket.recv()):
        pass
    return socket


def told(label: str, values: list[float], base: float) -> None:
    p50, p95 = percentile(values, 50), percentile(values, 95)
    print(f"  {label:<40}{len(values):>8,}{p50:>9.1f}{p95:>9.1f}{max(values):>9.1f}{p95 / base:>9.1f} x")


@pytest.fixture
def uncollected() -> Iterator[None]:
    """The clients of this process stand still together while its memory is looked through: no client's fault, and not
    what is measured."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.req("AF-21")
@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("size", [50, 500])
async def test_an_activity_to_a_room(tmp_path: Path, size: int) -> None:
    """First without a browser: drawing takes a core for a moment, which here is one of two that all have together."""
    bare = await plain(size)
    base = percentile(bare, 95)
    print(f"\na room of {size}, ms (load of the machine {os.getloadavg()[0]:.1f})")
    print(f"  {'':<40}{'n':>8}{'P50':>9}{'P95':>9}{'max':>9}{'P95 to plain':>13}")
    told("a plain server, one to all", bare, base)
    for windows in (0, 1):
        audience = Audience()
        async with server(tmp_path / f"var-{windows}") as tandem:
            nobody = Visits([], "/", "")
            async with gathered(tandem, audience, size, nobody, 0, windows):
                for n in (*WARM, *SINGLE):
                    await state(tandem, audience, n)
                    await audience.complete(range(n, n + 1))
                await steadily(audience, tandem, STEADY)
                await audience.complete(STEADY)
            reactions = [] if windows else await by_socket(tandem, size)
        for name, numbers in (("by REST, one by one", SINGLE), ("by REST, 10 a second", STEADY)):
            for kind in audience.members:
                told(f"{kind} ({audience.members[kind]}), {name}", audience.latencies(kind, numbers), base)
        if reactions:
            told(f"sockets ({size}), by socket, one by one", reactions, base)
            assert len(reactions) == size * REACTIONS
        assert audience.members["sockets"] == size
        assert audience.members["browsers"] == windows
