"""What time alone brings: people who went without a word, leads that pass on, workshops whose time is up; and feedback.

Pages and sockets say at once when somebody goes; this finds those of whom a node that died could not tell any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, delete, insert, or_, select, update

from core.errors import TandemError
from core.events.catalog import CATALOG
from core.events.workshop import FeedbackGiven, WorkshopErased, WorkshopEvent
from core.ids import new_id
from core.principal import SYSTEM
from core.transaction import Transaction, Transactions
from core.workshop.commands import mark_away, pass_lead
from core.workshop.errors import ValidationFailed
from core.workshop.rules.people import GONE
from core.workshop.rules.texts import clean, clean_text
from data.tables import EventRow, FeedbackRow, ParticipantRow, TeamActionRow, TeamResultRow, TeamRow, WorkshopRow

GRACE = timedelta(seconds=30)
HEARD = timedelta(seconds=15)
"""Whoever was connected when the house last looked was noted in this time before it."""
TEAMS_KEPT = timedelta(days=730)
AT_ONCE = 200
FEEDBACK_LENGTH = 4_000
TYPES = tuple(name for name, cls in CATALOG.items() if issubclass(cls, WorkshopEvent))
Category = Literal["working_well", "improvement", "bug"]


async def sweep(transactions: Transactions, now: datetime, looked: datetime) -> dict[str, int]:
    """Mark those away who were not seen for a while, and pass leads on: each workshop in a transaction of its own.

    `looked` is when this was last done. Whoever was here then is not taken for gone: it may be the house that was, and
    everybody needs a while to come back to it.
    """
    open_ = and_(WorkshopRow.state != "completed", WorkshopRow.expires_at > now)
    mine = select(ParticipantRow.session_id, ParticipantRow.id).join(
        WorkshopRow, and_(WorkshopRow.id == ParticipantRow.session_id, open_)
    )
    unheard = min(now - GRACE, looked - HEARD)
    silent = mine.where(ParticipantRow.status == "active", ParticipantRow.last_seen_at < unheard)
    gone = mine.where(ParticipantRow.is_facilitator, ParticipantRow.status != "active")
    gone = gone.where(or_(ParticipantRow.status == "dropped", ParticipantRow.away_since <= now - GONE))
    async with transactions.read() as db:
        lost = [tuple(row) for row in await db.execute(silent.limit(AT_ONCE))]
        leaderless = [row.session_id for row in await db.execute(gone.limit(AT_ONCE))]
    done = {"away": 0, "leads": 0}
    for workshop_id, participant_id in lost:
        done["away"] += await _try(transactions, mark_away, workshop_id, participant_id)
    for workshop_id in leaderless:
        done["leads"] += await _try(transactions, pass_lead, workshop_id)
    return done


async def _try(transactions: Transactions, command: object, *args: UUID) -> bool:
    """A workshop that has just ended needs no upkeep any more."""
    try:
        await transactions.run(SYSTEM, command, *args)  # type: ignore[arg-type]
    except TandemError as error:
        if error.status >= 500:
            raise
        return False
    return True


async def delete_expired(tx: Transaction) -> int:
    """Clear away workshops whose time is up, with everything that people gave, wrote and were called; how many."""
    old = select(WorkshopRow.id, WorkshopRow.inserted_at).where(WorkshopRow.expires_at <= tx.now)
    rows = (await tx.db.execute(old.limit(AT_ONCE).with_for_update(skip_locked=True))).all()
    for row in rows:
        mine = and_(
            EventRow.type.in_(TYPES),
            EventRow.at >= row.inserted_at,
            EventRow.properties["workshop_id"].astext == str(row.id),
        )
        await tx.db.execute(update(EventRow).where(mine).values(personal=None))
        await tx.db.execute(delete(WorkshopRow).where(WorkshopRow.id == row.id))
        tx.emit(WorkshopErased(workshop_id=row.id))
    for table in (TeamResultRow, TeamActionRow):
        await tx.db.execute(delete(table).where(table.expires_at <= tx.now))
    left = select(WorkshopRow.id).where(WorkshopRow.team_id == TeamRow.id)
    silent = and_(TeamRow.last_activity_at < tx.now - TEAMS_KEPT, ~left.exists())
    await tx.db.execute(delete(TeamRow).where(silent))
    return len(rows)


async def give_feedback(
    tx: Transaction,
    content: str,
    category: Category,
    *,
    section: str = "",
    email: str | None = None,
    workshop_id: UUID | None = None,
) -> UUID:
    """Somebody tells us how it goes; kept apart from the workshop, and without who said it."""
    if category not in ("working_well", "improvement", "bug"):
        raise ValidationFailed("One of working_well, improvement, bug.", field="category")
    text = clean_text(content, FEEDBACK_LENGTH, "content")
    address = clean(email)[:200] if email else None
    if address and ("@" not in address or len(email or "") > 200):
        raise ValidationFailed("This does not look like an email address.", field="email")
    id = new_id()
    row = {"id": id, "session_id": workshop_id, "section": clean(section)[:40], "category": category}
    await tx.db.execute(insert(FeedbackRow).values(**row, content=text, email=address, inserted_at=tx.now))
    tx.emit(FeedbackGiven(workshop_id=workshop_id, category=category))
    return id
