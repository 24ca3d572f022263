"""What tests of people, safety and friends share: reading the log, and knowing when a transaction waits for another."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select, text

from core.events.fact import Fact
from core.events.log import fact_of, read_since
from core.transaction import Transactions
from data.database import Database
from data.tables import Base, EventRow

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND state = 'active'"
)


async def facts(transactions: Transactions, *types: str) -> list[Fact]:
    """What the log holds, in its order; of these types, or of all."""
    async with transactions.read() as db:
        return [fact for fact in await read_since(db, 0, 100_000) if not types or fact.type in types]


async def facts_of(transactions: Transactions, user_id: Any) -> list[Fact]:
    async with transactions.read() as db:
        rows = await db.execute(select(EventRow).where(EventRow.user_id == user_id).order_by(EventRow.seq))
        return [fact_of(row) for row in rows.scalars()]


async def until_waiting(database: Database, count: int = 1) -> None:
    """Return when so many transactions of this database wait for a lock."""
    async with asyncio.timeout(10):
        while True:
            async with database.engine.connect() as connection:
                if (await connection.execute(WAITING)).scalar_one() >= count:
                    return


async def tables_that_hold(database: Database, needle: str) -> set[str]:
    """The tables in which any row holds this text, in whatever column."""
    found = set()
    async with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            question = text(f'SELECT count(*) FROM "{table.name}" AS t WHERE strpos(lower(t::text), :needle) > 0')
            if (await connection.execute(question, {"needle": needle.lower()})).scalar_one():
                found.add(table.name)
    return found
