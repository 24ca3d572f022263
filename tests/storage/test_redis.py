"""The Redis client answers quickly or fails quickly, and finds Redis again by itself; with a real server."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from data.redis import connect, is_lost
from tests.storage.kit import SECONDS, folder

PROGRAM = shutil.which("redis-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


class Server:
    """A Redis of the test's own, which can be stopped, hung and started again at the same address."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.url = f"unix://{place}/redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert PROGRAM
        options = ["--port", "0", "--unixsocket", f"{self.place}/redis.sock", "--save", "", "--dir", str(self.place)]
        self.process = subprocess.Popen(
            [PROGRAM, *options],
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        while b"ready to accept connections" not in (line := self.process.stdout.readline()):
            assert line, "Redis did not start"

    def stop(self) -> None:
        if self.process and self.process.stdout:
            self.process.kill()
            self.process.wait(SECONDS)
            self.process.stdout.close()
            self.process = None

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)


@pytest.fixture
def server() -> Iterator[Server]:
    if PROGRAM is None:
        pytest.skip("no redis-server here")
    with folder() as place:
        server = Server(place)
        server.start()
        yield server
        server.stop()


@pytest.fixture
async def redis(server: Server) -> AsyncIterator[Redis]:
    client = connect(server.url, pool_size=2)
    yield client
    await client.aclose()


async def lost_within(redis: Redis, seconds: float) -> bool:
    began = time.monotonic()
    with pytest.raises(Exception) as caught:
        await redis.get("key")
    assert time.monotonic() - began < seconds
    return is_lost(caught.value)


async def test_values_are_bytes_and_a_full_pool_waits_its_turn(redis: Redis) -> None:
    await redis.set("key", b"\x00\xff")
    assert set(await asyncio.gather(*(redis.get("key") for _ in range(50)))) == {b"\x00\xff"}


async def test_nonsense_is_not_mistaken_for_an_absence(redis: Redis) -> None:
    await redis.set("key", "no list")
    with pytest.raises(ResponseError) as caught:
        await redis.lpush("key", "a value")
    assert not is_lost(caught.value)
    assert not is_lost(ValueError("ours"))


async def test_a_restart_is_hardly_noticed(redis: Redis, server: Server) -> None:
    await asyncio.gather(redis.ping(), redis.ping())
    server.stop()
    assert await lost_within(redis, 1.0)
    server.start()
    # Every pooled connection is dead; each is replaced when its turn comes.
    assert await asyncio.gather(*(redis.ping() for _ in range(4))) == [True] * 4


async def test_a_hanging_server_costs_about_a_second(redis: Redis, server: Server) -> None:
    await redis.ping()
    server.signal(signal.SIGSTOP)
    try:
        assert await lost_within(redis, 2.5)
    finally:
        server.signal(signal.SIGCONT)
    assert await redis.ping()


async def test_no_server_at_all_fails_at_once() -> None:
    client = connect("redis://127.0.0.1:1/0")
    assert await lost_within(client, 1.0)
    await client.aclose()


async def test_a_quiet_subscription_is_not_cut_by_the_short_timeouts(redis: Redis) -> None:
    async with redis.pubsub() as subscription:
        await subscription.subscribe("topic")
        assert (await subscription.get_message(timeout=1))["type"] == "subscribe"
        assert await subscription.get_message(timeout=1.2) is None  # quiet for longer than an answer may take
        waiting = asyncio.create_task(subscription.get_message(timeout=None))
        await redis.publish("topic", b"poke")
        async with asyncio.timeout(5):
            assert (await waiting)["data"] == b"poke"
