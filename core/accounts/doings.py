"""What somebody did, stated and shown: the fact, and where feeds show it the row that they show.

Every room that lets people do something states it here, so that who may see a doing is decided in one place.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.accounts.rules import REACH, narrower
from core.events.catalog import Event
from core.transaction import Transaction
from data.tables import ActivityRow, User

PLACED = "UPDATE activity_events row SET seq = appended.seq FROM appended WHERE row.id = appended.event_id"
"""Tells the new rows their place in the log."""


def add_activity(tx: Transaction, user: User, event: Event, *, reach: str = "public", **envelope: Any) -> UUID:
    """State what somebody did and, where feeds show it, add the row they show. Old news is counted, not shown.

    `reach` is the audience of somebody else whom it also tells of: it goes no further than either may be seen.
    """
    visibility = narrower(REACH[user.audience], REACH[reach])
    event_id = tx.emit(event, user_id=user.id, cohort_id=user.cohort_id, visibility=visibility, **envelope)
    if not event.activity or envelope.get("backfill"):
        return event_id
    draft = tx.drafted(event_id)
    row = draft.row(tx.now)
    tx.db.add(
        ActivityRow(
            id=event_id,
            user_id=user.id,
            cohort_id=user.cohort_id,
            subject_id=draft.subject,
            skill=draft.skill,
            event_type=event.type,
            data=row["properties"],
            visibility=visibility,
            at=draft.at,
            inserted_at=tx.now,
        )
    )
    tx.stamp(PLACED)
    return event_id
