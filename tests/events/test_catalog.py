"""The catalogue: every shape that a fact ever had stays readable, and nothing gets in that could not be read back."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import catalog
from core.events.catalog import (
    ALIASES,
    CATALOG,
    UPCASTERS,
    ConsentGiven,
    Event,
    HighScore,
    NoteRecorded,
    PersonUpdated,
    PracticeCompleted,
    canonical,
    check,
    from_properties,
    parse,
    to_properties,
)
from tests.events.samples import event_of, optional_fields, personal_fields, properties_of

FIXTURES = Path(__file__).parent / "fixtures"
KEPT = {path.name: json.loads(path.read_text()) for path in sorted(FIXTURES.glob("*.json"))}
SHAPES = [(name, version) for name, cls in CATALOG.items() for version in range(1, cls.version + 1)]
EVENTS = sorted(CATALOG)


@pytest.mark.parametrize(("name", "version"), SHAPES)
def test_every_type_and_version_has_a_kept_example(name: str, version: int) -> None:
    file = f"{name}.v{version}.json"
    assert file in KEPT, f"write tests/events/fixtures/{file}: one row of this shape, as it stands in the log for ever"
    assert (KEPT[file]["type"], KEPT[file]["version"]) == (name, version)


@pytest.mark.parametrize("file", KEPT)
def test_a_kept_example_still_says_the_same(file: str) -> None:
    kept = KEPT[file]
    cls = CATALOG.get(kept["type"])
    assert cls is not None, "logs hold this type: it must stay readable"
    assert kept["version"] <= cls.version, "versions only rise"
    event = from_properties(kept["type"], kept["version"], kept["properties"], kept["personal"])
    # Fields that were renamed, dropped or made stricter show here: nothing of what was written may be lost.
    assert json.loads(json.dumps(to_properties(event))) == [kept["reads_as"], kept["personal"]]


@pytest.mark.parametrize("file", KEPT)
def test_an_example_uses_every_field_and_needs_only_the_required_ones(file: str) -> None:
    kept = KEPT[file]
    cls = CATALOG[kept["type"]]
    if kept["version"] == cls.version:
        given = kept["properties"].keys() | (kept["personal"] or {}).keys()
        assert given == {f.name for f in dataclasses.fields(cls)}, "an example leaves no field out"
    least = {name: value for name, value in kept["properties"].items() if name not in optional_fields(cls)}
    assert isinstance(from_properties(kept["type"], kept["version"], least, None), cls)


@pytest.mark.parametrize("name", EVENTS)
def test_erasure_leaves_every_event_readable(name: str) -> None:
    cls = CATALOG[name]
    event = event_of(cls, random.Random(1))
    public, _ = to_properties(event)
    erased = from_properties(name, cls.version, public, None)
    assert all(getattr(erased, field) is None for field in personal_fields(cls))
    assert not personal_fields(cls) & public.keys()


@given(st.sampled_from(EVENTS), st.randoms(use_true_random=False))
def test_what_is_written_is_what_is_read(name: str, chance: random.Random) -> None:
    cls = CATALOG[name]
    event = from_properties(name, cls.version, properties_of(cls, chance), None)
    check(event)
    public, private = to_properties(event)
    stored = json.loads(json.dumps([public, private]))
    assert from_properties(name, cls.version, *stored) == event


def test_free_text_is_kept_apart() -> None:
    assert to_properties(NoteRecorded(text="tired today")) == ({}, {"text": "tired today"})
    assert from_properties("note_recorded", 1, {}, None) == NoteRecorded(text=None)


@pytest.mark.parametrize(
    "event",
    [
        HighScore(score=101),
        HighScore(score=-1),
        HighScore(score="9"),  # type: ignore[arg-type]
        PracticeCompleted(score=1, seconds=-5),
        ConsentGiven(scope="social_visibility", method="Signed form"),
        NoteRecorded(text=""),
        PersonUpdated(cohort_from="blue"),  # type: ignore[arg-type]
    ],
)
def test_a_fact_that_could_not_be_read_back_is_refused(event: Event) -> None:
    with pytest.raises(msgspec.ValidationError):
        check(event)


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("quiz_completed", {}),
        ("quiz_completed", {"score": 100.5}),
        ("quiz_completed", {"score": True}),
        ("quiz_completed", {"score": None}),
        ("quiz_completed", {"score": "80"}),
        ("quiz_completed", {"score": 80, "grade": "A"}),
        ("leaderboard_rank", {"rank": 11}),
        ("achievement_unlocked", {"name": ""}),
        ("achievement_unlocked", {"name": "x" * 81}),
        ("achievement_unlocked", {"name": "Star", "achievement": "A Star"}),
        ("streak_milestone", {"days": 7.5}),
        ("note_recorded", {"text": ""}),
    ],
)
def test_a_stranger_s_event_is_checked_field_by_field(name: str, properties: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        parse(name, properties)


def test_an_unknown_property_is_named_but_never_at_length() -> None:
    with pytest.raises(msgspec.ValidationError, match="grade"):
        parse("quiz_completed", {"score": 80, "grade": "A"})
    with pytest.raises(msgspec.ValidationError) as refused:
        parse("quiz_completed", {"score": 80, "x" * 10_000: 1})
    assert len(str(refused.value)) < 120


def test_other_names_lead_to_one_type() -> None:
    assert {canonical(name) for name in ALIASES} <= CATALOG.keys()
    assert not ALIASES.keys() & CATALOG.keys()
    assert canonical("rank.changed") == "leaderboard_rank"
    assert canonical("quiz_completed") == "quiz_completed"


def test_names_are_unique_and_older_versions_have_a_way_up() -> None:
    with pytest.raises(ValueError, match="two events"):
        catalog.event("high_score")(dataclasses.make_dataclass("Again", [], bases=(Event,), frozen=True))
    missing = [(n, v) for n, cls in CATALOG.items() for v in range(1, cls.version) if (n, v) not in UPCASTERS]
    assert missing == []
    assert all(cls.__doc__ for cls in CATALOG.values()), "every event says in a line which fact it states"


def test_an_older_version_is_brought_up_step_by_step() -> None:
    name = f"moved_{uuid4().hex}"

    @catalog.event(name, version=3)
    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Moved(Event):
        """Somebody went from one place to another."""

        to: str
        far: bool

    catalog.UPCASTERS[name, 1] = lambda values: {"to": values["where"]}
    catalog.UPCASTERS[name, 2] = lambda values: {**values, "far": False}
    try:
        assert from_properties(name, 1, {"where": "blue"}, None) == Moved(to="blue", far=False)
        assert from_properties(name, 2, {"to": "red"}, None) == Moved(to="red", far=False)
        assert from_properties(name, 3, {"to": "red", "far": True}, None) == Moved(to="red", far=True)
    finally:
        del CATALOG[name], UPCASTERS[name, 1], UPCASTERS[name, 2]
