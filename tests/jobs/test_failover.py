"""The leader is killed, frozen or cut off: another takes over within seconds, and no run is done twice."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import select, text

from data.database import Database
from data.tables import JobRun, Switch
from jobs.lease import Lease
from tests.jobs.lease_kit import TERMINATE

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


class Process:
    """One node as a process of its own; it never outlives the test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self, word: str) -> str:
        """Wait until it says something that starts with this word."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stdout.readline()).decode().strip():
                if line.startswith(word):
                    return line
        raise AssertionError(f"it ended without saying {word!r}")

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        # Reading to the end lets the pipe close.
        await self.process.communicate()


Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(database_url: str, database: Database) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def run(name: str, check: float = 1.0, hanging: float = 15.0) -> Process:
            arguments = ["-m", "tests.jobs.node", database_url, name, str(check), str(hanging)]
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
            made = Process(process)
            stack.push_async_callback(made.kill)
            return made

        yield run


async def effects(database: Database) -> Counter[str]:
    async with database.snapshot() as db:
        return Counter(name[8:] for name in (await db.execute(select(Switch.name))).scalars())


async def claimed(database: Database) -> dict[str, str]:
    async with database.snapshot() as db:
        rows = (await db.execute(select(JobRun).where(JobRun.ok.is_(True)))).scalars()
        return {row.due_at.isoformat(): row.node for row in rows}


async def test_a_killed_leader_is_followed_and_every_run_has_one_effect(start: Start, database: Database) -> None:
    leader = await start("node-0")
    await leader.says("leads")
    for number in range(1, 4):
        follower = await start(f"node-{number}")
        await leader.says("runs")
        await leader.says("runs")
        # In the middle of a run: its transaction is open, its effect is not there yet.
        await leader.kill()
        killed = time.monotonic()
        await follower.says("leads")
        assert time.monotonic() - killed < 6
        await follower.says("runs")
        leader = follower
    await leader.says("runs")
    await leader.kill()
    done = await claimed(database)
    assert set((await effects(database)).values()) == {1}
    assert set(await effects(database)) == set(done)
    assert set(done.values()) >= {"node-0", "node-1", "node-2"}


async def test_a_frozen_leader_loses_the_lease_and_knows_when_it_wakes(start: Start, database: Database) -> None:
    leader = await start("frozen", check=0.3, hanging=1.5)
    await leader.says("runs")
    follower = await start("follower", check=0.3, hanging=1.5)
    leader.process.send_signal(signal.SIGSTOP)
    await follower.says("leads")
    await follower.says("runs")
    leader.process.send_signal(signal.SIGCONT)
    await leader.says("follows")
    await follower.says("runs")
    await follower.kill()
    await leader.says("leads")
    await leader.says("runs")
    await leader.kill()
    assert set((await effects(database)).values()) == {1}


class Watched:
    """A lease and what it said so far."""

    def __init__(self, url: str) -> None:
        self.lease = Lease(url, check=0.2)
        self.changes: asyncio.Queue[bool] = asyncio.Queue()

    async def start(self) -> Watched:
        await self.lease.start(self.changes.put_nowait)
        return self

    async def next(self) -> bool:
        return await asyncio.wait_for(self.changes.get(), PATIENCE)


@pytest.fixture
async def two(database: Database, database_url: str) -> AsyncIterator[tuple[Watched, Watched]]:
    first, second = Watched(database_url), Watched(database_url)
    yield first, second
    await first.lease.stop()
    await second.lease.stop()


async def test_one_holds_the_lease_and_gives_it_back_when_it_stops(two: tuple[Watched, Watched]) -> None:
    first, second = two
    await first.start()
    assert await first.next() is True
    await second.start()
    await first.lease.stop()
    assert await first.next() is False
    assert await second.next() is True
    assert not first.lease.held
    assert second.lease.held


async def test_a_leader_whose_connection_is_ended_steps_down_at_once(
    two: tuple[Watched, Watched], database: Database
) -> None:
    first, second = two
    await first.start()
    assert await first.next() is True
    await second.start()
    async with database.begin() as db:
        assert (await db.execute(TERMINATE)).scalars().all() == [True]
        ended = time.monotonic()
    assert await first.next() is False
    assert time.monotonic() - ended < 0.5
    assert await second.next() is True
    await second.lease.stop()
    # It never stopped striving.
    assert await first.next() is True


async def test_a_lock_that_is_gone_is_noticed_though_the_connection_lives(
    database_url: str,
) -> None:
    """A pooler that hands the server connection to others would do this."""
    asked = text("SELECT false WHERE :key IS NOT NULL UNION ALL SELECT false")
    first = Watched(database_url)
    first.lease = Lease(database_url, check=0.2, still=asked)
    await first.start()
    assert await first.next() is True
    assert await first.next() is False
    await first.lease.stop()


async def test_an_unreachable_database_is_waited_for_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    lease = Lease("postgresql://nobody@127.0.0.1:1/none", check=0.01)
    await lease.start(lambda held: None)
    async with asyncio.timeout(PATIENCE):
        while not caplog.records:
            await asyncio.sleep(0)
        for _ in range(200):
            await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records] == ["the lease has to wait for the database"]
    await lease.stop()
