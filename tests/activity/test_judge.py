"""One event of the host's stream: taken as what it is, or refused with the reason, whatever it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activity.rules import AHEAD, BACKFILL, Judged, Rejected, judge, slug
from core.content import subjects
from core.events.catalog import ALIASES, CATALOG

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SUBJECTS = subjects().keys()
PROPERTIES: dict[str, dict[str, Any]] = {
    "practice_started": {},
    "practice_completed": {"score": 85, "seconds": 300},
    "quiz_completed": {"score": 70.5},
    "diagnostic_completed": {"score": 60, "rank": 3, "out_of": 20},
    "achievement_unlocked": {"name": "First steps", "achievement": "first-steps", "points": 10},
    "streak_milestone": {"days": 7},
    "high_score": {"score": 100},
    "level_up": {"level": 3},
    "challenge_won": {},
    "leaderboard_rank": {"rank": 10, "period": "week"},
    "note_recorded": {"text": "Did well."},
}


def item(type: Any = "practice_completed", **given: Any) -> dict[str, Any]:
    known = PROPERTIES.get(ALIASES.get(type, type), {})
    values = {"id": "e-1", "type": type, "external_id": "p-1", "at": NOW.isoformat(), "properties": known}
    return {name: value for name, value in (values | given).items() if value is not ...}


def accepted(given: dict[str, Any]) -> Judged:
    judged = judge(given, NOW, SUBJECTS)
    assert isinstance(judged, Judged), judged
    return judged


def rejected(given: Any) -> str:
    judged = judge(given, NOW, SUBJECTS)
    assert isinstance(judged, Rejected), judged
    assert judged.message
    return judged.reason


@pytest.mark.req("AF-1", "AF-2")
def test_every_type_that_hosts_may_send_is_taken() -> None:
    assert {name for name, cls in CATALOG.items() if cls.inbound} == PROPERTIES.keys()
    for name in PROPERTIES:
        judged = accepted(item(name))
        assert (judged.event.type, judged.id, judged.external_id, judged.at) == (name, "e-1", "p-1", NOW)
    feeds = {name for name, cls in CATALOG.items() if cls.activity}
    assert feeds == PROPERTIES.keys() - {"note_recorded"} | {"friend_joined", "co_practice_completed"}


@pytest.mark.req("AF-1", "AF-2")
@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_becomes_the_one_type_that_is_meant(alias: str) -> None:
    assert accepted(item(alias)).event.type == ALIASES[alias]
    assert ALIASES["achievement_earned"] == "achievement_unlocked"


@pytest.mark.parametrize(
    "type", ["friend_joined", "person_erased", "access_changed", "Practice_Completed", "", "x" * 65]
)
def test_other_types_are_not_taken(type: str) -> None:
    assert rejected(item(type)) in ("unknown_type", "validation_failed")


WRONG: dict[str, Any] = {
    "no item": None,
    "a number": 7,
    "a text": "practice_completed",
    "a list": [],
    "nothing in it": {},
    "no id": item(id=...),
    "an empty id": item(id=""),
    "a number as id": item(id=7),
    "an id too long": item(id="x" * 201),
    "an id that no database holds": item(id="a\0b"),
    "a person that no database holds": item(external_id="a\0b"),
    "half a character": item(external_id="\ud800"),
    "no person": item(external_id=...),
    "a person too long": item(external_id="x" * 201),
    "no type": item(type=...),
    "an unknown field": item(user_id="01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"),
    "a time in words": item(at="yesterday"),
    "a time without a zone": item(at="2026-03-02T11:00:00"),
    "a number as time": item(at=1_772_452_800),
    "a time before computers": item(at="0001-01-01T00:00:00+14:00"),
    "a subject in signs": item(subject="ma/th"),
    "an empty subject": item(subject=" "),
    "a subject too long": item(subject="x" * 65),
    "a skill in signs": item(skill="<b>"),
    "properties in a list": item(properties=[1]),
    "no properties": item(properties=None),
    "an unknown property": item(properties={"score": 1, "name": "Mia Berger"}),
    "a missing property": item(properties={}),
    "a score in words": item(properties={"score": "85"}),
    "a true score": item(properties={"score": True}),
    "a score below": item(properties={"score": -1}),
    "a score above": item(properties={"score": 100.1}),
    "a score that is no number": item(properties={"score": float("nan")}),
    "an endless score": item(properties={"score": float("inf")}),
    "seconds in parts": item(properties={"score": 1, "seconds": 1.5}),
    "endless seconds": item(properties={"score": 1, "seconds": 10**12}),
    "no days": item("streak_milestone", properties={"days": 0}),
    "eleventh of ten": item("leaderboard_rank", properties={"rank": 11}),
    "a badge without a name": item("achievement_unlocked", properties={"name": ""}),
    "a badge with a long name": item("achievement_unlocked", properties={"name": "x" * 81}),
    "a badge that no database holds": item("achievement_unlocked", properties={"name": "a\0b"}),
    "a badge with half a character": item("achievement_unlocked", properties={"name": "\udfff"}),
    "a badge whose id is none": item("achievement_unlocked", properties={"name": "x", "achievement": "Not A Slug"}),
    "a nested property": item(properties={"score": {"value": 1}}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_and_never_a_crash(name: str) -> None:
    assert rejected(WRONG[name]) == "validation_failed"


@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "external_id", "at", "subject", "skill", "properties", "more"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
            max_leaves=8,
        ),
    )
)
@settings(deadline=None, max_examples=300)
def test_no_item_is_a_crash(given_item: dict[str, Any]) -> None:
    assert isinstance(judge(item() | given_item, NOW, SUBJECTS), Judged | Rejected)
    assert isinstance(judge(given_item, NOW, SUBJECTS), Judged | Rejected)


@pytest.mark.req("SB-8")
def test_subjects_are_those_of_the_catalogue_whatever_their_case() -> None:
    assert {"math", "reading", "science"} <= SUBJECTS
    for given_subject in ("math", "MATH", " Math "):
        assert accepted(item(subject=given_subject)).subject == "math"
    assert accepted(item(subject=None)).subject is None
    assert rejected(item(subject="alchemy")) == "unknown_subject"
    # A skill is the host's own; only its form is the house's.
    assert accepted(item(subject="math", skill="Long  Division")).skill == "long-division"


@given(st.text(max_size=70))
def test_the_canonical_id_of_a_subject_stays_what_it_is(text: str) -> None:
    try:
        made = slug(text)
    except ValueError:
        return
    assert made is not None
    assert slug(made) == made == made.lower()
    assert made.isascii()
    assert not any(c.isspace() for c in made)


def test_when_is_now_unless_it_is_told() -> None:
    assert accepted(item(at=...)).at == NOW
    assert accepted(item(at=None)).at == NOW
    east = (NOW - timedelta(hours=1)).astimezone(timezone(timedelta(hours=14)))
    assert accepted(item(at=east.isoformat())).at == NOW - timedelta(hours=1)


def test_five_minutes_ahead_is_a_clock_and_more_is_refused() -> None:
    assert accepted(item(at=NOW + AHEAD)).backfill is False
    assert rejected(item(at=NOW + AHEAD + timedelta(microseconds=1))) == "in_future"
    assert rejected(item(at="9999-12-31T23:59:59Z")) == "in_future"


def test_what_is_older_than_a_day_is_backfill() -> None:
    assert accepted(item(at=NOW - BACKFILL)).backfill is False
    assert accepted(item(at=NOW - BACKFILL - timedelta(microseconds=1))).backfill is True


def test_a_refusal_names_the_item_it_refuses() -> None:
    def named(given_item: Any) -> str:
        judged = judge(given_item, NOW, SUBJECTS)
        assert isinstance(judged, Rejected)
        return judged.id

    assert named(item("nothing-such", id="e-7")) == "e-7"
    assert named(item(id="x" * 300)) == "x" * 200
    assert named(item(id="a\0")) == named(item(id=7)) == named(None) == ""
