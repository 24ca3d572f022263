"""The first page of a report: a picture of all questions to put on a wall. It is clear without any colour."""

from __future__ import annotations

from itertools import groupby
from math import ceil

from core.workshop.export import signs, words
from core.workshop.export.paper import Paper
from core.workshop.report import QuestionLine, Report, Scale
from core.workshop.scales import Light

EDGE = 36.0
GAP = 9.0
LABEL = 17.0
LOWEST = 549.0
"""Where the cards end."""
BANDS: tuple[tuple[str, Light | None], ...] = (("good-weak", "green"), ("bad-weak", "red"), ("accent-weak", None))


def draw(paper: Paper, report: Report) -> None:
    paper.page(landscape=True)
    paper.bookmark("What we see together", 0)
    right = paper.wide - EDGE
    signs.mark(paper, EDGE, 41)
    paper.text(EDGE + 25, 44.5, report.title, 10.5, weight="semibold", most=420)
    paper.text(right, 44.5, words.heading(report), 10.5, colour="muted", align="right")
    paper.text(EDGE, 83, "What we see together", 27, weight="semibold")
    paper.text(right, 83, _legend(report), 8.5, colour="muted", align="right")
    _bands(paper, report, 98)
    _cards(paper, report, 168)


def _legend(report: Report) -> str:
    drawn = "A dot is a score" if report.kind == "full" else "The diamond is the average, the band around it the spread"
    return f"{drawn}; the small triangle marks the best."


def _bands(paper: Paper, report: Report, top: float) -> None:
    wide, high = (paper.wide - 2 * EDGE - 2 * GAP) / 3, 56.0
    for place, ((heading, lines), (fill, light)) in enumerate(zip(words.highlight_lines(report), BANDS, strict=True)):
        x = EDGE + place * (wide + GAP)
        paper.box(x, top, wide, high, fill=fill, round=9)
        if light:
            signs.light(paper, x + 13, top + high / 2, 17, light)
        else:
            signs.apart(paper, x + 13, top + high / 2, 17)
        inner, room = x + 42, wide - 54
        names = ", ".join(line.short_title for line in lines) or "Nothing stands out"
        shown = paper.wrapped(names, 11.5, room, "semibold")
        base = top + (17 if len(shown) > 1 or lines else 24)
        paper.text(inner, base, heading, 8.5)
        for number, line in enumerate(shown[:2]):
            cut = line if number == 0 or len(shown) == 2 else f"{line} …"
            paper.text(inner, base + 14.5 + 13.5 * number, cut, 11.5, weight="semibold", most=room)
        if len(shown) == 1 and lines:
            paper.text(inner, base + 28, _why(lines), 8.5, most=room)


def _why(lines: list[QuestionLine]) -> str:
    found = [_short(line) for line in lines if line.average is not None]
    if len(lines) == 1 and found:
        line = lines[0]
        ends = ""
        if line.split and line.lowest is not None and line.highest is not None:
            ends = f", from {words.value(line.lowest, line.scale)} to {words.value(line.highest, line.scale)}"
        return f"{words.figure(line.average, line.scale)}, spread {words.plain(line.spread)}{ends}"
    return " and ".join([", ".join(found[:-1]), found[-1]]) if found else ""


def _short(line: QuestionLine) -> str:
    return "split" if line.split else words.figure(line.average, line.scale)


def _cards(paper: Paper, report: Report, top: float) -> None:
    groups = [list(lines) for _, lines in groupby(report.questions, lambda line: _kind(line.scale))]
    columns = 4 if len(report.questions) <= 12 else 5
    rows = sum(ceil(len(lines) / columns) for lines in groups)
    high = min((LOWEST - top - LABEL * len(groups) - GAP * (rows - 1)) / rows, 170.0)
    wide = (paper.wide - 2 * EDGE - GAP * (columns - 1)) / columns
    for lines in groups:
        scale = lines[0].scale
        signs.picture(paper, EDGE, top + 10, 13, scale.picture)
        paper.text(EDGE + 19, top + 10, words.scale(scale), 9, weight="semibold", colour="muted")
        top += LABEL
        for start in range(0, len(lines), columns):
            for place, line in enumerate(lines[start : start + columns]):
                _card(paper, line, EDGE + place * (wide + GAP), top, wide, high)
            top += high + GAP


def _kind(scale: Scale) -> tuple[str, int, int, int]:
    return scale.picture, scale.minimum, scale.maximum, scale.best


def _card(paper: Paper, line: QuestionLine, x: float, top: float, wide: float, high: float) -> None:
    paper.box(x, top, wide, high, fill="white", edge="line", round=9)
    inner, room, small = x + 12, wide - 24, high < 110
    head, low = (14.0, top + high - 10) if small else (19.0, top + high - 13)
    number = paper.text(inner, top + head, str(line.number), 9, colour="muted") + 6
    paper.text(inner + number, top + head, line.short_title, 11, weight="semibold", most=room - number)
    figure = low - (15 if small else 18)
    axis = figure - (21 if small else 32)
    drawn = signs.Axis(paper, line.scale, inner, room, axis)
    drawn.draw()
    high_room = axis - (top + head + 6)
    if line.scores:
        drawn.dots([score.value for score in line.scores], high_room, 6.5)
    elif line.average is not None:
        drawn.group(line.average, line.spread or 0.0, high_room)
    size = 17 if small else 24
    said = paper.text(inner, figure, words.figure(line.average, line.scale), size, weight="semibold")
    if line.average is not None:
        paper.text(inner + said + 8, figure, f"spread {words.plain(line.spread)}", 9, colour="muted")
    if line.notes:
        notes = f"{len(line.notes)} {'note' if len(line.notes) == 1 else 'notes'}"
        paper.text(inner + room, figure, notes, 9, colour="muted", align="right")
    signs.told_light(paper, inner, low, 9.5, line)
    if line.split:
        signs.pill(paper, inner + room, low, 8.5, "Split")
