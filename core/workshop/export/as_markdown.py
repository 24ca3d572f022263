"""Markdown: a report to paste into a wiki. What people wrote stays text, whatever it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.workshop.export import words
from core.workshop.report import ActionLine, NoteLine, QuestionLine, Report

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!$])")
AT_START = re.compile(r"(?m)^([-+=])|^(\d+)([.)])")
INDENT = re.compile(r"(?m)^[ \t]+")


def safe(text: str) -> str:
    """A text that is shown letter by letter; it cannot begin a list, a link, a heading or a tag."""
    lines = INDENT.sub(lambda found: "\u00a0" * len(found[0].expandtabs(4)), "\n".join(text.splitlines()))
    escaped = SPECIAL.sub(r"\\\1", lines)
    return AT_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped)


def inline(text: str) -> str:
    """The same on one line."""
    return safe(" ".join(text.split()))


def write(report: Report) -> bytes:
    return ("\n".join(_lines(report)).rstrip() + "\n").encode()


def _lines(report: Report) -> Iterator[str]:
    yield from (f"# {inline(report.title)}", "", words.heading(report), "")
    yield from _people(report)
    yield from ("## What we see together", "")
    for heading, lines in words.highlight_lines(report):
        named = ", ".join(f"{inline(line.title)} ({_figure(line)})" for line in lines)
        yield f"* **{heading}:** {named or 'nothing stands out'}"
    yield from ("", *_table(report), "", "## The questions", "")
    for line in report.questions:
        yield from _question(line)
    if report.notes:
        yield from ("## More notes", "", *_notes(report.notes))
    yield from ("## Actions", "")
    yield from [_action(action) for action in report.actions] or ["Nothing was taken on."]
    yield from ("", "---", "", inline(report.credit))


def _people(report: Report) -> Iterator[str]:
    for heading, observers in (("Who took part", False), ("Who watched", True)):
        named = [p for p in report.people or () if p.observer == observers]
        if named:
            texts = [inline(p.name or words.NOBODY) + (" (facilitator)" if p.facilitator else "") for p in named]
            yield from (f"**{heading}:** {', '.join(texts)}", "")


def _figure(line: QuestionLine) -> str:
    if line.average is None:
        return words.light(line)
    return words.figure(line.average, line.scale) + (", split" if line.split else "")


def _table(report: Report) -> Iterator[str]:
    yield "| | Question | Scale | Average | Spread | Scores | Light |"
    yield "| ---: | --- | --- | ---: | ---: | ---: | --- |"
    for line in report.questions:
        cells = (
            str(line.number), inline(line.title), words.scale(line.scale), words.figure(line.average, line.scale),
            words.plain(line.spread), str(line.count), words.light(line),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _question(line: QuestionLine) -> Iterator[str]:
    yield from (f"### {line.number} · {inline(line.title)}", "", f"*{inline(line.question)}*", "")
    told = f"**{words.light(line)}.** {words.said(line)}"
    yield from (f"{told} {words.split(line)}" if line.split else told, "")
    if line.scores:
        yield from ("| Score | Who | Light |", "| ---: | --- | --- |")
        for score in line.scores:
            lit = words.LIGHTS[score.light]
            yield f"| {words.value(score.value, line.scale)} | {inline(score.name or '–')} | {lit} |"
        yield ""
    yield from _notes(line.notes or ())


def _notes(notes: tuple[NoteLine, ...]) -> Iterator[str]:
    for note in notes:
        # A backslash at its end keeps a line a line of its own.
        yield "> " + re.sub(r"(?<=\S)\n(?=\S)", "\\\\\n", safe(note.text).strip("\n")).replace("\n", "\n> ")
        yield from (">", f"> {inline(note.author or words.NOBODY)}", "")


def _action(action: ActionLine) -> str:
    more = [
        inline(action.owner) if action.owner else "",
        f"by {words.day(action.due_on)}" if action.due_on else "",
        f"question {action.question}" if action.question else "",
        "from an earlier workshop" if action.carried else "",
    ]
    told = ", ".join(filter(None, more))
    return f"* [{'x' if action.done else ' '}] {inline(action.text)}" + (f" ({told})" if told else "")
