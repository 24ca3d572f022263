"""Latencies by the million in a few kilobytes: counts in steps of less than one percent, added, merged and asked.

Pure. Seconds go in and come out. Percentiles are nearest rank, told as the middle of their step and never beyond the
greatest value that was really seen.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

UNIT = 1e-6
"""Everything below a microsecond is the first step."""
STEP = math.log(1.01)
FEW = 24


class Histogram:
    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0
        self.sum = 0.0
        self.max = 0.0

    def add(self, value: float, times: int = 1) -> None:
        value = max(value, 0.0)
        self.counts[_step(value)] += times
        self.total += times
        self.sum += value * times
        self.max = max(self.max, value)

    def add_since(self, origin: float, moments: Sequence[float]) -> None:
        """What passed from `origin` to each of these moments, which must be in order."""
        if len(moments) <= FEW:
            for moment in moments:
                self.add(moment - origin)
            return
        at = 0
        while at < len(moments):
            first = max(moments[at] - origin, 0.0)
            step = _step(first)
            end = bisect_left(moments, origin + _upper(step), at + 1)
            self.counts[step] += end - at
            at = end
        self.total += len(moments)
        self.sum += math.fsum(moments) - origin * len(moments)
        self.max = max(self.max, moments[-1] - origin)

    def merge(self, other: Histogram) -> None:
        self.counts.update(other.counts)
        self.total += other.total
        self.sum += other.sum
        self.max = max(self.max, other.max)

    def percentile(self, percent: float) -> float:
        """Nearest rank; nothing counted is 0."""
        if not self.total:
            return 0.0
        rank, passed = math.ceil(percent / 100 * self.total), 0
        for step in sorted(self.counts):
            passed += self.counts[step]
            if passed >= rank:
                return min(self.max, _middle(step))
        return self.max

    @property
    def mean(self) -> float:
        return self.sum / self.total if self.total else 0.0

    def milliseconds(self) -> dict[str, float]:
        found = {f"p{p}": round(self.percentile(p) * 1000, 3) for p in (50, 95, 99)}
        return found | {"max": round(self.max * 1000, 3), "mean": round(self.mean * 1000, 3)}

    def bars(self) -> list[tuple[float, float, int]]:
        """From, to and count of every step that holds something."""
        return [(_lower(step), _upper(step), self.counts[step]) for step in sorted(self.counts)]


def _step(value: float) -> int:
    return 0 if value < UNIT else int(math.log(value / UNIT) / STEP) + 1


def _upper(step: int) -> float:
    return UNIT * math.exp(STEP * step)


def _lower(step: int) -> float:
    return UNIT * math.exp(STEP * (step - 1)) if step else 0.0


def _middle(step: int) -> float:
    return (_lower(step) + _upper(step)) / 2
