"""Thousands of clients on one epoll: opens them, keeps them alive, reads what they are sent, and tells its own lag.

The hot loop reads one chunk for each ready socket and looks it up by its bytes. Between two reads it publishes what is
due, so a busy crowd sends late by microseconds and not by a sweep; how late is told (`lag`), and so is how long ready
sockets had to wait for their turn to be read (`reading`).
"""

from __future__ import annotations

import re
import select
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from tools.load.client import CONNECTING, GONE, JOINED, JOINING, NEW, UPGRADING, Client, Member
from tools.load.dialects import Dialect, Line, upgrade
from tools.load.frames import CLOSE, PING, PONG, TEXT, BadFrame, masked, split
from tools.load.histogram import Histogram
from tools.load.marks import Reader
from tools.load.tally import Tally

CHUNK = 65536
BATCH = 512
BEAT = 30.0
TRIES = 30
RETRY = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
ERROR = b'"status":"error"'
clock = time.monotonic


@dataclass(slots=True)
class Opening:
    """How the crowd came in."""

    joined: int = 0
    failed: int = 0
    retries: int = 0
    seconds: float = 0.0
    times: Histogram = field(default_factory=Histogram)
    why: str = ""
    cpu: float = 0.0
    """Seconds of a core that the busiest process of the generator spent."""

    def merge(self, other: Opening) -> None:
        self.joined += other.joined
        self.failed += other.failed
        self.retries += other.retries
        self.seconds = max(self.seconds, other.seconds)
        self.times.merge(other.times)
        self.why = self.why or other.why
        self.cpu = max(self.cpu, other.cpu)

    @property
    def busy(self) -> float:
        """Share of a core that the generator used; near 1, it was the generator that could open no faster."""
        return self.cpu / self.seconds if self.seconds else 0.0


class Crowd:
    def __init__(self, host: str, port: int, dialect: Dialect, members: list[Member]) -> None:
        self.host, self.port, self.dialect = host, port, dialect
        self.clients = [Client(member) for member in members]
        self.opening = Opening()
        self.cut = self.refused = 0
        self.lag, self.reading = Histogram(), Histogram()
        self.tally: Tally | None = None
        self.reader: Reader | None = None
        self.record: dict[int, list[tuple[float, bytes]]] | None = None
        """Where set, everything that joined clients are sent, by their number: for what is judged afterwards."""
        self.due = float("inf")
        self.on_due: Callable[[float], float] = lambda _: float("inf")
        self.handlers: dict[int, Callable[[], None]] = {}
        self.poll = select.epoll()
        self._by_fd: dict[int, Client] = {}
        self._on_the_way = 0
        self._again: list[tuple[float, Client]] = []
        self._beats: Iterator[Client] | None = None
        self._beat_at = float("inf")
        self._random = Random(4711)  # noqa: S311 - jitter

    # --- opening and closing

    def open(self, together: int, seconds: float) -> Opening:
        """Connect and join everybody who is not here, so many at once; whoever is refused tries again."""
        self.opening, self._again = Opening(), []
        waiting = [client for client in self.clients if client.state in (NEW, GONE)]
        for client in waiting:
            client.state, client.tries = NEW, 0
        began, wanted, last = clock(), len(waiting), clock() + seconds
        coming = iter(waiting)
        while self.opening.joined + self.opening.failed < wanted and clock() < last:
            now = clock()
            for client in [c for at, c in self._again if at <= now]:
                self._connect(client)
            self._again = [(at, c) for at, c in self._again if at > now]
            while self._on_the_way < together and (new := next(coming, None)) is not None:
                new.began = clock()
                self._connect(new)
            self.turn(0.005)
        self.opening.seconds = clock() - began
        self.opening.failed = wanted - self.opening.joined
        self._beat_at = clock() + 1
        return self.opening

    def _connect(self, client: Client) -> None:
        fd = client.connect(self.host, self.port)
        self._by_fd[fd] = client
        self._on_the_way += 1
        self.poll.register(fd, select.EPOLLIN | select.EPOLLOUT)

    def drop(self) -> None:
        """Cut every line at once."""
        for client in self.clients:
            if client.sock is not None:
                self._forget(client)

    def close(self) -> None:
        self.drop()
        self.poll.close()

    @property
    def now(self) -> float:
        """By the clock that all processes of a machine share."""
        return clock()

    @property
    def joined(self) -> list[Client]:
        return [client for client in self.clients if client.state == JOINED]

    # --- the loop

    def run(self, until: float) -> None:
        while (now := clock()) < until:
            self.turn(min(until - now, 0.05))

    def turn(self, timeout: float) -> None:
        """Wait for whatever comes, at most so long, and take it."""
        now = clock()
        if now >= self.due:
            self.due = self.on_due(now)
        if now >= self._beat_at:
            self._beat(now)
        events = self.poll.poll(max(0.0, min(timeout, self.due - clock())), BATCH)
        woken = clock()
        if events:
            self._read(events)
            self.reading.add(clock() - woken, len(events))
        if self.tally is not None:
            self.tally.turn(woken)

    def _read(self, events: list[tuple[int, int]]) -> None:
        by_fd, tally = self._by_fd, self.tally
        fresh = tally.fresh if tally is not None else {}
        for fd, _ in events:
            client = by_fd.get(fd)
            if client is None:
                self._other(fd)
                continue
            if client.sock is None or client.state == CONNECTING:
                self._connected(client)
                continue
            try:
                data = client.sock.recv(CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            now = clock()
            if now >= self.due:
                self.due = self.on_due(now)
            chunk = fresh.get(data) if client.plain else None
            if chunk is None:
                self._take(client, data, now)
                continue
            chunk.times.append(now)
            if client.position == chunk.first:
                client.position = chunk.after
            elif chunk.marks and tally is not None:
                tally.account(client, chunk.marks)

    def _other(self, fd: int) -> None:
        handler = self.handlers.get(fd)
        if handler is not None:
            handler()

    # --- what is not simply the same as what others got

    def _take(self, client: Client, data: bytes, now: float) -> None:
        if not data:
            self._lost(client, "closed by the server")
            return
        if client.plain and self.tally is not None and (chunk := self.tally.known(data)) is not None:
            self.tally.take(client, chunk, now)
            return
        if client.state == UPGRADING:
            self._upgraded(client, data)
            return
        if client.state in (JOINING, JOINED) and self.record is not None:
            self.record.setdefault(client.member.index, []).append((now, data))
            if client.state == JOINED:
                # Lists of a thousand come in many pieces: they are put together when it is over, not while it lasts.
                return
        whole, client.rest = client.rest + data, b""
        try:
            frames, taken = split(whole)
        except BadFrame as error:
            self._lost(client, str(error))
            return
        client.rest = whole[taken:]
        plain = client.plain and not client.rest
        client.plain = client.state == JOINED and not client.rest
        self._take_frames(client, frames, whole[:taken], plain, now)

    def _take_frames(
        self, client: Client, frames: list[tuple[int, bytes]], data: bytes, plain: bool, now: float
    ) -> None:
        ordinary, marks = plain, []
        for opcode, payload in frames:
            if opcode == CLOSE:
                self._lost(client, f"closed by the server: {payload[:80]!r}")
                return
            if opcode == PING:
                client.send(masked(payload, PONG))
            elif opcode == TEXT and client.state == JOINING:
                self._next_line(client, payload)
                ordinary = False
                continue
            elif answer := self.dialect.answer(payload):
                client.send(answer)
            elif ERROR in payload:
                self.refused += 1
            elif self.reader is not None:
                marks += self.reader.marks(self.dialect.mine(payload))
                continue
            else:
                continue
            ordinary = False
        if self.tally is not None and client.state == JOINED and (marks or ordinary):
            # What asks for an answer, or holds a part only, is this client's alone.
            self.tally.take(client, self.tally.learn(data, marks, ordinary), now)

    def _connected(self, client: Client) -> None:
        if client.sock is None:
            return
        if client.sock.getsockopt(1, 4):  # SOL_SOCKET, SO_ERROR
            self._lost(client, "no connection")
            return
        client.state = UPGRADING
        self.poll.modify(client.sock.fileno(), select.EPOLLIN)
        path = self.dialect.path(client.member.token)
        client.send(upgrade(path, f"{self.host}:{self.port}"))

    def _upgraded(self, client: Client, data: bytes) -> None:
        whole = client.rest + data
        end = whole.find(b"\r\n\r\n")
        if end < 0:
            client.rest = whole
            return
        head, client.rest = whole[:end], b""
        if not head.startswith(b"HTTP/1.1 101"):
            found = RETRY.search(head)
            wait = float(found[1]) if found else None
            final = head[9:12] not in (b"429", b"503")
            self._lost(client, f"refused: {head[:60]!r}", wait=wait, final=final)
            return
        client.state, client.script = JOINING, self.dialect.script(list(client.member.topics))
        self._next_line(client, b"")
        if whole[end + 4 :]:
            self._take(client, whole[end + 4 :], clock())

    def _next_line(self, client: Client, payload: bytes) -> None:
        """One step towards being joined, if that is what the message means."""
        line: Line = client.script[0]
        if ERROR in payload:
            self._lost(client, f"refused: {payload[:200]!r}")
            return
        if line.wait not in payload:
            return
        client.script.pop(0)
        if line.say:
            client.send(line.say)
        if not client.script:
            client.state, client.plain = JOINED, not client.rest
            self._on_the_way -= 1
            self.opening.joined += 1
            self.opening.times.add(clock() - client.began)

    def _forget(self, client: Client) -> None:
        if client.state in (CONNECTING, UPGRADING, JOINING):
            self._on_the_way -= 1
        if client.sock is not None:
            self._by_fd.pop(client.sock.fileno(), None)
        client.drop()

    def _lost(self, client: Client, why: str, wait: float | None = None, final: bool = False) -> None:
        was = client.state
        self._forget(client)
        if was == JOINED:
            self.cut += 1
            self.opening.why = self.opening.why or why
            return
        client.tries += 1
        self.opening.why = why
        if final or client.tries > TRIES:
            self.opening.failed += 1
            return
        self.opening.retries += 1
        base = wait if wait is not None else min(10.0, 0.2 * 2 ** min(client.tries, 6))
        self._again.append((clock() + base * (0.5 + self._random.random()), client))

    def _beat(self, now: float) -> None:
        """Heartbeats, spread over half a minute."""
        beat = self.dialect.heartbeat
        self._beat_at = now + 0.1
        if not beat or not self.clients:
            return
        for _ in range(max(1, round(len(self.clients) * 0.1 / BEAT))):
            client = next(self._beats, None) if self._beats else None
            if client is None:
                self._beats = iter(self.clients)
                client = next(self._beats)
            if client.state == JOINED:
                client.send(beat)
