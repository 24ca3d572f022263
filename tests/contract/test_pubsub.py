"""One contract for every bus between nodes: pokes arrive, signals whole and in order, and a bus that is away mends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.ids import new_id
from core.live.pubsub import LocalBus, LocalPubSub, PubSub
from core.live.pubsub_postgres import PART, PostgresPubSub
from core.live.pubsub_redis import RedisPubSub
from core.live.pubsub_remote import QUEUE, RemotePubSub
from core.live.signals import Signals
from tests.patience import PATIENCE, until
from tools.programs import ROOT, redis_server


class Node:
    """What one node hears."""

    def __init__(self, pubsub: PubSub) -> None:
        self.pubsub = pubsub
        self.pokes = 0
        self.signals: list[bytes] = []

    def _on_poke(self) -> None:
        self.pokes += 1

    async def start(self) -> None:
        await self.pubsub.start(self._on_poke, self.signals.append)

    async def until(self, true: Callable[[Node], bool]) -> None:
        await until(lambda: true(self))


class Redis:
    """A Redis of its own, so that a test may stop and start it."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = redis_server()
        if program is None:
            pytest.fail("no Redis server to test with")
        command = [str(program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        # Its output ends when it does, so that this ends either way.
        if not any(b"Ready to accept connections" in line for line in self._process.stdout):
            pytest.fail("Redis does not start")

    def freeze(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()


@asynccontextmanager
async def running(*pubsubs: PubSub) -> AsyncIterator[list[Node]]:
    nodes = [Node(pubsub) for pubsub in pubsubs]
    for node in nodes:
        await node.start()
    # What links poke about when they come up is not what is counted here.
    for node in nodes:
        await node.until(lambda n: n.pubsub.healthy)
        node.pokes = 0
    yield nodes
    for node in nodes:
        await node.pubsub.stop()


Make = Callable[..., PubSub]


@pytest.fixture(params=["local", "redis", "postgres"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes one more member of the same bus, of each back end in turn."""
    prefix = f"t{new_id().hex[-12:]}"
    if request.param == "redis":
        url = request.getfixturevalue("redis").url
        return lambda **durations: RedisPubSub(url, prefix, **durations)
    if request.param == "postgres":
        address = request.getfixturevalue("database_url")
        return lambda **durations: PostgresPubSub(address, prefix, **durations)
    bus = LocalBus()
    return lambda **_durations: LocalPubSub(bus)


@pytest.mark.req("RT-12", "RT-13")
async def test_a_poke_reaches_every_node_and_the_poking_one_at_once(make: Make) -> None:
    async with running(make(), make(), make()) as (one, two, three):
        one.pubsub.poke()
        assert one.pokes == 1
        for other in (two, three):
            await other.until(lambda n: n.pokes >= 1)
        two.pubsub.poke()
        await one.until(lambda n: n.pokes >= 2)
        assert one.signals == two.signals == three.signals == []


@pytest.mark.req("RT-13")
async def test_signals_reach_all_others_whole_and_in_order(make: Make) -> None:
    said = [
        bytes([n % 256]) * size for n, size in enumerate([0, 1, 5, 300, 7_999, 8_000, 8_001, 100_000, 3, 250_000, 2])
    ]
    async with running(make(), make(), make()) as (one, two, three):
        for data in said:
            one.pubsub.signal(data)
        for other in (two, three):
            await other.until(lambda n: len(n.signals) >= len(said))
            assert other.signals == said
        assert one.signals == []


@pytest.mark.req("RT-13", "RT-16")
async def test_many_signals_of_many_nodes_keep_each_senders_order(make: Make) -> None:
    async with running(make(), make(), make()) as nodes:
        for number in range(200):
            for place, node in enumerate(nodes):
                node.pubsub.signal(f"{place} {number} {'x' * (number * 97 % 12_000)}".encode())
            if number % 20 == 0:
                await asyncio.sleep(0)
        for place, node in enumerate(nodes):
            await node.until(lambda n: len(n.signals) >= 400)
            for sender in range(3):
                heard = [int(s.split()[1]) for s in node.signals if s.startswith(b"%d " % sender)]
                assert heard == ([] if sender == place else list(range(200)))


async def test_any_bytes_may_be_a_signal(make: Make) -> None:
    every = bytes(range(256)) * 50 + b"\x00' \\ \r\n{}\xff"
    async with running(make(), make()) as (one, two):
        one.pubsub.signal(every)
        await two.until(lambda n: n.signals == [every])


async def test_who_stopped_hears_nothing_and_may_still_be_spoken_to(make: Make) -> None:
    async with running(make(), make(), make()) as (one, two, three):
        await two.pubsub.stop()
        assert not two.pubsub.healthy
        one.pubsub.poke()
        one.pubsub.signal(b"a")
        await three.until(lambda n: n.pokes >= 1 and n.signals == [b"a"])
        two.pubsub.poke()
        two.pubsub.signal(b"b")
        assert (two.pokes, two.signals) == (0, [])


def fail(data: bytes) -> None:
    raise ValueError("another version's signal")


async def test_parts_of_a_node_share_the_bus_by_kind(make: Make) -> None:
    one, two = make(), make()
    ours, theirs = Signals(one), Signals(two)
    heard: list[bytes] = []
    theirs.on("presence", heard.append)
    theirs.on("broken", fail)
    await one.start(lambda: None, ours.receive)
    await two.start(lambda: None, theirs.receive)
    ours.send("broken", b"x")
    ours.send("unknown", b"x")
    ours.send("presence", b"a\nb")
    await until(lambda: heard == [b"a\nb"])
    await one.stop()
    await two.stop()


Outage = Callable[[], Awaitable[None]]


@asynccontextmanager
async def redis_away(server: Redis) -> AsyncIterator[None]:
    server.stop()
    yield
    server.start()


@pytest.mark.req("RT-13")
async def test_redis_may_go_away_and_come_back(redis: Redis) -> None:
    prefix = f"t{new_id().hex[-12:]}"
    async with running(RedisPubSub(redis.url, prefix), RedisPubSub(redis.url, prefix)) as (one, two):
        async with redis_away(redis):
            for node in (one, two):
                await node.until(lambda n: not n.pubsub.healthy)
            one.pubsub.poke()
            for number in range(QUEUE + 100):
                one.pubsub.signal(b"%d" % number)
            assert one.pokes == 1, "one's own poke needs no server"
            two.pokes = 0
        for node in (one, two):
            await node.until(lambda n: n.pubsub.healthy)
        await two.until(lambda n: n.pokes >= 1)
        await two.until(lambda n: n.signals[-1:] == [b"%d" % (QUEUE + 99)] or not n.signals)
        two.signals.clear()
        one.pubsub.signal(b"again")
        await two.until(lambda n: b"again" in n.signals)


@pytest.mark.req("RT-13")
async def test_a_redis_that_hangs_is_found_out(redis: Redis) -> None:
    prefix = f"t{new_id().hex[-12:]}"
    wakeful = [RedisPubSub(redis.url, prefix, alive_every=0.1, patience=0.5) for _ in range(2)]
    async with running(*wakeful) as (one, two):
        redis.freeze()
        try:
            await one.until(lambda n: not n.pubsub.healthy)
        finally:
            redis.thaw()
        for node in (one, two):
            await node.until(lambda n: n.pubsub.healthy)
        one.pubsub.signal(b"again")
        await two.until(lambda n: n.signals == [b"again"])


async def test_a_quiet_bus_stays_up(make: Make) -> None:
    async with running(make(alive_every=0.4), make(alive_every=0.4)) as (one, two):
        for node in (one, two):
            if isinstance(node.pubsub, RemotePubSub):
                await until_asked(node.pubsub, 6)
            # A link that was lost and made again would have poked.
            assert node.pubsub.healthy
            assert node.pokes == 0
        two.pubsub.signal(b"a")
        two.pubsub.poke()
        await one.until(lambda n: n.signals == [b"a"] and n.pokes >= 1)


async def until_asked(pubsub: RemotePubSub, times: int) -> None:
    """Until a quiet line was asked so often whether the other side is there."""
    await until(lambda: pubsub.questions >= times)


@pytest.mark.req("RT-13")
async def test_a_line_to_postgres_may_be_cut(database_url: str) -> None:
    prefix = f"t{new_id().hex[-12:]}"
    one, two = PostgresPubSub(database_url, prefix), PostgresPubSub(database_url, prefix)
    async with running(one, two) as (first, second):
        admin = await asyncpg.connect(plain(database_url))
        pids = [pubsub._connection.get_server_pid() for pubsub in (one, two)]
        await admin.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", pids)
        for node in (first, second):
            await node.until(lambda n: n.pokes >= 1 and n.pubsub.healthy)
        assert {pubsub._connection.get_server_pid() for pubsub in (one, two)}.isdisjoint(pids)
        first.pubsub.signal(b"again")
        await second.until(lambda n: n.signals == [b"again"])
        await admin.close()


def plain(url: str) -> str:
    from data.database_url import normalise

    return normalise(url)[0].set(drivername="postgresql").render_as_string(hide_password=False)


async def test_a_part_that_is_missing_costs_one_signal(database_url: str) -> None:
    prefix = f"t{new_id().hex[-12:]}"
    pubsub = PostgresPubSub(database_url, prefix)
    async with running(pubsub) as (node,):
        admin = await asyncpg.connect(plain(database_url))
        notes = [
            "s 00ff 1 1/2 YQ==", "s 00ff 1 3/3 Yg==", "s 00ff 2 2/2 YQ==", "s 00ff 3 1/3 YQ==", "s 00ff 4 1/2 Yw==",
            "s 00ff 4 2/2 ZA==", "nonsense of another version", "p",
        ]  # fmt: skip
        for note in notes[:6]:
            await admin.execute("SELECT pg_notify($1, $2)", f"{prefix}_bus", note)
        await node.until(lambda n: n.signals == [b"cd"])
        for note in notes[6:]:
            await admin.execute("SELECT pg_notify($1, $2)", f"{prefix}_bus", note)
        await admin.execute("SELECT pg_notify($1, $2)", f"{prefix}_bus", "p 00ff")
        await node.until(lambda n: n.pokes >= 1)
        assert pubsub.healthy
        await admin.close()


@pytest.mark.req("RT-13")
@pytest.mark.parametrize("kind", ["redis", "postgres"])
async def test_a_bus_that_is_down_at_the_start_is_waited_for(kind: str) -> None:
    server = Redis()
    pubsub: RemotePubSub
    if kind == "redis":
        pubsub = RedisPubSub(server.url)
    else:
        pubsub = PostgresPubSub(f"postgresql://nobody@127.0.0.1:{server.port}/none")
    node = Node(pubsub)
    await node.start()
    assert not pubsub.healthy
    pubsub.poke()
    pubsub.signal(b"lost or not, nothing breaks")
    assert node.pokes == 1
    if kind == "redis":
        server.start()
        await node.until(lambda n: n.pubsub.healthy)
    await pubsub.stop()
    server.stop()


def test_a_part_fits_into_a_notification() -> None:
    assert PART * 4 / 3 + 100 < 8000


async def test_a_bus_without_a_server_stays_small() -> None:
    pubsub = RedisPubSub("redis://127.0.0.1:1/0")
    for _ in range(QUEUE * 3):
        pubsub.signal(b"x" * 100)
    assert len(pubsub._signals) == QUEUE
    assert pubsub.dropped == QUEUE * 2
    for _ in range(40):
        pubsub.signal(b"x" * 1024 * 1024)
    assert pubsub._bytes <= 17 * 1024 * 1024


OTHER_NODE = """
import asyncio, sys
from core.live.pubsub_postgres import PostgresPubSub
from core.live.pubsub_redis import RedisPubSub

async def main(kind, url, prefix):
    bus = (RedisPubSub if kind == "redis" else PostgresPubSub)(url, prefix)
    heard = asyncio.Queue()
    await bus.start(lambda: heard.put_nowait(None), heard.put_nowait)
    print("ready" if bus.healthy else "down", flush=True)
    while True:
        data = await heard.get()
        if data == b"stop":
            break
        if data:
            bus.signal(b"echo " + data)
            bus.poke()
    await bus.stop()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.req("RT-13")
@pytest.mark.parametrize("kind", ["redis", "postgres"])
async def test_two_processes_hear_each_other(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url: Any = request.getfixturevalue("redis").url if kind == "redis" else request.getfixturevalue("database_url")
    prefix = f"t{new_id().hex[-12:]}"
    script = tmp_path / "other.py"
    script.write_text(OTHER_NODE)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), kind, url, prefix,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        bus: PubSub = RedisPubSub(url, prefix) if kind == "redis" else PostgresPubSub(url, prefix)
        async with running(bus) as (node,):
            node.pubsub.signal(b"hello")
            await node.until(lambda n: n.signals == [b"echo hello"] and n.pokes >= 1)
            node.pubsub.signal(b"stop")
            async with asyncio.timeout(PATIENCE):
                assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
