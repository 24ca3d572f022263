"""Messages to rooms: how late, at what price, against Socket.IO and a plain handler in the same run."""

from __future__ import annotations

import pytest

from tests.load.scenarios import LATENCY, OURS, P50, P95, P99, SECONDS, SOCKET_IO, compare, nothing_missing
from tools.load.marks import Stream
from tools.load.run import Plan, Report

pytestmark = pytest.mark.bench

LONG = SECONDS or 10.0


@pytest.mark.req("HUB-28")
def test_a_thousand_in_one_room() -> None:
    plan = Plan(1_000, (Stream("message", 50, 1, LONG),))
    found = compare("1,000 in one room, 50 a second", plan, LATENCY)
    nothing_missing(found[OURS])


@pytest.mark.req("PF-1", "PF-2", "HUB-27")
@pytest.mark.parametrize("conns", [5_000, 10_000])
def test_thousands_in_one_room(conns: int) -> None:
    plan = Plan(conns, (Stream("message", 50, 1, LONG),))
    found = compare(f"{conns:,} in one room, 50 a second", plan, LATENCY, rivals=(SOCKET_IO,))
    nothing_missing(found[OURS])


def test_five_thousand_in_a_hundred_rooms() -> None:
    plan = Plan(5_000, (Stream("message", 50, 100, LONG),))
    found = compare("5,000 in 100 rooms, 50 a second each", plan, LATENCY, rivals=(SOCKET_IO,))
    nothing_missing(found[OURS])


def test_a_durable_event_to_five_thousand() -> None:
    """Tandem's is posted, committed, read from the log and delivered; the comparator's is said by a client and gone."""
    plan = Plan(5_000, (Stream("event", 50, 1, LONG),))
    found = compare("durable events from REST to 5,000, 50 a second", plan, LATENCY, rivals=(SOCKET_IO,))
    nothing_missing(found[OURS])


def test_presence_and_messages_at_once() -> None:
    """In each of 100 rooms of 50: 10 changes of what somebody does and one message a second."""
    plan = Plan(5_000, (Stream("message", 1, 100, LONG), Stream("presence", 10, 100, LONG)))
    title = "5,000 in 100 rooms: 100 messages and 1,000 presence updates a second (latency: the messages')"
    changes = ("presence updates, P95 ms", _presence, ",.1f")
    found = compare(title, plan, (P50, P95, P99, changes, *LATENCY[3:]), rivals=(SOCKET_IO,), cohorts=100)
    nothing_missing(found[OURS])


def _presence(report: Report) -> float:
    return report.latency(1)["p95"]
