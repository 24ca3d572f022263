"""The state of a workshop as everybody in it may know it; immutable, and the same in memory, in tables and on screens.

It holds no unrevealed score: those are `Sealed`, which only who decides is given, and which shows nothing of itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from core.events.workshop import Vote
from core.workshop.template import Template

Phase = Literal["lobby", "intro", "scoring", "summary", "actions", "completed"]
Stage = Literal["", "transition", "awaiting", "revealed"]
Disclosure = Literal["named", "anonymous", "turns"]
Status = Literal["active", "inactive", "dropped"]

PHASES: tuple[Phase, ...] = ("lobby", "intro", "scoring", "summary", "actions", "completed")
RUNNING: tuple[Phase, ...] = ("intro", "scoring", "summary", "actions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    total_duration_minutes: int | None = None
    max_participants: int = 20
    skip_intro: bool = False
    disclosure: Disclosure = "named"
    time_plan: str = ""
    """The template's first one unless named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: UUID
    name: str | None
    """Nothing when it was erased."""
    status: Status = "active"
    is_facilitator: bool = False
    is_observer: bool = False
    ready: bool = False
    joined_at: datetime
    away_since: datetime | None = None
    pin_tries: int = 0

    @property
    def active(self) -> bool:
        return self.status == "active"

    @property
    def scorer(self) -> bool:
        """Whether the person is here to give scores."""
        return self.active and not self.is_observer


@dataclass(frozen=True, slots=True)
class Result:
    question: int
    votes: tuple[Vote, ...]
    """By value, then by whose it is."""
    missing: tuple[UUID, ...] = ()
    """Who had not scored when it was revealed without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: UUID
    author: UUID | None
    question: int | None
    content: str | None
    edition: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    id: UUID
    question: int | None
    content: str | None
    owner: str | None = None
    due_on: dt.date | None = None
    done: bool = False
    carried: bool = False
    edition: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A section's clock: what it may take, what it took until it last stood, and since when it runs."""

    section: str
    total_ms: int
    spent_ms: int = 0
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody who says that they are a participant of this workshop."""

    id: UUID
    participant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    id: UUID
    code: str
    template: Template
    settings: Settings
    team_id: UUID | None = None
    previous_id: UUID | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    outcome: Literal["", "completed", "abandoned"] = ""
    phase: Phase = "lobby"
    question: int = 0
    stage: Stage = ""
    version: int = 0
    """Rises with every step; a move says for which one it was meant."""
    revision: int = 0
    """Rises with every fact."""
    people: tuple[Person, ...] = ()
    """In the order in which they joined."""
    scored: frozenset[UUID] = frozenset()
    """Who has given a score for this question."""
    open_votes: tuple[Vote, ...] = ()
    """Where scores are given in turn: those of this question so far."""
    passed: tuple[UUID, ...] = ()
    results: tuple[Result, ...] = ()
    notes: tuple[Note, ...] = ()
    actions: tuple[Action, ...] = ()
    timers: tuple[Timer, ...] = ()
    section: str = ""
    """The section whose clock it is."""
    paused: Literal["", "asked", "empty"] = ""
    paused_by: UUID | None = None
    knocks: tuple[Knock, ...] = ()

    @property
    def facilitator(self) -> Person | None:
        return next((p for p in self.people if p.is_facilitator), None)

    @property
    def scorers(self) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.scorer)

    @property
    def running(self) -> bool:
        return self.phase in RUNNING

    def person(self, id: UUID | None) -> Person | None:
        return next((p for p in self.people if p.id == id), None)

    def result(self, question: int) -> Result | None:
        return next((r for r in self.results if r.question == question), None)

    def note(self, id: UUID) -> Note | None:
        return next((n for n in self.notes if n.id == id), None)

    def action(self, id: UUID) -> Action | None:
        return next((a for a in self.actions if a.id == id), None)

    def timer(self, section: str) -> Timer | None:
        return next((t for t in self.timers if t.section == section), None)


@dataclass(frozen=True, slots=True)
class Sealed(Mapping[UUID, int]):
    """The scores of the present question that nobody may see yet. Printing it tells nothing."""

    _values: Mapping[UUID, int] = field(default_factory=dict, repr=False)

    def __getitem__(self, key: UUID) -> int:
        return self._values[key]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __str__(self) -> str:
        return "Sealed()"

    def __reduce__(self) -> Any:
        raise TypeError("sealed scores are not for copying")

    def with_score(self, participant_id: UUID, value: int) -> Sealed:
        return Sealed({**self._values, participant_id: value})


def ordered(votes: Mapping[UUID, int] | tuple[Vote, ...]) -> tuple[Vote, ...]:
    """Votes in the one order that they have everywhere."""
    pairs: list[Vote] = list(votes.items() if isinstance(votes, Mapping) else votes)
    return tuple(sorted(pairs, key=lambda vote: (vote[1], str(vote[0] or ""))))
