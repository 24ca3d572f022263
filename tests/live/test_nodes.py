"""Several nodes on one database are one system; and one whose server is killed under it goes on where it stood."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.activity.commands import take_in
from core.app import App
from core.clock import FakeClock
from core.errors import Unavailable
from core.live.pubsub import LocalBus, LocalPubSub
from core.principal import SYSTEM
from core.settings import Settings
from data.database import Database
from data.embedded import EmbeddedPostgres
from data.migrate import migrate
from tests.events.kit import Reader
from tests.factories import Make
from tests.live.kit import PATIENCE, Inbox, Node, running

TOPICS = ("activity:global", "activity:subject:math", "activity:subject:science")


@pytest.fixture
async def apps(settings: Settings, database_url: str, database: Database, clock: FakeClock) -> AsyncIterator[list[App]]:
    """Three nodes, each with connections of its own, joined by a bus."""
    bus = LocalBus()
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(3):
            own = Database(database_url)
            stack.push_async_callback(own.close)
            app = App(settings, own, clock=clock, pubsub=LocalPubSub(bus))
            await app.start()
            stack.push_async_callback(app.stop)
            made.append(app)
        yield made


@pytest.mark.req("RT-12", "RT-15", "RT-16", "QA-3")
async def test_all_nodes_tell_the_same_story(apps: list[App], clock: FakeClock) -> None:
    chance = random.Random(5)
    make = Make(apps[0])
    people = [await make.person() for _ in range(4)]
    inboxes = [[Inbox(app.hub, topic) for topic in TOPICS] for app in apps]

    async def write(app: App) -> int:
        taken = 0
        for _ in range(12):
            items = [
                make.event(chance.choice(people), subject=chance.choice(["math", "science", None]))
                for _ in range(chance.randint(1, 4))
            ]
            taken += sum(r.status == "accepted" for r in await take_in(app.transactions, SYSTEM, items))
        return taken

    taken = sum(await asyncio.gather(*(write(app) for app in apps)))
    for of_node in inboxes:
        await of_node[0].count(taken)
    stories = [[inbox.seqs for inbox in of_node] for of_node in inboxes]
    assert stories[0] == stories[1] == stories[2]
    for story in stories[0]:
        assert story == sorted(set(story)), "in the order of the log, each once"
    assert len(stories[0][0]) == taken
    payloads = [[m.payload for m in of_node[0].messages] for of_node in inboxes]
    assert payloads[0] == payloads[1] == payloads[2]


@pytest.mark.req("RT-12", "RT-17")
async def test_whoever_left_one_node_finds_the_gap_on_another(apps: list[App]) -> None:
    make = Make(apps[0])
    ada = await make.person()
    seen = (await make.fact(ada)).seq or 0
    missed = [(await make.fact(ada)).seq for _ in range(3)]
    await apps[1].relay.catch_up()
    found = apps[1].hub.since("activity:global", seen)
    assert found is not None
    assert [m.seq for m in found] == missed
    assert apps[1].relay.epoch == apps[0].relay.epoch


@pytest.mark.req("RT-17")
async def test_the_server_is_killed_while_others_write(clock: FakeClock) -> None:
    """`kill -9` of PostgreSQL: whoever writes meanwhile is told, what was acknowledged is there, and told once."""
    with tempfile.TemporaryDirectory(prefix="tandem-test-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "data") as postgres:
            database = Database(postgres.url)
            await migrate(database.engine)
            async with running(Node(database, clock, poll=0.05)) as node:
                inbox = Inbox(node.hub, "tally:math")
                acknowledged: list[int] = []
                refused, killed = 0, postgres.pid

                def back() -> bool:
                    return postgres.state == "ready" and postgres.pid != killed

                for turn in range(60):
                    if turn == 20:
                        os.kill(killed, signal.SIGKILL)
                    while True:
                        try:
                            acknowledged += await node.state(turn + 1)
                            break
                        except Unavailable:
                            refused += 1
                            assert await asyncio.to_thread(postgres.wait, back, PATIENCE)
                reader = Reader(database)
                await reader.read()
                stored = [fact.seq for fact in reader.facts]
                await inbox.until(lambda messages: messages[-1].seq == stored[-1])
                assert inbox.seqs == stored, "every fact once and in order, across the crash"
                assert set(acknowledged) <= set(stored)
                assert refused >= 1
                assert (await node.replicas.get("tally:math")).state == tuple(stored)
            await database.close()
