"""The words of the simulated community's plan: what can happen, where somebody is in their day, and who lives where.

An act is something that happens in the world; `jobs/simulator_acts.py` says how each is carried out. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from jobs.community import Character
from jobs.simulator_habits import Habits, attendance, habits_of

GONE, LOOKING = "gone", "looking"
Subjects = Mapping[str, Sequence[str]]
"""Skills by subject."""

SMALL = 60
"""Up to so many people each comes as often as they like; of more, each more rarely, so that a node can bear it."""
LEAST = 0.8
"""How alive a small community stays at night: somebody should be there, whenever one looks."""


class Act:
    """Something that happens in the world, by whatever carries it out (`jobs/simulator_acts.py`)."""

    __slots__ = ()
    costly = True
    """Whether it writes."""


@dataclass(frozen=True, slots=True)
class Arrive(Act):
    subject: str


@dataclass(frozen=True, slots=True)
class Turn(Act):
    """Somebody is busy with something else now: what presence says of them."""

    status: str
    activity: str
    costly = False


@dataclass(frozen=True, slots=True)
class Begin(Act):
    """Somebody begins to practise, and will finish after so many seconds with this result."""

    subject: str
    skill: str
    seconds: float
    score: int
    wpm: float


@dataclass(frozen=True, slots=True)
class Finish(Act):
    """They finish it."""


@dataclass(frozen=True, slots=True)
class GiveUp(Act):
    """Or they do not."""


@dataclass(frozen=True, slots=True)
class Did(Act):
    """Something that a host tells of."""

    type: str
    subject: str
    skill: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leave(Act):
    costly = False


@dataclass(frozen=True, slots=True)
class Step:
    at: float
    who: str
    act: Act


@dataclass(frozen=True, slots=True)
class Situation:
    """Where somebody is in their day."""

    phase: str
    """`gone`, `looking`, or the behaviour that is under way."""
    next_at: float
    turn: int = 0
    subject: str = ""
    skill: str = ""
    rounds: int = 0


State = Mapping[str, Situation]
Turned = tuple[Situation, list[Act]]


@dataclass(frozen=True)
class Scene:
    """Who lives where and when: all that a plan follows from."""

    seed: str
    people: Sequence[Character]
    subjects: Subjects
    begins: datetime
    """The moment, in the community's own time, at which the simulation's clock stands at 0."""
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.subjects))

    def habits(self, person: Character) -> Habits:
        return habits_of(self.seed, person, self.names)

    @property
    def calm(self) -> float:
        """By how much everybody comes more rarely, because there are many."""
        return max(1.0, float((len(self.people) / SMALL) ** 0.75))

    def pause(self, person: Character, at: float, chance: Random) -> float:
        """Seconds until somebody who goes now comes back."""
        here = attendance(self.habits(person), self.begins + timedelta(seconds=at))
        least = LEAST if len(self.people) <= SMALL else LEAST / self.calm
        return chance.uniform(60, 360) * self.calm / min(1.2, max(least, here))


def later(now: Situation, phase: str, seconds: float, **given: Any) -> Situation:
    """What is under way from now on, and when the next turn comes."""
    return replace(now, phase=phase, next_at=now.next_at + seconds, **given)
