"""From an event's POST to everybody's eyes: 100 plain sockets, 18 pages' own lines, two real browsers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from core.metrics import percentile
from tests.load.audience import Audience, gathered, state
from tests.load.pages import Visits, admins_of
from tests.process_kit import Server, server

pytestmark = pytest.mark.bench

SOCKETS, LINES, WINDOWS = 100, 18, 2
WARM, SINGLE, STEADY = range(1, 6), range(6, 56), range(56, 156)
INTERVAL = 0.1


async def echo() -> list[float]:
    """What a message there and back costs on this machine, with nothing behind it."""

    async def answer(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)

    found = []
    async with serve(answer, "127.0.0.1", 0) as plain:
        port = next(iter(plain.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}") as client:
            for _ in range(200):
                began = time.perf_counter()
                await client.send("x" * 300)
                await client.recv()
                found.append((time.perf_counter() - began) * 1000)
    return found


async def steadily(audience: Audience, tandem: Server, numbers: range) -> None:
    """Ten a second, whatever an answer takes."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    async with asyncio.TaskGroup() as posts:
        for n in numbers:
            await asyncio.sleep(max(0.0, begin + (n - numbers.start) * INTERVAL - loop.time()))
            posts.create_task(state(tandem, audience, n))


def show(label: str, values: Sequence[float], base: float) -> None:
    p50, p95 = percentile(values, 50), percentile(values, 95)
    print(f"  {label:<34}{len(values):>7,}{p50:>9.1f}{p95:>9.1f}{max(values):>9.1f}{p50 / base:>9.1f} x")


async def test_posted_to_seen(tmp_path: Path) -> None:
    audience = Audience()
    async with server(tmp_path / "var") as tandem:
        pages = Visits(await admins_of(tandem), "/admin", "All is well")
        async with gathered(tandem, audience, SOCKETS, pages, LINES, WINDOWS):
            for n in (*WARM, *SINGLE):
                await state(tandem, audience, n)
                await audience.complete(range(n, n + 1))
            await steadily(audience, tandem, STEADY)
            await audience.complete(STEADY)
    plain = await echo()
    base = percentile(plain, 50)
    print(f"\nposted to seen, ms{'':<18}{'n':>7}{'P50':>9}{'P95':>9}{'max':>9}{'to an echo':>11}")
    show("a plain echo, there and back", plain, base)
    for name, numbers in (("one by one", SINGLE), ("10 a second", STEADY)):
        for kind in audience.members:
            show(f"{kind} ({audience.members[kind]}), {name}", audience.latencies(kind, numbers), base)
    assert audience.members == {"sockets": SOCKETS, "pages' lines": LINES, "browsers": WINDOWS}
