"""Live progress: what may be said of it, its trend, and the order among those who practise the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

METRICS = ("wpm", "accuracy", "score", "done", "of")
"""What a practice streams; the last two are how far it has come."""
STEADY = 0.02
"""So much of its value a metric may differ from before and still be steady."""
REMEMBERED = 10
"""So many of the last values say how it goes."""

Metrics = Mapping[str, float]


def trend(values: Sequence[float]) -> str:
    """How it goes: the later half of the last values against the half before."""
    if len(values) < 2:
        return "steady"
    half = len(values) // 2
    before, now = fmean(values[:half]), fmean(values[half:])
    if abs(now - before) <= STEADY * max(abs(before), 1.0):
        return "steady"
    return "up" if now > before else "down"


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who practises, as they are compared."""

    user_id: str
    value: float | None


def ranked(contenders: Iterable[Contender], higher: bool) -> list[tuple[int, Contender]]:
    """Who is where: equals share the better place. Who has shown nothing yet comes last, in no order but the ids'."""
    sign = -1 if higher else 1
    order = sorted(contenders, key=lambda c: (c.value is None, 0.0 if c.value is None else sign * c.value, c.user_id))
    found: list[tuple[int, Contender]] = []
    for place, contender in enumerate(order, start=1):
        same = found and found[-1][1].value == contender.value
        found.append((found[-1][0] if same else place, contender))
    return found


def may_see(viewer: Any, other: Any) -> bool:
    """Whether one who practises may be shown another: as everywhere, and never who appears offline."""
    if other.user_id == viewer.user_id:
        return True
    if other.offline or other.user_id in viewer.hidden:
        return False
    if other.audience == "public":
        return True
    return bool(other.audience == "cohort" and other.cohort_id is not None and other.cohort_id == viewer.cohort_id)


def mean(first: int, second: int) -> int:
    """Two results together, in hundredths, halves up."""
    return (first + second + 1) // 2
