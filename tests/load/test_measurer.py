"""The measurer, measured: what a crooked server loses, doubles, mixes up and delays is found, and nothing else is."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest

from tests.load.crooked import LATE, crooked_server
from tools.load.marks import Stream
from tools.load.picture import svg
from tools.load.report import table
from tools.load.run import Plan, Report, new_run
from tools.load.servers import Person, Server
from tools.load.worker import Measured, Worker

STREAM = Stream("message", 50, 1, 0.6)
CONNS = 6


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(0, 1)
    yield worker
    if worker.crowd is not None:
        worker.crowd.close()


async def measure(worker: Worker, port: int) -> tuple[Report, Measured]:
    server = Server("plain", "127.0.0.1", port, tuple(Person(str(n), "token") for n in range(CONNS)))
    plan = Plan(CONNS, (STREAM,))

    def work() -> Report:
        report = Report("plain", plan)
        worker.set_up("127.0.0.1", port, "plain", server.members(CONNS, plan.topics))
        report.opening = worker.open(64, 10)
        report.measured = worker.measure(new_run(), plan.streams, worker.here.now + 0.05, 2.0, None)
        return report

    report = await asyncio.to_thread(work)
    assert report.measured is not None
    return report, report.measured


@pytest.mark.req("PF-7", "PF-11")
async def test_what_a_crooked_server_does_is_found(worker: Worker) -> None:
    async with crooked_server(crooked=True) as port:
        report, found = await measure(worker, port)
    assert report.opening.joined == CONNS
    assert report.expected == CONNS * STREAM.numbers
    assert (report.lost, found.doubled, found.disordered, found.strayed) == (2, 1, 2, 1)
    assert found.results[0].latency.max >= LATE
    assert found.cut == 0


@pytest.mark.req("PF-7")
async def test_a_straight_server_is_found_straight(worker: Worker) -> None:
    async with crooked_server(crooked=False) as port:
        report, found = await measure(worker, port)
    assert (report.lost, found.doubled, found.disordered, found.strayed) == (0, 0, 0, 0)
    assert report.delivered == report.expected == CONNS * STREAM.numbers
    assert f"delivered {report.expected:,} of".split()[1] in table(report)
    assert ElementTree.fromstring(svg(report, "six clients & one room")).tag.endswith("svg")  # noqa: S314 - our own
    assert report.data()["streams"][0]["lost"] == 0


async def test_a_server_that_cuts_everybody_off_has_lost_what_follows(worker: Worker) -> None:
    async with crooked_server(crooked=False) as port:
        server = Server("plain", "127.0.0.1", port, tuple(Person(str(n), "token") for n in range(CONNS)))
        worker.set_up("127.0.0.1", port, "plain", server.members(CONNS, Plan(CONNS, (STREAM,)).topics))
        await asyncio.to_thread(worker.open, 64, 10.0)
    found = await asyncio.to_thread(worker.measure, new_run(), (STREAM,), worker.here.now, 0.2, None)
    assert found.cut == CONNS
    assert sum(result.lost for result in found.results) == CONNS * STREAM.numbers


async def test_a_door_that_is_shut_is_told(worker: Worker) -> None:
    async with crooked_server(crooked=False) as port:
        pass
    server = Server("plain", "127.0.0.1", port, (Person("0", "token"),))
    worker.set_up("127.0.0.1", port, "plain", server.members(1, (("message", 1),)))
    opening = await asyncio.to_thread(worker.open, 1, 0.5)
    assert (opening.joined, opening.failed) == (0, 1)
    assert opening.why == "no connection"


def test_a_generator_that_is_late_says_so() -> None:
    report = Report("plain", Plan(1, (STREAM,)))
    report.measured = Measured(span=1.0, cpu=[0.95])
    from tools.load.tally import Result

    report.measured.results = [Result("message")]
    assert report.verdict.startswith("the generator was the limit")
    report.measured.cpu = [0.2]
    assert report.verdict == "neither side was at its limit"
    report.measured.lag.add(0.5)
    assert report.verdict.startswith("the generator was the limit")
