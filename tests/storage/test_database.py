"""What `Database` promises, on every version of PostgreSQL that is supported and installed."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import psutil
import pytest
from sqlalchemy import bindparam, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from data.database import Database, DatabaseUnavailable, at_length, is_broken_rule, is_conflict, is_unavailable
from data.embedded import EmbeddedPostgres

pytestmark = pytest.mark.req("OPS-2")

SLEEPING = text("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'")
ADD = text("UPDATE counters SET value = value + 1 WHERE name = :name")


@pytest.fixture
async def database(any_server: EmbeddedPostgres) -> AsyncIterator[Database]:
    database = Database(any_server.url, pool_size=3)
    async with database.begin() as db:
        await db.execute(text("DROP TABLE IF EXISTS counters"))
        await db.execute(text("CREATE TABLE counters (name text PRIMARY KEY, value int NOT NULL)"))
        await db.execute(text("INSERT INTO counters VALUES ('a', 0), ('b', 0)"))
    yield database
    await database.close()


async def value(database: Database, name: str = "a") -> int:
    async with database.snapshot() as db:
        return int((await db.execute(text("SELECT value FROM counters WHERE name = :n"), {"n": name})).scalar_one())


async def test_a_transaction_commits_at_the_end_and_rolls_back_on_an_error(database: Database) -> None:
    async with database.begin() as db:
        await db.execute(ADD, {"name": "a"})
    with pytest.raises(LookupError, match="changed my mind"):
        async with database.begin() as db:
            await db.execute(ADD, {"name": "a"})
            raise LookupError("changed my mind")
    assert await value(database) == 1


async def test_a_look_sees_the_present_and_gives_its_connection_back_even_when_given_up(database: Database) -> None:
    found = text("SELECT value FROM counters WHERE name = :n")
    assert [tuple(row) for row in await database.look(found, {"n": "a"})] == [(0,)]
    async with database.begin() as db:
        await db.execute(ADD, {"name": "a"})
    assert [tuple(row) for row in await database.look(found, {"n": "a"})] == [(1,)]
    for _ in range(4):  # more than the pool holds
        task = asyncio.create_task(database.look(text("SELECT pg_sleep(:n)"), {"n": 30}))
        async with asyncio.timeout(10):
            while not await database.look(SLEEPING, {}):
                pass
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
    assert await value(database) == 1


async def test_isolation_levels_are_what_they_are_called(database: Database) -> None:
    level = text("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
    async with database.begin() as db:
        assert tuple((await db.execute(level)).one()) == ("read committed", "off")
    async with database.snapshot() as db:
        assert tuple((await db.execute(level)).one()) == ("repeatable read", "on")
    async with database.begin() as db:  # on a connection that was a reader's a moment ago
        assert tuple((await db.execute(level)).one()) == ("read committed", "off")


async def test_a_snapshot_sees_one_moment_and_writes_nothing(database: Database) -> None:
    async with database.snapshot() as reader:
        before = (await reader.execute(text("SELECT value FROM counters WHERE name = 'a'"))).scalar_one()
        async with database.begin() as writer:
            await writer.execute(ADD, {"name": "a"})
        assert (await reader.execute(text("SELECT value FROM counters WHERE name = 'a'"))).scalar_one() == before
    assert await value(database) == before + 1
    with pytest.raises(TypeError, match="cannot be written to") as caught:  # a mistake of ours, no outage
        async with database.snapshot() as reader:
            await reader.execute(ADD, {"name": "a"})
    assert not is_unavailable(caught.value)


async def test_values_come_back_as_they_went_in(database: Database) -> None:
    given = {"text": "Åsa 😀 \\ '; DROP TABLE counters", "numbers": [1, 2.5, None, True], "deep": {"er": []}}
    moment, number = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC), uuid4()
    question = text("SELECT :given, CAST(:moment AS timestamptz), CAST(:number AS uuid), current_setting('TimeZone')")
    async with database.snapshot() as db:
        asked = question.bindparams(bindparam("given", type_=JSONB)).columns(given=JSONB)
        found = (await db.execute(asked, {"given": given, "moment": moment, "number": number})).one()
    assert tuple(found) == (given, moment, number, "UTC")


async def test_a_deadlock_is_a_conflict(database: Database) -> None:
    both_hold = asyncio.Barrier(2)

    async def cross(first: str, second: str) -> bool:
        try:
            async with database.begin() as db:
                await db.execute(ADD, {"name": first})
                await both_hold.wait()
                await db.execute(ADD, {"name": second})
        except Exception as error:
            return is_conflict(error) and not is_unavailable(error)
        return False

    async with asyncio.timeout(10):
        assert sorted(await asyncio.gather(cross("a", "b"), cross("b", "a"))) == [False, True]
    assert await value(database, "a") == await value(database, "b") == 1


async def test_a_serialisation_failure_is_a_conflict(database: Database) -> None:
    serial = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with pytest.raises(DBAPIError) as caught:
        async with database.begin() as one:
            await one.execute(serial)
            await one.execute(text("SELECT value FROM counters"))
            async with database.begin() as two:
                await two.execute(ADD, {"name": "a"})
            await one.execute(ADD, {"name": "a"})
    assert is_conflict(caught.value)
    assert not is_unavailable(caught.value)


async def test_our_own_mistakes_are_neither(database: Database) -> None:
    for sql in ("SELECT nonsense", "INSERT INTO counters VALUES ('a', 1)", "SELECT 1 / 0"):
        with pytest.raises(DBAPIError) as caught:
            async with database.begin() as db:
                await db.execute(text(sql))
        assert not is_unavailable(caught.value)
        assert not is_conflict(caught.value)
    assert not is_unavailable(FileNotFoundError("a file of ours"))
    assert not is_unavailable(TimeoutError("a wait of ours"))


async def test_a_server_that_takes_its_leave_in_the_moment_it_is_asked_is_away(database: Database) -> None:
    async with database.begin() as db:
        driver: Any = (await (await db.connection()).get_raw_connection()).driver_connection
    leave = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
    # Its last word is read, and the end of the line is not: what an idle connection then makes of the next question.
    driver._protocol.data_received(b"E" + (len(leave) + 4).to_bytes(4) + leave)
    with pytest.raises(DatabaseUnavailable):
        async with database.begin() as db:
            await db.execute(text("SELECT 1"))
    driver.terminate()


async def test_a_question_that_was_given_up_holds_no_connection(any_server: EmbeddedPostgres) -> None:
    one = Database(any_server.url, pool_size=1)
    asked = asyncio.create_task(one.fetch(text("SELECT pg_sleep(600)")))
    looker = Database(any_server.url, pool_size=1)
    sleeps = text("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'")
    async with asyncio.timeout(10):
        while (await looker.fetch(sleeps))[0][0] == 0:
            pass
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert [tuple(row) for row in await one.fetch(text("SELECT 1"))] == [(1,)]
        while (await looker.fetch(sleeps))[0][0]:
            pass
    await one.close()
    await looker.close()


async def test_one_statement_may_take_longer_than_the_others(any_server: EmbeddedPostgres, database: Database) -> None:
    hasty = Database(any_server.url, pool_size=1, command_timeout=0.2)
    slow = text("UPDATE counters SET value = 5 FROM pg_sleep(:n) WHERE name = :name RETURNING value")
    with pytest.raises((TimeoutError, DBAPIError)):
        async with hasty.begin() as db:
            await db.execute(slow, {"name": "a", "n": 0.4})
    async with hasty.begin() as db:
        await db.execute(ADD, {"name": "b"})
        assert await at_length(db, slow, {"name": "a", "n": 0.4}, 30) == 5
    assert (await value(database), await value(database, "b")) == (5, 1), "in the same transaction as what was before"
    with pytest.raises(asyncpg.UniqueViolationError) as found:
        async with hasty.begin() as db:
            await at_length(db, text("INSERT INTO counters VALUES (:name, :n)"), {"name": "a", "n": 1}, 30)
    assert is_broken_rule(found.value)
    await hasty.close()


async def test_a_cancelled_transaction_gives_its_connection_back(database: Database) -> None:
    for _ in range(5):  # more often than there are connections
        began = asyncio.Event()

        async def linger(began: asyncio.Event = began) -> None:
            async with database.begin() as db:
                await db.execute(ADD, {"name": "a"})
                began.set()
                await db.execute(text("SELECT pg_sleep(30)"))

        task = asyncio.create_task(linger())
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await value(database) == 0


async def test_closing_waits_for_what_was_given_up(any_server: EmbeddedPostgres, database: Database) -> None:
    async def work(leaving: Database) -> None:
        async with leaving.begin() as db:
            await db.execute(text("SELECT pg_sleep(30)"))

    leaving = Database(any_server.url, pool_size=6, application_name="leaving")
    tasks = [asyncio.create_task(work(leaving)) for _ in range(6)]
    async with asyncio.timeout(20):
        while len(await database.look(SLEEPING, {})) < len(tasks):
            await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.sleep(0)
    await leaving.close()
    assert not await database.look(text("SELECT 1 FROM pg_stat_activity WHERE application_name = 'leaving'"), {})
    assert len(await asyncio.gather(*tasks, return_exceptions=True)) == len(tasks)


async def test_no_free_connection_is_unavailable_and_passes(any_server: EmbeddedPostgres) -> None:
    database = Database(any_server.url, pool_size=1, pool_seconds=0.05)
    async with database.begin() as db:
        await db.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailable, match="no connection is free"):
            async with database.begin() as other:
                await other.execute(text("SELECT 1"))
    assert await database.check() == []
    await database.close()


async def test_too_many_connections_on_the_server_is_unavailable(any_server: EmbeddedPostgres) -> None:
    admin = make_url(any_server.url).set(username="postgres").render_as_string(hide_password=False)
    postgres, database = Database(admin), Database(any_server.url)
    async with postgres.begin() as db:
        await db.execute(text("ALTER ROLE tandem CONNECTION LIMIT 0"))
    try:
        assert await database.check() == ["database: it has too many connections"]
        with pytest.raises(DatabaseUnavailable):
            async with database.begin() as db:
                await db.execute(text("SELECT 1"))
    finally:
        async with postgres.begin() as db:
            await db.execute(text("ALTER ROLE tandem CONNECTION LIMIT -1"))
    assert await database.check() == []
    await postgres.close()
    await database.close()


async def test_connections_ended_by_the_server_are_replaced(database: Database) -> None:
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'tandem' AND pid <> "
    with pytest.raises(DatabaseUnavailable):
        async with database.begin() as victim:
            pid = (await victim.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with database.begin() as db:
                await db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await victim.execute(ADD, {"name": "a"})
    async with database.begin() as db:  # those that nobody was using notice by themselves
        await db.execute(text(others + "pg_backend_pid()"))
    for _ in range(4):
        assert await value(database) == 0


async def test_server_killed_under_load_comes_back_without_a_restart(
    any_server: EmbeddedPostgres, database: Database
) -> None:
    """What was acknowledged is there; what was not is refused as unavailable, never with another error."""
    acknowledged, refused, killed = 0, 0, any_server.pid

    async def write(until: asyncio.Event) -> None:
        nonlocal acknowledged, refused
        while not until.is_set():
            try:
                async with database.begin() as db:
                    await db.execute(ADD, {"name": "a"})
                acknowledged += 1
            except Exception as error:
                if not is_unavailable(error):
                    raise
                refused += 1
            await asyncio.sleep(0)

    enough = asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(write(enough))
        while acknowledged < 100:
            await asyncio.sleep(0)
        psutil.Process(killed).kill()
        began = time.monotonic()
        back = await asyncio.to_thread(any_server.wait, lambda: any_server.pid not in {0, killed}, 10)
        assert back
        later = acknowledged + 100
        while acknowledged < later:
            await asyncio.sleep(0)
        assert time.monotonic() - began < 10
        enough.set()
    assert refused
    assert acknowledged <= await value(database) <= acknowledged + 3  # three were under way


async def test_check_answers_in_time_though_the_server_hangs(server: EmbeddedPostgres) -> None:
    database = Database(server.url)
    assert await database.check() == []
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        reasons = await database.check()
        assert time.monotonic() - began < 3
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
    assert reasons == ["database: it does not answer within 2 s"]
    async with asyncio.timeout(10):
        while await database.check():
            await asyncio.sleep(0)
    await database.close()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://127.0.0.1:1/tandem", "database: it cannot be reached"),
        ("postgresql:///tandem?host=/nowhere/at/all", "database: it cannot be reached"),
    ],
)
async def test_check_says_why_there_is_no_server(address: str, reason: str) -> None:
    database = Database(address)
    assert await database.check() == [reason]
    with pytest.raises(DatabaseUnavailable):
        async with database.begin() as db:
            await db.execute(text("SELECT 1"))
    await database.close()


async def test_check_says_what_is_wrong_with_the_server(any_server: EmbeddedPostgres) -> None:
    address = make_url(any_server.url)
    admin = Database(address.set(username="postgres").render_as_string(hide_password=False))
    autocommit = admin.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with autocommit.connect() as connection:
        await connection.execute(text("DROP DATABASE IF EXISTS odd"))
        await connection.execute(
            text("CREATE DATABASE odd TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc")
        )
        await connection.execute(text("ALTER DATABASE odd SET default_transaction_read_only = on"))
    odd = ["database: its encoding is LATIN1, UTF8 is needed", "database: it is a read-only stand-by"]
    for changed, reasons in (
        (address.set(database="missing"), ["database: it has no database of this name"]),
        (address.set(username="stranger"), ["database: it refuses this login"]),
        (address.set(database="odd"), odd),
    ):
        database = Database(changed.render_as_string(hide_password=False))
        assert await database.check() == reasons
        await database.close()
    await admin.close()


async def test_a_rested_connection_that_lives_is_kept(server: EmbeddedPostgres) -> None:
    database = Database(server.url, rest_seconds=-1)  # so each is asked for a sign of life
    pids = set()
    for _ in range(3):
        async with database.begin() as db:
            pids.add((await db.execute(text("SELECT pg_backend_pid()"))).scalar_one())
    assert len(pids) == 1
    await database.close()


class MutePath:
    """A way to the server that can go silent without ending, as a cut network does."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.mute = False
        self.lanes = 0
        self.tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        self.server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self.target)
        self.mute = False  # the way that was cut stays silent, a new one is open
        lane = self.lanes = self.lanes + 1
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._carry(source, sink, lane))
            self.tasks.add(task)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, lane: int) -> None:
        while data := await source.read(65536):
            if lane == self.lanes and not self.mute:
                sink.write(data)
        sink.close()

    async def close(self) -> None:
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_a_silent_connection_that_rested_is_replaced_before_use(server: EmbeddedPostgres) -> None:
    address = make_url(server.url)
    path = MutePath(f"{address.query['host']}/.s.PGSQL.5432")
    port = await path.open()
    database = Database(f"postgresql://tandem@127.0.0.1:{port}/tandem", rest_seconds=0)
    assert await database.check() == []
    path.mute = True  # until somebody connects anew
    async with asyncio.timeout(5):
        async with database.begin() as db:
            assert (await db.execute(text("SELECT 7"))).scalar_one() == 7
    await database.close()
    await path.close()
