"""The channel socket over a real websocket: a server on a free port, and a client that joins, pushes and expects.

Nothing sleeps: `expect` awaits a message, `until` reads on until one fits. Everything has a bound, so that a message
which never comes fails its test instead of holding it up.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.principal import Principal
from core.web.channels.door import Tell
from core.web.channels.registry import Sockets
from core.web.channels.wire.front import FrontDoor
from core.web.channels.wire.reception import AllowOrigin, Reception
from core.web.channels.wire.tokens import BEARER
from core.web.channels.wire.upgrade import socket_routes

PATIENCE = 5.0
ORIGIN = "https://school.example"


@dataclass(frozen=True, slots=True)
class Message:
    join_ref: Any
    ref: Any
    topic: str
    event: str
    payload: Any

    @property
    def status(self) -> str:
        return str(self.payload["status"])

    @property
    def response(self) -> Any:
        return self.payload["response"]


Fits = Callable[[Message], bool]


class ChannelClient:
    """One connection; messages that nobody asked for yet wait in order."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.waiting: deque[Message] = deque()
        self._refs = 0

    def ref(self) -> str:
        self._refs += 1
        return str(self._refs)

    async def send(self, topic: str, event: str, payload: Any, join_ref: str | None = None) -> str:
        ref = self.ref()
        await self.websocket.send(json.dumps([join_ref, ref, topic, event, payload]))
        return ref

    async def read(self) -> Message:
        """The next message from the wire, however long it takes."""
        return Message(*json.loads(await self.websocket.recv()))

    async def receive(self) -> Message:
        """The next message from the wire."""
        async with asyncio.timeout(PATIENCE):
            return Message(*json.loads(await self.websocket.recv()))

    async def until(self, fits: Fits) -> Message:
        """The first message that fits, among those that wait or come; the others wait on."""
        for message in self.waiting:
            if fits(message):
                self.waiting.remove(message)
                return message
        async with asyncio.timeout(PATIENCE):
            while not fits(message := Message(*json.loads(await self.websocket.recv()))):
                self.waiting.append(message)
        return message

    async def expect(self, topic: str, event: str, fits: Callable[[Any], bool] = lambda payload: True) -> Any:
        """The payload of the next such message."""
        found = await self.until(lambda m: m.topic == topic and m.event == event and fits(m.payload))
        return found.payload

    async def reply_to(self, ref: str) -> Message:
        return await self.until(lambda m: m.event == "phx_reply" and m.ref == ref)

    async def ask(self, topic: str, event: str, payload: Any, join_ref: str | None = None) -> Message:
        """Push and await the reply."""
        return await self.reply_to(await self.send(topic, event, payload, join_ref))

    async def join(self, topic: str, params: dict[str, Any] | None = None) -> Channel:
        """Join, and fail unless that is allowed."""
        ref = self.ref()
        await self.websocket.send(json.dumps([ref, ref, topic, "phx_join", params or {}]))
        reply = await self.reply_to(ref)
        assert reply.status == "ok", reply
        return Channel(self, topic, ref, reply.response)

    async def refused(self, topic: str, params: dict[str, Any] | None = None) -> Any:
        """Join, and fail unless that is refused; the response."""
        ref = self.ref()
        await self.websocket.send(json.dumps([ref, ref, topic, "phx_join", params or {}]))
        reply = await self.reply_to(ref)
        assert reply.status == "error", reply
        return reply.response

    async def heartbeat(self) -> Message:
        """When its reply is here, everything that the server queued before it is here too."""
        return await self.ask("phoenix", "heartbeat", {})

    async def closed(self) -> int:
        """Read to the end; the code it ended with."""
        try:
            while True:
                await self.receive()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006

    def cut(self) -> None:
        """End it as a lost network does: without a goodbye."""
        self.websocket.transport.abort()


@dataclass(slots=True)
class Channel:
    client: ChannelClient
    topic: str
    join_ref: str
    response: dict[str, Any]

    async def push(self, event: str, payload: Any) -> Message:
        return await self.client.ask(self.topic, event, payload, self.join_ref)

    async def expect(self, event: str, fits: Callable[[Any], bool] = lambda payload: True) -> Any:
        return await self.client.expect(self.topic, event, fits)

    async def leave(self) -> Message:
        return await self.push("phx_leave", {})


def told_by(look_up: Callable[[UUID], Awaitable[Principal]]) -> Tell:
    """What looks people up one by one, as the door asks about those of a crowd."""

    def tell(user_id: UUID, told: Callable[[Principal | Exception], None]) -> None:
        async def answer() -> None:
            try:
                found: Principal | Exception = await look_up(user_id)
            except Exception as error:
                found = error
            told(found)

        tasks.add(asyncio.ensure_future(answer()))

    tasks: set[asyncio.Task[None]] = set()
    return tell


def ours(origin: str, host: str) -> bool:
    return origin == ORIGIN


class ChannelServer:
    """The socket on a free port of this machine: behind the front door, or over the HTTP server's own streams."""

    def __init__(self, sockets: Sockets, wire: str = "bare") -> None:
        self.sockets, self.wire = sockets, wire
        self.reception = Reception(sockets, ours)
        self._server = HTTPServer(Application(socket_routes(self.reception)))
        bound = bind_sockets(0, "127.0.0.1")
        self._server.add_sockets(bound)
        self.front = FrontDoor(self._server, self.reception) if wire == "bare" else None
        self.port: int = bound[0].getsockname()[1]

    def receive(self, allow_origin: AllowOrigin = ours, proxies: tuple[str, ...] = ()) -> None:
        """Have newcomers judged by these rules from here on."""
        self.reception.__init__(self.sockets, allow_origin, proxies)  # type: ignore[misc]

    def url(self, token: str | None, vsn: str | None = "2.0.0") -> str:
        given = {"vsn": vsn, "token": token}
        query = "&".join(f"{key}={value}" for key, value in given.items() if value is not None)
        return f"ws://127.0.0.1:{self.port}/socket/websocket?{query}"

    @asynccontextmanager
    async def client(self, token: str, **options: Any) -> AsyncIterator[ChannelClient]:
        options = {"ping_interval": None, "compression": None, "max_size": None} | options
        async with connect(self.url(token), **options) as websocket:
            yield ChannelClient(websocket)

    async def refusal(self, url: str, **options: Any) -> tuple[int, bytes]:
        """The status and body with which a handshake is refused."""
        try:
            async with connect(url, open_timeout=PATIENCE, **options):
                raise AssertionError("the handshake was accepted")
        except InvalidStatus as refused:
            return refused.response.status_code, bytes(refused.response.body or b"")

    async def close(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()
        if self.front is not None:
            self.front.close()


def bearer(token: str) -> list[str]:
    """The sub-protocols by which current clients send a token."""
    return ["phoenix", BEARER + base64.b64encode(token.encode()).decode().rstrip("=")]
