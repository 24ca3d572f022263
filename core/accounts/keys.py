"""API keys of host platforms: made with scopes, shown once, kept as a hash, revoked for good.

A key can hand on only what it holds itself, a person everything but `tokens:staff`. The key of the environment is
governed by the environment alone.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.access import HANDED_ON_BY_ADMINS, KEY_SCOPES
from core.accounts.principals import hash_secret
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import new_id, new_secret
from core.principal import Principal
from core.transaction import Transaction
from data.tables import ApiKey, AuditRow

ENVIRONMENT = "environment"


async def create_key(tx: Transaction, name: str, scopes: Collection[str]) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again."""
    tx.actor.require("keys:write")
    unknown = sorted(set(scopes) - KEY_SCOPES)
    if unknown or not scopes:
        message = f"some of {', '.join(sorted(KEY_SCOPES))}"
        raise Invalid(fields=[{"field": "scopes", "message": message}])
    beyond = sorted(set(scopes) - _handed_on_by(tx.actor))
    if beyond:
        raise Forbidden("This scope is not yours to hand on.", scope=beyond[0])
    if not name.strip() or name.strip() == ENVIRONMENT:
        raise Invalid(fields=[{"field": "name", "message": f"a name other than {ENVIRONMENT!r}"}])
    secret = new_secret("key")
    row = ApiKey(
        id=new_id(),
        name=name.strip()[:120],
        key_hash=hash_secret(secret),
        scopes=sorted(set(scopes)),
        created_at=tx.now,
    )
    tx.db.add(row)
    await _audit(tx, "key_created", row)
    return row, secret


def _handed_on_by(actor: Principal) -> frozenset[str]:
    if actor.kind == "system":
        return KEY_SCOPES
    return actor.scopes if actor.kind == "key" else HANDED_ON_BY_ADMINS


async def revoke_key(tx: Transaction, key_id: UUID) -> None:
    tx.actor.require("keys:write")
    row = (await tx.db.execute(select(ApiKey).where(ApiKey.id == key_id).with_for_update())).scalar_one_or_none()
    if row is None or row.revoked_at is not None:
        raise NotFound("There is no such key.")
    if row.name == ENVIRONMENT:
        raise Conflict("This key comes from the environment: change it there.")
    row.revoked_at = tx.now
    await _audit(tx, "key_revoked", row)


async def _audit(tx: Transaction, action: str, key: ApiKey) -> None:
    row = {"id": new_id(), "at": tx.now, "actor_id": tx.actor.id, "action": action, "allowed": True, "reason": "ok"}
    await tx.db.execute(insert(AuditRow).values(**row, target_id=key.id, details={"scopes": list(key.scopes)}))


async def keys_page(db: AsyncSession, limit: int, before: UUID | None = None) -> list[ApiKey]:
    """Keys, the newest first, revoked ones too."""
    wanted = select(ApiKey).order_by(ApiKey.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(ApiKey.id < before)
    return list((await db.execute(wanted)).scalars())
