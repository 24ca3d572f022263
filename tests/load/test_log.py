"""How fast the log takes facts: alone, with eight writers, one a transaction, a hundred; what a reader misses."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import text

from core.clock import SystemClock
from core.events.catalog import LevelUp
from core.events.log import last_seq, read_since
from core.principal import SYSTEM
from core.transaction import Transaction, Transactions
from data.database import Database

pytestmark = pytest.mark.bench

SECONDS = 5.0
WRITERS = 8
BATCH = 100


async def write(transactions: Transactions, facts: int, until: float) -> int:
    """Commands of so many facts each until the time is up; how many facts were committed."""

    async def command(tx: Transaction) -> None:
        for _ in range(facts):
            tx.emit(LevelUp(level=3))

    written = 0
    while time.monotonic() < until:
        await transactions.run(SYSTEM, command)
        written += facts
    return written


async def plain(database: Database, until: float) -> int:
    """What a transaction costs here that writes one small row and states nothing."""
    written = 0
    while time.monotonic() < until:
        async with database.begin() as db:
            await db.execute(text("INSERT INTO plain_rows VALUES (1)"))
        written += 1
    return written


async def read(transactions: Transactions, stop: asyncio.Event) -> set[int]:
    """Follow the log with a cursor while others write; everything that was seen."""
    seen: set[int] = set()
    cursor = 0
    while True:
        ended = stop.is_set()
        async with transactions.read() as db:
            facts = await read_since(db, cursor, 5000)
        seen |= {fact.seq for fact in facts}
        cursor = facts[-1].seq if facts else cursor
        if ended and not facts:
            return seen


@pytest.mark.req("HUB-28")
async def test_append_throughput(database_url: str, database: Database) -> None:
    wide = Database(database_url, pool_size=WRITERS + 2)
    transactions = Transactions(wide, SystemClock(), lambda: None)
    async with wide.begin() as db:
        await db.execute(text("CREATE TABLE plain_rows (n int)"))
    rates = {"a plain row, 1 a transaction": await plain(wide, time.monotonic() + SECONDS) / SECONDS}
    for writers in (1, WRITERS):
        for facts in (1, BATCH):
            until = time.monotonic() + SECONDS
            done = await asyncio.gather(*(write(transactions, facts, until) for _ in range(writers)))
            rates[f"{writers} writers, {facts} a transaction"] = sum(done) / SECONDS
    async with wide.begin() as db:
        await db.execute(text("DROP TABLE plain_rows"))
    base = next(iter(rates.values()))
    print("\nfacts appended a second")
    for name, rate in rates.items():
        print(f"  {name:<32} {rate:>10,.0f}   {rate / base:>6.2f} x")
    stop = asyncio.Event()
    reader = asyncio.create_task(read(transactions, stop))
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(write(transactions, 1 + n % 3, until) for n in range(WRITERS)))
    stop.set()
    seen = await reader
    async with transactions.read() as db:
        end = await last_seq(db)
        everything = {fact.seq for fact in await read_since(db, 0, end)}
    print(f"  a reader that followed {len(everything):,} facts of {WRITERS} writers missed {len(everything - seen)}")
    assert everything == seen
    await wide.close()
