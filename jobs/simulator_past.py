"""A week that the simulated community has behind it when it first appears, so that nobody opens an empty place.

Each day everybody does what their habits say: they come at their times of day, rest on their days of rest, and get
better. Some kept at it every day and have a streak; some came once. Pure: the same scene gives the same week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from jobs.community import Character
from jobs.simulator_habits import WAVES, Habits, score_of, speed_of, subject_for
from jobs.simulator_scene import Did, Scene, Step

DAYS: Final = 7
MOST_A_DAY: Final = 6
EARLIER: Final = 40
"""Rounds of practice that somebody had behind them a week ago, at most."""
Past = tuple[datetime, Step, Did]


def past_week(scene: Scene, people: Sequence[Character]) -> list[Past]:
    """What these did in the week before the scene begins, oldest first, each with its time."""
    told = [one for person in people if person.practises for one in _week_of(scene, person)]
    return sorted(told, key=lambda one: (one[0], one[1].who))


def _week_of(scene: Scene, person: Character) -> Iterator[Past]:
    habits = scene.habits(person)
    chance = Random(f"{scene.seed}/{person.key}/past")  # noqa: S311 - a simulation, not a secret
    rounds = chance.randint(0, EARLIER)
    for days in range(DAYS, -1, -1):
        day = scene.begins - timedelta(days=days)
        for at in _times(habits, day, chance):
            subject = subject_for(habits, scene.names, chance)
            done = _done(scene, person, habits, subject, rounds, chance)
            rounds += 1
            # Drawn all the same: what somebody did this morning does not hang on when one looks.
            if scene.begins - timedelta(days=DAYS) <= at < scene.begins - timedelta(minutes=2):
                yield at, Step(0.0, person.key, done), done


def _times(habits: Habits, day: datetime, chance: Random) -> list[datetime]:
    """When somebody practises on a day: in their waves, on a day of rest seldom."""
    calm = habits.weekend if day.weekday() >= 5 else 1.0
    likely = habits.eager * calm * (0.2 if day.weekday() in habits.rest else 1.0)
    comes = chance.random() < (1.0 if habits.steady else 0.9) * min(1.0, likely)
    rounds = min(MOST_A_DAY, 1 + int(chance.expovariate(1 / (1.4 * likely)))) if comes else 0
    middles = chance.choices(WAVES, habits.waves, k=rounds)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = sorted(min(23.9, max(6.0, chance.gauss(middle, 1.2))) for middle in middles)
    return [midnight + timedelta(hours=hour) for hour in hours]


def _done(scene: Scene, person: Character, habits: Habits, subject: str, rounds: int, chance: Random) -> Did:
    skill = chance.choice(list(scene.subjects[subject]))
    score, seconds = score_of(habits, person, rounds, chance), chance.randint(120, 900)
    if chance.random() < habits.quizzes:
        return Did("quiz_completed", subject, skill, {"score": score})
    speed = {"wpm": speed_of(habits, rounds, chance)} if subject in ("typing", "reading") else {}
    return Did("practice_completed", subject, skill, {"score": score, "seconds": seconds, **speed})
