"""Pokes and signals over Redis pub/sub: what several nodes use where Redis is at hand."""

from __future__ import annotations

import contextlib

from redis.asyncio import Redis
from redis.asyncio.client import PubSub as Subscription
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.live.pubsub_remote import SENDER, LinkLost, RemotePubSub

ALIVE_EVERY = 5.0
PATIENCE = 5.0


class RedisPubSub(RemotePubSub):
    """`prefix` keeps the deployments that share a Redis apart."""

    def __init__(
        self, url: str, prefix: str = "tandem", *, alive_every: float = ALIVE_EVERY, patience: float = PATIENCE
    ) -> None:
        super().__init__()
        self._url = url
        self._alive_every, self._patience = alive_every, patience
        self._pokes, self._signals_name = f"{prefix}:poke".encode(), f"{prefix}:signal".encode()
        self._client: Redis
        self._subscription: Subscription

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        # Retrying is done here, where the health of the link is known.
        self._client = Redis.from_url(
            self._url,
            socket_connect_timeout=self._patience,
            socket_timeout=self._patience,
            retry=Retry(NoBackoff(), 0),
            max_connections=4,
        )
        stack.push_async_callback(self._client.aclose)
        self._subscription = self._client.pubsub()
        stack.push_async_callback(self._subscription.aclose)
        await self._subscription.subscribe(self._pokes, self._signals_name)
        for _ in range(2):
            if await self._subscription.get_message(timeout=self._patience) is None:
                raise LinkLost

    async def _receive(self) -> None:
        asked = False
        while True:
            message = await self._subscription.get_message(timeout=self._alive_every)
            self._heed()
            if message is None:
                if asked:
                    raise LinkLost
                asked = True
                self.questions += 1
                await self._subscription.ping()
                continue
            asked = False
            if message["type"] == "message":
                self._heard(message["channel"], message["data"])

    def _heard(self, channel: bytes, data: bytes) -> None:
        if channel == self._pokes:
            self._heard_poke(data)
        else:
            self._heard_signal(data[:SENDER], data[SENDER:])

    async def _send(self, poke: bool, signals: list[bytes]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        if poke:
            pipeline.publish(self._pokes, self.sender)
        for data in signals:
            pipeline.publish(self._signals_name, self.sender + data)
        await pipeline.execute()
