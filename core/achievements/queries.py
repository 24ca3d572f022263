"""Reading what somebody has reached: badges, totals, days, and how their streak stands today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.achievements.calendar import Calendar, Move
from core.achievements.catalogue import catalogue
from core.achievements.rules import BadgeSpec, level_of, next_ones, streak_of
from data.tables import Achievement, LearnerProgress, PracticeDay, User, ZoneMove

NO_ZONE = "UTC"
"""By which somebody lives whose zone nobody told."""


async def calendar_of(db: AsyncSession, user: User) -> Calendar:
    rows = await db.execute(select(ZoneMove).where(ZoneMove.user_id == user.id).order_by(ZoneMove.since, ZoneMove.id))
    moves = [Move(row.since, row.before, row.zone) for row in rows.scalars()]
    return Calendar(user.timezone or NO_ZONE, moves)


async def days_of(db: AsyncSession, user_id: UUID) -> list[int]:
    wanted = select(PracticeDay.number).where(PracticeDay.user_id == user_id).order_by(PracticeDay.number)
    return list((await db.execute(wanted)).scalars())


async def badges_of(db: AsyncSession, user_id: UUID, scope: str | None = None) -> set[str]:
    wanted = select(Achievement.achievement).where(Achievement.user_id == user_id)
    if scope is not None:
        wanted = wanted.where(Achievement.scope == scope)
    return set((await db.execute(wanted)).scalars())


async def achievements_of(db: AsyncSession, user_id: UUID) -> list[Achievement]:
    """Everything somebody earned, the latest first."""
    wanted = select(Achievement).where(Achievement.user_id == user_id)
    order = (Achievement.earned_at.desc(), Achievement.achievement, Achievement.scope)
    return list((await db.execute(wanted.order_by(*order))).scalars())


@dataclass(frozen=True, slots=True)
class StreakNow:
    days: int
    longest: int
    practised_today: bool
    freeze_left: bool
    today: date
    ends_at: datetime | None
    """When it is lost unless they practise before; None without one."""


async def streak_now(db: AsyncSession, user_id: UUID, now: datetime) -> StreakNow:
    """How somebody's streak stands at this moment, by their own calendar."""
    user = await db.get(User, user_id)
    if user is None:
        return StreakNow(0, 0, False, True, now.date(), None)
    calendar = await calendar_of(db, user)
    today = calendar.number(now)
    streak = streak_of(await days_of(db, user_id), today, calendar.day)
    ends_at = None if streak.lasts_until is None else calendar.end(streak.lasts_until)
    return StreakNow(
        streak.days, streak.longest, streak.practised_today, streak.freeze_left, calendar.day(today), ends_at
    )


def figures_of(row: LearnerProgress | None) -> dict[str, int]:
    """The figures by which badges are earned, as they are now; ranks are no figure to get nearer to."""
    levels = catalogue().levels
    if row is None:
        return {"points": 0, "practices": 0, "perfect": 0, "pairs": 0, "streak": 0, "level": 1}
    level = max((level_of(points, levels) for points in row.subjects.values()), default=1)
    return {
        "points": row.points,
        "practices": row.practices,
        "perfect": row.perfect,
        "pairs": row.pairs,
        "streak": row.streak,
        "level": level,
    }


@dataclass(frozen=True, slots=True)
class LevelNow:
    """The level of all one's points, and what lies around it."""

    level: int
    name: str
    begins_at: int
    next_at: int | None
    next_name: str | None


def level_now(row: LearnerProgress | None) -> LevelNow:
    """How far somebody is over all subjects."""
    levels, names = catalogue().levels, catalogue().level_names
    level = level_of(row.points if row else 0, levels)
    last = level == len(levels)
    return LevelNow(
        level, names[level - 1], levels[level - 1], None if last else levels[level], None if last else names[level]
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """What somebody has reached, and what comes next."""

    row: LearnerProgress | None
    earned: list[Achievement]
    nearest: list[BadgeSpec]
    figures: dict[str, int]


async def reached(db: AsyncSession, user_id: UUID) -> Reached:
    row = await db.get(LearnerProgress, user_id)
    earned = await achievements_of(db, user_id)
    figures = figures_of(row)
    nearest = next_ones(catalogue().badges.values(), figures, {badge.achievement for badge in earned})
    return Reached(row, earned, nearest, figures)
