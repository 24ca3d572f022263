"""What may reach somebody: kinds and ways, quiet hours, caps, and what a parent limits. Pure; the time is an argument.

What a person left alone follows the defaults of their age: a minor hears nothing outside the app unless they, or for a
child a parent, say so. A parent's limit only ever takes away. Quiet hours are hours of the person's own clock, so on
the two odd days of a year they are an hour longer or shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.accounts.rules import Band

KINDS: Final = ("friend_online", "challenge", "streak_rescue")
DAILY_CAP: Final = 3
MOST_A_DAY: Final = 10
HOURLY: Final = timedelta(hours=1)
EACH_HOUR: Final = 1
"""At most so many in any hour, over all senders and kinds."""
QUIET_FROM: Final = 21 * 60
QUIET_TO: Final = 7 * 60
DAY_MINUTES: Final = 24 * 60
PAIR_COOLDOWN: Final = timedelta(hours=1)
DIGEST_AT: Final = 17 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody chose themselves; None and missing kinds are the defaults."""

    app: Mapping[str, bool] = field(default_factory=dict)
    mail: Mapping[str, bool] = field(default_factory=dict)
    quiet: bool | None = None
    quiet_from: int | None = None
    quiet_to: int | None = None
    daily_cap: int | None = None
    digest: bool | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a parent set; None and empty is no limit."""

    kinds_off: frozenset[str] = frozenset()
    mail: bool | None = None
    quiet_from: int | None = None
    quiet_to: int | None = None
    daily_cap: int | None = None

    @property
    def quiet(self) -> bool:
        return self.quiet_from is not None and self.quiet_to is not None


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day up to another, over midnight where the second is the smaller; alike is never."""

    start: int
    end: int

    def holds(self, minute: int) -> bool:
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What may reach somebody, all things considered."""

    app: frozenset[str]
    mail: frozenset[str]
    quiet: tuple[Hours, ...]
    daily_cap: int
    digest: bool
    mail_locked: bool
    """Whether the way out of the app is not the person's own to open."""


def allowed(chosen: Chosen, limits: Limits, band: Band, *, reachable: bool = True) -> Allowed:
    """Choices, a parent's limits and the defaults of the age, as one; `reachable` is whether mail has a way to go."""
    minor = band != "adult"
    # A child's way out of the app is the parent's to open; a teenager's own, as long as the parent does not close it.
    mail_locked = limits.mail is False or (band == "child" and not limits.mail)
    app = {kind for kind in KINDS if chosen.app.get(kind, True)}
    mail = {kind for kind in KINDS if chosen.mail.get(kind, not minor)}
    cap = DAILY_CAP if chosen.daily_cap is None else min(max(chosen.daily_cap, 0), MOST_A_DAY)
    return Allowed(
        app=frozenset(app - limits.kinds_off),
        mail=frozenset() if mail_locked or not reachable else frozenset(mail - limits.kinds_off),
        quiet=_quiet(chosen, limits),
        daily_cap=cap if limits.daily_cap is None else min(cap, limits.daily_cap),
        digest=bool(chosen.digest),
        mail_locked=mail_locked,
    )


def _quiet(chosen: Chosen, limits: Limits) -> tuple[Hours, ...]:
    found: list[Hours] = []
    if chosen.quiet is not False:
        found.append(own_quiet(chosen))
    if limits.quiet_from is not None and limits.quiet_to is not None:
        found.append(Hours(limits.quiet_from, limits.quiet_to))
    return tuple(found)


def own_quiet(chosen: Chosen) -> Hours:
    """One's own quiet hours, whether or not they are on."""
    start = QUIET_FROM if chosen.quiet_from is None else chosen.quiet_from
    return Hours(start, QUIET_TO if chosen.quiet_to is None else chosen.quiet_to)


def is_quiet(hours: Iterable[Hours], zone: ZoneInfo, now: datetime) -> bool:
    """Whether it is quiet for somebody, by the clock on their wall."""
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(each.holds(minute) for each in hours)


def day_begins(zone: ZoneInfo, now: datetime) -> datetime:
    """The local midnight before a moment; where the clocks leave it out, the moment they do."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def next_time(zone: ZoneInfo, now: datetime, minute: int) -> datetime:
    """The next moment at which the clock on the wall says so."""
    today = now.astimezone(zone).date()
    for days in range(3):
        day = today + timedelta(days=days)
        at = datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
        if at > now:
            return at
    raise AssertionError("every day has every minute, or one that stands for it")


def room_left(sent: Iterable[datetime], zone: ZoneInfo, now: datetime, daily_cap: int) -> int:
    """How many more may reach somebody now: a day's cap by their own midnight, and one in any hour."""
    times = list(sent)
    lately = sum(at > now - HOURLY for at in times)
    today = sum(at >= day_begins(zone, now) for at in times)
    return max(0, min(daily_cap - today, EACH_HOUR - lately))


def rescue_window(ends_at: datetime, zone: ZoneInfo, hours: Iterable[Hours], before: timedelta) -> datetime:
    """From when on to remind somebody of a streak that ends: some hours before, or a little before it gets quiet."""
    start = ends_at - before
    quiet = list(hours)
    if not is_quiet(quiet, zone, start):
        return start
    # Back to the last quarter of an hour that is not quiet; whoever is never reachable has no such moment.
    for quarters in range(1, 4 * 21):
        at = start - timedelta(minutes=15 * quarters)
        if not is_quiet(quiet, zone, at):
            return at
    return start
