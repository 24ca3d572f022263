"""How much one connection may say: at most so many messages in any minute, whatever the minute. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right

MESSAGES_A_MINUTE = 100
"""What one connection may say; a topic may have an allowance of its own beside it."""


WINDOW = 60.0


def take(before: bytes, now: float, limit: int = MESSAGES_A_MINUTE, window: float = WINDOW) -> tuple[bytes, float]:
    """Let one more through after those `before`: what to remember of it, 8 bytes a message, and 0.

    Or what is remembered already, and the seconds after which one will be let through again.
    """
    taken = array("d", before)
    if taken and taken[0] <= now - window:
        del taken[: bisect_right(taken, now - window)]
        before = taken.tobytes()
    if len(taken) < limit:
        return before + array("d", (now,)).tobytes(), 0.0
    return before, taken[0] + window - now


class SlidingLimit:
    """The same for one that counts for itself."""

    __slots__ = ("_before", "_limit", "_window")

    def __init__(self, limit: int = MESSAGES_A_MINUTE, window: float = WINDOW) -> None:
        self._limit, self._window = limit, window
        self._before = b""

    def take(self, now: float) -> float:
        """Let one through and answer 0, or the seconds after which one will be let through again."""
        self._before, wait = take(self._before, now, self._limit, self._window)
        return wait
