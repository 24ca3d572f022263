"""A node's live parts put together by hand, and a view so plain that a gap or a double shows at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import FakeClock
from core.events.catalog import LevelUp
from core.events.fact import Fact
from core.events.log import Stated
from core.live.hub import Hub, Message
from core.live.liveview import RESYNC, Delivery, LiveView, Resync, Topics
from core.live.relay import PAST, Relay
from core.live.replica import Replicas
from core.principal import SYSTEM
from core.transaction import Transactions
from data.database import Database
from data.tables import EventRow

PATIENCE = 10.0
NEVER = 3600.0

Seqs = tuple[int, ...]


class Tally(LiveView[Seqs]):
    """The `seq` of every fact of a subject, in order."""

    pattern = "tally:{subject}"

    def __init__(self) -> None:
        self.snapshots = 0
        self.gate = asyncio.Event()
        """Snapshots wait here, so that a test can hold one open."""
        self.gate.set()
        self.breaks = 0
        """So many of the next snapshots fail."""
        self.resync_on: set[int] = set()
        """Levels whose fact cannot be applied."""
        self.fails_on: dict[str, set[int]] = {}
        """Levels at which a method fails."""

    def _try(self, method: str, delivery: Delivery) -> None:
        if level_of(delivery.fact) in self.fails_on.get(method, ()):
            raise RuntimeError(f"{method} failed on purpose")

    def topics(self, delivery: Delivery) -> Iterable[str]:
        self._try("topics", delivery)
        return (f"tally:{delivery.fact.subject}",) if delivery.fact.subject else ()

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Seqs:
        self.snapshots += 1
        mine = EventRow.subject == params["subject"]
        seqs = (await db.execute(select(EventRow.seq).where(mine).order_by(EventRow.seq))).scalars().all()
        await self.gate.wait()
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError("the snapshot failed on purpose")
        return tuple(seqs)

    def apply(self, state: Seqs, delivery: Delivery, params: Mapping[str, str]) -> Seqs | Resync:
        self._try("apply", delivery)
        if level_of(delivery.fact) in self.resync_on:
            return RESYNC
        return (*state, delivery.fact.seq)

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        self._try("message", delivery)
        return "counted", {"level": level_of(delivery.fact)}

    def resumable(self, delivery: Delivery) -> bool:
        self._try("resumable", delivery)
        return level_of(delivery.fact) not in self.resync_on

    def wire(self, state: Seqs) -> dict[str, Any]:
        return {"seqs": list(state)}


class Other(Tally):
    """A second view beside the first."""

    pattern = "other:{subject}"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        self._try("topics", delivery)
        return (f"other:{delivery.fact.subject}",) if delivery.fact.subject else ()


def level_of(fact: Fact) -> int:
    return fact.event.level if isinstance(fact.event, LevelUp) else 0


async def plain(stated: Sequence[Stated]) -> list[Delivery]:
    """Deliveries of facts that are about nobody."""
    return [Delivery(one.fact) for one in stated]


class Node:
    """Relay, hub and replicas of one node on a database; started by `running`."""

    def __init__(
        self, database: Database, clock: FakeClock, *views: LiveView[Any], poll: float = NEVER, past: int = PAST
    ) -> None:
        self.views = views or (Tally(),)
        self.hub = Hub()
        self.transactions = Transactions(database, clock, self._poked)
        self.topics = Topics(self.views)
        self.relay = Relay(self.transactions, self.hub, self.topics, self.decorate, poll=poll, past=past)
        self.replicas = Replicas(self.transactions, self.hub, self.topics, clock, retry=0.01)
        self.relay.restarts.append(self.replicas.resync)
        self.pokes = True
        """Whether pokes arrive."""
        self.decorations: list[Callable[[], Awaitable[None]]] = []
        """What to await, one for each of the next batches, before it goes out."""

    @property
    def tally(self) -> Tally:
        view = self.views[0]
        assert isinstance(view, Tally)
        return view

    def _poked(self) -> None:
        if self.pokes:
            self.relay.poke()

    async def decorate(self, stated: Sequence[Stated]) -> list[Delivery]:
        if self.decorations:
            await self.decorations.pop(0)()
        return await plain(stated)

    async def state(self, *levels: int, subject: str | None = "math", **envelope: Any) -> list[int]:
        """State facts in one transaction; their places in the log."""
        async with self.transactions(SYSTEM) as tx:
            for level in levels:
                tx.emit(LevelUp(level=level), subject=subject, **envelope)
        return [fact.seq for fact in tx.facts]

    async def stop(self) -> None:
        await self.relay.stop()
        await self.replicas.close()


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[Node]:
    await node.relay.start()
    try:
        yield node
    finally:
        await node.stop()


class Inbox:
    """A subscriber that can be waited on."""

    def __init__(self, hub: Hub, *topics: str) -> None:
        self.messages: list[Message] = []
        self._new = asyncio.Event()
        self.leave = [hub.subscribe(topic, self) for topic in topics]

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self._new.set()

    async def until(self, true: Callable[[list[Message]], bool]) -> list[Message]:
        async with asyncio.timeout(PATIENCE):
            while not (self.messages and true(self.messages)):
                self._new.clear()
                await self._new.wait()
        return self.messages

    async def count(self, number: int) -> list[Message]:
        return await self.until(lambda messages: len(messages) >= number)

    @property
    def seqs(self) -> list[int]:
        return [m.seq for m in self.messages if m.seq is not None]
