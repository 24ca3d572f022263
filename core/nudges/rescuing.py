"""Reminding people of a streak that ends with their day: once, three hours before their midnight or before it is quiet.

Who may still miss today without losing anything is left alone. As everywhere, a run asks the same number of questions
however many streaks there are, and only about people whose day is far enough gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.achievements.calendar import Calendar, Move
from core.achievements.rules import streak_of
from core.nudges.crowd import THESE, people_of, places_now, sent_lately, zone_of
from core.nudges.policy import PLAIN, Policy
from core.nudges.rules.detecting import Person, Place, Sent
from core.nudges.rules.limits import day_begins, is_quiet, rescue_window, room_left
from core.nudges.sending import AT_ONCE, Sending, send, take_turn
from core.transaction import Transaction
from data.tables import LearnerProgress, PracticeDay, User, ZoneMove

BEFORE: Final = timedelta(hours=3)
SHORTEST: Final = 2
"""Days that make something worth a reminder."""
EARLIEST_HOUR: Final = 12
ALIVE: Final = timedelta(days=10)
"""A streak whose last day lies longer back is over, whatever was saved."""
LOOKED_AT: Final = timedelta(days=60)
"""As many days back are read; of longer streaks the length is known from its own row."""


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Somebody's streak that is lost with the end of their day."""

    user_id: UUID
    days: int
    ends_at: datetime


async def rescue(tx: Transaction, policy: Policy = PLAIN) -> int:
    """Remind whoever is due; how many."""
    await take_turn(tx)
    risks = await at_risk(tx.db, tx.now)
    if not risks:
        return 0
    ids = [risk.user_id for risk in risks]
    people = await people_of(tx.db, ids, tx.now, posted=policy.posted)
    sent = await sent_lately(tx.db, ids, tx.now)
    places = await places_now(tx.db, tx.now)
    return await send(tx, due(tx.now, risks, people, places, sent)[:AT_ONCE])


async def at_risk(db: AsyncSession, now: datetime) -> list[AtRisk]:
    """The streaks that end with the day their people are in."""
    zones = (await db.execute(select(func.coalesce(User.timezone, "UTC")).distinct())).scalars()
    late = [zone for zone in zones if now.astimezone(zone_of(zone)).hour >= EARLIEST_HOUR]
    alive = LearnerProgress.last_day >= (now - ALIVE).date()
    wanted = select(LearnerProgress.user_id, LearnerProgress.streak, User.timezone).join(
        User, User.id == LearnerProgress.user_id
    )
    in_zone = or_(User.timezone.in_(late), User.timezone.is_(None) if "UTC" in late else User.timezone.in_(late))
    rows = (await db.execute(wanted.where(LearnerProgress.streak >= SHORTEST, alive, in_zone))).all()
    ids = [row.user_id for row in rows]
    if not ids:
        return []
    moves, days = await _moves(db, ids), await _days(db, ids, now)
    found = []
    for user_id, length, zone in rows:
        calendar = Calendar(zone or "UTC", moves.get(user_id, ()))
        today = calendar.number(now)
        streak = streak_of(days.get(user_id, []), today, calendar.day)
        if streak.lasts_until == today and streak.days >= SHORTEST:
            found.append(AtRisk(user_id, max(streak.days, length), calendar.end(today)))
    return found


async def _moves(db: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[Move]]:
    found: dict[UUID, list[Move]] = defaultdict(list)
    wanted = select(ZoneMove).where(ZoneMove.user_id == THESE).order_by(ZoneMove.since, ZoneMove.id)
    for row in (await db.execute(wanted, {"ids": list(ids)})).scalars():
        found[row.user_id].append(Move(row.since, row.before, row.zone))
    return found


async def _days(db: AsyncSession, ids: Sequence[UUID], now: datetime) -> Mapping[UUID, list[int]]:
    found: dict[UUID, list[int]] = defaultdict(list)
    recent = PracticeDay.day >= (now - LOOKED_AT).date()
    wanted = select(PracticeDay.user_id, PracticeDay.number).where(PracticeDay.user_id == THESE, recent)
    for user_id, number in await db.execute(wanted.order_by(PracticeDay.number), {"ids": list(ids)}):
        found[user_id].append(number)
    return found


def due(
    now: datetime,
    risks: Iterable[AtRisk],
    people: Mapping[UUID, Person],
    places: Mapping[UUID, Place],
    sent: Iterable[Sent],
) -> list[Sending]:
    """Whom to remind now. Who is practising this minute needs no reminder."""
    history: dict[UUID, list[Sent]] = defaultdict(list)
    for nudge in sent:
        history[nudge.recipient_id].append(nudge)
    chosen = []
    for risk in risks:
        person, place = people.get(risk.user_id), places.get(risk.user_id)
        if person is None or (place is not None and place.busy) or not _is_time(person, risk, now):
            continue
        before = history[person.id]
        today = day_begins(person.zone, now)
        told = any(one.nudge_type == "streak_rescue" and one.at >= today for one in before)
        if told or not room_left((one.at for one in before), person.zone, now, person.allowed.daily_cap):
            continue
        one = _reminder(person, place, risk, now)
        if one is not None:
            chosen.append(one)
    return chosen


def _is_time(person: Person, risk: AtRisk, now: datetime) -> bool:
    quiet = person.allowed.quiet
    start = rescue_window(risk.ends_at, person.zone, quiet, BEFORE)
    return start <= now < risk.ends_at and not is_quiet(quiet, person.zone, now)


def _reminder(person: Person, place: Place | None, risk: AtRisk, now: datetime) -> Sending | None:
    """In the app if it may, outside as well if they are away and it may; nothing where neither may."""
    mail = place is None and "streak_rescue" in person.allowed.mail
    if not mail and "streak_rescue" not in person.allowed.app:
        return None
    return Sending(
        sender_id=person.id,
        recipient=person,
        nudge_type="streak_rescue",
        subject=None,
        skill=None,
        way="mail" if mail else "live" if place is not None else "queue",
        lasts=risk.ends_at - now,
        mail=mail,
        days=risk.days,
    )
