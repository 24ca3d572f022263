"""The answer to a request that is sent again: the same one, with one effect, whichever node gets it.

The key's row is inserted in the transaction of the effect. A duplicate that comes meanwhile waits for that row: when
the first commits it gets the first's answer, when the first fails it becomes the first. Refusals are not kept: they
had no effect. Answers that hold a secret are kept sealed under the product's own key. A job forgets them after a day,
erasure those that are about the person or were given to them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import BadRequest, Conflict
from core.ids import parse_id
from core.transaction import Transaction
from data.tables import IdempotencyKey

HEADER = "Idempotency-Key"
LONGEST = 200

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Once:
    """One request that must have one effect."""

    caller: str
    key: str
    request_hash: bytes
    seal: Fernet | None = None

    def pack(self, body: Body) -> Body:
        if self.seal is None:
            return body
        return {"sealed": self.seal.encrypt(msgspec.json.encode(body)).decode()}

    def unpack(self, body: Body) -> Body:
        if self.seal is None:
            return body
        try:
            opened: Body = msgspec.json.decode(self.seal.decrypt(body["sealed"].encode()))
        except (InvalidToken, KeyError):
            # The product's secret was changed since: the effect stands, its answer can no longer be read.
            raise Conflict("This was done before; its answer is gone.", reason="idempotency_conflict") from None
        return opened


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Body
    replayed: bool = False


def read_key(header: str) -> str:
    key = header.strip()
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise BadRequest(f"{HEADER} must be 1 to {LONGEST} printable ASCII characters.")
    return key


def request_hash(name: str, path: dict[str, str], body: Any) -> bytes:
    """What makes two requests the same: route, path and body, however the body is spaced."""
    try:
        return hashlib.sha256(msgspec.json.encode([name, path, body], order="sorted")).digest()
    except RecursionError:
        raise BadRequest("The body is nested too deeply.") from None


def sealing(secret: str) -> Fernet:
    key = hashlib.sha256(b"tandem kept answers\0" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


async def once(tx: Transaction, request: Once, effect: Callable[[], Awaitable[tuple[int, Body]]]) -> Answer:
    """The effect and its answer, or the answer of the first time."""
    row = {
        "caller": request.caller,
        "key": request.key,
        "request_hash": request.request_hash,
        "status": 0,
        "body": {},
        "created_at": tx.now,
    }
    added = insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.key)
    if (await tx.db.execute(added)).scalar_one_or_none() is None:
        return await _recall(tx, request)
    status, body = await effect()
    kept = update(IdempotencyKey).values(status=status, body=request.pack(body), user_id=_about(body))
    await tx.db.execute(kept.where(IdempotencyKey.caller == request.caller, IdempotencyKey.key == request.key))
    return Answer(status, body)


def _about(body: Body) -> UUID | None:
    """Whom an answer is about: every answer about one person names them as `user_id`."""
    named = body.get("user_id")
    return parse_id(named) if isinstance(named, str) else None


async def recall(tx: Transaction, request: Once) -> Answer | None:
    """The answer of the first time, if there was one; for effects that are idempotent by themselves."""
    wanted = select(IdempotencyKey.key).where(
        IdempotencyKey.caller == request.caller, IdempotencyKey.key == request.key
    )
    return await _recall(tx, request) if (await tx.db.execute(wanted)).scalar_one_or_none() else None


async def _recall(tx: Transaction, request: Once) -> Answer:
    wanted = select(IdempotencyKey).where(IdempotencyKey.caller == request.caller, IdempotencyKey.key == request.key)
    row = (await tx.db.execute(wanted)).scalar_one()
    if row.request_hash != request.request_hash:
        raise Conflict("This key was used for another request.", reason="idempotency_conflict")
    return Answer(row.status, request.unpack(row.body), replayed=True)
