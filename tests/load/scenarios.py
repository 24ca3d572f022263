"""Scenarios of the live layer, each run against Tandem and its comparators in turn, and told as medians and ratios.

Every run has a server of its own on one core and the generator on the other; rounds alternate between the servers, so
that a machine that slows down slows all of them. LOAD_ROUNDS and SECONDS change how often and how long.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tools.load.crew import Crew
from tools.load.run import Plan, Report, cores, run
from tools.load.servers import Server, rival, tandem
from tools.load.worker import raise_limit
from tools.programs import ROOT

FOLDER = ROOT / "var" / "load"
PEOPLE = 10_000
ROUNDS = int(os.environ.get("LOAD_ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS", "0"))
OURS, SOCKET_IO, PLAIN = "tandem", "socket.io", "plain"

Figure = tuple[str, Callable[[Report], float], str]
Script = Callable[[Server, Plan, Crew], Report]

JOINS: Figure = ("connects and joins a second", lambda r: r.opening.joined / r.opening.seconds, ",.0f")
MEMORY: Figure = ("KB a connection", lambda r: r.memory, ",.2f")
P50: Figure = ("P50 ms", lambda r: r.latency()["p50"], ",.1f")
P95: Figure = ("P95 ms", lambda r: r.latency()["p95"], ",.1f")
P99: Figure = ("P99 ms", lambda r: r.latency()["p99"], ",.1f")
LOST: Figure = ("lost", lambda r: float(r.lost), ",.0f")
MICROS: Figure = ("us of a core a delivery", lambda r: r.micros, ",.2f")
BUSY: Figure = ("server's share of its core", lambda r: r.busy, ".0%")
LATENCY = (P50, P95, P99, LOST, MICROS, BUSY)


@contextmanager
def stage(name: str, people: int, cohorts: int = 1, **settings: str) -> Iterator[tuple[Server, Crew]]:
    """A server and a generator, each on its core."""
    raise_limit()
    own, others = cores(1, sorted(os.sched_getaffinity(0)))
    kept = PEOPLE if cohorts == 1 else max(people, PEOPLE // 2)
    made = tandem(FOLDER, kept, cohorts, own, **settings) if name == OURS else rival(name, people, own)
    with made as server, Crew(1, others) as crew:
        yield server, crew


def compare(
    title: str,
    plan: Plan,
    figures: Sequence[Figure],
    *,
    rivals: Sequence[str] = (SOCKET_IO, PLAIN),
    rounds: int = ROUNDS,
    cohorts: int = 1,
    script: Script = run,
) -> dict[str, list[Report]]:
    """Run it in turns, print it, and give back what was seen."""
    found: dict[str, list[Report]] = {name: [] for name in (OURS, *rivals)}
    for turn in range(rounds):
        for name, reports in found.items():
            # What cannot keep up takes long to say so, and says the same every time.
            if turn == 0 or name == OURS or reports[-1].busy < 1:
                with stage(name, plan.conns, cohorts) as (server, crew):
                    reports.append(script(server, plan, crew))
    show(title, found, figures)
    return found


def show(title: str, found: dict[str, list[Report]], figures: Sequence[Figure]) -> None:
    names = list(found)
    load = os.getloadavg()[0]
    heads = "".join(f"{name:>16}" for name in names) + "".join(f"{f'/ {name}':>14}" for name in names[1:])
    print(f"\n{title}   (load of the machine {load:.1f}; medians of {len(found[OURS])})")
    print(f"  {'':<30}{heads}")
    for label, get, form in figures:
        middle = {name: statistics.median(get(report) for report in reports) for name, reports in found.items()}
        values = "".join(f"{format(middle[name], form):>16}" for name in names)
        ratios = "".join(f"{_ratio(middle[OURS], middle[name]):>14}" for name in names[1:])
        print(f"  {label:<30}{values}{ratios}")
    for name, reports in found.items():
        for text in sorted({report.verdict for report in reports if report.measured}):
            print(f"  {name}: {text}", flush=True)


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f} x" if theirs else "-"


def nothing_missing(reports: Sequence[Report]) -> None:
    """What must hold for Tandem whatever the machine: everybody got in, and got everything once."""
    for report in reports:
        assert report.opening.failed == 0, report.opening.why
        if report.measured:
            wrong = (report.lost, report.measured.doubled, report.measured.strayed, report.measured.cut)
            assert wrong == (0, 0, 0, 0), (wrong, report.opening.why, report.measured.complaints)
