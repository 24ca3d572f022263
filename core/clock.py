"""Time as an argument. Code asks a Clock; only this module asks the machine.

`now()` is UTC and aware. `monotonic()` is for durations and deadlines inside one process: it does not jump when the
machine's clock is set. Tests drive a `FakeClock`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Steps:
    """A clock that moves in small steps: thousands who keep the moment at which something came keep one object."""

    STEP = 0.01

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now, self._monotonic = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        now = self._clock.now()
        if not 0 <= (now - self._now).total_seconds() < self.STEP:
            self._now = now
        return self._now

    def monotonic(self) -> float:
        now = self._clock.monotonic()
        if now - self._monotonic >= self.STEP:
            self._monotonic = now
        return self._monotonic


class FakeClock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set(self, now: datetime) -> None:
        """Jump the wall clock, as a machine's clock does when it is corrected."""
        self._now = now
