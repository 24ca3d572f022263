"""A LiveView's state, kept current on this node for everybody here who watches its topic.

The first to ask takes the snapshot; those who ask meanwhile wait for the same one; after that, joining costs nothing.
A state is immutable, so sockets and pages share it. When nobody has watched for a while the replica is let go.

Order: subscribe, then snapshot, then drop what the snapshot already holds. A change that the reducer cannot apply, or
fails on, is answered with a new snapshot, which watchers get as a message called `snapshot`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from core.clock import Clock
from core.errors import NotFound, Unavailable
from core.events.log import last_seq
from core.live.hub import Hub, Message
from core.live.liveview import RESYNC, Delivery, LiveView, Topics
from core.transaction import Transactions

log = logging.getLogger(__name__)

LINGER = 30.0
SWEEP = 1.0
RETRY = 1.0
AT_ONCE = 4
"""Snapshots read side by side: fewer than the pool has connections, so that everything else goes on."""
TURN = 5.0
"""Seconds a snapshot waits for its turn."""

OnChange = Callable[[Any, Message], None]


class Turns:
    """Lets a few read at once; whoever waits too long for a turn is told to come again."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = TURN) -> None:
        self._free, self._patience = asyncio.Semaphore(at_once), patience

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable from None
        try:
            yield
        finally:
            self._free.release()


class Replica:
    def __init__(
        self,
        topic: str,
        view: LiveView[Any],
        params: dict[str, str],
        transactions: Transactions,
        turns: Turns,
        retry: float = RETRY,
    ) -> None:
        self.topic, self.view, self.params = topic, view, params
        self.state: Any = None
        self.seq = -1
        self.idle_since: float | None = None
        self.watchers: list[OnChange] = []
        self._transactions, self._turns, self._retry = transactions, turns, retry
        self._pending: list[Message] | None = []
        self._loading: asyncio.Task[None] | None = None
        self._closed = False
        self._heard = -1
        """The last of this topic's messages that everybody here got."""
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def fresh(self) -> bool:
        return self._pending is None

    @property
    def loading(self) -> bool:
        return self._loading is not None and not self._loading.done()

    def open(self, hub: Hub) -> None:
        self._hub = hub
        self._unsubscribe = hub.subscribe(self.topic, self._on_message)

    async def ready(self) -> None:
        """Wait until the state is current; everybody who waits shares one reading of the database."""
        while not self.fresh:
            if self._loading is None or self._loading.done():
                self._loading = self._begin(self._load(), "snapshot")
            await asyncio.shield(self._loading)

    def _begin(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=f"{what} {self.topic}")
        task.add_done_callback(self._loaded)
        return task

    def _loaded(self, task: asyncio.Task[None]) -> None:
        if self._loading is task:
            self._loading = None
        if not task.cancelled():
            # Those who wait hear of a failure; if all of them left, nobody needs to.
            task.exception()

    async def _load(self) -> None:
        async with self._turns.one():
            # Whatever was published until here was committed before the reading begins, so that the reading holds it.
            self._pending = []
            async with self._transactions.read() as db:
                seq = await last_seq(db)
                state = await self.view.snapshot(db, self.params)
        pending, self._pending = self._pending, None
        self.state, self.seq = state, seq
        for message in pending:
            self._on_message(message)

    def _on_message(self, message: Message) -> None:
        if message.seq is None or message.name == "snapshot":
            return
        self._heard = max(self._heard, message.seq)
        if self._pending is not None:
            if self.loading:
                self._pending.append(message)
            return
        if message.seq <= self.seq:
            return
        if message.delivery is None:
            if not message.resumable:
                self._resync()
            return
        state = self._applied(message.delivery)
        if state is RESYNC:
            self._resync()
            return
        self.state, self.seq = state, message.seq
        self._tell(message)

    def _applied(self, delivery: Delivery) -> Any:
        try:
            return self.view.apply(self.state, delivery, self.params)
        except Exception:
            log.exception("a view could not apply a fact", extra={"topic": self.topic, "seq": delivery.fact.seq})
            return RESYNC

    def resync(self) -> None:
        """Take a new snapshot: the state is of another history."""
        if self.fresh:
            self._heard = -1
            self._resync()

    def _resync(self) -> None:
        """Take a new snapshot and hand it to everybody; what came before it is no longer offered as a gap."""
        if self._closed:
            return
        self._pending = []
        self._hub.forget(self.topic, self._heard + 1)
        self._loading = self._begin(self._reload(), "resync")

    async def _reload(self) -> None:
        while True:
            try:
                await self._load()
                if self.fresh:
                    self._hand_out()
                return
            except Exception:
                log.warning("a snapshot has to wait", extra={"topic": self.topic}, exc_info=True)
                await asyncio.sleep(self._retry)

    def _hand_out(self) -> None:
        message = Message(self.topic, "snapshot", {"snapshot": self.view.wire(self.state)}, self.seq)
        # Who heard messages of the meantime but not this snapshot must not be offered what follows as a gap.
        self._hub.forget(self.topic, self._heard + 1)
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
        self._closed = True
        self._unsubscribe()
        if self._loading:
            self._loading.cancel()

    async def gone(self) -> None:
        """Wait until a closed replica has let go of the database."""
        if self._loading:
            await asyncio.wait({self._loading})


class Replicas:
    def __init__(
        self,
        transactions: Transactions,
        hub: Hub,
        topics: Topics,
        clock: Clock,
        *,
        retry: float = RETRY,
        at_once: int = AT_ONCE,
        patience: float = TURN,
    ) -> None:
        self._transactions, self._hub, self._topics, self._clock = transactions, hub, topics, clock
        self._turns, self._retry = Turns(at_once, patience), retry
        self._open: dict[str, Replica] = {}
        self._swept = clock.monotonic()

    def present(self, topic: str) -> Replica | None:
        """The replica of a topic if it is here and current; `get` waits until it is."""
        self.sweep()
        replica = self._open.get(topic)
        if replica is None or not replica.fresh:
            return None
        replica.idle_since = None
        return replica

    async def get(self, topic: str) -> Replica:
        """The current replica of a topic. Between its return and the next `await` nothing is missed."""
        self.sweep()
        replica = self._open.get(topic)
        if replica is None:
            found = self._topics.find(topic)
            if found is None:
                raise NotFound("There is no such topic.")
            replica = self._open[topic] = Replica(topic, *found, self._transactions, self._turns, self._retry)
            replica.open(self._hub)
        replica.idle_since = None
        try:
            await replica.ready()
        except Exception:
            if self._open.get(topic) is replica and not (replica.fresh or replica.loading):
                self._close(replica)
            raise
        return replica

    def resync(self) -> None:
        """Have every state taken anew."""
        for replica in tuple(self._open.values()):
            replica.resync()

    def sweep(self) -> None:
        """Let go of what nobody watched for a while; to be called now and then, whether somebody joins or not.

        It looks at every replica, so a storm of joins shares one look.
        """
        now = self._clock.monotonic()
        if now - self._swept < SWEEP:
            return
        self._swept = now
        watched = self._hub.subscribers()
        for replica in tuple(self._open.values()):
            # One subscriber is the replica itself.
            if replica.watchers or watched.get(replica.topic, 0) > 1 or replica.loading:
                replica.idle_since = None
            elif replica.idle_since is None:
                replica.idle_since = now
            elif now - replica.idle_since > LINGER:
                self._close(replica)

    def _close(self, replica: Replica) -> None:
        replica.close()
        del self._open[replica.topic]

    def __len__(self) -> int:
        return len(self._open)

    async def close(self) -> None:
        closing = tuple(self._open.values())
        for replica in closing:
            self._close(replica)
        for replica in closing:
            await replica.gone()
