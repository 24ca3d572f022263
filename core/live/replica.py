"""A LiveView's state, kept current on this node for everybody here who watches its topic.

The first to ask takes the snapshot; those who ask meanwhile wait for the same one; after that, joining costs nothing.
A state is immutable, so sockets and pages share it. When nobody has watched for a while the replica is let go.

Order: subscribe, then snapshot, then drop what the snapshot already holds. A change that the reducer cannot apply is
answered with a new snapshot, which watchers get as a message called `snapshot`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from core.clock import Clock
from core.errors import NotFound
from core.events.log import last_seq
from core.live.hub import Hub, Message
from core.live.liveview import RESYNC, LiveView, Topics
from core.transaction import Transactions

log = logging.getLogger(__name__)

LINGER = 30.0

OnChange = Callable[[Any, Message], None]


class Replica:
    def __init__(self, topic: str, view: LiveView[Any], params: dict[str, str], transactions: Transactions) -> None:
        self.topic, self.view, self.params = topic, view, params
        self.state: Any = None
        self.seq = -1
        self.idle_since: float | None = None
        self.watchers: list[OnChange] = []
        self._transactions = transactions
        self._pending: list[Message] | None = []
        self._loading: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def fresh(self) -> bool:
        return self._pending is None

    def open(self, hub: Hub) -> None:
        self._hub = hub
        self._unsubscribe = hub.subscribe(self.topic, self._on_message)

    async def ready(self) -> None:
        """Wait until the state is current; everybody who waits shares one reading of the database."""
        while not self.fresh:
            if self._loading is None or self._loading.done():
                self._loading = asyncio.create_task(self._load(), name=f"snapshot {self.topic}")
            await asyncio.shield(self._loading)

    async def _load(self) -> None:
        if self._pending is None:
            self._pending = []
        async with self._transactions.read() as db:
            seq = await last_seq(db)
            state = await self.view.snapshot(db, self.params)
        pending, self._pending = self._pending, None
        self.state, self.seq = state, seq
        for message in pending or ():
            self._on_message(message)

    def _on_message(self, message: Message) -> None:
        if self._pending is not None:
            self._pending.append(message)
            return
        if message.delivery is None or message.seq is None or message.seq <= self.seq:
            return
        state = self.view.apply(self.state, message.delivery, self.params)
        if state is RESYNC:
            self._resync()
            return
        self.state, self.seq = state, message.seq
        self._tell(message)

    def _resync(self) -> None:
        """Take a new snapshot and hand it to everybody; what came before it is no longer offered as a gap."""
        self._pending = []
        self._hub.forget(self.topic)
        self._loading = asyncio.create_task(self._reload(), name=f"resync {self.topic}")

    async def _reload(self) -> None:
        while True:
            try:
                await self._load()
                break
            except Exception:
                log.warning("a snapshot has to wait", extra={"topic": self.topic})
                await asyncio.sleep(1)
        if self.fresh:
            message = Message(self.topic, "snapshot", {"snapshot": self.view.wire(self.state)}, self.seq)
            self._hub.signal(message)
            self._tell(message)

    def _tell(self, message: Message) -> None:
        for watcher in tuple(self.watchers):
            try:
                watcher(self.state, message)
            except Exception:
                log.exception("a viewer failed", extra={"topic": self.topic})

    def watch(self, on_change: OnChange) -> Callable[[], None]:
        """Be told of every later state; call the result to stop."""
        self.watchers.append(on_change)

        def unwatch() -> None:
            if on_change in self.watchers:
                self.watchers.remove(on_change)

        return unwatch

    def close(self) -> None:
        self._unsubscribe()
        if self._loading:
            self._loading.cancel()


class Replicas:
    def __init__(self, transactions: Transactions, hub: Hub, topics: Topics, clock: Clock) -> None:
        self._transactions, self._hub, self._topics, self._clock = transactions, hub, topics, clock
        self._open: dict[str, Replica] = {}

    async def get(self, topic: str) -> Replica:
        """The current replica of a topic. Between its return and the next `await` nothing is missed."""
        self._sweep()
        replica = self._open.get(topic)
        if replica is None:
            found = self._topics.find(topic)
            if found is None:
                raise NotFound("There is no such topic.")
            replica = self._open[topic] = Replica(topic, *found, self._transactions)
            replica.open(self._hub)
        replica.idle_since = None
        await replica.ready()
        return replica

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        watched = self._hub.subscribers()
        for topic, replica in tuple(self._open.items()):
            # One subscriber is the replica itself.
            if replica.watchers or watched.get(topic, 0) > 1 or not replica.fresh:
                replica.idle_since = None
            elif replica.idle_since is None:
                replica.idle_since = now
            elif now - replica.idle_since > LINGER:
                replica.close()
                del self._open[topic]

    def __len__(self) -> int:
        return len(self._open)

    async def close(self) -> None:
        for replica in self._open.values():
            replica.close()
        self._open.clear()
