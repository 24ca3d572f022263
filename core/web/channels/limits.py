"""How much one connection may say: at most so many messages in any minute, whatever the minute. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right

MESSAGES_A_MINUTE = 100
"""What one connection may say; a topic may have an allowance of its own beside it."""


class SlidingLimit:
    """Remembers when the last messages were let through, 8 bytes each; nothing is kept for a client that is silent."""

    __slots__ = ("_limit", "_taken", "_window")

    def __init__(self, limit: int = MESSAGES_A_MINUTE, window: float = 60.0) -> None:
        self._limit, self._window = limit, window
        self._taken: array[float] | None = None

    def take(self, now: float) -> float:
        """Let one through and answer 0, or the seconds after which one will be let through again."""
        taken = self._taken
        if taken is None:
            self._taken = array("d", (now,))
            return 0.0
        if taken and taken[0] <= now - self._window:
            del taken[: bisect_right(taken, now - self._window)]
        if len(taken) < self._limit:
            taken.append(now)
            return 0.0
        return taken[0] + self._window - now
