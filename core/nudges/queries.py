"""What one person reads: their nudges, their queue, what may reach them, whom they muted, and whose parent they are.

Whoever is on the other side of a block, and whoever is not to be seen any more, is left out or has no name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.queries import seen_by
from core.accounts.rules import Band, band_of
from core.nudges.crowd import chosen_of, limits_of, zone_of
from core.nudges.rules.limits import Allowed, Chosen, Limits, allowed, day_begins
from core.principal import PublicPerson
from data.tables import NotificationRow, NudgeLimits, NudgeMute, NudgeRow, NudgeSettings, User


@dataclass(frozen=True, slots=True)
class Told:
    """A nudge as its recipient reads it, with whom it is about as they may be shown now."""

    row: NudgeRow
    who: PublicPerson | None


@dataclass(frozen=True, slots=True)
class Noted:
    """A notification likewise."""

    row: NotificationRow
    status: str
    """The nudge's, where it is one."""
    who: PublicPerson | None


async def own_nudges(
    db: AsyncSession,
    me: UUID,
    hidden: Collection[UUID],
    *,
    statuses: Sequence[str] = (),
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Told]:
    """Somebody's nudges, the latest first."""
    wanted = select(NudgeRow).where(NudgeRow.recipient_id == me, NudgeRow.sender_id.not_in(hidden))
    if statuses:
        wanted = wanted.where(NudgeRow.status.in_(statuses))
    if before is not None:
        at, id = before
        older = and_(NudgeRow.inserted_at == at, NudgeRow.id < id)
        wanted = wanted.where(or_(NudgeRow.inserted_at < at, older))
    order = (NudgeRow.inserted_at.desc(), NudgeRow.id.desc())
    rows = list((await db.execute(wanted.order_by(*order).limit(limit))).scalars())
    seen = await seen_by(db, me, (row.sender_id for row in rows))
    return [Told(row, seen.get(row.sender_id)) for row in rows]


async def counts_by_status(db: AsyncSession, me: UUID, hidden: Collection[UUID]) -> dict[str, int]:
    wanted = select(NudgeRow.status, func.count()).where(NudgeRow.recipient_id == me, NudgeRow.sender_id.not_in(hidden))
    rows = await db.execute(wanted.group_by(NudgeRow.status))
    return {row[0]: row[1] for row in rows}


async def queue_of(
    db: AsyncSession, me: UUID, hidden: Collection[UUID], *, before: int | None = None, limit: int = 50
) -> list[Noted]:
    """Somebody's queue, the latest first."""
    wanted = select(NotificationRow, NudgeRow.status).outerjoin(NudgeRow, NudgeRow.id == NotificationRow.nudge_id)
    wanted = wanted.where(NotificationRow.user_id == me)
    if hidden:
        shown = or_(NotificationRow.about_id.is_(None), NotificationRow.about_id.not_in(hidden))
        wanted = wanted.where(shown)
    if before is not None:
        wanted = wanted.where(NotificationRow.seq < before)
    rows = (await db.execute(wanted.order_by(NotificationRow.seq.desc()).limit(limit))).all()
    seen = await seen_by(db, me, (row.about_id for row, _ in rows if row.about_id))
    return [Noted(row, status or "", seen.get(row.about_id) if row.about_id else None) for row, status in rows]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose, what a parent limits, and what comes of both."""

    chosen: Chosen
    limits: Limits
    may: Allowed
    band: Band
    zone: ZoneInfo
    parent: str
    """What the parent who set limits is called; empty when nobody did."""


async def wishes_of(db: AsyncSession, user_id: UUID, now: datetime, *, posted: bool) -> Wishes | None:
    user = await db.get(User, user_id)
    if user is None:
        return None
    chosen = chosen_of(await db.get(NudgeSettings, user_id))
    row = await db.get(NudgeLimits, user_id)
    limits = limits_of(row)
    band = band_of(user.birth_date, user.age_band, now.date())
    may = allowed(chosen, limits, band, reachable=posted or bool(chosen.email))
    parent = await db.get(User, row.parent_id) if row and row.parent_id else None
    called = (
        (parent.own_nickname or parent.display_name or parent.first_name or "a parent")
        if parent
        else "a parent"
        if row
        else ""
    )
    return Wishes(chosen, limits, may, band, zone_of(user.timezone), called)


async def mutes_of(db: AsyncSession, me: UUID, now: datetime) -> list[tuple[NudgeMute, PublicPerson]]:
    """Whom somebody muted, the latest first."""
    still = or_(NudgeMute.until.is_(None), NudgeMute.until > now)
    wanted = select(NudgeMute).where(NudgeMute.user_id == me, still).order_by(NudgeMute.created_at.desc())
    rows = list((await db.execute(wanted)).scalars())
    seen = await seen_by(db, me, (row.sender_id for row in rows))
    return [(row, seen[row.sender_id]) for row in rows if row.sender_id in seen]


async def pending_of(db: AsyncSession, ids: Collection[UUID], limit: int = 20) -> list[tuple[UUID, UUID]]:
    """Nudges that wait for an answer of one of these people, with whose it is."""
    wanted = select(NudgeRow.id, NudgeRow.recipient_id).where(NudgeRow.status == "pending")
    rows = await db.execute(wanted.where(NudgeRow.recipient_id.in_(ids)).order_by(NudgeRow.inserted_at).limit(limit))
    return [(row.id, row.recipient_id) for row in rows]


async def sent_today(db: AsyncSession, me: UUID, zone: ZoneInfo, now: datetime) -> int:
    """How many reached somebody since their own midnight."""
    today = NudgeRow.inserted_at >= day_begins(zone, now)
    wanted = select(func.count()).select_from(NudgeRow).where(NudgeRow.recipient_id == me, today)
    return (await db.execute(wanted)).scalar_one()


async def children_of(db: AsyncSession, parent_id: UUID, today: date) -> list[User]:
    """The minors whose parent somebody is, by name."""
    wanted = select(User).where(User.parent_id == parent_id).order_by(User.first_name, User.id)
    children = (await db.execute(wanted)).scalars()
    return [child for child in children if band_of(child.birth_date, child.age_band, today) != "adult"]
