"""Workshops without a house around them: a state, its sealed scores and a time, moved by moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from core.events.workshop import WorkshopEvent
from core.workshop.rules import apply, run
from core.workshop.rules import moves as m
from core.workshop.rules.state import Person, Sealed, Settings, Workshop
from core.workshop.template import Template
from core.workshop.templates import shipped

NOON = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
"""Half an hour before clocks change in much of Europe."""
SIX = shipped()["six_criteria"]
HEALTH = shipped()["team_health"]


def uid(number: int) -> UUID:
    return UUID(int=number + (1 << 100))


class Room:
    """One workshop and what happened in it."""

    def __init__(self, template: Template = SIX, **settings: Any) -> None:
        self.now = NOON
        self.start = self.state = Workshop(
            id=uid(0), code="ABCDEF", template=template, settings=Settings(**settings), created_at=NOON
        )
        self.sealed = Sealed()
        self.log: list[tuple[WorkshopEvent, datetime]] = []
        self._ids = count(1)

    def new_id(self) -> UUID:
        return uid(next(self._ids))

    def make(self, by: UUID | None, move: m.AnyMove) -> list[WorkshopEvent]:
        """A move, with everything that follows; raises what it is refused with."""
        course = run(self.state, self.sealed, by, move, self.now)
        question = (self.state.question, self.state.stage == "transition")
        self.state = course.state
        same = (course.state.question, course.state.stage == "transition") == question
        self.sealed = Sealed({k: v for k, v in course.sealed.items() if self._kept(k)}) if same else Sealed()
        self.log += [(event, self.now) for event in course.events]
        return course.events

    def _kept(self, participant_id: UUID) -> bool:
        """The rows that stay: those who scored, and after the reveal all of them."""
        return self.state.stage == "revealed" or participant_id in self.state.scored

    def do(self, by: UUID | None, kind: type[m.Move], **given: Any) -> list[WorkshopEvent]:
        return self.make(by, kind(version=self.state.version, **given))

    def join(self, name: str = "", **given: Any) -> UUID:
        id = self.new_id()
        first = not self.state.people
        self.make(None, m.Join(participant_id=id, name=name or f"Person {id.int & 0xFFFF}", facilitator=first, **given))
        return id

    def people(self, number: int) -> list[UUID]:
        return [self.join() for _ in range(number)]

    def person(self, id: UUID) -> Person:
        found = self.state.person(id)
        assert found is not None
        return found

    def wait(self, **given: float) -> None:
        self.now += timedelta(**given)

    def ready(self, *ids: UUID) -> None:
        for id in ids:
            self.do(id, m.Ready)

    def score(self, id: UUID, value: object) -> list[WorkshopEvent]:
        return self.do(id, m.Submit, question=self.state.question, value=value)

    def to_question(self, *ids: UUID, number: int = 1) -> None:
        """On to a question, with the best scores for those before it."""
        while not (self.state.stage == "awaiting" and self.state.question == number):
            if self.state.stage == "awaiting":
                best = self.state.template.question(self.state.question).optimal_value
                for id in ids:
                    self.score(id, best)
            else:
                self.ready(*ids)

    def replay(self) -> Workshop:
        state = self.start
        for event, at in self.log:
            state = apply(state, event, at)
        return state


def running_for(state: Workshop) -> bool:
    return any(timer.started_at for timer in state.timers)


def without_revision(state: Workshop) -> Workshop:
    return replace(state, revision=0)
