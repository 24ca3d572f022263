"""The codec of the socket: Phoenix Channels V2, `[join_ref, ref, topic, event, payload]` as JSON text.

A payload of plain bytes travels in the serializer's binary form instead, in either direction.

Pure. `parse` answers an `Incoming` or raises `ProtocolError`, whatever it is given; the error holds as much of the
message's address as could be read, so that its sender can be told. `Unreadable` is a frame that is no message at all.
Outgoing messages are made as whole frames, once: a server's frame is not masked, so the same bytes serve everybody.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import msgspec

from core.web.channels.wire.frames import BINARY, TEXT, framed

MAX_FRAME = 64 * 1024
MAX_TOPIC = 200
MAX_EVENT = 100
MAX_REF = 64
MAX_DEPTH = 16

HEARTBEAT_TOPIC = "phoenix"
JOIN, LEAVE, REPLY, CLOSE = "phx_join", "phx_leave", "phx_reply", "phx_close"

PUSHED, REPLIED, SPREAD = 0, 1, 2
"""Kinds of binary messages."""

Ref = str | int | None
Status = Literal["ok", "error"]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Incoming(msgspec.Struct, frozen=True):
    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: dict[str, Any] | bytes


class ProtocolError(Exception):
    """A message that cannot be taken, and where its sender would look for the answer."""

    def __init__(self, reason: str, join_ref: Ref = None, ref: Ref = None, topic: str = HEARTBEAT_TOPIC) -> None:
        super().__init__(reason)
        self.reason, self.join_ref, self.ref, self.topic = reason, join_ref, ref, topic


class Unreadable(ProtocolError):
    """Bytes that are no message, not even a malformed one."""


@lru_cache(maxsize=64)
def speaks_v2(version: str) -> bool:
    """Whether a client that names this serializer version (`vsn`) is understood. V1 and none are not."""
    parts = version.split(".")
    return 1 <= len(parts) <= 3 and parts[0] == "2" and all(p.isascii() and p.isdigit() for p in parts)


def parse(frame: str | bytes) -> Incoming:
    """One message from a text frame, or from a binary one."""
    if isinstance(frame, bytes):
        return _binary(frame)
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
    _check_names(join_ref, ref, topic, event)
    if not isinstance(payload, dict) or (payload and _deep(payload)):
        raise ProtocolError("payload must be an object", join_ref, ref, topic)
    return Incoming(join_ref, ref, topic, event, payload)


def _check_names(join_ref: Ref, ref: Ref, topic: Any, event: Any) -> None:
    if not isinstance(topic, str) or not 0 < len(topic) <= MAX_TOPIC:
        raise ProtocolError("malformed", join_ref, ref)
    if not isinstance(event, str) or not 0 < len(event) <= MAX_EVENT:
        raise ProtocolError("malformed", join_ref, ref, topic)


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


def _binary(frame: bytes) -> Incoming:
    """A push whose payload is plain bytes: four lengths, four texts, and the rest."""
    if len(frame) < 5 or frame[0] != PUSHED:
        raise Unreadable("unreadable")
    texts, at = [], 5
    for size in frame[1:5]:
        texts.append(frame[at : at + size])
        at += size
    if at > len(frame):
        raise Unreadable("unreadable")
    try:
        join_ref, ref, topic, event = (part.decode() for part in texts)
    except UnicodeDecodeError:
        raise Unreadable("unreadable") from None
    _check_names(_ref(join_ref or None), _ref(ref or None), topic, event)
    return Incoming(join_ref or None, ref or None, topic, event, frame[at:])


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
    return framed(TEXT, message)


def reply_frame(join_ref: Ref, ref: Ref, topic: str, status: Status, response: Any) -> bytes:
    """The answer to one message, in the form that its response asks for."""
    if isinstance(response, bytes):
        return _binary_frame(REPLIED, _text(join_ref), _text(ref), topic, status, data=response)
    return text_frame(reply(join_ref, ref, topic, status, response))


def broadcast_frame(topic: str, event: str, payload: Any) -> bytes:
    """A message to everybody on a topic, in the form that its payload asks for."""
    if isinstance(payload, bytes):
        return _binary_frame(SPREAD, topic, event, data=payload)
    return text_frame(broadcast(topic, event, payload))


def push_frame(join_ref: Ref, topic: str, event: str, payload: Any) -> bytes:
    """A message to one joined channel, in the form that its payload asks for."""
    if isinstance(payload, bytes):
        return _binary_frame(PUSHED, _text(join_ref), topic, event, data=payload)
    return text_frame(push(join_ref, topic, event, payload))


def _text(ref: Ref) -> str:
    return "" if ref is None else str(ref)


def _binary_frame(kind: int, *texts: str, data: bytes) -> bytes:
    """The kind, a byte of length for each text, the texts, and the bytes as they are."""
    parts = [text.encode() for text in texts]
    return framed(BINARY, bytes((kind, *map(len, parts))) + b"".join(parts) + data)
