"""Each node's reader of the log: from its cursor, in order, to the hub. The only way facts reach those who watch.

A poke wakes it; a slow poll makes up for lost pokes. It waits for nothing else, and when the database is away it tries
again. At start it reads a stretch of the past so that clients who reconnect after a restart find their gap.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from core.events.catalog import AccessChanged, PersonErased
from core.events.fact import Fact
from core.events.log import last_seq, log_epoch, read_since
from core.live.hub import Hub, Message
from core.live.liveview import Delivery, LiveView, Topics, match
from core.transaction import Transactions

log = logging.getLogger(__name__)

BATCH = 500
POLL = 1.0
PAST = 5_000

Decorate = Callable[[Sequence[Fact]], Awaitable[list[Delivery]]]
Listener = Callable[[Delivery], None]


class Relay:
    def __init__(self, transactions: Transactions, hub: Hub, topics: Topics, decorate: Decorate) -> None:
        self._transactions, self._hub, self._topics, self._decorate = transactions, hub, topics, decorate
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()
        self.listeners: list[Listener] = []
        self.epoch = ""
        self.behind = False

    async def start(self) -> None:
        async with self._transactions.read() as db:
            self.epoch = await log_epoch(db)
            self._hub.floor = self._hub.seq = max(0, await last_seq(db) - PAST)
        await self.catch_up()
        self._task = asyncio.create_task(self._run(), name="relay")

    def poke(self) -> None:
        self._woken.set()

    async def catch_up(self) -> int:
        """Read to the end of the log; the `seq` reached."""
        async with self._reading:
            while True:
                async with self._transactions.read() as db:
                    facts = await read_since(db, self._hub.seq, BATCH)
                for delivery in await self._decorate(facts) if facts else ():
                    self._deliver(delivery)
                if len(facts) < BATCH:
                    return self._hub.seq

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self.catch_up()
                self.behind = False
            except Exception:
                # Whatever it was, the log is still there: be patient, be loud once, and go on from the same cursor.
                if not self.behind:
                    log.exception("the relay could not read the log")
                self.behind = True

    def _deliver(self, delivery: Delivery) -> None:
        fact = delivery.fact
        self._hub.seq = fact.seq
        if isinstance(fact.event, PersonErased) and fact.user_id:
            self._hub.forget_person(fact.user_id)
        if not fact.backfill or isinstance(fact.event, AccessChanged):
            for view in self._topics.views:
                self._show(view, delivery)
        for listener in self.listeners:
            try:
                listener(delivery)
            except Exception:
                log.exception("a listener failed", extra={"seq": fact.seq})

    def _show(self, view: LiveView[Any], delivery: Delivery) -> None:
        try:
            for topic in view.topics(delivery):
                params = match(view.pattern, topic) or {}
                name, payload = view.message(delivery, params) or ("", {})
                self._hub.publish(Message(topic, name, payload, delivery.fact.seq, delivery.fact.user_id, delivery))
        except Exception:
            # One view's mistake must not hold up the log for all the others.
            log.exception("a view failed on a fact", extra={"seq": delivery.fact.seq, "view": view.pattern})

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
