"""Decisions about boards. Pure: times, zones and what was looked up are arguments.

The rule that people read: more is better, equal scores share a rank (1, 2, 2, 4), and among equals whoever got there
first is listed first. Days, and weeks that begin on Monday, are those of the board's own zone; a day may have 23 or 25
hours. A result counts where its own time falls, as long as that table is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.content import Metric

Period = Literal["daily", "weekly", "all_time"]
Scope = Literal["global", "cohort", "friends"]

PERIODS: tuple[Period, ...] = ("daily", "weekly", "all_time")
TOP = 10
AROUND = 3
FOR_AN_AVERAGE = 3
"""So many results an average takes, so that one perfect result does not lead."""
SESSIONS = 5
"""Over so many of somebody's own results the speed of their rise is told."""
RULE = "Equal scores share a rank, and whoever got there first is listed first."


def least_of(metric: Metric) -> int:
    return FOR_AN_AVERAGE if metric.startswith("avg_") else 1


# --- days and weeks


def day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def starts_at(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day: the first midnight where there are two, the next moment where there is none."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def ends_at(period: Period, start: date, zone: ZoneInfo) -> datetime | None:
    """When a period that began on this day is over; never, for all time."""
    if period == "all_time":
        return None
    return starts_at(start + timedelta(days=1 if period == "daily" else 7), zone)


# --- what a result is worth


def value_of(metric: str, points: int, score: int, wpm: int | None) -> int | None:
    """What one result adds on a board of this metric; None where it adds nothing."""
    if metric == "points":
        return points or None
    return score if metric == "avg_score" else wpm if metric == "avg_wpm" else None


# --- ranks


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Sorts as a board does."""

    behind: int
    reached_at: datetime
    number: int


def ranks(scores: Sequence[int]) -> list[int]:
    """The ranks of scores that are sorted, best first."""
    found: list[int] = []
    for place, score in enumerate(scores):
        found.append(found[-1] if place and score == scores[place - 1] else place + 1)
    return found


def velocity(history: Sequence[int]) -> float:
    """Ranks gained (or lost, below zero) a session, over the last sessions; `history` is the rank after each."""
    last = history[-(SESSIONS + 1) :]
    return round((last[0] - last[-1]) / (len(last) - 1), 2) if len(last) > 1 else 0.0


# --- what is too good to be true


@dataclass(frozen=True, slots=True)
class Recent:
    """What somebody did in the subject before."""

    last_hour: int = 0
    known: int = 0
    """How many results the mean is of."""
    mean: float = 0.0
    """In hundredths."""


FASTEST_WPM = 22_000
FEWEST_SECONDS = 10
FEWEST_SECONDS_AN_ITEM = 1.0
A_LOT_AN_HOUR = 40
GOOD = 8_000
JUMP_FROM, JUMP_TO, JUMP_KNOWN = 4_000, 9_800, 10


def doubt(score: int, wpm: int | None, seconds: int | None, items: int | None, recent: Recent) -> str | None:
    """Why a result should be looked at before it counts; None for an ordinary one."""
    if wpm is not None and wpm > FASTEST_WPM:
        return "implausible_speed"
    hasty = seconds is not None and (
        seconds < FEWEST_SECONDS or (items is not None and seconds < items * FEWEST_SECONDS_AN_ITEM)
    )
    if hasty and score >= GOOD:
        return "too_fast"
    if recent.last_hour >= A_LOT_AN_HOUR:
        return "too_many"
    if recent.known >= JUMP_KNOWN and recent.mean < JUMP_FROM and score >= JUMP_TO:
        return "sudden_jump"
    return None
