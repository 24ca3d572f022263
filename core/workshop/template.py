"""What a workshop is made from: a template as data, with every rule that such data has to keep.

A template is a YAML file; its shape is the types here, its meaning is checked by `problems`. Whoever writes one is told
the place, what is wrong and what would be right, all of it at once. Templates are immutable, and equal when their
slug and version are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

import msgspec

from core.workshop.scales import PATTERNS, SCALES, Bounds, Scale

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Tiny = Annotated[str, msgspec.Meta(min_length=1, max_length=24)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^\d{1,3}\.\d{1,3}$")]
Share = Annotated[int, msgspec.Meta(ge=0, le=100)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=8)]

PHASES = ("lobby", "intro", "scoring", "reveal", "transition", "summary", "actions", "completed")
"""The moments for which a template has help."""


class Screen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One screen of the introduction, or the one that announces a change of the scale."""

    title: Short
    lead: Text
    """One sentence that the room reads together."""
    body: Texts
    picture: Tiny = ""
    """The drawing that goes with it: one of our own, by name."""


class Transition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    before: Annotated[int, msgspec.Meta(ge=2)]
    """The question it stands before."""
    screen: Screen


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    setting: Short
    text: Text


class Anchors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    low: Text
    best: Text
    high: Text | None = None
    """What the upper end means where it is not the best."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    number: Annotated[int, msgspec.Meta(ge=1)]
    criterion: Short
    title: Short
    short_title: Tiny
    question: Text
    """What is asked, in one sentence."""
    explanation: Text
    examples: Annotated[tuple[Example, ...], msgspec.Meta(min_length=2, max_length=4)]
    scale_type: str
    scale_min: int
    scale_max: int
    optimal_value: int
    anchors: Anchors
    steps: dict[int, Short] = {}
    """Words for single values, where a scale has few of them."""
    discussion_prompts: Annotated[tuple[Text, ...], msgspec.Meta(min_length=3, max_length=6)]
    prompts: dict[str, Texts]
    """What opens the conversation, by the pattern that the scores make."""
    facilitator_help: Text

    @property
    def bounds(self) -> Bounds:
        return Bounds(self.scale_min, self.scale_max, self.optimal_value)

    @property
    def scale(self) -> Scale:
        return SCALES[self.scale_type]


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A share of the time for one section, or for a run of questions that have equal parts of it."""

    section: Slug
    share: Share
    questions: tuple[int, int] | None = None


class TimePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Short
    blocks: tuple[Block, ...]


class Crowd(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many people a workshop of this kind is good for."""

    from_: int = msgspec.field(name="from", default=6)
    to: int = 12
    warn_from: int = 15
    most: int = 20


class Help(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: Short
    text: Texts


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False):
    slug: Slug
    version: Version
    name: Short
    description: Text
    credit: Text
    active: bool = True
    people: Crowd = Crowd()
    introduction: tuple[Screen, ...] = ()
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=20)]
    transitions: tuple[Transition, ...] = ()
    time_plans: dict[Slug, TimePlan]
    """The first one is taken unless another is chosen."""
    prompts: dict[str, Texts]
    """Prompts that fit every question of a pattern."""
    help: dict[str, Help]
    topics: dict[Slug, Help] = {}
    """Help on a topic rather than a moment, such as silence or strong disagreement."""
    rules: Texts
    """How the group works together, in a few sentences."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and (self.slug, self.version) == (other.slug, other.version)

    def __hash__(self) -> int:
        return hash((self.slug, self.version))

    def question(self, number: int) -> Question:
        return self.questions[number - 1]

    def transition(self, before: int) -> Screen | None:
        return next((t.screen for t in self.transitions if t.before == before), None)


def problems(template: Template) -> Iterator[tuple[str, str]]:
    """What the types cannot see: the place, and what is wrong with what would be right."""
    yield from _numbers(template)
    for place, question in enumerate(template.questions):
        for field, text in _question_problems(question):
            yield f"questions[{place}].{field}", text
    for place, transition in enumerate(template.transitions):
        if transition.before > len(template.questions):
            yield f"transitions[{place}].before", f"the number of a question, 2 to {len(template.questions)}"
    if not template.time_plans:
        yield "time_plans", "must hold at least one plan of how the time is shared"
    for name, plan in template.time_plans.items():
        for field, text in _plan_problems(template, plan):
            yield f"time_plans.{name}.{field}", text
    yield from _keys("prompts", template.prompts.keys(), {"general"}, PATTERNS)
    yield from _keys("help", template.help.keys(), set(_moments(template)), PHASES)


def _moments(template: Template) -> Iterator[str]:
    for phase in PHASES:
        if (phase != "transition" or template.transitions) and (phase != "intro" or template.introduction):
            yield phase


def _numbers(template: Template) -> Iterator[tuple[str, str]]:
    for place, question in enumerate(template.questions, start=1):
        if question.number != place:
            yield (
                f"questions[{place - 1}].number",
                f"questions count from 1 without a gap: {place}, not {question.number}",
            )
    for name, count in Counter(t.before for t in template.transitions).items():
        if count > 1:
            yield "transitions", f"only one screen can stand before question {name}"


def _question_problems(question: Question) -> Iterator[tuple[str, str]]:
    strategy = SCALES.get(question.scale_type)
    if strategy is None:
        yield "scale_type", f"one of {', '.join(SCALES)}, not {question.scale_type!r}"
        return
    wrong = strategy.problem(question.bounds)
    if wrong:
        yield "scale_min", wrong
    yield from _keys("prompts", question.prompts.keys(), set(strategy.patterns), strategy.patterns)
    ends_badly = question.optimal_value != question.scale_max
    if ends_badly and question.anchors.high is None:
        yield "anchors.high", "must say what the upper end means, since it is not the best"
    for value in question.steps:
        if not question.scale_min <= value <= question.scale_max:
            yield f"steps.{value}", f"a value of the scale, {question.scale_min} to {question.scale_max}"


def _plan_problems(template: Template, plan: TimePlan) -> Iterator[tuple[str, str]]:
    total = sum(block.share for block in plan.blocks)
    if total != 100:
        yield "blocks", f"the shares must add up to 100, not {total}"
    covered: list[int] = []
    last = len(template.questions)
    for place, block in enumerate(plan.blocks):
        if block.questions is None:
            continue
        first, end = block.questions
        if not 1 <= first <= end <= last:
            yield f"blocks[{place}].questions", f"from and to, within 1 to {last}, such as [1, {last}]"
            return
        covered += range(first, end + 1)
    if covered != list(range(1, last + 1)):
        yield "blocks", f"every question from 1 to {last} must stand in one block, in order"
    named = [block.section for block in plan.blocks if block.questions is None]
    allowed = {"intro", "summary", "actions", "buffer", *(f"transition_{t.before}" for t in template.transitions)}
    needed = allowed - {"buffer"} - ({"intro"} if not template.introduction else set())
    yield from _keys("blocks", named, needed, sorted(allowed))


def _keys(place: str, given: object, needed: set[str], allowed: object) -> Iterator[tuple[str, str]]:
    names, known = list(given), list(allowed)  # type: ignore[call-overload]
    for name in sorted(needed - set(names)):
        yield place, f"{name} is missing"
    for name in names:
        if name not in known:
            yield place, f"{name!r} is not known here: one of {', '.join(known)}"
    for name, count in Counter(names).items():
        if count > 1:
            yield place, f"{name} stands there twice"
