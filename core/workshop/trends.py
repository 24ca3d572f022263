"""How a team's answers change from workshop to workshop, question by question, without anybody's name or score.

Better means nearer to the best and not wider apart; a spread that grows by half a point or more reads as worse, however
the average went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.workshop.template import Template

Verdict = Literal["first", "better", "same", "worse", "wider"]
NOTICEABLE = 0.05
"""A change of this share of the farthest distance counts: half a point where the best is ten steps away."""
WIDER = 0.05
"""A spread that grows by this share of the scale: half a point on ten steps."""


@dataclass(frozen=True, slots=True)
class Point:
    """One question in one workshop, as it outlives the workshop."""

    ended_at: datetime
    question: int
    average: float | None
    spread: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Trend:
    question: int
    points: tuple[Point, ...]
    verdict: Verdict


def trends(template: Template, points: Sequence[Point]) -> tuple[Trend, ...]:
    """One line for each question, oldest first; workshops in which nobody scored it leave a gap."""
    found = []
    for question in template.questions:
        mine = sorted((p for p in points if p.question == question.number), key=lambda p: p.ended_at)
        known = tuple(p for p in mine if p.average is not None)
        found.append(Trend(question.number, known, _verdict(template, known)))
    return tuple(found)


def _verdict(template: Template, points: Sequence[Point]) -> Verdict:
    if len(points) < 2:
        return "first"
    before, now = points[-2:]
    question = template.question(now.question)
    bounds, strategy = question.bounds, question.scale
    # Figures have one decimal, so a difference is rounded to it before it is judged.
    wider = round((now.spread or 0.0) - (before.spread or 0.0), 1)
    if wider >= WIDER * bounds.width:
        return "wider"
    change = strategy.distance(before.average or 0.0, bounds) - strategy.distance(now.average or 0.0, bounds)
    if round(change, 6) >= NOTICEABLE:
        return "better"
    return "worse" if round(change, 6) <= -NOTICEABLE else "same"
