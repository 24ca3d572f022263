"""The websocket door, `/socket/websocket?vsn=2.0.0`: a token is judged before anything is upgraded.

The token comes as the parameter `token` or in the sub-protocol, as current clients send it; it is taken out of the
request at once, so that no log line holds it. All bad tokens get the same answer. Frames are at most 64 KiB, must be
masked, are never compressed. The rest is the connection's business: this is only what carries it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
from collections.abc import Callable
from typing import Any

import msgspec
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler, WebSocketProtocol, WebSocketProtocol13, _WebSocketParams

from core.errors import BadRequest, Forbidden, TandemError, Unauthorized, Unavailable
from core.presence.service import LOST, RELOAD
from core.web.channels.connection import Connection
from core.web.channels.door import Pass
from core.web.channels.protocol import MAX_FRAME, speaks_v2
from core.web.channels.registry import Sockets
from core.web.security import client_address

PATH = r"/socket/websocket"
CLOSE_FRAME = 0x8
SUBPROTOCOL = "phoenix"
BEARER = "base64url.bearer.phx."
MAX_TOKEN = 4096
GOING_AWAY = 1001
LINGER_SECONDS, LINGER_BYTES = 2.0, 32 * 1024 * 1024

AllowOrigin = Callable[[str, str], bool]
"""Whether a page of this origin may connect to the host it asked."""

AddressOf = Callable[[HTTPServerRequest], str]


class SocketHandler(WebSocketHandler):
    def initialize(self, sockets: Sockets, allow_origin: AllowOrigin, address: AddressOf) -> None:
        self._sockets, self._allow_origin, self._address = sockets, allow_origin, address
        self._connection: Connection | None = None
        self.said_goodbye = False
        self._pass: Pass | None = None

    @property
    def max_message_size(self) -> int:
        return MAX_FRAME

    async def get(self, *args: Any, **kwargs: Any) -> None:
        self._asked_at = self._sockets.clock.monotonic()
        version = self._argument("vsn")
        token = self._take_token()
        try:
            if not speaks_v2(version):
                raise BadRequest("This socket speaks version 2 of the protocol: add vsn=2.0.0.", reason="version")
            origin = self.request.headers.get("Origin")
            if origin is not None and not self._allow_origin(origin, self.request.host):
                raise Forbidden("Pages of this origin may not connect.", reason="origin")
            if self._sockets.draining:
                raise Unavailable
            self._pass = await self._sockets.admit(token, self._address(self.request))
        except TandemError as error:
            self._refuse(error)
            return
        await super().get(*args, **kwargs)

    def _refuse(self, error: TandemError) -> None:
        self._sockets.counters.refused += 1
        self.set_status(error.status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        if "retry_after" in error.details:
            self.set_header("Retry-After", str(math.ceil(error.details["retry_after"])))
        self.finish(msgspec.json.encode(error.body()))

    def _argument(self, name: str) -> str:
        given = self.request.query_arguments.get(name)
        return given[-1].decode("ascii", "replace") if given else ""

    def _take_token(self) -> str:
        token = self._argument("token")
        offered = [part.strip() for part in self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
        for part in offered:
            if part.startswith(BEARER):
                token = _unpacked(part.removeprefix(BEARER))
        if offered != [""]:
            self.request.headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL if SUBPROTOCOL in offered else ""
        # Nothing that is logged later may hold it.
        self.request.uri = self.request.path
        self.request.query = ""
        self.request.arguments.clear()
        self.request.query_arguments.clear()
        return token if len(token) <= MAX_TOKEN else ""

    def check_origin(self, origin: str) -> bool:
        return self._allow_origin(origin, self.request.host)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL if SUBPROTOCOL in subprotocols else None

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        if self.request.headers.get("Sec-WebSocket-Version") != "13":
            return None
        params = _WebSocketParams(ping_interval=None, max_message_size=self.max_message_size)
        return StrictProtocol(self, False, params)

    def open(self, *args: str, **kwargs: str) -> None:
        if self._pass is None:
            raise Unauthorized
        self.set_nodelay(True)
        carrier = Carrier(self)
        self._connection = self._sockets.open(carrier, self._pass, self._asked_at)
        carrier.connection, self._pass = self._connection, None

    def on_message(self, message: str | bytes) -> None:
        if self._connection:
            self._connection.receive(message)

    def on_ping(self, data: bytes) -> None:
        if self._connection:
            self._connection.alive()

    on_pong = on_ping

    def on_close(self) -> None:
        if self._connection:
            self._connection.gone(self._grace())

    def _grace(self) -> float:
        """A client that closes means it; a page that goes away may be loading again; anything else is a lost line."""
        if not self.said_goodbye:
            return LOST
        return {None: 0.0, 1000: 0.0, GOING_AWAY: RELOAD}.get(self.close_code, LOST)


class Carrier:
    """A Tornado websocket as a connection's transport: takes whole frames as bytes."""

    def __init__(self, handler: SocketHandler) -> None:
        self._handler = handler
        self.connection: Connection | None = None

    def write(self, data: bytes) -> bool:
        protocol = self._handler.ws_connection
        if protocol is None or protocol.stream is None or protocol.is_closing():
            return True
        try:
            written = protocol.stream.write(data)
        except StreamClosedError:
            return True
        if written.done():
            return True
        written.add_done_callback(self._drained)
        return False

    def _drained(self, written: asyncio.Future[None]) -> None:
        if not written.cancelled() and written.exception() is None and self.connection:
            self.connection.drained()

    def ping(self) -> None:
        if self._handler.ws_connection and not self._handler.ws_connection.is_closing():
            self._handler.ping()

    def close(self, code: int, reason: str) -> None:
        self._handler.close(code, reason)


class StrictProtocol(WebSocketProtocol13):
    """What the standard asks for and the library leaves out: unmasked frames are refused, and whoever sends too much is
    told so before the line is cut."""

    handler: SocketHandler
    _at_header = False
    _lingering: asyncio.Task[None] | None = None

    async def _receive_frame(self) -> None:
        self._at_header = True
        await super()._receive_frame()

    async def _read_bytes(self, n: int) -> bytes:
        data = await super()._read_bytes(n)
        if self._at_header:
            self._at_header = False
            if not data[1] & 0x80:
                self.close(1002, "frames must be masked")
                raise StreamClosedError
        return data

    def _handle_message(self, opcode: int, data: bytes) -> asyncio.Future[None] | None:
        if opcode == CLOSE_FRAME:
            self.handler.said_goodbye = True
        return super()._handle_message(opcode, data)

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        super().close(code, reason)
        if code in (1002, 1009) and self._lingering is None:
            self._lingering = asyncio.create_task(self._linger())

    def _abort(self) -> None:
        if self._lingering is not None and not self._lingering.done():
            self.client_terminated = True
            return
        super()._abort()

    async def _linger(self) -> None:
        """Read on for a moment: closing with unread bytes would reset the line and lose the reason."""
        taken = 0
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while taken < LINGER_BYTES:
                    taken += len(await self.stream.read_bytes(65536, partial=True))
        except (TimeoutError, StreamClosedError):
            pass
        finally:
            self.stream.close()


def _unpacked(text: str) -> str:
    """The token as the client packed it: base64 in either alphabet, without padding."""
    try:
        plain = base64.b64decode(text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4), validate=True)
        return plain.decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def socket_routes(
    sockets: Sockets, allow_origin: AllowOrigin, proxies: tuple[str, ...] = ()
) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """The routes of the socket for Tornado's application; what the `proxies` say of a caller's address is believed."""
    given = {
        "sockets": sockets,
        "allow_origin": allow_origin,
        "address": lambda request: client_address(request, proxies),
    }
    return [(PATH, SocketHandler, given)]
