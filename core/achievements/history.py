"""What somebody did, for themselves: a month's days with those a freeze saved, points since Monday, every result.

Days and weeks are those of the person's own calendar, wherever they live.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.achievements.queries import calendar_of
from core.achievements.rules import saved_days, week_of
from data.tables import PracticeDay, ResultRow, User

COLUMNS = ("taken_at", "subject", "skill", "type", "score", "points", "words_a_minute", "seconds")


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    practices: int
    saved: bool
    """Without practice, and the streak went on over it."""


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    today: date
    days: list[Day]
    """Those with practice and those that were saved, in order."""


async def month_of(db: AsyncSession, user_id: UUID, now: datetime, first: date | None) -> Month:
    """The month that begins on a day; the present one if none is named."""
    user = await db.get(User, user_id)
    if user is None:
        return Month(first or now.date().replace(day=1), now.date(), [])
    calendar = await calendar_of(db, user)
    wanted = select(PracticeDay).where(PracticeDay.user_id == user_id).order_by(PracticeDay.number)
    rows = {row.number: row for row in (await db.execute(wanted)).scalars()}
    number = calendar.number(now)
    today = calendar.day(number)
    begin = first or today.replace(day=1)
    end = (begin + timedelta(days=31)).replace(day=1)
    found = [Day(row.day, row.results, saved=False) for row in rows.values()]
    found += [Day(calendar.day(n), 0, saved=True) for n in saved_days(list(rows), number, calendar.day)]
    days = sorted((day for day in found if begin <= day.day < end), key=lambda day: day.day)
    return Month(begin, today, days)


async def points_this_week(db: AsyncSession, user_id: UUID, now: datetime) -> int:
    """Points since Monday began where the person lives."""
    user = await db.get(User, user_id)
    if user is None:
        return 0
    calendar = await calendar_of(db, user)
    number = calendar.number(now)
    monday = week_of(calendar.day(number))
    while calendar.day(number) > monday:
        number -= 1
    since = calendar.end(number - 1)
    mine = (ResultRow.user_id == user_id, ResultRow.taken_at >= since)
    return int((await db.execute(select(func.coalesce(func.sum(ResultRow.points), 0)).where(*mine))).scalar_one())


async def results_table(db: AsyncSession, user_id: UUID) -> bytes:
    """Every result of somebody as a table for spreadsheets, the oldest first."""
    wanted = select(ResultRow).where(ResultRow.user_id == user_id).order_by(ResultRow.taken_at, ResultRow.id)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in (await db.execute(wanted)).scalars():
        wpm = "" if row.wpm is None else row.wpm / 100
        said = (row.taken_at.isoformat(), row.subject_id, row.skill or "", row.event_type)
        writer.writerow((*said, row.score / 100, row.points, wpm, "" if row.seconds is None else row.seconds))
    return text.getvalue().encode("utf-8-sig")
