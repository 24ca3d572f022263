"""Days, weeks and results as their own person reads them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.achievements.history import month_of, points_this_week
from core.achievements.rules import saved_days, streak_of
from core.app import App
from core.clock import FakeClock
from tests.factories import Make

MONDAY = date(2026, 3, 2).toordinal()
DAYS = st.sets(st.integers(MONDAY, MONDAY + 40), max_size=40)


@pytest.mark.req("HUB-22")
@settings(max_examples=100, deadline=None)
@given(days=DAYS, later=st.integers(0, 5))
def test_a_missed_day_was_saved_if_the_streak_went_on_over_it(days: set[int], later: int) -> None:
    today = max(days, default=MONDAY) + later
    numbers = sorted(days)
    saved = set(saved_days(numbers, today, date.fromordinal))
    assert not saved & days
    for missed in set(range(min(days, default=today), today)) - days:
        before = max(day for day in days if day < missed)
        after = min((day for day in days if day > missed), default=today)
        known = [day for day in numbers if day <= after]
        # The streak on the next day of practice holds the day before the gap, or it does not.
        streak = streak_of(known, after, date.fromordinal)
        assert (missed in saved) == (before in known[len(known) - streak.days :])


@pytest.mark.req("HUB-22", "HUB-26")
async def test_a_month_has_its_days_and_those_a_freeze_saved(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person(timezone="UTC")
    start = clock.now()
    for ago in (4, 4, 2, 0):
        await make.fact(ada, at=start - timedelta(days=ago, minutes=5))
    async with app.transactions.read() as db:
        found = await month_of(db, ada.id, clock.now(), None)
        before = await month_of(db, ada.id, clock.now(), date(2026, 2, 1))
        points = await points_this_week(db, ada.id, clock.now())
    assert (found.first, found.today) == (date(2026, 3, 1), date(2026, 3, 2))
    told = [(day.day.isoformat(), day.practices, day.saved) for day in before.days + found.days]
    assert told == [
        ("2026-02-26", 2, False),
        ("2026-02-27", 0, True),
        ("2026-02-28", 1, False),
        ("2026-03-01", 0, True),
        ("2026-03-02", 1, False),
    ]
    assert points == 26, "this Monday's only"
