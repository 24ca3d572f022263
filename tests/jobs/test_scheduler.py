"""The timer, the lease and the runner together: on a real clock, with due times a second apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.clock import SystemClock
from core.errors import Conflict
from core.metrics import Metrics
from core.monitoring.queries import job_status, recent_runs
from core.transaction import Transactions
from data.database import Database
from jobs.job import Context, Job
from jobs.lease import Lease
from jobs.runner import Runner
from jobs.scheduler import DATABASE_AWAY, Companion, Scheduler
from jobs.triggers import After, Every
from tests.jobs.lease_kit import TERMINATE

PATIENCE = 30.0
ZONE = ZoneInfo("UTC")

Start = Callable[..., Any]


async def soon(queue: asyncio.Queue[Any]) -> Any:
    return await asyncio.wait_for(queue.get(), PATIENCE)


@pytest.fixture
async def start(database: Database, database_url: str) -> AsyncIterator[Start]:
    started: list[Scheduler] = []

    async def run(
        *jobs: Job,
        companions: tuple[Companion, ...] = (),
        on: Database = database,
        patience: timedelta = DATABASE_AWAY,
    ) -> Scheduler:
        clock, metrics = SystemClock(), Metrics()
        runner = Runner(jobs, Transactions(on, clock, lambda: None), clock, zone=ZONE, node="one", metrics=metrics)
        lease = Lease(database_url, check=0.2)
        made = Scheduler(runner, lease, clock, zone=ZONE, metrics=metrics, companions=companions, patience=patience)
        started.append(made)
        await made.start()
        return made

    yield run
    for scheduler in started:
        await scheduler.stop()


async def test_jobs_and_their_followers_run_on_time_until_it_stops(start: Start, database: Database) -> None:
    ran: asyncio.Queue[tuple[str, datetime]] = asyncio.Queue()

    def job(name: str, trigger: Every | After) -> Job:
        async def run(context: Context) -> dict[str, Any]:
            ran.put_nowait((name, context.due_at))
            return {}

        return Job(name=name, title=name.title(), trigger=trigger, run=run)

    scheduler = await start(job("clock", Every(1)), job("echo", After("clock")))
    seen = [await soon(ran) for _ in range(6)]
    assert scheduler.leads
    assert [name for name, _ in seen] == ["clock", "echo"] * 3
    dues = [due for name, due in seen if name == "clock"]
    assert len({*dues}) == 3
    assert dues == [due for name, due in seen if name == "echo"]
    await scheduler.stop()
    async with database.snapshot() as db:
        clock, echo = await job_status(db, scheduler.infos, SystemClock().now())
    assert (clock.schedule, echo.schedule) == ("every second", "after clock")
    assert clock.next_due is not None
    assert clock.next_due == echo.next_due


async def test_a_failed_run_is_tried_again_without_waiting_for_its_next_time(start: Start, database: Database) -> None:
    tries: asyncio.Queue[datetime] = asyncio.Queue()

    async def run(context: Context) -> dict[str, Any]:
        tries.put_nowait(context.due_at)
        if tries.qsize() < 3:
            raise Conflict
        return {}

    done = asyncio.Event()

    async def follow(_context: Context) -> dict[str, Any]:
        done.set()
        return {}

    moody = Job(name="moody", title="Moody", trigger=Every(86_400 * 7), run=run, backoff=(0.05,))
    await start(moody, Job(name="then", title="Then", trigger=After("moody"), run=follow))
    await asyncio.wait_for(done.wait(), PATIENCE)
    assert tries.qsize() == 3
    async with database.snapshot() as db:
        (last,) = await recent_runs(db, "moody")
    assert last.ok


async def test_a_job_waits_for_a_database_that_is_away(
    start: Start, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")

    async def run(_context: Context) -> dict[str, Any]:
        raise AssertionError("it cannot be known that it is due")

    await start(
        Job(name="patient", title="Patient", trigger=Every(86_400 * 7), run=run),
        on=away,
        patience=timedelta(seconds=0.05),
    )
    async with asyncio.timeout(PATIENCE):
        while sum(record.getMessage() == "a job has to wait" for record in caplog.records) < 3:
            await asyncio.sleep(0)
    await away.close()


class Telling:
    """A companion that says when it begins and ends."""

    def __init__(self) -> None:
        self.states: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        self.states.put_nowait("runs")
        try:
            await asyncio.Event().wait()
        finally:
            self.states.put_nowait("ended")


async def test_stepping_down_ends_companions_and_what_is_under_way(start: Start, database: Database) -> None:
    working: asyncio.Queue[str] = asyncio.Queue()

    async def run(_context: Context) -> dict[str, Any]:
        working.put_nowait("begun")
        try:
            await asyncio.Event().wait()
        finally:
            working.put_nowait("cancelled")
        return {}

    companion = Telling()
    scheduler = await start(Job(name="long", title="Long", trigger=Every(86_400), run=run), companions=(companion,))
    assert (await soon(companion.states), await soon(working)) == ("runs", "begun")
    async with database.begin() as db:
        await db.execute(TERMINATE)
    assert (await soon(companion.states), await soon(working)) == ("ended", "cancelled")
    # The lease comes back, and so does everything that depends on it.
    assert (await soon(companion.states), await soon(working)) == ("runs", "begun")
    await scheduler.stop()
    assert (await soon(companion.states), await soon(working)) == ("ended", "cancelled")
    assert not scheduler.leads
    async with database.snapshot() as db:
        assert await recent_runs(db, "long") == []


async def test_a_companion_that_fails_is_said_and_harms_nobody(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    class Clumsy:
        async def run(self) -> None:
            raise Conflict

    companion = Telling()
    scheduler = await start(companions=(Clumsy(), companion))
    assert await soon(companion.states) == "runs"
    assert scheduler.leads
    assert "a companion of the jobs ended" in [record.getMessage() for record in caplog.records]
