"""Asking staff to look at an activity, what waits for them, and taking an activity out of every feed.

A report hides the activity from its reporter at once; its person is told nothing, and staff are not told who reported.
What is removed is deleted, with its reactions: no list, snapshot or gap can bring it back. Its fact stays in the log
and counts. Who removed it, and what was reported of it, stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import REACH, narrower
from core.activity.hiding import put_away
from core.activity.holding import GONE, hold, hold_actor, hold_owner, seen, somebody
from core.activity.items import Item, item_of_row
from core.errors import Conflict, Forbidden, NotFound
from core.events.feed import ActivityRemoved, ActivityReported, ReportReason, ReportsDecided
from core.ids import new_id
from core.principal import Principal
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import REACTIONS, ActivityReport, ActivityRow, AuditRow, User

Verdict = Literal["keep", "remove"]
SCOPE = "activity:moderate"


async def report_activity(
    tx: Transaction, gate: Gate, activity_id: UUID, reason: ReportReason, *, ip: str | None = None
) -> None:
    """Report what somebody else did; the same person twice is once."""
    me = somebody(tx.actor)
    tx.actor.require("activity:react")
    found = await seen(tx.db, tx.actor, activity_id)
    if found.user_id == me:
        raise Conflict("This is your own. You can remove it yourself.", reason="your_own")
    context = {"activity_id": str(activity_id), "reason": reason}
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="report", ip=ip, context=context))
    await hold_actor(tx.db, me)
    owner = await hold_owner(tx.db, found.user_id)
    row = await hold(tx.db, activity_id)
    report = {
        "id": new_id(),
        "activity_event_id": row.id,
        "owner_id": owner.id,
        "reporter_id": me,
        "reason": reason,
        "reported_at": tx.now,
    }
    added = upsert(ActivityReport).values(report).on_conflict_do_nothing().returning(ActivityReport.id)
    if (await tx.db.execute(added)).first() is not None:
        tx.emit(ActivityReported(activity_id=row.id, owner_id=owner.id, reason=reason), user_id=me)
    await put_away(tx, me, row.id)


async def remove_activity(tx: Transaction, activity_id: UUID) -> None:
    """Take an activity out of every feed: one's own, or anybody's by staff. It cannot be brought back."""
    me = somebody(tx.actor)
    staff = tx.actor.may(SCOPE)
    found = await tx.db.get(ActivityRow, activity_id) if staff else await seen(tx.db, tx.actor, activity_id)
    if found is None:
        raise NotFound(GONE)
    if found.user_id != me and not staff:
        raise Forbidden("Only whose it is can remove it. You can hide or report it.", reason="not_yours")
    await hold_actor(tx.db, me)
    owner = await hold_owner(tx.db, found.user_id)
    row = await hold(tx.db, activity_id)
    await _remove(tx, me, row, owner)
    await _close(tx, me, activity_id, owner.id, "removed")


async def decide_reports(tx: Transaction, activity_id: UUID, verdict: Verdict) -> int:
    """Staff's answer to what was reported of an activity; how many reports it answers."""
    me = somebody(tx.actor)
    tx.actor.require(SCOPE)
    await hold_actor(tx.db, me)
    found = await tx.db.get(ActivityRow, activity_id)
    if found is None:
        raise NotFound(GONE)
    owner = await hold_owner(tx.db, found.user_id)
    row = await hold(tx.db, activity_id)
    if verdict == "remove":
        await _remove(tx, me, row, owner)
    return await _close(tx, me, activity_id, owner.id, "removed" if verdict == "remove" else "kept")


async def _remove(tx: Transaction, me: UUID, row: ActivityRow, owner: User) -> None:
    by: Literal["owner", "staff"] = "owner" if row.user_id == me else "staff"
    audit = {"actor_id": me, "action": "remove_activity", "allowed": True, "reason": by, "target_id": owner.id}
    details = {"activity_id": str(row.id), "type": row.event_type}
    await tx.db.execute(insert(AuditRow).values(id=new_id(), at=tx.now, details=details, **audit))
    await tx.db.execute(
        delete(ActivityRow).where(ActivityRow.id == row.id).execution_options(synchronize_session=False)
    )
    event = ActivityRemoved(activity_id=row.id, owner_id=owner.id, by=by)
    reach = narrower(row.visibility, REACH[owner.audience])
    tx.emit(event, user_id=me, cohort_id=row.cohort_id, subject=row.subject_id, visibility=reach)


async def _close(
    tx: Transaction, me: UUID, activity_id: UUID, owner_id: UUID, verdict: Literal["kept", "removed"]
) -> int:
    waiting = (ActivityReport.activity_event_id == activity_id) & (ActivityReport.status == "open")
    answered = update(ActivityReport).where(waiting).values(status=verdict, decided_at=tx.now, decided_by=str(me))
    result = await tx.db.execute(answered.returning(ActivityReport.id).execution_options(synchronize_session=False))
    count = len(result.all())
    if count:
        tx.emit(ReportsDecided(activity_id=activity_id, owner_id=owner_id, verdict=verdict), user_id=me)
    return count


@dataclass(frozen=True, slots=True)
class Reported:
    """An activity that was reported, how often for which reason, and since when it waits."""

    item: Item
    reasons: Mapping[str, int]
    since: datetime


async def reported(db: AsyncSession, actor: Principal, limit: int = 50) -> list[Reported]:
    """What waits for staff: the oldest first."""
    actor.require(SCOPE)
    by_reason = (
        select(ActivityReport.activity_event_id, ActivityReport.reason, func.count().label("n"))
        .add_columns(func.min(ActivityReport.reported_at).label("first"))
        .where(ActivityReport.status == "open")
        .group_by(ActivityReport.activity_event_id, ActivityReport.reason)
        .subquery()
    )
    reasons, since = func.jsonb_object_agg(by_reason.c.reason, by_reason.c.n), func.min(by_reason.c.first)
    each = select(by_reason.c.activity_event_id, reasons.label("reasons"), since.label("since"))
    waiting = each.group_by(by_reason.c.activity_event_id).subquery()
    wanted = select(ActivityRow, User, REACTIONS, waiting.c.reasons, waiting.c.since)
    wanted = wanted.join(User, User.id == ActivityRow.user_id).join(
        waiting, waiting.c.activity_event_id == ActivityRow.id
    )
    rows = await db.execute(wanted.order_by(waiting.c.since, ActivityRow.id).limit(limit))
    return [Reported(item_of_row(row, user, counts), reasons, since) for row, user, counts, reasons, since in rows]
