"""Reacting to an activity: one reaction a person, another replaces it, the same again takes it back.

Who reacts holds the activity's row until the commit, so those who react at once do it in turn: the counter equals the
rows at every moment, and the fact carries the counts as they are from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import REACH, narrower
from core.activity.queries import visible_to
from core.errors import Forbidden, NotFound, Unauthorized
from core.events.catalog import ActivityReacted, Reaction
from core.principal import Principal
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import REACTIONS, ActivityReaction, ActivityRow, User

GONE = "This activity is not here (any more)."


@dataclass(frozen=True, slots=True)
class Reacted:
    activity_id: UUID
    mine: str | None
    """The reaction that stands now."""
    counts: Mapping[Reaction, int]


async def react(
    tx: Transaction, gate: Gate, activity_id: UUID, reaction: Reaction, *, ip: str | None = None
) -> Reacted:
    """React to what one may see."""
    actor = tx.actor
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require("activity:react")
    seen = await _seen(tx.db, actor, activity_id)
    await gate.admit(tx, ActionRequest(actor=actor, action="react", target_id=seen.user_id, ip=ip))
    await _hold_reactor(tx.db, actor.id)
    owner = await _hold_owner(tx.db, seen.user_id)
    row = await _hold(tx.db, activity_id)
    mine = await _set(tx, row, actor.id, reaction)
    counts = await recount(tx.db, row)
    event = ActivityReacted(activity_id=row.id, owner_id=row.user_id, reaction=mine, counts=counts)
    reach = narrower(row.visibility, REACH[owner.audience])
    tx.emit(event, user_id=actor.id, cohort_id=row.cohort_id, subject=row.subject_id, visibility=reach)
    return Reacted(row.id, mine, counts)


async def _seen(db: AsyncSession, viewer: Principal, activity_id: UUID) -> ActivityRow:
    wanted = select(ActivityRow).join(User, User.id == ActivityRow.user_id)
    wanted = wanted.where(ActivityRow.id == activity_id, visible_to(viewer), ActivityRow.user_id.not_in(viewer.hidden))
    row = (await db.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFound(GONE)
    return row


async def _hold_reactor(db: AsyncSession, user_id: UUID) -> None:
    """Whoever reacts is somebody until the commit; who was erased meanwhile is not let in any more."""
    wanted = select(User.id).where(User.id == user_id).with_for_update(read=True, key_share=True)
    if (await db.execute(wanted)).scalar_one_or_none() is None:
        raise Unauthorized


async def _hold_owner(db: AsyncSession, owner_id: UUID) -> User:
    """How far the activity reaches stays as it is until the commit; so does its person."""
    wanted = select(User).where(User.id == owner_id).with_for_update(read=True)
    owner = (await db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if owner is None:
        raise NotFound(GONE)
    return owner


async def _hold(db: AsyncSession, activity_id: UUID) -> ActivityRow:
    wanted = select(ActivityRow).where(ActivityRow.id == activity_id).with_for_update()
    row = (await db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise NotFound(GONE)
    return row


async def _set(tx: Transaction, row: ActivityRow, user_id: UUID, reaction: Reaction) -> Reaction | None:
    given = await tx.db.get(ActivityReaction, (row.id, user_id))
    if given is None:
        tx.db.add(ActivityReaction(activity_event_id=row.id, user_id=user_id, reaction=reaction, inserted_at=tx.now))
    elif given.reaction == reaction:
        await tx.db.delete(given)
        return None
    else:
        given.reaction, given.inserted_at = reaction, tx.now
    return reaction


async def recount(db: AsyncSession, row: ActivityRow) -> dict[Reaction, int]:
    """Write an activity's counter anew from its rows; what there is of each kind. The row must be held."""
    await db.flush()
    counts: dict[Reaction, int] = (await db.execute(select(REACTIONS).where(ActivityRow.id == row.id))).scalar_one()
    row.reactions_count = sum(counts.values())
    return counts


async def reactions_of(db: AsyncSession, user_id: UUID, activity_ids: list[UUID]) -> dict[UUID, Reaction]:
    """What somebody themselves reacted to these activities."""
    if not activity_ids:
        return {}
    wanted = select(ActivityReaction.activity_event_id, ActivityReaction.reaction)
    wanted = wanted.where(ActivityReaction.user_id == user_id, ActivityReaction.activity_event_id.in_(activity_ids))
    rows = await db.execute(wanted)
    return {row.activity_event_id: row.reaction for row in rows}
