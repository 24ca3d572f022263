"""What somebody did, stated and shown: the fact, and where feeds show it the row that they show.

Every room that lets people do something states it here, so that who may see a doing is decided in one place.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import column, update, values
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import BigInteger

from core.accounts.rules import REACH, narrower
from core.events.catalog import Event
from core.events.fact import Fact
from core.transaction import Transaction
from data.tables import ActivityRow, User


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
    tx.stamp(stamp_activities)
    return event_id


async def stamp_activities(db: AsyncSession, facts: list[Fact]) -> None:
    """Tell the new rows their place in the log: one statement, on rows of this transaction alone."""
    shown = [(f.event_id, f.seq) for f in facts if f.event.activity and not f.backfill]
    if not shown:
        return
    table = values(column("id", PgUuid(as_uuid=True)), column("seq", BigInteger), name="stamped").data(shown)
    await db.execute(
        update(ActivityRow)
        .where(ActivityRow.id == table.c.id)
        .values(seq=table.c.seq)
        .execution_options(synchronize_session=False)
    )
