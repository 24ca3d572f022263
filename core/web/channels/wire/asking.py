"""A handshake as it was asked for, and the bytes that answer it. Pure.

`read_head` takes a request in its plainest form only and answers None for every other, which then goes to the general
HTTP server: what is odd is judged by one parser, and it is not this one. A token is taken out here, and what is left
of a request for log lines does not hold it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from core.web.channels.wire.tokens import MAX_TOKEN, packed_token

PATH = "/socket/websocket"
SUBPROTOCOL = "phoenix"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TARGET = re.compile(r"GET (/socket/websocket(?:\?[!-~]*)?) HTTP/1\.1")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([ -~\t]*)")
ENCODED = re.compile("[%+]")
MOST_FIELDS = 20
ONCE = ("host", "upgrade", "sec-websocket-key", "sec-websocket-version", "origin")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client says of itself before it is let in."""

    version: str
    token: str
    origin: str | None
    host: str
    offers: bool
    """Whether it offers the sub-protocol."""
    key: str
    forwarded: str


def read_head(head: bytes) -> Asked | None:
    """A whole request for the socket, up to its empty line; None unless it is exactly that."""
    try:
        first, *lines = head.removesuffix(b"\r\n\r\n").decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        return None
    wanted = TARGET.fullmatch(first)
    headers: dict[str, str] = {}
    for line in lines:
        field = FIELD.fullmatch(line)
        if field is None:
            return None
        name, value = field[1].lower(), field[2].rstrip(" \t")
        if name in headers and name in ONCE:
            return None
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    if wanted is None or not is_upgrade(headers):
        return None
    return asked(wanted[1].partition("?")[2], headers)


def is_upgrade(headers: Mapping[str, str]) -> bool:
    """Whether the headers, by their names in small letters, are those of a websocket's handshake."""
    return (
        headers.get("upgrade", "").strip().lower() == "websocket"
        and "upgrade" in (part.strip().lower() for part in headers.get("connection", "").split(","))
        and headers.get("sec-websocket-version") == "13"
        and _is_key(headers.get("sec-websocket-key", ""))
        and "host" in headers
        and "content-length" not in headers
        and "transfer-encoding" not in headers
    )


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def asked(query: str, headers: Mapping[str, str]) -> Asked:
    given = _parameters(query)
    offered = [part.strip() for part in headers.get("sec-websocket-protocol", "").split(",")]
    packed = packed_token(offered)
    token = given.get("token", "") if packed is None else packed
    return Asked(
        version=given.get("vsn", ""),
        token=token if len(token) <= MAX_TOKEN else "",
        origin=headers.get("origin"),
        host=headers.get("host", ""),
        offers=SUBPROTOCOL in offered,
        key=headers.get("sec-websocket-key", ""),
        forwarded=headers.get("x-forwarded-for", ""),
    )


def _parameters(query: str) -> dict[str, str]:
    """What stands in the query; nothing where it says more than any client of ours."""
    if query.count("&") >= MOST_FIELDS:
        return {}
    if not ENCODED.search(query):
        # As nearly everybody asks: nothing to decode.
        fields = (part.partition("=") for part in query.split("&") if part)
        return {name: value for name, _, value in fields}
    try:
        return dict(
            parse_qsl(query, keep_blank_values=True, encoding="ascii", errors="replace", max_num_fields=MOST_FIELDS)
        )
    except ValueError:
        return {}


def accepted(request: Asked) -> bytes:
    """The answer that makes a websocket of the connection."""
    accept = base64.b64encode(hashlib.sha1(request.key.encode() + GUID, usedforsecurity=False).digest())
    protocol = f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n".encode() if request.offers else b""
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + protocol
        + b"Sec-WebSocket-Accept: "
        + accept
        + b"\r\n\r\n"
    )


def refused(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """The answer that ends it."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
