"""A run as a table for people. Everything in it stands in the JSON too."""

from __future__ import annotations

from collections.abc import Iterator

from tools.load.histogram import Histogram
from tools.load.run import FULL, Report

WIDTH = 34


def table(report: Report) -> str:
    return "\n".join(f"  {name:<{WIDTH}}{value}" for name, value in _rows(report))


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    opening = report.opening
    rate = opening.joined / opening.seconds if opening.seconds else 0
    yield "connected and joined", f"{opening.joined:,} in {opening.seconds:.2f} s, {rate:,.0f} a second"
    yield "one connect and join, ms", _times(opening.times)
    if opening.busy >= FULL:
        yield "  judgement", f"the generator was the limit: {opening.busy:.0%} of its core"
    if opening.failed or opening.retries:
        yield "  refused or broken", f"{opening.failed:,} for good, {opening.retries:,} tried again: {opening.why}"
    if report.before.memory:
        yield "server's memory", f"{report.idle.memory / 2**20:.1f} MB, {report.memory:.2f} KB a connection"
    if report.measured is None:
        return
    for stream, result in zip(report.plan.streams, report.measured.results, strict=True):
        yield f"{stream.kind}s", f"{stream.rate:g} a second in each of {stream.rooms}, for {stream.seconds:g} s"
        yield "  delivered", f"{result.latency.total:,} of {result.expected:,}; lost {result.lost:,}"
        yield "  from the intended moment, ms", _times(result.latency)
    yield from _judgement(report)


def _judgement(report: Report) -> Iterator[tuple[str, str]]:
    found = report.measured
    if found is None:
        return
    yield "doubled, astray, out of order", f"{found.doubled:,}, {found.strayed:,}, {found.disordered:,}"
    if found.cut or found.refused or found.unsent:
        yield "cut off, refused, unsent", f"{found.cut:,}, {found.refused:,}, {found.unsent:,}"
    if report.watch is not None and report.watch.pid:
        spent = f"{report.watch.cpu:.2f} s, its database {report.watch.helpers_cpu:.2f} s"
        yield "server's time of a core", f"{spent}: {report.busy:.0%}, {report.micros:.2f} us a delivery"
    yield "generator's time of a core", f"{report.generator_busy:.0%}"
    yield "  sent late, ms", _times(found.lag)
    yield "  ready to be read, ms", _times(found.reading)
    for text in found.complaints[:3]:
        yield "  said", text
    yield "judgement", report.verdict


def _times(found: Histogram) -> str:
    told = found.milliseconds()
    return "   ".join(
        f"{name.upper() if name != 'max' else name} {told[name]:.1f}" for name in ("p50", "p95", "p99", "max")
    )
