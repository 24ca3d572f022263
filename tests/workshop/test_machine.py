"""The state machine at random: whatever people do in whatever order, no wrong state, none that is stuck, no leak."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.events import workshop as e
from core.events.catalog import check
from tests.workshop.walker import Place, Walker


def walk(seed: int, steps: int, most: int = 20) -> Walker:
    walker = Walker(seed, most)
    for _ in range(steps):
        walker.step()
    walker.finish()
    assert walker.room.replay() == walker.room.state, "the facts alone make the same state"
    return walker


@pytest.mark.req("WS-14", "WS-17", "WS-18", "WS-20", "WS-21", "WS-22", "WS-25", "WS-32", "WS-33", "QA-6", "BG-67")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), most=st.sampled_from([1, 2, 5, 20]))
def test_no_walk_reaches_a_wrong_or_stuck_state(seed: int, most: int) -> None:
    walk(seed, 120, most)


@pytest.mark.req("WS-14", "WS-21", "WS-32", "QA-6")
def test_long_walks_go_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    places: set[Place] = set()
    kinds: set[type[e.WorkshopEvent]] = set()
    steps = 0
    for seed in range(14):
        walker = walk(seed, 400)
        made += walker.made
        refused += walker.refused
        places |= walker.places
        steps += walker.steps
        for event, _ in walker.room.log:
            kinds.add(type(event))
            check(event)
    stated = {cls for cls in e.StepEvent.__subclasses__() + e.WorkshopEvent.__subclasses__() if cls.type}
    apart = {e.WorkshopCreated, e.WorkshopErased}
    assert stated - kinds - apart == set(), "every fact of a workshop happens"
    assert len(places) >= 3 + 8 * 2 + 1
    assert {"InvalidState", "InvalidScore", "NotAllowed", "AlreadyExists", "SessionStarted"} <= refused.keys()
    assert steps > 2_000
