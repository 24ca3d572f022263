"""The websocket's own frames (RFC 6455), as a server reads and writes them. Pure, and strict.

`frame_at` answers a whole frame, or None while some of it is missing, or raises `Violation` with the code to close
with; it does so as soon as the header shows it, so that nobody has to be sent what is refused anyway. Extensions are
never agreed to. A server's frames are not masked: the same bytes serve everybody.
"""

from __future__ import annotations

import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL, MASKED = 0x80, 0x80
KNOWN = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
LARGEST_CONTROL = 125

PROTOCOL_ERROR, NOT_UTF8, TOO_LARGE = 1002, 1007, 1009
NO_CODE = 1005

Frame = tuple[int, bool, bytes, int]
"""Opcode, whether it is the last of its message, the payload in plain, and where the next frame begins."""


class Violation(Exception):
    """What a client may not send, and the code that says so."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def frame_at(data: bytes, at: int, largest: int) -> Frame | None:
    """The frame that begins at a place of what was read, if it is all there."""
    have = len(data) - at
    if have < 2:
        return None
    first, second = data[at], data[at + 1]
    opcode, size = first & 0x0F, second & 0x7F
    _check(first, second, opcode, size)
    start = at + 2
    if size >= 126:
        start += 2 if size == 126 else 8
        if len(data) < start:
            return None
        size = _long(data[at + 2 : start], largest)
    if size > largest:
        raise Violation(TOO_LARGE, "too large")
    body = start + 4
    end = body + size
    if len(data) < end:
        return None
    return opcode, first >= FINAL, unmasked(data[body:end], data[start:body]), end


def _check(first: int, second: int, opcode: int, size: int) -> None:
    if first & 0x70 or opcode not in KNOWN:
        raise Violation(PROTOCOL_ERROR, "unknown kind of frame")
    if not second & MASKED:
        raise Violation(PROTOCOL_ERROR, "frames must be masked")
    if opcode >= CLOSE and (first < FINAL or size > LARGEST_CONTROL):
        raise Violation(PROTOCOL_ERROR, "control frames are short and whole")


def _long(field: bytes, largest: int) -> int:
    size = int.from_bytes(field)
    if size >> 63:
        raise Violation(PROTOCOL_ERROR, "length out of range")
    if size > largest:
        raise Violation(TOO_LARGE, "too large")
    if size < (126 if len(field) == 2 else 65536):
        raise Violation(PROTOCOL_ERROR, "length not in its shortest form")
    return size


def unmasked(data: bytes, mask: bytes) -> bytes:
    """All bytes at once, as one large number: the fastest way that needs no extension."""
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def framed(opcode: int, payload: bytes) -> bytes:
    """A whole frame of a server."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | opcode, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", FINAL | opcode, 126, size) + payload
    return struct.pack("!BBQ", FINAL | opcode, 127, size) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    return framed(CLOSE, b"" if code == NO_CODE else struct.pack("!H", code) + reason.encode()[:123])


def read_close(payload: bytes) -> int:
    """The code that a client's goodbye names; Violation when it is not one that may be sent."""
    if not payload:
        return NO_CODE
    if len(payload) == 1:
        raise Violation(PROTOCOL_ERROR, "half a code")
    code = int.from_bytes(payload[:2])
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise Violation(PROTOCOL_ERROR, "no such code")
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise Violation(NOT_UTF8, "not UTF-8") from None
    return code


class Assembly:
    """The parts of a message that comes in several frames."""

    __slots__ = ("opcode", "parts", "size")

    def __init__(self, opcode: int, first: bytes) -> None:
        self.opcode, self.parts, self.size = opcode, [first], len(first)

    def add(self, part: bytes, largest: int) -> None:
        self.size += len(part)
        if self.size > largest:
            raise Violation(TOO_LARGE, "too large")
        # Empty parts cost memory too, and end only with the message.
        if part:
            self.parts.append(part)


def text_of(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Violation(NOT_UTF8, "not UTF-8") from None
