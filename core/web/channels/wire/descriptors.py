"""Bare descriptors in one epoll that the event loop watches: what a quiet websocket costs here is one small record.

The loop sees a single descriptor, the epoll's own. What is ready is handed to its owner a few hundred at a time, so
that a flood of arrivals leaves room for everything else on the loop. Linux only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
from typing import Protocol

log = logging.getLogger(__name__)

AT_ONCE = 256
READABLE, GONE = select.EPOLLIN, select.EPOLLRDHUP
WRITABLE = select.EPOLLOUT
OVER = select.EPOLLHUP | select.EPOLLERR


class Owner(Protocol):
    """Who reads and writes a descriptor."""

    def ready(self, events: int) -> None: ...

    def due(self) -> None:
        """Its time is over."""


class Descriptors:
    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._owners: dict[int, Owner] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._epoll.fileno(), self._ready)

    def __len__(self) -> int:
        return len(self._owners)

    def add(self, fd: int, owner: Owner, events: int = READABLE | GONE) -> None:
        self._owners[fd] = owner
        self._epoll.register(fd, events)

    def hand_on(self, fd: int, owner: Owner, events: int = READABLE | GONE) -> None:
        """The descriptor has another owner from now on, who begins without a deadline."""
        # The number as this owner holds it: one object for both.
        del self._owners[fd]
        self._owners[fd] = owner
        self.cancel(fd)
        self._epoll.modify(fd, events)

    def watch(self, fd: int, events: int) -> None:
        self._epoll.modify(fd, events)

    def deadline(self, fd: int, seconds: float) -> None:
        """Have the owner told when so much time has passed."""
        self.cancel(fd)
        self._timers[fd] = self._loop.call_later(seconds, self._owners[fd].due)

    def cancel(self, fd: int) -> None:
        timer = self._timers.pop(fd, None)
        if timer is not None:
            timer.cancel()

    def release(self, fd: int) -> None:
        """Watch it no more; it stays open."""
        self.cancel(fd)
        if self._owners.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def close(self, fd: int) -> None:
        self.release(fd)
        os.close(fd)

    def _ready(self) -> None:
        for fd, events in self._epoll.poll(0, AT_ONCE):
            owner = self._owners.get(fd)
            if owner is None:
                continue
            try:
                owner.ready(events)
            except Exception:
                log.exception("a connection failed")
                if self._owners.get(fd) is owner:
                    owner.due()

    def stop(self) -> None:
        """Everybody's time is over."""
        for fd, owner in list(self._owners.items()):
            if self._owners.get(fd) is owner:
                owner.due()
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()


def write_now(fd: int, data: bytes | memoryview) -> int:
    """How much of it the kernel took; -1 when nobody is there any more."""
    try:
        return os.write(fd, data)
    except (BlockingIOError, InterruptedError):
        return 0
    except OSError:
        return -1


def read_now(fd: int, size: int) -> bytes | None:
    """What came; None when nothing did, empty at the end."""
    try:
        return os.read(fd, size)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""
