"""The node's switchboard: topic to local subscribers, with a short memory for each topic.

`publish` is for the relay alone: durable messages, in `seq` order. `signal` is for what is not worth keeping (presence,
typing). Both call subscribers in order, on the loop's thread; a subscriber must not block, and one that fails is logged
and does not keep the others from their message.

`since(topic, seq)` gives the messages after `seq`, or None when that cannot be said for sure: then only a snapshot will
do. A message that is not `resumable` is such a case: it tells of a change that messages alone cannot carry, so the
topic's memory ends at it.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.live.liveview import Delivery

log = logging.getLogger(__name__)

RING = 500
RINGS = 20_000


@dataclass(slots=True)
class Message:
    """One message for all who watch a topic. A fact's own message has its `delivery`."""

    topic: str
    name: str
    payload: Any
    """An object, or one that is encoded already (`msgspec.Raw`); plain bytes go out in binary frames."""
    seq: int | None = None
    about: UUID | None = None
    delivery: Delivery | None = None
    frame: bytes | None = field(default=None, repr=False)
    """The frame that all sockets share, put here by the first of them."""
    resumable: bool = True
    """Whether who missed it can be brought up to date by messages; otherwise it takes a snapshot."""


Subscriber = Callable[[Message], None]


class Hub:
    def __init__(self, ring: int = RING, rings: int = RINGS) -> None:
        self._subscribers: dict[str, list[Subscriber]] = {}
        self._rings: OrderedDict[str, deque[Message]] = OrderedDict()
        self._floors: OrderedDict[str, int] = OrderedDict()
        self._ring, self._limit = ring, rings
        self.floor = 0
        """Facts after this one have all passed here; before it, only the log knows."""
        self.seq = 0
        self.published = 0

    def subscribe(self, topic: str, subscriber: Subscriber) -> Callable[[], None]:
        self._subscribers.setdefault(topic, []).append(subscriber)
        done = False

        def unsubscribe() -> None:
            nonlocal done
            if done:
                return
            done = True
            left = [s for s in self._subscribers.get(topic, ()) if s is not subscriber]
            if left:
                self._subscribers[topic] = left
            else:
                self._subscribers.pop(topic, None)

        return unsubscribe

    def publish(self, message: Message) -> None:
        """Hand on a durable message and remember it."""
        if message.resumable:
            self._keep(message)
        else:
            # Nobody may come back with this very `seq` either: they may have been cut off before the snapshot.
            self.forget(message.topic, (message.seq or 0) + 1)
        self.published += 1
        self._call(message)

    def _keep(self, message: Message) -> None:
        topic = message.topic
        ring = self._rings.get(topic)
        if ring is None:
            ring = self._rings[topic] = deque()
        elif len(ring) >= self._ring:
            self._raise_floor(topic, ring.popleft().seq or 0)
        ring.append(message)
        self._rings.move_to_end(topic)
        self._trim()

    def lose(self, topic: str, seq: int) -> None:
        """A message of this topic could not be made: whoever holds its state is told to take a new one."""
        self.forget(topic, seq + 1)
        self._call(Message(topic, "", {}, seq, resumable=False))

    def signal(self, message: Message) -> None:
        """Hand on a message that nobody will miss."""
        self._call(message)

    def _call(self, message: Message) -> None:
        for subscriber in tuple(self._subscribers.get(message.topic, ())):
            try:
                subscriber(message)
            except Exception:
                log.exception("a subscriber failed", extra={"topic": message.topic})

    def _trim(self) -> None:
        """Let go of the topics that were silent longest; what is said of them then is true of every topic."""
        while len(self._rings) > self._limit:
            topic, ring = self._rings.popitem(last=False)
            self.floor = max(self.floor, ring[-1].seq or 0, self._floors.pop(topic, 0))
        while len(self._floors) > 2 * self._limit:
            self.floor = max(self.floor, self._floors.popitem(last=False)[1])

    def _raise_floor(self, topic: str, floor: int) -> None:
        self._floors[topic] = max(floor, self._floors.get(topic, 0))
        self._floors.move_to_end(topic)

    def since(self, topic: str, seq: int) -> list[Message] | None:
        if seq > self.seq or seq < max(self.floor, self._floors.get(topic, 0)):
            return None
        return [m for m in self._rings.get(topic, ()) if (m.seq or 0) > seq]

    def forget(self, topic: str, floor: int | None = None) -> None:
        """Drop a topic's memory: whoever saw nothing from `floor` on (the present, unless said) needs a snapshot."""
        self._rings.pop(topic, None)
        self._raise_floor(topic, self.seq if floor is None else floor)
        self._trim()

    def begin_again(self, seq: int) -> None:
        """Drop all memory: the log has another history now, which stands at `seq`."""
        self._rings.clear()
        self._floors.clear()
        self.floor = self.seq = seq

    def forget_person(self, user_id: UUID) -> None:
        """Drop the memory of every topic that spoke of somebody who is erased."""
        for topic in [t for t, ring in self._rings.items() if any(m.about == user_id for m in ring)]:
            self.forget(topic)

    def known(self, wanted: Callable[[str], bool]) -> list[str]:
        """The topics that somebody here watches or that are remembered, if they fit."""
        return [topic for topic in {**self._subscribers, **self._rings} if wanted(topic)]

    def count(self, topic: str) -> int:
        """How many subscribers a topic has here."""
        return len(self._subscribers.get(topic, ()))

    def subscribers(self) -> dict[str, int]:
        return {topic: len(found) for topic, found in self._subscribers.items()}
