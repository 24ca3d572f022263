"""What the pub/sub back ends outside this process have in common: a bounded queue, one link at a time, patience.

`poke` and `signal` only put into the queue; a task of its own keeps one link to the server, sends in order and reads
what comes. While the server is away signals beyond the bound are dropped, oldest first; many pokes are one.
After every new link the node is poked once, for what it may have missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from abc import ABC, abstractmethod
from collections import deque

from core.live.pubsub import OnPoke, OnSignal

log = logging.getLogger(__name__)

QUEUE = 1_000
QUEUE_BYTES = 16 * 1024 * 1024
RETRY_FIRST, RETRY_MOST = 0.1, 2.0
SENDER = 8


class LinkLost(Exception):
    """The server does not answer, or the line was cut."""


class RemotePubSub(ABC):
    def __init__(self) -> None:
        self.sender = secrets.token_bytes(SENDER)
        self._on_poke: OnPoke = _nothing
        self._on_signal: OnSignal = _ignore
        self._signals: deque[bytes] = deque()
        self._bytes = 0
        self._poked = False
        self._more = asyncio.Event()
        self._healthy = self._ending = self._stopped = False
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        self.questions = 0
        """How often a quiet line was asked whether the other side is there."""

    @property
    def healthy(self) -> bool:
        return self._healthy

    async def start(self, on_poke: OnPoke, on_signal: OnSignal) -> None:
        """Begin; when the server is there, this returns with the link up."""
        self._on_poke, self._on_signal = on_poke, on_signal
        self._stopped = False
        up = asyncio.Event()
        self._task = asyncio.create_task(self._run(up), name=type(self).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await up.wait()

    async def stop(self) -> None:
        self._stopped = True
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._on_poke, self._on_signal = _nothing, _ignore

    def poke(self) -> None:
        self._on_poke()
        self._poked = True
        self._more.set()

    def signal(self, data: bytes) -> None:
        self._signals.append(data)
        self._bytes += len(data)
        while len(self._signals) > QUEUE or (self._bytes > QUEUE_BYTES and len(self._signals) > 1):
            self._bytes -= len(self._signals.popleft())
            self.dropped += 1
        self._more.set()

    async def _run(self, up: asyncio.Event) -> None:
        wait = RETRY_FIRST
        while True:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    await self._open(stack)
                    if self._stopped:
                        return
                    self._healthy, wait = True, RETRY_FIRST
                    up.set()
                    self._on_poke()
                    await self._serve()
            except Exception as error:
                if self._healthy or not up.is_set():
                    log.warning("the bus is away", extra={"error": type(error).__name__})
            finally:
                self._healthy = False
            up.set()
            await asyncio.sleep(wait)
            wait = min(RETRY_MOST, wait * 2)

    async def _serve(self) -> None:
        """Send and receive until either fails, or the node stops."""
        self._ending = False
        tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send_all())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task.cancelled():
                    raise LinkLost
                task.result()
        finally:
            self._ending = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_all(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._poked or self._signals:
                poke, self._poked = self._poked, False
                batch, self._signals, self._bytes = list(self._signals), deque(), 0
                await self._send(poke, batch)
                self._heed()

    def _heed(self) -> None:
        """End this task if it was asked to: a client library may take a cancellation for a failure of the line."""
        if self._ending:
            raise asyncio.CancelledError

    def _heard_poke(self, sender: bytes) -> None:
        if sender != self.sender:
            self._on_poke()

    def _heard_signal(self, sender: bytes, data: bytes) -> None:
        if sender != self.sender:
            self._on_signal(data)

    @abstractmethod
    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        """Make the link and listen; what must be closed goes on the stack."""

    @abstractmethod
    async def _receive(self) -> None:
        """Hear what comes, and notice within seconds when the link is dead; returns never, raises then."""

    @abstractmethod
    async def _send(self, poke: bool, signals: list[bytes]) -> None:
        """Hand one poke, if asked for, and these signals to the server, in order."""


def _nothing() -> None:
    return None


def _ignore(_data: bytes) -> None:
    return None
