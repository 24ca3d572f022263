"""Answering what somebody did with a challenge in the same skill: one a person and activity, and not in a row.

A challenge names its sender to whom it reaches, so it goes no further than both may be seen: between people of one
cohort, or where everybody may see both. It is a fact that loops and nudges answer to; both people's pages hear of it.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.activity.holding import hold, hold_owner, seen, somebody
from core.errors import Conflict, Forbidden, RateLimited, Unauthorized
from core.events.feed import ChallengeInitiated
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import ActivityChallenge, ActivityRow, User

TYPES = ("practice_completed", "challenge_won")
COOLDOWN = timedelta(minutes=10)
"""So long one waits before the next challenge to the same person."""


async def challenge_back(tx: Transaction, gate: Gate, activity_id: UUID, *, ip: str | None = None) -> ActivityRow:
    """Challenge the person of an activity."""
    me = somebody(tx.actor)
    tx.actor.require("activity:react")
    found = await seen(tx.db, tx.actor, activity_id)
    if found.user_id == me or found.event_type not in TYPES:
        raise Conflict("A challenge answers what somebody else finished.", reason="not_for_challenges")
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="challenge", target_id=found.user_id, ip=ip))
    challenger = await _in_turn(tx.db, me)
    target = await hold_owner(tx.db, found.user_id)
    row = await hold(tx.db, activity_id, share=True)
    if not _may_meet(challenger, target):
        raise Forbidden("Only your cohort sees you, so challenges stay inside it.", reason="outside_cohort")
    await _once(tx, me, target.id, activity_id)
    event = ChallengeInitiated(activity_id=activity_id, target_user_id=target.id)
    tx.emit(event, user_id=me, cohort_id=challenger.cohort_id, subject=row.subject_id, skill=row.skill)
    return row


async def _in_turn(db: AsyncSession, user_id: UUID) -> User:
    """The one who challenges; their other challenges wait until this one is made."""
    wanted = select(User).where(User.id == user_id).with_for_update(key_share=True)
    found = (await db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise Unauthorized
    return found


def _may_meet(one: User, other: User) -> bool:
    if "nobody" in (one.audience, other.audience):
        return False
    return one.audience == other.audience == "public" or (
        one.cohort_id is not None and one.cohort_id == other.cohort_id
    )


async def _once(tx: Transaction, me: UUID, target_id: UUID, activity_id: UUID) -> None:
    mine = select(ActivityChallenge.made_at).where(ActivityChallenge.challenger_id == me)
    same = mine.where(ActivityChallenge.activity_event_id == activity_id)
    if (await tx.db.execute(same)).first() is not None:
        raise Conflict("You have challenged this already.", reason="already_challenged")
    lately = mine.where(ActivityChallenge.target_id == target_id, ActivityChallenge.made_at > tx.now - COOLDOWN)
    last = (await tx.db.execute(lately.order_by(ActivityChallenge.made_at.desc()).limit(1))).scalar_one_or_none()
    if last is not None:
        waits = (last + COOLDOWN - tx.now).total_seconds()
        raise RateLimited("You have just challenged them. Give them a moment.", retry_after=round(waits, 1))
    row = {"activity_event_id": activity_id, "challenger_id": me, "target_id": target_id, "made_at": tx.now}
    await tx.db.execute(insert(ActivityChallenge).values(row))


async def challenged_by(db: AsyncSession, user_id: UUID, activity_ids: list[UUID]) -> list[UUID]:
    """Which of these activities somebody has challenged already."""
    wanted = select(ActivityChallenge.activity_event_id).where(ActivityChallenge.challenger_id == user_id)
    return list((await db.execute(wanted.where(ActivityChallenge.activity_event_id.in_(activity_ids)))).scalars())
