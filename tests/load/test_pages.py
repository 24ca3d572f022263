"""What one open page costs, and what 500 closed ones leave behind, beside a plain Panel page with the same data.

A closed page is kept for 30 s, so the first 500 raise the process to the height of some hundred kept pages, which the
allocator does not give back. What grows is therefore read from the rounds that follow.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient

from tests.load.pages import Usage, Visits, admins_of, browser_of, come_true, gauge
from tests.process_kit import ROOT, server

pytestmark = pytest.mark.bench

WARM = 60
OPEN = 40
CLOSED = 500
ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    kilobytes: float
    milliseconds: float
    seconds: float
    before: float
    after: list[float]


async def cost(visits: Visits, pid: int, empty: Callable[[], Awaitable[bool]], rounds: int) -> Cost:
    for _ in range(WARM):
        async with AsyncExitStack() as stack:
            await visits.open(stack)
    await come_true(empty)
    async with AsyncExitStack() as stack:
        first = Usage.of(pid)
        seconds = [await visits.open(stack) for _ in range(OPEN)]
        last = Usage.of(pid)
    await come_true(empty)
    before = Usage.of(pid).memory / 1024
    after = []
    for _ in range(rounds):
        for _ in range(CLOSED):
            async with AsyncExitStack() as stack:
                await visits.open(stack)
        await come_true(empty)
        after.append(Usage.of(pid).memory / 1024)
    return Cost(
        kilobytes=(last.memory - first.memory) / OPEN,
        milliseconds=(last.seconds - first.seconds) / OPEN * 1000,
        seconds=statistics.median(seconds),
        before=before,
        after=after,
    )


@asynccontextmanager
async def plain() -> AsyncIterator[tuple[int, int]]:
    """The page to compare with, in a process of its own: its process and its port."""
    process = await create_subprocess_exec(sys.executable, "-m", "tests.load.plain_page", cwd=ROOT, stdout=PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        yield process.pid, int(line.split()[1])
    finally:
        process.kill()
        await process.wait()


async def ours(folder: Path) -> Cost:
    async with server(folder) as tandem:
        assert tandem.process is not None

        async def empty() -> bool:
            kept = [await gauge(tandem, name) for name in ("pages_open", "page_documents", "health_watchers")]
            return kept == [0, 0, 0]

        found = await cost(Visits(await admins_of(tandem), "/admin", "All is well"), tandem.process.pid, empty, ROUNDS)
        print("\nafter every 500 closed pages: 0 lines, 0 documents, 0 subscribers of the feed (read from /metrics)")
        print(f"memory after each 500 closed pages, MB: {', '.join(f'{size:.1f}' for size in found.after)}", flush=True)
        return found


async def theirs() -> Cost:
    async with plain() as (pid, port):

        async def empty() -> bool:
            return (await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/count")).body == b"0"

        return await cost(Visits([browser_of(port)], "/plain", ""), pid, empty, 1)


async def test_what_a_page_costs(tmp_path: Path) -> None:
    health, panel = await ours(tmp_path / "var"), await theirs()
    print(f"{'':<34}{'health page':>12}{'plain Panel':>12}{'ratio':>8}")
    for label, get in ROWS:
        a, b = get(health), get(panel)
        print(f"{label:<34}{a:>12,.2f}{b:>12,.2f}{a / b if b else 0:>8.2f}")
    assert health.after[-1] - health.after[0] < 20


ROWS: tuple[tuple[str, Callable[[Cost], float]], ...] = (
    ("one open page, KB", lambda c: c.kilobytes),
    ("one page, ms of the server's time", lambda c: c.milliseconds),
    ("until its data are there, s", lambda c: c.seconds),
    ("before the 500, MB", lambda c: c.before),
    ("after 500 opened and closed, MB", lambda c: c.after[0]),
)
