"""A person's own days: against a slow model that walks from day to day, and by hand where it is delicate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.achievements.calendar import Calendar, Move, midnight

LA, AUCKLAND, ZURICH = "America/Los_Angeles", "Pacific/Auckland", "Europe/Zurich"
ZONES = (LA, AUCKLAND, ZURICH, "UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/Santiago", "Africa/Cairo")
START = datetime(2026, 3, 1, tzinfo=UTC)


def at(zone: str, *when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]


def moved(*steps: tuple[datetime, str, str]) -> list[Move]:
    return [Move(*step) for step in steps]


def slow_days(first: str, moves: list[Move], until: datetime) -> list[datetime]:
    """Where each day begins, one after the other, read off the rule as it is told to people."""

    def zone_at(moment: datetime) -> str:
        zone = first
        for move in moves:
            if move.since < moment:
                zone = move.zone
        return zone

    zone = first
    begins = [midnight(ZoneInfo(zone), (START - timedelta(days=5)).astimezone(ZoneInfo(zone)).date())]
    while begins[-1] <= until:
        day = begins[-1].astimezone(ZoneInfo(zone)).date()
        end = midnight(ZoneInfo(zone), day + timedelta(days=1))
        there = zone_at(end)
        if there != zone:
            zone, day = there, end.astimezone(ZoneInfo(there)).date() - timedelta(days=1)
            while midnight(ZoneInfo(zone), day) < end:
                day += timedelta(days=1)
            end = midnight(ZoneInfo(zone), day)
        begins.append(end)
    return begins


@st.composite
def lives(draw: st.DrawFn) -> tuple[str, list[Move]]:
    """Somebody's zone, and how they moved within some weeks."""
    first = zone = draw(st.sampled_from(ZONES))
    hours = sorted(set(draw(st.lists(st.integers(1, 24 * 60), max_size=8))))
    moves = []
    for hour in hours:
        there = draw(st.sampled_from(ZONES))
        if there != zone:
            moves.append(Move(START + timedelta(minutes=60 * hour + 7), zone, there))
            zone = there
    return first, moves


@pytest.mark.req("HUB-22")
@settings(max_examples=150, deadline=None)
@given(life=lives(), minutes=st.lists(st.integers(0, 60 * 24 * 70), min_size=1, max_size=30))
def test_days_are_those_of_the_slow_model(life: tuple[str, list[Move]], minutes: list[int]) -> None:
    first, moves = life
    calendar = Calendar(moves[-1].zone if moves else first, moves)
    moments = sorted(START + timedelta(minutes=minute) for minute in minutes)
    begins = slow_days(first, moves, moments[-1])
    slow = [sum(begin <= moment for begin in begins) for moment in moments]
    fast = [calendar.number(moment) for moment in moments]
    assert [n - fast[0] for n in fast] == [n - slow[0] for n in slow]
    for moment, number in zip(moments, fast, strict=True):
        assert calendar.number(calendar.end(number)) == number + 1
        assert moment < calendar.end(number)


@pytest.mark.req("HUB-22")
@settings(max_examples=100, deadline=None)
@given(life=lives())
def test_no_day_is_shorter_than_a_day_or_longer_than_two(life: tuple[str, list[Move]]) -> None:
    first, moves = life
    calendar = Calendar(moves[-1].zone if moves else first, moves)
    number = calendar.number(START)
    ends = [calendar.end(number + i) for i in range(70)]
    for before, after in pairwise(ends):
        assert timedelta(hours=23) <= after - before < timedelta(hours=49)
    days = [calendar.day(number + i) for i in range(70)]
    assert all(timedelta(days=1) <= b - a <= timedelta(days=2) for a, b in pairwise(days))


@pytest.mark.req("HUB-22")
@settings(max_examples=100, deadline=None)
@given(life=lives(), minute=st.integers(0, 60 * 24 * 60), to=st.sampled_from(ZONES))
def test_a_move_renumbers_nothing_that_came_before(life: tuple[str, list[Move]], minute: int, to: str) -> None:
    first, moves = life
    zone = moves[-1].zone if moves else first
    since = max([START + timedelta(days=61), *(move.since for move in moves)])
    before, after = Calendar(zone, moves), Calendar(to, [*moves, Move(since, zone, to)])
    moment = START + timedelta(minutes=minute)
    assert before.number(moment) == after.number(moment)
    assert before.day(before.number(moment)) == after.day(after.number(moment))


def test_by_hand_eastward_and_westward() -> None:
    # Monday evening in Los Angeles is Tuesday afternoon in Auckland, where they land and see the date jump.
    home = at(LA, 2026, 6, 1, 22, 0)
    east = Calendar(AUCKLAND, moved((home + timedelta(minutes=5), LA, AUCKLAND)))
    assert east.number(at(AUCKLAND, 2026, 6, 2, 23, 59)) == east.number(home), "the same day still"
    assert east.number(at(AUCKLAND, 2026, 6, 3, 18, 0)) == east.number(home) + 1, "and the next one follows"
    # The other way Tuesday comes twice, and is one day.
    morning = at(AUCKLAND, 2026, 6, 2, 8, 0)
    west = Calendar(LA, moved((morning + timedelta(minutes=5), AUCKLAND, LA)))
    assert west.number(at(LA, 2026, 6, 2, 23, 0)) == west.number(morning)
    assert west.number(at(LA, 2026, 6, 3, 0, 0)) == west.number(morning) + 1
    assert west.day(west.number(morning) + 1) == date(2026, 6, 3)


def test_who_goes_and_comes_back_the_same_day_was_never_away() -> None:
    noon = at(ZURICH, 2026, 6, 1, 12, 0)
    away = moved((noon, ZURICH, AUCKLAND), (noon + timedelta(hours=2), AUCKLAND, ZURICH))
    assert len(Calendar(ZURICH, away).legs) == 1


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_days_on_which_clocks_change_are_days(day: tuple[int, int, int], hours: int) -> None:
    calendar = Calendar(ZURICH)
    first = midnight(ZoneInfo(ZURICH), date(*day))
    number = calendar.number(first)
    assert calendar.end(number) - first == timedelta(hours=hours)
    assert calendar.number(first + timedelta(hours=hours, seconds=-1)) == number
    assert calendar.number(first - timedelta(seconds=1)) == number - 1


def test_where_midnight_is_left_out_the_day_begins_when_the_clocks_do() -> None:
    begins = midnight(ZoneInfo("America/Santiago"), date(2026, 9, 6))
    assert begins.astimezone(ZoneInfo("America/Santiago")).hour == 1
    calendar = Calendar("America/Santiago")
    assert calendar.number(begins) == calendar.number(begins - timedelta(seconds=1)) + 1
