"""The codec of the socket: Phoenix Channels V2, `[join_ref, ref, topic, event, payload]` as JSON text.

Pure. `parse` answers an `Incoming` or raises `ProtocolError`, whatever it is given; the error holds as much of the
message's address as could be read, so that its sender can be told. `Unreadable` is a frame that is no message at all.
Outgoing messages are made as bytes, once, and `text_frame` puts the websocket's own header before them: a server's
frame is not masked, so the same bytes serve everybody.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

MAX_FRAME = 64 * 1024
MAX_TOPIC = 200
MAX_EVENT = 100
MAX_REF = 64
MAX_DEPTH = 16

HEARTBEAT_TOPIC = "phoenix"
JOIN, LEAVE, REPLY, CLOSE = "phx_join", "phx_leave", "phx_reply", "phx_close"

PING = b"\x89\x00"

Ref = str | int | None
Status = Literal["ok", "error"]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Incoming:
    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: dict[str, Any]


class ProtocolError(Exception):
    """A message that cannot be taken, and where its sender would look for the answer."""

    def __init__(self, reason: str, join_ref: Ref = None, ref: Ref = None, topic: str = HEARTBEAT_TOPIC) -> None:
        super().__init__(reason)
        self.reason, self.join_ref, self.ref, self.topic = reason, join_ref, ref, topic


class Unreadable(ProtocolError):
    """Bytes that are no message, not even a malformed one."""


def speaks_v2(version: str) -> bool:
    """Whether a client that names this serializer version (`vsn`) is understood. V1 and none are not."""
    parts = version.split(".")
    return 1 <= len(parts) <= 3 and parts[0] == "2" and all(p.isascii() and p.isdigit() for p in parts)


def parse(frame: str | bytes) -> Incoming:
    """One message from a text frame (or, to be refused politely, from a binary one)."""
    if isinstance(frame, bytes):
        raise _binary(frame)
    if len(frame) > MAX_FRAME:
        raise ProtocolError("too_large")
    try:
        message = _decode(frame)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise ProtocolError("malformed") from None
    if not isinstance(message, list) or len(message) != 5:
        raise ProtocolError("malformed")
    return _incoming(*message)


def _incoming(join_ref: Any, ref: Any, topic: Any, event: Any, payload: Any) -> Incoming:
    join_ref, ref = _ref(join_ref), _ref(ref)
    if not isinstance(topic, str) or not 0 < len(topic) <= MAX_TOPIC:
        raise ProtocolError("malformed", join_ref, ref)
    if not isinstance(event, str) or not 0 < len(event) <= MAX_EVENT:
        raise ProtocolError("malformed", join_ref, ref, topic)
    if not isinstance(payload, dict) or _deep(payload):
        raise ProtocolError("payload must be an object", join_ref, ref, topic)
    return Incoming(join_ref, ref, topic, event, payload)


def _ref(value: Any) -> Ref:
    """A reference as the client chose it: text, or a number from those who count."""
    if value is None or (isinstance(value, str) and len(value) <= MAX_REF):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return value
    raise ProtocolError("malformed")


def _deep(value: Any) -> bool:
    """Whether a value is nested deeper than any message of ours."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            inner.extend(v for v in (item.values() if isinstance(item, dict) else item) if isinstance(v, dict | list))
        if not inner:
            return False
        level = inner
    return True


def _binary(frame: bytes) -> ProtocolError:
    """The refusal of a binary push: V2 has a form for it, and no topic here takes one."""
    if len(frame) < 5 or frame[0] != 0:
        return Unreadable("unreadable")
    texts, at = [], 5
    for size in frame[1:5]:
        texts.append(frame[at : at + size])
        at += size
    if at > len(frame):
        return Unreadable("unreadable")
    try:
        join_ref, ref, topic, _event = (part.decode() for part in texts)
    except UnicodeDecodeError:
        return Unreadable("unreadable")
    try:
        return ProtocolError("binary_not_supported", _ref(join_ref), _ref(ref), topic[:MAX_TOPIC] or HEARTBEAT_TOPIC)
    except ProtocolError as error:
        return error


def reply(join_ref: Ref, ref: Ref, topic: str, status: Status, response: Any) -> bytes:
    """The answer to one message; `response` may be `msgspec.Raw`, already encoded."""
    return _encode((join_ref, ref, topic, REPLY, {"status": status, "response": response}))


def push(join_ref: Ref, topic: str, event: str, payload: Any) -> bytes:
    """A message to one joined channel."""
    return _encode((join_ref, None, topic, event, payload))


def close(join_ref: Ref, topic: str) -> bytes:
    """The end of one joined channel; clients match it by the reference of their join."""
    return _encode((join_ref, join_ref, topic, CLOSE, {}))


def broadcast(topic: str, event: str, payload: Any) -> bytes:
    """A message to everybody on a topic: it names no join, so one encoding serves all."""
    return _encode((None, None, topic, event, payload))


def text_frame(message: bytes) -> bytes:
    """A message as an unmasked websocket text frame."""
    size = len(message)
    if size < 126:
        return bytes((0x81, size)) + message
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + message
    return struct.pack("!BBQ", 0x81, 127, size) + message
