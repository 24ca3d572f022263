"""The block-list of people, devices and addresses: kept by staff, with a reason, an author and an end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.commands import revoke_tokens
from core.accounts.rules import is_text
from core.errors import Conflict, Invalid
from core.ids import new_id, parse_id
from core.principal import Principal
from core.safety.rules import canonical
from core.transaction import Transaction
from data.tables import BlocklistRow, User

MOST = 100_000
"""Entries in force: a list that grows beyond this is a fault to look at, not to store."""


async def list_subject(tx: Transaction, kind: str, value: str, reason: str, expires_at: datetime | None = None) -> str:
    """Keep a person, a device or an address from social actions within a second; a person is signed out as well.

    Returns the subject as the list writes it.
    """
    tx.actor.require("blocklist:write")
    subject = _subject(kind, value)
    if not reason.strip() or not is_text(reason):
        raise Invalid(fields=[{"field": "reason", "message": "must not be empty"}])
    if expires_at is not None and expires_at <= tx.now:
        raise Invalid(fields=[{"field": "expires_at", "message": "a time to come"}])
    await tx.db.execute(delete(BlocklistRow).where(BlocklistRow.expires_at <= tx.now))
    row = {
        "id": new_id(),
        "kind": kind,
        "value": subject,
        "reason": reason.strip()[:500],
        "author": _author(tx.actor),
        "created_at": tx.now,
        "expires_at": expires_at,
    }
    changed = {k: row[k] for k in ("reason", "author", "created_at", "expires_at")}
    added = insert(BlocklistRow).values(row).on_conflict_do_update(index_elements=["kind", "value"], set_=changed)
    await tx.db.execute(added)
    if (await tx.db.execute(select(func.count()).select_from(BlocklistRow))).scalar_one() > MOST:
        raise Conflict("The block-list is full.")
    user_id = parse_id(subject) if kind == "user" else None
    if user_id and await tx.db.get(User, user_id) is not None:
        await revoke_tokens(tx, user_id, reason="blocklist")
    return subject


async def unlist_subject(tx: Transaction, kind: str, value: str) -> None:
    tx.actor.require("blocklist:write")
    subject = _subject(kind, value)
    await tx.db.execute(delete(BlocklistRow).where(BlocklistRow.kind == kind, BlocklistRow.value == subject))


def _subject(kind: str, value: str) -> str:
    subject = canonical(kind, value)
    if subject is None:
        raise Invalid(fields=[{"field": "value", "message": "of kind user, device or ip, and one of that kind"}])
    return subject


def _author(actor: Principal) -> str:
    """Who listed: staff and keys by name, people by id, so that nobody's name outlives them here."""
    return str(actor.id) if actor.kind == "person" and actor.id else actor.name or actor.kind
