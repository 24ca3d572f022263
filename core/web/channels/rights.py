"""Judging open connections again: when a fact says that somebody's rights changed, and now and then in any case.

Whatever the fact was, the question is the one of the handshake: whom does a token of this person and generation name,
and what may they do? The token itself is not kept. A connection whose token is void is closed; one that may still be
open is told which of its topics are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from core.clock import Clock
from core.errors import TandemError
from core.events.catalog import (
    AccessChanged,
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonBlocked,
    PersonErased,
    PersonUnblocked,
    PersonUpdated,
)
from core.live.liveview import Delivery
from core.principal import Principal
from core.web.channels.connection import REVOKED, TRY_LATER, Connection

RIGHTS = (
    AccessChanged,
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonBlocked,
    PersonErased,
    PersonUnblocked,
    PersonUpdated,
)
EVERY = 600.0
"""Seconds after which a connection is judged again without a fact, should one have been missed."""
REMEMBERED = 60.0
AGAIN = 0.2

Judge = Callable[[UUID, int], Awaitable[Principal]]
"""Who a token of this person and generation names now; an error when it opens nothing any more."""


class Rights:
    def __init__(
        self,
        judge: Judge,
        clock: Clock,
        connections_of: Callable[[UUID], Sequence[Connection]],
        changed: Callable[[Connection, Principal], None],
        forget: Callable[[UUID], None],
        erased: Callable[[UUID], None],
    ) -> None:
        self.ask = judge
        self._clock, self._connections_of, self._changed = clock, connections_of, changed
        self._forget, self._erased = forget, erased
        self._judging: dict[UUID, asyncio.Task[None]] = {}
        self._told: dict[UUID, float] = {}

    def on_fact(self, delivery: Delivery) -> None:
        """What the relay calls for every fact."""
        fact = delivery.fact
        if not isinstance(fact.event, RIGHTS) or fact.user_id is None:
            return
        concerned = [fact.user_id]
        if isinstance(fact.event, PersonBlocked | PersonUnblocked):
            concerned.append(fact.event.blocked_id)
        for user_id in concerned:
            self._told[user_id] = self._clock.monotonic()
            self._forget(user_id)
            if isinstance(fact.event, PersonErased):
                self._erased(user_id)
                close_all(self._connections_of(user_id))
            elif self._connections_of(user_id):
                self.judge_soon(user_id)

    @property
    def settled(self) -> bool:
        """Whether nobody waits to be judged."""
        return not self._judging

    def changed_since(self, user_id: UUID, asked_at: float) -> bool:
        """Whether a look at somebody's token may have been too early."""
        return self._told.get(user_id, float("-inf")) >= asked_at

    def tick(self, connection: Connection, user_id: UUID, now: float) -> None:
        if now - connection.judged_at >= EVERY:
            connection.judged_at = now
            self.judge_soon(user_id, patient=True)

    def forget_old(self, now: float) -> None:
        self._told = {user_id: at for user_id, at in self._told.items() if now - at < REMEMBERED}

    def judge_soon(self, user_id: UUID, patient: bool = False) -> None:
        """Have a person's connections judged; what is asked meanwhile is judged after that."""
        running = self._judging.get(user_id)
        task = asyncio.create_task(self._judge_after(running, user_id, patient), name="judge connections")
        self._judging[user_id] = task
        task.add_done_callback(lambda done: self._judging.pop(user_id) if self._judging.get(user_id) is done else None)

    async def _judge_after(self, running: asyncio.Task[None] | None, user_id: UUID, patient: bool) -> None:
        if running:
            await asyncio.wait({running})
        await self.judge(user_id, patient)

    async def judge(self, user_id: UUID, patient: bool = False) -> None:
        """Look again at who somebody is and what they may hear; close what no longer stands.

        What cannot be judged now is shut too, and judged when it comes back; unless one is `patient`.
        """
        for connection in self._connections_of(user_id):
            connection.judged_at = self._clock.monotonic()
            try:
                principal = await self._asked(user_id, connection.principal.generation)
            except TandemError as error:
                if not error.temporary:
                    connection.close(REVOKED, "signed out")
                elif not patient:
                    connection.close(TRY_LATER)
                continue
            if not connection.closed:
                before, connection.principal = connection.principal, principal
                self._changed(connection, before)

    async def _asked(self, user_id: UUID, generation: int) -> Principal:
        """Who they are now; a database that is away is given three tries."""
        for _ in range(2):
            try:
                return await self.ask(user_id, generation)
            except TandemError as error:
                if not error.temporary:
                    raise
            await asyncio.sleep(AGAIN)
        return await self.ask(user_id, generation)

    async def stop(self) -> None:
        tasks = list(self._judging.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def close_all(connections: Sequence[Connection], code: int = REVOKED, reason: str = "signed out") -> int:
    for connection in connections:
        connection.close(code, reason)
    return len(connections)
