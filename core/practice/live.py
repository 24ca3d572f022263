"""A practice as those in it watch it: `session:{id}:live`, and the same state where competitors' ranks are told.

The id is the run's own, or the one that two who practise together share. States name no person: each of the two has a
seat. Who sits there decides who may join, and is not part of what is told. How it goes meanwhile is never in the log:
that comes as signals on the same topics (`progress.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.events.catalog import PracticeRunChanged
from core.ids import parse_id
from core.live.liveview import Delivery, LiveView, Resync
from core.principal import Principal
from data.tables import PracticeRun


@dataclass(frozen=True, slots=True)
class RunState:
    run_id: UUID
    seat: int
    app: str | None
    subject: str | None
    skill: str | None
    status: str
    reason: str | None
    score: float | None
    wpm: float | None
    seconds: int | None

    def wire(self) -> dict[str, Any]:
        return {
            "practice_id": str(self.run_id),
            "seat": self.seat,
            "app": self.app,
            "subject": self.subject,
            "skill": self.skill,
            "status": self.status,
            "reason": self.reason,
            "score": self.score,
            "wpm": self.wpm,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class SessionState:
    runs: tuple[RunState, ...] = ()
    people: frozenset[UUID] = field(default_factory=frozenset, compare=False)
    """Who may watch: of who is forgotten the run stays, as nobody's."""

    def __bool__(self) -> bool:
        return bool(self.runs)


class SessionLive(LiveView[SessionState]):
    pattern = "session:{session_id}:live"
    place: ClassVar[str] = "live"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        event = delivery.fact.event
        return (f"session:{event.session_id}:{self.place}",) if isinstance(event, PracticeRunChanged) else ()

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> SessionState:
        session_id = parse_id(params["session_id"])
        wanted = select(PracticeRun).where(PracticeRun.session_id == session_id).order_by(PracticeRun.seat)
        rows = list((await db.execute(wanted)).scalars()) if session_id else []
        return SessionState(tuple(map(state_of, rows)), frozenset(row.user_id for row in rows if row.user_id))

    def apply(self, state: SessionState, delivery: Delivery, params: Mapping[str, str]) -> SessionState | Resync:
        fact, event = delivery.fact, delivery.fact.event
        if not isinstance(event, PracticeRunChanged):
            return state
        run = told(event, fact.subject, fact.skill)
        others = [one for one in state.runs if one.run_id != run.run_id]
        people = state.people | {fact.user_id} if fact.user_id else state.people
        return replace(state, runs=tuple(sorted([*others, run], key=lambda one: one.seat)), people=people)

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        fact, event = delivery.fact, delivery.fact.event
        if not isinstance(event, PracticeRunChanged):
            return None
        return "practice_changed", told(event, fact.subject, fact.skill).wire()

    def admits(self, state: SessionState, principal: Principal) -> bool:
        """Those who practise in it; not on the other side of a block."""
        return principal.id in state.people and not state.people & principal.hidden

    def wire(self, state: SessionState) -> dict[str, Any]:
        return {"runs": [run.wire() for run in state.runs]}


class SessionCompetitors(SessionLive):
    pattern = "session:{session_id}:competitors"
    place = "competitors"


def state_of(row: PracticeRun) -> RunState:
    return RunState(
        run_id=row.id,
        seat=row.seat,
        app=row.app,
        subject=row.subject_id,
        skill=row.skill,
        status=row.status,
        reason=row.reason,
        score=None if row.score is None else row.score / 100,
        wpm=None if row.wpm is None else row.wpm / 100,
        seconds=row.seconds,
    )


def told(event: PracticeRunChanged, subject: str | None, skill: str | None) -> RunState:
    return RunState(
        run_id=event.run_id,
        seat=event.seat,
        app=event.app,
        subject=subject,
        skill=skill,
        status=event.status,
        reason=event.reason,
        score=None if event.score is None else float(event.score),
        wpm=None if event.wpm is None else float(event.wpm),
        seconds=event.seconds,
    )


@dataclass(frozen=True, slots=True)
class Runner:
    """Somebody who practises right now, as others may be shown them."""

    run_id: UUID
    session_id: UUID
    user_id: UUID
    seat: int
    app: str | None
    subject: str | None
    skill: str | None
    started_at: datetime
    name: str
    avatar: str
    audience: str
    cohort_id: UUID | None
    offline: bool
    hidden: frozenset[UUID] = field(default_factory=frozenset)
