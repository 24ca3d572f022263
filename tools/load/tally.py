"""What was delivered, to the single message: how late, how often, in which order, and what never came.

A chunk that many clients read is parsed once. What each of them costs is a look-up, a moment in a list and a comparison
with the number expected next; only what does not fit is looked at closely. Moments become figures later, when nobody
reads that chunk any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tools.load.client import ROOM, Client
from tools.load.histogram import Histogram
from tools.load.marks import Mark, Stream

KEPT = 1.5
"""Seconds after which a chunk that nobody reads any more is counted and forgotten."""


class Chunk:
    __slots__ = ("after", "first", "marks", "times")

    def __init__(self, marks: list[Mark]) -> None:
        self.marks = marks
        self.times: list[float] = []
        self.first, self.after = _stretch(marks)


def _stretch(marks: list[Mark]) -> tuple[int, int]:
    """The positions before and after, where the marks are one stretch of one room of the first stream."""
    if not marks:
        return -1, -1
    room, number = marks[0].room, marks[0].number
    for i, mark in enumerate(marks):
        if mark.stream or mark.room != room or mark.number != number + i:
            return -1, -1
    return room * ROOM + number, room * ROOM + number + len(marks)


@dataclass(slots=True)
class Result:
    """What one stream brought."""

    kind: str
    expected: int = 0
    lost: int = 0
    seconds: dict[int, Histogram] = field(default_factory=dict)

    def merge(self, other: Result) -> None:
        self.expected += other.expected
        self.lost += other.lost
        for second, found in other.seconds.items():
            self.seconds.setdefault(second, Histogram()).merge(found)

    @property
    def latency(self) -> Histogram:
        whole = Histogram()
        for found in self.seconds.values():
            whole.merge(found)
        return whole


class Tally:
    """One measurement of one process: its streams, its clients, from a beginning that all processes share."""

    def __init__(self, streams: tuple[Stream, ...], clients: Iterable[Client], began: float) -> None:
        self.streams, self.clients, self.began = streams, list(clients), began
        self.results = [Result(stream.kind) for stream in streams]
        self.fresh: dict[bytes, Chunk] = {}
        self._old: dict[bytes, Chunk] = {}
        self._single: list[Chunk] = []
        self._turned = began
        self._folded = 0
        self.doubled = self.strayed = self.disordered = 0
        for client in self.clients:
            client.holes = set()
            rooms = [client.member.index % stream.rooms for stream in streams]
            client.position = rooms[0] * ROOM
            client.further = {s: room * ROOM for s, room in enumerate(rooms) if s}

    # --- while it runs

    def known(self, data: bytes) -> Chunk | None:
        """A chunk of the generation before, taken over into this one."""
        chunk = self._old.pop(data, None)
        if chunk is not None:
            self.fresh[data] = chunk
        return chunk

    def learn(self, data: bytes, marks: list[Mark], ordinary: bool) -> Chunk:
        """What a chunk holds. One that is not the same for everybody is counted and not remembered."""
        chunk = Chunk(marks)
        if ordinary:
            self.fresh[data] = chunk
        else:
            self._single.append(chunk)
        return chunk

    def take(self, client: Client, chunk: Chunk, now: float) -> None:
        chunk.times.append(now)
        if client.position == chunk.first:
            client.position = chunk.after
        elif chunk.marks:
            self.account(client, chunk.marks)

    def account(self, client: Client, marks: list[Mark]) -> None:
        """Marks that are not simply the next ones."""
        for mark in sorted(marks, key=self._order):
            expected = client.further[mark.stream] if mark.stream else client.position
            room, number = divmod(expected, ROOM)
            if mark.room != room or mark.number >= self.streams[mark.stream].numbers:
                self.strayed += 1
            elif mark.number >= number:
                client.holes.update((mark.stream, missed) for missed in range(number, mark.number))
                self._go_on(client, mark.stream, room * ROOM + mark.number + 1)
            elif (mark.stream, mark.number) in client.holes:
                client.holes.discard((mark.stream, mark.number))
                self.disordered += 1
            else:
                self.doubled += 1

    def _order(self, mark: Mark) -> tuple[int, int]:
        """What came in one chunk came in its order; a diff alone has none, for it lists people."""
        return mark.stream, mark.number if self.streams[mark.stream].kind == "presence" else 0

    @staticmethod
    def _go_on(client: Client, stream: int, position: int) -> None:
        if stream:
            client.further[stream] = position
        else:
            client.position = position

    def turn(self, now: float) -> None:
        """Count what nobody reads any more."""
        if now - self._turned < KEPT:
            return
        self._turned = now
        self._fold(self._old.values())
        self._fold(self._single)
        self._old, self.fresh, self._single = self.fresh, {}, []

    def _fold(self, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            for mark in chunk.marks:
                due = self.streams[mark.stream].due_of(mark.room, mark.number)
                seconds = self.results[mark.stream].seconds
                seconds.setdefault(int(due), Histogram()).add_since(self.began + due, chunk.times)
            self._folded += len(chunk.marks) * len(chunk.times)

    @property
    def delivered(self) -> int:
        waiting = (*self.fresh.values(), *self._old.values(), *self._single)
        return self._folded + sum(len(chunk.marks) * len(chunk.times) for chunk in waiting)

    @property
    def expected(self) -> int:
        return len(self.clients) * sum(stream.numbers for stream in self.streams)

    # --- at the end

    def finish(self) -> None:
        self._fold((*self._old.values(), *self.fresh.values(), *self._single))
        self._old, self.fresh, self._single = {}, {}, []
        for s, (stream, result) in enumerate(zip(self.streams, self.results, strict=True)):
            result.expected = len(self.clients) * stream.numbers
            for client in self.clients:
                position = client.further[s] if s else client.position
                result.lost += stream.numbers - position % ROOM
            result.lost += sum(hole[0] == s for client in self.clients for hole in client.holes)
