"""A community in full use: looks at a board of 100,000, activities and changes of presence, all at the same time.

The node has one core; the generator has the other, where the database finds room too. SECONDS changes how long.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import SystemClock
from core.leaderboards.keeping import recalculate
from core.metrics import percentile
from core.principal import SYSTEM
from core.transaction import Transactions
from data.database import Database
from data.embedded import EmbeddedPostgres
from tests.load.board_readers import BoardReaders
from tests.load.scenarios import SECONDS
from tests.load.test_boards import FILL
from tools.load.crew import Crew
from tools.load.marks import Stream
from tools.load.publisher import RestDoor
from tools.load.run import Plan, cores, new_run, opened
from tools.load.servers import tandem
from tools.load.worker import Measured, raise_limit

pytestmark = pytest.mark.bench

ON_BOARD, PEOPLE, COHORTS = 100_000, 2_000, 100
LOOKS, ACTIVITIES, CHANGES = 100.0, 100 / 60, 1_000.0
LONG, WARM = SECONDS or 20.0, 4.0


async def fill(url: str) -> int:
    """So many people with a result each, and the boards made of them; how many entries that is."""
    database = Database(url, command_timeout=300)
    given = {"now": datetime.now(UTC), "people": ON_BOARD, "each": 1}
    async with database.begin() as db:
        for statement in FILL:
            await db.execute(text(statement), {k: v for k, v in given.items() if f":{k}" in statement})
    transactions = Transactions(database, SystemClock(), lambda: None)
    entries = await transactions.run(SYSTEM, recalculate)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))
    await database.close()
    return entries


def told(name: str, values: list[float]) -> None:
    p50, p95 = percentile(values, 50), percentile(values, 95)
    print(f"  {name:<58}{len(values):>9,}{p50:>9.1f}{p95:>9.1f}{max(values):>9.1f}")


def judged(name: str, found: Measured, stream: int) -> None:
    result = found.results[stream]
    ms = result.latency.milliseconds()
    print(f"  {name:<58}{result.latency.total:>9,}{ms['p50']:>9.1f}{ms['p95']:>9.1f}{ms['max']:>9.1f}")


@pytest.mark.req("LB-16", "RT-19")
async def test_boards_activities_and_presence_at_once(tmp_path: Path) -> None:
    raise_limit()
    own, others = cores(1, sorted(os.sched_getaffinity(0)))
    streams = (Stream("event", ACTIVITIES, 1, LONG), Stream("presence", CHANGES / COHORTS, COHORTS, LONG))
    with tandem(tmp_path, PEOPLE, COHORTS, None):
        pass
    with ExitStack() as stack:
        # Begun from here, so that it is on no core of its own.
        postgres = stack.enter_context(EmbeddedPostgres(tmp_path / "postgres"))
        entries = await fill(postgres.url)
        server = stack.enter_context(tandem(tmp_path, PEOPLE, COHORTS, own))
        crew = stack.enter_context(Crew(1, others))
        report = opened(server, Plan(PEOPLE, streams), crew)
        door = RestDoor(server.host, server.port, server.keys, tuple(f"load-{n + 1}" for n in range(ON_BOARD)), 1)
        tokens = [person.token for person in server.people]
        for seconds in (WARM, LONG):
            looks = BoardReaders(server.port, tokens, "math", LOOKS, seconds, others[0] if others else None)
            looks.start()
            played = tuple(Stream(s.kind, s.rate, s.rooms, seconds) for s in streams)
            found = crew.measure(new_run(), played, 5.0, door)
            looks.end()
    print(f"\n{PEOPLE:,} connected, {entries:,} entries on boards, {LONG:.0f} s, load {os.getloadavg()[0]:.1f}; ms")
    print(f"  {'':<58}{'n':>9}{'P50':>9}{'P95':>9}{'max':>9}")
    told("100 looks a second at ten and around oneself, by REST", looks.took)
    judged(f"100 activities a minute, REST to {PEOPLE:,} sockets", found, 0)
    judged(f"1,000 changes of presence a second, to {PEOPLE // COHORTS - 1} others", found, 1)
    assert report.opening.failed == 0, report.opening.why
    assert not looks.refused, looks.refused[:3]
    assert found.results[0].lost == 0, found.complaints
