"""Hiding an activity from oneself, and showing it to oneself again.

Nobody else is told, and nothing changes for anybody else. Lists leave out what their reader hid; topics are one
audience and hold it still, so pages leave it out by this list, which every page of the person hears of at once.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.activity.holding import hold, hold_actor, seen, somebody
from core.activity.items import Item, item_of_row
from core.activity.queries import visible_to
from core.errors import Conflict
from core.events.feed import ActivityHidden
from core.principal import Principal
from core.transaction import Transaction
from data.tables import REACTIONS, ActivityHide, ActivityRow, User

MOST = 1_000
"""So many one may hide: a list that grows beyond this is no longer about single activities."""


async def hide_activity(tx: Transaction, activity_id: UUID) -> None:
    """Do not want to see it any more; twice is once."""
    me = somebody(tx.actor)
    tx.actor.require("activity:react")
    await seen(tx.db, tx.actor, activity_id)
    await hold_actor(tx.db, me)
    await hold(tx.db, activity_id, share=True)
    await put_away(tx, me, activity_id)


async def put_away(tx: Transaction, me: UUID, activity_id: UUID) -> None:
    """Note that somebody hides what is held already."""
    count = select(func.count()).select_from(ActivityHide).where(ActivityHide.user_id == me)
    if (await tx.db.execute(count)).scalar_one() >= MOST:
        raise Conflict("That is more than one can hide. Show some of it again first.", reason="too_many_hidden")
    row = {"user_id": me, "activity_event_id": activity_id, "hidden_at": tx.now}
    added = insert(ActivityHide).values(row).on_conflict_do_nothing().returning(ActivityHide.user_id)
    if (await tx.db.execute(added)).first() is not None:
        tx.emit(ActivityHidden(activity_id=activity_id, hidden=True), user_id=me)


async def show_activity(tx: Transaction, activity_id: UUID) -> None:
    """Want to see it again; what was not hidden is no error."""
    me = somebody(tx.actor)
    tx.actor.require("activity:react")
    gone = delete(ActivityHide).where(ActivityHide.user_id == me, ActivityHide.activity_event_id == activity_id)
    if (await tx.db.execute(gone.returning(ActivityHide.user_id))).first() is not None:
        tx.emit(ActivityHidden(activity_id=activity_id, hidden=False), user_id=me)


async def hidden_ids(db: AsyncSession, user_id: UUID) -> list[UUID]:
    """All that somebody hid, the latest first."""
    wanted = select(ActivityHide.activity_event_id).where(ActivityHide.user_id == user_id)
    return list((await db.execute(wanted.order_by(ActivityHide.hidden_at.desc()))).scalars())


async def hidden_items(db: AsyncSession, viewer: Principal, limit: int) -> list[Item]:
    """What somebody hid and may still see, the latest hidden first."""
    wanted = select(ActivityRow, User, REACTIONS).join(User, User.id == ActivityRow.user_id)
    wanted = wanted.join(ActivityHide, ActivityHide.activity_event_id == ActivityRow.id)
    wanted = wanted.where(ActivityHide.user_id == viewer.id, visible_to(viewer))
    wanted = wanted.where(ActivityRow.user_id.not_in(viewer.hidden))
    rows = await db.execute(wanted.order_by(ActivityHide.hidden_at.desc(), ActivityRow.id).limit(limit))
    return [item_of_row(row, user, reactions) for row, user, reactions in rows]
