"""Facts as rows and as files, for tests of analytics alone: no commands, no house around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import insert

from data.analytics.export import SCHEMA
from data.analytics.store import Piece, Store
from data.database import Database
from data.tables import EventRow

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def row(**given: Any) -> dict[str, Any]:
    values = {
        "event_id": uuid4(),
        "type": "practice_started",
        "version": 1,
        "at": NOON,
        "received_at": NOON,
        "user_id": UUID(int=1),
        "visibility": "public",
        "source": "host",
        "backfill": False,
        "properties": {},
        "personal": None,
    }
    return values | given


async def add(database: Database, count: int, **given: Any) -> None:
    """That many facts at the end of the log."""
    async with database.begin() as db:
        rows = [row(at=NOON + timedelta(seconds=n), **given) for n in range(count)]
        await db.execute(insert(EventRow), rows)


def write(store: Store, start: int, rows: Sequence[dict[str, Any]], end: int | None = None) -> Piece:
    """These facts as one file that begins at `start`."""
    numbered = [
        {"seq": start + n, **{k: str(v) if isinstance(v, UUID) else v for k, v in r.items()}}
        for n, r in enumerate(rows)
    ]
    frame = pl.DataFrame([{name: r.get(name) for name in SCHEMA} for r in _plain(numbered)], schema=SCHEMA)
    return store.write(frame, start, end or start + len(rows) - 1)


def _plain(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for each in rows:
        yield each | {"properties": "{}"}
