"""Letting go of what was said long ago: the messages, and their words in the log, both at the same age.

Whoever watches a room takes its state anew then; nothing old stays on a page that nobody closes.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from core.events.cohorts import CohortMessageSent
from core.monitoring.retention import DAYS_90
from core.social.rooms import hold_room, tell_chat
from core.transaction import Transaction
from data.tables import CohortMessage, EventRow

UNSEEN = {"synchronize_session": False}


async def forget_messages(tx: Transaction) -> int:
    """Let go of the messages that are older than three months; returns how many."""
    before = tx.now - DAYS_90
    old = CohortMessage.sent_at < before
    rooms = (await tx.db.execute(select(CohortMessage.cohort_id).where(old).distinct())).scalars().all()
    gone = await tx.db.execute(delete(CohortMessage).where(old).execution_options(**UNSEEN))
    words = (EventRow.type == CohortMessageSent.type) & (EventRow.received_at < before) & EventRow.personal.is_not(None)
    await tx.db.execute(update(EventRow).where(words).values(personal=None).execution_options(**UNSEEN))
    for cohort_id in sorted(rooms):
        tell_chat(tx, await hold_room(tx, cohort_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]
