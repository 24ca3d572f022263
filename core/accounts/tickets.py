"""The one-time secret in an `enter_url`: good once and for a minute, so that no token ever stands in an address."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, insert

from core.accounts.principals import hash_secret
from core.errors import Unauthorized
from core.ids import new_secret
from core.transaction import Transaction
from data.tables import EnterTicket

LIFETIME = timedelta(seconds=60)


async def make_ticket(tx: Transaction, user_id: UUID) -> str:
    secret = new_secret("enter")
    row = {"ticket_hash": hash_secret(secret), "user_id": user_id, "expires_at": tx.now + LIFETIME}
    await tx.db.execute(insert(EnterTicket).values(row))
    return secret


async def use_ticket(tx: Transaction, secret: str) -> UUID:
    """Whom the ticket lets in; it is gone after this, whether it was still good or not."""
    used = delete(EnterTicket).where(EnterTicket.ticket_hash == hash_secret(secret))
    row = (await tx.db.execute(used.returning(EnterTicket.user_id, EnterTicket.expires_at))).one_or_none()
    if row is None or row.expires_at <= tx.now:
        raise Unauthorized("This link has been used or is too old. Ask for a new one.")
    user_id: UUID = row.user_id
    return user_id
