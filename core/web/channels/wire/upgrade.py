"""The same socket over the HTTP server's own connection: where there is no front door, and for what it handed on.

Portable: it asks of the system what any server asks. The request is judged by the same reception, and from the upgrade
on its bytes are read by the same line, so that nothing but the carrier differs.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.iostream import IOStream, StreamClosedError
from tornado.web import RequestHandler

from core.errors import BadRequest, TandemError
from core.web.channels.wire import asking
from core.web.channels.wire.asking import PATH, Asked
from core.web.channels.wire.line import LINGER_SECONDS, SLOW_SECONDS, Line
from core.web.channels.wire.reception import Reception

CHUNK = 64 * 1024


class Upgrade(RequestHandler):
    def initialize(self, reception: Reception) -> None:
        self._reception = reception

    async def get(self) -> None:
        asked_at = self._reception.sockets.clock.monotonic()
        headers = {name.lower(): value for name, value in self.request.headers.items()}
        asked = self.asked(headers)
        # Nothing that is logged later may hold the token.
        self.request.uri, self.request.query = self.request.path, ""
        self.request.arguments.clear()
        self.request.query_arguments.clear()
        try:
            if not asking.is_upgrade(headers):
                raise BadRequest("This address speaks websocket, version 13.", reason="upgrade")
            given = await self._reception.admit(asked, self.request.remote_ip or "")
        except TandemError as error:
            self._refuse(error)
            return
        line = self.line(self.detach())
        line.write(asking.accepted(asked))
        line.connection = self._reception.open(line, given, asked_at)
        line.begin()

    def asked(self, headers: dict[str, str]) -> Asked:
        """What the request says of its sender."""
        return asking.asked(self.request.query, headers)

    def line(self, stream: IOStream) -> StreamLine:
        """What carries the connection from here on."""
        return StreamLine(stream)

    def _refuse(self, error: TandemError) -> None:
        status, headers, body = self._reception.refusal(error)
        self.set_status(status)
        for name, value in headers.items():
            self.set_header(name, value)
        self.finish(body)


class StreamLine(Line):
    """A line over a stream of the HTTP server's."""

    __slots__ = ("_stream", "_task", "_timer")

    def __init__(self, stream: IOStream) -> None:
        super().__init__()
        self._stream = stream
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        stream.set_nodelay(True)

    def begin(self) -> None:
        self._task = asyncio.create_task(self._read(), name="socket line")

    async def _read(self) -> None:
        try:
            while True:
                self.feed(await self._stream.read_bytes(CHUNK, partial=True))
        except StreamClosedError:
            pass
        finally:
            if self._timer:
                self._timer.cancel()
            self._stream.close()
            self.down()

    def write(self, data: bytes) -> bool:
        try:
            written = self._stream.write(data)
        except StreamClosedError:
            return True
        if written.done():
            return True
        written.add_done_callback(self._drained)
        return False

    def _drained(self, written: asyncio.Future[None]) -> None:
        if not written.cancelled() and written.exception() is None and not self.ending:
            self.connection.drained()

    def expect_end(self) -> None:
        wait = SLOW_SECONDS if self._stream.writing() else LINGER_SECONDS
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(wait, self.cut)

    def cut(self) -> None:
        self._stream.close()


def socket_routes(reception: Reception) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """The routes of the socket for the HTTP server's application."""
    return [(PATH, Upgrade, {"reception": reception})]
