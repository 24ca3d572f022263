"""Answers to nudges: accept, not now, mute; each once, in time, and only by the one who got it.

Whoever is on the other side of a block by now is as unknown as somebody who does not exist. A nudge whose time is up
can no longer be accepted, whether or not the clean-up has been by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict, NotFound
from core.events.nudges import NudgeChanged, NudgeStatus
from core.nudges.choosing import mute_kind
from core.nudges.queue import owner
from core.transaction import Transaction
from data.tables import Block, NotificationRow, NudgeMute, NudgeRow

UNSEEN = {"synchronize_session": False}
MUTE_FOR = timedelta(days=7)
NOTHING = "There is no such nudge."
AT_ONCE = 2_000
"""Nudges that one run of the clean-up ends at most."""


@dataclass(frozen=True, slots=True)
class Answered:
    id: UUID
    status: str
    href: str
    """Where it leads to: the friend's practice, or their subject's room."""


async def accept(tx: Transaction, nudge_id: UUID) -> Answered:
    row = await _answer(tx, nudge_id, "accepted")
    return Answered(row.id, row.status, where_to(row))


async def ignore(tx: Transaction, nudge_id: UUID) -> Answered:
    row = await _answer(tx, nudge_id, "ignored")
    return Answered(row.id, row.status, "")


async def show(tx: Transaction, nudge_id: UUID) -> None:
    """It came before somebody's eyes; only the first time counts."""
    row = await own_nudge(tx, nudge_id)
    row.shown_at = row.shown_at or tx.now


async def mute(tx: Transaction, nudge_id: UUID, what: Literal["friend", "kind"]) -> Answered:
    """Hear nothing of this friend for a week, or nothing of this kind any more; the nudge itself is answered by it."""
    row = await own_nudge(tx, nudge_id)
    if what == "friend" and row.sender_id == row.recipient_id:
        raise Conflict("This one is your own.", reason="your_own")
    if what == "friend":
        await mute_friend(tx, row.sender_id)
    else:
        await mute_kind(tx, row.nudge_type)
    row.muted = what
    if row.status == "pending":
        row.status, row.answered_at = "ignored", tx.now
        await _mark(tx, [row.id], opened=True)
    _tell(tx, row, muted=what)
    return Answered(row.id, row.status, "")


async def mute_friend(tx: Transaction, sender_id: UUID, lasts: timedelta | None = MUTE_FOR) -> None:
    until = tx.now + lasts if lasts else None
    values = {"user_id": owner(tx.actor), "sender_id": sender_id, "until": until, "created_at": tx.now}
    added = insert(NudgeMute).values(values)
    changed = {"until": until, "created_at": tx.now}
    await tx.db.execute(added.on_conflict_do_update(index_elements=["user_id", "sender_id"], set_=changed))


def where_to(row: NudgeRow) -> str:
    """Together with a friend who practises a skill, else to the room of their subject."""
    skill = row.details.get("skill")
    if row.details.get("stage"):
        return "/cohort"
    if row.nudge_type == "friend_online" and skill:
        return f"/practice/co-session?{urlencode({'with': str(row.sender_id), 'skill': skill})}"
    if row.nudge_type == "challenge" and skill and row.subject_id:
        return f"/practice?{urlencode({'subject': row.subject_id, 'skill': skill})}"
    if row.nudge_type == "friend_online" and row.subject_id:
        return f"/subjects/{row.subject_id}"
    return "/practice"


async def own_nudge(tx: Transaction, nudge_id: UUID) -> NudgeRow:
    """One's own nudge, held; of somebody on the other side of a block there is none."""
    me = owner(tx.actor)
    blocks = select(Block.blocker_id).where(
        or_(
            and_(Block.blocker_id == me, Block.blocked_id == NudgeRow.sender_id),
            and_(Block.blocker_id == NudgeRow.sender_id, Block.blocked_id == me),
        )
    )
    wanted = select(NudgeRow).where(NudgeRow.id == nudge_id, NudgeRow.recipient_id == me, ~blocks.exists())
    held = wanted.with_for_update().execution_options(populate_existing=True)
    row = (await tx.db.execute(held)).scalar_one_or_none()
    if row is None:
        raise NotFound(NOTHING)
    return row


async def _answer(tx: Transaction, nudge_id: UUID, status: Literal["accepted", "ignored"]) -> NudgeRow:
    row = await own_nudge(tx, nudge_id)
    if row.status == "expired" or (row.status == "pending" and row.expires_at <= tx.now):
        raise Conflict("The moment for this has passed.", reason="expired")
    if row.status != "pending":
        raise Conflict("This was answered already.", reason=f"already_{row.status}")
    row.status, row.answered_at, row.shown_at = status, tx.now, row.shown_at or tx.now
    await _mark(tx, [row.id], opened=True)
    _tell(tx, row)
    return row


async def _mark(tx: Transaction, nudge_ids: Sequence[UUID], *, opened: bool) -> None:
    """What was answered has been opened; what is over need not be looked at any more."""
    row = NotificationRow
    done = update(row).where(row.nudge_id.in_(nudge_ids), row.seen_at.is_(None)).values(seen_at=tx.now)
    await tx.db.execute(done.execution_options(**UNSEEN))
    if opened:
        read = update(row).where(row.nudge_id.in_(nudge_ids), row.read_at.is_(None)).values(read_at=tx.now)
        await tx.db.execute(read.execution_options(**UNSEEN))


def _tell(tx: Transaction, row: NudgeRow, muted: Literal["friend", "kind"] | None = None) -> None:
    status: NudgeStatus = row.status  # type: ignore[assignment]
    event = NudgeChanged(
        nudge_id=row.id,
        nudge_type=row.nudge_type,  # type: ignore[arg-type]
        sender_id=row.sender_id,
        status=status,
        muted=muted,
    )
    tx.emit(event, user_id=row.recipient_id, subject=row.subject_id, visibility="private")


# --- what is over


async def expire(tx: Transaction) -> int:
    """End the nudges whose time is up; how many."""
    old = select(NudgeRow.id).where(NudgeRow.status == "pending", NudgeRow.expires_at <= tx.now)
    due = old.order_by(NudgeRow.expires_at).limit(AT_ONCE).with_for_update(skip_locked=True)
    return await end(tx, list((await tx.db.execute(due)).scalars()))


async def end(tx: Transaction, nudge_ids: Sequence[UUID]) -> int:
    """End these as far as they are pending."""
    if not nudge_ids:
        return 0
    over = update(NudgeRow).where(NudgeRow.id.in_(nudge_ids), NudgeRow.status == "pending").values(status="expired")
    rows = list((await tx.db.execute(over.returning(NudgeRow).execution_options(**UNSEEN))).scalars())
    await _mark(tx, [row.id for row in rows], opened=False)
    for row in sorted(rows, key=lambda row: row.id):
        _tell(tx, row)
    return len(rows)
