"""What scores say: figures against plain arithmetic, splits that an average would hide, prompts, highlights, trends."""

from __future__ import annotations

import json
import statistics
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workshop.rules import moves as m
from core.workshop.scoring import Summary, figures, highlights, prompts, result_object, summarise
from core.workshop.template import Question
from core.workshop.trends import Point, trends
from tests.workshop.kit import NOON, SIX, Room

BALANCE, RISING = SIX.question(1), SIX.question(5)


@pytest.mark.req("WS-34")
@given(st.lists(st.integers(-5, 10), min_size=1, max_size=20))
def test_figures_are_those_of_a_plain_book(values: list[int]) -> None:
    found = figures(values)
    mean = Decimal(sum(values)) / len(values)
    shown = mean.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    assert found.average == pytest.approx(float(shown))
    assert found.spread == pytest.approx(statistics.pstdev(values), abs=0.0501)
    assert (found.lowest, found.highest, found.count) == (min(values), max(values), len(values))


@pytest.mark.req("WS-34")
def test_halves_go_away_from_zero() -> None:
    assert [figures(v).average for v in ([0, 0, 0, 1], [0, 0, 0, -1], [1, 2])] == [0.3, -0.3, 1.5]
    assert figures([]).average is None
    assert figures([-5, 5]).spread == 5.0


@pytest.mark.req("WS-37", "BG-78")
def test_opposites_do_not_look_healthy() -> None:
    found = summarise(BALANCE, [5, -5, 5, -5])
    assert (found.figures.average, found.average_light) == (0.0, "green")
    assert (found.split, found.team_value, found.light, found.pattern) == (True, 0.0, "red", "spread")
    calm = summarise(BALANCE, [0, 1, -1, 0])
    assert (calm.split, calm.team_value, calm.light, calm.pattern) == (False, 10.0, "green", "clustered")


@pytest.mark.req("WS-37", "WS-40")
@pytest.mark.parametrize(
    ("question", "values", "pattern"),
    [
        (BALANCE, [-3, -3, -2], "leaning_low"),
        (BALANCE, [4, 4, 3], "leaning_high"),
        (BALANCE, [-3, 3, 0, 0, 0, 0, 0, 0, 0], "spread"),
        (RISING, [1, 2, 2], "low"),
        (RISING, [5, 5, 6], "clustered"),
        (RISING, [9, 10, 9], "high"),
        (RISING, [9, 3, 8, 8, 8, 8, 8, 8, 8], "spread"),
        (RISING, [], "general"),
    ],
)
def test_patterns(question: Question, values: list[int], pattern: str) -> None:
    found = summarise(question, values)
    assert found.pattern == pattern
    asked = prompts(SIX, found)
    assert len(asked) == 3
    assert asked[0] in question.prompts[pattern]


@pytest.mark.req("WS-37")
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=20))
def test_a_question_is_never_green_on_both_ends(values: list[int]) -> None:
    found = summarise(BALANCE, values)
    assert found.team_value is not None
    assert 0 <= found.team_value <= 10
    if min(values) <= -4 and max(values) >= 4 and len(values) == 2:
        assert found.light == "red"
    assert sum(found.lights.values()) == len(values)


@pytest.mark.req("WS-38", "WS-32")
def test_the_result_of_a_question() -> None:
    room = Room(skip_intro=True)
    ids = room.people(3)
    room.to_question(*ids)
    room.score(ids[0], 5)
    hidden = result_object(room.state, 1)
    assert (hidden["scores"], hidden["average"], hidden["revealed"]) == ([], None, False)
    room.score(ids[1], -5)
    room.score(ids[2], 0)
    shown = result_object(room.state, 1)
    assert [(s["value"], s["color"]) for s in shown["scores"]] == [(-5, "red"), (0, "green"), (5, "red")]
    assert {s["name"] for s in shown["scores"]} == {p.name for p in room.state.people}
    assert (shown["average"], shown["spread"], shown["average_color"]) == (0.0, 4.1, "green")
    assert (shown["split"], shown["light"], shown["revealed"]) == (True, "red", True)
    json.dumps(shown)
    room.do(ids[0], m.Leave)
    assert result_object(room.state, 1) == shown


def summaries(*values: list[int]) -> list[Summary]:
    return [summarise(question, given) for question, given in zip(SIX.questions, values, strict=False)]


@pytest.mark.req("WS-52")
def test_highlights() -> None:
    found = highlights(
        SIX,
        summaries([0, 0], [-5, 5], [4, 5], [1, 0], [9, 10], [1, 2], [5, 6], [10, 10]),
    )
    assert found.strengths == (1, 8, 5)
    assert found.concerns == (2, 3, 6) or set(found.concerns) == {2, 3, 6}
    assert found.widest == 2
    assert highlights(SIX, []).widest is None
    assert highlights(SIX, summaries([0, 0])).concerns == ()


def point(days: int, question: int, average: float | None, spread: float = 1.0) -> Point:
    return Point(NOON + timedelta(days=days), question, average, spread, 6)


@pytest.mark.req("WS-56")
@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ((-3.0, 1.0), (-1.0, 1.0), "better"),
        ((3.0, 1.0), (-1.0, 1.0), "better"),
        ((1.0, 1.0), (3.0, 1.0), "worse"),
        ((-3.0, 1.0), (0.0, 1.5), "wider"),
        ((0.1, 1.0), (-0.1, 1.2), "same"),
    ],
)
def test_better_is_nearer_and_not_wider(before: tuple[float, float], now: tuple[float, float], verdict: str) -> None:
    first, *_ = trends(SIX, [point(90, 1, *now), point(0, 1, *before), point(30, 2, None)])
    assert [p.average for p in first.points] == [before[0], now[0]]
    assert first.verdict == verdict


@pytest.mark.req("WS-56")
def test_one_workshop_is_no_trend() -> None:
    assert {t.verdict for t in trends(SIX, [point(0, 1, 1.0)])} == {"first"}
