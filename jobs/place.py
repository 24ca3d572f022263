"""Where exported facts live, and whose days they are counted by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.events.catalog import CATALOG
from data.analytics.rollups import Counting


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path
    zone: str

    @property
    def counting(self) -> Counting:
        """Active is who did something that feeds show; being renamed overnight is not it."""
        return Counting(self.zone, tuple(sorted(name for name, event in CATALOG.items() if event.activity)))
