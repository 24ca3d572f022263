"""Streaks against a slow obvious model; points, levels and badges by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.achievements.catalogue import catalogue
from core.achievements.rules import (
    Streak,
    due,
    level_of,
    next_ones,
    streak_of,
    week_of,
)
from core.content import hundredths, points_for

MONDAY = date(2026, 3, 2).toordinal()


def slow_run(days: set[int], first: int, end: int) -> int:
    """Days of practice from one of them up to a day, or none if any week in between has two missed days."""
    missed = [day for day in range(first, end) if day not in days]
    weeks = [week_of(date.fromordinal(day)) for day in missed]
    return 0 if len(set(weeks)) < len(weeks) else sum(first <= day <= end for day in days)


def slow_streak(days: set[int], today: int) -> int:
    """Try every beginning: the longest stretch up to today; today is not missed while it lasts."""
    return max((slow_run(days, first, today) for first in days if first <= today), default=0)


def fast(days: set[int], today: int) -> Streak:
    return streak_of(sorted(days), today, date.fromordinal)


DAYS = st.sets(st.integers(MONDAY, MONDAY + 60), max_size=60)


@pytest.mark.req("HUB-22")
@settings(max_examples=300, deadline=None)
@given(days=DAYS, later=st.integers(0, 6))
def test_a_streak_is_what_the_slow_model_says(days: set[int], later: int) -> None:
    today = max(days, default=MONDAY) + later
    streak = fast(days, today)
    assert streak.days == slow_streak(days, today)
    assert streak.longest == max((slow_streak({d for d in days if d <= day}, day) for day in days), default=0)
    assert streak.practised_today == (today in days)


@pytest.mark.req("HUB-22")
@settings(max_examples=200, deadline=None)
@given(days=DAYS.filter(bool), later=st.integers(0, 4))
def test_it_lasts_exactly_until_the_day_that_is_told(days: set[int], later: int) -> None:
    today = max(days) + later
    now = fast(days, today)
    first = today + 1 if now.practised_today else today
    for day in range(first, first + 6):
        whole = slow_streak(days | {day}, day) >= now.days + 1
        assert (now.days > 0 and whole) == (now.lasts_until is not None and day <= now.lasts_until)
    if now.days:
        saved = slow_streak(days | {first + 1}, first + 1) >= now.days + 1
        assert now.freeze_left == saved


@pytest.mark.req("HUB-22")
@settings(max_examples=150, deadline=None)
@given(days=DAYS, late=st.integers(MONDAY - 5, MONDAY + 60))
def test_a_day_that_comes_late_never_shortens_anything(days: set[int], late: int) -> None:
    today = max([*days, late])
    before, after = fast(days, today), fast(days | {late}, today)
    assert after.days >= before.days
    assert after.longest >= before.longest


def test_one_missed_day_a_week_is_saved_and_counts_for_nothing() -> None:
    week = {MONDAY, MONDAY + 2, MONDAY + 3}
    assert fast(week, MONDAY + 3).days == 3
    assert fast(week | {MONDAY + 5}, MONDAY + 5).days == 3, "a second miss takes what lay before the first"
    assert fast(week | {MONDAY + n for n in (4, 5, 6, 8)}, MONDAY + 8).days == 7
    assert fast({MONDAY + 5, MONDAY + 8}, MONDAY + 8).days == 2, "Sunday and Monday: one of either week"
    assert fast({MONDAY, MONDAY + 400}, MONDAY + 400).days == 1
    assert fast({MONDAY}, MONDAY + 400).days == 0


def test_points_levels_and_hundredths() -> None:
    assert [points_for(30, score) for score in (10_000, 8_550, 5_000, 0)] == [30, 26, 15, 0]
    assert [hundredths(value) for value in (85.5, 100, 0.005, 33.335)] == [8550, 10_000, 1, 3334]
    assert [level_of(points, (0, 60, 150)) for points in (0, 59, 60, 150, 9_999)] == [1, 1, 2, 3, 3]


@pytest.mark.req("HUB-19", "HUB-20")
def test_the_catalogue_has_every_kind_of_badge_and_its_own_names() -> None:
    badges = catalogue().badges
    marks = {(spec.measure, spec.at) for spec in badges.values()}
    assert {("streak", 7), ("streak", 30), ("streak", 100)} <= marks
    assert {("points", 100), ("points", 500), ("points", 1000)} <= marks
    assert {("rank", 10), ("rank", 5), ("rank", 1)} <= marks
    assert {measure for measure, _ in marks} >= {"level", "perfect"}
    assert (badges["7-day-streak"].title, badges["7-day-streak"].points) == ("Week Warrior", 50)
    assert len({spec.title for spec in badges.values()}) == len(badges)
    assert list(catalogue().levels) == sorted(set(catalogue().levels))


def test_what_is_due_and_what_comes_next() -> None:
    badges = catalogue().badges.values()
    assert [spec.id for spec in due(badges, {"streak": 31})] == ["7-day-streak", "30-day-streak"]
    assert [spec.id for spec in due(badges, {"rank": 4})] == ["top-10", "top-5"]
    assert due(badges, {"rank": 0, "points": 99}) == []
    following = next_ones(badges, {"points": 90, "streak": 1}, {"100-points"})
    assert [spec.id for spec in following] == ["500-points", "7-day-streak"]


def test_days_in_a_row_over_months() -> None:
    hundred = [MONDAY + day for day in range(100)]
    assert streak_of(hundred, hundred[-1], date.fromordinal).days == 100
    assert (date.fromordinal(hundred[-1]) - date.fromordinal(hundred[0])) == timedelta(days=99)
