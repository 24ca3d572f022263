"""Sends what is due, when it is due: through the crowd's own sockets, or as durable events over REST.

The schedule stands before the first message and nobody waits for answers, so a server that falls behind is sent no
less. Events that fall due while all lines to the REST door are busy go together in the next request, as a host platform
would send them.
"""

from __future__ import annotations

import json
import select
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tools.load.client import JOINED, Client
from tools.load.crowd import Crowd, clock
from tools.load.histogram import Histogram
from tools.load.marks import Mark, Stream

AT_ONCE, TOGETHER = 0.010, 20
"""Seconds, and messages that one member says at once at most."""
MOST = 200
"""Events in one request."""


class Way(Protocol):
    def send(self, mark: Mark) -> bool:
        """Let it go; False when it could not be sent."""
        ...


class ThroughSockets:
    """Every message is said by the next member of its room, so that nobody says more than a person would.

    What follows at once is said by the same one: between two lines there is no order that a server could keep.
    """

    def __init__(self, crowd: Crowd, run: str, number: int, stream: Stream) -> None:
        self._dialect, self._run, self._number, self._stream = crowd.dialect, run, number, stream
        self._rooms: dict[int, deque[Client]] = {}
        self._last: dict[int, tuple[float, int]] = {}
        for client in crowd.clients:
            self._rooms.setdefault(client.member.index % stream.rooms, deque()).append(client)

    def send(self, mark: Mark) -> bool:
        members = self._rooms[mark.room]
        now, (last, times) = clock(), self._last.get(mark.room, (0.0, 0))
        times = times + 1 if now - last < AT_ONCE and times < TOGETHER else 0
        self._last[mark.room] = now, times
        for _ in range(len(members)):
            if not times:
                members.rotate(-1)
            client, times = members[0], 0
            if client.state == JOINED:
                topic = client.member.topics[self._number]
                return client.send(self._dialect.publish(topic, mark.text(self._run), self._stream.kind))
        return False


@dataclass(frozen=True, slots=True)
class RestDoor:
    """Where events go: the keys to use in turn, and for each room somebody whom they are about; with a step, so many
    further on among the people with every event."""

    host: str
    port: int
    keys: tuple[str, ...]
    people: tuple[str, ...]
    step: int = 0

    def about(self, mark: Mark) -> str:
        return self.people[(mark.room + self.step * mark.number) % len(self.people)]


@dataclass(slots=True)
class _Line:
    sock: socket.socket
    busy: int = 0
    answer: bytes = b""


class ThroughRest:
    def __init__(self, crowd: Crowd, run: str, door: RestDoor, lines: int = 4) -> None:
        self._door, self._run = door, run
        self._waiting: deque[Mark] = deque()
        self._requests = self.accepted = 0
        self.refused: list[str] = []
        self._lines = [self._line(crowd) for _ in range(lines)]

    def _line(self, crowd: Crowd) -> _Line:
        sock = socket.create_connection((self._door.host, self._door.port), timeout=5)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        line = _Line(sock)
        crowd.handlers[sock.fileno()] = lambda: self._read(line)
        crowd.poll.register(sock.fileno(), select.EPOLLIN)
        return line

    def send(self, mark: Mark) -> bool:
        self._waiting.append(mark)
        self._flush()
        return True

    def _flush(self) -> None:
        for line in self._lines:
            if self._waiting and not line.busy:
                marks = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                line.busy, line.answer = len(marks), b""
                line.sock.sendall(self._request(marks))

    def _request(self, marks: list[Mark]) -> bytes:
        key = self._door.keys[self._requests % len(self._door.keys)]
        self._requests += 1
        body = json.dumps({"events": [self._event(mark) for mark in marks]}, separators=(",", ":")).encode()
        head = (
            f"POST /api/v1/events HTTP/1.1\r\nHost: {self._door.host}:{self._door.port}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _event(self, mark: Mark) -> dict[str, object]:
        text = mark.text(self._run)
        return {
            "id": text,
            "type": "practice_completed",
            "external_id": self._door.about(mark),
            "subject": "math",
            "skill": text,
            "properties": {"score": 80},
        }

    def _read(self, line: _Line) -> None:
        try:
            data = line.sock.recv(65536)
        except BlockingIOError:
            return
        if not data:
            self.refused.append("the REST door closed the line")
            return
        line.answer += data
        head, found, body = line.answer.partition(b"\r\n\r\n")
        size = next((int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
        if not found or len(body) < size:
            return
        self.accepted += body.count(b'"status":"accepted"')
        if body.count(b'"status":"accepted"') != line.busy:
            self.refused.append(body[:300].decode(errors="replace"))
        line.busy = 0
        self._flush()

    def close(self) -> None:
        for line in self._lines:
            line.sock.close()


@dataclass(slots=True)
class Schedule:
    """The streams of one measurement, of which this process sends the rooms that are its own."""

    streams: tuple[Stream, ...]
    ways: tuple[Way, ...]
    began: float
    mine: Callable[[int], bool]
    lag: Histogram = field(default_factory=Histogram)
    unsent: int = 0
    _next: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next = [self._skip(stream, 0) for stream in self.streams]

    def _skip(self, stream: Stream, index: int) -> int:
        while index < stream.total and not self.mine(stream.place(index)[0]):
            index += 1
        return index

    def __call__(self, now: float) -> float:
        """Send all that is due; when the next is."""
        following = float("inf")
        for number, (stream, way) in enumerate(zip(self.streams, self.ways, strict=True)):
            index = self._next[number]
            while index < stream.total and (due := self.began + stream.due(index)) <= now:
                room, place = stream.place(index)
                self.lag.add(clock() - due)
                self.unsent += not way.send(Mark(number, room, place))
                index = self._skip(stream, index + 1)
            self._next[number] = index
            if index < stream.total:
                following = min(following, self.began + stream.due(index))
        return following
