"""A team's workshops beside one another, as one value: the trend of each question and what is still to do.

Figures alone, as they outlive the workshops: no names, no notes, no single scores; actions come without owners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from core.workshop.queries import Listed
from core.workshop.report import Scale, scale_of
from core.workshop.scales import Light
from core.workshop.teams import Carried
from core.workshop.template import Template
from core.workshop.trends import Point, Trend, Verdict, trends


class Mark(Struct, frozen=True, kw_only=True):
    """A question in one workshop."""

    ended_at: datetime
    average: float
    spread: float
    count: int
    light: Light


class TrendLine(Struct, frozen=True, kw_only=True):
    """A question over the workshops, oldest first."""

    question: int
    title: str
    scale: Scale
    good_from: float
    good_to: float
    """Between these two an average is going well."""
    verdict: Verdict
    change: float | None
    """By how much the average differs from the time before."""
    marks: tuple[Mark, ...]


class KindLine(Struct, frozen=True, kw_only=True):
    """The trends of one kind of workshop."""

    template: str
    name: str
    ended: tuple[datetime, ...]
    trends: tuple[TrendLine, ...]


class HeldLine(Struct, frozen=True, kw_only=True):
    """A workshop that is still kept."""

    state: str
    created_at: datetime
    completed_at: datetime | None
    people: int


class OpenLine(Struct, frozen=True, kw_only=True):
    """Something that is still to do."""

    text: str
    due_on: date | None


class Comparison(Struct, frozen=True, kw_only=True):
    """A team's workshops compared."""

    team: str
    made_at: datetime
    workshops: tuple[HeldLine, ...]
    kinds: tuple[KindLine, ...]
    actions: tuple[OpenLine, ...]


def comparison_of(
    team: str,
    points: Mapping[Template, Sequence[Point]],
    actions: Sequence[Carried],
    workshops: Sequence[Listed],
    now: datetime,
) -> Comparison:
    held = [
        HeldLine(state=one.state, created_at=one.created_at, completed_at=one.completed_at, people=one.people)
        for one in workshops
    ]
    return Comparison(
        team=team,
        made_at=now,
        workshops=tuple(held),
        kinds=tuple(_kind(template, found) for template, found in points.items() if found),
        actions=tuple(OpenLine(text=action.content, due_on=action.due_on) for action in actions),
    )


def _kind(template: Template, points: Sequence[Point]) -> KindLine:
    return KindLine(
        template=template.slug,
        name=template.name,
        ended=tuple(sorted({point.ended_at for point in points})),
        trends=tuple(_trend(template, trend) for trend in trends(template, points)),
    )


def _trend(template: Template, trend: Trend) -> TrendLine:
    question = template.question(trend.question)
    marks = [
        Mark(
            ended_at=point.ended_at,
            average=point.average,
            spread=point.spread or 0.0,
            count=point.count,
            light=question.scale.average_light(point.average, question.bounds),
        )
        for point in trend.points
        if point.average is not None
    ]
    low, high = _good(template, trend.question)
    return TrendLine(
        question=trend.question,
        title=question.short_title,
        scale=scale_of(question),
        good_from=low,
        good_to=high,
        verdict=trend.verdict,
        change=round(marks[-1].average - marks[-2].average, 1) if len(marks) > 1 else None,
        marks=tuple(marks),
    )


def _good(template: Template, number: int) -> tuple[float, float]:
    """The range of averages that are going well, found by asking the scale at every tenth."""
    question = template.question(number)
    tenths = range(question.scale_min * 10, question.scale_max * 10 + 1)
    green = [t / 10 for t in tenths if question.scale.average_light(t / 10, question.bounds) == "green"]
    return green[0], green[-1]
