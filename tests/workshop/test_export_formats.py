"""Files that stay what they are: no text is run as a formula or as markup, and every sign comes out."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader

from core.workshop.comparison import Comparison, comparison_of
from core.workshop.export import as_csv, as_markdown, exporting, pdf_report, pdf_trends, words
from core.workshop.export.paper import BOX, COLOURS, LACKING
from core.workshop.report import report_of
from core.workshop.rules.state import Note, Workshop
from core.workshop.scoring import summary_of
from core.workshop.teams import Carried
from core.workshop.trends import Point
from dashboards import theme
from tests.workshop.exports_kit import NAMES, SCORES, played
from tests.workshop.kit import HEALTH, NOON, SIX

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200b=1",
    "\ufeff@x",
    "＝1",
    '=HYPERLINK("x")',
)
HOSTILE = (
    "<script>alert(1)</script>", "🦊👩‍👩‍👧", "\u202egnp.exe", "مرحبا", "日本語", "e\u0301" * 40, "\x00\x07\x1b[31m",
    "a" * 3000, "\n\n\n", " ", "(\\)", "%PDF-1.4 endobj", "\ud7ff", "line\r\nbreak\u2028more",
)  # fmt: skip


def noted(*texts: str) -> Workshop:
    workshop = played(notes=())
    author = workshop.people[0].id
    notes = tuple(Note(id=UUID(int=n), author=author, question=1, content=text) for n, text in enumerate(texts))
    return replace(workshop, notes=notes)


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.req("WS-55")
@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_a_spreadsheet(text: str) -> None:
    data = as_csv.write_report(report_of(noted(text), "full", NOON))
    assert any(f"'{text}" in row for row in cells(data))
    assert not any(cell == text for row in cells(data) for cell in row if row[0] == "note")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_a_cell_never_begins_a_formula_and_keeps_its_text(text: str) -> None:
    written = as_csv.cell(text)
    assert written.removeprefix("'") == text.removeprefix("'")
    assert not written.lstrip(" \u00a0\u200b\ufeff").startswith(as_csv.FORMULA)


@pytest.mark.req("WS-55")
def test_csv_is_one_table_that_spreadsheets_read() -> None:
    data = as_csv.write_report(report_of(played(), "full", NOON))
    assert data.startswith(b"\xef\xbb\xbfrow,question,")
    assert data.count(b"\r\n") == len(cells(data)) > 70
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    scores = [int(row["value"]) for row in rows if row["row"] == "score" and row["question"] == "1"]
    assert scores == sorted(SCORES[1])
    averages = [float(row["average"]) for row in rows if row["row"] == "question"]
    assert averages == [0.3, -2.0, -4.0, 0.5, 8.6, 8.1, 4.9, 5.0]
    assert {row["row"] for row in rows} == {"workshop", "person", "highlight", "question", "score", "note", "action"}
    assert len({len(row) for row in cells(data)}) == 1


MARKUP = st.text(
    st.sampled_from("ab1 \n*_`~[]()<>#|\\&!$-+=.:/\"'0{}") | st.characters(categories=("L", "N", "P")), max_size=60
)


@pytest.mark.req("WS-55")
@settings(max_examples=300, deadline=None)
@given(MARKUP)
def test_what_people_wrote_stays_text_in_markdown(text: str) -> None:
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(as_markdown.safe(text))
    assert set(re.findall(r"</?(\w+)", shown)) <= {"p"}
    assert html.unescape(re.sub(r"</?p>", " ", shown)).split() == text.split()


@pytest.mark.req("WS-55")
def test_markdown_is_a_report_with_a_table_and_quotes() -> None:
    told = as_markdown.write(report_of(noted("# no heading\n1. no list\n<b>"), "full", NOON)).decode()
    shown = MarkdownIt("commonmark").enable("table").render(told)
    assert shown.count("<h1>") == 1
    assert shown.count("<h3>") == len(SIX.questions)
    assert shown.count("<table>") == 1 + len(SIX.questions)
    assert "<blockquote>\n<p># no heading<br />\n1. no list<br />\n&lt;b&gt;</p>" in shown


@pytest.mark.req("WS-55")
def test_pdf_has_a_title_a_language_and_bookmarks() -> None:
    data = pdf_report.write(report_of(played(), "full", NOON))
    reader = PdfReader(io.BytesIO(data), strict=True)
    assert reader.metadata is not None
    assert reader.metadata.title == SIX.name
    assert reader.metadata.creation_date == NOON.replace(microsecond=0)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    titles = [entry.title for entry in words_of(reader.outline)]
    assert titles[:3] == ["What we see together", "Our questions in detail", "1 · Elbow room"]
    assert titles[-1] == "What we do next"
    assert data == pdf_report.write(report_of(played(), "full", NOON))


def words_of(outline: Any) -> list[Any]:
    return [found for entry in outline for found in (words_of(entry) if isinstance(entry, list) else [entry])]


@pytest.mark.req("WS-55")
def test_every_european_name_comes_out_of_a_pdf() -> None:
    names = ("Łukasz Żółć", "Şebnem Ağaoğlu", "Ćiro Đurić", "Þórdís Ólafsdóttir", "Ștefan Țurcanu", "Νίκη Παπά",
             "Любов Їжак", "Ķirsis Ģībietis", "Zoë O’Neil", "Weiß Größe")  # fmt: skip
    report = report_of(played(names, notes=((1, 0, "a → b, −1 “quoted” – 5 €"),)), "full", NOON)
    told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_report.write(report))).pages)
    for name in (*names, "a → b, −1 “quoted” – 5 €"):
        assert name in told, name
    assert BOX not in told


@pytest.mark.req("WS-55")
def test_signs_that_the_typeface_lacks_are_boxes_and_the_last_page_says_so() -> None:
    report = report_of(noted("Good 🦊 day"), "full", NOON)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf_report.write(report))).pages]
    assert f"Good {BOX} day" in "".join(pages)
    assert LACKING in pages[-1]
    assert "🦊" in as_markdown.write(report).decode()


@pytest.mark.req("WS-55")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_an_export(text: str) -> None:
    workshop = noted(text)
    odd = replace(workshop, people=tuple(replace(person, name=text) for person in workshop.people))
    report = report_of(odd, "full", NOON)
    for write in exporting.REPORTS.values():
        assert write(report)
    PdfReader(io.BytesIO(pdf_report.write(report)), strict=True).pages[1].extract_text()


@pytest.mark.req("WS-55", "WS-56")
async def test_a_large_workshop_is_written_beside_the_loop() -> None:
    names = [f"{name} {n}" for n in range(3) for name in NAMES][:20]
    scores = {question: [*values, *values, *values][:20] for question, values in SCORES.items()}
    lines = "What we said about this, and it took us a while to find the words for it. " * 27
    large = played(names, scores, [(1 + n % 8, n % 20, lines[:2000]) for n in range(200)], max_participants=20)
    assert len(large.notes) == 200
    report = report_of(large, "full", NOON)
    for format in exporting.REPORTS:
        making = asyncio.ensure_future(exporting.report_file(report, format))
        turns = 0
        async with asyncio.timeout(20):
            while not making.done():
                turns += 1
                await asyncio.sleep(0)
        assert len(making.result().data) > 100_000
        if format == "pdf":
            assert turns > 50


def compared(*workshops: Workshop) -> Comparison:
    points: list[Point] = []
    for age, workshop in enumerate(reversed(workshops)):
        for result in workshop.results:
            found = summary_of(workshop.template, result).figures
            ended = NOON - timedelta(days=180 * age)
            points.append(Point(ended, result.question, found.average, found.spread, found.count))
    open_actions = [Carried("=Ask the landlord", "Tom", None), Carried("Agree", None, NOON.date())]
    return comparison_of("Kiln team", {workshops[0].template: points, HEALTH: []}, open_actions, [], NOON)


BETTER = {**SCORES, 2: (0, 0, -1, 0, 0, -1, 0, 0), 5: (5, 5, 5, 5, 5, 5, 4, 6), 4: (-5, -5, 5, 5, -5, 5, 0, 0)}


@pytest.mark.req("WS-56")
def test_a_comparison_shows_every_trend_in_words_and_pictures() -> None:
    comparison = compared(played(), played(scores=BETTER))
    told = PdfReader(io.BytesIO(pdf_trends.write(comparison))).pages[0].extract_text()
    told = told.replace("\n,", ",")
    for wanted in (
        "Kiln team",
        "2 workshops since",
        "Better, closer to 0",
        "Worse, down 3.6",
        "Worse, wider apart",
        "Steady",
    ):
        assert wanted in told, wanted
    for question in SIX.questions:
        assert question.short_title in told
    rows = list(csv.DictReader(io.StringIO(as_csv.write_comparison(comparison).decode("utf-8-sig"), newline="")))
    assert [row["row"] for row in rows] == ["team", *["trend"] * 16, "action", "action"]
    assert rows[-2]["text"] == "'=Ask the landlord"
    (goals,) = [line for line in comparison.kinds[0].trends if line.question == 2]
    assert (goals.good_from, goals.good_to, goals.change) == (-1.5, 1.5, 1.7)


@pytest.mark.req("WS-41", "WS-56")
def test_a_comparison_names_nobody() -> None:
    comparison = compared(played(), played(scores=BETTER))
    for write in exporting.COMPARISONS.values():
        data = write(comparison)
        told = data.decode("utf-8-sig") if not data.startswith(b"%PDF") else ""
        if not told:
            told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
        assert "Ask the landlord" in told
        assert not [name for name in NAMES if name in told]


@pytest.mark.req("WS-56")
def test_a_team_without_or_with_one_workshop_has_its_page() -> None:
    empty = comparison_of("New", {}, [], [], NOON)
    once = compared(played())
    assert [words.verdict(line)[0] for line in once.kinds[0].trends] == ["First time"] * 8
    for comparison in (empty, once):
        for write in exporting.COMPARISONS.values():
            assert write(comparison)


def test_files_have_names_that_every_system_takes() -> None:
    assert words.file_name("team", "Łódź / “Kiln” crew", "2026-03-28") == "team-odz-kiln-crew-2026-03-28"
    assert words.file_name("日本") == "export"
    assert len(words.file_name("x" * 300)) == 80


def test_printed_colours_are_the_light_themes() -> None:
    ours = {name: colour for name, colour in COLOURS.items() if name not in ("soft", "white")}
    assert ours == {name: theme.COLOURS[name][0] for name in ours}
