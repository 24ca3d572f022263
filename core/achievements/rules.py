"""Streaks, points, levels and which badges are due. Pure.

A streak is the days of practice in the longest stretch up to today in which no week, Monday to Sunday, has more than
one missed day: that one is saved and counts for nothing. So it does not matter in which order days become known, and a
day that comes late never shortens anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DayOf = Callable[[int], date]


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


class Window:
    """The longest stretch up to some day in which no week has more than one missed day."""

    def __init__(self, day_of: DayOf) -> None:
        self._day_of = day_of
        self._missed: dict[date, int] = {}
        self.after = 0
        """It begins after this day."""

    def miss(self, number: int) -> None:
        """One more day without practice: an earlier one of the same week ends what lies before it."""
        week = week_of(self._day_of(number))
        self.after = max(self.after, self._missed.get(week, 0))
        self._missed[week] = number

    def gap(self, missed: range) -> None:
        # Of three days in a row two lie in one week, so that nothing before them is left.
        if len(missed) > 3:
            self.after = max(self.after, missed[-4])
        for number in missed[-3:]:
            self.miss(number)

    def is_free(self, number: int, first: int) -> bool:
        """Whether a missed day would cost nothing of a streak that begins on the day `first`."""
        return self._missed.get(week_of(self._day_of(number)), 0) < first


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row as they stand today: a day that is not over yet is not missed."""

    days: int
    longest: int
    last: int | None
    """The number of the last day on which they practised."""
    practised_today: bool
    freeze_left: bool
    """Whether a missed day of this week would be saved."""
    lasts_until: int | None
    """The number of the last day on which practising keeps all of it; None without one."""


def streak_of(numbers: Sequence[int], today: int, day_of: DayOf) -> Streak:
    """The streak of somebody who practised on these days, in order, each once."""
    window, longest = Window(day_of), 0
    for place, number in enumerate(numbers):
        if place:
            window.gap(range(numbers[place - 1] + 1, number))
        longest = max(longest, place + 1 - bisect_right(numbers, window.after))
    last = numbers[-1] if numbers else None
    if last is not None:
        window.gap(range(last + 1, today))
    days = len(numbers) - bisect_right(numbers, window.after)
    until = None
    if last is not None and days:
        until, first = max(today, last + 1), numbers[-days]
        while window.is_free(until, first):
            window.miss(until)
            until += 1
    freeze = until is None or until > max(today, (last or 0) + 1)
    return Streak(days, longest, last, last is not None and last >= today, freeze, until)


def saved_days(numbers: Sequence[int], today: int, day_of: DayOf) -> list[int]:
    """The missed days over which the streak of somebody who practised on these days went on, today not counted."""
    window, saved = Window(day_of), list[int]()
    for last, following in zip(numbers, [*numbers[1:], today], strict=False):
        missed = range(last + 1, following)
        window.gap(missed)
        if last > window.after:
            saved += missed
    return saved


# --- levels


def level_of(points: int, levels: Sequence[int]) -> int:
    """The level that so many points reach; the first is there from the beginning."""
    return bisect_right(levels, points)


# --- badges


@dataclass(frozen=True, slots=True)
class BadgeSpec:
    id: str
    title: str
    description: str
    icon: str
    points: int
    measure: str
    at: int


def due(specs: Iterable[BadgeSpec], figures: Mapping[str, int]) -> list[BadgeSpec]:
    """The badges that these figures reach, the easier first. A rank is reached from above."""
    found = [spec for spec in specs if spec.measure in figures and _reached(spec, figures[spec.measure])]
    return sorted(found, key=lambda spec: (spec.measure, -spec.at if spec.measure == "rank" else spec.at))


def _reached(spec: BadgeSpec, figure: int) -> bool:
    return 1 <= figure <= spec.at if spec.measure == "rank" else figure >= spec.at


def next_ones(specs: Iterable[BadgeSpec], figures: Mapping[str, int], held: Iterable[str]) -> list[BadgeSpec]:
    """Of each measure the nearest badge that is still ahead, the one that needs least first.

    What is reached already comes with the next result, and is no goal any more.
    """
    have, nearest = set(held), dict[str, BadgeSpec]()
    for spec in specs:
        best = nearest.get(spec.measure)
        ahead = spec.id not in have and figures.get(spec.measure, spec.at) < spec.at
        if ahead and (best is None or spec.at < best.at):
            nearest[spec.measure] = spec
    return sorted(nearest.values(), key=lambda spec: (-figures[spec.measure] / spec.at, spec.id))
