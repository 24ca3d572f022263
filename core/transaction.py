"""One change of state: rows and facts together, or neither.

A command gets a `Transaction`, writes rows through `tx.db` and states facts with `tx.emit`. Facts are buffered and
appended as the very last statements before the commit; after it, the nodes are poked to read them. `Transactions` also
runs a command again when the database asks for that (deadlock, serialisation), and says `unavailable` when it is away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import ClauseElement, Executable, Row
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.errors import Unavailable
from core.events.catalog import Event, check
from core.events.fact import OWN, SIMULATOR, Draft, Fact
from core.events.log import append
from core.principal import Principal
from data.database import Database, is_conflict, is_unavailable

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 4


class Transaction:
    def __init__(self, db: AsyncSession, actor: Principal, clock: Clock) -> None:
        self.db = db
        self.actor = actor
        self.clock = clock
        self.now: datetime = clock.now()
        self.facts: list[Fact] = []
        """What was appended; filled when the block ends."""
        self.source = SIMULATOR if actor.simulated else OWN
        """Where its facts come from: whatever somebody simulated does is labelled, by whichever command."""
        self._drafts: list[Draft] = []
        self._stamps: list[str] = []

    def emit(self, event: Event, *, at: datetime | None = None, **envelope: Any) -> UUID:
        """State a fact; it becomes true when this transaction commits. Returns its id."""
        check(event)
        draft = Draft(event=event, at=at or self.now, **{"source": self.source, **envelope})
        self._drafts.append(draft)
        return draft.event_id

    def drafted(self, event_id: UUID) -> Draft:
        """A fact of this transaction, before it is appended."""
        return next(draft for draft in reversed(self._drafts) if draft.event_id == event_id)

    def stamp(self, write: str) -> None:
        """Have rows of this transaction told their facts' `seq` by this SQL, which is run with the append and finds
        there `appended (seq, event_id, type, properties)`. What is not the transaction's own must not be in it.

        Only rows that this transaction inserted may be touched there: waiting for others would hold up the log.
        """
        if write not in self._stamps:
            self._stamps.append(write)

    async def finish(self) -> None:
        await self.db.flush()
        if not self._drafts:
            return
        self.facts = await append(self.db, self._drafts, self.clock.now(), self._stamps)


class Transactions:
    def __init__(self, database: Database, clock: Clock, poke: Callable[[], None]) -> None:
        self.database = database
        self.clock = clock
        self._poke = poke

    @asynccontextmanager
    async def __call__(self, actor: Principal) -> AsyncIterator[Transaction]:
        try:
            async with self.database.begin() as db:
                tx = Transaction(db, actor, self.clock)
                yield tx
                await tx.finish()
        except Exception as error:
            if is_unavailable(error):
                raise Unavailable from error
            raise
        if tx.facts:
            self._poke()

    async def run(
        self,
        actor: Principal,
        command: Callable[Concatenate[Transaction, P], Awaitable[R]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run one command in a transaction of its own, again if the database found it in another's way."""
        for attempt in range(TRIES):
            try:
                async with self(actor) as tx:
                    result = await command(tx, *args, **kwargs)
                return result
            except Exception as error:
                if not is_conflict(error):
                    raise
                if attempt == TRIES - 1:
                    raise Unavailable from error
        raise AssertionError("unreachable")

    async def look(self, question: Executable, given: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """The answers to one question, for which a transaction would cost more than the answers."""
        try:
            return await self.database.look(question, given)
        except Exception as error:
            if is_unavailable(error):
                raise Unavailable from error
            raise

    async def fetch(self, question: ClauseElement, *given: Any) -> Sequence[Sequence[Any]]:
        """The same for what a crowd asks: plain values by their place."""
        try:
            return await self.database.fetch(question, *given)
        except Exception as error:
            if is_unavailable(error):
                raise Unavailable from error
            raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Read a consistent picture: one REPEATABLE READ, READ ONLY transaction."""
        try:
            async with self.database.snapshot() as db:
                yield db
        except Exception as error:
            if is_unavailable(error):
                raise Unavailable from error
            raise
