"""What may leave a team and what may not: the report as a value, and as every kind of file."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import combinations_with_replacement
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.workshop.export import words
from core.workshop.export.exporting import REPORTS
from core.workshop.report import FEWEST, Kind, Report, report_of, without_names
from core.workshop.rules import moves as m
from core.workshop.rules.state import Result, Workshop
from core.workshop.scoring import summarise
from tests.workshop.exports_kit import NAMES, SCORES, played
from tests.workshop.kit import HEALTH, NOON, SIX, Room

LETTERS = st.text("bcdfghjkqvwxz", min_size=6, max_size=12)
"""Words that stand in no text of ours."""
KINDS: tuple[Kind, ...] = ("full", "team")


def text_of(report: Report, format: Any) -> str:
    data = REPORTS[format](report)
    if format != "pdf":
        return data.decode("utf-8-sig")
    reader = PdfReader(io.BytesIO(data))
    told = "".join(page.extract_text() for page in reader.pages)
    return told.replace("\n", "") + str(reader.metadata) + str([entry.title for entry in flat(reader.outline)])


def flat(outline: Any) -> list[Any]:
    return [found for entry in outline for found in (flat(entry) if isinstance(entry, list) else [entry])]


def team_files(workshop: Workshop) -> dict[str, bytes]:
    report = report_of(workshop, "team", NOON)
    return {format: write(report) for format, write in REPORTS.items()}


@pytest.mark.req("WS-41", "WS-55")
@settings(max_examples=15, deadline=None)
@given(data=st.data(), disclosure=st.sampled_from(["named", "anonymous", "turns"]), crowd=st.integers(2, 9))
def test_no_name_and_no_note_is_in_a_team_export(data: st.DataObject, disclosure: str, crowd: int) -> None:
    some = data.draw(st.lists(LETTERS, min_size=crowd + 5, max_size=crowd + 5, unique=True))
    names, (first, second, owner, due, general) = some[:crowd], some[crowd:]
    scores = {q.number: data.draw(st.lists(st.integers(q.scale_min, q.scale_max), min_size=crowd, max_size=crowd))
              for q in SIX.questions}  # fmt: skip
    notes = ((1, 0, first), (5, crowd - 1, f"{second} {names[1]}"))
    actions = (
        (f"{names[0]} asks {owner} about {due}", owner, date(2026, 5, 1), 2),
        ("Look again", names[1], None, None),
    )
    workshop = played(names, scores, notes, actions, disclosure=disclosure)
    report = report_of(workshop, "team", NOON)
    for format in REPORTS:
        told = text_of(report, format)
        for secret in (*names, first, second, owner, general, workshop.code, str(workshop.id)):
            assert secret not in told, (format, secret)
        assert due in told
        assert "Look again" in told


@pytest.mark.req("WS-41", "WS-55")
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_team_export_is_the_same_whoever_gave_which_score(data: st.DataObject) -> None:
    workshop = played()
    mixed = []
    for result in workshop.results:
        values = data.draw(st.permutations([value for _, value in result.votes]))
        mixed.append(Result(result.question, tuple((who, v) for (who, _), v in zip(result.votes, values, strict=True))))
    people = tuple(replace(person, name=f"Other {n}") for n, person in enumerate(workshop.people))
    notes = tuple(replace(note, content="Something else") for note in workshop.notes)
    other = replace(workshop, results=tuple(mixed), people=people, notes=notes[:1])
    assert team_files(other) == team_files(workshop)


def alike(crowd: int, number: int) -> list[tuple[int, ...]]:
    """Sets of scores that differ and yet say the same."""
    question = SIX.question(number)
    found = defaultdict(list)
    for values in combinations_with_replacement(range(question.scale_min, question.scale_max + 1), crowd):
        said = summarise(question, values)
        blind = replace(said, figures=replace(said.figures, lowest=None, highest=None), lights={})
        found[str(blind)].append(values)
    return max(found.values(), key=len)


@pytest.mark.req("WS-41", "WS-55")
@pytest.mark.parametrize("number", [1, 8])
def test_no_single_score_shows_in_a_team_export(number: int) -> None:
    twins = alike(5, number)
    assert len(twins) > 3
    crowd = ("Lena", "Tom", "Mia", "Ada", "Ben")
    files = [team_files(played(crowd, {number: values}, ())) for values in twins]
    assert all(found == files[0] for found in files)


@pytest.mark.req("WS-41", "WS-55")
def test_too_few_scores_are_no_figures() -> None:
    workshop = played(("Lena", "Tom"), {1: (-3, 4), 2: (5, 5)}, (), ())
    report = report_of(workshop, "team", NOON)
    first, second = report.questions[:2]
    assert first.count < FEWEST
    assert (first.average, first.spread, first.team_value, first.withheld, first.light) == (
        None,
        None,
        None,
        True,
        "red",
    )
    assert report.widest is None
    alone = replace(workshop, results=tuple(Result(r.question, r.votes[:1]) for r in workshop.results))
    report = report_of(alone, "team", NOON)
    assert {line.light for line in report.questions} == {None}
    assert (report.strengths, report.concerns) == ((), ())
    assert second.withheld
    assert report_of(workshop, "full", NOON).question(1).average == 0.5


@pytest.mark.req("WS-55")
def test_the_full_export_tells_everything() -> None:
    report = report_of(played(), "full", NOON)
    for format in REPORTS:
        told = text_of(report, format)
        for wanted in (*NAMES, "ABCDEF" if format == "json" else "", "At night I decide", "2026", "Agree per role"):
            assert wanted in told, (format, wanted)
    line = report.question(1)
    assert next((score.value, score.name) for score in line.scores or ()) == (-4, "Lena")
    assert (line.lowest, line.highest, line.split, line.light) == (-4, 5, True, "red")
    assert [note.author for note in line.notes or ()] == ["Lena", "Ben"]
    assert (report.strengths, report.concerns, report.widest) == ((4, 5, 6), (3, 1), 1)


@pytest.mark.req("WS-52")
def test_the_picture_says_what_the_summary_says() -> None:
    told = PdfReader(io.BytesIO(REPORTS["pdf"](report_of(played(), "full", NOON)))).pages[0].extract_text()
    for question in SIX.questions:
        assert question.short_title in told
    for wanted in ("What carries us", "What needs care", "Where we differ most", "+0.3", "−4.0", "8.6", "spread 3.8",
                   "2 notes", "Needs care", "Worth a talk", "Going well", "Split", "Balance, 0 is best"):  # fmt: skip
        assert wanted in told, wanted


@pytest.mark.req("WS-55")
def test_in_an_anonymous_workshop_no_name_stands_beside_a_score_until_the_team_shows_them() -> None:
    workshop = played(disclosure="anonymous")
    named = {score.name for line in report_of(workshop, "full", NOON).questions for score in line.scores or ()}
    assert named == {None}
    room = Room(SIX, skip_intro=True, disclosure="anonymous")
    lena, tom = room.join("Lena"), room.join("Tom")
    room.to_question(lena, tom)
    room.score(lena, 2)
    room.score(tom, -1)
    before = report_of(room.state, "full", NOON)
    assert [score.name for score in before.question(1).scores or ()] == [None, None]
    room.do(lena, m.ShowNames, question=1)
    after = report_of(room.state, "full", NOON)
    assert [(s.value, s.name) for s in after.question(1).scores or ()] == [(-1, "Tom"), (2, "Lena")]


@pytest.mark.req("WS-41", "WS-55")
def test_scores_that_are_not_revealed_are_in_no_export() -> None:
    room = Room(SIX, skip_intro=True)
    people = room.people(3)
    room.to_question(*people, number=2)
    before = {kind: report_of(room.state, kind, NOON) for kind in KINDS}
    room.score(people[0], 5)
    room.score(people[1], -4)
    for kind, report in before.items():
        now = report_of(room.state, kind, NOON)
        assert [write(now) for write in REPORTS.values()] == [write(report) for write in REPORTS.values()]
        assert words.light(now.question(2)) == "Not scored"
        assert "not finished yet" in words.heading(now)


@pytest.mark.req("WS-55")
def test_a_workshop_that_has_only_begun_or_was_given_up_exports_too() -> None:
    room = Room(HEALTH)
    lena, _ = room.people(2)
    for end in (False, True):
        if end:
            room.do(lena, m.End)
        for kind in KINDS:
            report = report_of(room.state, kind, NOON)
            assert all(write(report) for write in REPORTS.values())
    assert "given up" in words.heading(report)


@pytest.mark.req("WS-55")
def test_json_has_the_schema_that_is_described() -> None:
    for kind in KINDS:
        report = report_of(played(template=HEALTH, scores={}), kind, NOON)
        assert msgspec.json.decode(REPORTS["json"](report), type=Report) == report
    assert {"people", "code", "notes"} <= {
        name for name, value in msgspec.structs.asdict(report).items() if value is None
    }


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("Tom asks Mia Łoś", {"Tom", "Mia Łoś"}, "… asks …"),
        ("Tomorrow, customs, Tom's", {"Tom"}, "Tomorrow, customs, …'s"),
        ("we will do what Will said", {"Will"}, "we will do what … said"),
        ("a (b) c.*", {"(b)", ".*"}, "a … c.*"),
        ("Mia Łoś and Mia", {"Mia", "Mia Łoś"}, "… and …"),
        ("nobody", set(), "nobody"),
    ],
)
def test_names_go_where_they_stand_as_words(text: str, names: set[str], left: str) -> None:
    assert without_names(text, names) == left


def test_erased_people_leave_their_scores() -> None:
    workshop = played()
    erased = replace(workshop, people=tuple(replace(person, name=None) for person in workshop.people))
    report = report_of(erased, "full", NOON)
    assert [score.value for score in report.question(2).scores or ()] == sorted(SCORES[2])
    assert "somebody" in text_of(report, "md")
    assert "somebody" in text_of(report, "pdf")
