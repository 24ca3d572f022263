"""From one node to another over Redis: how long a fact and a person's coming take to be seen elsewhere."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.metrics import percentile
from core.presence.announcer import PACE
from tests.channel_kit import Channel
from tests.cluster.kit import FEED, LOBBY, node, person, running, socket
from tests.load.test_presence import load
from tests.process_kit import call, practice
from tools.cluster import Cluster

pytestmark = pytest.mark.bench

WARM, FACTS, VISITS = 10, 100, 45
GATE = 50.0


async def facts(cluster: Cluster, feeds: list[Channel]) -> tuple[list[float], list[float]]:
    """Milliseconds from the answer's fact being sent to it being seen, at the node that took it and at the other."""
    here, there = [], []
    for n in range(WARM + FACTS):
        event = practice(f"fact-{n}", "writer")
        began = time.perf_counter()
        post = asyncio.create_task(call(node(cluster, 0), "POST", "/api/v1/events", {"events": [event]}))
        seen = await asyncio.gather(*(told(feed, began) for feed in feeds))
        await post
        if n >= WARM:
            here.append(seen[0])
            there.append(seen[1])
    return here, there


async def told(feed: Channel, began: float) -> float:
    await feed.expect("new_activity")
    return (time.perf_counter() - began) * 1000


async def visits(cluster: Cluster, lobbies: list[Channel], token: str, user_id: str) -> tuple[list[float], list[float]]:
    """The same of somebody who comes to one node and goes again."""
    here, there = [], []
    async with socket(node(cluster, 0), token) as client:
        for _ in range(VISITS):
            began = time.perf_counter()
            channel = await client.join(LOBBY)
            seen = await asyncio.gather(*(came(lobby, user_id, began) for lobby in lobbies))
            here.append(seen[0])
            there.append(seen[1])
            await channel.leave()
            for lobby in lobbies:
                await lobby.expect("presence_diff", lambda diff: user_id in diff["leaves"])
            # Changes of a topic that is not quiet are told together; here each is looked at alone.
            quiet = asyncio.get_running_loop().time() + 1.2 * PACE
            await asyncio.sleep(max(0.0, quiet - asyncio.get_running_loop().time()))
    return here, there


async def came(lobby: Channel, user_id: str, began: float) -> float:
    await lobby.expect("presence_diff", lambda diff: user_id in diff["joins"])
    return (time.perf_counter() - began) * 1000


def show(name: str, here: list[float], there: list[float]) -> float:
    between = [b - a for a, b in zip(here, there, strict=True)]
    for label, values in (("same node", here), ("other node", there), ("between", between)):
        p50, p95, most = percentile(values, 50), percentile(values, 95), max(values)
        print(f"  {name + ', ' + label:<32}{len(values):>6}{p50:>9.1f}{p95:>9.1f}{most:>9.1f}")
    return percentile(between, 95)


@pytest.mark.req("RT-14")
async def test_from_node_to_node_over_redis(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 2, database_url) as cluster, AsyncExitStack() as stack:
        await person(cluster, "writer")
        clients = [
            await stack.enter_async_context(socket(node(cluster, n), (await person(cluster, f"reader-{n}"))[1]))
            for n in range(2)
        ]
        feeds = [await client.join(FEED) for client in clients]
        lobbies = [await client.join(LOBBY) for client in clients]
        visitor, token = await person(cluster, "visitor")
        of_facts = await facts(cluster, feeds)
        of_visits = await visits(cluster, lobbies, token, visitor)
    print(f"\nover Redis, ms; {load()}\n  {'':<32}{'n':>6}{'P50':>9}{'P95':>9}{'max':>9}")
    assert show("a fact", *of_facts) < GATE
    assert show("somebody comes", *of_visits) < GATE
