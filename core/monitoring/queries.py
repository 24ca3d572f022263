"""What staff and the house itself ask: how the jobs went, how the simulator's switch stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import JobRun, Switch

SIMULATOR = "simulator"
SIMULATED = 24
"""How many people a simulated community has, unless somebody says so."""


@dataclass(frozen=True, slots=True)
class JobInfo:
    """What a job tells of itself, without its work."""

    name: str
    title: str
    schedule: str
    next_due: Callable[[datetime], datetime | None]


@dataclass(frozen=True, slots=True)
class Run:
    job: str
    due_at: datetime
    node: str
    started_at: datetime
    finished_at: datetime
    milliseconds: int
    ok: bool
    result: dict[str, Any]
    error: str | None

    @property
    def attempts(self) -> int:
        """How often it failed so far."""
        return 0 if self.ok else int(self.result.get("attempts", 1))


@dataclass(frozen=True, slots=True)
class JobStatus:
    name: str
    title: str
    schedule: str
    last: Run | None
    last_ok_at: datetime | None
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class SimulatorState:
    running: bool
    speed: float
    people: int = SIMULATED
    """How many of them are to live."""
    leaving: int | None = None
    """How many there were when they began to be taken away; None unless they are."""


async def last_runs(db: AsyncSession, jobs: Sequence[str], *, ok: bool | None = None) -> dict[str, Run]:
    """Each job's latest run, or the latest that went well or badly."""
    latest_first = (JobRun.job, JobRun.due_at.desc())
    wanted = select(JobRun).ext(distinct_on(JobRun.job)).where(JobRun.job.in_(jobs)).order_by(*latest_first)
    if ok is not None:
        wanted = wanted.where(JobRun.ok.is_(ok))
    return {row.job: _run(row) for row in (await db.execute(wanted)).scalars()}


async def recent_runs(db: AsyncSession, job: str, limit: int = 50) -> list[Run]:
    """A job's runs, newest first."""
    wanted = select(JobRun).where(JobRun.job == job).order_by(JobRun.due_at.desc()).limit(limit)
    return [_run(row) for row in (await db.execute(wanted)).scalars()]


async def job_status(db: AsyncSession, jobs: Sequence[JobInfo], now: datetime) -> list[JobStatus]:
    """How each job stands, in the given order; a job that never ran is there too."""
    names = [job.name for job in jobs]
    latest, well = await last_runs(db, names), await last_runs(db, names, ok=True)
    return [
        JobStatus(
            job.name,
            job.title,
            job.schedule,
            latest.get(job.name),
            well[job.name].finished_at if job.name in well else None,
            job.next_due(now),
        )
        for job in jobs
    ]


async def simulator_state(db: AsyncSession, default: bool, people: int = SIMULATED) -> SimulatorState:
    """How the switch stands; `default` and `people` say how it runs while nobody has turned it."""
    value = (await db.execute(select(Switch.value).where(Switch.name == SIMULATOR))).scalar_one_or_none() or {}
    leaving = value.get("leaving")
    return SimulatorState(
        bool(value.get("running", default)),
        float(value.get("speed", 1.0)),
        int(value.get("people") or people),
        None if leaving is None else int(leaving),
    )


def _run(row: JobRun) -> Run:
    return Run(
        row.job,
        row.due_at,
        row.node,
        row.started_at,
        row.finished_at,
        row.milliseconds,
        row.ok,
        row.result,
        row.error,
    )
