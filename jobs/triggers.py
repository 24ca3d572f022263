"""When a job is due, as data: every so many seconds, daily or weekly at an hour of the organisation's zone, or after
another job.

Due times do not depend on when a node started or who asks: every node names the same instants, so a run can be
claimed by `(job, due_at)`. However long the house was down, only the latest due time counts: one run catches up.
Pure: the time and the zone are arguments. On a day that has an hour twice, the first one counts; an hour that the
clocks leave out is due when it would have been.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Every:
    seconds: int


@dataclass(frozen=True, slots=True)
class Daily:
    at: time
    weekday: int | None = None
    """Monday is 0; None means every day."""


@dataclass(frozen=True, slots=True)
class After:
    job: str


Trigger = Every | Daily | After


def latest_due(trigger: Every | Daily, now: datetime, zone: ZoneInfo) -> datetime:
    """The last due time that is not in the future."""
    if isinstance(trigger, Every):
        seconds = int(now.timestamp()) // trigger.seconds * trigger.seconds
        return datetime.fromtimestamp(seconds, UTC)
    return max(instant for instant in _around(trigger, now, zone) if instant <= now)


def next_due(trigger: Every | Daily, now: datetime, zone: ZoneInfo) -> datetime:
    """The first due time after `now`."""
    if isinstance(trigger, Every):
        return latest_due(trigger, now, zone) + timedelta(seconds=trigger.seconds)
    return min(instant for instant in _around(trigger, now, zone) if instant > now)


def _around(trigger: Daily, now: datetime, zone: ZoneInfo) -> list[datetime]:
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(-8, 9)]
    return [_instant(day, trigger.at, zone) for day in days if trigger.weekday in (None, day.weekday())]


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def describe(trigger: Trigger) -> str:
    """The schedule in words."""
    if isinstance(trigger, After):
        return f"after {trigger.job.replace('_', ' ')}"
    if isinstance(trigger, Daily):
        day = "daily" if trigger.weekday is None else f"on {WEEKDAYS[trigger.weekday]}s"
        return f"{day} at {trigger.at:%H:%M}"
    for unit, length in (("hour", 3600), ("minute", 60)):
        count, rest = divmod(trigger.seconds, length)
        if not rest:
            return f"every {unit}" if count == 1 else f"every {count} {unit}s"
    return "every second" if trigger.seconds == 1 else f"every {trigger.seconds} seconds"
