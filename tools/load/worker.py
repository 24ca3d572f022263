"""One process of the generator: does what it is told over a pipe, on the core it was given, and says what it found.

Several of them share a crowd and its rooms. Everything they need to agree on is told once: the beginning of a
measurement, by a clock that is the same for all processes of a machine.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from tools.load.client import Member
from tools.load.crowd import Crowd, Opening, clock
from tools.load.dialects import DIALECTS
from tools.load.histogram import Histogram
from tools.load.machine import prefer
from tools.load.marks import Reader, Stream
from tools.load.publisher import RestDoor, Schedule, ThroughRest, ThroughSockets, Way
from tools.load.sync import Synced, judged
from tools.load.tally import Result, Tally

QUIET = 1.0


@dataclass(slots=True)
class Measured:
    """What one process measured; those of several are merged."""

    results: list[Result] = field(default_factory=list)
    doubled: int = 0
    strayed: int = 0
    disordered: int = 0
    cut: int = 0
    refused: int = 0
    unsent: int = 0
    lag: Histogram = field(default_factory=Histogram)
    reading: Histogram = field(default_factory=Histogram)
    cpu: list[float] = field(default_factory=list)
    """Seconds of a core that each process of the generator spent."""
    began: float = 0.0
    span: float = 0.0
    """Seconds until the last delivery, or until nobody waited for it any more."""
    complaints: list[str] = field(default_factory=list)

    def merge(self, other: Measured) -> None:
        for mine, theirs in zip(self.results, other.results, strict=True):
            mine.merge(theirs)
        for name in ("doubled", "strayed", "disordered", "cut", "refused", "unsent"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lag.merge(other.lag)
        self.reading.merge(other.reading)
        self.cpu += other.cpu
        self.span = max(self.span, other.span)
        self.complaints += other.complaints


class Worker:
    def __init__(self, number: int, of: int) -> None:
        self.number, self.of = number, of
        self.crowd: Crowd | None = None

    @property
    def here(self) -> Crowd:
        if self.crowd is None:
            raise RuntimeError("no crowd was set up")
        return self.crowd

    def set_up(self, host: str, port: int, dialect: str, members: list[Member]) -> None:
        if self.crowd is not None:
            self.crowd.close()
        self.crowd = Crowd(host, port, DIALECTS[dialect], members)

    def open(self, together: int, seconds: float) -> Opening:
        before = _cpu()
        opening = self.here.open(together, seconds)
        opening.cpu = _cpu() - before
        return opening

    def drop(self) -> int:
        gone = len(self.here.joined)
        self.here.drop()
        return gone

    def stay(self, seconds: float) -> int:
        """Be connected and say nothing but heartbeats; how many are still there."""
        self.here.run(clock() + seconds)
        return len(self.here.joined)

    def sync(self, together: int, seconds: float, people: int) -> Synced:
        """Join all at once; how long it took until each knew of so many people."""
        crowd, last = self.here, clock() + seconds
        crowd.record, began = {}, clock()
        opening = crowd.open(together, seconds)
        heard = -1
        while heard != (heard := sum(map(len, crowd.record.values()))) and clock() < last:
            crowd.run(clock() + QUIET)
        record, crowd.record = crowd.record, None
        for client in crowd.clients:
            # All is quiet: what was begun while they joined has ended in what was recorded.
            client.rest = b""
        return judged(record, began, people, opening)

    def measure(
        self, run: str, streams: tuple[Stream, ...], began: float, drain: float, door: RestDoor | None
    ) -> Measured:
        crowd = self.here
        ways = tuple(self._way(run, number, stream, door) for number, stream in enumerate(streams))
        schedule = Schedule(streams, ways, began, lambda room: room % self.of == self.number)
        crowd.tally = tally = Tally(streams, crowd.joined, began)
        crowd.reader = Reader(run)
        crowd.cut = crowd.refused = 0
        crowd.lag, crowd.reading = schedule.lag, Histogram()
        crowd.on_due, crowd.due = schedule, began
        gc.collect()
        gc.disable()
        before = _cpu()
        try:
            self._run(began, max(stream.seconds for stream in streams), drain)
            spent, span = _cpu() - before, clock() - began
            # A little longer, for what should not come.
            crowd.run(clock() + min(QUIET, drain))
        finally:
            gc.enable()
        crowd.tally, crowd.due = None, float("inf")
        tally.finish()
        complaints = [text for way in ways if isinstance(way, ThroughRest) for text in self._end(way)]
        return Measured(
            tally.results, tally.doubled, tally.strayed, tally.disordered, crowd.cut, crowd.refused, schedule.unsent,
            schedule.lag, crowd.reading, [spent], began, span, complaints,
        )  # fmt: skip

    def _run(self, began: float, seconds: float, drain: float) -> None:
        """Until everything has come, or its time is over."""
        crowd, tally = self.here, self.here.tally
        crowd.run(began + seconds)
        last = clock() + drain
        while tally is not None and tally.delivered < tally.expected and clock() < last:
            crowd.run(min(last, clock() + 0.05))

    def _way(self, run: str, number: int, stream: Stream, door: RestDoor | None) -> Way:
        if stream.kind == "event" and self.here.dialect.durable:
            if door is None:
                raise RuntimeError("events need a REST door")
            return ThroughRest(self.here, run, door)
        return ThroughSockets(self.here, run, number, stream)

    def _end(self, way: ThroughRest) -> list[str]:
        way.close()
        self.here.handlers.clear()
        return way.refused


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def work(pipe: Connection, number: int, of: int, core: int | None) -> None:
    """The process: one command after the other, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setsid()
    prefer(os.getpid())
    raise_limit()
    if core is not None:
        os.sched_setaffinity(0, {core})
    worker = Worker(number, of)
    try:
        while True:
            name, given = pipe.recv()
            try:
                pipe.send((True, getattr(worker, name)(**given)))
            except Exception as error:
                pipe.send((False, f"{type(error).__name__}: {error}"))
    except (EOFError, OSError):
        pass
    finally:
        if worker.crowd is not None:
            worker.crowd.close()


def raise_limit() -> None:
    """As many open files as this machine allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
