"""Several nodes as their own processes on one database: what one is told, the others show; a lost bus loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from data.database import Database
from tests import database_kit
from tests.channel_kit import ChannelClient
from tests.process_kit import Server, call, cluster, post_events, practice, token_for
from tests.redis_kit import RedisServer

pytestmark = [pytest.mark.usefixtures("mother")]

ALONE = {"TANDEM_REWARDS": "off"}
"""Nothing is told of but what a test tells of."""


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def database_of_nodes(database_url: str) -> str:
    database = Database(database_url)
    await database_kit.empty(database.engine)
    await database.close()
    return database_url


@asynccontextmanager
async def joined(node: Server, token: str) -> AsyncIterator[ChannelClient]:
    url = f"ws://127.0.0.1:{node.port}/socket/websocket?vsn=2.0.0&token={token}"
    async with connect(url, compression=None) as websocket:
        yield ChannelClient(websocket)


async def check_told_and_seen(nodes: list[Server], number: int) -> None:
    """Each node is told something; every node's client sees all of it, once and in order."""
    token = (await token_for(nodes[0], "lena"))["token"]
    async with joined(nodes[0], token) as first, joined(nodes[1], token) as second:
        feeds = [await client.join("activity:global") for client in (first, second)]
        promised = []
        for index, node in enumerate(nodes):
            results = await post_events(node, *(practice(f"{number}-{index}-{n}", "lena") for n in range(3)))
            promised += [result["seq"] for result in results]
        for feed in feeds:
            seen = [(await feed.expect("new_activity"))["seq"] for _ in promised]
            assert seen == promised


@pytest.mark.req("RT-13", "RT-15", "RT-16")
@pytest.mark.parametrize("bus", ["redis", "postgres"])
async def test_what_one_node_is_told_every_node_shows(
    bus: str, database_of_nodes: str, redis: RedisServer, tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": database_of_nodes, "TANDEM_BUS": bus, **ALONE}
    if bus == "redis":
        settings["REDIS_URL"] = redis.url
    async with cluster(tmp_path, 2, **settings) as nodes:
        await check_told_and_seen(nodes, 1)


@pytest.mark.req("OPS-2")
async def test_without_redis_nodes_are_degraded_and_lose_nothing(
    database_of_nodes: str, redis: RedisServer, tmp_path: Path
) -> None:
    async with cluster(tmp_path, 2, DATABASE_URL=database_of_nodes, REDIS_URL=redis.url, **ALONE) as nodes:
        await check_told_and_seen(nodes, 1)
        redis.stop()
        await check_told_and_seen(nodes, 2)
        async with asyncio.timeout(20):
            # Redis is missed at the next use of it.
            while not (answer := await call(nodes[0], "GET", "/readyz"))[1].get("degraded"):
                pass
        assert answer[0] == 200
        redis.start()
        await check_told_and_seen(nodes, 3)


async def test_a_client_moves_to_another_node_and_misses_nothing(
    database_of_nodes: str, redis: RedisServer, tmp_path: Path
) -> None:
    async with cluster(tmp_path, 2, DATABASE_URL=database_of_nodes, REDIS_URL=redis.url, **ALONE) as nodes:
        token = (await token_for(nodes[0], "lena"))["token"]
        async with joined(nodes[0], token) as client:
            feed = await client.join("activity:global")
            at = {"since": feed.response["seq"], "epoch": feed.response["epoch"]}
        await nodes[0].kill()
        promised = [r["seq"] for r in await post_events(nodes[1], practice("a", "lena"), practice("b", "lena"))]
        async with joined(nodes[1], token) as client:
            feed = await client.join("activity:global", at)
            assert feed.response["recovered"] is True
            assert [item["payload"]["seq"] for item in feed.response["events"]] == promised
