"""Templates are data: what ships is whole, and whoever writes one is told every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.content import FOLDER
from core.errors import NotFound
from core.workshop.scales import SCALES, Bounds
from core.workshop.template import PHASES, Template
from core.workshop.templates import (
    TemplateError,
    document,
    from_document,
    get_template,
    list_templates,
    parse_template,
    read_template,
    schema,
    shipped,
)

SIX = shipped()["six_criteria"]
HEALTH = shipped()["team_health"]
SOURCE = (FOLDER / "workshops" / "six_criteria.yaml").read_text()

TITLES = [
    "Elbow room",
    "Setting goals",
    "Getting feedback",
    "Variety",
    "Mutual support and respect",
    "Socially useful",
    "Seeing the whole product",
    "A desirable future",
]


@pytest.mark.req("WS-26", "WS-28")
def test_the_six_criteria_are_whole() -> None:
    assert (SIX.name, SIX.version, SIX.active) == ("Six Criteria of Productive Work", "1.0", True)
    assert "Fred and Merrelyn Emery" in SIX.credit
    assert [question.title for question in SIX.questions] == TITLES
    balance = [(q.scale_min, q.scale_max, q.optimal_value) for q in SIX.questions[:4]]
    rising = [(q.scale_min, q.scale_max, q.optimal_value) for q in SIX.questions[4:]]
    assert (balance, rising) == ([(-5, 5, 0)] * 4, [(0, 10, 10)] * 4)
    assert [screen.title for screen in SIX.introduction][:2] == ["Welcome", "How it works"]
    assert len(SIX.introduction) == 4
    assert [t.before for t in SIX.transitions] == [5]


@pytest.mark.req("WS-27", "WS-40", "WS-53", "BG-79")
@pytest.mark.parametrize("template", shipped().values(), ids=lambda t: t.slug)
def test_every_question_says_all_that_a_facilitator_needs(template: Template) -> None:
    for question in template.questions:
        assert question.scale_type in SCALES
        assert len(question.examples) >= 2
        assert len(question.discussion_prompts) >= 3
        assert set(question.prompts) == set(question.scale.patterns)
        assert question.explanation.count(".") >= 2, "the meaning takes two sentences"
        assert question.facilitator_help
        assert question.anchors.high or question.optimal_value == question.scale_max
    assert set(template.help) == set(PHASES)


def test_a_second_template_differs_in_all_that_a_template_may_choose() -> None:
    assert {q.scale_type for q in HEALTH.questions} - {q.scale_type for q in SIX.questions}
    assert len(HEALTH.questions) != len(SIX.questions)
    assert len(HEALTH.introduction) != len(SIX.introduction)
    assert HEALTH.people.most != SIX.people.most
    assert HEALTH.questions[0].steps[5] == "Perfectly clear"


@pytest.mark.req("WS-72")
def test_templates_are_found_by_name() -> None:
    assert [template.slug for template in list_templates()] == ["six_criteria", "team_health"]
    assert get_template("six_criteria") is SIX
    with pytest.raises(NotFound):
        get_template("../six_criteria")


def test_a_template_survives_the_database() -> None:
    for template in shipped().values():
        kept = msgspec.json.decode(msgspec.json.encode(document(template)))
        again = from_document(kept)
        assert again == template
        assert document(again) == document(template)


def test_the_schema_names_every_field() -> None:
    found = schema()["$defs"]
    assert {"Template", "Question", "Screen", "TimePlan"} <= found.keys()
    assert set(found["Question"]["required"]) >= {"number", "title", "scale_type", "discussion_prompts"}


def broken(change: Callable[[dict[str, Any]], object]) -> str:
    data = yaml.safe_load(SOURCE)
    change(data)
    with pytest.raises(TemplateError) as refused:
        parse_template(yaml.safe_dump(data, allow_unicode=True), "mine.yaml")
    return str(refused.value)


@pytest.mark.req("WS-26")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("name"), ("mine.yaml, the whole", "name is missing")),
        (lambda d: d.update(colour="red"), ("'colour' is not known here",)),
        (lambda d: d.update(version="one"), ("version", "regex")),
        (lambda d: d["questions"][2].update(scale_type="stars"), ("questions[2].scale_type", "one of balance")),
        (lambda d: d["questions"][2].update(scale_min="x"), ("questions[2].scale_min", "Expected int, got str")),
        (lambda d: d["questions"][2].update(scale_min=9), ("questions[2]", "scale_min must be below scale_max")),
        (lambda d: d["questions"][2].update(optimal_value=2), ("questions[2]", "half-way")),
        (lambda d: d["questions"][5].update(optimal_value=2), ("questions[5]", "must be scale_max (10)")),
        (lambda d: d["questions"][5].update(scale_max=90), ("questions[5]", "21 values")),
        (lambda d: d["questions"][5].update(number=7), ("questions[5].number", "6, not 7")),
        (lambda d: d["questions"][0]["anchors"].pop("high"), ("questions[0].anchors.high", "must say")),
        (lambda d: d["questions"][0]["prompts"].pop("spread"), ("questions[0].prompts", "spread is missing")),
        (lambda d: d["questions"][0]["prompts"].update(low=["x"]), ("questions[0].prompts", "'low' is not known")),
        (lambda d: d["questions"][0].update(steps={9: "x"}), ("questions[0].steps.9", "-5 to 5")),
        (lambda d: d["questions"][0]["examples"].pop(), ("questions[0].examples", "length >= 2")),
        (lambda d: d["transitions"][0].update(before=12), ("transitions[0].before", "2 to 8")),
        (lambda d: d["transitions"].append(d["transitions"][0]), ("transitions", "only one screen")),
        (lambda d: d["time_plans"]["ten_parts"]["blocks"][0].update(share=9), ("time_plans.ten_parts", "not 99")),
        (lambda d: d["time_plans"]["by_share"]["blocks"].pop(1), ("time_plans.by_share", "every question")),
        (lambda d: d["time_plans"]["by_share"]["blocks"][1].update(questions=[0, 4]), ("blocks[1].questions",)),
        (lambda d: d["time_plans"]["by_share"]["blocks"][0].update(section="tea"), ("'tea' is not known here",)),
        (lambda d: d.update(time_plans={}), ("time_plans", "at least one")),
        (lambda d: d["prompts"].pop("general"), ("prompts", "general is missing")),
        (lambda d: d["help"].pop("reveal"), ("help", "reveal is missing")),
    ],
)
def test_a_mistake_is_told_with_its_place(change: Callable[[dict[str, Any]], object], said: tuple[str, ...]) -> None:
    told = broken(change)
    assert all(part in told for part in said), told


def test_several_mistakes_are_told_at_once() -> None:
    def change(data: dict[str, Any]) -> None:
        data["questions"][0]["scale_type"] = "stars"
        data["help"].pop("lobby")

    assert len(broken(change).splitlines()) == 2


@pytest.mark.parametrize("source", ["", "- a", "a: [", "x" * 200_001, "a: &a [*a]", "[" * 5000, "\0"])
def test_what_is_no_template_is_refused_kindly(source: str) -> None:
    with pytest.raises(TemplateError) as refused:
        parse_template(source)
    assert all(problem.place and problem.text for problem in refused.value.problems)


def test_a_file_is_called_like_its_template(tmp_path: Any) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(SOURCE)
    with pytest.raises(TemplateError, match="must be 'other'"):
        read_template(path)


@given(st.text(max_size=300))
def test_nothing_that_is_typed_breaks_the_reader(source: str) -> None:
    with pytest.raises(TemplateError):
        parse_template(source)


# --- scales


@pytest.mark.req("WS-29", "WS-35")
def test_lights_of_single_scores() -> None:
    balance, rising = SIX.question(1), SIX.question(5)
    lights = [balance.scale.light(value, balance.bounds) for value in range(-5, 6)]
    half = ["green", "green", "amber", "amber", "red", "red"]
    assert lights == half[:0:-1] + half
    lights = [rising.scale.light(value, rising.bounds) for value in range(11)]
    assert lights == ["red"] * 4 + ["amber"] * 3 + ["green"] * 4
    steps = HEALTH.question(1)
    assert [steps.scale.light(v, steps.bounds) for v in range(1, 6)] == ["red", "red", "amber", "green", "green"]


@pytest.mark.req("WS-36")
@pytest.mark.parametrize(
    ("number", "average", "light"),
    [
        (1, 1.5, "green"),
        (1, -1.5, "green"),
        (1, 1.6, "amber"),
        (1, -3.5, "amber"),
        (1, 3.6, "red"),
        (5, 6.5, "green"),
        (5, 6.4, "amber"),
        (5, 3.5, "amber"),
        (5, 3.4, "red"),
    ],
)
def test_lights_of_averages(number: int, average: float, light: str) -> None:
    question = SIX.question(number)
    assert question.scale.average_light(average, question.bounds) == light


@pytest.mark.req("WS-29", "WS-30")
@pytest.mark.parametrize("value", [6, -6, 0.0, 1.5, "1", True, None, [], float("nan")])
def test_only_whole_numbers_within_the_scale_are_scores(value: object) -> None:
    question = SIX.question(1)
    assert not question.scale.fits(value, question.bounds)
    assert question.scale.fits(0, question.bounds)


def test_no_scale_is_better_than_its_best() -> None:
    for strategy in SCALES.values():
        bounds = Bounds(-4, 4, 0) if not strategy.problem(Bounds(-4, 4, 0)) else Bounds(1, 5, 5)
        assert strategy.problem(bounds) == ""
        assert strategy.light(bounds.best, bounds) == "green"
        assert strategy.distance(bounds.best, bounds) == 0
        assert strategy.distance(bounds.low, bounds) == 1
        assert set(strategy.patterns) >= {"spread", "clustered", "general"}


@pytest.mark.req("WS-29")
def test_nothing_else_knows_the_scales_by_name() -> None:
    code = [path for path in (FOLDER.parent.parent / "core" / "workshop").rglob("*.py") if path.name != "scales.py"]
    found = [path.name for path in code for id in SCALES if f'"{id}"' in path.read_text()]
    assert found == []
