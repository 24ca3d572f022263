"""A run as one picture: how late deliveries were, and how P95, memory and time of a core went over the run.

Plain SVG, written by hand: it opens in any browser and needs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from tools.load.machine import Sample
from tools.load.run import Report

WIDE, HIGH, EDGE = 760, 150, 64
INK, GRID, BARS, LINE = "#1f2937", "#d1d5db", "#4f6bed", "#c2410c"
Point = tuple[float, float]


def svg(report: Report, title: str) -> str:
    panels = [_histogram(report), *_over_time(report)]
    height = 48 + len(panels) * (HIGH + 60)
    shown = [f'<g transform="translate(0,{48 + i * (HIGH + 60)})">{panel}</g>' for i, panel in enumerate(panels)]
    head = _label(EDGE, 24, title, 15) + _label(EDGE, 42, report.verdict, 12)
    style = f'font-family="system-ui, sans-serif" fill="{INK}"'
    box = f'viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}"'
    frame = f'<rect width="{WIDE}" height="{height}" fill="#ffffff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {style}>{frame}{head}{"".join(shown)}</svg>\n'


def _histogram(report: Report) -> str:
    """Deliveries by latency, on a scale of powers of ten."""
    if report.measured is None:
        return ""
    latency = report.measured.results[0].latency
    counts: dict[int, int] = {}
    for low, high, count in latency.bars():
        slot = math.floor(math.log10(max((low + high) / 2, 1e-6)) * 20)
        counts[slot] = counts.get(slot, 0) + count
    if not counts:
        return _panel("deliveries by milliseconds", "", "0", [])
    first, last, top = min(counts), max(counts), max(counts.values())
    wide = (WIDE - 2 * EDGE) / (last - first + 1)
    drawn = [
        f'<rect x="{EDGE + (slot - first) * wide:.1f}" y="{HIGH - count / top * (HIGH - 20):.1f}" '
        f'width="{max(wide - 1, 1):.1f}" height="{count / top * (HIGH - 20):.1f}" fill="{BARS}"/>'
        for slot, count in counts.items()
    ]
    marks = [
        _label(EDGE + (power * 20 - first) * wide, HIGH + 16, f"{10 ** (power + 3):g} ms", 11)
        for power in range(-6, 4)
        if first <= power * 20 <= last + 1
    ]
    told = latency.milliseconds()
    name = f"deliveries by latency: P50 {told['p50']:.1f}, P95 {told['p95']:.1f}, P99 {told['p99']:.1f} ms"
    return _panel(name, f"{top:,}", "0", [*drawn, *marks])


def _over_time(report: Report) -> list[str]:
    panels = []
    if report.measured is not None:
        seconds = report.measured.results[0].seconds
        late = [(float(second), seconds[second].percentile(95) * 1000) for second in sorted(seconds)]
        panels.append(_curve("P95 of each second, ms", late))
    if report.watch is not None and report.watch.pid:
        samples = report.watch.samples
        start = samples[0].at
        memory = [(sample.at - start, sample.server.memory / 2**20) for sample in samples]
        panels.append(_curve("memory of the server, MB", memory))
        panels.append(_curve("server's share of a core, %", _shares(samples)))
    return panels


def _shares(samples: Sequence[Sample]) -> list[Point]:
    found = []
    for before, after in zip(samples[::4], samples[4::4], strict=False):
        spent = after.server.cpu + after.others - before.server.cpu - before.others
        found.append((after.at - samples[0].at, spent / (after.at - before.at) * 100))
    return found


def _curve(name: str, points: Sequence[Point]) -> str:
    if not points:
        return _panel(name, "", "0", [])
    top = max(y for _, y in points) * 1.1 or 1.0
    end = max(x for x, _ in points) or 1.0
    placed = " ".join(f"{EDGE + x / end * (WIDE - 2 * EDGE):.1f},{HIGH - y / top * (HIGH - 20):.1f}" for x, y in points)
    drawn = f'<polyline points="{placed}" fill="none" stroke="{LINE}" stroke-width="2"/>'
    return _panel(name, f"{top:.3g}", "0", [drawn, _label(WIDE - EDGE - 24, HIGH + 16, f"{end:.0f} s", 11)])


def _panel(name: str, top: str, bottom: str, drawn: Sequence[str]) -> str:
    lines = f'<path d="M{EDGE} 20V{HIGH}H{WIDE - EDGE}" fill="none" stroke="{GRID}"/>'
    labels = _label(EDGE, 12, name, 12) + _label(6, 26, top, 11) + _label(6, HIGH, bottom, 11)
    return lines + labels + "".join(drawn)


def _label(x: float, y: float, text: str, size: int) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}">{escape(text)}</text>'
