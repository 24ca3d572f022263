"""Signals by kind: the one way for several parts of a node to share its pub/sub.

A signal is ephemeral bytes to every other node. A part names its kind once (`on`) and sends under it; a signal of a
kind that nobody here knows is dropped, so that nodes of different versions get along.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.live.pubsub import PubSub

log = logging.getLogger(__name__)

OnData = Callable[[bytes], None]


class Signals:
    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub
        self._handlers: dict[bytes, OnData] = {}

    def on(self, kind: str, handler: OnData) -> None:
        self._handlers[kind.encode()] = handler

    def send(self, kind: str, data: bytes) -> None:
        self._pubsub.signal(kind.encode() + b"\n" + data)

    def receive(self, signal: bytes) -> None:
        """What the pub/sub of this node calls for every signal."""
        kind, _, data = signal.partition(b"\n")
        handler = self._handlers.get(kind)
        if handler is None:
            return
        try:
            handler(data)
        except Exception:
            log.exception("a signal could not be taken", extra={"kind": kind.decode(errors="replace")})
