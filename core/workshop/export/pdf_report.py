"""A report as PDF: the picture for the wall, then who was there and each question in detail, then the actions."""

from __future__ import annotations

from collections import Counter

from core.workshop.export import pdf_wall, signs, words
from core.workshop.export.paper import Paper
from core.workshop.report import ActionLine, NoteLine, QuestionLine, Report, Score

EDGE = 54.0
FIRST, LAST = 62.0, 786.0
"""Where a page's text begins and ends."""


def write(report: Report) -> bytes:
    paper = Paper(report.title, words.heading(report), report.made_at)
    paper.foot = f"{report.title} · {words.heading(report)}"
    pdf_wall.draw(paper, report)
    sheet = Sheet(paper)
    sheet.heading("Our questions in detail")
    sheet.paragraph(report.credit, colour="muted")
    _people(sheet, report)
    for line in report.questions:
        _question(sheet, line)
    if report.notes:
        sheet.heading("More notes", 1, space=24)
        _notes(sheet, report.notes)
    _actions(sheet, report)
    return paper.finish()


class Sheet:
    """Text that flows down a page and on to the next."""

    def __init__(self, paper: Paper) -> None:
        self.paper, self.top = paper, LAST
        self.wide = 0.0
        self.turn()

    def turn(self) -> None:
        self.paper.page()
        self.top, self.wide = FIRST, self.paper.wide - 2 * EDGE

    def need(self, high: float) -> None:
        """Begin a new page unless this much fits on the present one."""
        if self.top + high > LAST:
            self.turn()

    def space(self, high: float) -> None:
        self.top += high

    def heading(self, text: str, level: int = 0, space: float = 0.0) -> None:
        if self.top > FIRST:
            self.space(space)
        size = 22.0 if level == 0 else 15.0
        self.need(size + 60)
        self.paper.bookmark(text, self.top - 10, level)
        for line in self.paper.wrapped(text, size, self.wide, "semibold"):
            self.paper.text(EDGE, self.top + size * 0.75, line, size, weight="semibold")
            self.space(size * 1.25)
        self.space(size * 0.2)

    def paragraph(self, text: str, size: float = 10, *, indent: float = 0.0, colour: str = "text") -> None:
        for line in self.paper.wrapped(text, size, self.wide - indent):
            self.need(size * 1.45)
            self.paper.text(EDGE + indent, self.top + size, line, size, colour=colour)
            self.space(size * 1.45)


def _people(sheet: Sheet, report: Report) -> None:
    for told, observers in (("Who took part", False), ("Who watched", True)):
        named = [p for p in report.people or () if p.observer == observers]
        texts = [(p.name or words.NOBODY) + (" (facilitator)" if p.facilitator else "") for p in named]
        if texts:
            sheet.paragraph(f"{told}: {', '.join(texts)}.", colour="muted")


def _question(sheet: Sheet, line: QuestionLine) -> None:
    sheet.space(20 if sheet.top > FIRST else 0)
    sheet.need(150 + _height(line))
    sheet.heading(f"{line.number} · {line.title}", 1)
    sheet.paragraph(line.question, 10.5, colour="muted")
    sheet.space(8)
    _distribution(sheet, line)
    sheet.need(60)
    end = signs.told_light(sheet.paper, EDGE, sheet.top + 11, 11, line)
    if line.split:
        signs.pill(sheet.paper, end + 58, sheet.top + 11, 9, "Split")
    sheet.space(21)
    sheet.paragraph(words.said(line))
    if line.split:
        sheet.paragraph(words.split(line))
    _named(sheet, line, line.scores or ())
    if line.notes:
        sheet.space(8)
        _notes(sheet, line.notes)


def _height(line: QuestionLine) -> float:
    """What the picture takes: as much as its highest stack of dots."""
    if not line.scores:
        return 36.0 if line.average is not None else 12.0
    stacks = Counter(score.value for score in line.scores)
    return min(8.0 + 17.0 * max(stacks.values()), 76.0)


def _distribution(sheet: Sheet, line: QuestionLine) -> None:
    paper, scale = sheet.paper, line.scale
    high = _height(line)
    axis = signs.Axis(paper, scale, EDGE, sheet.wide, sheet.top + high)
    axis.draw(figures=8.5)
    if line.scores:
        axis.dots([score.value for score in line.scores], high - 4, 8.0)
    elif line.average is not None:
        axis.group(line.average, line.spread or 0.0, high)
    half = sheet.wide / 2 - 12
    low_text = f"{words.value(scale.minimum, scale)}: {scale.low_means}"
    high_text = scale.high_means or scale.best_means
    sheet.space(high + 27)
    left = paper.wrapped(low_text, 8.5, half)
    right = paper.wrapped(f"{words.value(scale.maximum, scale)}: {high_text}", 8.5, half)
    for number in range(max(len(left), len(right))):
        base = sheet.top + 8.5 + 12 * number
        paper.text(EDGE, base, left[number] if number < len(left) else "", 8.5, colour="muted")
        text = right[number] if number < len(right) else ""
        paper.text(EDGE + sheet.wide, base, text, 8.5, colour="muted", align="right")
    sheet.space(12 * max(len(left), len(right)) + 8)


def _named(sheet: Sheet, line: QuestionLine, scores: tuple[Score, ...]) -> None:
    """Who gave which score, where names stand beside scores at all."""
    by_value: dict[int, list[str]] = {}
    for score in scores:
        if score.name:
            by_value.setdefault(score.value, []).append(score.name)
    if not by_value:
        return
    sheet.space(4)
    for value, names in by_value.items():
        sheet.need(15)
        sheet.paper.text(
            EDGE + 22, sheet.top + 10, words.value(value, line.scale), 10, weight="semibold", align="right"
        )
        sheet.paragraph(", ".join(names), indent=32)


def _notes(sheet: Sheet, notes: tuple[NoteLine, ...]) -> None:
    for note in notes:
        lines = sheet.paper.wrapped(note.text, 10, sheet.wide - 16)
        sheet.need(min(len(lines), 3) * 14.5 + 16)
        first = sheet.top
        for text in lines:
            if sheet.top + 14.5 > LAST:
                _bar(sheet, first)
                sheet.turn()
                first = sheet.top
            sheet.paper.text(EDGE + 14, sheet.top + 10, text, 10)
            sheet.space(14.5)
        # The name may stand below the last line: it would look lost at the top of a page.
        sheet.paper.text(EDGE + 14, sheet.top + 9, note.author or words.NOBODY, 8, colour="muted", most=sheet.wide - 20)
        sheet.space(12)
        _bar(sheet, first)
        sheet.space(9)


def _bar(sheet: Sheet, first: float) -> None:
    """The line beside what somebody wrote."""
    sheet.paper.box(EDGE + 2, first - 1, 2, sheet.top - first + 1, fill="hatch")


def _actions(sheet: Sheet, report: Report) -> None:
    sheet.space(26)
    sheet.need(120)
    sheet.heading("What we do next")
    if not report.actions:
        sheet.paragraph("Nothing was taken on.", colour="muted")
    for action in report.actions:
        _action(sheet, action)


def _action(sheet: Sheet, action: ActionLine) -> None:
    sheet.need(40)
    sheet.paper.box(EDGE, sheet.top + 1, 12, 12, edge="line-strong", round=2.5)
    if action.done:
        x, y = EDGE + 2.5, sheet.top + 7
        sheet.paper.stroke([(x, y), (x + 2.6, y + 3), (x + 7, y - 3.4)], "good", 1.4)
    sheet.paragraph(action.text, 11.5, indent=22)
    due = f"by {words.day(action.due_on)}" if action.due_on else ""
    place = f"from question {action.question}" if action.question else ""
    more = [
        action.owner or "",
        due,
        place,
        "from an earlier workshop" if action.carried else "",
        "done" if action.done else "",
    ]
    told = " · ".join(filter(None, more))
    if told:
        sheet.paragraph(told, 9, indent=22, colour="muted")
    sheet.space(10)
