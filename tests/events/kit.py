"""Small tools around the log: drafts with a number, a reader with a cursor, conditions of the database to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import text

from core.events.catalog import PracticeCompleted
from core.events.fact import Draft, Fact
from core.events.log import APPEND_LOCK, read_since
from data.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PATIENCE = 10.0
"""Seconds after which a test that waits for something gives up: a bound, never a pause."""

HOLDING_THE_LOG = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE locktype = 'advisory' AND objid = :key AND granted AND datname = current_database()"
)
WAITING_FOR_A_LOCK = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
PID = text("SELECT pg_backend_pid()")


def draft(number: int) -> Draft:
    return Draft(event=PracticeCompleted(score=50, seconds=number), at=NOON)


def number_of(fact: Fact) -> int:
    assert isinstance(fact.event, PracticeCompleted)
    return fact.event.seconds or 0


class Reader:
    """Follows the log as every consumer does: from its cursor, never looking back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.seq = 0
        self.facts: list[Fact] = []

    async def read(self, limit: int = 500) -> None:
        async with self.database.snapshot() as db:
            found = await read_since(db, self.seq, limit)
        if found:
            self.seq = found[-1].seq
        self.facts += found

    @property
    def numbers(self) -> list[int]:
        return [number_of(fact) for fact in self.facts]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Ask the database again and again until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not await true():
            pass


async def somebody_waits(database: Database) -> bool:
    async with database.snapshot() as db:
        count: int = (await db.execute(WAITING_FOR_A_LOCK)).scalar_one()
    return count > 0


async def somebody_appends(database: Database) -> bool:
    """Whether somebody holds the log."""
    async with database.snapshot() as db:
        count: int = (await db.execute(HOLDING_THE_LOG, {"key": APPEND_LOCK})).scalar_one()
    return count > 0


async def kill(database: Database, pid: int) -> None:
    """End one connection from outside, as a server that stops does."""
    async with database.begin() as db:
        await db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
