"""A connection of which it is not known yet what it wants: looked at, and then let in, refused or handed on.

Nothing of what it sent is taken before it is known that it wants the socket, so that whoever gets it reads it from the
first byte.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from typing import Any, Protocol

from core.errors import TandemError, Unavailable
from core.web.channels.door import Pass
from core.web.channels.wire import asking
from core.web.channels.wire.asking import Asked
from core.web.channels.wire.bare import BareLine
from core.web.channels.wire.descriptors import GONE, OVER, READABLE, Descriptors, write_now
from core.web.channels.wire.reception import Reception

log = logging.getLogger(__name__)

BEGINNING = f"GET {asking.PATH}".encode()
LARGEST_HEAD = 16 * 1024


class House(Protocol):
    """What a newcomer needs of the door."""

    reception: Reception
    descriptors: Descriptors

    def answers_to(self, host: str, /) -> bool: ...

    def wait(self, newcomer: Newcomer) -> None: ...

    def forget(self, newcomer: Newcomer) -> None: ...

    def judge(self, newcomer: Newcomer, asked: Asked) -> None: ...

    def hand_over(self, line: socket.SocketType, address: Any) -> None: ...


class Newcomer:
    __slots__ = ("_address", "_house", "_line", "_patient", "_watched")

    def __init__(self, house: House, line: socket.SocketType, address: Any) -> None:
        self._house, self._line, self._address = house, line, address
        self._watched = self._patient = False

    @property
    def peer(self) -> str:
        return str(self._address[0]) if isinstance(self._address, tuple) else ""

    @property
    def gone(self) -> bool:
        return self._line.fileno() < 0

    # --- asking

    def ready(self, events: int) -> None:
        if events & READABLE and not events & OVER:
            self.look(last=bool(events & GONE))
        else:
            self.due()

    def look(self, last: bool = False) -> None:
        """See what it wants, as far as it has said; unless that was the `last` of it, wait for the rest."""
        try:
            seen = self._line.recv(LARGEST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            self._wait(1)
            return
        except OSError:
            seen = b""
        end = seen.find(b"\r\n\r\n") + 4
        if not seen:
            self.due()
        elif not (seen.startswith(BEGINNING) or BEGINNING.startswith(seen)) or (end < 4 and len(seen) >= LARGEST_HEAD):
            self._hand_over()
        elif end >= 4:
            self._asked(asking.read_head(seen[:end]), end)
        elif last:
            self.due()
        else:
            self._wait(len(seen) + 1)

    def _wait(self, size: int) -> None:
        """Until there is more than was seen: a readiness that is not taken would be told without end."""
        if size > 1 or self._patient:
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
            self._patient = size > 1
        if not self._watched:
            self._watch(READABLE | GONE)
            self._house.wait(self)

    def _watch(self, events: int) -> None:
        descriptors, fd = self._house.descriptors, self._line.fileno()
        if self._watched:
            descriptors.watch(fd, events)
            return
        self._watched = True
        descriptors.add(fd, self, events)

    def _asked(self, asked: Asked | None, size: int) -> None:
        if asked is None or not self._house.answers_to(asked.host):
            self._hand_over()
            return
        self._line.recv(size)
        if self._watched:
            # What it sends before it is answered waits; that it went away does not. Of one that asked before it had to
            # be watched this is seen when it is answered, which is soon.
            self._watch(GONE)
        self._house.forget(self)
        self._house.judge(self, asked)

    def _at_once(self) -> None:
        """Whatever comes next is news, however little it is."""
        if self._patient:
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    # --- answered

    def enter(self, asked: Asked, given: Pass, asked_at: float) -> None:
        reception, descriptors = self._house.reception, self._house.descriptors
        if self._line.fileno() < 0:
            return
        if reception.sockets.draining:
            self.refuse(Unavailable())
            return
        self._house.forget(self)
        self._at_once()
        fd = self._line.detach()
        line = BareLine(descriptors, fd)
        if self._watched:
            descriptors.hand_on(fd, line)
        else:
            descriptors.add(fd, line)
        line.write(asking.accepted(asked))
        line.connection = reception.open(line, given, asked_at)

    def refuse(self, error: TandemError) -> None:
        status, headers, body = self._house.reception.refusal(error)
        answer = asking.refused(status, headers, body)
        log.info("%d GET %s (%s)", status, asking.PATH, self.peer)
        if self._line.fileno() >= 0:
            write_now(self._line.fileno(), answer)
            self.due()

    def _hand_over(self) -> None:
        self._leave()
        self._at_once()
        self._house.hand_over(self._line, self._address)

    def _leave(self) -> None:
        self._house.forget(self)
        if self._watched:
            self._house.descriptors.release(self._line.fileno())

    def due(self) -> None:
        """It went away, or took too long."""
        if self._line.fileno() >= 0:
            self._leave()
            with contextlib.suppress(OSError):
                self._line.close()
