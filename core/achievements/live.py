"""One's own progress, live: `user:{id}:achievements` holds totals, levels, streak and badges, for their owner alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.achievements.catalogue import catalogue
from core.achievements.queries import achievements_of
from core.achievements.rules import level_of
from core.events.catalog import Badge, LearnerProgressed, PersonErased
from core.ids import parse_id
from core.live.liveview import Delivery, LiveView, Resync
from data.tables import LearnerProgress


@dataclass(frozen=True, slots=True)
class Earned:
    achievement: str
    scope: str
    title: str
    points: int
    earned_at: datetime

    def wire(self) -> dict[str, Any]:
        spec = catalogue().badges.get(self.achievement)
        return {
            "achievement": self.achievement,
            "scope": self.scope,
            "title": self.title,
            "description": spec.description if spec else "",
            "icon": spec.icon if spec else "badge",
            "points": self.points,
            "timestamp": self.earned_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Mine:
    points: int = 0
    practices: int = 0
    perfect: int = 0
    pairs: int = 0
    subjects: Mapping[str, int] = field(default_factory=dict)
    streak: int = 0
    longest: int = 0
    last_day: date | None = None
    earned: tuple[Earned, ...] = ()

    def totals(self) -> dict[str, Any]:
        levels = catalogue().levels
        return {
            "points": self.points,
            "practices": self.practices,
            "perfect": self.perfect,
            "pairs": self.pairs,
            "subjects": {
                subject: {"points": points, "level": level_of(points, levels)}
                for subject, points in sorted(self.subjects.items())
            },
            "streak": {
                "days": self.streak,
                "longest": self.longest,
                "last_day": self.last_day.isoformat() if self.last_day else None,
            },
        }


TOTALS = ("points", "practices", "perfect", "pairs", "subjects", "streak", "longest", "last_day")


def earned_by(badges: Iterable[Badge], at: datetime) -> list[Earned]:
    return [Earned(b.achievement, b.scope, b.title, b.points, at) for b in badges]


def in_order(earned: Iterable[Earned]) -> tuple[Earned, ...]:
    """The latest first."""
    return tuple(sorted(earned, key=lambda e: (-e.earned_at.timestamp(), e.achievement, e.scope)))


class OwnAchievements(LiveView[Mine]):
    pattern = "user:{user_id}:achievements"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        fact = delivery.fact
        told = isinstance(fact.event, LearnerProgressed) and delivery.who is not None
        mine = told or (isinstance(fact.event, PersonErased) and fact.user_id is not None)
        return (f"user:{fact.user_id}:achievements",) if mine else ()

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Mine:
        user_id = parse_id(params["user_id"])
        row = await db.get(LearnerProgress, user_id) if user_id else None
        if user_id is None or row is None:
            return Mine()
        badges = await achievements_of(db, user_id)
        earned = [Earned(b.achievement, b.scope, b.title, b.points, b.earned_at) for b in badges]
        return Mine(**{name: getattr(row, name) for name in TOTALS}, earned=in_order(earned))

    def apply(self, state: Mine, delivery: Delivery, params: Mapping[str, str]) -> Mine | Resync:
        event = delivery.fact.event
        if isinstance(event, PersonErased):
            return Mine()
        if not isinstance(event, LearnerProgressed):
            return state
        fresh = earned_by(event.unlocked, delivery.fact.at)
        return Mine(**{name: getattr(event, name) for name in TOTALS}, earned=in_order([*fresh, *state.earned]))

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        fact, event = delivery.fact, delivery.fact.event
        if isinstance(event, PersonErased):
            return "person_removed", {"user_id": str(fact.user_id)}
        if not isinstance(event, LearnerProgressed):
            return None
        told = Mine(**{name: getattr(event, name) for name in TOTALS})
        return "progress", told.totals() | {"unlocked": [e.wire() for e in earned_by(event.unlocked, fact.at)]}

    def wire(self, state: Mine) -> dict[str, Any]:
        return {**state.totals(), "achievements": [earned.wire() for earned in state.earned]}
