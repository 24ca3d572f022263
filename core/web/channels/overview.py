"""What goes on at the sockets, for whoever runs the house: this node's figures, and the other nodes' as they tell them.

A look costs nothing while nobody looks: once a second two counters are noted, for rates. `ask` has the other nodes tell
theirs, over signals that may be lost, so what they said is shown with its age and forgotten when they fall silent.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter as Tally
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Protocol

import msgspec

from core.clock import Clock
from core.live.signals import Signals
from core.web.channels.connection import Counters

log = logging.getLogger(__name__)

EVERY = 1.0
SAMPLES = 60
"""Seconds that a trend remembers."""
SILENT = 12.0
"""Seconds after which a node that says nothing is not shown any more."""
TOPICS = 50
"""Topics that are named, the fullest first; the rest are counted."""
OF_ONE = ("user:", "notifications:", "activity:user:")
"""Beginnings of topics that are called by somebody's id: they are counted and never named."""
OVER = 10
"""Seconds that a rate is taken over."""


class TopicCount(msgspec.Struct, frozen=True):
    """One topic, under the name it is published by."""

    topic: str
    subscribers: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One node's sockets, at one moment. Counts that say so are since its start."""

    node: str
    connections: int
    people: int
    topics: int
    fullest: tuple[TopicCount, ...]
    received_a_second: float
    sent_a_second: float
    trend: tuple[float, ...]
    """Messages sent a second, oldest first."""
    queued: int
    deepest: int
    opened: int
    refused: int
    received: int
    sent: int
    malformed: int
    limited: int
    dropped: int
    resyncs: int
    slow: int
    crowded: int
    uptime: float


class Note(msgspec.Struct, frozen=True, array_like=True):
    """What nodes say to each other here: a question, or an answer."""

    picture: Picture | None = None


class Seen(Protocol):
    """What is looked at."""

    counters: Counters

    def counts(self) -> Mapping[str, Any]: ...


_decode = msgspec.msgpack.Decoder(Note).decode


class Overview:
    def __init__(self, node: str, sockets: Seen, signals: Signals, clock: Clock) -> None:
        self.node, self.sockets = node, sockets
        self._signals, self._clock = signals, clock
        self._samples: deque[tuple[float, int, int]] = deque(maxlen=SAMPLES + 1)
        self._heard: dict[str, tuple[float, Picture]] = {}
        self._waiting: set[asyncio.Event] = set()
        self._began = clock.monotonic()
        self._task: asyncio.Task[None] | None = None
        signals.on("sockets", self._receive)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="overview of the sockets")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self.sample()
            await asyncio.sleep(EVERY)

    def sample(self) -> None:
        """Note how far the counters are."""
        counters = self.sockets.counters
        self._samples.append((self._clock.monotonic(), counters.received, counters.sent))

    # --- this node

    def picture(self) -> Picture:
        counts = self.sockets.counts()
        topics: Mapping[str, int] = counts["topics"]
        named = (item for item in topics.items() if not item[0].startswith(OF_ONE))
        fullest = sorted(named, key=lambda item: (-item[1], item[0]))[:TOPICS]
        numbers = {name: counts[name] for name in Picture.__struct_fields__ if name in counts and name != "topics"}
        received, sent = self._rates()
        return Picture(
            **numbers,
            node=self.node,
            topics=len(topics),
            fullest=tuple(TopicCount(topic, count) for topic, count in fullest),
            received_a_second=received,
            sent_a_second=sent,
            trend=self._trend(),
            uptime=round(self._clock.monotonic() - self._began, 1),
        )

    def _rates(self) -> tuple[float, float]:
        samples = list(self._samples)[-OVER - 1 :]
        if len(samples) < 2 or samples[-1][0] <= samples[0][0]:
            return 0.0, 0.0
        (began, *first), (ended, *last) = samples[0], samples[-1]
        seconds = ended - began
        return round((last[0] - first[0]) / seconds, 1), round((last[1] - first[1]) / seconds, 1)

    def _trend(self) -> tuple[float, ...]:
        pairs = pairwise(self._samples)
        return tuple(round((b[2] - a[2]) / (b[0] - a[0]), 1) for a, b in pairs if b[0] > a[0])

    # --- all nodes

    def pictures(self) -> list[tuple[float, Picture]]:
        """Every node that is heard, this one first: how many seconds old what it said is, and what it said."""
        now = self._clock.monotonic()
        self._heard = {node: said for node, said in self._heard.items() if now - said[0] <= SILENT}
        others = sorted(self._heard.values(), key=lambda said: said[1].node)
        return [(0.0, self.picture()), *((round(now - at, 1), picture) for at, picture in others)]

    def ask(self) -> None:
        """Have the other nodes tell theirs; they are in `pictures` as soon as they answer."""
        self._signals.send("sockets", msgspec.msgpack.encode(Note()))

    async def asked(self, nodes: int, patience: float) -> list[tuple[float, Picture]]:
        """Ask, and wait until so many others have answered, or as long as one is patient."""
        began = self._clock.monotonic()
        heard = asyncio.Event()
        self._waiting.add(heard)
        self.ask()
        try:
            async with asyncio.timeout(patience):
                while sum(at >= began for at, _ in self._heard.values()) < nodes:
                    heard.clear()
                    await heard.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(heard)
        return self.pictures()

    def _receive(self, data: bytes) -> None:
        try:
            note = _decode(data)
        except msgspec.MsgspecError:
            # A node of another version, in the middle of a rolling deployment.
            return
        if note.picture is None:
            self._signals.send("sockets", msgspec.msgpack.encode(Note(self.picture())))
            return
        self._heard[note.picture.node] = (self._clock.monotonic(), note.picture)
        for waiting in self._waiting:
            waiting.set()


def subscribers(pictures: Iterable[Picture]) -> list[tuple[str, int]]:
    """Subscribers of the topics that nodes name, over all of them, the fullest first."""
    found: Tally[str] = Tally()
    for picture in pictures:
        for one in picture.fullest:
            found[one.topic] += one.subscribers
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:TOPICS]
