"""Which node leads: the one that holds a PostgreSQL advisory lock, for as long as its connection lives.

The lock belongs to a connection that does nothing else, outside the pool. When that connection dies, with its process,
its machine or by the server's hand, the lock is free and another node has it within a few seconds; and the node that
lost it hears of it at once. A node that hangs is cut off by the server after a while (`idle_session_timeout`), one
whose network is gone by TCP keep-alive. The lease says who should do the work; that work is done once is up to its
claim, since for a moment two nodes may think they lead.

The connection must reach PostgreSQL itself, or a pooler that keeps sessions: the lock is looked for at every check.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from data.database_url import normalise

log = logging.getLogger(__name__)

LEADER_LOCK = 0x7A4D_0010
"""The lock's number; the log has another."""

CHECK = 2.0
HANGING = 15.0

_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_STILL = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
    " AND ((classid::bigint << 32) | objid::bigint) = :key)"
)

OnChange = Callable[[bool], None]


class Lease:
    def __init__(
        self,
        url: str,
        *,
        key: int = LEADER_LOCK,
        check: float = CHECK,
        hanging: float = HANGING,
        still: TextClause = _STILL,
    ) -> None:
        self._still = still
        address, arguments = normalise(url)
        settings = {
            "application_name": "tandem lease",
            **arguments.pop("server_settings", {}),
            "idle_session_timeout": f"{round(hanging * 1000)}ms",
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
        }
        self._engine = create_async_engine(
            address,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"timeout": 5.0, "command_timeout": 5.0, **arguments, "server_settings": settings},
        )
        self._key, self._check = key, check
        self._task: asyncio.Task[None] | None = None
        self._on_change: OnChange | None = None
        self._complained = False
        self.held = False

    async def start(self, on_change: OnChange) -> None:
        """Begin to strive for the lease; `on_change` is told when it is won and when it is lost."""
        self._on_change = on_change
        self._task = asyncio.create_task(self._strive(), name="lease")

    async def stop(self) -> None:
        """Give the lease back, so that another node can have it at once."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._engine.dispose()

    async def _strive(self) -> None:
        while True:
            try:
                async with self._connection() as (connection, closed):
                    self._complained = False
                    await self._hold(connection, closed)
            except (OSError, TimeoutError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if not self._complained:
                    log.warning("the lease has to wait for the database", extra={"error": type(error).__name__})
                self._complained = True
            finally:
                self._tell(False)
            await asyncio.sleep(self._check)

    async def _hold(self, connection: AsyncConnection, closed: asyncio.Event) -> None:
        """Wait for the lock, then keep it until it is lost."""
        given = {"key": self._key}
        while not (await connection.execute(_TAKE, given)).scalar_one():
            await _pause(closed, self._check)
        try:
            self._tell(True)
            while not closed.is_set() and (await connection.execute(self._still, given)).scalar_one():
                await _pause(closed, self._check)
        finally:
            # Closing the connection, which follows at once, gives the lock back.
            self._tell(False)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[AsyncConnection, asyncio.Event]]:
        """A connection, and an event that says that it is closed."""
        connection = await self._engine.connect()
        closed = asyncio.Event()
        try:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            driver.add_termination_listener(lambda _: closed.set())
            yield connection, closed
        finally:
            try:
                await connection.close()
            except (OSError, DBAPIError, asyncpg.InterfaceError):
                log.debug("the lease's connection was closed already")

    def _tell(self, held: bool) -> None:
        if held == self.held:
            return
        self.held = held
        log.info("this node leads" if held else "this node no longer leads")
        if self._on_change:
            self._on_change(held)


async def _pause(closed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await closed.wait()
    except TimeoutError:
        pass
