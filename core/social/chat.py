"""Saying something in one's cohort's room, and taking it back; asking staff to look, and what staff decide.

A message is cleaned, redacted and judged before anybody reads it. What is held is kept, and told to nobody but its
writer and staff; what is taken down loses its words in the room and in the log. The same key says a thing once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal
from uuid import UUID

import yaml
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import is_text
from core.content import FOLDER
from core.errors import Forbidden, Invalid, NotFound, RateLimited
from core.events.cohorts import (
    CohortMessageHeld,
    CohortMessageRemoved,
    CohortMessageReported,
    CohortMessageSent,
)
from core.ids import new_id
from core.safety.gate import ActionRequest, Gate
from core.safety.redaction import redact
from core.social import rules
from core.social.muting import AS_STAFF, require_unmuted
from core.social.rooms import MODERATE, TAKE_PART, hold_room, member, require_open
from core.transaction import Transaction
from data.tables import CohortMessage, EventRow, MessageReport, User

GONE = "This message is not here (any more)."
PLACED = """UPDATE cohort_messages row SET seq = appended.seq FROM appended
    WHERE row.id = CASE appended.type WHEN 'cohort_message_sent'
        THEN CAST(appended.properties ->> 'message_id' AS uuid) END"""
"""Tells the messages of a transaction their place in the log; their rows are held by it already."""
LATELY = timedelta(minutes=5)
Reason = Literal["unkind", "private", "unsafe", "other"]
By = Literal["writer", "staff", "reports"]


@cache
def holds() -> dict[str, re.Pattern[str]]:
    """What is held, by the reason."""
    words = yaml.safe_load((FOLDER / "moderation.yaml").read_text())["hold"]
    return {reason: rules.pattern_of(listed) for reason, listed in words.items()}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message, as its writer is told."""

    message_id: UUID
    status: Literal["sent", "held", "removed"]
    text: str
    redacted: tuple[str, ...]


async def send_message(
    tx: Transaction, gate: Gate, text: str, *, key: str | None = None, ip: str | None = None
) -> Sent:
    """Say something to one's cohort."""
    me, cohort_id = member(tx.actor, TAKE_PART)
    if key is not None and (known := await _said_before(tx.db, me, key)) is not None:
        return known
    said = _cleaned(text)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="send_message", ip=ip))
    writer = await _hold_writer(tx, me, cohort_id)
    await require_open(tx, cohort_id)
    await require_unmuted(tx, me, cohort_id)
    lately = await _lately(tx, me)
    found = redact(said, lambda kind: f"[{rules.WORDS[kind]} hidden]")
    reason = rules.judge(found.text, holds(), lately).reason
    kinds = tuple(dict.fromkeys(rules.WORDS[kind].replace("-", "") for kind in found.found))
    row = {
        "id": new_id(),
        "cohort_id": cohort_id,
        "user_id": me,
        "key": key,
        "body": found.text,
        "redacted": list(kinds),
        "role": writer.role if writer.role in AS_STAFF else None,
        "status": "held" if reason else "shown",
        "reason": reason,
        "sent_at": tx.now,
    }
    added = insert(CohortMessage).values(row).on_conflict_do_nothing().returning(CohortMessage.id)
    if (await tx.db.execute(added)).scalar_one_or_none() is None:
        # The same key at the same moment: whoever was first has said it.
        return await _said_before(tx.db, me, key or "") or _refuse()
    message = await tx.db.get_one(CohortMessage, row["id"])
    if reason:
        tx.emit(CohortMessageHeld(message_id=message.id, reason=reason), user_id=me, cohort_id=cohort_id)
    else:
        _tell(tx, message)
    return Sent(message.id, "held" if reason else "sent", found.text, kinds)


def _refuse() -> Sent:
    raise NotFound(GONE)


def _cleaned(text: str) -> str:
    said = rules.clean(text) if is_text(text) else ""
    if not said or len(said) > rules.LONGEST:
        raise Invalid(fields=[{"field": "text", "message": f"1 to {rules.LONGEST} characters"}], reason="invalid_text")
    return said


async def _said_before(db: AsyncSession, me: UUID, key: str) -> Sent | None:
    wanted = select(CohortMessage).where(CohortMessage.user_id == me, CohortMessage.key == key)
    row = (await db.execute(wanted)).scalar_one_or_none()
    if row is None:
        return None
    status: Literal["sent", "held", "removed"] = "sent" if row.status == "shown" else row.status  # type: ignore[assignment]
    return Sent(row.id, status, row.body or "", tuple(row.redacted))


async def _hold_writer(tx: Transaction, me: UUID, cohort_id: UUID) -> User:
    """Whoever writes is in this cohort, and seen there, until the commit; their messages come in turn."""
    wanted = select(User).where(User.id == me).with_for_update(key_share=True)
    user = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if user is None or user.cohort_id != cohort_id:
        raise Forbidden(reason="not_in_cohort")
    if user.audience == "nobody":
        raise Forbidden("This opens when a parent says yes.", reason="coppa_no_consent")
    return user


async def _lately(tx: Transaction, me: UUID) -> list[str]:
    """What somebody said in the last minutes; too much of it in seconds has to wait."""
    mine = select(CohortMessage.sent_at, CohortMessage.body).where(CohortMessage.user_id == me)
    latest = mine.where(CohortMessage.sent_at > tx.now - LATELY).order_by(CohortMessage.sent_at.desc())
    rows = (await tx.db.execute(latest.limit(rules.BURST * 4))).all()
    burst = [row.sent_at for row in rows if row.sent_at > tx.now - rules.BURST_WITHIN]
    if len(burst) >= rules.BURST:
        wait = (burst[rules.BURST - 1] + rules.BURST_WITHIN - tx.now).total_seconds()
        raise RateLimited("That was quick. Try again in a moment.", retry_after=round(max(wait, 0.1), 1))
    return [row.body for row in rows if row.body]


def _tell(tx: Transaction, message: CohortMessage) -> None:
    event = CohortMessageSent(
        message_id=message.id,
        text=message.body,
        redacted=list(message.redacted),
        role=message.role,
        sent_at=message.sent_at,
    )
    message.status, message.reason = "shown", None
    message.event_id = tx.emit(event, user_id=message.user_id, cohort_id=message.cohort_id, visibility="cohort")
    tx.stamp(PLACED)


# --- afterwards


async def report_message(
    tx: Transaction, gate: Gate, message_id: UUID, reason: Reason, *, ip: str | None = None
) -> None:
    """Ask staff to look at a message. When several people ask, it goes out of sight until staff have looked."""
    me, cohort_id = member(tx.actor, TAKE_PART)
    # A block hides who wrote it; whoever is reported need not be reachable to be reported.
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="report_message", ip=ip))
    message = await _hold_message(tx, message_id, cohort_id)
    if message.user_id == me or message.status == "removed":
        raise NotFound(GONE)
    row = {"message_id": message_id, "user_id": me, "reason": reason, "reported_at": tx.now}
    added = insert(MessageReport).values(row).on_conflict_do_nothing().returning(MessageReport.user_id)
    if message.status == "held" or (await tx.db.execute(added)).scalar_one_or_none() is None:
        return
    tx.emit(CohortMessageReported(message_id=message_id), user_id=me, cohort_id=cohort_id)
    asked = select(func.count()).where(MessageReport.message_id == message_id)
    if (await tx.db.execute(asked)).scalar_one() < rules.ENOUGH_REPORTS or message.decided_at is not None:
        return  # once staff let it stand, it stands until they look again
    message.status, message.reason = "held", "reported"
    await _take_down(tx, message, "reports")


async def remove_message(tx: Transaction, message_id: UUID) -> None:
    """Take down one's own message; staff of the cohort, anybody's."""
    me, cohort_id = member(tx.actor, TAKE_PART)
    message = await _hold_message(tx, message_id, cohort_id)
    if message.user_id != me:
        if message.user_id in tx.actor.hidden and not tx.actor.may(MODERATE):
            raise NotFound(GONE)
        tx.actor.require(MODERATE)
    if message.status == "removed":
        return
    await _remove(tx, message, me, "writer" if message.user_id == me else "staff")


async def decide_message(tx: Transaction, message_id: UUID, show: bool) -> str:
    """Staff looked at what was held or reported: it is shown, or it is taken down. Returns what it is now."""
    me, cohort_id = member(tx.actor, MODERATE)
    message = await _hold_message(tx, message_id, cohort_id)
    if message.status == "removed":
        raise NotFound(GONE)
    if not show:
        await _remove(tx, message, me, "staff")
        return message.status
    message.decided_at, message.decided_by = tx.now, me
    if message.status == "held":
        await hold_room(tx, cohort_id)
        _tell(tx, message)
    return message.status


async def _hold_message(tx: Transaction, message_id: UUID, cohort_id: UUID) -> CohortMessage:
    """A message of this cohort, that nobody else changes until the commit; any other looks like none."""
    wanted = select(CohortMessage).where(CohortMessage.id == message_id, CohortMessage.cohort_id == cohort_id)
    wanted = wanted.with_for_update().execution_options(populate_existing=True)
    message = (await tx.db.execute(wanted)).scalar_one_or_none()
    if message is None:
        raise NotFound(GONE)
    return message


async def _remove(tx: Transaction, message: CohortMessage, who: UUID, by: By) -> None:
    was_told = message.status == "shown"
    message.status, message.body, message.reason = "removed", None, None
    message.decided_at, message.decided_by = tx.now, who
    if was_told:
        await _take_down(tx, message, by)
    else:
        # Only its writer ever knew of it.
        removed = CohortMessageRemoved(message_id=message.id, by=by)
        tx.emit(removed, user_id=message.user_id, cohort_id=message.cohort_id)


async def _take_down(tx: Transaction, message: CohortMessage, by: By) -> None:
    """Tell the room, and have the log forget the words."""
    if message.event_id is not None:
        forgotten = update(EventRow).where(EventRow.event_id == message.event_id).values(personal=None)
        await tx.db.execute(forgotten.execution_options(synchronize_session=False))
    removed = CohortMessageRemoved(message_id=message.id, by=by)
    tx.emit(removed, cohort_id=message.cohort_id, visibility="cohort")
