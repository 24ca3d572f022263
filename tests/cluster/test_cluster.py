"""A whole cluster: a node is killed, Redis is away, its line loses a word; and everybody ends up with the truth."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from core.presence.peers import SILENT
from core.presence.service import LOST, TICK
from tests.channel_kit import Channel
from tests.cluster.kit import FEED, LOBBY, Follower, expect, front, leaders, node, person, running, since, socket
from tests.process_kit import call, post_events, practice
from tools.cluster import Cluster

CLIENTS = 6


def gone(user_id: str) -> Any:
    return lambda diff: user_id in diff["leaves"] and user_id not in diff["joins"]


def came(user_id: str) -> Any:
    return lambda diff: user_id in diff["joins"]


async def listed(cluster: Cluster, number: int, path: str = "") -> set[str]:
    status, answer = await call(node(cluster, number), "GET", f"/api/v1/presence{path}")
    assert status == 200, answer
    return {one["user_id"] for one in answer["people"]}


async def watch(stack: AsyncExitStack, cluster: Cluster, number: int) -> tuple[str, Channel]:
    """Somebody who looks at the lobby from one node and has seen who is there: what comes from now on is changes."""
    user_id, token = await person(cluster, f"watcher-{number}")
    client = await stack.enter_async_context(socket(node(cluster, number), token))
    lobby = await client.join(LOBBY)
    await expect(lobby, "presence_state")
    return user_id, lobby


async def follow(stack: AsyncExitStack, cluster: Cluster) -> list[Follower]:
    """Clients that come in through the balancer, joined."""
    followers = [Follower(cluster, (await person(cluster, f"follower-{n}"))[1]) for n in range(CLIENTS)]
    for one in followers:
        task = asyncio.create_task(one.run())
        stack.callback(task.cancel)
        async with asyncio.timeout(20):
            await one.joined.wait()
    return followers


@pytest.mark.req("PR-8", "PR-19", "PR-20", "RT-12", "RT-13", "RT-15", "RT-16", "RT-17", "RT-21")
async def test_a_node_is_killed(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 3, database_url) as cluster, AsyncExitStack() as stack:
        (leader,) = await leaders(cluster, [0, 1, 2])
        others = [number for number in range(3) if number != leader]
        watchers = {number: await watch(stack, cluster, number) for number in others}
        ghost, token = await person(cluster, "ghost")
        doomed = await stack.enter_async_context(socket(node(cluster, leader), token))
        await doomed.join(LOBBY)
        for _, lobby in watchers.values():
            await expect(lobby, "presence_diff", came(ghost))
        followers = await follow(stack, cluster)
        events = [practice(f"before-{n}", "writer") for n in range(5)]
        await person(cluster, "writer")
        promised = [result["seq"] for result in await post_events(front(cluster), *events)]

        await cluster.nodes[leader].kill()
        killed_at = time.monotonic()
        for n in range(5):
            (result,) = await post_events(node(cluster, others[n % 2]), practice(f"after-{n}", "writer"))
            promised.append(result["seq"])
        for one in followers:
            await one.until(len(promised))
            assert one.seqs == promised, "each once and in order, whichever node it came back to"
            assert one.joins[0] is False
            assert all(one.joins[1:]), "whoever moved was told what it missed, and no more"
        assert max(len(one.joins) for one in followers) > 1, "somebody was on the node that died"

        for _, lobby in watchers.values():
            await expect(lobby, "presence_diff", gone(ghost))
        assert since(killed_at) <= LOST + 3 * TICK + 1, "the grace time and one sweep"
        for number in others:
            assert ghost not in await listed(cluster, number)
            async with asyncio.timeout(5):
                while ghost in await listed(cluster, number, "/online"):
                    pass
        async with asyncio.timeout(20):
            while not await leaders(cluster, others):
                pass
        assert len(await leaders(cluster, others)) == 1, "the jobs have one leader again"

        await cluster.nodes[leader].start()
        assert len(await leaders(cluster, [0, 1, 2])) == 1
        back = await stack.enter_async_context(socket(node(cluster, leader), token))
        await back.join(LOBBY)
        for _, lobby in watchers.values():
            await expect(lobby, "presence_diff", came(ghost))


@pytest.mark.req("PR-19", "RT-13", "RT-16", "OPS-2")
async def test_nodes_that_cannot_hear_each_other_agree_again_when_they_can(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 2, database_url) as cluster, AsyncExitStack() as stack:
        assert cluster.redis is not None
        here = [await watch(stack, cluster, number) for number in range(2)]
        (first, lobby), (second, other) = here
        await expect(lobby, "presence_diff", came(second))
        feeds = [await channel.client.join(FEED) for _, channel in here]
        cluster.redis.send(signal.SIGSTOP)
        cut_at = time.monotonic()
        await expect(lobby, "presence_diff", gone(second))
        await expect(other, "presence_diff", gone(first))
        assert since(cut_at) >= SILENT - 3 * TICK, "a hiccup of the line makes nobody vanish"
        await person(cluster, "writer")
        (result,) = await post_events(node(cluster, 0), practice("while-cut", "writer"))
        for feed in feeds:
            assert (await expect(feed, "new_activity"))["seq"] == result["seq"], "facts need no bus"
        late, token = await person(cluster, "late")
        client = await stack.enter_async_context(socket(node(cluster, 1), token))
        await client.join(LOBBY)
        await expect(other, "presence_diff", came(late))
        cluster.redis.send(signal.SIGCONT)
        missed = {second, late}
        while missed:
            missed -= (await expect(lobby, "presence_diff"))["joins"].keys()
        await expect(other, "presence_diff", came(first))
        assert await listed(cluster, 0) == await listed(cluster, 1) == {first, second, late}


@pytest.mark.req("PR-8", "RT-13", "RT-15")
async def test_what_redis_lost_is_made_up_for(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 2, database_url) as cluster, AsyncExitStack() as stack:
        first, lobby = await watch(stack, cluster, 0)
        feed = await lobby.client.join(FEED)
        await person(cluster, "writer")
        redis = Redis.from_url(cluster.redis_url)
        stack.push_async_callback(redis.aclose)
        promised = []
        for n in range(10):
            user_id, token = await person(cluster, f"visitor-{n}")
            async with socket(node(cluster, 1), token) as client:
                # Nobody listens to Redis when the next words are said.
                await redis.client_kill_filter(_type="pubsub", skipme=False)
                await client.join(LOBBY)
                (result,) = await post_events(node(cluster, 1), practice(f"lost-{n}", "writer"))
                promised.append(result["seq"])
                await expect(lobby, "presence_diff", came(user_id))
            await expect(lobby, "presence_diff", gone(user_id))
        assert [(await expect(feed, "new_activity"))["seq"] for _ in promised] == promised
        assert await listed(cluster, 0) == {first}
