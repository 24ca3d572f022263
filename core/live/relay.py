"""Each node's reader of the log: from its cursor, in order, to the hub. The only way facts reach those who watch.

A poke wakes it; a slow poll makes up for lost pokes. It waits for nothing else, and when the database is away it tries
again. At start it reads a stretch of the past so that clients who reconnect after a restart find their gap. When the
log has another epoch than before, a backup was restored under it: all memory is dropped and it starts from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from core.events.catalog import AccessChanged, PersonErased
from core.events.log import Stated, last_seq, log_epoch, read_next
from core.live.hub import Hub, Message
from core.live.liveview import Delivery, LiveView, Topics, match
from core.transaction import Transactions

log = logging.getLogger(__name__)

BATCH = 500
POLL = 1.0
PAST = 5_000

Decorate = Callable[[Sequence[Stated]], Awaitable[list[Delivery]]]
Listener = Callable[[Delivery], None]


class Relay:
    def __init__(
        self,
        transactions: Transactions,
        hub: Hub,
        topics: Topics,
        decorate: Decorate,
        *,
        poll: float = POLL,
        past: int = PAST,
    ) -> None:
        self._transactions, self._hub, self._topics, self._decorate = transactions, hub, topics, decorate
        self.poll, self.past = poll, past
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()
        self.listeners: list[Listener] = []
        self.restarts: list[Callable[[], None]] = []
        """Called when the log has become another one: nothing that was said before holds any more."""
        self.epoch = ""
        self.behind = False

    async def start(self) -> None:
        async with self._transactions.read() as db:
            self.epoch = await log_epoch(db)
            self._hub.floor = self._hub.seq = max(0, await last_seq(db) - self.past)
        await self.catch_up()
        self._task = asyncio.create_task(self._run(), name="relay")

    def poke(self) -> None:
        self._woken.set()

    async def catch_up(self) -> int:
        """Read to the end of the log; the `seq` reached."""
        async with self._reading:
            while True:
                epoch, facts = await read_next(self._transactions.look, self._hub.seq, BATCH)
                if epoch != self.epoch:
                    await self._begin_again()
                    continue
                for delivery in await self._decorate(facts) if facts else ():
                    self._deliver(delivery)
                if len(facts) < BATCH:
                    return self._hub.seq

    async def _begin_again(self) -> None:
        async with self._transactions.read() as db:
            epoch, seq = await log_epoch(db), await last_seq(db)
        log.critical("the log has another history: beginning again", extra={"seq": seq})
        self.epoch = epoch
        self._hub.begin_again(seq)
        for restart in self.restarts:
            try:
                restart()
            except Exception:
                log.exception("a part could not begin again")

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self.poll):
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
        """Tell a view's topics. One view's mistake must not hold up the log for all the others."""
        seq = delivery.fact.seq
        try:
            topics = tuple(view.topics(delivery))
            resumable = view.resumable(delivery)
        except Exception:
            log.exception("a view failed on a fact", extra={"seq": seq, "view": view.pattern})
            topics, resumable = (), True
            self._hub.floor = seq + 1
            for topic in self._hub.known(lambda topic: match(view.pattern, topic) is not None):
                self._hub.lose(topic, seq)
        for topic in topics:
            try:
                name, payload = view.message(delivery, match(view.pattern, topic) or {}) or ("", {})
            except Exception:
                log.exception("a view failed on a fact", extra={"seq": seq, "topic": topic})
                self._hub.lose(topic, seq)
                continue
            self._hub.publish(Message(topic, name, payload, seq, delivery.fact.about, delivery, resumable=resumable))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
