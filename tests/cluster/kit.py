"""A cluster as `make cluster` starts it, on a database of a test's own, and people who come in through its balancer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from data.database import Database
from tests import database_kit
from tests.channel_kit import Channel, ChannelClient
from tests.load.pages import gauge
from tests.process_kit import KEY, Server, token_for
from tools.cluster import Cluster

LOBBY = "presence:lobby"
FEED = "activity:global"


@dataclass(frozen=True)
class Door:
    """One address of a cluster: the balancer's, or a node's own."""

    base: str

    @property
    def port(self) -> int:
        return urlsplit(self.base).port or 0

    @property
    def server(self) -> Server:
        return cast(Server, self)


@asynccontextmanager
async def running(folder: Path, number: int, database_url: str, **settings: str) -> AsyncIterator[Cluster]:
    database = Database(database_url)
    await database_kit.empty(database.engine)
    await database.close()
    # Badges and streaks would be items of their own among those that a test has posted and counts.
    quiet = {"TANDEM_SIMULATOR": "off", "TANDEM_REWARDS": "off"}
    told = {"TANDEM_API_KEY": KEY, "DATABASE_URL": database_url, **quiet, **settings}
    async with Cluster(folder, number, settings=told) as cluster:
        yield cluster


def front(cluster: Cluster) -> Server:
    return Door(cluster.address).server


def node(cluster: Cluster, number: int) -> Server:
    return Door(cluster.address_of(number)).server


async def person(cluster: Cluster, name: str) -> tuple[str, str]:
    """Somebody of the host's: their id and a token."""
    found = await token_for(front(cluster), name, name=f"{name.capitalize()} Example")
    return found["user_id"], found["token"]


@asynccontextmanager
async def socket(server: Server, token: str) -> AsyncIterator[ChannelClient]:
    url = f"ws://127.0.0.1:{server.port}/socket/websocket?vsn=2.0.0&token={token}"
    async with connect(url, compression=None, max_size=None, max_queue=None, ping_interval=None) as websocket:
        yield ChannelClient(websocket)


async def expect(channel: Channel, event: str, fits: Any = lambda payload: True, seconds: float = 30.0) -> Any:
    """The next such message, however long a node takes to be missed."""
    client = channel.client
    found = [m for m in client.waiting if m.topic == channel.topic and m.event == event and fits(m.payload)]
    if found:
        client.waiting.remove(found[0])
        return found[0].payload
    async with asyncio.timeout(seconds):
        while True:
            message = await client.read()
            if message.topic == channel.topic and message.event == event and fits(message.payload):
                return message.payload
            client.waiting.append(message)


async def leaders(cluster: Cluster, numbers: list[int]) -> list[int]:
    """Which of these nodes run the jobs."""
    return [number for number in numbers if await gauge(node(cluster, number), "leader")]


@dataclass
class Follower:
    """A client that comes back through the balancer whenever it is cut off, and says where it stopped."""

    cluster: Cluster
    token: str
    seqs: list[int] = field(default_factory=list)
    joins: list[bool] = field(default_factory=list)
    """Whether each join was recovered."""
    at: dict[str, Any] = field(default_factory=dict)
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while True:
            try:
                async with socket(front(self.cluster), self.token) as client:
                    await self._follow(client)
            except (ConnectionClosed, InvalidHandshake, OSError):
                continue

    async def _follow(self, client: ChannelClient) -> None:
        feed = await client.join(FEED, self.at)
        self.joins.append(feed.response["recovered"])
        for item in feed.response.get("events", ()):
            self._take(item["payload"]["seq"])
        self.at = {"since": max(feed.response["seq"], self.at.get("since", 0)), "epoch": feed.response["epoch"]}
        await client.join(LOBBY)
        self.joined.set()
        while True:
            for message in client.waiting:
                self._hear(message)
            client.waiting.clear()
            self._hear(await client.read())

    def _hear(self, message: Any) -> None:
        if message.topic == FEED and message.event == "new_activity":
            self._take(message.payload["seq"])

    def _take(self, seq: int) -> None:
        self.seqs.append(seq)
        self.at["since"] = seq
        self.news.set()

    async def until(self, number: int, seconds: float = 30.0) -> None:
        async with asyncio.timeout(seconds):
            while len(self.seqs) < number:
                self.news.clear()
                await self.news.wait()


def since(moment: float) -> float:
    return time.monotonic() - moment
