"""A websocket that is a bare descriptor: a line without a transport, a task or a stream of its own.

Bytes go straight to the kernel. What it does not take is kept, and the rest goes when it is ready again; the
connection is told that it has to wait. A line that broke is let go in the next turn of the loop, never in the middle
of a sweep over others.
"""

from __future__ import annotations

import asyncio
import os

from core.web.channels.wire.descriptors import GONE, OVER, READABLE, WRITABLE, Descriptors, read_now, write_now
from core.web.channels.wire.line import LINGER_SECONDS, SLOW_SECONDS, Line

CHUNK = 64 * 1024


class BareLine(Line):
    __slots__ = ("_descriptors", "_tail", "fd")

    def __init__(self, descriptors: Descriptors, fd: int) -> None:
        super().__init__()
        self._descriptors, self.fd = descriptors, fd
        self._tail: memoryview | None = None

    # --- out

    def write(self, data: bytes) -> bool:
        if self._tail is not None:
            # Only what answers a client's own frames, or takes leave, comes while something waits.
            self._tail = memoryview(bytes(self._tail) + data)
            return False
        try:
            taken = os.write(self.fd, data)
        except BlockingIOError:
            taken = 0
        except OSError:
            asyncio.get_running_loop().call_soon(self.cut)
            return True
        if taken == len(data):
            return True
        self._tail = memoryview(data)[taken:]
        self._descriptors.watch(self.fd, READABLE | GONE | WRITABLE)
        return False

    def _go_on(self) -> None:
        if self._tail is None:
            return
        taken = write_now(self.fd, self._tail)
        if taken < 0:
            self.cut()
        elif taken < len(self._tail):
            self._tail = self._tail[taken:]
        else:
            self._tail = None
            self._descriptors.watch(self.fd, READABLE | GONE)
            if self.ending:
                self._descriptors.deadline(self.fd, LINGER_SECONDS)
            else:
                self.connection.drained()

    # --- in

    def ready(self, events: int) -> None:
        if events & (READABLE | GONE | OVER):
            data = read_now(self.fd, CHUNK)
            if data:
                self.feed(data)
            elif data is not None:
                self.cut()
        if events & WRITABLE and self.fd >= 0:
            self._go_on()

    # --- the end

    def expect_end(self) -> None:
        if self.fd < 0:
            return
        if self._tail is not None:
            self._descriptors.deadline(self.fd, SLOW_SECONDS)
        else:
            self._descriptors.deadline(self.fd, LINGER_SECONDS)

    def due(self) -> None:
        self.cut()

    def cut(self) -> None:
        if self.fd >= 0:
            fd, self.fd = self.fd, -1
            if self._tail is not None:
                write_now(fd, self._tail)
                self._tail = None
            self._descriptors.close(fd)
            self.down()
