"""A small card about somebody: what a viewer may see of them, and nothing of those whom they may not see.

Whoever may not be seen is as unknown as somebody who does not exist. What one has reached is told as boards and feeds
tell it already: levels and badges, no days and no times.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.queries import public_of
from core.achievements.queries import Reached, reached
from core.errors import NotFound
from core.principal import Principal, PublicPerson
from data.tables import Friendship, User


@dataclass(frozen=True, slots=True)
class Profile:
    person: PublicPerson
    role: str
    friend: bool
    same_cohort: bool
    reached: Reached


async def profile_of(db: AsyncSession, viewer: Principal, user_id: UUID) -> Profile:
    """Raises NotFound for everybody whom the viewer may not see."""
    user = await db.get(User, user_id)
    if user is None or not may_see(viewer, user):
        raise NotFound
    pair = or_(
        and_(Friendship.user_id == viewer.id, Friendship.friend_id == user_id),
        and_(Friendship.user_id == user_id, Friendship.friend_id == viewer.id),
    )
    friends = select(Friendship.id).where(pair, Friendship.status == "accepted").limit(1)
    return Profile(
        person=public_of(user),
        role=user.role,
        friend=(await db.execute(friends)).first() is not None,
        same_cohort=_together(viewer, user),
        reached=await reached(db, user_id),
    )


def may_see(viewer: Principal, user: User) -> bool:
    """Oneself always; others as far as they may be seen, and nobody across a block."""
    if user.id == viewer.id:
        return True
    if user.id in viewer.hidden:
        return False
    return user.audience == "public" or (user.audience == "cohort" and _together(viewer, user))


def _together(viewer: Principal, user: User) -> bool:
    return viewer.cohort_id is not None and viewer.cohort_id == user.cohort_id
