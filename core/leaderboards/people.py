"""Who is on boards: a person's own wish, and what follows when their audience or cohort becomes another."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Row, and_, case, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import REACH
from core.errors import Forbidden, NotFound
from core.events.boards import LeaderboardListingChanged
from core.leaderboards.keeping import hold_boards
from core.transaction import Transaction
from data.tables import BoardRow, ChoiceRow, EntryRow, User


async def choose_listing(tx: Transaction, listed: bool) -> None:
    """Say for oneself whether boards show one. Whoever is not shown still has a rank, for their own eyes."""
    actor = tx.actor
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require("leaderboard:choose")
    await hold_boards(tx)
    if await _held_person(tx, actor.id) is None:
        raise NotFound
    row = {"user_id": actor.id, "listed": listed, "updated_at": tx.now}
    said = insert(ChoiceRow).values(row)
    changed = said.on_conflict_do_update(index_elements=["user_id"], set_={"listed": listed, "updated_at": tx.now})
    await tx.db.execute(changed)
    await refresh_entries(tx, actor.id)


async def refresh_entries(tx: Transaction, user_id: UUID) -> None:
    """Have somebody's entries say how far they are shown, and in which cohort, from now on."""
    await hold_boards(tx)
    row = await _held_person(tx, user_id)
    if row is None:
        return
    shown = "nobody" if row.listed is False else row.audience
    enough = EntryRow.results >= BoardRow.least
    moved = (
        update(EntryRow)
        .where(EntryRow.user_id == user_id, EntryRow.subject_id == BoardRow.id)
        .values(
            shown=case((enough, shown), else_="nobody"),
            cohort_id=row.cohort_id,
            # How somebody fared in another cohort says nothing in this one.
            details=case(
                (EntryRow.cohort_id.is_not_distinct_from(row.cohort_id), EntryRow.details), else_=text("'{}'::jsonb")
            ),
            cohort_rank=case((EntryRow.cohort_id.is_not_distinct_from(row.cohort_id), EntryRow.cohort_rank)),
        )
        .returning(EntryRow.subject_id)
        .execution_options(synchronize_session=False)
    )
    if (await tx.db.execute(moved)).first() is not None:
        event = LeaderboardListingChanged(listed=row.listed is not False)
        tx.emit(event, user_id=user_id, cohort_id=row.cohort_id, visibility=REACH[row.audience])


async def _held_person(tx: Transaction, user_id: UUID) -> Row[str, UUID | None, bool] | None:
    """How far somebody may be shown, as it stays until the commit; None for somebody who was erased."""
    found = select(User.audience, User.cohort_id, ChoiceRow.listed).where(User.id == user_id)
    found = found.outerjoin(ChoiceRow, ChoiceRow.user_id == User.id)
    return (await tx.db.execute(found.with_for_update(read=True, key_share=True, of=User))).one_or_none()


async def is_listed(db: AsyncSession, user_id: UUID) -> bool:
    """Whether somebody wants to be on boards; who never said does."""
    wanted = select(ChoiceRow.listed).where(and_(ChoiceRow.user_id == user_id))
    return (await db.execute(wanted)).scalar_one_or_none() is not False
