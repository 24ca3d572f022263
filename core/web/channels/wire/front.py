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

from core.accounts.tokens import Claims
from core.errors import TandemError, Unavailable
from core.principal import Principal
from core.web.channels.door import Pass, opens
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

SILENCE = 1
"""Seconds, or a little more, that the kernel keeps who says nothing before it is taken in all the same."""
ACCEPTS = 64
"""Taken in at one turn of the loop."""
FAILED = "a handshake could not be judged"


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
        self._answers_to, self._patience = answers_to, patience
        self._host = ""
        """The host that was asked for last and is ours: nearly everybody names the same."""
        self._server, self._asking, self._judged, self._together = server, asking, judged, together
        self._newcomers: dict[Newcomer, float] = {}
        """Who has not finished asking, and until when they may; who came first first, as in the next."""
        self._known: dict[Newcomer, float] = {}
        """Who has, and is not answered yet."""
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._asking_who = 0
        """Questions about persons that are on their way without a task of their own."""
        self._asked: deque[tuple[Newcomer, Asked]] = deque()
        """Who waits for one of those to be done, first come first."""
        self._closed = False
        self._take_over()

    def _take_over(self) -> None:
        """Accept in place of the server; when it stops listening, so does this."""
        loop = asyncio.get_running_loop()
        handlers = self._server._handlers  # the one thing it has no public name for
        for fd, listening in self._server._sockets.items():
            handlers[fd]()
            # Who is accepted inherits it.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Nearly everybody asks at once: taken in with what they ask, they need not be watched first.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENCE)
            listening.listen(BACKLOG)
            loop.add_reader(fd, self._accept, listening)
            handlers[fd] = functools.partial(_stop_accepting, loop, fd)

    def _accept(self, listening: socket.socket) -> None:
        family = int(listening.family)
        for _ in range(ACCEPTS):
            try:
                # The accept of the library, less what it asks of each that it takes in.
                fd, address = listening._accept()  # type: ignore[attr-defined]
            except BlockingIOError:
                return
            except OSError as error:
                # Nobody is there any more, or there is no descriptor left: those who wait are seen to later.
                log.warning("a connection could not be accepted", extra={"reason": error.strerror})
                return
            line = socket.SocketType(family, socket.SOCK_STREAM, 0, fd)
            line.setblocking(False)
            Newcomer(self, line, address).look()

    def answers_to(self, host: str) -> bool:
        if host != self._host and self._answers_to(host):
            self._host = host
        return host == self._host

    # --- those who are asking

    def wait(self, newcomer: Newcomer) -> None:
        self._note(newcomer, self._newcomers)
        while len(self._newcomers) > self._asking:
            next(iter(self._newcomers)).due()

    def forget(self, newcomer: Newcomer) -> None:
        self._newcomers.pop(newcomer, None)
        self._known.pop(newcomer, None)

    def _note(self, newcomer: Newcomer, among: dict[Newcomer, float]) -> None:
        """Give it so much time. All have the same, so that one timer, for the first, does for all."""
        loop = asyncio.get_running_loop()
        among[newcomer] = loop.time() + self._patience
        if self._timer is None:
            self._timer = loop.call_later(self._patience, self._let_go_of_the_late)

    def _let_go_of_the_late(self) -> None:
        loop, self._timer = asyncio.get_running_loop(), None
        for among in (self._newcomers, self._known):
            for newcomer in [newcomer for newcomer, until in among.items() if until <= loop.time()]:
                newcomer.due()
        left = [next(iter(among.values())) for among in (self._newcomers, self._known) if among]
        if left:
            self._timer = loop.call_at(min(left), self._let_go_of_the_late)

    def hand_over(self, line: socket.SocketType, address: Any) -> None:
        """Give a connection to the HTTP server, with every byte still to be read."""
        whole = socket.socket(line.family, line.type, line.proto, line.detach())
        self._server.handle_stream(
            IOStream(whole, max_buffer_size=self._server.max_buffer_size, read_chunk_size=self._server.read_chunk_size),
            address,
        )

    def judge(self, newcomer: Newcomer, asked: Asked) -> None:
        """Have a token looked at; more at once than there is room for are told to come again."""
        if self._side_by_side + len(self._asked) >= self._judged:
            newcomer.refuse(Unavailable())
            return
        self._note(newcomer, self._known)
        self._asked.append((newcomer, asked))
        self._call_in()

    @property
    def _side_by_side(self) -> int:
        return len(self._tasks) + self._asking_who

    def _call_in(self) -> None:
        while self._asked and self._side_by_side < self._together:
            newcomer, asked = self._asked.popleft()
            if not newcomer.gone:
                self._begin(newcomer, asked)

    def _begin(self, newcomer: Newcomer, asked: Asked) -> None:
        """Judge a token; without a task, for they come in crowds, where only the person's row has to be waited for."""
        asked_at, tell = self.reception.sockets.clock.monotonic(), self.reception.sockets.door.tell
        try:
            claims = self.reception.check_now(asked, newcomer.peer) if tell else None
            if tell and claims:
                tell(claims.user_id, functools.partial(self._answered, newcomer, asked, asked_at, claims))
        except TandemError as error:
            newcomer.refuse(error)
        except Exception:
            log.exception(FAILED)
            newcomer.refuse(TandemError())
        else:
            if claims is None:
                self._take_time(newcomer, asked, asked_at)
            else:
                self._asking_who += 1

    def _answered(
        self, newcomer: Newcomer, asked: Asked, asked_at: float, claims: Claims, answer: Principal | Exception
    ) -> None:
        self._asking_who -= 1
        if self._closed:
            return
        if isinstance(answer, Principal) and opens(claims.generation, answer):
            newcomer.enter(asked, Pass(answer, claims.expires_at), asked_at)
        elif isinstance(answer, TandemError) and answer.temporary:
            newcomer.refuse(answer)
        else:
            # Nobody with an account, or not with this token any more: what is seldom may take its time.
            self._take_time(newcomer, asked, asked_at, claims)
        self._call_in()

    def _take_time(self, newcomer: Newcomer, asked: Asked, asked_at: float, claims: Claims | None = None) -> None:
        task = asyncio.create_task(self._judge(newcomer, asked, asked_at, claims), name="socket handshake")
        self._tasks.add(task)
        task.add_done_callback(self._judged_one)

    def _judged_one(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._call_in()

    async def _judge(self, newcomer: Newcomer, asked: Asked, asked_at: float, claims: Claims | None) -> None:
        reception = self.reception
        try:
            if claims is None:
                given = await reception.admit(asked, newcomer.peer)
            else:
                given = await reception.sockets.door.find(claims, reception.address(asked, newcomer.peer))
        except TandemError as error:
            newcomer.refuse(error)
        except Exception:
            log.exception(FAILED)
            newcomer.refuse(TandemError())
        else:
            newcomer.enter(asked, given, asked_at)

    def close(self) -> None:
        """Let everybody go. The server has stopped listening before."""
        self._closed = True
        self._asked.clear()
        if self._timer is not None:
            self._timer.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        for newcomer in tuple(self._known):
            newcomer.due()
        self.descriptors.stop()


def _stop_accepting(loop: asyncio.AbstractEventLoop, fd: int) -> None:
    loop.remove_reader(fd)
