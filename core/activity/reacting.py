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
from core.activity.holding import hold, hold_actor, hold_owner, seen, somebody
from core.events.catalog import ActivityReacted, Reaction
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import REACTIONS, ActivityReaction, ActivityRow


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
    me = somebody(actor)
    actor.require("activity:react")
    found = await seen(tx.db, actor, activity_id)
    await gate.admit(tx, ActionRequest(actor=actor, action="react", target_id=found.user_id, ip=ip))
    await hold_actor(tx.db, me)
    owner = await hold_owner(tx.db, found.user_id)
    row = await hold(tx.db, activity_id)
    mine = await _set(tx, row, me, reaction)
    counts = await recount(tx.db, row)
    event = ActivityReacted(activity_id=row.id, owner_id=row.user_id, reaction=mine, counts=counts)
    reach = narrower(row.visibility, REACH[owner.audience])
    tx.emit(event, user_id=me, cohort_id=row.cohort_id, subject=row.subject_id, visibility=reach)
    return Reacted(row.id, mine, counts)


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
