"""A board of a hundred thousand people: one score more, the first ten with one's neighbours, and all made again.

The same table by a window function over the raw results, in the same run, is what the figures are held against.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text

from core.clock import FakeClock
from core.events.catalog import PracticeCompleted
from core.events.fact import Fact
from core.ids import new_id
from core.leaderboards.commands import record_result
from core.leaderboards.keeping import ensure_boards, recalculate
from core.leaderboards.queries import read_board
from core.leaderboards.rules import PERIODS
from core.principal import SYSTEM, Principal
from core.transaction import Transactions
from data.database import Database

pytestmark = pytest.mark.bench

PEOPLE, RESULTS_EACH, ROUNDS = 100_000, 5, 300
PACE, PACED_SECONDS = 100, 5

FILL = (
    """
    INSERT INTO users (id, external_id, role, name, first_name, username, avatar, audience, inserted_at, updated_at)
    SELECT gen_random_uuid(), 'load-' || n, 'student', 'P ' || n, 'P', 'P ' || n, 'fox-1', 'public',
        CAST(:now AS timestamptz), CAST(:now AS timestamptz) FROM generate_series(1, :people) n
    """,
    """
    INSERT INTO results (id, seq, user_id, subject_id, event_type, score, points, taken_at, received_at, in_day,
        in_week, status)
    SELECT gen_random_uuid(), -row_number() OVER (), u.id, 'math', 'practice_completed', s.score, s.score * 30 / 10000,
        CAST(:now AS timestamptz) - interval '1 second' * (s.score + n), CAST(:now AS timestamptz), true, true,
        'counted'
    FROM users u CROSS JOIN generate_series(1, :each) n
    CROSS JOIN LATERAL (SELECT abs(hashtext(CAST(u.id AS text) || n)) % 10001 AS score) s
    """,
    "ANALYZE",
)
NAIVE = text(
    """
    SELECT * FROM (
        SELECT user_id, sum(points) AS score, rank() OVER (ORDER BY sum(points) DESC) AS rank,
            row_number() OVER (ORDER BY sum(points) DESC, max(taken_at), user_id) AS place
        FROM results WHERE subject_id = 'math' AND status = 'counted' AND taken_at >= :since GROUP BY user_id
    ) t WHERE place <= 10 OR place BETWEEN :place - 3 AND :place + 3
    """
)


def milli(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1000, 1)


def p95(seconds: list[float]) -> float:
    return round(sorted(seconds)[int(len(seconds) * 0.95)] * 1000, 1)


@dataclass(slots=True)
class Asked:
    """What the database was asked for, and how long it was at it, the commit included."""

    statements: list[str] = field(default_factory=list)
    seconds: float = 0.0
    since: float = 0.0


@contextmanager
def counted(database: Database) -> Iterator[Asked]:
    asked = Asked()

    def begin(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.statements.append(statement)
        asked.since = time.perf_counter()

    def end(*_: object) -> None:
        asked.seconds += time.perf_counter() - asked.since

    engine = database.engine.sync_engine
    heard: list[tuple[str, Callable[..., None]]] = [("before_cursor_execute", begin), ("after_cursor_execute", end)]
    for name, listener in heard:
        event.listen(engine, name, listener)
    try:
        yield asked
    finally:
        for name, listener in heard:
            event.remove(engine, name, listener)


def result_of(user_id: UUID, seq: int, now: datetime) -> Fact:
    return Fact(
        seq=seq,
        event_id=new_id(),
        type="practice_completed",
        version=1,
        at=now,
        received_at=now,
        user_id=user_id,
        cohort_id=None,
        subject="math",
        skill=None,
        visibility="public",
        source="host",
        backfill=False,
        event=PracticeCompleted(score=90),
    )


async def at_a_pace(transactions: Transactions, ids: list[UUID], chance: random.Random) -> list[float]:
    """So many readings a second, begun on time whether or not those before are done; how long each took."""
    loop, begin = asyncio.get_running_loop(), time.perf_counter()

    async def one(number: int) -> float:
        due = begin + number / PACE
        await at(loop, due)
        viewer = Principal(kind="person", id=chance.choice(ids))
        async with transactions.read() as db:
            await read_board(db, viewer, "math", period=PERIODS[number % len(PERIODS)])
        return time.perf_counter() - due

    return list(await asyncio.gather(*(one(number) for number in range(PACE * PACED_SECONDS))))


async def at(loop: asyncio.AbstractEventLoop, due: float) -> None:
    """Wait for a moment."""
    reached = loop.create_future()
    loop.call_later(max(0.0, due - time.perf_counter()), reached.set_result, None)
    await reached


@pytest.mark.req("LB-16", "LB-4")
async def test_a_board_of_a_hundred_thousand(transactions: Transactions, clock: FakeClock) -> None:
    database, now = transactions.database, clock.now()
    await transactions.run(SYSTEM, ensure_boards, "UTC", date(2025, 1, 1))
    async with database.begin() as db:
        for statement in FILL:
            given = {"now": now, "people": PEOPLE, "each": RESULTS_EACH}
            await db.execute(text(statement), {k: v for k, v in given.items() if f":{k}" in statement})
    remade = []
    for _ in range(3):
        async with database.begin() as db:
            await db.execute(text("TRUNCATE leaderboard_entries, leaderboard_tallies"))
        began = time.perf_counter()
        changed = await transactions.run(SYSTEM, recalculate)
        remade.append(time.perf_counter() - began)
    began = time.perf_counter()
    assert await transactions.run(SYSTEM, recalculate) == 0
    same = time.perf_counter() - began
    # As the database does by itself after a while.
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE leaderboard_entries, leaderboard_tallies"))
    async with database.begin() as db:
        ids = list((await db.execute(text("SELECT id FROM users WHERE external_id LIKE 'load-%'"))).scalars())
    chance = random.Random(1)
    updates, reads, naive = [], [], []
    asked, written = list[float](), list[float]()
    for number in range(ROUNDS):
        who = chance.choice(ids)
        began = time.perf_counter()
        with counted(database) as said:
            async with transactions(SYSTEM) as tx:
                await record_result(tx, result_of(who, 1_000_000 + number, now))
        updates.append(time.perf_counter() - began)
        written.append(said.seconds)
        writing = len(said.statements)
        viewer = Principal(kind="person", id=chance.choice(ids))
        began = time.perf_counter()
        with counted(database) as said:
            async with transactions.read() as db:
                read = await read_board(db, viewer, "math", period="weekly")
        reads.append(time.perf_counter() - began)
        asked.append(said.seconds)
        reading = len(said.statements)
        assert len(read.top) == 10
        assert read.own
        if number % 60 == 0:
            place = read.own.placed.rank
            began = time.perf_counter()
            async with transactions.read() as db:
                since = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=1)
                await db.execute(NAIVE, {"since": since, "place": place})
            naive.append(time.perf_counter() - began)
    paced = await at_a_pace(transactions, ids, chance)
    told = {
        "people": read.people,
        "one score more, P50 and P95 in ms": [milli(updates), p95(updates)],
        "of it at the database": [milli(written), p95(written)],
        "statements for it": writing,
        "first ten with neighbours, P50 and P95 in ms": [milli(reads), p95(reads)],
        "of it at the database, too": [milli(asked), p95(asked)],
        "statements for them": reading,
        f"{PACE} a second for {PACED_SECONDS} s, each among all others: P50 and P95 in ms": [milli(paced), p95(paced)],
        "by a window over raw results, ms": milli(naive),
        "times as long": round(milli(naive) / milli(reads), 1),
        "all made again, s": round(statistics.median(remade), 1),
        "entries": changed,
        "again with nothing changed, s": round(same, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    print("\n" + "\n".join(f"{name}: {value}" for name, value in told.items()))
