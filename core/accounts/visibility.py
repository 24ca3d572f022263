"""Appearing offline: a person's own switch beside the host's or a parent's, which the person cannot turn.

Who appears offline is listed nowhere as being here, on any node, as soon as the change is committed and told. What they
do in the open is not touched: that is what audiences and consents are for.
"""

from __future__ import annotations

from sqlalchemy import select

from core.errors import Forbidden, NotFound
from core.events.catalog import AccessChanged
from core.transaction import Transaction
from data.tables import User

REASON = "presence"


async def appear_offline(tx: Transaction, offline: bool) -> User:
    """Turn one's own switch."""
    actor = tx.actor
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require("presence:write")
    user = (await tx.db.execute(select(User).where(User.id == actor.id).with_for_update())).scalar_one_or_none()
    if user is None:
        raise NotFound
    if user.appears_offline != offline:
        user.appears_offline, user.updated_at = offline, tx.now
        tx.emit(AccessChanged(reason=REASON), user_id=user.id)
    return user


def keep_offline(tx: Transaction, user: User, offline: bool) -> None:
    """Turn the host's or a parent's switch for somebody."""
    if user.kept_offline != offline:
        user.kept_offline = offline
        tx.emit(AccessChanged(reason=REASON), user_id=user.id)
