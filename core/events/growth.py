"""The catalogue's part on growth: that somebody was shown a way to bring others along. Their own business alone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events.catalog import Event, Score, Slug, event


@event("loop_exposed")
@dataclass(frozen=True, slots=True, kw_only=True)
class LoopExposed(Event):
    """Somebody was told of a loop that they may take up, by a decision on record; for what score, where it was one."""

    loop: Slug
    decision_id: UUID
    score: Score | None = None
