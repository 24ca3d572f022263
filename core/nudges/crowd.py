"""What is asked about everybody at once, each in one question however many there are: who is where, whose friend is
whom, what each may be reached by, and what reached them of late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ARRAY, Select, Uuid, and_, any_, bindparam, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import band_of
from core.nudges.rules.detecting import Person, Place, Sent
from core.nudges.rules.limits import Chosen, Limits, allowed
from core.presence.queries import ONLINE
from data.tables import (
    Block,
    Friendship,
    NudgeLimits,
    NudgeMute,
    NudgeReport,
    NudgeRow,
    NudgeSettings,
    PresenceRow,
    User,
)

LATELY = timedelta(hours=26)
"""As far back as a day of 25 hours, and a cooldown before it, can matter."""
PRACTISING = "practicing_"
BUSY = ("studying", "in_quiz")
THESE = any_(bindparam("ids", type_=ARRAY(Uuid)))


async def places_now(db: AsyncSession, now: datetime) -> dict[UUID, Place]:
    """Where everybody is who was seen in the last minutes: the one presence look-up of a run."""
    wanted = select(PresenceRow.user_id, PresenceRow.subject_id, PresenceRow.status, PresenceRow.current_activity)
    rows = await db.execute(wanted.where(PresenceRow.last_seen_at >= now - ONLINE).order_by(PresenceRow.connected_at))
    places: dict[UUID, Place] = {}
    for user_id, subject, status, activity in rows:
        place, known = _place(subject, status, activity or ""), places.get(user_id)
        # Of several connections the one that says most counts, and of those the newest.
        if known is None or (place.busy, bool(place.subject)) >= (known.busy, bool(known.subject)):
            places[user_id] = place
    return places


def _place(subject: str | None, status: str, activity: str) -> Place:
    skill = activity.removeprefix(PRACTISING) if activity.startswith(PRACTISING) else None
    return Place(subject or None, skill or None, busy=bool(skill) or status in BUSY or activity in BUSY)


def _one_way(sender: Any, recipient: Any) -> Select[Any]:
    """Friends as (of whom, to whom), without those whom a block, a mute or staff keep apart."""
    blocks = select(literal(1)).where(
        or_(
            and_(Block.blocker_id == sender, Block.blocked_id == recipient),
            and_(Block.blocker_id == recipient, Block.blocked_id == sender),
        )
    )
    muted = select(literal(1)).where(
        NudgeMute.user_id == recipient,
        NudgeMute.sender_id == sender,
        or_(NudgeMute.until.is_(None), NudgeMute.until > bindparam("now")),
    )
    out = select(literal(1)).where(NudgeReport.sender_id == sender, NudgeReport.kept_out_until > bindparam("now"))
    accepted = (Friendship.status == "accepted", sender == THESE)
    return select(sender, recipient).where(*accepted, ~blocks.exists(), ~muted.exists(), ~out.exists())


PAIRS = union_all(
    _one_way(Friendship.user_id, Friendship.friend_id), _one_way(Friendship.friend_id, Friendship.user_id)
)


async def pairs_of(db: AsyncSession, senders: Collection[UUID], now: datetime) -> list[tuple[UUID, UUID]]:
    """The friends of these people who may hear of them, as far as blocks and mutes say."""
    rows = await db.execute(PAIRS, {"ids": list(senders), "now": now})
    return [(one, other) for one, other in rows]


PEOPLE = (
    select(
        User.id,
        User.audience,
        User.cohort_id,
        (User.appears_offline | User.kept_offline).label("offline"),
        User.birth_date,
        User.age_band,
        User.timezone,
        NudgeSettings,
        NudgeLimits,
    )
    .outerjoin(NudgeSettings, NudgeSettings.user_id == User.id)
    .outerjoin(NudgeLimits, NudgeLimits.child_id == User.id)
    .where(User.id == THESE)
)


async def people_of(db: AsyncSession, ids: Iterable[UUID], now: datetime, *, posted: bool) -> dict[UUID, Person]:
    """What decides about these people, in one question. `posted` is whether mail needs no address of ours."""
    rows = await db.execute(PEOPLE, {"ids": list(set(ids))})
    return {row.id: _person(row, now, posted) for row in rows}


def _person(row: Any, now: datetime, posted: bool) -> Person:
    band = band_of(row.birth_date, row.age_band, now.date())
    chosen, limits = chosen_of(row.NudgeSettings), limits_of(row.NudgeLimits)
    may = allowed(chosen, limits, band, reachable=posted or bool(chosen.email))
    return Person(row.id, row.audience, row.cohort_id, row.offline, band, zone_of(row.timezone), may)


def zone_of(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def chosen_of(row: NudgeSettings | None) -> Chosen:
    if row is None:
        return Chosen()
    return Chosen(
        app=row.app,
        mail=row.mail,
        quiet=row.quiet,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        daily_cap=row.daily_cap,
        digest=row.digest,
        email=row.email,
    )


def limits_of(row: NudgeLimits | None) -> Limits:
    if row is None:
        return Limits()
    return Limits(
        kinds_off=frozenset(row.kinds_off),
        mail=row.mail,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        daily_cap=row.daily_cap,
    )


async def sent_lately(db: AsyncSession, recipients: Collection[UUID], now: datetime) -> list[Sent]:
    """What reached these people of late, over all senders and kinds: the one question about recent nudges."""
    wanted = select(
        NudgeRow.sender_id, NudgeRow.recipient_id, NudgeRow.nudge_type, NudgeRow.status, NudgeRow.inserted_at
    ).where(NudgeRow.recipient_id == THESE, NudgeRow.inserted_at > now - LATELY)
    rows = await db.execute(wanted, {"ids": list(recipients)})
    return [Sent(*row) for row in rows]
