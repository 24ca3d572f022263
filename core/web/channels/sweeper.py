"""Turns to write: whatever has something to send is visited once, in the next turn of the loop, in the order it asked.

What is published in one turn goes out joined, without a timer: nothing is added when it is quiet, and a burst becomes
few writes. A turn is bounded; whoever has more to send goes to the back of the line, so that reading, pages and other
topics get their turn in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol

log = logging.getLogger(__name__)

SLICE = 100
"""Connections written to in one turn: less than a millisecond, for each question to the database waits a turn."""


class Writer(Protocol):
    """Something with frames to send."""

    awake: bool
    """Whether it waits for its turn."""

    def pump(self, room: int) -> tuple[int, bool]:
        """Write to so many connections at most; to how many it was, and whether there is more to send."""
        ...

    def failed(self) -> None:
        """Its turn ended in an error."""


class Sweeper:
    def __init__(self, size: int = SLICE) -> None:
        self._size = size
        self._line: deque[Writer] = deque()

    def wake(self, writer: Writer) -> None:
        if writer.awake:
            return
        writer.awake = True
        if not self._line:
            asyncio.get_running_loop().call_soon(self._sweep)
        self._line.append(writer)

    def _sweep(self) -> None:
        line, left = self._line, self._size
        for _ in range(len(line)):
            if left <= 0:
                break
            writer = line.popleft()
            writer.awake = False
            try:
                done, more = writer.pump(left)
            except Exception:
                log.exception("a turn to write failed")
                writer.failed()
                continue
            left -= max(done, 1)
            if more and not writer.awake:
                writer.awake = True
                line.append(writer)
        if line:
            asyncio.get_running_loop().call_soon(self._sweep)
