"""How often something may be done: the port, and the back end for one node.

The contract, the same for every back end:
* At most `rate.count` are taken for a key in any stretch of `rate.seconds`, however they are spread: an exact sliding
  window. What was refused does not count, so nobody is kept out for trying.
* A refusal says after how many seconds the same request would pass.
* A cost of 0 asks without taking. A key has one rate for its life.
* Memory is bounded: beyond the bounds the keys longest unused are forgotten.
* A back end that is away is `healthy == False`, never raises, and still limits what this node sees.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

from core.clock import Clock

KEYS = 50_000
STAMPS = 1_000_000
CLEAN_EVERY = 120.0
LOTS = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds."""

    count: int
    seconds: float = 60.0


class Allowance(NamedTuple):
    allowed: bool
    remaining: int
    retry_after: float = 0.0
    """Seconds until the refused request would pass; 0 when it was allowed."""


class Limiter(Protocol):
    @property
    def healthy(self) -> bool: ...

    def take_now(self, key: str, rate: Rate, cost: int = 1) -> Allowance | None:
        """The same without waiting; None, and nothing taken, where it has to be asked for elsewhere."""
        ...

    async def take(self, key: str, rate: Rate, cost: int = 1) -> Allowance:
        """Take `cost` from what `key` may do, all of it or nothing."""
        ...


@dataclass(slots=True)
class _Window:
    seconds: float
    stamps: array[float]

    def prune(self, now: float) -> int:
        """Let go of what has left the window; how many that were."""
        gone = bisect_right(self.stamps, now - self.seconds)
        del self.stamps[:gone]
        return gone


MINUTE = 60.0
"""The window that most have."""


def _opened(kept: float | _Window) -> _Window:
    """A window as it is worked with; one of a minute with one stamp is kept as that alone, for a crowd's are many."""
    return kept if isinstance(kept, _Window) else _Window(MINUTE, array("d", (kept,)))


class MemoryLimiter:
    """Within one process. A stamp costs 8 bytes, a key with one stamp about 150; keys and stamps are both bounded."""

    def __init__(self, clock: Clock, keys: int = KEYS, stamps: int = STAMPS) -> None:
        self._clock, self._max_keys, self._max_stamps = clock, keys, stamps
        self._windows: dict[str, float | _Window] = {}
        """Who was not asked for longest first."""
        self._stamps = 0
        self._cleaned_at = clock.monotonic()

    @property
    def healthy(self) -> bool:
        return True

    async def take(self, key: str, rate: Rate, cost: int = 1) -> Allowance:
        return self.take_now(key, rate, cost)

    def take_now(self, key: str, rate: Rate, cost: int = 1) -> Allowance:
        now = self._clock.monotonic()
        if now - self._cleaned_at >= CLEAN_EVERY:
            self.clean()
        kept = self._windows.get(key)
        window = None
        have = 0
        if kept is None:
            # As nearly everybody of a crowd comes: for the first time.
            if cost == 0 < rate.count:
                return Allowance(True, rate.count)
            if cost == 1 <= rate.count and rate.seconds == MINUTE:
                self._stamps += 1
                self._windows[key] = now
                self._keep_within()
                return Allowance(True, rate.count - 1)
        else:
            window = _opened(kept)
            self._stamps -= window.prune(now)
            have = len(window.stamps)
        need = max(cost, 1)
        over = have + need - rate.count
        if over > 0:
            if window is not None:
                # Who is kept out is remembered longer than who is not, or a flood of new keys would let them in again.
                self._last(key, window)
            # The request passes once as many as are over have left the window; one larger than the rate never does.
            waits = window.stamps[over - 1] + rate.seconds - now if window and need <= rate.count else rate.seconds
            return Allowance(False, max(rate.count - have, 0), waits)
        if cost > 0:
            self._add(key, window, rate, [now] * cost)
        elif window is not None and not window.stamps:
            del self._windows[key]
        return Allowance(True, rate.count - have - cost)

    def _add(self, key: str, window: _Window | None, rate: Rate, stamps: list[float]) -> None:
        self._stamps += len(stamps)
        if window is None or not window.stamps:
            window = _Window(rate.seconds, array("d"))
        window.stamps.extend(stamps)
        self._last(key, window)
        self._keep_within()

    def _keep_within(self) -> None:
        while len(self._windows) > self._max_keys or (self._stamps > self._max_stamps and len(self._windows) > 1):
            self._forget_oldest(1 + self._max_keys // LOTS if len(self._windows) > self._max_keys else 1)

    def _forget_oldest(self, count: int) -> None:
        """Several at once where there are many: finding the first of a table that lost its first takes a while."""
        for key in list(islice(self._windows, count)):
            oldest = self._windows.pop(key)
            self._stamps -= len(oldest.stamps) if isinstance(oldest, _Window) else 1

    def _last(self, key: str, window: _Window) -> None:
        """Keep a window as the one that was asked for last, as small as it can be."""
        self._windows.pop(key, None)
        alone = len(window.stamps) == 1 and window.seconds == MINUTE
        self._windows[key] = window.stamps[0] if alone else window

    def clean(self) -> None:
        """Forget keys whose window is empty. Happens by itself every two minutes of use."""
        now = self._cleaned_at = self._clock.monotonic()
        for key, kept in tuple(self._windows.items()):
            window = _opened(kept)
            self._stamps -= window.prune(now)
            if not window.stamps:
                del self._windows[key]

    def __len__(self) -> int:
        return len(self._windows)
