"""History of presence: `presence_sessions`, one row for each connection, written in batches.

Nothing waits for it, and what is read about who is here comes from the tracker. While the database is away, changes of
the same connection melt into one and departures beyond a bound are left to the clean-up job: memory never grows.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.ids import new_id
from data.database import Database
from data.tables import PresenceRow, User

log = logging.getLogger(__name__)

EVERY = 1.0
SEEN_EVERY = 30.0
BATCH = 500
DEPARTURES = 20_000


@dataclass(slots=True)
class _Row:
    user_id: UUID
    connected_at: datetime
    seen_at: datetime
    written_at: float | None = None
    status: str = "online"
    activity: str = ""
    changed: bool = False


class PresenceStore:
    def __init__(self, database: Database, clock: Clock, departures: int = DEPARTURES) -> None:
        self._database, self._clock = database, clock
        self._departures = departures
        self._rows: dict[str, _Row] = {}
        self._gone: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self.behind = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="presence store")

    async def stop(self) -> None:
        """Write what is left, once; a database that is away now is left to the clean-up."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for session_id in list(self._rows):
            self.leave(session_id)
        await self._try()

    def enter(self, session_id: str, user_id: UUID, at: datetime) -> None:
        self._rows[session_id] = _Row(user_id, at, at)

    def touch(self, session_id: str) -> None:
        row = self._rows.get(session_id)
        if row:
            row.seen_at = self._clock.now()

    def change(self, session_id: str, status: str, activity: str) -> None:
        row = self._rows.get(session_id)
        if row and (row.status, row.activity) != (status, activity):
            row.status, row.activity, row.changed = status, activity, True

    def leave(self, session_id: str) -> None:
        row = self._rows.pop(session_id, None)
        if row and row.written_at is not None:
            self._gone[session_id] = None
            while len(self._gone) > self._departures:
                del self._gone[next(iter(self._gone))]

    @property
    def waiting(self) -> int:
        return len(self._gone) + sum(self._due(row) for row in self._rows.values())

    def _due(self, row: _Row) -> bool:
        if row.written_at is None:
            return True
        age = self._clock.monotonic() - row.written_at
        return age >= SEEN_EVERY or (row.changed and age >= EVERY)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await self._try()

    async def _try(self) -> None:
        try:
            await self.flush()
            self.behind = False
        except Exception:
            if not self.behind:
                log.warning("presence history has to wait for the database")
            self.behind = True

    async def flush(self) -> None:
        """Write everything that is due."""
        async with self._writing:
            while await self._write_batch():
                pass

    async def _write_batch(self) -> bool:
        due = [(key, row) for key, row in self._rows.items() if self._due(row)][:BATCH]
        gone = list(self._gone)[:BATCH]
        if not due and not gone:
            return False
        new = [(key, row) for key, row in due if row.written_at is None]
        old = [(key, row) for key, row in due if row.written_at is not None]
        fresh = {key for key, _ in new}
        now = self._clock.monotonic()
        for _, row in due:
            row.changed = False
        try:
            async with self._database.begin() as db:
                await _insert(db, new)
                await _update(db, old)
                if gone:
                    await db.execute(delete(PresenceRow).where(PresenceRow.session_id.in_(gone)))
        except Exception:
            for _, row in old:
                row.changed = True
            raise
        for key in gone:
            self._gone.pop(key, None)
        for key, row in due:
            row.written_at = now
            if key not in self._rows and key in fresh:
                # It left while its row was being written.
                self._gone[key] = None
        return len(due) == BATCH or len(gone) == BATCH


async def _insert(db: AsyncSession, new: list[tuple[str, _Row]]) -> None:
    if not new:
        return
    wanted = {row.user_id for _, row in new}
    # Whoever was erased meanwhile has no row to stand on.
    there = select(User.id).where(User.id.in_(wanted)).with_for_update(read=True, key_share=True)
    known = set((await db.execute(there)).scalars())
    values: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "user_id": row.user_id,
            "session_id": key,
            "status": row.status,
            "current_activity": row.activity or None,
            "connected_at": row.connected_at,
            "last_seen_at": row.seen_at,
        }
        for key, row in new
        if row.user_id in known
    ]
    if values:
        await db.execute(insert(PresenceRow).values(values).on_conflict_do_nothing(index_elements=["session_id"]))


async def _update(db: AsyncSession, old: list[tuple[str, _Row]]) -> None:
    if not old:
        return
    statement = update(PresenceRow.__table__).where(PresenceRow.session_id == bindparam("key"))  # type: ignore[arg-type]
    statement = statement.values(
        last_seen_at=bindparam("seen"), status=bindparam("said"), current_activity=bindparam("doing")
    )
    rows = [{"key": key, "seen": row.seen_at, "said": row.status, "doing": row.activity or None} for key, row in old]
    await db.execute(statement, rows)
