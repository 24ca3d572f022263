"""The block-list of people, devices and addresses: kept by staff, with a reason, an author and an end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict, Invalid
from core.events.catalog import AccessChanged
from core.ids import new_id, parse_id
from core.transaction import Transaction
from data.tables import BlocklistRow

MOST = 100_000
"""Entries in force: a list that grows beyond this is a fault to look at, not to store."""


async def list_subject(tx: Transaction, kind: str, value: str, reason: str, expires_at: datetime | None = None) -> None:
    """Keep a person, a device or an address from social actions."""
    tx.actor.require("blocklist:write")
    if kind not in ("user", "device", "ip") or not value.strip() or not reason.strip():
        raise Invalid(fields=[{"field": "kind", "message": "user, device or ip, with a value and a reason"}])
    count = (await tx.db.execute(select(func.count()).select_from(BlocklistRow))).scalar_one()
    if count >= MOST:
        raise Conflict("The block-list is full.")
    row = {
        "id": new_id(),
        "kind": kind,
        "value": value.strip()[:200],
        "reason": reason.strip()[:500],
        "author": tx.actor.name or tx.actor.kind,
        "created_at": tx.now,
        "expires_at": expires_at,
    }
    changed = {k: row[k] for k in ("reason", "author", "created_at", "expires_at")}
    await tx.db.execute(
        insert(BlocklistRow).values(row).on_conflict_do_update(index_elements=["kind", "value"], set_=changed)
    )
    _tell(tx, kind, value)


async def unlist_subject(tx: Transaction, kind: str, value: str) -> None:
    tx.actor.require("blocklist:write")
    await tx.db.execute(delete(BlocklistRow).where(BlocklistRow.kind == kind, BlocklistRow.value == value))
    _tell(tx, kind, value)


def _tell(tx: Transaction, kind: str, value: str) -> None:
    user_id = parse_id(value) if kind == "user" else None
    if user_id:
        tx.emit(AccessChanged(reason="blocklist"), user_id=user_id)
