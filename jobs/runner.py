"""Runs what is due, once.

Whether a job is due follows from its trigger, the time and its rows in `job_runs` alone; so a node that takes over
knows as much as the one before. A failed run is recorded with a short error and tried again after a while, three times
in all, unless a later due time has come meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import Clock
from core.errors import TandemError
from core.metrics import Metrics
from core.monitoring.commands import claim_run, fail_run, finish_run
from core.monitoring.queries import Run, last_runs
from core.principal import SYSTEM
from core.transaction import Transaction, Transactions
from data.analytics.store import AnalyticsError
from jobs.job import Context, Job
from jobs.triggers import After, latest_due

log = logging.getLogger(__name__)

ERROR_LENGTH = 300


class DoneElsewhere(Exception):
    """Another node did this run; whatever was begun here is rolled back."""


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    failures: int
    """How often this very run failed before."""
    not_before: datetime


class Runner:
    def __init__(
        self,
        jobs: Sequence[Job],
        transactions: Transactions,
        clock: Clock,
        *,
        zone: ZoneInfo,
        node: str,
        metrics: Metrics,
    ) -> None:
        self.jobs = tuple(jobs)
        self._transactions, self._clock, self._zone = transactions, clock, zone
        self._node, self._metrics = node, metrics
        self._busy = {job.name: asyncio.Lock() for job in self.jobs}
        _check(self.jobs)

    async def run_due(self, now: datetime | None = None) -> list[str]:
        """Run everything that is due, in the registry's order; the names of the jobs that ran well."""
        before = now or self._clock.now()
        ran = []
        for job in self.jobs:
            due = await self.due(job, before)
            if due and due.not_before <= before and await self._run(job, due):
                ran.append(job.name)
        return ran

    async def run(self, job: Job) -> datetime | None:
        """Run a job if it is due, and those that follow it; says when to come back for another attempt, if so."""
        async with self._busy[job.name]:
            now = self._clock.now()
            due = await self.due(job, now)
            if due and due.not_before <= now:
                await self._run(job, due)
                due = await self.due(job, now)
        again = [due.not_before] if due else []
        for follower in self.jobs:
            if follower.trigger == After(job.name):
                later = await self.run(follower)
                again += [later] if later else []
        return min(again, default=None)

    async def due(self, job: Job, now: datetime) -> Due | None:
        """The run that has to be done, if any."""
        async with self._transactions.read() as db:
            last = (await last_runs(db, [job.name])).get(job.name)
            if isinstance(job.trigger, After):
                leader = (await last_runs(db, [job.trigger.job], ok=True)).get(job.trigger.job)
                latest = leader.due_at if leader else None
            else:
                latest = latest_due(job.trigger, now, self._zone)
        return _due(job, latest, last, now) if latest else None

    async def _run(self, job: Job, due: Due) -> bool:
        started = self._clock.monotonic()
        try:
            await (self._rows if job.effect == "rows" else self._outside)(job, due, started)
        except DoneElsewhere:
            return False
        except Exception as error:
            log.warning("a job failed", extra={"job": job.name, "due_at": due.at.isoformat()}, exc_info=True)
            await self._failed(job, due, started, error)
            return False
        self._count(job, True, started)
        return True

    async def _rows(self, job: Job, due: Due, started: float) -> None:
        async def command(tx: Transaction) -> None:
            if not await claim_run(tx, job.name, due.at, self._node):
                raise DoneElsewhere
            result = await job.run(Context(due.at, self._transactions, self._clock, tx))
            await finish_run(tx, job.name, due.at, self._since(started), result)

        await self._transactions.run(SYSTEM, command)

    async def _outside(self, job: Job, due: Due, started: float) -> None:
        result = await job.run(Context(due.at, self._transactions, self._clock, None))

        async def command(tx: Transaction, result: dict[str, Any]) -> None:
            if not await claim_run(tx, job.name, due.at, self._node):
                raise DoneElsewhere
            await finish_run(tx, job.name, due.at, self._since(started), result)

        await self._transactions.run(SYSTEM, command, result)

    async def _failed(self, job: Job, due: Due, started: float, error: Exception) -> None:
        self._count(job, False, started)
        await self._transactions.run(
            SYSTEM,
            fail_run,
            job.name,
            due.at,
            node=self._node,
            milliseconds=self._since(started),
            error=short(error),
            attempts=due.failures + 1,
        )

    def _since(self, started: float) -> int:
        return round((self._clock.monotonic() - started) * 1000)

    def _count(self, job: Job, ok: bool, started: float) -> None:
        self._metrics.job(job.name, ok, self._clock.monotonic() - started, self._clock.now().timestamp())


def _due(job: Job, latest: datetime, last: Run | None, now: datetime) -> Due | None:
    if last is None or last.due_at < latest:
        return Due(latest, 0, now)
    if last.due_at > latest or last.ok or last.attempts >= job.attempts:
        return None
    return Due(latest, last.attempts, last.finished_at + timedelta(seconds=job.wait_after(last.attempts)))


def _check(jobs: Sequence[Job]) -> None:
    seen: set[str] = set()
    for job in jobs:
        if job.name in seen:
            raise ValueError(f"two jobs are called {job.name}")
        if isinstance(job.trigger, After) and job.trigger.job not in seen:
            raise ValueError(f"{job.name} follows {job.trigger.job}, which must stand before it")
        seen.add(job.name)


def short(error: BaseException) -> str:
    """What went wrong, in words that may be shown: ours in full, a stranger's by its kind and place only, since its
    text may quote rows or addresses."""
    if isinstance(error, TandemError | AnalyticsError):
        return str(error)[:ERROR_LENGTH]
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    system = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{system}{place}"[:ERROR_LENGTH]
