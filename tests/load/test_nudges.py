"""Nudges at size: one run of the detection over ten thousand pairs of friends, and one nudge's way to its person."""

from __future__ import annotations

import os
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.app import App
from core.clock import FakeClock
from core.live.hub import Message
from core.nudges.sending import detect
from core.principal import SYSTEM
from tests.factories import Make
from tests.nudges.kit import counted, given

pytestmark = pytest.mark.bench

PEOPLE, EACH, ROUNDS = 2_000, 5, 60
FILL = (
    """
    INSERT INTO users (id, external_id, role, name, first_name, username, avatar, audience, inserted_at, updated_at)
    SELECT gen_random_uuid(), 'load-' || n, 'student', 'P ' || n, 'P', 'P ' || n, 'fox-1', 'public',
        CAST(:now AS timestamptz), CAST(:now AS timestamptz) FROM generate_series(1, :people) n
    """,
    """
    INSERT INTO friendships (id, user_id, friend_id, low_id, high_id, status, created_at, updated_at)
    SELECT gen_random_uuid(), a.id, b.id, least(a.id, b.id), greatest(a.id, b.id), 'accepted',
        CAST(:now AS timestamptz), CAST(:now AS timestamptz)
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM users) a
    JOIN generate_series(1, :each) step ON true
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM users) b ON b.n = (a.n + step - 1) % :people + 1
    """,
    """
    INSERT INTO presence_sessions (id, user_id, session_id, subject_id, status, current_activity, connected_at,
        last_seen_at)
    SELECT gen_random_uuid(), id, 'load-' || id, 'math', 'online',
        CASE WHEN hashtext(CAST(id AS text)) % 2 = 0 THEN 'practicing_algebra' ELSE 'browsing' END,
        CAST(:now AS timestamptz), CAST(:now AS timestamptz) FROM users
    """,
    "ANALYZE",
)


async def test_ten_thousand_pairs_are_looked_at_in_one_run(app: App, clock: FakeClock) -> None:
    values = {"now": clock.now(), "people": PEOPLE, "each": EACH}
    async with app.database.begin() as db:
        for statement in FILL:
            names = {name: value for name, value in values.items() if f":{name}" in statement}
            await db.execute(text(statement), names)
    figures = []
    for _ in range(3):
        async with app.database.begin() as db:
            await db.execute(text("UPDATE presence_sessions SET last_seen_at = :now"), {"now": clock.now()})
        began = time.perf_counter()
        async with app.transactions(SYSTEM) as tx, counted(tx) as said:
            made = await detect(tx, app.nudging)
        figures.append((made, len(said), (time.perf_counter() - began) * 1000))
        await app.settle()
        clock.advance(timedelta(hours=1).total_seconds())
    load = os.getloadavg()[0]
    print(f"\n{PEOPLE * EACH} pairs of friends (load {load:.1f}): nudges, statements, ms: {figures}")
    assert figures[0][0] > 100
    assert max(statements for _, statements, _ in figures) <= 10


async def test_a_nudge_is_on_its_persons_topic_within_fifty_milliseconds(app: App, make: Make) -> None:
    ada = await make.person(cohort="blue")
    friends = [await make.person(cohort="blue") for _ in range(3)]
    heard: list[float] = []

    def hear(message: Message) -> None:
        if message.name == "notification_added":
            heard.append(time.perf_counter())

    app.hub.subscribe(f"notifications:{ada.id}", hear)
    took = []
    for number in range(ROUNDS):
        before = time.perf_counter()
        await given(app, friends[number % 3], ada)
        took.append((heard[-1] - before) * 1000)
    took.sort()
    p95, load = took[int(len(took) * 0.95)], os.getloadavg()[0]
    median = statistics.median(took)
    print(f"\nfrom making a nudge to its push (load {load:.1f}): median {median:.1f} ms, P95 {p95:.1f} ms")
    assert len(heard) == ROUNDS
