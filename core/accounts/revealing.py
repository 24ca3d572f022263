"""Staff ask who somebody is: the name is told, and it stays on record who asked, of whom and why."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert

from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.transaction import Transaction
from data.tables import AuditRow, User

SCOPE = "results:review"


async def reveal_name(tx: Transaction, user_id: UUID, why: str) -> User:
    """The person, for staff who are a person themselves: a key has nobody to put on record."""
    actor = tx.actor
    actor.require(SCOPE)
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    user = await tx.db.get(User, user_id)
    if user is None:
        raise NotFound
    row = {"id": new_id(), "at": tx.now, "actor_id": actor.id, "action": "name_revealed", "allowed": True}
    told = {"reason": "ok", "target_id": user.id, "details": {"why": why}}
    await tx.db.execute(insert(AuditRow).values(**row, **told))
    return user
