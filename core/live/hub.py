"""The node's switchboard: topic to local subscribers, with a short memory for each topic.

`publish` is for the relay alone: durable messages, in `seq` order. `signal` is for what is not worth keeping (presence,
typing). Both call subscribers in order, on the loop's thread; a subscriber must not block, and one that fails is logged
and does not keep the others from their message.

`since(topic, seq)` gives the messages after `seq`, or None when that cannot be said for sure: then only a snapshot will do.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from core.live.liveview import Delivery

log = logging.getLogger(__name__)

RING = 500
RINGS = 20_000


@dataclass(slots=True)
class Message:
    """One message for all who watch a topic; its JSON is made once, whoever asks first."""

    topic: str
    name: str
    payload: dict[str, Any]
    seq: int | None = None
    about: UUID | None = None
    delivery: Delivery | None = None
    frame: bytes | None = field(default=None, repr=False)
    """The frame that all sockets share, put here by the first of them."""

    def json(self) -> bytes:
        return msgspec.json.encode(self.payload)


Subscriber = Callable[[Message], None]


class Hub:
    def __init__(self, ring: int = RING, rings: int = RINGS) -> None:
        self._subscribers: dict[str, list[Subscriber]] = {}
        self._rings: OrderedDict[str, deque[Message]] = OrderedDict()
        self._floors: dict[str, int] = {}
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
        ring = self._rings.get(message.topic)
        if ring is None:
            ring = self._rings[message.topic] = deque(maxlen=self._ring)
            self._trim()
        if len(ring) == self._ring:
            self._floors[message.topic] = ring[0].seq or 0
        ring.append(message)
        self._rings.move_to_end(message.topic)
        self.published += 1
        self._call(message)

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
        while len(self._rings) > self._limit:
            topic, ring = self._rings.popitem(last=False)
            self._floors.pop(topic, None)
            self.floor = max(self.floor, ring[-1].seq or 0)

    def since(self, topic: str, seq: int) -> list[Message] | None:
        if seq > self.seq or seq < max(self.floor, self._floors.get(topic, 0)):
            return None
        return [m for m in self._rings.get(topic, ()) if (m.seq or 0) > seq]

    def forget(self, topic: str) -> None:
        """Drop a topic's memory: what came before can only be told by a snapshot."""
        self._rings.pop(topic, None)
        self._floors[topic] = self.seq

    def forget_person(self, user_id: UUID) -> None:
        """Drop the memory of every topic that spoke of somebody who is erased."""
        for topic in [t for t, ring in self._rings.items() if any(m.about == user_id for m in ring)]:
            self.forget(topic)

    def subscribers(self) -> dict[str, int]:
        return {topic: len(found) for topic, found in self._subscribers.items()}
