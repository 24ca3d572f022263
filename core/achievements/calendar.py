"""A person's days, wherever they live. Pure.

While somebody stays in a zone their days are its calendar days. A day on which they moved ends with the first midnight
of the new zone that comes at or after the midnight it would have had in the old one: travelling prolongs a day, never
shortens it, so that nobody loses a streak by it and nobody gains a day. Days are numbered; neighbours differ by one.
What came before a move is never renumbered by it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Move:
    """From `since` on, somebody lives by another zone than before."""

    since: datetime
    before: str
    zone: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of days by one zone."""

    start: datetime
    zone: ZoneInfo
    first: int
    """The number of its first day."""
    shift: int
    """What a date's own number and its number here differ by."""

    def number(self, at: datetime) -> int:
        return max(self.first, at.astimezone(self.zone).date().toordinal() + self.shift)


def midnight(zone: ZoneInfo, day: date) -> datetime:
    """When a day begins; where the clocks leave midnight out, the moment they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def next_midnight(zone: ZoneInfo, at: datetime) -> datetime:
    return midnight(zone, at.astimezone(zone).date() + timedelta(days=1))


def first_midnight(zone: ZoneInfo, at: datetime) -> datetime:
    """The first midnight at or after a moment."""
    today = midnight(zone, at.astimezone(zone).date())
    return today if today >= at else next_midnight(zone, at)


class Calendar:
    """The days of somebody who lives in `zone` now and moved like this before."""

    def __init__(self, zone: str, moves: Iterable[Move] = ()) -> None:
        ordered = sorted(moves, key=lambda move: move.since)
        first = ZoneInfo(ordered[0].before if ordered else zone)
        self.legs = [Leg(datetime.min.replace(tzinfo=UTC), first, 1, 0)]
        left = 0
        while left < len(ordered):
            left = self._move(ordered, left)
        self._starts = [leg.start for leg in self.legs]
        self._firsts = [leg.first for leg in self.legs]

    def _move(self, moves: list[Move], left: int) -> int:
        """Take in the next moves: those of one day are one, and the last of them says where it ends."""
        leg = self.legs[-1]
        at = max(moves[left].since, leg.start)
        end = next_midnight(leg.zone, at)
        while left + 1 < len(moves) and moves[left + 1].since < end:
            left += 1
        zone = ZoneInfo(moves[left].zone)
        if zone.key != leg.zone.key:
            start, number = first_midnight(zone, end), leg.number(at) + 1
            shift = number - start.astimezone(zone).date().toordinal()
            self.legs.append(Leg(start, zone, number, shift))
        return left + 1

    def number(self, at: datetime) -> int:
        """The day of a moment."""
        place = bisect_right(self._starts, at) - 1
        number = self.legs[place].number(at)
        return number if place + 1 == len(self.legs) else min(number, self.legs[place + 1].first - 1)

    def day(self, number: int) -> date:
        """What the calendar on the wall says on a day when it begins."""
        leg = self.legs[max(bisect_right(self._firsts, number) - 1, 0)]
        return date.fromordinal(number - leg.shift)

    def end(self, number: int) -> datetime:
        """When a day is over."""
        place = max(bisect_right(self._firsts, number) - 1, 0)
        if place + 1 < len(self.legs) and number + 1 == self.legs[place + 1].first:
            return self.legs[place + 1].start
        return midnight(self.legs[place].zone, self.day(number) + timedelta(days=1))
