"""What jobs know of the deployment: where exported facts live, whose days count, how nudges reach people."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core.events.catalog import CATALOG
from core.nudges.mailing import Outbox, Post
from core.nudges.policy import PLAIN, Policy
from data.analytics.rollups import Counting


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path
    zone: str
    nudging: Policy = PLAIN
    post: Post = field(default_factory=Outbox)

    @property
    def counting(self) -> Counting:
        """Active is who did something that feeds show; being renamed overnight is not it."""
        return Counting(self.zone, tuple(sorted(name for name, event in CATALOG.items() if event.activity)))
