"""One run of a scenario against one server: who comes, what they hear, and the report of what was seen.

`run(server, plan, crew)` opens the crowd, lets it be idle, plays the streams and judges. A few clients come and go
before anything is measured, so that what a server makes once is not counted for each.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.load.crew import Crew
from tools.load.crowd import Opening
from tools.load.machine import Usage, Watch, usage
from tools.load.marks import Stream
from tools.load.servers import Server
from tools.load.worker import Measured

WARM = 20
WARM_SECONDS = 1.0
REST_SECONDS, STEADY = 15, 256 * 1024
FULL = 0.9
"""The share of a core from which on a process counts as being at its limit."""
LATE = 0.010
STRANGERS = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    conns: int
    streams: tuple[Stream, ...] = ()
    together: int = 64
    """Connections on their way at once."""
    settle: float = 2.0
    """Seconds between the last join and the first look at what everybody costs."""
    drain: float = 10.0
    patience: float = 120.0
    listens: tuple[tuple[str, int], ...] = ()
    """Further topics to be on, by kind and number of rooms."""

    @property
    def topics(self) -> tuple[tuple[str, int], ...]:
        return (*((stream.kind, stream.rooms) for stream in self.streams), *self.listens)


@dataclass(slots=True)
class Report:
    server: str
    plan: Plan
    opening: Opening = field(default_factory=Opening)
    before: Usage = field(default_factory=Usage)
    idle: Usage = field(default_factory=Usage)
    measured: Measured | None = None
    watch: Watch | None = None
    opened: Watch | None = None

    @property
    def memory(self) -> float:
        """KB that the server grew by, for each who joined."""
        return (self.idle.memory - self.before.memory) / 1024 / max(1, self.opening.joined)

    @property
    def delivered(self) -> int:
        return sum(result.latency.total for result in self.measured.results) if self.measured else 0

    @property
    def expected(self) -> int:
        return sum(result.expected for result in self.measured.results) if self.measured else 0

    @property
    def lost(self) -> int:
        return sum(result.lost for result in self.measured.results) if self.measured else 0

    @property
    def spent(self) -> tuple[float, float, float]:
        """Up to the last delivery: seconds of a core that the server and its helpers spent, seconds that passed, and
        seconds of a core that the whole machine spent."""
        if self.watch is None or self.measured is None:
            return 0.0, 0.0, 0.0
        return self.watch.between(self.measured.began, self.measured.began + self.measured.span)

    @property
    def micros(self) -> float:
        """Microseconds of a core, the helpers' with them, that the server spent on a delivery."""
        return self.spent[0] * 1e6 / self.delivered if self.delivered else 0.0

    @property
    def busy(self) -> float:
        """Share of a core that the server and its helpers used while it was measured."""
        seconds, span, _ = self.spent
        return seconds / span if span else 0.0

    @property
    def strangers(self) -> float:
        """Cores that something else on this machine used meanwhile."""
        seconds, span, machine = self.spent
        generator = sum(self.measured.cpu) if self.measured else 0.0
        return max(0.0, (machine - seconds - generator) / span) if span else 0.0

    @property
    def generator_busy(self) -> float:
        return max(spent / self.measured.span for spent in self.measured.cpu) if self.measured else 0.0

    def latency(self, stream: int = 0) -> dict[str, float]:
        return self.measured.results[stream].latency.milliseconds() if self.measured else {}

    @property
    def verdict(self) -> str:
        """Whose limit the figures show, said in a sentence."""
        if self.measured is None:
            return "nothing was sent"
        whole = self.measured.results[0].latency.percentile(95)
        lag, reading = self.measured.lag.percentile(95), self.measured.reading.percentile(95)
        slow = max(lag, reading) > max(LATE, whole / 2)
        if self.generator_busy >= FULL or slow:
            both = ", and so was the server" if self.busy >= FULL else ": the server may be better than these figures"
            said = f"the generator was the limit{both}"
        else:
            said = "the server was at its limit" if self.busy >= FULL else "neither side was at its limit"
        return f"{said}; others used {self.strangers:.1f} cores" if self.strangers > STRANGERS else said

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "server": self.server,
            "conns": self.plan.conns,
            "opening": _opening(self.opening),
            "memory_kb_a_connection": round(self.memory, 3),
            **(_measured(self, self.measured) if self.measured else {}),
        }


def _opening(found: Opening) -> dict[str, Any]:
    return {
        "joined": found.joined,
        "failed": found.failed,
        "retries": found.retries,
        "why": found.why,
        "seconds": round(found.seconds, 3),
        "generator_busy": round(found.busy, 3),
        "a_second": round(found.joined / found.seconds, 1) if found.seconds else 0,
        "time_ms": found.times.milliseconds(),
    }


def _measured(report: Report, found: Measured) -> dict[str, Any]:
    watch = report.watch
    streams = zip(report.plan.streams, found.results, strict=True)
    return {
        "streams": [
            {"kind": s.kind, "rooms": s.rooms, "rate": s.rate, "seconds": s.seconds, "expected": r.expected,
             "delivered": r.latency.total, "lost": r.lost, "latency_ms": r.latency.milliseconds()}
            for s, r in streams
        ],
        "doubled": found.doubled, "strayed": found.strayed, "disordered": found.disordered, "cut": found.cut,
        "refused": found.refused, "unsent": found.unsent, "complaints": found.complaints[:5],
        "deliveries_a_second": round(report.delivered / report.plan.streams[0].seconds),
        "server": {
            "cpu_seconds": round(watch.cpu, 3), "helpers_cpu_seconds": round(watch.helpers_cpu, 3),
            "busy": round(report.busy, 3), "others_cores": round(report.strangers, 3),
            "micros_a_delivery": round(report.micros, 3),
            "memory_mb": [round(sample.server.memory / 2**20, 2) for sample in watch.samples[::4]],
            "slope_kb_a_second": round(watch.slope() / 1024, 2),
        } if watch else {},
        "generator": {
            "busy": round(report.generator_busy, 3), "cpu_seconds": [round(c, 3) for c in found.cpu],
            "lag_ms": found.lag.milliseconds(), "reading_ms": found.reading.milliseconds(),
        },
        "verdict": report.verdict,
    }  # fmt: skip


def new_run() -> str:
    """A name for a measurement, so that nobody takes what an earlier one said for its own."""
    return secrets.token_hex(3)


def opened(server: Server, plan: Plan, crew: Crew) -> Report:
    """The crowd is here and quiet; what it cost to get there."""
    report = Report(server.dialect, plan)
    if server.pid is not None:
        warm(server, plan, crew)
        report.before = at_rest(server.pid, crew)
    crew.set_up(server.host, server.port, server.dialect, server.members(plan.conns, plan.topics))
    with Watch(server.pid or 0, beside=server.beside) as watch:
        report.opening = crew.open(plan.together, plan.patience)
    report.opened = watch
    crew.stay(plan.settle)
    report.idle = usage(server.pid) if server.pid is not None else Usage()
    return report


def at_rest(pid: int, crew: Crew) -> Usage:
    """What a server costs once it is done with what it does at its start, such as its first jobs."""
    seen = usage(pid)
    for _ in range(REST_SECONDS):
        crew.stay(1.0)
        before, seen = seen, usage(pid)
        if seen.memory - before.memory < STEADY:
            break
    return seen


def warm(server: Server, plan: Plan, crew: Crew) -> None:
    """A few come, hear something, and go."""
    few = min(WARM, len(server.people))
    crew.set_up(server.host, server.port, server.dialect, server.members(few, plan.topics))
    crew.open(few, plan.patience)
    if plan.streams:
        short = tuple(Stream(s.kind, min(s.rate, 10.0), min(s.rooms, few), WARM_SECONDS) for s in plan.streams)
        rooms = max(stream.rooms for stream in short)
        if all(stream.rooms == s.rooms for stream, s in zip(short, plan.streams, strict=True)):
            crew.measure(new_run(), short, 5.0, server.door(rooms) if server.keys else None)
    crew.drop()
    crew.stay(0.5)


def run(server: Server, plan: Plan, crew: Crew) -> Report:
    report = opened(server, plan, crew)
    play(server, report, crew)
    return report


def play(server: Server, report: Report, crew: Crew) -> None:
    """Send what the plan says, and measure it."""
    streams = report.plan.streams
    if not streams or not report.opening.joined:
        return
    door = server.door(max(stream.rooms for stream in streams)) if server.keys else None
    with Watch(server.pid or 0, beside=server.beside) as watch:
        report.measured = crew.measure(new_run(), streams, report.plan.drain, door)
    report.watch = watch


def cores(processes: int, available: Sequence[int]) -> tuple[int | None, list[int]]:
    """The server's core and those of the generator; nobody has one to themselves where there is only one."""
    if len(available) < 2:
        return None, []
    return available[0], list(available[1 : 1 + processes])
