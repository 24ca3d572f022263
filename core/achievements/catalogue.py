"""The badges and levels, read once from `data/content/achievements.yaml`; what results are worth, boards say too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import yaml

from core.achievements.rules import BadgeSpec
from core.content import FOLDER, most_points


@dataclass(frozen=True, slots=True)
class Catalogue:
    badges: dict[str, BadgeSpec]
    levels: tuple[int, ...]
    level_names: tuple[str, ...]
    worth: Mapping[str, int]
    """What a perfect result of each type of event is worth."""


@cache
def catalogue() -> Catalogue:
    read = yaml.safe_load((FOLDER / "achievements.yaml").read_text())
    badges = [BadgeSpec(**row) for row in read["achievements"]]
    levels = {row["from"]: row["name"] for row in read["levels"]}
    return Catalogue({badge.id: badge for badge in badges}, tuple(levels), tuple(levels.values()), most_points())
