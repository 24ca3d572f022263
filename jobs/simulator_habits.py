"""When somebody simulated likes to practise, what, and how well: habits of their own, and the course of a day.

A day has a morning, an afternoon and an evening with people in them, and a night with few; weekends are calmer and
begin late. Everybody has their own part of the day, their own days of rest, two favourite subjects, and gets better
with practice. Pure: the same seed and person give the same habits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import exp
from random import Random

from jobs.community import Character

WAVES = (8.0, 15.5, 20.0)
"""The middles of morning, afternoon and evening."""
WIDTHS = (1.3, 2.2, 1.4)
WEEKEND_LATER = 2.0
NIGHT = 0.06
MOST_GROWTH = 14.0
"""Points by which somebody gets better at most, in the long run."""
SLOWLY = 60.0
"""Rounds of practice after which two thirds of that are reached."""


@dataclass(frozen=True, slots=True)
class Habits:
    waves: tuple[float, float, float]
    eager: float
    rest: frozenset[int]
    """Days of the week, Monday being 0, on which they mostly do something else."""
    weekend: float
    favourites: tuple[str, ...]
    growth: float
    quizzes: float
    """The share of quizzes among what they do."""
    speed: float
    """Words a minute to begin with."""
    steady: bool = False


@lru_cache(maxsize=10_000)
def habits_of(seed: str, person: Character, subjects: tuple[str, ...]) -> Habits:
    chance = Random(f"{seed}/{person.key}/habits")  # noqa: S311 - a simulation, not a secret
    own = chance.randrange(3)
    waves = [chance.uniform(0.15, 0.6) for _ in WAVES]
    waves[own] = 1.0
    days = 7 if person.steady else chance.choices((4, 5, 6, 7), (1, 3, 3, 1))[0]
    return Habits(
        waves=(waves[0], waves[1], waves[2]),
        eager=chance.uniform(1.2, 1.4) if person.steady else chance.uniform(0.7, 1.4),
        rest=frozenset(chance.sample(range(7), 7 - days)),
        weekend=1.0 if person.steady else chance.uniform(0.3, 1.1),
        favourites=tuple(chance.sample(subjects, min(2, len(subjects)))),
        growth=chance.uniform(0.3, 1.0),
        quizzes=chance.uniform(0.15, 0.4),
        speed=chance.uniform(18, 30) + person.level * 0.35,
        steady=person.steady,
    )


def attendance(habits: Habits, moment: datetime) -> float:
    """How likely they are here at a moment of their own time: about 1 in the middle of their part of the day."""
    weekend = moment.weekday() >= 5
    hour = moment.hour + moment.minute / 60
    waves = zip(WAVES, WIDTHS, habits.waves, strict=True)
    here = max(NIGHT, *(_wave(hour, at + (WEEKEND_LATER if weekend else 0), width) * own for at, width, own in waves))
    calm = habits.weekend if weekend else 1.0
    return here * habits.eager * calm * (0.25 if moment.weekday() in habits.rest else 1.0)


def _wave(hour: float, middle: float, width: float) -> float:
    apart = min(abs(hour - middle), 24 - abs(hour - middle))
    return exp(-((apart / width) ** 2) / 2)


def score_of(habits: Habits, person: Character, rounds: int, chance: Random) -> int:
    """What a result of theirs comes to after so many rounds, on this day."""
    better = habits.growth * MOST_GROWTH * (1 - exp(-rounds / SLOWLY))
    return max(20, min(100, round(chance.gauss(person.level + better, 9))))


def speed_of(habits: Habits, rounds: int, chance: Random) -> float:
    """Their words a minute then."""
    better = habits.growth * MOST_GROWTH * (1 - exp(-rounds / SLOWLY))
    return round(max(8.0, chance.gauss(habits.speed + better, 3)), 1)


def subject_for(habits: Habits, subjects: Sequence[str], chance: Random) -> str:
    """A favourite mostly, now and then something else."""
    return chance.choice(habits.favourites if habits.favourites and chance.random() < 0.7 else tuple(subjects))
