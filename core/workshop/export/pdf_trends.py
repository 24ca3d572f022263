"""A team's comparison as PDF: a page of trends for each kind of workshop, then what is still to do."""

from __future__ import annotations

from math import ceil

from core.workshop.comparison import Comparison, KindLine, TrendLine
from core.workshop.export import signs, words
from core.workshop.export.paper import Paper
from core.workshop.export.pdf_report import EDGE as SIDE
from core.workshop.export.pdf_report import Sheet

EDGE, GAP, TOP, LOWEST = 36.0, 9.0, 106.0, 549.0
TONES = {"Better": "good", "Worse": "bad"}


def write(comparison: Comparison) -> bytes:
    paper = Paper(f"{comparison.team}: how our work has changed", "Workshops compared", comparison.made_at)
    paper.foot = f"{comparison.team} · {words.day(comparison.made_at)}"
    for kind in comparison.kinds:
        _kind(paper, comparison, kind)
    sheet = Sheet(paper)
    sheet.heading("Still open")
    if not comparison.actions:
        sheet.paragraph("Nothing is open.", colour="muted")
    for action in comparison.actions:
        sheet.need(34)
        paper.box(SIDE, sheet.top + 1, 12, 12, edge="line-strong", round=2.5)
        sheet.paragraph(action.text, 11.5, indent=22)
        if action.due_on:
            sheet.paragraph(f"by {words.day(action.due_on)}", 9, indent=22, colour="muted")
        sheet.space(10)
    if not comparison.kinds:
        sheet.paragraph("After the first workshop its figures stand here.", colour="muted")
    return paper.finish()


def _kind(paper: Paper, comparison: Comparison, kind: KindLine) -> None:
    paper.page(landscape=True)
    paper.bookmark(kind.name, 0)
    right = paper.wide - EDGE
    signs.mark(paper, EDGE, 41)
    paper.text(EDGE + 25, 44.5, kind.name, 10.5, weight="semibold", most=420)
    held = f"{len(kind.ended)} workshops since {words.day(kind.ended[0])}"
    told = held if len(kind.ended) > 1 else words.day(kind.ended[0])
    paper.text(right, 44.5, told, 10.5, colour="muted", align="right")
    paper.text(EDGE, 83, comparison.team, 27, weight="semibold", most=500)
    _legend(paper, right, 83)
    columns = 4 if len(kind.trends) <= 12 else 5
    rows = ceil(len(kind.trends) / columns)
    wide = (paper.wide - 2 * EDGE - GAP * (columns - 1)) / columns
    high = min((LOWEST - TOP - GAP * (rows - 1)) / rows, 230.0)
    for place, line in enumerate(kind.trends):
        row, column = divmod(place, columns)
        _card(paper, kind, line, EDGE + column * (wide + GAP), TOP + row * (high + GAP), wide, high)


def _legend(paper: Paper, right: float, base: float) -> None:
    x = right - paper.text(right, base, "spread", 8.5, colour="muted", align="right") - 9
    paper.box(x, base - 8, 3.5, 10, fill="soft", round=1.7)
    x -= 14
    x -= paper.text(x, base, "average", 8.5, colour="muted", align="right") + 17
    paper.stroke([(x, base - 3), (x + 13, base - 3)], "accent", 1.2)
    paper.disc(x + 6.5, base - 3, 2.4, fill="accent")
    x -= 14
    x -= paper.text(x, base, "going well, the dotted line is best", 8.5, colour="muted", align="right") + 19
    paper.box(x, base - 8, 14, 9, fill="good-weak", round=2)
    paper.stroke([(x + 1, base - 3.5), (x + 13, base - 3.5)], "good-fill", 1.1, dashed=True)


def _card(paper: Paper, kind: KindLine, line: TrendLine, x: float, top: float, wide: float, high: float) -> None:
    paper.box(x, top, wide, high, fill="white", edge="line", round=9)
    inner, room = x + 12, wide - 24
    number = paper.text(inner, top + 19, str(line.question), 9, colour="muted") + 6
    paper.text(inner + number, top + 19, line.title, 11, weight="semibold", most=room - number)
    low = top + high - 12
    figure, months = low - 17, low - 42
    if high < 120:
        figure, months = low, low - 20
    _chart(paper, kind, line, (inner, top + 30, room, months - 15 - (top + 30)))
    paper.text(inner, months, words.month(kind.ended[0]), 7.5, colour="muted")
    if len(kind.ended) > 1:
        paper.text(inner + room, months, words.month(kind.ended[-1]), 7.5, colour="muted", align="right")
    latest = line.marks[-1].average if line.marks else None
    said = paper.text(inner, figure, words.figure(latest, line.scale), 20, weight="semibold")
    if high < 120:
        _verdict(paper, line, inner + said + 8, low, room - said - 8)
    else:
        if line.marks:
            spread = f"spread {words.plain(line.marks[-1].spread)}"
            paper.text(inner + said + 8, figure, spread, 9, colour="muted")
        _verdict(paper, line, inner, low, room)


def _verdict(paper: Paper, line: TrendLine, x: float, base: float, room: float) -> None:
    word, why = words.verdict(line)
    tone, y = TONES.get(word, "muted"), base - 3.4
    if word in TONES:
        way = 2.2 if word == "Worse" else -2.2
        paper.stroke([(x, y - way / 2), (x + 3.6, y + way), (x + 7.2, y - way / 2)], tone, 1.4)
    else:
        paper.stroke([(x, y), (x + 7.2, y)], tone, 1.4)
    said = paper.text(x + 12, base, word, 9.5, weight="semibold", colour=tone)
    if why:
        paper.text(x + 12 + said, base, f", {why}", 9.5, colour="muted", most=room - 12 - said)


def _chart(paper: Paper, kind: KindLine, line: TrendLine, place: tuple[float, float, float, float]) -> None:
    x, top, wide, high = place
    scale = line.scale

    def y_of(value: float) -> float:
        inside = min(max(value, scale.minimum), scale.maximum)
        return top + high * (scale.maximum - inside) / (scale.maximum - scale.minimum)

    paper.box(x, y_of(line.good_to), wide, y_of(line.good_from) - y_of(line.good_to), fill="good-weak", round=3)
    paper.stroke([(x, y_of(scale.best)), (x + wide, y_of(scale.best))], "good-fill", 1.1, dashed=True)
    steps = max(len(kind.ended) - 1, 1)
    dots = []
    for mark in line.marks:
        at = x + 9 + (wide - 18) * kind.ended.index(mark.ended_at) / steps
        upper, lower = y_of(mark.average + mark.spread), y_of(mark.average - mark.spread)
        paper.box(at - 2.2, upper - 1, 4.4, lower - upper + 2, fill="soft", round=2.2)
        dots.append((at, y_of(mark.average)))
    if len(dots) > 1:
        paper.stroke(dots, "accent", 1.4)
    for at, y in dots[:-1]:
        paper.disc(at, y, 2.2, fill="white", edge="accent", thick=1.1)
    for at, y in dots[-1:]:
        paper.disc(at, y, 3.8, fill="accent")
