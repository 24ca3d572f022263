"""Giving back what a crowd left behind: while thousands come or go, much is made that nobody needs a moment later.

Python and the C library keep such memory for the next time, and a node that was once crowded would look crowded for
ever. So once it is quiet again what hangs together in circles is collected, and free pages go back to the system. It
takes some milliseconds, once for each crowd. Where the C library knows no such thing, nothing more is done.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable

CROWD = 500
"""Connections that came or went since the last time."""
QUIET = 3.0


def _trimmer() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return trim


_trim = _trimmer()


def give_back() -> None:
    gc.collect()
    if _trim is not None:
        _trim(0)


class Leftovers:
    """Knows when it is time: after a crowd, once nobody came or went for a while."""

    def __init__(self, give_back: Callable[[], None] = give_back) -> None:
        self._give_back = give_back
        self._settled = self._seen = 0
        self._moved_at = 0.0

    def look(self, moves: int, now: float) -> None:
        """What is seen once a second: how many came and went since the start."""
        if moves != self._seen:
            self._seen, self._moved_at = moves, now
        elif moves - self._settled >= CROWD and now - self._moved_at >= QUIET:
            self._settled = moves
            self._give_back()
