"""History of presence: `presence_sessions`, one row for each connection, written in batches.

Nothing waits for it, and what is read about who is here comes from the tracker. While the database is away, changes of
the same connection melt into one and departures beyond a bound are left to the clean-up job: memory never grows. A row
says on which node its connection is: when a node dies, the others take its rows away, and whatever else took one away
that is still true, it is written again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Executable,
    Table,
    TableValuedAlias,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock, Steps
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
    subject: str = ""
    changed: bool = True


TABLE = cast(Table, PresenceRow.__table__)

# Each statement is one text however many rows it is about, with an array for each column: one that grew with its rows
# would be made, and kept, anew for every number of them.

VALUES: dict[str, Callable[[str, _Row], Any]] = {
    "id": lambda _key, _row: new_id(),
    "user_id": lambda _key, row: row.user_id,
    "session_id": lambda key, _row: key,
    "subject_id": lambda _key, row: row.subject or None,
    "status": lambda _key, row: row.status,
    "current_activity": lambda _key, row: row.activity or None,
    "connected_at": lambda _key, row: row.connected_at,
    "last_seen_at": lambda _key, row: row.seen_at,
}
SAID = ("status", "current_activity", "subject_id", "last_seen_at")


def _rows_of(*names: str) -> TableValuedAlias:
    """Arrays, one of each column, as rows."""
    arrays = [bindparam(f"all_{name}", type_=ARRAY(TABLE.c[name].type)) for name in names]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()


def _save_statement() -> Executable:
    given = _rows_of(*VALUES)
    details = bindparam("details", type_=TABLE.c["metadata"].type)
    new = insert(TABLE).from_select([*VALUES, "metadata"], select(*given.c, details))
    return new.on_conflict_do_update(index_elements=["session_id"], set_={name: new.excluded[name] for name in SAID})


def _seen_statement() -> Executable:
    seen = _rows_of("session_id", "last_seen_at")
    return (
        update(PresenceRow)
        .where(PresenceRow.session_id == seen.c.session_id)
        .values(last_seen_at=seen.c.last_seen_at)
        .returning(PresenceRow.session_id)
        .execution_options(synchronize_session=False)
    )


THERE = (
    select(User.id)
    .where(User.id == any_(bindparam("users", type_=ARRAY(Uuid))))
    .order_by(User.id)
    .with_for_update(read=True, key_share=True)
)
SAVE, SEEN = _save_statement(), _seen_statement()
GONE = delete(PresenceRow).where(PresenceRow.session_id == any_(bindparam("keys", type_=ARRAY(Text))))


class PresenceStore:
    def __init__(self, database: Database, clock: Clock, departures: int = DEPARTURES) -> None:
        self._database, self._clock = database, Steps(clock)
        self._departures = departures
        self.node = ""
        self._rows: dict[str, _Row] = {}
        """Who was written longest ago first."""
        self._changed: dict[str, _Row] = {}
        self._gone: dict[str, None] = {}
        self._dead_nodes: set[str] = set()
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
        self._rows[session_id] = self._changed[session_id] = _Row(user_id, at, at)

    def touch(self, session_id: str) -> None:
        row = self._rows.get(session_id)
        if row:
            row.seen_at = self._clock.now()

    def change(self, session_id: str, status: str, activity: str, subject: str = "") -> None:
        row = self._rows.get(session_id)
        if row and (row.status, row.activity, row.subject) != (status, activity, subject):
            row.status, row.activity, row.subject, row.changed = status, activity, subject, True
            self._changed[session_id] = row

    def leave(self, session_id: str) -> None:
        row = self._rows.pop(session_id, None)
        self._changed.pop(session_id, None)
        if row and row.written_at is not None:
            self._gone[session_id] = None
            while len(self._gone) > self._departures:
                del self._gone[next(iter(self._gone))]

    def forget_node(self, node: str) -> None:
        """A node died: nobody else will take its rows away."""
        self._dead_nodes.add(node)

    @property
    def waiting(self) -> int:
        return len(self._gone) + len(self._changed)

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

    def _seen(self, now: float) -> list[tuple[str, _Row]]:
        """Those of whom nothing but a sign of life is to be written, and of whom none was for a while."""
        found: list[tuple[str, _Row]] = []
        for key, row in self._rows.items():
            if row.written_at is None or row.changed:
                continue
            if now - row.written_at < SEEN_EVERY or len(found) == BATCH:
                break
            found.append((key, row))
        return found

    async def _write_batch(self) -> bool:
        now = self._clock.monotonic()
        changed = [(key, self._changed[key]) for key in list(self._changed)[:BATCH]]
        seen, gone, dead = self._seen(now), list(self._gone)[:BATCH], set(self._dead_nodes)
        if not (changed or seen or gone or dead):
            return False
        fresh = {key for key, row in changed if row.written_at is None}
        for key, row in changed:
            row.changed = False
            self._changed.pop(key, None)
        try:
            async with self._database.begin() as db:
                await self._save(db, changed)
                missing = await _save_seen(db, seen)
                if gone:
                    await db.execute(GONE, {"keys": gone})
                if dead:
                    await db.execute(delete(PresenceRow).where(PresenceRow.details["node"].astext.in_(dead)))
        except Exception:
            self._again(changed)
            raise
        self._dead_nodes -= dead
        for key in gone:
            self._gone.pop(key, None)
        for key, row in (*changed, *seen):
            row.written_at = now
            if key in self._rows:
                self._rows[key] = self._rows.pop(key)
            elif key in fresh:
                # It left while its row was being written.
                self._gone[key] = None
        self._again([(key, row) for key, row in seen if key in missing])
        return BATCH in (len(changed), len(seen), len(gone))

    def _again(self, rows: list[tuple[str, _Row]]) -> None:
        for key, row in rows:
            if key in self._rows:
                row.changed = True
                self._changed[key] = row

    async def _save(self, db: AsyncSession, rows: list[tuple[str, _Row]]) -> None:
        if not rows:
            return
        # Whoever was erased meanwhile has no row to stand on.
        known = set((await db.execute(THERE, {"users": list({row.user_id for _, row in rows})})).scalars())
        kept = [(key, row) for key, row in rows if row.user_id in known]
        if kept:
            given: dict[str, Any] = {
                f"all_{name}": [value(key, row) for key, row in kept] for name, value in VALUES.items()
            }
            await db.execute(SAVE, given | {"details": {"node": self.node}})


async def _save_seen(db: AsyncSession, rows: list[tuple[str, _Row]]) -> set[str]:
    """Signs of life, in one statement; which rows were not there."""
    if not rows:
        return set()
    keys = [key for key, _ in rows]
    given = {"all_session_id": keys, "all_last_seen_at": [row.seen_at for _, row in rows]}
    return set(keys) - set((await db.execute(SEEN, given)).scalars())
