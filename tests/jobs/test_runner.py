"""A run happens once, is caught up with once, and is tried again when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from core.clock import FakeClock
from core.errors import Conflict
from core.metrics import Metrics
from core.monitoring.queries import JobInfo, Run, job_status, recent_runs
from core.transaction import Transactions
from data.database import Database
from data.tables import Switch
from jobs.job import Context, Job
from jobs.runner import Runner, short
from jobs.triggers import After, Every

MINUTE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

MakeRunner = Callable[..., Runner]


@pytest.fixture
def runner(transactions: Transactions, clock: FakeClock) -> MakeRunner:
    def make(*jobs: Job, node: str = "one") -> Runner:
        return Runner(jobs, transactions, clock, zone=ZoneInfo("UTC"), node=node, metrics=Metrics())

    return make


async def count(context: Context) -> dict[str, Any]:
    """An effect that can be counted: one row more."""
    await context.tx.db.execute(
        text("INSERT INTO switches (name, value, updated_at) VALUES (gen_random_uuid()::text, '{}', :now)"),
        {"now": context.tx.now},
    )
    return {"added": 1}


async def effects(transactions: Transactions) -> int:
    async with transactions.read() as db:
        return (await db.execute(select(func.count()).select_from(Switch))).scalar_one()


async def runs(transactions: Transactions, job: str) -> list[Run]:
    async with transactions.read() as db:
        return await recent_runs(db, job)


def job(run: Any = count, **given: Any) -> Job:
    return Job(**({"name": "counting", "title": "Counting", "trigger": Every(60), "run": run} | given))


async def test_a_due_time_is_run_once_and_the_next_one_again(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    one, two = runner(job()), runner(job(), node="two")
    assert await one.run_due() == ["counting"]
    assert await two.run_due() == []
    clock.advance(59)
    assert await one.run_due() == []
    clock.advance(1)
    assert await two.run_due() == ["counting"]
    assert await effects(transactions) == 2
    (second, first) = await runs(transactions, "counting")
    assert (first.due_at, first.node, first.ok, first.result) == (MINUTE, "one", True, {"added": 1})
    assert (second.due_at, second.node) == (MINUTE + timedelta(minutes=1), "two")


async def test_two_nodes_at_the_same_instant_have_one_effect(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    """Both believe they lead; the second claim waits for the first and then finds the run done."""
    nodes = [runner(job(), node=str(number)) for number in range(6)]
    for _ in range(5):
        ran = await asyncio.gather(*(node.run_due() for node in nodes))
        assert sum(map(len, ran)) == 1
        clock.advance(60)
    assert await effects(transactions) == 5


async def test_what_was_missed_in_a_long_time_is_caught_up_with_once(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    node = runner(job())
    await node.run_due()
    clock.advance(3 * 86_400 + 12)
    assert await node.run_due() == ["counting"]
    assert await node.run_due() == []
    assert await effects(transactions) == 2
    assert (await runs(transactions, "counting"))[0].due_at == MINUTE + timedelta(days=3)


async def test_a_clock_set_back_runs_nothing_again(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    node = runner(job())
    await node.run_due()
    clock.set(MINUTE - timedelta(hours=1))
    assert await node.run_due() == []
    assert await effects(transactions) == 1


async def test_a_failure_rolls_back_is_recorded_and_tried_three_times(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    async def fail(context: Context) -> dict[str, Any]:
        await count(context)
        raise Conflict("Somebody is in the way.")

    node = runner(job(fail, trigger=Every(3600), backoff=(10, 30)))
    await node.run_due()
    for wait, attempts in ((10, 2), (30, 3)):
        clock.advance(wait - 1)
        assert await node.run_due() == []
        clock.advance(1)
        await node.run_due()
        (run,) = await runs(transactions, "counting")
        assert (run.ok, run.attempts, run.error) == (False, attempts, "Somebody is in the way.")
    clock.advance(600)
    await node.run_due()
    assert (await runs(transactions, "counting"))[0].attempts == 3
    assert await effects(transactions) == 0


async def test_another_node_goes_on_with_the_attempts(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    failing = {"now": True}

    async def moody(context: Context) -> dict[str, Any]:
        if failing["now"]:
            raise Conflict
        return await count(context)

    each = job(moody, trigger=Every(3600), backoff=(10,))
    assert await runner(each).run(each) == clock.now() + timedelta(seconds=10)
    failing["now"] = False
    clock.advance(10)
    assert await runner(each, node="two").run(each) is None
    (run,) = await runs(transactions, "counting")
    assert (run.ok, run.node, run.error) == (True, "two", None)
    assert await effects(transactions) == 1


async def test_the_next_due_time_replaces_attempts_that_are_left(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    async def fail(_context: Context) -> dict[str, Any]:
        raise Conflict

    node = runner(job(fail))
    await node.run_due()
    clock.advance(60)
    await node.run_due()
    assert [run.attempts for run in await runs(transactions, "counting")] == [1, 1]


async def test_a_follower_runs_after_each_good_run_and_only_then(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    well = {"now": True}

    async def lead(_context: Context) -> dict[str, Any]:
        if not well["now"]:
            raise Conflict
        return {}

    leader = job(lead, name="leader", effect="outside")
    node = runner(leader, job(trigger=After("leader")))
    await node.run(leader)
    assert await effects(transactions) == 1
    well["now"] = False
    clock.advance(60)
    await node.run(leader)
    assert await effects(transactions) == 1
    well["now"] = True
    clock.advance(60)
    assert await node.run_due() == ["leader", "counting"]
    assert (await runs(transactions, "counting"))[0].due_at == MINUTE + timedelta(minutes=2)


async def test_work_outside_the_database_is_claimed_when_it_is_done(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    """Killed between the two, it is done again: here both nodes do it, and one run is written down."""
    done: list[str] = []
    both = asyncio.Barrier(2)

    async def write(context: Context) -> dict[str, Any]:
        assert context.transaction is None
        await both.wait()
        done.append("written")
        return {}

    nodes = [runner(job(write, effect="outside"), node=node) for node in ("one", "two")]
    ran = await asyncio.gather(*(node.run_due() for node in nodes))
    assert len(done) == 2
    assert sorted(map(len, ran)) == [0, 1]
    assert len(await runs(transactions, "counting")) == 1


def test_names_are_unique_and_followers_stand_behind(runner: MakeRunner) -> None:
    with pytest.raises(ValueError, match="two jobs are called counting"):
        runner(job(), job())
    with pytest.raises(ValueError, match="must stand before it"):
        runner(job(trigger=After("later")), job(name="later"))


async def test_status_tells_last_run_error_duration_and_next_due(
    runner: MakeRunner, transactions: Transactions, clock: FakeClock
) -> None:
    async def slow(_context: Context) -> dict[str, Any]:
        clock.advance(1.5)
        return {}

    infos = [
        JobInfo(name, name.title(), "every minute", lambda now: now + timedelta(seconds=60))
        for name in ("counting", "never")
    ]
    await runner(job(slow)).run_due()
    async with transactions.read() as db:
        ran, never = await job_status(db, infos, clock.now())
    assert ran.last is not None
    assert ran.last.ok
    assert ran.last.milliseconds == 1500
    assert ran.last_ok_at == clock.now()
    assert ran.next_due == clock.now() + timedelta(seconds=60)
    assert (never.last, never.last_ok_at) == (None, None)


async def test_runs_are_measured(transactions: Transactions, clock: FakeClock) -> None:
    metrics = Metrics()
    await Runner([job()], transactions, clock, zone=ZoneInfo("UTC"), node="one", metrics=metrics).run_due()
    text = metrics.exposition().decode()
    assert 'tandem_job_runs_total{job="counting",ok="true"} 1.0' in text
    (last,) = [line for line in text.splitlines() if line.startswith("tandem_job_last_success_timestamp_seconds{")]
    assert float(last.split()[-1]) == clock.now().timestamp()


async def test_an_error_is_short_and_quotes_no_strangers_words(database: Database) -> None:
    secret = "postgresql://tandem:hunter2@db/tandem"
    with pytest.raises(ValueError, match="hunter2") as caught:
        raise ValueError(secret)
    assert short(caught.value).startswith("ValueError at test_runner.py:")
    with pytest.raises(Exception, match="Ada") as told:
        async with database.begin() as db:
            await db.execute(text("SELECT CAST(:name AS integer)").bindparams(name="Ada Byron"))
    assert "Ada" not in short(told.value)
    assert short(OSError(28, "No space left on device", "/srv/secret")) == "OSError: No space left on device"
    assert len(short(Conflict("x" * 1000))) == 300
