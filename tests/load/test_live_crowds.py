"""Crowds that come, stay and come back: what a connection costs, how fast they are in, what it takes to keep them."""

from __future__ import annotations

import os
import statistics

import pytest

from tests.load.scenarios import JOINS, MEMORY, OURS, ROUNDS, compare, nothing_missing, stage
from tools.load.crew import Crew
from tools.load.machine import Watch, usage
from tools.load.run import Plan, Report, opened
from tools.load.servers import Server
from tools.load.sync import Synced

pytestmark = pytest.mark.bench

CONNS = 5_000
SETTLED = 6.0
"""After a crowd has come, its leftovers are given back within four seconds."""
QUIET = 60.0
"""Long enough for the jobs of a minute to have their share."""


def test_connects_and_joins() -> None:
    """A token checked, one room joined, 64 on their way at once."""
    plan = Plan(CONNS, listens=(("message", 1),))
    busy = ("generator's share of its core", lambda r: r.opening.busy, ".0%")
    found = compare("5,000 connect and join one room", plan, (JOINS, busy, MEMORY), script=opened)
    nothing_missing(found[OURS])


@pytest.mark.req("PF-5", "BG-20")
def test_what_five_thousand_idle_ones_cost() -> None:
    """With person, allowances and presence: everybody is tracked in a room of fifty and in a room of all."""
    spent: dict[str, list[tuple[float, float]]] = {}

    def idle(server: Server, plan: Plan, crew: Crew) -> Report:
        report = opened(server, plan, crew)
        with Watch(server.pid or 0, beside=server.beside) as watch:
            assert crew.stay(QUIET) == plan.conns
        shares = (watch.cpu / watch.seconds, watch.helpers_cpu / watch.seconds)
        spent.setdefault(server.dialect, []).append(shares)
        return report

    plan = Plan(CONNS, settle=12.0, listens=(("presence", 100), ("message", 1)))
    own = ("share of a core while idle", lambda r: statistics.median(share for share, _ in spent[r.server]), ".2%")
    beside = ("its database's", lambda r: statistics.median(share for _, share in spent[r.server]), ".2%")
    found = compare("5,000 idle, each in two rooms", plan, (MEMORY, own, beside, JOINS), cohorts=100, script=idle)
    nothing_missing(found[OURS])


@pytest.mark.req("HUB-28")
def test_five_thousand_come_back_at_once() -> None:
    """All lines are cut in one moment and all connect in the next; whoever is told to wait waits."""

    def again(server: Server, plan: Plan, crew: Crew) -> Report:
        report = opened(server, plan, crew)
        assert crew.drop() == plan.conns
        report.opening = crew.open(plan.conns, plan.patience)
        return report

    plan = Plan(CONNS, listens=(("message", 1),))
    figures = (
        ("seconds until all are back", lambda r: r.opening.seconds, ",.2f"),
        ("P95 of one, ms", lambda r: r.opening.times.percentile(95) * 1000, ",.0f"),
        ("told to try again", lambda r: float(r.opening.retries), ",.0f"),
    )
    found = compare("5,000 reconnect at once, in step", plan, figures, script=again)
    nothing_missing(found[OURS])


def test_a_thousand_join_one_tracked_topic() -> None:
    """Until each of them knows of all thousand, with full lists."""
    found: list[tuple[Synced, float]] = []
    for _ in range(ROUNDS):
        with stage(OURS, 1_000, LOAD_FULL_LISTS="1") as (server, crew):
            crew.set_up(server.host, server.port, server.dialect, server.members(20, (("presence", 1),)))
            crew.open(20, 30)
            crew.drop()
            crew.stay(15)
            before = usage(server.pid or 0).memory
            crew.set_up(server.host, server.port, server.dialect, server.members(1_000, (("presence", 1),)))
            synced = crew.sync(1_000, 60, 1_000)
            crew.stay(SETTLED)
            found.append((synced, (usage(server.pid or 0).memory - before) / 1024 / 1_000))
    last = statistics.median(synced.times.max for synced, _ in found)
    joined = statistics.median(synced.opening.seconds for synced, _ in found)
    print(f"\n1,000 connect and join one tracked topic   (load of the machine {os.getloadavg()[0]:.1f})")
    print(f"  all joined after {joined:.2f} s, all know of all after {last:.2f} s (medians of {ROUNDS})")
    print(f"  {statistics.median(size for _, size in found):.2f} KB each", flush=True)
    assert [synced.never for synced, _ in found] == [0] * ROUNDS
