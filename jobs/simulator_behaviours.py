"""What somebody who is here may do next: one table, each row with who does it how readily, how it begins and ends.

To have the community do something new, add a row, and an act to `jobs/simulator_scene.py` with the hand that carries it
out in `jobs/simulator_acts.py`. A behaviour that takes time names itself as the phase and ends in `finish`; one that is
over at once goes back to looking about. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from jobs.community import Character
from jobs.simulator_habits import Habits, score_of, speed_of
from jobs.simulator_scene import (
    GONE,
    LOOKING,
    Act,
    Begin,
    Did,
    Finish,
    GiveUp,
    Leave,
    Scene,
    Situation,
    Turn,
    Turned,
    later,
)

Move = Callable[[Scene, Character, Situation, Random], Turned]
IDLE = Turn("online", "browsing")


@dataclass(frozen=True, slots=True)
class Behaviour:
    name: str
    weight: Callable[[Character, Habits], float]
    """How readily somebody does it, beside the others; 0 for never."""
    begin: Move
    finish: Move


def choose(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    """Begin one of them."""
    habits = scene.habits(person)
    weights = [behaviour.weight(person, habits) for behaviour in BEHAVIOURS.values()]
    (chosen,) = chance.choices(list(BEHAVIOURS.values()), weights)
    return chosen.begin(scene, person, now, chance)


def back(now: Situation, chance: Random, acts: list[Act], **given: Any) -> Turned:
    """Look about again."""
    return later(replace(now, **given), LOOKING, chance.uniform(5, 30)), acts


# --- going and staying


def go(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    return later(now, GONE, scene.pause(person, now.next_at, chance)), [Leave()]


def linger(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    return later(now, LOOKING, chance.uniform(40, 150)), []


# --- practice


def practise(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    habits, seconds = scene.habits(person), chance.uniform(20, 75)
    skill = chance.choice(list(scene.subjects[now.subject]))
    score, wpm = score_of(habits, person, now.rounds, chance), speed_of(habits, now.rounds, chance)
    acts: list[Act] = [Turn("studying", f"practicing_{skill}"), Begin(now.subject, skill, seconds, score, wpm)]
    return later(now, "practise", seconds, skill=skill), acts


def finish_practice(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    if chance.random() < 0.04:
        return back(now, chance, [GiveUp(), IDLE])
    return back(now, chance, [Finish(), IDLE], rounds=now.rounds + 1)


# --- quizzes, which the host platform tells of


def quiz(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    skill = chance.choice(list(scene.subjects[now.subject]))
    return later(now, "quiz", chance.uniform(15, 50), skill=skill), [Turn("in_quiz", "taking_quiz")]


def finish_quiz(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    score = score_of(scene.habits(person), person, now.rounds, chance)
    done = Did("quiz_completed", now.subject, now.skill, {"score": score})
    return back(now, chance, [done, IDLE], rounds=now.rounds + 1)


def learns(weight: Callable[[Habits], float]) -> Callable[[Character, Habits], float]:
    """The weight of something that only those do who learn."""
    return lambda person, habits: weight(habits) if person.practises else 0.0


BEHAVIOURS = {
    one.name: one
    for one in (
        Behaviour("go", lambda person, habits: 0.15 if person.practises else 0.4, go, go),
        Behaviour("linger", lambda person, habits: 0.0 if person.practises else 0.6, linger, linger),
        Behaviour("practise", learns(lambda habits: 0.85 * (1 - habits.quizzes)), practise, finish_practice),
        Behaviour("quiz", learns(lambda habits: 0.85 * habits.quizzes), quiz, finish_quiz),
    )
}
