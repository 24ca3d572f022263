"""Taking hold of one activity, as every command does that changes something about it.

The order is the same for all, so that two of them cannot wait for each other: the one who acts, the activity's person,
the activity.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.activity.queries import visible_to
from core.errors import Forbidden, NotFound, Unauthorized
from core.principal import Principal
from data.tables import ActivityRow, User

GONE = "This activity is not here (any more)."


def somebody(actor: Principal) -> UUID:
    """The id of a person; keys and jobs are none."""
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    return actor.id


async def seen(db: AsyncSession, viewer: Principal, activity_id: UUID) -> ActivityRow:
    """An activity that somebody may see; one that they may not is as unknown as any other."""
    wanted = select(ActivityRow).join(User, User.id == ActivityRow.user_id)
    wanted = wanted.where(ActivityRow.id == activity_id, visible_to(viewer), ActivityRow.user_id.not_in(viewer.hidden))
    row = (await db.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFound(GONE)
    return row


async def hold_actor(db: AsyncSession, user_id: UUID) -> None:
    """Whoever acts is somebody until the commit; who was erased meanwhile is not let in any more."""
    wanted = select(User.id).where(User.id == user_id).with_for_update(read=True, key_share=True)
    if (await db.execute(wanted)).scalar_one_or_none() is None:
        raise Unauthorized


async def hold_owner(db: AsyncSession, owner_id: UUID) -> User:
    """How far the activity reaches stays as it is until the commit; so does its person."""
    wanted = select(User).where(User.id == owner_id).with_for_update(read=True)
    owner = (await db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if owner is None:
        raise NotFound(GONE)
    return owner


async def hold(db: AsyncSession, activity_id: UUID, *, share: bool = False) -> ActivityRow:
    """The activity itself, until the commit: to change it, or only (`share`) to have it stay."""
    wanted = select(ActivityRow).where(ActivityRow.id == activity_id).with_for_update(read=share, key_share=share)
    row = (await db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise NotFound(GONE)
    return row
