"""Websocket frames as a client of thousands needs them: its own masked once, the server's read without copies.

Pure. The server's frames are unmasked and the same for everybody, so whoever reads them may remember a chunk by its
bytes; `split` is asked only for chunks that were not seen before.
"""

from __future__ import annotations

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x5a\xc3\x17\x9e"
GREATEST = 64 * 1024 * 1024

Frame = tuple[int, bytes]
"""Opcode and payload."""


class BadFrame(Exception):
    """The server sent what no server may send."""


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """A whole client frame."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 65536:
        head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8, "big")
    key = (MASK * (size // 4 + 1))[:size]
    body = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return head + MASK + body


def split(data: bytes) -> tuple[list[Frame], int]:
    """The whole frames at the start of `data`, and how many bytes they take; what is left is the start of another.

    A message in fragments is given as one frame when its last part is there.
    """
    found: list[Frame] = []
    start = taken = 0
    parts: list[bytes] = []
    first = 0
    while (frame := _next(data, start)) is not None:
        opcode, final, begin, start = frame
        payload = data[begin:start]
        if opcode >= CLOSE:
            if parts:
                raise BadFrame("a control frame between fragments is not expected here")
            found.append((opcode, payload))
        else:
            first = first if parts else opcode
            parts.append(payload)
            if final:
                found.append((first, b"".join(parts)))
                parts = []
        if not parts:
            taken = start
    return found, taken


def _next(data: bytes, start: int) -> tuple[int, bool, int, int] | None:
    """Opcode, whether it is the last part, where its payload begins and where it ends; None while it is not whole."""
    if len(data) - start < 2:
        return None
    one, two = data[start], data[start + 1]
    if two & 0x80:
        raise BadFrame("servers do not mask")
    size, begin = two, start + 2
    if size == 126:
        size, begin = int.from_bytes(data[start + 2 : start + 4], "big"), start + 4
    elif size == 127:
        size, begin = int.from_bytes(data[start + 2 : start + 10], "big"), start + 10
    if size > GREATEST:
        raise BadFrame(f"a frame of {size} bytes")
    end = begin + size
    return (one & 0x0F, bool(one & 0x80), begin, end) if end <= len(data) else None
