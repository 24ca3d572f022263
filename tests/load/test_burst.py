"""Ten thousand events of a class in one burst, a quarter of them twice: each counts once, and how long that takes."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import func, select

from core.activity.commands import take_in
from core.app import App
from core.leaderboards.keeping import recalculate
from core.principal import SYSTEM
from data.tables import EntryRow, EventRow, ResultRow
from tests.factories import Make

pytestmark = pytest.mark.bench

BURST, BATCH, AT_ONCE = 10_000, 500, 4
LOOK = 0.2


async def counted(app: App) -> int:
    async with app.transactions.read() as db:
        return (await db.execute(select(func.count()).select_from(ResultRow))).scalar_one()


async def on_boards(app: App) -> dict[object, tuple[int, int]]:
    """What everybody has on the board of all time: points and results."""
    theirs = (EntryRow.subject_id == "math") & (EntryRow.period == "all_time")
    async with app.transactions.read() as db:
        rows = await db.execute(select(EntryRow.user_id, EntryRow.score, EntryRow.results).where(theirs))
        return {user_id: (score, results) for user_id, score, results in rows}


@pytest.mark.req("API-1", "LB-3")
async def test_ten_thousand_events_in_a_burst_count_once_each(app: App, make: Make) -> None:
    people = [await make.person(cohort="blue") for _ in range(40)]
    await app.settle()
    feed = await app.replicas.get("activity:global")
    feed.watch(lambda *_: None)
    facts = [make.event(people[n % len(people)], properties={"score": 50 + n % 51}) for n in range(BURST)]
    batches = [facts[start : start + BATCH] for start in range(0, BURST, BATCH)]
    began = time.monotonic()
    for start in range(0, len(batches), AT_ONCE):
        turn = batches[start : start + AT_ONCE]
        await asyncio.gather(*(take_in(app.transactions, SYSTEM, batch) for batch in (*turn, turn[0])))
    taken = time.monotonic() - began
    while await counted(app) < BURST:
        await asyncio.sleep(LOOK)
    there = time.monotonic() - began
    await app.settle()
    everything = time.monotonic() - began
    print(f"{BURST} events: taken after {taken:.1f} s, on boards {there:.1f} s, all ranks {everything:.1f} s")
    async with app.transactions.read() as db:
        kept = select(func.count()).where(EventRow.type == "practice_completed")
        assert (await db.execute(kept)).scalar_one() == BURST
        held = select(func.count()).where(ResultRow.status != "counted")
        waiting = (await db.execute(held)).scalar_one()
    assert await counted(app) == BURST
    before = await on_boards(app)
    assert sum(results for _, results in before.values()) == BURST - waiting
    await app.transactions.run(SYSTEM, recalculate)
    assert await on_boards(app) == before
    assert len(feed.state) == 50
