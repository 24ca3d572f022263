"""Friends and blocks, in one's own name. Every change passes the safety gate in its command."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.accounts.queries import public_people, seen_by
from core.errors import Forbidden
from core.social.friendships import (
    answer_friendship,
    block_person,
    blocks_of,
    friends_of,
    request_friendship,
    unblock_person,
)
from core.transaction import Transaction
from core.web.rest.fields import Input, NextCursor, Output, Paged, capped, make_cursor, read_cursor
from core.web.routes import Call, Routes
from data.tables import Friendship

routes = Routes("Friends")

SOMEBODY = {"user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"}


class Somebody(Input, frozen=True, kw_only=True):
    """Another person."""

    user_id: UUID


class FriendshipState(Output, frozen=True, kw_only=True):
    """How one stands with another person now."""

    user_id: UUID
    status: Annotated[str, Meta(description="`pending`, `accepted` or `declined`.")]


class FriendOut(Output, frozen=True, kw_only=True):
    """A friend, or somebody who asked or was asked."""

    user_id: UUID
    name: str
    avatar: str
    status: str
    asked_by_me: bool
    since: datetime


class FriendsOut(Output, frozen=True, kw_only=True):
    """One's friends and open requests, the latest change first."""

    friendships: list[FriendOut]
    next_cursor: NextCursor


@routes("GET", "/api/v1/friendships", scope="friends:write", summary="One's friends and open requests.")
async def get_friendships(call: Call[None, Paged]) -> FriendsOut:
    me = call.principal.id
    if call.principal.kind != "person" or me is None:
        raise Forbidden
    limit = capped(call.query.limit)
    async with call.app.transactions.read() as db:
        pairs = await friends_of(db, me)
        if call.query.cursor:
            before = read_cursor(call.query.cursor, tuple[Annotated[datetime, Meta(tz=True)], UUID])
            pairs = [p for p in pairs if (p.updated_at, p.id) < before]
        pairs.sort(key=lambda p: (p.updated_at, p.id), reverse=True)
        shown = pairs[:limit]
        people = await public_people(db, [_other(p, me) for p in shown])
    friends = [
        FriendOut(
            user_id=other,
            name=people[other].name,
            avatar=people[other].avatar,
            status=pair.status,
            asked_by_me=pair.user_id == me,
            since=pair.updated_at,
        )
        for pair in shown
        if (other := _other(pair, me)) in people
    ]
    more = len(pairs) > limit
    return FriendsOut(
        friendships=friends, next_cursor=make_cursor(shown[-1].updated_at, shown[-1].id) if more else None
    )


def _other(pair: Friendship, me: UUID) -> UUID:
    return pair.friend_id if pair.user_id == me else pair.user_id


@routes(
    "POST",
    "/api/v1/friendships",
    scope="friends:write",
    summary="Ask somebody to be friends.",
    status=201,
    errors=(404,),
    example=SOMEBODY,
    answer_example=SOMEBODY | {"status": "pending"},
)
async def post_friendship(tx: Transaction, call: Call[Somebody, None]) -> FriendshipState:
    """If they have asked already, this makes you friends."""
    status = await request_friendship(tx, call.app.gate, call.body.user_id, ip=call.address)
    return FriendshipState(user_id=call.body.user_id, status=status)


@routes(
    "POST",
    "/api/v1/friendships/{user_id}/accept",
    scope="friends:write",
    summary="Say yes to a request.",
    answer_example=SOMEBODY | {"status": "accepted"},
)
async def accept_friendship(tx: Transaction, call: Call[None, None]) -> FriendshipState:
    return await _answer(tx, call, accept=True)


@routes(
    "POST",
    "/api/v1/friendships/{user_id}/decline",
    scope="friends:write",
    summary="Say no to a request, or end a friendship.",
    answer_example=SOMEBODY | {"status": "declined"},
)
async def decline_friendship(tx: Transaction, call: Call[None, None]) -> FriendshipState:
    return await _answer(tx, call, accept=False)


async def _answer(tx: Transaction, call: Call[None, None], *, accept: bool) -> FriendshipState:
    other_id = call.path_id("user_id")
    status = await answer_friendship(tx, call.app.gate, other_id, accept, ip=call.address)
    return FriendshipState(user_id=other_id, status=status)


class BlockedOut(Output, frozen=True, kw_only=True):
    """Somebody whom one has blocked."""

    user_id: UUID
    name: str
    avatar: str
    since: datetime


class BlocksOut(Output, frozen=True, kw_only=True):
    """Whom one has blocked oneself, the latest first; who has blocked one is nobody's to know."""

    blocks: list[BlockedOut]


@routes(
    "GET",
    "/api/v1/blocks",
    scope="friends:write",
    summary="Whom one has blocked.",
    answer_example={
        "blocks": [SOMEBODY | {"name": "Leo", "avatar": "/assets/avatars/owl-1.svg", "since": "2026-03-02T11:59:30Z"}]
    },
)
async def get_blocks(call: Call[None, None]) -> BlocksOut:
    me = call.principal.id
    if call.principal.kind != "person" or me is None:
        raise Forbidden
    async with call.app.transactions.read() as db:
        rows = await blocks_of(db, me)
        people = await seen_by(db, me, [row.blocked_id for row in rows])
    shown = []
    for row in rows:
        who = people.get(row.blocked_id)
        shown.append(
            BlockedOut(
                user_id=row.blocked_id,
                name=who.name if who else "Somebody",
                avatar=who.avatar if who else "",
                since=row.created_at,
            )
        )
    return BlocksOut(blocks=shown)


@routes(
    "POST",
    "/api/v1/blocks",
    scope="friends:write",
    summary="Block somebody: at once, both ways, told to nobody.",
    status=201,
    errors=(404,),
    example=SOMEBODY,
    answer_example=SOMEBODY,
)
async def post_block(tx: Transaction, call: Call[Somebody, None]) -> Somebody:
    await block_person(tx, call.app.gate, call.body.user_id, ip=call.address)
    return call.body


@routes("DELETE", "/api/v1/blocks/{user_id}", scope="friends:write", summary="Take one's own block back.")
async def delete_block(tx: Transaction, call: Call[None, None]) -> None:
    await unblock_person(tx, call.path_id("user_id"))
