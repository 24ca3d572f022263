"""Content as data: what ships in `data/content`, read once at start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
