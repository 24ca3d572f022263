"""Whether a cohort may chat: staff's switch, and the consent of every child in it.

While a member who counts as under 13 has no consent, chat is shut for the whole cohort: whoever is in a room reads what
is said there. What follows from people (somebody comes, grows up, is consented for) follows by the log; a message asks
the people themselves once more. Who sends holds the room's row, so nothing is said in a room that has been shut.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import born_by
from core.errors import Forbidden
from core.events.catalog import (
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonAdded,
    PersonErased,
    PersonUpdated,
)
from core.events.cohorts import CohortChatChanged
from core.events.fact import Fact
from core.principal import Principal
from core.reactions import Reaction
from core.transaction import Transaction
from data.tables import Cohort, CohortRoomRow, User

MODERATE = "chat:moderate"
TAKE_PART = "cohort:write"
READ = "cohort:read"
SWITCHED_OFF, NO_CONSENT = "switched_off", "consent_missing"
SENTENCES = {
    SWITCHED_OFF: "Chat is off in this room. Staff can switch it on.",
    NO_CONSENT: "Chat opens when a parent says yes for everybody under 13 here.",
}


def member(actor: Principal, scope: str) -> tuple[UUID, UUID]:
    """Who acts, and in which cohort; Forbidden for whoever is in none."""
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require(scope)
    if actor.cohort_id is None:
        raise Forbidden(reason="not_in_cohort")
    return actor.id, actor.cohort_id


def unconsented(today: date) -> ColumnElement[bool]:
    """Somebody who counts as under 13 and whom nobody may see: no parent said yes."""
    young = or_(
        User.birth_date > born_by(13, today),
        and_(User.birth_date.is_(None), or_(User.age_band.is_(None), User.age_band.not_in(("13_17", "18_plus")))),
    )
    return and_(young, User.audience == "nobody")


async def why_shut(db: AsyncSession, cohort_id: UUID, chat_on: bool, today: date) -> str | None:
    """Why a cohort may not chat, by its people as they are now; None if it may."""
    if not chat_on:
        return SWITCHED_OFF
    missing = select(User.id).where(User.cohort_id == cohort_id, unconsented(today)).limit(1)
    return NO_CONSENT if (await db.execute(missing)).first() is not None else None


async def hold_room(tx: Transaction, cohort_id: UUID, *, to_change: bool = False) -> CohortRoomRow:
    """The room, as it stays until the commit."""
    row = {"cohort_id": cohort_id, "changed_at": tx.now}
    await tx.db.execute(insert(CohortRoomRow).values(row).on_conflict_do_nothing())
    wanted = select(CohortRoomRow).where(CohortRoomRow.cohort_id == cohort_id)
    wanted = wanted.with_for_update(read=not to_change).execution_options(populate_existing=True)
    return (await tx.db.execute(wanted)).scalar_one()


async def require_open(tx: Transaction, cohort_id: UUID) -> None:
    """Hold the room open until the commit, or say why it is shut."""
    room = await hold_room(tx, cohort_id)
    reason = await why_shut(tx.db, cohort_id, room.chat_on, tx.now.date())
    if reason is None and not room.chat_open:
        # Its people allow it, and the room hears of that in a moment.
        reason = room.reason or NO_CONSENT
    if reason is not None:
        raise Forbidden(SENTENCES[reason], reason=reason)


async def switch_chat(tx: Transaction, on: bool) -> CohortRoomRow:
    """Staff of a cohort open or shut its chat; a child without consent keeps it shut all the same."""
    me, cohort_id = member(tx.actor, MODERATE)
    room = await hold_room(tx, cohort_id, to_change=True)
    room.chat_on, room.changed_by = on, me
    await _settle(tx, room, by=me)
    return room


async def refresh_room(tx: Transaction, cohort_id: UUID) -> bool:
    """Bring a room in line with its people; whether that changed anything."""
    exists = select(Cohort.id).where(Cohort.id == cohort_id).with_for_update(read=True, key_share=True)
    if (await tx.db.execute(exists)).scalar_one_or_none() is None:
        return False
    return await _settle(tx, await hold_room(tx, cohort_id, to_change=True))


async def _settle(tx: Transaction, room: CohortRoomRow, by: UUID | None = None) -> bool:
    reason = await why_shut(tx.db, room.cohort_id, room.chat_on, tx.now.date())
    if (room.chat_open, room.reason) == (reason is None, reason):
        return False
    room.chat_open, room.reason, room.changed_at = reason is None, reason, tx.now
    # The same room may be asked for again in this transaction, and is read as the database has it.
    await tx.db.flush()
    tell_chat(tx, room, by)
    return True


def tell_chat(tx: Transaction, room: CohortRoomRow, by: UUID | None = None) -> None:
    changed = CohortChatChanged(open=room.chat_open, reason=room.reason)
    tx.emit(changed, user_id=by, cohort_id=room.cohort_id, visibility="cohort")


async def follow_people(tx: Transaction, fact: Fact) -> None:
    """Somebody came, went, or is seen by others than before: their cohorts' chat may open or have to shut."""
    event = fact.event
    cohorts = {fact.cohort_id, event.cohort_from if isinstance(event, PersonUpdated) else None}
    if isinstance(event, ConsentGiven | ConsentWithdrawn) and fact.user_id:
        cohorts.add((await tx.db.execute(select(User.cohort_id).where(User.id == fact.user_id))).scalar_one_or_none())
    for cohort_id in sorted(filter(None, cohorts)):
        await refresh_room(tx, cohort_id)


async def refresh_all(tx: Transaction) -> int:
    """Bring the rooms in line that are not, for what no fact told of; returns how many that were."""
    missing = select(User.id).where(User.cohort_id == CohortRoomRow.cohort_id, unconsented(tx.now.date())).exists()
    open_now = and_(CohortRoomRow.chat_on, ~missing)
    wanted = select(CohortRoomRow.cohort_id).where(CohortRoomRow.chat_open != open_now)
    changed = 0
    for cohort_id in (await tx.db.execute(wanted.order_by(CohortRoomRow.cohort_id))).scalars().all():
        changed += await refresh_room(tx, cohort_id)
    return changed


COHORT_ROOMS = Reaction(
    "cohort_rooms",
    (PersonAdded, PersonUpdated, AudienceChanged, ConsentGiven, ConsentWithdrawn, PersonErased),
    follow_people,
    starts="beginning",
)


def chat_of(room: CohortRoomRow | None) -> dict[str, Any]:
    """Whether a cohort may chat, as everybody in it reads it."""
    if room is None:
        return {"open": False, "reason": NO_CONSENT}
    return {"open": room.chat_open, "reason": room.reason}
