"""The orchestrator's rules: order of the checks, cooldown, a day's cap by people's own midnight, one answer for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from core.growth.rules import A_DAY, COOLDOWN, LOOPS, NEWS, REASONS, Known, Shown, decide

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GOOD = Known(
    event="practice_completed", at=NOW, now=NOW, zone="UTC", safety="ok", score=85, subject="math", skill="algebra"
)
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Europe/Zurich")
loops = st.sampled_from(["buddy_challenge", "another", "a_third"])
shown = st.lists(
    st.builds(Shown, loops, st.integers(0, 40 * 3600).map(lambda s: NOW - timedelta(seconds=s))), max_size=6
)
known = st.builds(
    Known,
    event=st.sampled_from(["practice_completed", "streak_at_risk"]),
    at=st.integers(0, 3600).map(lambda s: NOW - timedelta(seconds=s)),
    now=st.just(NOW),
    zone=st.sampled_from(ZONES),
    safety=st.sampled_from(["ok", "ok", "ok", "coppa_no_consent", "listed_user"]),
    wishes=st.sampled_from(["ok", "ok", "ok", "parent_limit", "not_wanted"]),
    on=st.sampled_from([True, True, False]),
    score=st.one_of(st.none(), st.floats(0, 100), st.integers(75, 85)),
    subject=st.sampled_from(["math", "math", None]),
    skill=st.just("algebra"),
    shown=shown,
)


@settings(max_examples=50, deadline=None)
@given(known)
def test_a_decision_is_explained_and_never_breaks_a_limit(facts: Known) -> None:
    decision = decide(facts)
    assert decision == decide(replace(facts, shown=list(reversed(facts.shown)))), "the order of the past means nothing"
    assert (decision.action == "suggest") == (decision.loop is not None) == (decision.reason == "ok")
    if facts.safety != "ok":
        assert decision.reason == facts.safety, "safety is asked first"
        return
    assert decision.reason in REASONS
    zone = ZoneInfo(facts.zone)
    today = [one for one in facts.shown if one.at.astimezone(zone).date() == NOW.astimezone(zone).date()]
    last = max((one.at for one in facts.shown if one.loop == "buddy_challenge"), default=None)
    may = facts.wishes == "ok" and facts.on and facts.event == "practice_completed" and facts.subject is not None
    may = may and facts.score is not None and facts.score >= 80 and NOW - facts.at <= NEWS
    may = may and len(today) < A_DAY and (last is None or NOW - last >= COOLDOWN)
    assert (decision.action == "suggest") == may


@settings(max_examples=50, deadline=None)
@given(known)
def test_a_decision_is_made_again_from_what_was_kept(facts: Known) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(facts)))
    assert decide(msgspec.convert(kept, Known)) == decide(facts)


def test_the_first_no_is_the_answer() -> None:
    wrong: dict[str, Any] = {
        "subject": None,
        "score": 10,
        "shown": [Shown("buddy_challenge", NOW)] * 3,
        "at": NOW - 2 * NEWS,
    }
    facts = replace(GOOD, safety="listed_user", wishes="parent_limit", on=False, **wrong)
    order = []
    fine: list[tuple[str, Any]] = [
        ("safety", "ok"),
        ("wishes", "ok"),
        ("on", True),
        ("at", NOW),
        ("subject", "math"),
        ("score", 80),
    ]
    for name, value in [*fine, ("shown", [Shown(f"loop-{n}", NOW) for n in range(3)]), ("shown", [])]:
        order.append(decide(facts).reason)
        given: dict[str, Any] = {name: value}
        facts = replace(facts, **given)
    assert order == [
        "listed_user", "parent_limit", "switched_off", "too_late", "unknown_skill", "score_too_low", "cooldown",
        "fatigue",
    ]  # fmt: skip
    assert decide(facts).loop == LOOPS[0].name


def test_a_day_ends_with_its_persons_own_midnight() -> None:
    evening = [Shown(f"loop-{n}", NOW - timedelta(hours=13)) for n in range(A_DAY)]
    assert decide(replace(GOOD, shown=evening)).action == "suggest"
    # Where it was half past four in the morning then, it is still the same day.
    assert decide(replace(GOOD, shown=evening, zone="Asia/Kathmandu")).reason == "fatigue"
