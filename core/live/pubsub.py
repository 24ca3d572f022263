"""Between nodes: pokes ("there is something new in the log") and signals (ephemeral bytes). Never facts.

The contract, the same for every back end:
* `poke()` and `signal()` return at once, never raise, and may be lost; nothing durable depends on them.
* Every other started node gets `on_poke` soon after a poke; the poking node gets it too, at once.
* A signal reaches every other node, whole and in its sender's order, and not the sender.
* A back end that is away is `healthy == False` and mends itself when it is back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

log = logging.getLogger(__name__)

OnPoke = Callable[[], None]
OnSignal = Callable[[bytes], None]


class PubSub(Protocol):
    @property
    def healthy(self) -> bool: ...

    async def start(self, on_poke: OnPoke, on_signal: OnSignal) -> None: ...

    def poke(self) -> None: ...

    def signal(self, data: bytes) -> None: ...

    async def stop(self) -> None: ...


class LocalBus:
    """What nodes inside one process share; a process with one node has one of its own."""

    def __init__(self) -> None:
        self.members: list[LocalPubSub] = []


class LocalPubSub:
    def __init__(self, bus: LocalBus | None = None) -> None:
        self._bus = bus or LocalBus()
        self._on_poke: OnPoke | None = None
        self._on_signal: OnSignal | None = None

    @property
    def healthy(self) -> bool:
        return self._on_poke is not None

    async def start(self, on_poke: OnPoke, on_signal: OnSignal) -> None:
        self._on_poke, self._on_signal = on_poke, on_signal
        self._bus.members.append(self)

    def poke(self) -> None:
        for member in tuple(self._bus.members):
            if member._on_poke:
                _call(member._on_poke)

    def signal(self, data: bytes) -> None:
        for member in tuple(self._bus.members):
            if member is not self and member._on_signal:
                _call(member._on_signal, data)

    async def stop(self) -> None:
        self._on_poke = self._on_signal = None
        if self in self._bus.members:
            self._bus.members.remove(self)


def _call(handler: Callable[..., None], *given: Any) -> None:
    """What a receiver does wrong is not its sender's trouble."""
    try:
        handler(*given)
    except Exception:
        log.exception("a receiver of pokes or signals failed")
