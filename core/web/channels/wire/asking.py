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
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl

from core.web.channels.wire.tokens import MAX_TOKEN, packed_token

PATH = "/socket/websocket"
SUBPROTOCOL = "phoenix"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
METHOD, PROTOCOL = "GET ", " HTTP/1.1"
PLAIN = bytes(range(0x20, 0x7F)) + b"\t\r\n"
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
MOST_FIELDS = 20
ONCE = ("host", "upgrade", "sec-websocket-key", "sec-websocket-version", "origin")


@dataclass(slots=True)
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
    if head.translate(None, PLAIN) or not head.endswith(b"\r\n\r\n"):
        return None
    first, *lines, empty, end = head.decode("ascii").split("\r\n")
    target = first[len(METHOD) : -len(PROTOCOL)]
    path, _, query = target.partition("?")
    one_word = target.isprintable() and " " not in target
    if path != PATH or first != f"{METHOD}{target}{PROTOCOL}" or empty or end or not one_word:
        return None
    headers: dict[str, str] = {}
    for line in lines:
        given, colon, value = line.partition(":")
        name = _plain_name(given)
        if not name or not colon or "\r" in value or "\n" in value or (name in headers and name in ONCE):
            return None
        value = value.strip(" \t")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return asked(query, headers) if is_upgrade(headers) else None


@lru_cache(maxsize=1024)
def _plain_name(name: str) -> str:
    """A header's name in small letters; empty for what is none, or longer than any that is of use here."""
    return name.lower() if NAME.fullmatch(name) else ""


def is_upgrade(headers: Mapping[str, str]) -> bool:
    """Whether the headers, by their names in small letters, are those of a websocket's handshake."""
    return (
        headers.get("upgrade", "").strip().lower() == "websocket"
        and "upgrade" in map(str.strip, headers.get("connection", "").lower().split(","))
        and headers.get("sec-websocket-version") == "13"
        and _is_key(headers.get("sec-websocket-key", ""))
        and "host" in headers
        and "content-length" not in headers
        and "transfer-encoding" not in headers
    )


def _is_key(key: str) -> bool:
    try:
        return len(binascii.a2b_base64(key, strict_mode=True)) == 16
    except (binascii.Error, ValueError):
        return False


def asked(query: str, headers: Mapping[str, str]) -> Asked:
    given = _parameters(query)
    protocols = headers.get("sec-websocket-protocol")
    offered = [part.strip() for part in protocols.split(",")] if protocols else []
    packed = packed_token(offered) if offered else None
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
    if "%" not in query and "+" not in query:
        # As nearly everybody asks: nothing to decode.
        given: dict[str, str] = {}
        for part in query.split("&"):
            name, _, value = part.partition("=")
            if part:
                given[name] = value
        return given
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
