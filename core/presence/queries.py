"""What is asked of the database about presence: whose friend is whom, and who was seen in the last minutes.

The tracker says who is here. The table knows what no tracker does: who was here a moment ago, on whichever node, even
if that node does not tell any more; it is read by the same rules as to who may be seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import avatar_url
from data.tables import Friendship, PresenceRow, User

ONLINE = timedelta(minutes=5)
"""Whoever was seen within this time is online."""


# One array, so that it is one statement however many are asked for.
THESE = any_(bindparam("ids", type_=ARRAY(Uuid)))
ACCEPTED = Friendship.status == "accepted"
PAIRS = union_all(
    select(Friendship.user_id, Friendship.friend_id).where(ACCEPTED, Friendship.user_id == THESE),
    select(Friendship.friend_id, Friendship.user_id).where(ACCEPTED, Friendship.friend_id == THESE),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who is online, whatever they are connected with."""

    user_id: UUID
    name: str
    avatar: str
    last_seen_at: datetime


async def friends_of(db: AsyncSession, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """The friends of many people, in one query."""
    found: dict[str, set[str]] = {}
    for one, other in await db.execute(PAIRS, {"ids": [UUID(one) for one in ids]}):
        found.setdefault(str(one), set()).add(str(other))
    return {one: frozenset(others) for one, others in found.items()}


async def online(
    db: AsyncSession,
    now: datetime,
    *,
    subject: str | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Seen]:
    """Everybody whom everybody may see and who was seen in the last five minutes, once each, in the order of ids."""
    last = func.max(PresenceRow.last_seen_at).label("last")
    rows = select(PresenceRow.user_id, last).where(PresenceRow.last_seen_at >= now - ONLINE)
    if subject is not None:
        rows = rows.where(PresenceRow.subject_id == subject)
    seen = rows.group_by(PresenceRow.user_id).subquery()
    visible = (User.audience == "public") & ~or_(User.appears_offline, User.kept_offline)
    wanted = select(User.id, User.username, User.avatar, seen.c.last).join(seen, seen.c.user_id == User.id)
    wanted = wanted.where(visible).order_by(User.id).limit(limit)
    if after is not None:
        wanted = wanted.where(User.id > after)
    return [Seen(id, name, avatar_url(avatar), at) for id, name, avatar, at in await db.execute(wanted)]
