"""Nudges that were reported: on record for staff, who let them stand or keep their person out of nudges for a while.

Whoever reports hears nothing more of this friend, whatever staff decide; the friend is told nothing, and staff are not
told who reported. While somebody is kept out, no nudge tells of them to anybody, and no challenge of theirs is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict, Forbidden, NotFound
from core.events.nudges import NudgeReportDecided, NudgeReported
from core.ids import new_id
from core.nudges.commands import Answered, mute, mute_friend, own_nudge
from core.nudges.queue import withdraw_everywhere
from core.principal import Principal
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import AuditRow, NudgeReport, User

SCOPE: Final = "activity:moderate"
KEPT_OUT: Final = timedelta(days=7)
Verdict = Literal["keep", "pause"]


async def report(tx: Transaction, gate: Gate, nudge_id: UUID, *, ip: str | None = None) -> Answered:
    """Ask staff to look at this friend's nudges, and hear no more of them; the same nudge once."""
    row = await own_nudge(tx, nudge_id)
    if row.sender_id == row.recipient_id:
        raise Conflict("This one is your own.", reason="your_own")
    sender_id, context = row.sender_id, {"nudge_id": str(nudge_id)}
    request = ActionRequest(actor=tx.actor, action="report", target_id=sender_id, ip=ip, context=context)
    await gate.admit(tx, request)
    report_id = new_id()
    said: dict[str, Any] = {
        "id": report_id,
        "nudge_id": nudge_id,
        "sender_id": sender_id,
        "reporter_id": row.recipient_id,
        "nudge_type": row.nudge_type,
        "subject_id": row.subject_id,
        "skill": row.details.get("skill"),
        "reported_at": tx.now,
    }
    added = insert(NudgeReport).values(said).on_conflict_do_nothing().returning(NudgeReport.id)
    if (await tx.db.execute(added)).first() is not None:
        tx.emit(NudgeReported(report_id=report_id), user_id=row.recipient_id, visibility="private")
    done = await mute(tx, nudge_id, "friend")
    await mute_friend(tx, sender_id, lasts=None)
    return done


async def decide(tx: Transaction, report_id: UUID, verdict: Verdict) -> datetime | None:
    """Staff's answer to a report; until when its person is kept out of nudges, if they are."""
    if tx.actor.kind != "person" or tx.actor.id is None:
        raise Forbidden
    tx.actor.require(SCOPE)
    wanted = select(NudgeReport).where(NudgeReport.id == report_id).with_for_update()
    row = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None or row.status != "open":
        raise NotFound("This report is not here, or somebody answered it already.")
    until = tx.now + KEPT_OUT if verdict == "pause" else None
    row.status, row.kept_out_until = ("paused" if until else "kept"), until
    row.decided_at, row.decided_by = tx.now, tx.actor.id
    if until:
        await withdraw_everywhere(tx, row.sender_id, kinds=["friend_online", "challenge"])
    audit: dict[str, Any] = {"action": "nudge_report", "allowed": True, "reason": row.status, "details": {}}
    audit |= {"id": new_id(), "at": tx.now, "actor_id": tx.actor.id, "target_id": row.sender_id}
    await tx.db.execute(insert(AuditRow).values(audit))
    tx.emit(NudgeReportDecided(report_id=report_id, verdict=verdict), user_id=tx.actor.id, visibility="private")
    return until


def kept_out(sender: Any, now: Any) -> ColumnElement[bool]:
    """Whether staff keep somebody out of nudges at a moment."""
    return select(NudgeReport.id).where(NudgeReport.sender_id == sender, NudgeReport.kept_out_until > now).exists()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A nudge that was reported, of whom it told, and how often staff kept them out before."""

    row: NudgeReport
    person: User


async def waiting_reports(db: AsyncSession, actor: Principal, limit: int = 50) -> list[Waiting]:
    """What waits for staff: the oldest first."""
    actor.require(SCOPE)
    wanted = select(NudgeReport, User).join(User, User.id == NudgeReport.sender_id).where(NudgeReport.status == "open")
    rows = await db.execute(wanted.order_by(NudgeReport.reported_at, NudgeReport.id).limit(limit))
    return [Waiting(row, person) for row, person in rows]
