"""One websocket after its handshake, whatever it runs over: bytes come in as frames, and it ends in good order.

What carries it gives `feed` the bytes that came and `down` the news that it ended, and provides `write`, `expect_end`
and `cut`. A line that was told to end reads on for a moment: closing with unread bytes would reset it, and the other
side would never see why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from core.presence.service import LOST, RELOAD
from core.web.channels.connection import Connection
from core.web.channels.protocol import MAX_FRAME
from core.web.channels.wire import frames
from core.web.channels.wire.frames import Assembly, Violation

GOING_AWAY = 1001
PING = frames.framed(frames.PING, b"")
LINGER_SECONDS, LINGER_BYTES = 2.0, 32 * 1024 * 1024
SLOW_SECONDS = 10.0
"""For one that still has to take what was sent to it before."""


class Line(ABC):
    __slots__ = ("assembly", "connection", "deaf", "ending", "goodbye", "rest", "unheard")

    connection: Connection

    def __init__(self) -> None:
        self.rest = b""
        """What came of a frame that is not all there."""
        self.unheard = 0
        """How much came since this side listens no more."""
        self.assembly: Assembly | None = None
        self.goodbye = 0
        """The code with which the client took its leave."""
        self.ending = self.deaf = False

    # --- what carries it

    @abstractmethod
    def write(self, data: bytes) -> bool:
        """Hand bytes over; False when they are still on their way."""

    @abstractmethod
    def expect_end(self) -> None:
        """Nothing will be said any more: let go when the other side does, or soon."""

    @abstractmethod
    def cut(self) -> None:
        """Let go at once, with what is still on its way."""

    # --- in

    def feed(self, data: bytes) -> None:
        """What came, in any pieces."""
        if self.deaf:
            self.unheard += len(data)
            if self.unheard > LINGER_BYTES:
                self.cut()
            return
        if self.rest:
            data = self.rest + data
        at, end = 0, len(data)
        try:
            while at < end and not self.goodbye:
                found = frames.frame_at(data, at, MAX_FRAME)
                if found is None:
                    break
                at = found[3]
                self._frame(*found[:3])
        except Violation as wrong:
            self.violated(wrong)
            return
        self.rest = data[at:] if at < end and not self.goodbye else b""

    def _frame(self, opcode: int, final: bool, payload: bytes) -> None:
        if opcode == frames.CLOSE:
            self._said_goodbye(frames.read_close(payload))
        elif self.ending:
            return
        elif opcode == frames.PING:
            self.connection.alive()
            if self.connection.waits_since is None:
                # Who does not read gets no answers either: they would pile up.
                self.write(frames.framed(frames.PONG, payload))
        elif opcode == frames.PONG:
            self.connection.alive()
        elif opcode == frames.CONTINUATION:
            self._continued(final, payload)
        elif self.assembly is not None:
            raise Violation(frames.PROTOCOL_ERROR, "a message within a message")
        elif final:
            self._message(opcode, payload)
        else:
            self.assembly = Assembly(opcode, payload)

    def _continued(self, final: bool, payload: bytes) -> None:
        assembly = self.assembly
        if assembly is None:
            raise Violation(frames.PROTOCOL_ERROR, "nothing to continue")
        assembly.add(payload, MAX_FRAME)
        if final:
            self.assembly = None
            self._message(assembly.opcode, b"".join(assembly.parts))

    def _message(self, opcode: int, payload: bytes) -> None:
        self.connection.receive(frames.text_of(payload) if opcode == frames.TEXT else payload)

    # --- out

    def ping(self) -> None:
        if not self.ending:
            self.write(PING)

    def close(self, code: int, reason: str = "") -> None:
        """Say why, and end."""
        if not self.ending:
            self.ending = True
            self.assembly = None
            self.write(frames.close_frame(code, reason))
            self.expect_end()

    def violated(self, wrong: Violation) -> None:
        """The client broke the rules of the line itself: what follows cannot be read."""
        self.connection.violated()
        if not self.ending:
            self.ending = True
            self.write(frames.close_frame(wrong.code, wrong.reason))
        self.assembly, self.deaf, self.rest = None, True, b""
        self.expect_end()

    def _said_goodbye(self, code: int) -> None:
        self.goodbye = code
        if not self.ending:
            self.ending = True
            self.write(frames.close_frame(code))
        self.cut()

    # --- the end

    def down(self) -> None:
        """Nothing carries it any more. To be called once, by what did."""
        self.rest, self.assembly = b"", None
        self.connection.gone(self._grace())

    def _grace(self) -> float:
        """A client that closes means it; a page that goes away may be loading again; anything else is a lost line."""
        return {frames.NO_CODE: 0.0, 1000: 0.0, GOING_AWAY: RELOAD}.get(self.goodbye, LOST)
