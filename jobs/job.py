"""What a job is, and what its work is given.

Work of kind `rows` gets a transaction and does everything in it: the run is claimed first, so effect and claim commit
together, once. Work of kind `outside` changes something that no transaction covers, such as files: it is done first and
claimed afterwards, so a crash between the two does it again. Such work must come to the same however often it is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.clock import Clock
from core.transaction import Transaction, Transactions
from jobs.triggers import Trigger


@dataclass(frozen=True, slots=True)
class Context:
    due_at: datetime
    transactions: Transactions
    clock: Clock
    transaction: Transaction | None

    @property
    def tx(self) -> Transaction:
        """The transaction of the run's effect; only work of kind `rows` has one."""
        if self.transaction is None:
            raise RuntimeError("work outside the database opens transactions of its own")
        return self.transaction


Work = Callable[[Context], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    name: str
    title: str
    trigger: Trigger
    run: Work
    effect: Literal["rows", "outside"] = "rows"
    attempts: int = 3
    backoff: tuple[float, ...] = (10.0, 60.0)
    """Seconds to wait after the first failure, the second and so on; the last one is repeated."""

    def wait_after(self, failures: int) -> float:
        return self.backoff[min(failures, len(self.backoff)) - 1]
