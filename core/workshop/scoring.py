"""What a question's scores say: figures, lights, a split that an average would hide, and the prompts that fit.

Figures are shown with one decimal and lights follow what is shown, so that a page never contradicts itself. Halves are
rounded away from zero. Everything works for any scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, isqrt
from typing import Any
from uuid import UUID

from core.events.workshop import Vote
from core.workshop.rules.state import Result, Workshop
from core.workshop.scales import Light
from core.workshop.template import Question, Template

SPLIT_SPREAD = 0.3
"""From this share of the scale on, a spread is a split: 3 on a scale of ten steps."""
SPLIT_GAP = 0.6
"""So are scores on both sides that lie this share of the scale apart: 6 on a scale of ten steps."""
POINTS: dict[Light, int] = {"green": 2, "amber": 1, "red": 0}
GOOD, MIDDLING = 6.5, 3.5
HIGHLIGHTS = 3


def rounded(value: Fraction) -> float:
    """One decimal, halves away from zero."""
    tenths = floor(abs(value) * 10 + Fraction(1, 2))
    return (tenths if value >= 0 else -tenths) / 10


def _root(value: Fraction) -> float:
    """The square root to one decimal, exactly: no float decides which way a half goes."""
    # round(10·√v) is the largest n with (n - 1/2)² <= 100·v.
    n = isqrt(floor(value * 400))
    return ((n + 1) // 2) / 10


@dataclass(frozen=True, slots=True)
class Figures:
    count: int
    average: float | None
    spread: float | None
    """The population standard deviation."""
    lowest: int | None
    highest: int | None


def figures(values: Sequence[int]) -> Figures:
    if not values:
        return Figures(0, None, None, None, None)
    mean = Fraction(sum(values), len(values))
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return Figures(len(values), rounded(mean), _root(Fraction(variance)), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Summary:
    """What a question's revealed scores say. Without scores, `figures.count` is 0 and there is no light."""

    question: int
    figures: Figures
    lights: Mapping[Light, int]
    """How many scores have which light."""
    average_light: Light | None
    split: bool
    team_value: float | None
    """0 to 10, from the lights of all scores: what opposite scores cannot cancel out."""
    team_light: Light | None
    pattern: str

    @property
    def light(self) -> Light | None:
        """The light that the question carries: a split takes it away from the average."""
        return self.team_light if self.split else self.average_light


def summarise(question: Question, values: Sequence[int]) -> Summary:
    found, strategy, bounds = figures(values), question.scale, question.bounds
    each = [strategy.light(value, bounds) for value in values]
    lights: dict[Light, int] = {light: each.count(light) for light in POINTS}
    split = is_split(question, values)
    if found.average is None:
        return Summary(question.number, found, lights, None, False, None, None, "general")
    team = rounded(Fraction(sum(POINTS[light] for light in each) * 5, len(each)))
    pattern = "spread" if split else strategy.lean(found.average, bounds)
    average_light = strategy.average_light(found.average, bounds)
    return Summary(question.number, found, lights, average_light, split, team, _team_light(team), pattern)


def _team_light(value: float) -> Light:
    return "green" if value >= GOOD else "amber" if value >= MIDDLING else "red"


def is_split(question: Question, values: Sequence[int]) -> bool:
    """Whether an average would hide that people live this quite differently."""
    found, strategy, bounds = figures(values), question.scale, question.bounds
    if found.spread is None or found.lowest is None or found.highest is None:
        return False
    if found.spread >= SPLIT_SPREAD * bounds.width:
        return True
    sides = {strategy.side(found.lowest, bounds), strategy.side(found.highest, bounds)}
    return sides == {-1, 1} and found.highest - found.lowest >= SPLIT_GAP * bounds.width


def prompts(template: Template, summary: Summary) -> tuple[str, ...]:
    """What opens the conversation on these scores: the question's own words first, three at most."""
    question = template.question(summary.question)
    own = question.prompts.get(summary.pattern, ())
    more = template.prompts.get(summary.pattern, ())
    general = question.prompts.get("general", ()) if summary.pattern != "general" else ()
    return tuple(dict.fromkeys((*own, *more, *general, *question.discussion_prompts)))[:3]


def values_of(votes: Iterable[Vote]) -> list[int]:
    return [value for _, value in votes]


def summary_of(template: Template, result: Result) -> Summary:
    return summarise(template.question(result.question), values_of(result.votes))


def result_object(workshop: Workshop, number: int) -> dict[str, Any]:
    """A question's result for everybody: nothing but who has scored before the reveal, all of it after."""
    question, result = workshop.template.question(number), workshop.result(number)
    if result is None:
        return {"question_number": number, "scores": [], "average": None, "average_color": None, "spread": None,
                "all_submitted": False, "revealed": False}  # fmt: skip
    summary = summary_of(workshop.template, result)
    names: dict[UUID, str | None] = {person.id: person.name for person in workshop.people}
    scores = [
        {
            "participant_id": str(who) if who else None,
            "name": names.get(who) if who else None,
            "value": value,
            "color": question.scale.light(value, question.bounds),
        }
        for who, value in result.votes
    ]
    return {
        "question_number": number,
        "scores": scores,
        "average": summary.figures.average,
        "average_color": summary.average_light,
        "spread": summary.figures.spread,
        "all_submitted": True,
        "revealed": True,
        "count": summary.figures.count,
        "minimum": summary.figures.lowest,
        "maximum": summary.figures.highest,
        "split": summary.split,
        "team_value": summary.team_value,
        "light": summary.light,
        "pattern": summary.pattern,
        "prompts": list(prompts(workshop.template, summary)),
    }


@dataclass(frozen=True, slots=True)
class Highlights:
    strengths: tuple[int, ...]
    concerns: tuple[int, ...]
    widest: int | None
    """The question on which people differ most, if they differ."""


def highlights(template: Template, summaries: Iterable[Summary]) -> Highlights:
    """What carries a team, what needs care and where it differs. A split is never a strength."""
    known = [s for s in summaries if s.figures.average is not None]

    def distance(summary: Summary) -> float:
        question = template.question(summary.question)
        return question.scale.distance(summary.figures.average or 0.0, question.bounds)

    def width(summary: Summary) -> float:
        return (summary.figures.spread or 0.0) / template.question(summary.question).bounds.width

    near = sorted((s for s in known if s.light == "green" and not s.split), key=lambda s: (distance(s), s.question))
    far = sorted((s for s in known if s.light == "red"), key=lambda s: (-distance(s), s.question))
    amber = sorted((s for s in known if s.light == "amber"), key=lambda s: (-distance(s), s.question))
    apart = max(known, key=lambda s: (width(s), -s.question), default=None)
    return Highlights(
        strengths=tuple(s.question for s in near[:HIGHLIGHTS]),
        concerns=tuple(s.question for s in (far or amber)[:HIGHLIGHTS]),
        widest=apart.question if apart and apart.figures.spread else None,
    )
