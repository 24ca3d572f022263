"""Durable consequences of facts, each exactly once.

A reaction is a function with a name, the types it answers and where it starts (`head`: from now on; `beginning`: the
whole log). Its cursor moves in the transaction of its effect, so a crash between the two cannot be. Five failures on
one fact park it in `parked_events` and the rest goes on; a temporary error is no failure, the reaction waits. A
reaction never calls the outside world.

One question tells which reactions have something to do, so that quiet costs next to nothing and a fact costs those whom
it concerns. While there is much to do, facts gather for a moment and are taken in fewer, larger transactions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from core.errors import TandemError, Unavailable
from core.events.catalog import Event, Unreadable
from core.events.fact import OWN, SIMULATOR, Fact
from core.events.log import last_seq, read_since
from core.principal import SYSTEM
from core.transaction import Transaction, Transactions
from data.database import is_conflict
from data.tables import EventRow, ParkedEvent, ReactionCursor

log = logging.getLogger(__name__)

BATCH = 100
TRIES = 5
POLL = 1.0
PACE = 0.1
"""Seconds between two beginnings at least."""
AFTER = 0.04
"""Seconds by which those who watch come first: a fact goes out to them, and then what follows from it is made."""
REST = 0.5
"""Seconds for which others have their turn at most, after a drain that took as long: facts gather meanwhile."""
LAG = 1_000
"""So far behind the head a cursor may stay that meets none of its types: the log is only cut off below all cursors."""

# Those with facts of their types after their cursor, with a failure behind them, or far behind the head.
DUE = text(
    """
    SELECT cursor.name
    FROM reaction_cursors AS cursor, (SELECT COALESCE(MAX(seq), 0) AS seq FROM event_log) AS head
    WHERE cursor.name = ANY(:names)
        AND (cursor.tries > 0 OR head.seq - cursor.seq >= :lag OR (head.seq > cursor.seq AND EXISTS (
            SELECT FROM event_log AS fact
            WHERE fact.seq > cursor.seq AND (cursor.name, fact.type) IN (SELECT * FROM UNNEST(:names, :types)))))
    """
).bindparams(
    bindparam("names", type_=ARRAY(Text)), bindparam("types", type_=ARRAY(Text)), bindparam("lag", type_=BigInteger)
)

HEAD = select(func.coalesce(func.max(EventRow.seq), 0)).scalar_subquery()

React = Callable[[Transaction, Fact], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reaction:
    name: str
    on: tuple[type[Event], ...]
    react: React
    starts: Literal["head", "beginning"] = "head"


class Reactions:
    """Runs the registered reactions on this node; several nodes share the work through the cursors' row locks."""

    def __init__(self, transactions: Transactions, registry: Iterable[Reaction], *, poll: float = POLL) -> None:
        self._transactions, self.poll = transactions, poll
        self.registry = tuple(registry)
        pairs = [(reaction.name, event.type) for reaction in self.registry for event in reaction.on]
        self._question = {"names": [name for name, _ in pairs], "types": [type for _, type in pairs], "lag": LAG}
        self._woken, self._draining = asyncio.Event(), asyncio.Lock()
        self._limits: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._moved = False
        """Whether a cursor went on since this was last asked."""
        self.parked = 0

    async def start(self) -> None:
        async with self._transactions(SYSTEM) as tx:
            head = await last_seq(tx.db)
            first = [{"name": one.name, "seq": head if one.starts == "head" else 0} for one in self.registry]
            if first:
                await tx.db.execute(insert(ReactionCursor).values(first).on_conflict_do_nothing())
        self._task = asyncio.create_task(self._run(), name="reactions")

    def poke(self) -> None:
        self._woken.set()

    async def _run(self) -> None:
        loop, began, spent = asyncio.get_running_loop(), float("-inf"), 0.0
        while True:
            try:
                async with asyncio.timeout(self.poll):
                    await self._woken.wait()
            except TimeoutError:
                pass
            await asyncio.sleep(max(AFTER, began + PACE - loop.time(), min(spent, REST)))
            self._woken.clear()
            began = loop.time()
            await self.drain()
            spent = loop.time() - began

    async def drain(self) -> None:
        """Let every reaction catch up with the log, and with what others state meanwhile."""
        async with self._draining:
            self._moved = True
            while self._moved:
                self._moved = False
                for reaction in await self._due():
                    try:
                        while await self._batch(reaction):
                            pass
                    except Exception:
                        log.warning("a reaction has to wait", extra={"reaction": reaction.name}, exc_info=True)

    async def _due(self) -> list[Reaction]:
        """Those that have something to do."""
        try:
            found = {row.name for row in await self._transactions.look(DUE, self._question)}
        except Exception:
            log.warning("reactions have to wait", exc_info=True)
            return []
        return [reaction for reaction in self.registry if reaction.name in found]

    async def _batch(self, reaction: Reaction) -> bool:
        """One transaction of work; whether there may be more."""
        limit, facts, done = self._limits.pop(reaction.name, BATCH), list[Fact](), 0
        try:
            async with self._transactions(SYSTEM) as tx:
                cursor, head = await self._claim(tx, reaction)
                if cursor is None:
                    return False
                limit = 1 if cursor.tries else limit
                facts = await read_since(tx.db, cursor.seq, limit, [e.type for e in reaction.on])
                for fact in facts:
                    await _react(tx, reaction, fact)
                    done += 1
                if facts:
                    cursor.seq, cursor.tries = facts[-1].seq, 0
                if len(facts) < limit and head - cursor.seq >= LAG:
                    # What was read after the head was known held none of its own up to there.
                    cursor.seq = head
            self._moved = self._moved or bool(facts)
            return len(facts) == limit
        except Exception as error:
            if is_conflict(error):
                return True
            if 0 < done < len(facts):
                # All of it was rolled back. Those before the one at fault go first, and then it stands alone.
                self._limits[reaction.name] = done
                return True
            if not facts or (isinstance(error, TandemError) and error.temporary):
                raise
            if done > 1:
                # It went wrong at the very end, and which of them did it shows when there are fewer.
                self._limits[reaction.name] = done // 2
                return True
            return await self._failed(reaction, facts[0], error)

    async def _claim(self, tx: Transaction, reaction: Reaction) -> tuple[ReactionCursor | None, int]:
        """The cursor, locked, and the head of the log as it was then; None while another node works on this one."""
        wanted = select(ReactionCursor, HEAD).where(ReactionCursor.name == reaction.name)
        row = (await tx.db.execute(wanted.with_for_update(skip_locked=True, of=ReactionCursor))).one_or_none()
        return (row[0], row[1]) if row else (None, 0)

    async def _failed(self, reaction: Reaction, fact: Fact, error: Exception) -> bool:
        """Count the failure; from the first on, facts go one by one, and the fifth parks the one at fault."""
        async with self._transactions(SYSTEM) as tx:
            cursor, _ = await self._claim(tx, reaction)
            if cursor is None:
                return False
            if cursor.seq >= fact.seq:
                return True
            cursor.tries += 1
            if cursor.tries < TRIES:
                return True
            cursor.seq, cursor.tries = fact.seq, 0
            parked = {"reaction": reaction.name, "seq": fact.seq, "error": repr(error)[:500], "parked_at": tx.now}
            await tx.db.execute(insert(ParkedEvent).values(parked).on_conflict_do_nothing())
        self.parked += 1
        log.error("a reaction parked a fact", extra={"reaction": reaction.name, "seq": fact.seq})
        return True

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def _react(tx: Transaction, reaction: Reaction, fact: Fact) -> None:
    if isinstance(fact.event, Unreadable):
        if fact.event.newer:
            raise Unavailable(fact.event.reason)
        raise ValueError(fact.event.reason)
    # What follows from something simulated is simulated.
    tx.source = SIMULATOR if fact.source == SIMULATOR else OWN
    await reaction.react(tx, fact)
