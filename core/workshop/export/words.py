"""How exports write numbers, days, lights and names of files: the same words as the screens."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from core.workshop.comparison import TrendLine
from core.workshop.report import QuestionLine, Report, Scale
from core.workshop.scales import PICTURE_WORDS, Light

MINUS = "\u2212"
LIGHTS: dict[Light, str] = {"green": "Going well", "amber": "Worth a talk", "red": "Needs care"}
DISCLOSURES = {"named": "with names", "anonymous": "without names", "turns": "one after another"}
NOBODY = "somebody"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def signed(number: float, scale: Scale, text: str) -> str:
    return f"{MINUS if number < 0 else '+' if scale.signed and number > 0 else ''}{text}"


def value(number: int, scale: Scale) -> str:
    """A whole value of a scale: a true minus, and a plus where the scale has two sides."""
    return signed(number, scale, str(abs(number)))


def figure(number: float | None, scale: Scale) -> str:
    """A computed figure with one decimal; a dash where there is none."""
    return "–" if number is None else signed(number, scale, f"{abs(number):.1f}")


def plain(number: float | None) -> str:
    """A figure without a sign, such as a spread."""
    return "–" if number is None else f"{number:.1f}"


def day(moment: date | datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def month(moment: date | datetime) -> str:
    return f"{MONTHS[moment.month - 1]} {moment.year % 100:02}"


def light(line: QuestionLine) -> str:
    """The light in words; a split is said beside it."""
    if line.light is None:
        return "Not scored" if not line.count else "Too few scores to tell"
    return LIGHTS[line.light] + (", split" if line.split else "")


def scale(line: Scale) -> str:
    return PICTURE_WORDS[line.picture].format(best=line.best)


def people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


def heading(report: Report) -> str:
    """When, how many, and in which state, in one line."""
    parts = [day(report.completed_at or report.held_at), people(report.people_count)]
    if report.outcome == "abandoned":
        parts.append("given up before the end")
    elif report.state != "completed":
        parts.append("not finished yet")
    return " · ".join(parts)


def said(line: QuestionLine) -> str:
    """A question's figures in one sentence."""
    if not line.count:
        return "Nobody has scored this."
    if line.withheld:
        return "Fewer than three have scored, so figures would tell whose they are: they are left out."
    text = f"Average {figure(line.average, line.scale)}, spread {plain(line.spread)}, {line.count} scores"
    if line.count == 1:
        text = f"Average {figure(line.average, line.scale)}, one score"
    if line.lowest is not None and line.highest is not None and line.lowest != line.highest:
        text += f", from {value(line.lowest, line.scale)} to {value(line.highest, line.scale)}"
    return text + "."


def split(line: QuestionLine) -> str:
    team = (
        f" The team value, made from all lights, is {line.team_value:.1f}\u00a0of\u00a010."
        if line.team_value is not None
        else ""
    )
    return f"We are split: the average alone would hide that.{team}"


def highlight_lines(report: Report) -> list[tuple[str, list[QuestionLine]]]:
    """What carries a team, what needs care, where it differs: a heading and its questions."""
    widest = [report.question(report.widest)] if report.widest else []
    return [
        ("What carries us", [report.question(n) for n in report.strengths]),
        ("What needs care", [report.question(n) for n in report.concerns]),
        ("Where we differ most", widest),
    ]


def verdict(line: TrendLine) -> tuple[str, str]:
    """What became of a question since the time before: the word, and what it rests on."""
    if line.change is None:
        return "First time", "" if line.marks else "not scored yet"
    toward = f"to {line.scale.best}" if line.scale.picture == "beam" else ""
    by = f"{abs(line.change):.1f}"
    moved = f"{'up' if line.change > 0 else 'down'} {by}"
    if line.verdict == "wider":
        return "Worse", "wider apart"
    if line.verdict == "better":
        return "Better", f"closer {toward}" if toward else moved
    if line.verdict == "worse":
        return "Worse", f"further from {line.scale.best}" if toward else moved
    return "Steady", f"within {max(abs(line.change), 0.1):.1f}"


def file_name(*parts: str) -> str:
    """A name that every system takes: small letters, figures and hyphens."""
    text = unicodedata.normalize("NFKD", "-".join(part for part in parts if part)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80].strip("-") or "export"
