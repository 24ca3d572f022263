"""Friendships and blocks. One row a pair; a request is pending until the other side accepts; only `accepted` counts.

A block works at once and both ways, ends a friendship, and is told to nobody.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.activity.commands import add_activity
from core.errors import Conflict, Forbidden, NotFound
from core.events.catalog import (
    AccessChanged,
    FriendJoined,
    FriendshipAccepted,
    FriendshipDeclined,
    FriendshipRequested,
    PersonBlocked,
    PersonUnblocked,
)
from core.events.fact import Fact
from core.ids import new_id
from core.principal import Principal
from core.reactions import Reaction
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import Block, Friendship, User


def _me(actor: Principal) -> UUID:
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require("friends:write")
    return actor.id


async def _other(tx: Transaction, me: UUID, other_id: UUID) -> User:
    """The other person; somebody who does not exist and somebody who is hidden look the same."""
    user = await tx.db.get(User, other_id)
    if user is None or other_id == me or other_id in tx.actor.hidden:
        raise NotFound("There is nobody to be reached here.")
    return user


async def _pair(tx: Transaction, one: UUID, other: UUID) -> Friendship | None:
    low, high = sorted((one, other))
    wanted = select(Friendship).where(Friendship.low_id == low, Friendship.high_id == high).with_for_update()
    return (await tx.db.execute(wanted)).scalar_one_or_none()


async def request_friendship(tx: Transaction, gate: Gate, other_id: UUID) -> str:
    """Ask somebody to be friends. If they have asked already, that makes you friends."""
    me = _me(tx.actor)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="friend_request", target_id=other_id))
    await _other(tx, me, other_id)
    low, high = sorted((me, other_id))
    row = {"id": new_id(), "user_id": me, "friend_id": other_id, "low_id": low, "high_id": high, "status": "pending"}
    added = insert(Friendship).values(**row, created_at=tx.now, updated_at=tx.now).on_conflict_do_nothing()
    if (await tx.db.execute(added.returning(Friendship.id))).scalar_one_or_none():
        tx.emit(FriendshipRequested(friend_id=other_id), user_id=me)
        return "pending"
    pair = await _pair(tx, me, other_id)
    if pair is None:
        raise Conflict
    if pair.status == "pending" and pair.friend_id == me:
        return _accept(tx, pair, me)
    if pair.status == "declined":
        pair.user_id, pair.friend_id, pair.status, pair.updated_at = me, other_id, "pending", tx.now
        tx.emit(FriendshipRequested(friend_id=other_id), user_id=me)
    return pair.status


async def answer_friendship(tx: Transaction, gate: Gate, other_id: UUID, accept: bool) -> str:
    """Accept or decline what somebody asked; declining an accepted friendship ends it."""
    me = _me(tx.actor)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="friend_answer", target_id=other_id))
    pair = await _pair(tx, me, other_id)
    if pair is None or pair.status in ("declined", "blocked"):
        raise NotFound("There is no request to answer.")
    if accept:
        if pair.status == "pending" and pair.friend_id != me:
            raise Conflict("The other side has to answer this.")
        return _accept(tx, pair, me) if pair.status == "pending" else pair.status
    pair.status, pair.updated_at = "declined", tx.now
    tx.emit(FriendshipDeclined(friend_id=other_id), user_id=me)
    return pair.status


def _accept(tx: Transaction, pair: Friendship, me: UUID) -> str:
    pair.status, pair.updated_at = "accepted", tx.now
    other = pair.user_id if pair.friend_id == me else pair.friend_id
    tx.emit(FriendshipAccepted(friend_id=other), user_id=me)
    return pair.status


async def block_person(tx: Transaction, gate: Gate, other_id: UUID) -> None:
    me = _me(tx.actor)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="block_person", target_id=other_id))
    if other_id == me or await tx.db.get(User, other_id) is None:
        raise NotFound("There is nobody to be reached here.")
    row = {"blocker_id": me, "blocked_id": other_id, "created_at": tx.now}
    added = insert(Block).values(row).on_conflict_do_nothing().returning(Block.blocker_id)
    if (await tx.db.execute(added)).scalar_one_or_none() is None:
        return
    pair = await _pair(tx, me, other_id)
    if pair is not None:
        pair.status, pair.updated_at = "blocked", tx.now
    tx.emit(PersonBlocked(blocked_id=other_id), user_id=me)
    _rights_changed(tx, me, other_id)


async def unblock_person(tx: Transaction, other_id: UUID) -> None:
    """Take one's own block back; the other's, if there is one, stays. Friendship has to be asked for again."""
    me = _me(tx.actor)
    gone = delete(Block).where(Block.blocker_id == me, Block.blocked_id == other_id).returning(Block.blocker_id)
    if (await tx.db.execute(gone)).scalar_one_or_none() is None:
        raise NotFound("There is no block of yours to take back.")
    still = select(Block).where(Block.blocker_id == other_id, Block.blocked_id == me)
    pair = await _pair(tx, me, other_id)
    if pair is not None and (await tx.db.execute(still)).scalar_one_or_none() is None:
        pair.status, pair.updated_at = "declined", tx.now
    tx.emit(PersonUnblocked(blocked_id=other_id), user_id=me)
    _rights_changed(tx, me, other_id)


def _rights_changed(tx: Transaction, *people: UUID) -> None:
    for user_id in people:
        tx.emit(AccessChanged(reason="block"), user_id=user_id)


async def friends_of(db: AsyncSession, user_id: UUID) -> list[Friendship]:
    """Every pair that somebody is in, whatever its state, newest first; blocked ones are not told."""
    mine = or_(Friendship.user_id == user_id, Friendship.friend_id == user_id)
    wanted = select(Friendship).where(mine, Friendship.status.in_(("pending", "accepted")))
    return list((await db.execute(wanted.order_by(Friendship.updated_at.desc()))).scalars())


async def tell_of_new_friends(tx: Transaction, fact: Fact) -> None:
    """Two people became friends: each one's circle hears of it, once."""
    event = fact.event
    assert isinstance(event, FriendshipAccepted) and fact.user_id is not None
    for one, other in ((fact.user_id, event.friend_id), (event.friend_id, fact.user_id)):
        user = await tx.db.get(User, one)
        if user is not None and await tx.db.get(User, other) is not None:
            add_activity(tx, user, FriendJoined(friend_id=other), at=fact.at, subject=None, skill=None)


NEW_FRIENDS = Reaction("new_friends", (FriendshipAccepted,), tell_of_new_friends)
