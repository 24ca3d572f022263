"""CSV for spreadsheets: one table, a row for each thing, its kind in the first column.

RFC 4180, in UTF-8 with a byte order mark, because spreadsheets guess otherwise. Numbers are numbers. A text that a
spreadsheet would take for a formula begins with an apostrophe, whatever blanks stand before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from core.workshop.comparison import Comparison
from core.workshop.export import words
from core.workshop.report import QuestionLine, Report

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FULL = (
    "row", "question", "title", "light", "split", "average", "spread", "scores", "lowest", "highest", "team_value",
    "value", "person", "text", "due_on", "status",
)  # fmt: skip
TEAM = (
    "row", "question", "title", "light", "split", "average", "spread", "scores", "team_value", "text", "due_on",
    "status",
)  # fmt: skip
TRENDS = (
    "row", "workshop", "question", "title", "ended_on", "average", "spread", "scores", "light", "verdict", "text",
    "due_on",
)  # fmt: skip

Row = dict[str, Any]


def write_report(report: Report) -> bytes:
    return _table(FULL if report.kind == "full" else TEAM, _rows(report))


def write_comparison(comparison: Comparison) -> bytes:
    return _table(TRENDS, _trends(comparison))


def _table(columns: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: Any) -> Any:
    """What stands in a cell: numbers as they are, texts so that none of them is run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    text = str(value)
    looked_at = text.lstrip(" \u00a0\u200b\ufeff")
    return f"'{text}" if looked_at.startswith(FORMULA) else text


def _rows(report: Report) -> Iterator[Row]:
    yield {"row": "workshop", "title": report.title, "text": words.heading(report), "status": report.state}
    for person in report.people or ():
        part = "facilitator" if person.facilitator else "observer" if person.observer else "participant"
        yield {"row": "person", "person": person.name, "status": part}
    for heading, lines in words.highlight_lines(report):
        for line in lines:
            yield {"row": "highlight", "question": line.number, "title": line.title, "text": heading}
    for line in report.questions:
        yield from _question(line)
    for note in report.notes or ():
        yield {"row": "note", "person": note.author, "text": note.text}
    for action in report.actions:
        found = {"row": "action", "question": action.question, "text": action.text, "due_on": action.due_on}
        owner = {"person": action.owner} if report.kind == "full" else {}
        yield found | owner | {"status": "done" if action.done else "open"}


def _question(line: QuestionLine) -> Iterator[Row]:
    place = {"question": line.number, "title": line.title}
    only_full = {} if line.scores is None else {"lowest": line.lowest, "highest": line.highest}
    yield (
        place
        | only_full
        | {
            "row": "question",
            "light": words.light(line),
            "split": line.split,
            "average": line.average,
            "spread": line.spread,
            "scores": line.count,
            "team_value": line.team_value,
            "text": line.question,
        }
    )
    for score in line.scores or ():
        lit = words.LIGHTS[score.light]
        yield place | {"row": "score", "light": lit, "value": score.value, "person": score.name}
    for note in line.notes or ():
        yield place | {"row": "note", "person": note.author, "text": note.text}


def _trends(comparison: Comparison) -> Iterator[Row]:
    yield {"row": "team", "text": comparison.team}
    for kind in comparison.kinds:
        for line in kind.trends:
            word, why = words.verdict(line)
            for place, mark in enumerate(line.marks, start=1):
                yield {
                    "row": "trend",
                    "workshop": kind.name,
                    "question": line.question,
                    "title": line.title,
                    "ended_on": mark.ended_at.date(),
                    "average": mark.average,
                    "spread": mark.spread,
                    "scores": mark.count,
                    "light": words.LIGHTS[mark.light],
                    "verdict": ", ".join(filter(None, (word, why))) if place == len(line.marks) else "",
                }
    for action in comparison.actions:
        yield {"row": "action", "text": action.text, "due_on": action.due_on}
