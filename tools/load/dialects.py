"""How each server is spoken to: Tandem's channels, Socket.IO, and a plain handler of JSON.

A dialect is data and small pure functions: the request that upgrades, what is answered to what until the room is
joined, and what a published message looks like. The rest of the tool knows no server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, Protocol

from tools.load.frames import masked

KEY = "bG9hZCBsb2FkIGxvYWQgbA=="
PAD = "x" * 32


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to wait for, and what to say then. Nothing to wait for means at once."""

    wait: bytes
    say: bytes = b""


class Dialect(Protocol):
    name: str
    durable: bool
    """Whether what is called an event is told over REST and kept; elsewhere it is a message like others."""
    heartbeat: bytes
    """What a client says every half minute, or nothing."""

    def path(self, token: str) -> str: ...

    def script(self, topics: list[str]) -> list[Line]:
        """What leads from the upgrade to the last join."""
        ...

    def publish(self, topic: str, mark: str, stream: str) -> bytes: ...

    def answer(self, payload: bytes) -> bytes | None:
        """The frame that a frame demands at once, such as a heartbeat's."""
        ...

    def mine(self, payload: bytes) -> bytes:
        """The part of a message that tells something new."""
        ...


def upgrade(path: str, host: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def _text(value: object) -> bytes:
    return masked(json.dumps(value, separators=(",", ":")).encode())


class Channels:
    """Phoenix Channels V2, as Tandem speaks it."""

    name = "tandem"
    durable = True
    heartbeat = _text([None, "h", "phoenix", "heartbeat", {}])
    EVENTS: ClassVar[dict[str, str]] = {"message": "load_say", "presence": "update_activity"}

    def path(self, token: str) -> str:
        return f"/socket/websocket?vsn=2.0.0&token={token}"

    def script(self, topics: list[str]) -> list[Line]:
        lines = [Line(b"")]
        for i, topic in enumerate(dict.fromkeys(topics), start=1):
            ref = str(i)
            lines[-1] = Line(lines[-1].wait, _text([ref, ref, topic, "phx_join", {}]))
            lines.append(Line(f'["{ref}","{ref}","{topic}","phx_reply",{{"status":"ok"'.encode()))
        return lines

    def publish(self, topic: str, mark: str, stream: str) -> bytes:
        payload = {"activity": f"practicing_{mark}"} if stream == "presence" else {"mark": mark, "pad": PAD}
        return _text([None, "p", topic, self.EVENTS[stream], payload])

    def answer(self, payload: bytes) -> bytes | None:
        return None

    def mine(self, payload: bytes) -> bytes:
        """Of a presence diff only who came: who left says what was true before."""
        if b'"presence_diff"' not in payload[:200]:
            return payload if b'"presence_state"' not in payload[:200] else b""
        return json.dumps(json.loads(payload)[4].get("joins", {}), separators=(",", ":")).encode()


class SocketIo:
    """Engine.IO 4 with Socket.IO on a websocket."""

    name = "socket.io"
    durable = False
    heartbeat = b""
    PONG = masked(b"3")

    def path(self, token: str) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&token={token}"

    def script(self, topics: list[str]) -> list[Line]:
        lines = [Line(b"0{", masked(b"40")), Line(b"40{")]
        for topic in dict.fromkeys(topics):
            lines[-1] = Line(lines[-1].wait, self._event("join", topic))
            lines.append(Line(f'42["joined","{topic}"'.encode()))
        return lines

    @staticmethod
    def _event(*values: object) -> bytes:
        return masked(b"42" + json.dumps(values, separators=(",", ":")).encode())

    def publish(self, topic: str, mark: str, stream: str) -> bytes:
        return self._event("publish", topic, {"mark": mark, "pad": PAD})

    def answer(self, payload: bytes) -> bytes | None:
        return self.PONG if payload == b"2" else None

    def mine(self, payload: bytes) -> bytes:
        return payload


class Plain:
    """A handler with rooms that speaks JSON objects."""

    name = "plain"
    durable = False
    heartbeat = b""

    def path(self, token: str) -> str:
        return f"/ws?token={token}"

    def script(self, topics: list[str]) -> list[Line]:
        lines = [Line(b"")]
        for topic in dict.fromkeys(topics):
            lines[-1] = Line(lines[-1].wait, _text({"join": topic}))
            lines.append(Line(f'{{"joined": "{topic}"'.encode()))
        return lines

    def publish(self, topic: str, mark: str, stream: str) -> bytes:
        return _text({"publish": topic, "message": {"mark": mark, "pad": PAD}})

    def answer(self, payload: bytes) -> bytes | None:
        return None

    def mine(self, payload: bytes) -> bytes:
        return payload


DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (Channels(), SocketIo(), Plain())}
