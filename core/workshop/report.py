"""What a workshop leaves behind, as one value: the report that every export is written from.

There are two. The full one is the team's own: names, notes and scores as far as the workshop's disclosure shows them.
The team one may leave the team: no name, no note and no single score is in it, and where too few have scored for a
figure to hide whose it is, the figure stays out. Unrevealed scores are in neither, because a state holds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from core.workshop.rules.state import Action, Note, Result, Workshop
from core.workshop.scales import Light
from core.workshop.scoring import Summary, highlights, summary_of
from core.workshop.template import Question

Kind = Literal["full", "team"]

FEWEST = 3
"""An average of two and their spread are the two scores; from three on, figures speak for the group."""


class Scale(Struct, frozen=True, kw_only=True):
    """What a question's figures are measured on."""

    minimum: int
    maximum: int
    best: int
    signed: bool
    picture: str
    low_means: str
    best_means: str
    high_means: str | None


class Score(Struct, frozen=True, kw_only=True):
    """One score; nameless in an anonymous workshop, unless the team showed the names."""

    value: int
    light: Light
    name: str | None


class NoteLine(Struct, frozen=True, kw_only=True):
    """What somebody wrote down."""

    text: str
    author: str | None


class QuestionLine(Struct, frozen=True, kw_only=True):
    """A question and what its scores say. Without scores there is no light, and `count` is 0."""

    number: int
    criterion: str
    title: str
    short_title: str
    question: str
    scale: Scale
    count: int
    average: float | None
    spread: float | None
    light: Light | None
    split: bool
    team_value: float | None
    withheld: bool
    """Whether figures were left out because so few have scored."""
    lowest: int | None
    highest: int | None
    scores: tuple[Score, ...] | None
    notes: tuple[NoteLine, ...] | None


class ActionLine(Struct, frozen=True, kw_only=True):
    """Something to do."""

    text: str
    question: int | None
    owner: str | None
    due_on: date | None
    done: bool
    carried: bool


class PersonLine(Struct, frozen=True, kw_only=True):
    """Somebody who was there."""

    name: str | None
    facilitator: bool
    observer: bool


class Report(Struct, frozen=True, kw_only=True):
    """A workshop's report. What is null in a team report is told in the full one only."""

    kind: Kind
    template: str
    version: str
    title: str
    credit: str
    disclosure: str
    state: str
    outcome: str
    held_at: datetime
    completed_at: datetime | None
    made_at: datetime
    people_count: int
    code: str | None
    people: tuple[PersonLine, ...] | None
    questions: tuple[QuestionLine, ...]
    strengths: tuple[int, ...]
    concerns: tuple[int, ...]
    widest: int | None
    notes: tuple[NoteLine, ...] | None
    """Notes that belong to no question."""
    actions: tuple[ActionLine, ...]

    def question(self, number: int) -> QuestionLine:
        return self.questions[number - 1]


def report_of(workshop: Workshop, kind: Kind, now: datetime) -> Report:
    full = kind == "full"
    summaries = {r.question: summary_of(workshop.template, r) for r in workshop.results}
    shown = {n: s for n, s in summaries.items() if full or s.figures.count >= FEWEST - 1}
    found = highlights(workshop.template, shown.values())
    wide = found.widest is not None and (full or shown[found.widest].figures.count >= FEWEST)
    template = workshop.template
    people = tuple(
        PersonLine(name=p.name, facilitator=p.is_facilitator, observer=p.is_observer) for p in workshop.people
    )
    return Report(
        kind=kind,
        template=template.slug,
        version=template.version,
        title=template.name,
        credit=template.credit,
        disclosure=workshop.settings.disclosure,
        state=workshop.phase,
        outcome=workshop.outcome,
        held_at=workshop.started_at or workshop.created_at,
        completed_at=workshop.completed_at,
        made_at=now,
        people_count=sum(not p.is_observer for p in workshop.people),
        # With the code one could look into the workshop itself.
        code=workshop.code if full else None,
        people=people if full else None,
        questions=tuple(_question(workshop, q, summaries.get(q.number), full=full) for q in template.questions),
        strengths=found.strengths,
        concerns=found.concerns,
        widest=found.widest if wide else None,
        notes=_notes(workshop, None) if full else None,
        actions=tuple(_action(workshop, action, full=full) for action in workshop.actions),
    )


def _question(workshop: Workshop, question: Question, summary: Summary | None, *, full: bool) -> QuestionLine:
    figures = summary.figures if summary else None
    count = figures.count if figures else 0
    told = figures if full or count >= FEWEST else None
    lit = summary if full or count >= FEWEST - 1 else None
    result = workshop.result(question.number)
    return QuestionLine(
        number=question.number,
        criterion=question.criterion,
        title=question.title,
        short_title=question.short_title,
        question=question.question,
        scale=scale_of(question),
        count=count,
        average=told.average if told else None,
        spread=told.spread if told else None,
        light=lit.light if lit else None,
        split=bool(lit and lit.split),
        team_value=summary.team_value if summary and told else None,
        withheld=0 < count < FEWEST and not full,
        lowest=figures.lowest if figures and full else None,
        highest=figures.highest if figures and full else None,
        scores=_scores(workshop, question, result) if full else None,
        notes=_notes(workshop, question.number) if full else None,
    )


def scale_of(question: Question) -> Scale:
    return Scale(
        minimum=question.scale_min,
        maximum=question.scale_max,
        best=question.optimal_value,
        signed=question.scale.signed,
        picture=question.scale.picture,
        low_means=question.anchors.low,
        best_means=question.anchors.best,
        high_means=question.anchors.high,
    )


def _scores(workshop: Workshop, question: Question, result: Result | None) -> tuple[Score, ...]:
    found = []
    for who, value in result.votes if result else ():
        person = workshop.person(who) if who else None
        light = question.scale.light(value, question.bounds)
        found.append(Score(value=value, light=light, name=person.name if person else None))
    return tuple(sorted(found, key=lambda score: (score.value, score.name or "")))


def _notes(workshop: Workshop, number: int | None) -> tuple[NoteLine, ...]:
    def line(note: Note) -> NoteLine:
        person = workshop.person(note.author)
        return NoteLine(text=note.content or "", author=person.name if person else None)

    return tuple(line(note) for note in workshop.notes if note.question == number and note.content)


def _action(workshop: Workshop, action: Action, *, full: bool) -> ActionLine:
    text = action.content or ""
    return ActionLine(
        text=text if full else without_names(text, _names(workshop)),
        question=action.question,
        owner=action.owner if full else None,
        due_on=action.due_on,
        done=action.done,
        carried=action.carried,
    )


def _names(workshop: Workshop) -> set[str]:
    names = [*(person.name for person in workshop.people), *(action.owner for action in workshop.actions)]
    return {name.strip() for name in names if name and name.strip()}


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with an ellipsis wherever one of the names stands as a word of its own, written as it is."""
    wanted = sorted(names, key=lambda name: (-len(name), name))
    if not wanted:
        return text
    any_of_them = "|".join(re.escape(name) for name in wanted)
    return re.sub(rf"(?<!\w)(?:{any_of_them})(?!\w)", "…", text)
