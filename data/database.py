"""PostgreSQL as the rest of Tandem sees it: a pool of connections and two kinds of transaction.

`begin()` changes state (READ COMMITTED, committed when the block ends); `snapshot()` reads one consistent picture
(REPEATABLE READ, READ ONLY). The database may go away and come back: what was under way fails as unavailable, and the
next transaction finds a living connection without anybody's help. `check()` says why the database is not ready, within
two seconds whatever happens. `is_unavailable` and `is_conflict` tell what trying again can mend from what it cannot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg
import msgspec
from sqlalchemy import ClauseElement, Executable, Row, event, func, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool
from sqlalchemy.util import await_only

from data.database_url import normalise

OLDEST = 15
CHECK_SECONDS = 2.0
CONNECT_SECONDS = 5.0
SIGN_SECONDS = 1.0
BACK_SECONDS = 2.0
REST_SECONDS = 5.0
"""A connection that rested longer is asked for a sign of life before it is used."""

CONFLICTS = frozenset({"40001", "40P01"})
READ_ONLY = "25006"
# Connection lost, resources exhausted (disk, memory, connections), shutting down or starting, input and output errors,
# idle for too long; and a writer that has become a read-only stand-by.
AWAY = ("08", "53", "57P", "58", "25P03", READ_ONLY)


class DatabaseUnavailable(Exception):
    """The database cannot be reached, or went away in the middle; trying again later helps."""


def _state(error: BaseException) -> str:
    """Return PostgreSQL's own code for what went wrong, if it was PostgreSQL that said so."""
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return state if isinstance(state, str) else ""


def is_conflict(error: BaseException) -> bool:
    """Whether two transactions got in each other's way, so that running this one again will do."""
    return _state(error) in CONFLICTS


def is_broken_rule(error: BaseException) -> bool:
    """Whether rows would have broken a rule of their tables, such as naming somebody who is not there any more."""
    return _state(error).startswith("23")


def is_unavailable(error: BaseException) -> bool:
    """Whether the database, not the request, is at fault, and later is better."""
    if isinstance(error, DatabaseUnavailable | PoolTimeout | ConnectionError):
        return True
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, InterfaceError)):
        return True
    if isinstance(error, asyncpg.InterfaceError):
        return True
    return _state(error).startswith(AWAY)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn the many ways a database has of being away into one."""
    try:
        yield
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if is_unavailable(error):
            raise DatabaseUnavailable(explain(error)) from error
        raise


def explain(error: BaseException) -> str:
    """Say in a few words what is wrong, without addresses, names or secrets."""
    if isinstance(error, DatabaseUnavailable) and error.args:
        return str(error)
    if isinstance(error, PoolTimeout):
        return "no connection is free"
    state = _state(error)
    by_state = {
        "28": "it refuses this login",
        "3D": "it has no database of this name",
        "53100": "its disk is full",
        "53300": "it has too many connections",
        "57P": "it is starting or stopping",
        READ_ONLY: "it is a read-only stand-by",
    }
    for start, words in by_state.items():
        if state.startswith(start):
            return words
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return "it cannot be reached" if isinstance(error, OSError) or is_unavailable(error) else "it answers with an error"


def _connect(dialect: Any, _record: ConnectionPoolEntry, cargs: list[Any], cparams: dict[str, Any]) -> DBAPIConnection:
    try:
        connection: DBAPIConnection = dialect.connect(*cargs, **cparams)
    except OSError as error:
        raise DatabaseUnavailable(explain(error)) from error
    return connection


PLAN_ONCE = func.set_config("plan_cache_mode", "force_generic_plan", True)
"""Asked for beside anything else: until the transaction ends, plans are made once for each connection and statement.

For statements that are found by their indexes whatever they are given, and that take longer to plan than to run."""


async def at_length(db: AsyncSession, statement: ClauseElement, given: Mapping[str, Any], seconds: float) -> Any:
    """The one value of a statement that may take longer than the others of its transaction are given."""
    connection = await db.connection()
    compiled: Any = statement.compile(dialect=connection.dialect)
    values = compiled.construct_params(given)
    arguments = [values[name] for name in compiled.positiontup]
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return await driver.fetchval(str(compiled), *arguments, timeout=seconds)


class Database:
    """One database and this process's connections to it."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        echo: bool = False,
        command_timeout: float = 60.0,
        application_name: str = "tandem",
        rest_seconds: float = REST_SECONDS,
        pool_seconds: float = CONNECT_SECONDS,
    ) -> None:
        address, arguments = normalise(url)
        settings = {"application_name": application_name, "TimeZone": "UTC", **arguments.pop("server_settings", {})}
        self.engine: AsyncEngine = create_async_engine(
            address,
            pool_size=pool_size,
            # None beyond those that are kept: to close one when it is given back takes time, in a task that may end.
            max_overflow=0,
            pool_timeout=pool_seconds,
            pool_use_lifo=True,
            echo=echo,
            hide_parameters=True,  # they are people's, and errors are logged
            isolation_level="READ COMMITTED",
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": command_timeout,
                **arguments,
                "server_settings": settings,
            },
        )
        event.listen(self.engine.sync_engine, "do_connect", _connect)
        event.listen(self.engine.sync_engine, "checkout", self._awake)
        event.listen(self.engine.sync_engine, "checkin", self._rested)
        reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._looks = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writers = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._readers = async_sessionmaker(reader, expire_on_commit=False, autoflush=False)
        self._rest_seconds = rest_seconds
        self._texts: WeakKeyDictionary[ClauseElement, str] = WeakKeyDictionary()
        self._abandoned: set[asyncio.Task[list[str]]] = set()
        self._given_back = asyncio.Event()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction; it commits when the block ends and rolls back when the block raises."""
        with _told_apart():
            async with self._writers() as db, db.begin():
                yield db

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Open a picture of the database as it is at the first question; nothing can be written through it."""
        with _told_apart():
            async with self._readers() as db, db.begin():
                try:
                    yield db
                except DBAPIError as error:
                    if _state(error) == READ_ONLY:
                        raise TypeError("a snapshot cannot be written to") from error
                    raise

    async def look(self, question: Executable, given: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """The answers to one question, which sees the present as it is put: one way to the database, where a
        transaction takes three."""
        with _told_apart():
            connection = await self._looks.connect()
            try:
                return (await connection.execute(question, given)).all()
            finally:
                # Here and now: what the library would leave to a task of its own is lost when the loop ends first.
                await connection.close()

    async def fetch(self, question: ClauseElement, *given: Any) -> list[asyncpg.Record]:
        """The same as `look` for what a crowd asks: put by the driver itself, in half the time. Its parameters are
        given in their order, and rows hold plain values by their place: no JSON, which the driver does not read."""
        with _told_apart():
            connection = await self.engine.raw_connection()
            try:
                driver: Any = connection.driver_connection
                found: list[asyncpg.Record] = await driver.fetch(self._text_of(question), *given)
            finally:
                # The driver calls back what was given up, and puts nothing else before that is done.
                connection.close()
            return found

    def _text_of(self, question: ClauseElement) -> str:
        text = self._texts.get(question)
        if text is None:
            text = self._texts[question] = str(question.compile(dialect=self.engine.dialect))
        return text

    async def check(self) -> list[str]:
        """Name the reasons why this database cannot serve; none means ready. Takes two seconds at most."""
        task = asyncio.create_task(self._questions())
        done, _ = await asyncio.wait({task}, timeout=CHECK_SECONDS)
        if not done:
            # A server that hangs also keeps the cancelled question waiting: leave it behind.
            task.cancel()
            self._abandoned.add(task)
            task.add_done_callback(self._abandoned.discard)
            return [f"database: it does not answer within {CHECK_SECONDS:g} s"]
        return task.result()

    async def _questions(self) -> list[str]:
        question = text(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),"
            " current_setting('transaction_read_only')"
        )
        try:
            async with self.engine.connect() as connection:
                version, encoding, read_only = (await connection.execute(question)).one()
        except Exception as error:
            return [f"database: {explain(error)}"]
        reasons = []
        if version < OLDEST * 10000:
            reasons.append(f"database: PostgreSQL {version // 10000} is too old, {OLDEST} or newer is needed")
        if encoding != "UTF8":
            reasons.append(f"database: its encoding is {encoding}, UTF8 is needed")
        if read_only == "on":
            reasons.append("database: it is a read-only stand-by")
        return reasons

    def _rested(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rested"] = monotonic()
        self._given_back.set()

    def _awake(self, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        """Refuse a dead connection before it is used; the pool then drops all that are as old and makes a new one.

        The driver learns of most deaths by itself, which costs nothing to ask; only one that rested is sent a question.
        """
        driver = connection.driver_connection
        if driver.is_closed():
            raise InvalidatePoolError
        if monotonic() - record.info.get("rested", monotonic()) > self._rest_seconds:
            try:
                await_only(driver.execute("SELECT 1", timeout=SIGN_SECONDS))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise InvalidatePoolError from error

    async def close(self) -> None:
        """Close every connection; one that is in use has two seconds to come back.

        Work that was given up gives its connection back in a task of the library's own, which takes a moment.
        """
        for task in self._abandoned:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(BACK_SECONDS):
                while isinstance(self.engine.pool, QueuePool) and self.engine.pool.checkedout():
                    self._given_back.clear()
                    await self._given_back.wait()
        await self.engine.dispose()
