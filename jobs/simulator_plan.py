"""What the simulated community does next: a pure plan, the same for the same seed, however it is cut into ticks.

Everybody comes, looks about, practises or takes quizzes, sometimes beats their best or reaches a level, and goes again;
tutors and parents come and look. Time is in seconds of the simulation, so whoever drives it decides how fast it passes.
Each turn of each person draws from its own stream of chance, named by seed, person and turn: nothing else matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from jobs.community import Character

Phase = Literal["gone", "looking", "practising", "in_quiz"]
Subjects = Mapping[str, Sequence[str]]
"""Skills by subject."""

BADGES = ("Quick Thinker", "Early Bird", "Steady Hand", "Deep Diver", "Comeback")
STREAKS = (7, 30, 100)
LEVEL_EVERY = 4
"""Rounds of practice that make a level."""


@dataclass(frozen=True, slots=True)
class Arrive:
    subject: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody is busy with something else now: what presence says of them."""

    status: str
    activity: str


@dataclass(frozen=True, slots=True)
class Did:
    """Something that goes into the log."""

    type: str
    subject: str
    skill: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leave:
    pass


@dataclass(frozen=True, slots=True)
class Step:
    at: float
    who: str
    act: Arrive | Turn | Did | Leave


@dataclass(frozen=True, slots=True)
class Situation:
    """Where somebody is in their day."""

    phase: Phase
    next_at: float
    turn: int = 0
    subject: str = ""
    skill: str = ""
    rounds: int = 0
    best: int = 0


State = Mapping[str, Situation]


def beginning(seed: str, people: Sequence[Character]) -> State:
    """Nobody is here yet; half of them come within seconds, the others within minutes."""
    state = {}
    for person in people:
        chance = Random(f"{seed}/{person.key}")  # noqa: S311
        soon = chance.random() < 0.5
        state[person.key] = Situation("gone", chance.uniform(0, 8) if soon else chance.uniform(10, 240))
    return state


def next_steps(
    seed: str, people: Sequence[Character], subjects: Subjects, state: State, now: float
) -> tuple[State, list[Step]]:
    """Everything that happens up to `now`, in order, and how things stand then."""
    steps: list[Step] = []
    after = dict(state)
    for person in people:
        while (situation := after[person.key]).next_at <= now:
            chance = Random(f"{seed}/{person.key}/{situation.turn}")  # noqa: S311
            changed, acts = _turn(person, situation, subjects, chance)
            steps += [Step(situation.next_at, person.key, act) for act in acts]
            after[person.key] = replace(changed, turn=situation.turn + 1)
    # Sorting is stable: what somebody does in one turn stays in its order.
    return after, sorted(steps, key=lambda step: step.at)


Acts = list[Arrive | Turn | Did | Leave]


def _turn(person: Character, now: Situation, subjects: Subjects, chance: Random) -> tuple[Situation, Acts]:
    match now.phase:
        case "gone":
            subject = chance.choice(list(subjects))
            return _later(now, "looking", chance.uniform(3, 20), subject=subject), [Arrive(subject)]
        case "looking" if not person.practises or chance.random() < 0.15:
            if person.practises or chance.random() < 0.4:
                return _later(now, "gone", chance.uniform(60, 360)), [Leave()]
            return _later(now, "looking", chance.uniform(40, 150)), []
        case "looking":
            return _begin(now, subjects, chance)
        case _:
            return _finish(person, now, chance)


def _begin(now: Situation, subjects: Subjects, chance: Random) -> tuple[Situation, Acts]:
    skill = chance.choice(list(subjects[now.subject]))
    if chance.random() < 0.3:
        busy = Turn("in_quiz", "taking_quiz")
        return _later(now, "in_quiz", chance.uniform(20, 70), skill=skill), [busy]
    started = Did("practice_started", now.subject, skill, {})
    busy = Turn("studying", f"practicing_{skill}")
    return _later(now, "practising", chance.uniform(30, 110), skill=skill), [busy, started]


def _finish(person: Character, now: Situation, chance: Random) -> tuple[Situation, Acts]:
    score = max(20, min(100, round(chance.gauss(person.level, 11))))
    kind = "quiz_completed" if now.phase == "in_quiz" else "practice_completed"
    done: list[tuple[str, dict[str, Any]]] = [(kind, {"score": score})]
    if kind == "practice_completed":
        done[0][1]["seconds"] = chance.randint(120, 900)
    if now.rounds > 1 and score > now.best:
        done.append(("high_score", {"score": score}))
    rounds = now.rounds + 1
    if rounds % LEVEL_EVERY == 0:
        done.append(("level_up", {"level": 1 + rounds // LEVEL_EVERY}))
    if chance.random() < 0.05:
        done.append(("achievement_unlocked", {"name": chance.choice(BADGES), "points": chance.choice((10, 25, 50))}))
    if chance.random() < 0.03:
        done.append(("streak_milestone", {"days": chance.choice(STREAKS)}))
    facts: Acts = [Did(type, now.subject, now.skill, given) for type, given in done]
    after = _later(now, "looking", chance.uniform(5, 30), rounds=rounds, best=max(score, now.best))
    return after, [*facts, Turn("online", "browsing")]


def _later(now: Situation, phase: Phase, seconds: float, **given: Any) -> Situation:
    return replace(now, phase=phase, next_at=now.next_at + seconds, **given)
