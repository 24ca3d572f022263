"""A client that costs its measurement little: it joins one topic and counts what it is told, without reading it."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from collections.abc import Sequence

REF = b'"phx_ref"'
HELLO = (
    "GET /socket/websocket?vsn=2.0.0&token={token} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def frame(message: object) -> bytes:
    """A masked text frame; a mask of zeroes is one as well."""
    data = json.dumps(message).encode()
    size = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else struct.pack("!BBH", 0x81, 0xFE, len(data))
    return size + bytes(4) + data


class Lean(asyncio.Protocol):
    def __init__(self, token: str, port: int) -> None:
        self._hello = HELLO.format(token=token, port=port, key=base64.b64encode(os.urandom(16)).decode()).encode()
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.synced: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport
        self.told = self.size = 0
        self._wanted = 0
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        if not self.open.done():
            assert data.startswith(b"HTTP/1.1 101"), data
            self.open.set_result(None)
        self.size += len(data)
        data = self._tail + data
        self.told += data.count(REF)
        self._tail = data[-len(REF) + 1 :]
        if self._wanted and self.told >= self._wanted and not self.synced.done():
            self.synced.set_result(asyncio.get_running_loop().time())

    def connection_lost(self, error: Exception | None) -> None:
        for waiting in (self.open, self.synced):
            if not waiting.done():
                waiting.set_exception(error or ConnectionError("the server hung up"))

    def join(self, topic: str, wanted: int) -> None:
        """Join, and be synced when so many entries were told."""
        self._wanted = wanted
        self.transport.write(frame(["1", "1", topic, "phx_join", {}]))

    def say(self, topic: str, event: str, payload: object) -> None:
        self.transport.write(frame(["1", "2", topic, event, payload]))


async def connected(port: int, tokens: Sequence[str]) -> list[Lean]:
    """So many open connections, made a hundred at a time."""
    loop = asyncio.get_running_loop()
    found: list[Lean] = []
    for start in range(0, len(tokens), 100):
        made = [
            loop.create_connection(lambda token=token: Lean(token, port), "127.0.0.1", port)  # type: ignore[misc]
            for token in tokens[start : start + 100]
        ]
        some = [client for _, client in await asyncio.gather(*made)]
        await asyncio.gather(*(client.open for client in some))
        found += some
    return found
