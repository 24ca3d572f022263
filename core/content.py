"""Content as data: what ships in `data/content`, read once at start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

FOLDER = Path(__file__).parent.parent / "data" / "content"


@dataclass(frozen=True, slots=True)
class Subject:
    id: str
    name: str
    skills: tuple[str, ...]


@cache
def subjects() -> dict[str, Subject]:
    """The subjects by canonical id."""
    rows = yaml.safe_load((FOLDER / "subjects.yaml").read_text())["subjects"]
    return {row["id"]: Subject(row["id"], row["name"], tuple(row["skills"])) for row in rows}


Metric = Literal["points", "avg_score", "avg_wpm", "percentile"]


@dataclass(frozen=True, slots=True)
class Board:
    id: str
    name: str
    metric: Metric
    subject: str | None = None
    timezone: str | None = None
    """Its own zone; without one it follows the organisation's."""
    of: tuple[str, ...] = ()
    """The boards whose percentiles it is the mean of."""


@cache
def boards() -> dict[str, Board]:
    """The boards by id."""
    rows = yaml.safe_load((FOLDER / "boards.yaml").read_text())["boards"]
    return {row["id"]: Board(**{**row, "of": tuple(row.get("of", ()))}) for row in rows}


@cache
def most_points() -> dict[str, int]:
    """What a perfect result of each type of event is worth, on boards and for levels and badges alike."""
    return dict(yaml.safe_load((FOLDER / "points.yaml").read_text())["points"])


def points_for(most: int, score: int) -> int:
    """The share of what a perfect result is worth, halves up; the score in hundredths."""
    return (most * score + 5_000) // 10_000


def hundredths(value: float) -> int:
    """A number as it is kept, halves up whatever their last binary digit."""
    return int(value * 100 + 0.5 + 1e-7)
