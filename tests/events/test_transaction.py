"""Rows and facts together or neither; again on a conflict, honest when the database is away, poked after the commit."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.clock import FakeClock
from core.errors import NotFound, Unavailable
from core.events.catalog import HighScore, LevelUp
from core.events.fact import Fact
from core.events.log import read_since
from core.principal import SYSTEM
from core.transaction import TRIES, Transaction, Transactions
from data.database import Database
from data.tables import Meta
from tests import patience
from tests.events.kit import PATIENCE, PID, Reader, kill, somebody_appends, somebody_waits, until

REPEATABLE = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


class Told:
    """Where pokes arrive."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def pokes() -> Told:
    return Told()


@pytest.fixture
def transactions(database: Database, clock: FakeClock, pokes: Told) -> Transactions:
    return Transactions(database, clock, pokes)


async def put(tx: Transaction, key: str, value: str = "1") -> None:
    """A command: one row, one fact."""
    tx.db.add(Meta(key=key, value=value))
    tx.emit(LevelUp(level=len(key)))


async def add_one(tx: Transaction, key: str) -> None:
    await tx.db.execute(text("UPDATE meta SET value = value::int + 1 WHERE key = :key"), {"key": key})


async def kept(database: Database) -> tuple[dict[str, str], list[Fact]]:
    async with database.snapshot() as db:
        rows = (await db.execute(select(Meta).where(Meta.key != "log_epoch"))).scalars()
        return {row.key: row.value for row in rows}, await read_since(db, 0)


async def test_rows_and_facts_are_kept_together_and_told_once(
    transactions: Transactions, database: Database, pokes: Told, clock: FakeClock
) -> None:
    async with transactions(SYSTEM) as tx:
        await put(tx, "a")
        event_id = tx.emit(HighScore(score=9), at=clock.now() - timedelta(hours=1))
        assert tx.drafted(event_id).event == HighScore(score=9)
        assert tx.facts == []
        assert pokes.count == 0
    rows, facts = await kept(database)
    assert rows == {"a": "1"}
    assert facts == tx.facts
    assert [fact.event for fact in facts] == [LevelUp(level=1), HighScore(score=9)]
    assert [fact.at for fact in facts] == [tx.now, tx.now - timedelta(hours=1)]
    assert pokes.count == 1


async def test_a_command_without_facts_pokes_nobody(transactions: Transactions, pokes: Told) -> None:
    async with transactions(SYSTEM) as tx:
        tx.db.add(Meta(key="a", value="1"))
    assert pokes.count == 0


@pytest.mark.parametrize("error", [RuntimeError("broken"), NotFound(), asyncio.CancelledError()])
async def test_a_command_that_raises_leaves_nothing(
    transactions: Transactions, database: Database, pokes: Told, error: BaseException
) -> None:
    async def command(tx: Transaction) -> None:
        await put(tx, "a")
        await tx.db.flush()
        raise error

    with pytest.raises(type(error)):
        await transactions.run(SYSTEM, command)
    assert await kept(database) == ({}, [])
    assert pokes.count == 0


async def test_a_fact_that_nobody_could_read_is_refused_where_it_is_stated(
    transactions: Transactions, database: Database
) -> None:
    with pytest.raises(msgspec.ValidationError):
        async with transactions(SYSTEM) as tx:
            tx.db.add(Meta(key="a", value="1"))
            tx.emit(HighScore(score=1000))
    assert await kept(database) == ({}, [])


async def test_a_commit_that_fails_pokes_nobody(transactions: Transactions, database: Database, pokes: Told) -> None:
    async def command(tx: Transaction) -> None:
        # The database refuses at the very end, when everything has been written.
        for statement in (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END'",
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION refuse()",
        ):
            await tx.db.execute(text(statement))
        await put(tx, "a")

    with pytest.raises(DBAPIError, match="no"):
        await transactions.run(SYSTEM, command)
    assert await kept(database) == ({}, [])
    assert pokes.count == 0


async def test_rows_can_be_told_their_place_in_the_log(transactions: Transactions, database: Database) -> None:
    stamp = "UPDATE meta SET value = CAST(appended.seq AS text) FROM appended WHERE key = 'a'"
    async with transactions(SYSTEM) as tx:
        await put(tx, "a", "")
        tx.stamp(stamp)
        tx.stamp(stamp)
    rows, facts = await kept(database)
    assert rows == {"a": str(facts[0].seq)}


async def test_a_deadlock_is_run_again_until_both_are_through(
    transactions: Transactions, database: Database, pokes: Told
) -> None:
    async with transactions(SYSTEM) as tx:
        tx.db.add_all([Meta(key="a", value="0"), Meta(key="b", value="0")])
    both, runs = asyncio.Barrier(2), 0

    async def command(tx: Transaction, first: str, second: str) -> str:
        nonlocal runs
        runs += 1
        await add_one(tx, first)
        if runs <= 2:
            await both.wait()
        await add_one(tx, second)
        tx.emit(LevelUp(level=7))
        return first + second

    async with asyncio.timeout(PATIENCE):
        results = await asyncio.gather(
            transactions.run(SYSTEM, command, "a", "b"), transactions.run(SYSTEM, command, "b", second="a")
        )
    assert tuple(results) == ("ab", "ba")
    assert runs == 3
    rows, facts = await kept(database)
    assert rows == {"a": "2", "b": "2"}
    assert len(facts) == pokes.count == 2


async def test_a_stale_read_is_run_again(transactions: Transactions, database: Database) -> None:
    async with transactions(SYSTEM) as tx:
        tx.db.add(Meta(key="a", value="0"))
    runs = 0

    async def command(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await tx.db.execute(REPEATABLE)
        await tx.db.execute(select(Meta))
        if runs == 1:
            async with transactions(SYSTEM) as other:
                await add_one(other, "a")
        await add_one(tx, "a")
        tx.emit(LevelUp(level=1))

    await transactions.run(SYSTEM, command)
    rows, facts = await kept(database)
    assert (runs, rows, len(facts)) == (2, {"a": "2"}, 1)


async def test_a_conflict_without_an_end_is_temporary(transactions: Transactions, database: Database) -> None:
    runs = 0

    async def command(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await put(tx, "a")
        await tx.db.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(Unavailable):
        await transactions.run(SYSTEM, command)
    assert runs == TRIES
    assert await kept(database) == ({}, [])


async def test_what_trying_again_cannot_mend_is_not_tried_again(transactions: Transactions) -> None:
    runs = 0

    async def command(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        tx.db.add(Meta(key="log_epoch", value="another"))

    with pytest.raises(DBAPIError):
        await transactions.run(SYSTEM, command)
    assert runs == 1


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_connection_that_is_cut_means_unavailable_and_nothing_kept(
    transactions: Transactions, database: Database, pokes: Told, moment: str
) -> None:
    async def command(tx: Transaction) -> None:
        pid = (await tx.db.execute(PID)).scalar_one()
        if moment == "after":
            tx.stamp("UPDATE meta SET value = value WHERE pg_terminate_backend(pg_backend_pid())")
        await put(tx, "a")
        if moment == "before":
            await kill(database, pid)
            await tx.db.execute(select(Meta))

    with pytest.raises(Unavailable) as refused:
        await transactions.run(SYSTEM, command)
    assert refused.value.temporary
    assert refused.value.status == 503
    assert await kept(database) == ({}, [])
    assert pokes.count == 0
    await transactions.run(SYSTEM, put, "b")
    rows, _ = await kept(database)
    assert rows == {"b": "1"}


async def test_a_picture_that_is_cut_off_is_unavailable_too(transactions: Transactions, database: Database) -> None:
    with pytest.raises(Unavailable):
        async with transactions.read() as db:
            await kill(database, (await db.execute(PID)).scalar_one())
            await db.execute(select(Meta))


async def test_resting_connections_that_died_are_nobody_s_trouble(
    transactions: Transactions, database: Database
) -> None:
    async with database.begin() as db:
        pid = (await db.execute(PID)).scalar_one()
        driver: Any = (await (await db.connection()).get_raw_connection()).driver_connection
    other = Database(database.engine.url.render_as_string(hide_password=False))
    await kill(other, pid)

    async def gone() -> bool:
        async with other.snapshot() as db:
            alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
            left: int = (await db.execute(alive, {"pid": pid})).scalar_one()
        return left == 0

    await until(gone)
    await other.close()
    await patience.until(driver.is_closed)
    await transactions.run(SYSTEM, put, "a")
    assert (await kept(database))[0] == {"a": "1"}


async def test_no_server_at_all_is_unavailable(clock: FakeClock) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    transactions = Transactions(nowhere, clock, lambda: None)
    with pytest.raises(Unavailable):
        await transactions.run(SYSTEM, put, "a")
    with pytest.raises(Unavailable):
        async with transactions.read() as db:
            await db.execute(select(Meta))
    await nowhere.close()


@pytest.mark.req("RT-16")
async def test_whoever_is_cancelled_while_holding_the_log_lets_go_of_it(
    transactions: Transactions, database: Database
) -> None:
    async def command(tx: Transaction) -> None:
        await put(tx, "a")
        tx.stamp("UPDATE meta SET value = 'held' FROM appended, pg_sleep(600) WHERE key = 'a'")

    async with asyncio.timeout(PATIENCE):
        holder = asyncio.create_task(transactions.run(SYSTEM, command))
        await until(lambda: somebody_appends(database))
        waiter = asyncio.create_task(transactions.run(SYSTEM, put, "b"))
        await until(lambda: somebody_waits(database))
        holder.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holder
        await waiter
    rows, facts = await kept(database)
    assert rows == {"b": "1"}
    assert len(facts) == 1


async def test_a_picture_is_of_one_moment(transactions: Transactions, database: Database) -> None:
    reader = Reader(database)
    await transactions.run(SYSTEM, put, "a")
    async with transactions.read() as db:
        before = await read_since(db, 0)
        await transactions.run(SYSTEM, put, "b")
        assert await read_since(db, 0) == before
        assert set((await db.execute(select(Meta.key))).scalars()) == {"log_epoch", "a"}
    await reader.read()
    assert len(reader.facts) == 2
