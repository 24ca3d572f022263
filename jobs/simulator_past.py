"""A week that the simulated community has behind it when it first appears, so that nobody opens an empty place.

It is a day of the same plan, told for each day of the week and thinned out differently: evenings are livelier than
nights. Pure: the same seed gives the same week.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from jobs.community import Character
from jobs.simulator_plan import Did, Step, Subjects, beginning, next_steps

DAYS: Final = 7
DAY: Final = 86_400.0
PART: Final = 0.012
"""How much of what a full day would hold is told: enough for a feed and a week's chart, quick to write down."""


def past_week(
    seed: str, people: Sequence[Character], subjects: Subjects, now: datetime
) -> list[tuple[datetime, Step, Did]]:
    """What was done in the week before now, oldest first, each with its time."""
    chance = Random(f"{seed} past")  # noqa: S311 - a simulation, not a secret
    _, steps = next_steps(seed, people, subjects, beginning(seed, people), DAY)
    # Nobody reaches a level every few minutes for a week: levels are left to the days to come.
    done = [(step, step.act) for step in steps if isinstance(step.act, Did) and step.act.type != "level_up"]
    told = []
    for days in range(DAYS, 0, -1):
        for step, did in done:
            at = now - timedelta(days=days) + timedelta(seconds=step.at)
            if chance.random() < PART * liveliness(at.hour):
                told.append((at, step, did))
    return told


def liveliness(hour: int) -> float:
    """How lively an hour of the day is, the busiest being 1."""
    if hour < 6 or hour >= 23:
        return 0.03
    return 1.0 if 15 <= hour < 20 else 0.45
