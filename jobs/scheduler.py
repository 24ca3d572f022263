"""The node that holds the lease runs the jobs; this joins the lease, the timer and the runner.

The timer only wakes: what is due is asked of the database each time. Winning the lease looks at every job at once, so
what was missed is caught up with; losing it cancels what is under way, whose transactions roll back, and the next
leader does it. Companions are tasks that run for as long as this node leads, such as the simulator.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

from core.clock import Clock
from core.metrics import Metrics
from core.monitoring.queries import JobInfo
from jobs.job import Job
from jobs.lease import Lease
from jobs.runner import Runner
from jobs.triggers import After, Daily, Every, describe, next_due

log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)

DATABASE_AWAY = timedelta(seconds=10)


class Companion(Protocol):
    async def run(self) -> None:
        """Go on until cancelled."""


class DueTrigger(BaseTrigger):  # type: ignore[misc]
    """Tells the timer when one of our triggers is next due."""

    def __init__(self, trigger: Every | Daily, zone: ZoneInfo) -> None:
        self._trigger, self._zone = trigger, zone

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return next_due(self._trigger, now, self._zone)


class Scheduler:
    def __init__(
        self,
        runner: Runner,
        lease: Lease,
        clock: Clock,
        *,
        zone: ZoneInfo,
        metrics: Metrics,
        companions: Sequence[Companion] = (),
        patience: timedelta = DATABASE_AWAY,
    ) -> None:
        self._patience = patience
        self._runner, self._lease, self._clock, self._zone = runner, lease, clock, zone
        self._companions = tuple(companions)
        self._timer: AsyncIOScheduler | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        metrics.watch("leader", "1 on the node that runs the jobs.", lambda: float(lease.held))

    @property
    def leads(self) -> bool:
        return self._lease.held

    @property
    def infos(self) -> list[JobInfo]:
        """What there is to say about each job before it ever ran."""
        return [JobInfo(j.name, j.title, describe(j.trigger), self._next(j)) for j in self._runner.jobs]

    def _next(self, job: Job) -> Any:
        trigger = job.trigger
        while isinstance(trigger, After):
            trigger = next(j.trigger for j in self._runner.jobs if j.name == trigger.job)
        return lambda now: next_due(trigger, now, self._zone)

    async def start(self) -> None:
        await self._lease.start(self._changed)

    async def stop(self) -> None:
        """Let go of the lease and of everything that is under way."""
        await self._lease.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _changed(self, held: bool) -> None:
        if held:
            self._lead()
        else:
            self._step_down()

    def _lead(self) -> None:
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._timer = AsyncIOScheduler(timezone=self._zone, job_defaults=options)
        for job in self._runner.jobs:
            if isinstance(job.trigger, After):
                continue
            trigger = DueTrigger(job.trigger, self._zone)
            self._timer.add_job(self._woken, trigger, [job], id=job.name)
            self._wake(job)
        self._timer.start()
        for companion in self._companions:
            self._spawn(companion.run(), type(companion).__name__)

    def _step_down(self) -> None:
        timer, self._timer = self._timer, None
        if timer:
            timer.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()

    async def _woken(self, job: Job) -> None:
        # A coroutine, or the timer would call it on another thread.
        self._wake(job)

    def _wake(self, job: Job) -> None:
        if self._timer:
            self._spawn(self._attempt(job), job.name)

    async def _attempt(self, job: Job) -> None:
        """Run the job if it is due, and come back later if it did not go well."""
        try:
            again = await self._runner.run(job)
        except Exception:
            log.warning("a job has to wait", extra={"job": job.name}, exc_info=True)
            again = self._clock.now() + self._patience
        if again and self._timer:
            self._timer.add_job(self._woken, DateTrigger(again), [job], id=f"{job.name} again", replace_existing=True)

    def _spawn(self, work: Awaitable[None], name: str) -> None:
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a companion of the jobs ended", exc_info=task.exception(), extra={"task": task.get_name()})
