"""How fast the count is: exporting, counting everything, counting what is new, answering a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.metrics import percentile
from data.analytics.export import export_batch
from data.analytics.queries import active_hours
from data.analytics.rollups import Counting, update
from data.analytics.store import Store
from data.database import Database
from tests.analytics.facts import NOON

FACTS = 1_000_000
MORE = 10_000
COUNTING = Counting("Europe/Berlin", ("practice_started",))

# Ninety days of twenty thousand people.
FILL = text(
    "INSERT INTO event_log (event_id, type, version, at, received_at, user_id, visibility, source, properties)"
    " SELECT gen_random_uuid(), 'practice_started', 1, now, now, ('00000000-0000-0000-0000-'"
    " || lpad(((random() * 20000)::int)::text, 12, '0'))::uuid, 'public', 'host', '{\"score\": 85}'"
    " FROM (SELECT CAST(:noon AS timestamptz) - random() * CAST(:span AS interval) AS now"
    " FROM generate_series(1, :count)) AS moments"
)


async def fill(database: Database, count: int, span: timedelta) -> None:
    async with database.begin() as db:
        await db.execute(FILL, {"noon": NOON, "span": span, "count": count})


async def export(database: Database, store: Store) -> None:
    more = True
    while more:
        async with database.snapshot() as db:
            more = (await export_batch(db, store)).more


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@pytest.mark.bench
async def test_a_million_facts(database: Database, tmp_path: Path) -> None:
    store = Store(tmp_path, "one")
    await fill(database, FACTS, timedelta(days=90))
    started = time.perf_counter()
    await export(database, store)
    exported = time.perf_counter() - started
    whole = timed(lambda: update(store, COUNTING, NOON))
    await fill(database, MORE, timedelta(hours=1))
    await export(database, store)
    fresh = timed(lambda: update(store, COUNTING, NOON))
    answers = [timed(lambda: active_hours(store, "Europe/Berlin", NOON)) * 1000 for _ in range(50)]
    size = sum(piece.path.stat().st_size for piece in store.chain()) / 1e6
    print(f"\nexport of {FACTS:,} facts: {exported:.1f} s, {FACTS / exported:,.0f} a second, {size:.0f} MB")
    print(f"counting them all: {whole:.2f} s; after {MORE:,} more: {fresh:.3f} s")
    print(f"a page's question: P50 {percentile(answers, 50):.1f} ms, P95 {percentile(answers, 95):.1f} ms")
    assert percentile(answers, 95) < 20
