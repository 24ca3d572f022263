"""The hub's door, `GET /api/ws`: the same socket, judged, limited and cut like any other, that speaks envelopes.

Only the form differs, and only at the line: what comes in is made into the socket's own messages, what goes out into
envelopes. What goes to many is made once for all of them, as its bytes are the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tornado.iostream import IOStream
from tornado.web import RequestHandler

from core.web.channels.envelope import MALFORMED, incoming, outgoing, welcome
from core.web.channels.wire import frames
from core.web.channels.wire.asking import Asked
from core.web.channels.wire.reception import Reception
from core.web.channels.wire.upgrade import StreamLine, Upgrade

PATH = r"/api/ws"
KEPT = 512

Now = Callable[[], str]


class Translator:
    """Frames of the socket as frames of envelopes; the latest are kept, since most go to many."""

    def __init__(self, now: Now) -> None:
        self.now = now
        self.made = 0
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    def frames(self, data: bytes) -> bytes:
        """Whole frames, one after the other, with every message among them made into an envelope."""
        return b"".join(self._frame(opcode, payload, whole) for opcode, payload, whole in split(data))

    def _frame(self, opcode: int, payload: bytes, whole: bytes) -> bytes:
        if opcode != frames.TEXT:
            return whole
        known = self._kept.get(payload)
        if known is None:
            self.made += 1
            known = self._kept[payload] = frames.framed(frames.TEXT, outgoing(payload, self.now()))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known


def split(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """A server's frames: opcode, payload, and the frame as it is."""
    found, at = [], 0
    while at < len(data):
        size, start = data[at + 1], at + 2
        if size >= 126:
            start += 2 if size == 126 else 8
            size = int.from_bytes(data[at + 2 : start])
        found.append((data[at] & 0x0F, data[start : start + size], data[at : start + size]))
        at = start + size
    return found


class HubLine(StreamLine):
    """A line that speaks envelopes."""

    __slots__ = ("_translator",)

    def __init__(self, stream: IOStream, translator: Translator) -> None:
        super().__init__(stream)
        self._translator = translator

    def begin(self) -> None:
        hello = welcome(self.connection.id, self._translator.now())
        super().write(frames.framed(frames.TEXT, hello))
        super().begin()

    def _message(self, opcode: int, payload: bytes) -> None:
        self.connection.receive(incoming(frames.text_of(payload)) if opcode == frames.TEXT else MALFORMED)

    def write(self, data: bytes) -> bool:
        # What comes before its beginning is the answer to the handshake.
        return super().write(data if self._task is None else self._translator.frames(data))


class HubUpgrade(Upgrade):
    def initialize(self, reception: Reception, translator: Translator) -> None:  # type: ignore[override]
        super().initialize(reception)
        self._translator = translator

    def asked(self, headers: dict[str, str]) -> Asked:
        """The envelope has one version, so nobody has to name it; the token comes as it does there."""
        return replace(super().asked(headers), version="2.0.0", offers=False)

    def line(self, stream: IOStream) -> StreamLine:
        return HubLine(stream, self._translator)


def hub_routes(reception: Reception) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """The hub's route, for the HTTP server's application."""
    translator = Translator(lambda: reception.sockets.clock.now().isoformat())
    return [(PATH, HubUpgrade, {"reception": reception, "translator": translator})]
