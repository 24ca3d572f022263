"""Muting somebody in their cohort's chat: they read on, and cannot write until a stated time.

Staff of the cohort mute its members, never other staff. Whoever is muted is told at once, on every page; nobody else in
the room is. It holds for this cohort alone, ends by itself, and both ways are on record.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Forbidden, NotFound
from core.events.cohorts import CohortPersonMuted
from core.ids import new_id
from core.social.rooms import MODERATE, member
from core.transaction import Transaction
from data.tables import AuditRow, ChatMute, User

AS_STAFF: Final = ("tutor", "facilitator", "admin")
LONGEST: Final = 7 * 24 * 60
"""Minutes."""
NOBODY = "Nobody of this name is in your cohort."


async def muted_until(db: AsyncSession, user_id: UUID, cohort_id: UUID, now: datetime) -> datetime | None:
    """Until when somebody cannot write here; None if they can."""
    mine = (ChatMute.user_id == user_id) & (ChatMute.cohort_id == cohort_id) & (ChatMute.until > now)
    return (await db.execute(select(ChatMute.until).where(mine))).scalar_one_or_none()


async def require_unmuted(tx: Transaction, user_id: UUID, cohort_id: UUID) -> None:
    """Whoever writes holds their own row already, and so does whoever mutes: one of them is first."""
    until = await muted_until(tx.db, user_id, cohort_id, tx.now)
    if until is not None:
        text = "Staff of your cohort paused your writing here for a while. You can still read along."
        raise Forbidden(text, reason="muted", until=until.isoformat())


async def mute_person(tx: Transaction, user_id: UUID, minutes: int) -> datetime:
    """Keep somebody of one's cohort from writing in its chat; returns until when. Once more is a new time."""
    me, cohort_id = member(tx.actor, MODERATE)
    person = await _hold(tx, user_id, cohort_id)
    if person.role in AS_STAFF:
        raise Forbidden("Staff are not muted.", reason="is_staff")
    until = tx.now + timedelta(minutes=minutes)
    row = {"cohort_id": cohort_id, "user_id": user_id, "until": until, "muted_by": me, "muted_at": tx.now}
    added = upsert(ChatMute).values(row)
    change = {key: row[key] for key in ("until", "muted_by", "muted_at")}
    await tx.db.execute(added.on_conflict_do_update(index_elements=["cohort_id", "user_id"], set_=change))
    await _tell(tx, user_id, cohort_id, until)
    return until


async def unmute_person(tx: Transaction, user_id: UUID) -> None:
    """Let somebody of one's cohort write again; nothing if they may."""
    _, cohort_id = member(tx.actor, MODERATE)
    await _hold(tx, user_id, cohort_id)
    theirs = (ChatMute.user_id == user_id) & (ChatMute.cohort_id == cohort_id)
    gone = delete(ChatMute).where(theirs).returning(ChatMute.until).execution_options(synchronize_session=False)
    until = (await tx.db.execute(gone)).scalar_one_or_none()
    if until is not None and until > tx.now:
        await _tell(tx, user_id, cohort_id, None)


async def _hold(tx: Transaction, user_id: UUID, cohort_id: UUID) -> User:
    wanted = select(User).where(User.id == user_id, User.cohort_id == cohort_id).with_for_update(key_share=True)
    person = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if person is None:
        raise NotFound(NOBODY)
    return person


async def _tell(tx: Transaction, user_id: UUID, cohort_id: UUID, until: datetime | None) -> None:
    tx.emit(CohortPersonMuted(until=until), user_id=user_id, cohort_id=cohort_id, visibility="private")
    action = "chat_muted" if until else "chat_unmuted"
    row = {"id": new_id(), "at": tx.now, "actor_id": tx.actor.id, "action": action, "allowed": True, "reason": "ok"}
    details = {"until": until.isoformat()} if until else {}
    await tx.db.execute(insert(AuditRow).values(**row, target_id=user_id, details=details))


async def muted_in(db: AsyncSession, cohort_id: UUID, now: datetime) -> list[tuple[User, datetime]]:
    """Who cannot write in a cohort's chat just now, and until when; who is free first comes first."""
    wanted = select(User, ChatMute.until).join(ChatMute, ChatMute.user_id == User.id)
    here = (ChatMute.cohort_id == cohort_id) & (User.cohort_id == cohort_id) & (ChatMute.until > now)
    rows = await db.execute(wanted.where(here).order_by(ChatMute.until, User.id).limit(100))
    return [(user, until) for user, until in rows]
