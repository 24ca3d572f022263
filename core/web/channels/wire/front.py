"""The front door: the one port's own accept, which keeps sockets to itself and hands everything else on, untouched.

A newcomer's first bytes are looked at without being taken. A plain request for the socket is answered here and becomes
a `BareLine`; anything else, pages, REST, Panel's own sockets and whatever is odd, goes to the HTTP server as if it had
been accepted there. Who does not finish asking has a few seconds, and there are only so many of them: when one more
comes, the oldest goes.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

from core.errors import TandemError, Unavailable
from core.web.channels.wire.asking import Asked
from core.web.channels.wire.descriptors import Descriptors
from core.web.channels.wire.newcomer import Newcomer
from core.web.channels.wire.reception import Reception

log = logging.getLogger(__name__)

PATIENCE = 10.0
ASKING, JUDGED = 16_384, 8192
"""Newcomers who have not finished asking, and those whose token is being judged, at one time."""
TOGETHER = 512
"""Of those, how many are judged side by side: enough to be read together, and what that needs stays small."""
BACKLOG = 4096
ACCEPTS = 64
"""Taken in at one turn of the loop."""


class FrontDoor:
    def __init__(
        self,
        server: HTTPServer,
        reception: Reception,
        answers_to: Callable[[str], bool] = lambda host: True,
        *,
        asking: int = ASKING,
        judged: int = JUDGED,
        together: int = TOGETHER,
        patience: float = PATIENCE,
    ) -> None:
        self.reception, self.descriptors = reception, Descriptors()
        self.answers_to, self.patience = answers_to, patience
        self._server, self._asking, self._judged, self._together = server, asking, judged, together
        self._newcomers: dict[Newcomer, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: deque[tuple[Newcomer, Asked]] = deque()
        """Who waits for one of those to be done, first come first."""
        self._take_over()

    def _take_over(self) -> None:
        """Accept in place of the server; when it stops listening, so does this."""
        loop = asyncio.get_running_loop()
        handlers = self._server._handlers  # the one thing it has no public name for
        for fd, listening in self._server._sockets.items():
            handlers[fd]()
            listening.listen(BACKLOG)
            loop.add_reader(fd, self._accept, listening)
            handlers[fd] = functools.partial(_stop_accepting, loop, fd)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS):
            try:
                line, address = listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                # Nobody is there any more, or there is no descriptor left: those who wait are seen to later.
                log.warning("a connection could not be accepted", extra={"reason": error.strerror})
                return
            line.setblocking(False)
            Newcomer(self, line, address).look()

    # --- those who are asking

    def wait(self, newcomer: Newcomer) -> None:
        self._newcomers[newcomer] = None
        while len(self._newcomers) > self._asking:
            next(iter(self._newcomers)).due()

    def forget(self, newcomer: Newcomer) -> None:
        self._newcomers.pop(newcomer, None)

    def hand_over(self, line: socket.socket, address: Any) -> None:
        """Give a connection to the HTTP server, with every byte still to be read."""
        self._server.handle_stream(
            IOStream(line, max_buffer_size=self._server.max_buffer_size, read_chunk_size=self._server.read_chunk_size),
            address,
        )

    def judge(self, newcomer: Newcomer, asked: Asked) -> None:
        """Have a token looked at; more at once than there is room for are told to come again."""
        if len(self._tasks) + len(self._asked) >= self._judged:
            newcomer.refuse(Unavailable())
            return
        self._asked.append((newcomer, asked))
        self._call_in()

    def _call_in(self) -> None:
        while self._asked and len(self._tasks) < self._together:
            newcomer, asked = self._asked.popleft()
            if not newcomer.gone:
                task = asyncio.create_task(self._judge(newcomer, asked), name="socket handshake")
                self._tasks.add(task)
                task.add_done_callback(self._judged_one)

    def _judged_one(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._call_in()

    async def _judge(self, newcomer: Newcomer, asked: Asked) -> None:
        asked_at = self.reception.sockets.clock.monotonic()
        try:
            given = await self.reception.admit(asked, newcomer.peer)
        except TandemError as error:
            newcomer.refuse(error)
        except Exception:
            log.exception("a handshake could not be judged")
            newcomer.refuse(TandemError())
        else:
            newcomer.enter(asked, given, asked_at)

    def close(self) -> None:
        """Let everybody go. The server has stopped listening before."""
        self._asked.clear()
        for task in tuple(self._tasks):
            task.cancel()
        self.descriptors.stop()


def _stop_accepting(loop: asyncio.AbstractEventLoop, fd: int) -> None:
    loop.remove_reader(fd)
