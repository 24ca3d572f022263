"""What nodes tell each other about presence, over signals that may be lost.

Each node sends its changes as they come, numbered, and a short beat every few seconds. Whoever finds a number missing
asks for the whole and replaces what it held of that node. A node that falls silent is dropped with everybody on it; one
that stops says goodbye. So a lost signal costs seconds, never a ghost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from core.clock import Clock
from core.presence.entries import Entry
from core.presence.tracker import Change, Tracker

BEAT = 2.5
SILENT = 12.0
ASK = 0.5

Kind = Literal["beat", "diff", "full", "want", "bye"]
Row = tuple[str, str, str, str, str, bytes]
"""Sign, connection, topic, person, reference, and what is known as encoded JSON."""


class Note(msgspec.Struct, frozen=True, array_like=True):
    kind: Kind
    node: str
    version: int = 0
    rows: list[Row] = []


_decode = msgspec.msgpack.Decoder(Note).decode


class Peers:
    def __init__(self, tracker: Tracker, send: Callable[[bytes], None], clock: Clock) -> None:
        self._tracker, self._send, self._clock = tracker, send, clock
        self._heard: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._wanted = False
        self.on_drop: Callable[[str], None] = lambda _node: None
        """Called with a node that fell silent."""
        self._told_all = self._beaten = float("-inf")

    @property
    def nodes(self) -> list[str]:
        """The other nodes that are heard."""
        return list(self._heard)

    def hello(self) -> None:
        """Ask everybody for what they hold, and show that this node is here."""
        self._say("want", node="*")
        self._beat()

    def bye(self) -> None:
        self._say("bye")

    def flush(self) -> None:
        """Tell what this node's connections did since the last time."""
        version, changes = self._tracker.outgoing()
        if changes:
            self._say("diff", version, [_row(sign, entry) for sign, entry in changes])

    def tick(self) -> None:
        now = self._clock.monotonic()
        if self._wanted:
            self._tell_all()
        if now - self._beaten >= BEAT:
            self._beat()
        for node, heard in list(self._heard.items()):
            if now - heard > SILENT:
                self._drop(node)
                self.on_drop(node)

    def receive(self, data: bytes) -> None:
        try:
            note = _decode(data)
        except msgspec.MsgspecError:
            # A node of another version, in the middle of a rolling deployment: its beats will be asked about.
            return
        if note.kind == "want":
            if note.node in ("*", self._tracker.node):
                self._tell_all()
        elif note.node != self._tracker.node:
            self._hear(note)

    def _hear(self, note: Note) -> None:
        if note.kind == "bye":
            self._drop(note.node)
            return
        self._heard[note.node] = self._clock.monotonic()
        if note.kind == "full":
            self._tracker.replace(note.node, note.version, [_entry(note.node, row) for row in note.rows])
        elif note.kind == "diff":
            changes: list[Change] = [("+" if row[0] == "+" else "-", _entry(note.node, row)) for row in note.rows]
            if not self._tracker.apply(note.node, note.version, changes):
                self._ask(note.node)
        elif note.version != (self._tracker.known(note.node) or 0):
            self._ask(note.node)
        elif note.version == 0:
            self._tracker.replace(note.node, 0, ())

    def _ask(self, node: str) -> None:
        now = self._clock.monotonic()
        if now - self._asked.get(node, float("-inf")) >= ASK:
            self._asked[node] = now
            self._say("want", node=node)

    def _tell_all(self) -> None:
        now = self._clock.monotonic()
        self._wanted = now - self._told_all < ASK
        if self._wanted:
            return
        self._told_all = now
        self.flush()
        self._say("full", self._tracker.version, [_row("+", entry) for entry in self._tracker.own()])

    def _beat(self) -> None:
        self.flush()
        self._beaten = self._clock.monotonic()
        self._say("beat", self._tracker.version)

    def _drop(self, node: str) -> None:
        self._heard.pop(node, None)
        self._asked.pop(node, None)
        self._tracker.forget(node)

    def _say(self, kind: Kind, version: int = 0, rows: list[Row] | None = None, node: str = "") -> None:
        self._send(msgspec.msgpack.encode(Note(kind, node or self._tracker.node, version, rows or [])))


def _row(sign: str, entry: Entry) -> Row:
    return sign, entry.conn, entry.topic, entry.user_id, entry.ref, entry.data


def _entry(node: str, row: Row) -> Entry:
    _sign, conn, topic, user_id, ref, data = row
    return Entry(node, conn, topic, user_id, ref, data)
