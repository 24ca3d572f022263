"""What one has reached: badges, with how near the next ones are, points and levels, and the streak as it stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from core.achievements.catalogue import catalogue
from core.achievements.history import month_of, points_this_week, results_table
from core.achievements.queries import Reached, level_now, reached, streak_now
from core.achievements.rules import BadgeSpec, level_of
from core.activity.queries import has_simulated
from core.errors import Forbidden
from core.safety.limiter import Rate
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Raw, Routes

routes = Routes("Achievements")


class BadgeOut(Output, frozen=True, kw_only=True):
    """A badge of the catalogue, and whether one has it."""

    achievement: str
    title: str
    description: str
    icon: str
    points: int
    measure: Annotated[str, Meta(description="The figure that earns it; a `rank` is earned once a board and period.")]
    at: int
    now: Annotated[int | None, Meta(description="One's own figure; null for ranks.")]
    earned: Annotated[int, Meta(description="How often one earned it.")]
    timestamp: Annotated[datetime | None, Meta(description="When one last did.")]


class LevelOut(Output, frozen=True, kw_only=True):
    """How far one is in a subject."""

    subject: str
    points: int
    level: int
    next_at: Annotated[int | None, Meta(description="The points of the next level; null on the last.")]


class StreakOut(Output, frozen=True, kw_only=True):
    """Days in a row on which one practised, by one's own calendar."""

    days: int
    longest: int
    practised_today: bool
    freeze_left: Annotated[bool, Meta(description="Whether a missed day of this week can still be saved.")]
    today: date
    ends_at: Annotated[datetime | None, Meta(description="When it is lost unless one practises before.")]


class LevelNowOut(Output, frozen=True, kw_only=True):
    """The level of all one's points."""

    level: int
    name: str
    begins_at: Annotated[int, Meta(description="The points with which it begins.")]
    next_at: Annotated[int | None, Meta(description="Those of the next one; null on the last.")]
    next_name: str | None


class AchievementsOut(Output, frozen=True, kw_only=True):
    """Everything one has reached."""

    points: int
    this_week: Annotated[int, Meta(description="Points since Monday, by one's own calendar.")]
    simulated: Annotated[bool, Meta(description="Whether some of it was simulated: of a demo's personas it is.")]
    practices: int
    level: LevelNowOut
    streak: StreakOut
    levels: list[LevelOut]
    achievements: Annotated[list[BadgeOut], Meta(description="The whole catalogue, earned ones first.")]
    next: Annotated[list[str], Meta(description="The nearest badges that are still to be earned, nearest first.")]


@routes(
    "GET",
    "/api/v1/achievements",
    scope="practice:write",
    summary="One's badges, levels, points and streak, and what comes next.",
    rate=READING,
)
async def get_achievements(call: Call[None, None]) -> AchievementsOut:
    me = _me(call)
    async with call.app.transactions.read() as db:
        mine = await reached(db, me)
        now = call.app.clock.now()
        streak = await streak_now(db, me, now)
        this_week = await points_this_week(db, me, now)
        simulated = call.app.settings.simulating and await has_simulated(db, me)
    level = level_now(mine.row)
    mine.figures["streak"] = streak.days
    return AchievementsOut(
        points=mine.figures["points"],
        this_week=this_week,
        simulated=simulated,
        practices=mine.figures["practices"],
        level=LevelNowOut(
            level=level.level,
            name=level.name,
            begins_at=level.begins_at,
            next_at=level.next_at,
            next_name=level.next_name,
        ),
        streak=StreakOut(
            days=streak.days,
            longest=streak.longest,
            practised_today=streak.practised_today,
            freeze_left=streak.freeze_left,
            today=streak.today,
            ends_at=streak.ends_at,
        ),
        levels=_levels(mine),
        achievements=_badges(mine),
        next=[spec.id for spec in mine.nearest],
    )


def _levels(mine: Reached) -> list[LevelOut]:
    levels = catalogue().levels
    subjects = mine.row.subjects if mine.row else {}
    found = []
    for subject, points in sorted(subjects.items()):
        level = level_of(points, levels)
        next_at = levels[level] if level < len(levels) else None
        found.append(LevelOut(subject=subject, points=points, level=level, next_at=next_at))
    return found


def _badges(mine: Reached) -> list[BadgeOut]:
    """Those of the catalogue, and those the host gave that it does not know."""
    known = catalogue().badges
    given = {
        row.achievement: BadgeSpec(row.achievement, row.title, "", "badge", row.points, "host", 1)
        for row in mine.earned
        if row.achievement not in known
    }
    shown = [_badge(spec, mine) for spec in (known | given).values()]
    return sorted(shown, key=lambda badge: (badge.timestamp is None, badge.measure, badge.at))


def _badge(spec: BadgeSpec, mine: Reached) -> BadgeOut:
    earned = [row for row in mine.earned if row.achievement == spec.id]
    return BadgeOut(
        achievement=spec.id,
        title=spec.title,
        description=spec.description,
        icon=spec.icon,
        points=spec.points,
        measure=spec.measure,
        at=spec.at,
        now=mine.figures.get(spec.measure),
        earned=len(earned),
        timestamp=max((row.earned_at for row in earned), default=None),
    )


class MonthQuery(Input, frozen=True, kw_only=True):
    """Which month."""

    month: Annotated[
        Annotated[str, Meta(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")] | None,
        Meta(description="Such as `2026-03`; the present one if absent."),
    ] = None


class DayOut(Output, frozen=True, kw_only=True):
    """A day on which one practised, or that a freeze saved."""

    day: date
    practices: int
    saved: Annotated[bool, Meta(description="Without practice, and the streak went on over it.")]


class DaysOut(Output, frozen=True, kw_only=True):
    """The days of a month, by one's own calendar; those on which nothing was are left out."""

    month: date
    today: date
    days: list[DayOut]


@routes(
    "GET",
    "/api/v1/achievements/days",
    scope="practice:write",
    summary="The days of a month on which one practised, and those a freeze saved.",
    rate=READING,
)
async def get_days(call: Call[None, MonthQuery]) -> DaysOut:
    me, asked = _me(call), call.query.month
    first = date.fromisoformat(f"{asked}-01") if asked else None
    async with call.app.transactions.read() as db:
        month = await month_of(db, me, call.app.clock.now(), first)
    days = [DayOut(day=day.day, practices=day.practices, saved=day.saved) for day in month.days]
    return DaysOut(month=month.first, today=month.today, days=days)


EXPORTING = Rate(30, 60)


@routes(
    "GET",
    "/api/v1/achievements/results",
    scope="practice:write",
    summary="All one's own results, as a table to keep.",
    rate=EXPORTING,
    media={"text/csv; charset=utf-8": None},
)
async def get_own_results(call: Call[None, None]) -> Raw:
    """When, what, how well, and what it was worth: nothing of anybody else."""
    me = _me(call)
    async with call.app.transactions.read() as db:
        table = await results_table(db, me)
    return Raw(table, "text/csv; charset=utf-8", file_name="my-results.csv")


def _me(call: Call[Any, Any]) -> UUID:
    me = call.principal.id
    if call.principal.kind != "person" or me is None:
        raise Forbidden
    return me
