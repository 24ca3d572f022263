"""API keys, for admins and for keys that may make keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.accounts.keys import create_key, keys_page, revoke_key
from core.transaction import Transaction
from core.web.rest.fields import Input, NextCursor, Output, Paged, capped, make_cursor, read_cursor
from core.web.routes import Call, Routes
from data.tables import ApiKey

routes = Routes("API keys")

ID = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"


class KeyIn(Input, frozen=True, kw_only=True):
    """What the key is for, and what it may do."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    scopes: Annotated[list[str], Meta(min_length=1, max_length=50)]


class KeyOut(Output, frozen=True, kw_only=True):
    """A key, without its secret."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


class NewKeyOut(Output, frozen=True, kw_only=True):
    """A key with its secret, shown this once."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    key: Annotated[str, Meta(description="Keep it safe: nobody can read it again.")]


class KeysOut(Output, frozen=True, kw_only=True):
    """A page of keys, the newest first."""

    keys: list[KeyOut]
    next_cursor: NextCursor


@routes("GET", "/api/v1/keys", scope="keys:write", summary="The API keys there are and were.")
async def get_keys(call: Call[None, Paged]) -> KeysOut:
    limit = capped(call.query.limit)
    before = read_cursor(call.query.cursor, tuple[UUID])[0] if call.query.cursor else None
    async with call.app.transactions.read() as db:
        found = await keys_page(db, limit + 1, before)
    more = len(found) > limit
    return KeysOut(
        keys=[_out(row) for row in found[:limit]], next_cursor=make_cursor(found[limit - 1].id) if more else None
    )


def _out(row: ApiKey) -> KeyOut:
    return KeyOut(
        id=row.id, name=row.name, scopes=list(row.scopes), created_at=row.created_at, revoked_at=row.revoked_at
    )


@routes(
    "POST",
    "/api/v1/keys",
    scope="keys:write",
    summary="Make an API key.",
    status=201,
    secret=True,
    example={"name": "school platform", "scopes": ["events:write", "people:write", "tokens:write"]},
    answer_example={
        "id": ID,
        "name": "school platform",
        "scopes": ["events:write", "people:write", "tokens:write"],
        "created_at": "2026-03-02T12:00:00Z",
        "key": "key_7Jd…",
    },
)
async def post_key(tx: Transaction, call: Call[KeyIn, None]) -> NewKeyOut:
    """A key can hand on only the scopes that it holds itself, a person all but `tokens:staff`."""
    row, secret = await create_key(tx, call.body.name, call.body.scopes)
    return NewKeyOut(id=row.id, name=row.name, scopes=list(row.scopes), created_at=row.created_at, key=secret)


@routes(
    "DELETE", "/api/v1/keys/{id}", scope="keys:write", summary="Revoke an API key, at once and for good.", errors=(409,)
)
async def delete_key(tx: Transaction, call: Call[None, None]) -> None:
    await revoke_key(tx, call.path_id("id"))
