"""The badges, levels and worth of results, read once from `data/content/achievements.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from core.achievements.rules import BadgeSpec
from core.content import FOLDER


@dataclass(frozen=True, slots=True)
class Catalogue:
    badges: dict[str, BadgeSpec]
    levels: tuple[int, ...]
    worth: dict[str, int]
    """What a perfect result of each type of event is worth."""


@cache
def catalogue() -> Catalogue:
    read = yaml.safe_load((FOLDER / "achievements.yaml").read_text())
    badges = [BadgeSpec(**row) for row in read["achievements"]]
    return Catalogue({badge.id: badge for badge in badges}, tuple(read["levels"]), dict(read["results"]))
