"""What only shows with time and beside other work: memory over a long run, and sockets while pages compute."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from tests.load.pages import Visits, admins_of
from tests.load.scenarios import LATENCY, OURS, SECONDS, nothing_missing, show, stage
from tests.process_kit import KEY
from tests.process_kit import Server as Process
from tools.load.marks import Stream
from tools.load.picture import svg
from tools.load.report import table
from tools.load.run import Plan, run
from tools.programs import ROOT

pytestmark = pytest.mark.bench

SOAK = SECONDS or 60.0
PAGES = 20
FLAT = 16.0
"""KB a second that memory may seem to rise by, in a minute's sample of an allocator at work."""


@pytest.mark.req("HUB-28", "PF-10")
def test_a_soak() -> None:
    """2,000 in 20 rooms; SECONDS makes it as long as wanted, RATE as lively."""
    plan = Plan(2_000, (Stream("message", float(os.environ.get("RATE", "10")), 20, SOAK),))
    with stage(OURS, plan.conns) as (server, crew):
        report = run(server, plan, crew)
    assert report.watch is not None
    slope = report.watch.slope(skip=min(10.0, SOAK / 4)) / 1024
    first, last = (report.watch.samples[at].server.memory / 2**20 for at in (0, -1))
    print(f"\nsoak of {SOAK:.0f} s   (load of the machine {os.getloadavg()[0]:.1f})")
    print(f"  memory rose by {slope:.2f} KB a second, from {first:.1f} to {last:.1f} MB with what jobs took")
    print(table(report), flush=True)
    picture = ROOT / "var" / "load" / "soak.svg"
    picture.write_text(svg(report, f"soak of {SOAK:.0f} s"))
    nothing_missing([report])
    assert slope < FLAT


@asynccontextmanager
async def pages_open(port: int, number: int) -> AsyncIterator[None]:
    """So many administrators' pages with their lines open; what the server writes to them is read."""
    process = Process(Path())
    process.base = f"http://127.0.0.1:{port}"
    visits = Visits(await admins_of(process), "/admin", "All is well")
    async with AsyncExitStack() as stack:
        lines = [await visits.line(stack) for _ in range(number)]
        readers = [asyncio.create_task(_read(line)) for line in lines]
        try:
            yield
        finally:
            assert not any(reader.done() for reader in readers), "a page lost its line"
            for reader in readers:
                reader.cancel()


async def _read(line: ClientConnection) -> None:
    async for _ in line:
        pass


async def test_while_pages_keep_the_loop_busy() -> None:
    """20 pages, each with a callback that computes for 40 ms every two seconds: 40 % of the core."""
    plan = Plan(1_000, (Stream("message", 50, 1, SECONDS or 10.0),))
    found = {}
    for name, number in ((OURS, PAGES), ("without pages", 0)):
        with stage(OURS, plan.conns, TANDEM_API_KEY=KEY) as (server, crew):
            async with pages_open(server.port, number):
                found[name] = [await asyncio.to_thread(run, server, plan, crew)]
    show("1,000 in one room, 50 a second, while 20 pages compute", found, LATENCY)
    for reports in found.values():
        nothing_missing(reports)
