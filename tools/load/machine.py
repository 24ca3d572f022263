"""What processes cost, read from /proc while they work: memory, time of a core, and both a few times a second.

Linux only, like the tool. Memory is what a process keeps resident; the kernel's own buffers for sockets are not in it,
which is the same for every server.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.25
STRETCHES = 8
FIRST = -15


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one moment: resident bytes, and seconds of a core spent so far."""

    memory: int = 0
    cpu: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.memory + other.memory, self.cpu + other.cpu)


def prefer(pid: int) -> None:
    """Let a process that leads a group of its own go before others, where LOAD_PRIORITY asks for it and we may.

    On a machine that others use at the same time it keeps their work out of the figures; server, comparator and
    generator are all preferred alike.
    """
    if not os.environ.get("LOAD_PRIORITY"):
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, FIRST)
        (Path("/proc") / str(pid) / "autogroup").write_text(str(FIRST))


def usage(pid: int) -> Usage:
    """Of one process; of one that is gone, nothing."""
    try:
        fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
        pages = int((Path("/proc") / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return Usage()
    return Usage(pages * PAGE, (int(fields[11]) + int(fields[12])) / TICKS)


def family(pid: int) -> list[int]:
    """A process and everything that it started."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def whole_machine() -> float:
    """Seconds of a core that everything on this machine has spent so far."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    idle, waiting = int(fields[3]), int(fields[4])
    return (sum(map(int, fields[:8])) - idle - waiting) / TICKS


@dataclass(slots=True)
class Sample:
    at: float
    server: Usage
    others: float
    """Seconds of a core that the server's helpers (its database) have spent."""
    machine: float = 0.0
    """The same of everything on the machine."""


@dataclass(slots=True)
class Watch:
    """Samples of a server and its helpers, from when the block begins until it ends."""

    pid: int
    samples: list[Sample] = field(default_factory=list)
    beside: int = 0
    """A process that works for the server and is not of its family: its database."""
    _end: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _helpers: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        beside = family(self.beside) if self.beside else []
        self._helpers = [pid for pid in (*family(self.pid), *beside) if pid != self.pid]
        self._sample()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()
        self._sample()

    def _run(self) -> None:
        while not self._end.wait(EVERY):
            self._sample()

    def _sample(self) -> None:
        others = sum(usage(pid).cpu for pid in self._helpers)
        self.samples.append(Sample(time.monotonic(), usage(self.pid), others, whole_machine()))

    @property
    def cpu(self) -> float:
        return self.samples[-1].server.cpu - self.samples[0].server.cpu

    @property
    def helpers_cpu(self) -> float:
        return self.samples[-1].others - self.samples[0].others

    def between(self, begin: float, end: float) -> tuple[float, float, float]:
        """Seconds of a core that the server and its helpers spent between two moments, how far apart those are, and
        what the whole machine spent: to the next sample on either side."""
        first = max((s for s in self.samples if s.at <= begin), key=lambda s: s.at, default=self.samples[0])
        last = min((s for s in self.samples if s.at >= end), key=lambda s: s.at, default=self.samples[-1])
        spent = last.server.cpu + last.others - first.server.cpu - first.others
        return spent, last.at - first.at, last.machine - first.machine

    @property
    def seconds(self) -> float:
        return self.samples[-1].at - self.samples[0].at

    def slope(self, skip: float = 0.0) -> float:
        """By how much the server's memory rises, bytes a second, after the first `skip` seconds.

        The middle of the slopes of eight stretches: what a job takes once is a step, and does not pass for a leak.
        """
        first = self.samples[0].at + skip
        points = [(sample.at, float(sample.server.memory)) for sample in self.samples if sample.at >= first]
        long = max(2, len(points) // STRETCHES)
        stretches = [points[at : at + long] for at in range(0, len(points) - long + 1, long)]
        return statistics.median(map(_slope, stretches)) if stretches else 0.0


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """By least squares."""
    x = sum(at for at, _ in points) / len(points)
    y = sum(memory for _, memory in points) / len(points)
    spread = sum((at - x) ** 2 for at, _ in points)
    return sum((at - x) * (memory - y) for at, memory in points) / spread if spread else 0.0
