"""Friendships and blocks. One row a pair; a request is pending until the other side accepts; only `accepted` counts.

A block works at once and both ways, ends a friendship, and is told to nobody: whoever is blocked hears what they would
hear of somebody who does not exist. The same is heard of children whom nobody may see, and of minors outside one's own
cohort. What concerns one pair happens in turn, however many ask at once.
"""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from sqlalchemy import and_, case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.accounts.doings import add_activity
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
from core.safety.rules import REASONS
from core.transaction import Transaction
from data.tables import Block, Friendship, User

BLOCKS_SHOWN = 200
NOBODY = REASONS["blocked"]
PAIR_LOCKS = 0x7A4E
"""The class of the advisory locks of pairs."""


def _me(actor: Principal) -> UUID:
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require("friends:write")
    return actor.id


async def _in_turn(tx: Transaction, one: UUID, other: UUID) -> None:
    """Let nobody else change this pair until the transaction ends; so what the gate then finds of it stays true."""
    pair = int.from_bytes(blake2b(b"".join(sorted((one.bytes, other.bytes))), digest_size=4).digest(), signed=True)
    await tx.db.execute(select(func.pg_advisory_xact_lock(PAIR_LOCKS, pair)))


async def _other(tx: Transaction, me: UUID, other_id: UUID) -> None:
    """Make sure that the two may meet; who does not exist and who is out of reach look the same."""
    # Shared locks keep both from being erased, and their audiences as they are, before this commits.
    wanted = select(User).where(User.id.in_((me, other_id))).order_by(User.id).with_for_update(read=True)
    people = {user.id: user for user in (await tx.db.execute(wanted)).scalars()}
    if len(people) < 2 or not may_meet(people[me], people[other_id]):
        raise NotFound(NOBODY)


def may_meet(one: User, other: User) -> bool:
    if one.audience == other.audience == "public":
        return True
    return "nobody" not in (one.audience, other.audience) and one.cohort_id == other.cohort_id is not None


async def _pair(tx: Transaction, one: UUID, other: UUID) -> Friendship | None:
    low, high = sorted((one, other))
    wanted = select(Friendship).where(Friendship.low_id == low, Friendship.high_id == high).with_for_update()
    return (await tx.db.execute(wanted)).scalar_one_or_none()


async def request_friendship(tx: Transaction, gate: Gate, other_id: UUID, *, ip: str | None = None) -> str:
    """Ask somebody to be friends. If they have asked already, that makes you friends."""
    me = _me(tx.actor)
    await _in_turn(tx, me, other_id)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="friend_request", target_id=other_id, ip=ip))
    await _other(tx, me, other_id)
    pair = await _pair(tx, me, other_id)
    if pair is None:
        low, high = sorted((me, other_id))
        pair = Friendship(id=new_id(), low_id=low, high_id=high, status="declined", created_at=tx.now)
        tx.db.add(pair)
    if pair.status == "pending" and pair.friend_id == me:
        return _accept(tx, pair, me)
    if pair.status == "declined":
        pair.user_id, pair.friend_id, pair.status, pair.updated_at = me, other_id, "pending", tx.now
        tx.emit(FriendshipRequested(friend_id=other_id), user_id=me)
    return pair.status


async def answer_friendship(tx: Transaction, gate: Gate, other_id: UUID, accept: bool, *, ip: str | None = None) -> str:
    """Accept or decline what somebody asked; declining an accepted friendship ends it."""
    me = _me(tx.actor)
    await _in_turn(tx, me, other_id)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="friend_answer", target_id=other_id, ip=ip))
    pair = await _pair(tx, me, other_id)
    if pair is None or pair.status in ("declined", "blocked"):
        raise NotFound(NOBODY)
    if accept and pair.status == "pending":
        if pair.friend_id != me:
            raise Conflict("The other side has to answer this.")
        await _other(tx, me, other_id)
        return _accept(tx, pair, me)
    if not accept:
        pair.status, pair.updated_at = "declined", tx.now
        tx.emit(FriendshipDeclined(friend_id=other_id), user_id=me)
    return pair.status


def _accept(tx: Transaction, pair: Friendship, me: UUID) -> str:
    pair.status, pair.updated_at = "accepted", tx.now
    other = pair.user_id if pair.friend_id == me else pair.friend_id
    tx.emit(FriendshipAccepted(friend_id=other), user_id=me)
    return pair.status


async def block_person(tx: Transaction, gate: Gate, other_id: UUID, *, ip: str | None = None) -> None:
    me = _me(tx.actor)
    await _in_turn(tx, me, other_id)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="block_person", target_id=other_id, ip=ip))
    exists = select(User.id).where(User.id == other_id).with_for_update(read=True, key_share=True)
    if other_id == me or (await tx.db.execute(exists)).scalar_one_or_none() is None:
        raise NotFound(NOBODY)
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
    await _in_turn(tx, me, other_id)
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
    """One's friends and open requests, the latest change first; without blocked ones and those whom one may not see."""
    mine = or_(Friendship.user_id == user_id, Friendship.friend_id == user_id)
    other = case((Friendship.user_id == user_id, Friendship.friend_id), else_=Friendship.user_id)
    me = aliased(User)
    my_cohort = select(me.cohort_id).where(me.id == user_id).scalar_subquery()
    in_sight = or_(User.audience == "public", and_(User.audience == "cohort", User.cohort_id == my_cohort))
    seen = select(User.id).where(User.id == other, in_sight).exists()
    wanted = select(Friendship).where(mine, seen, Friendship.status.in_(("pending", "accepted")))
    return list((await db.execute(wanted.order_by(Friendship.updated_at.desc(), Friendship.id.desc()))).scalars())


async def blocks_of(db: AsyncSession, user_id: UUID) -> list[Block]:
    """Whom somebody has blocked, the latest first."""
    wanted = select(Block).where(Block.blocker_id == user_id).order_by(Block.created_at.desc(), Block.blocked_id)
    return list((await db.execute(wanted.limit(BLOCKS_SHOWN))).scalars())


async def tell_of_new_friends(tx: Transaction, fact: Fact) -> None:
    """Two people became friends: each one's circle hears of it, once, as far as both may be seen."""
    event = fact.event
    if not isinstance(event, FriendshipAccepted) or fact.user_id is None:
        return
    ids = (fact.user_id, event.friend_id)
    wanted = select(User).where(User.id.in_(ids)).order_by(User.id).with_for_update(read=True, key_share=True)
    people = {user.id: user for user in (await tx.db.execute(wanted)).scalars()}
    pair = await _pair(tx, *ids)
    if len(people) < len(ids) or pair is None or pair.status != "accepted":
        return
    for one, other in (ids, ids[::-1]):
        add_activity(
            tx,
            people[one],
            FriendJoined(),
            at=fact.at,
            subject=None,
            skill=None,
            reach=people[other].audience,
        )


NEW_FRIENDS = Reaction("new_friends", (FriendshipAccepted,), tell_of_new_friends)
