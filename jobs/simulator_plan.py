"""What the simulated community does next: a pure plan, the same for the same seed, however it is cut into ticks.

Everybody comes, looks about, does one thing or another, and goes again; the times of day and one's habits say how soon
they come back. Time is in seconds of the simulation, so whoever drives it decides how fast it passes. Each turn of each
person draws from its own stream of chance, named by seed, person and turn: nothing else matters. What there is to do
stands in one table, `jobs/simulator_behaviours.py`.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from jobs.community import Character
from jobs.simulator_behaviours import BEHAVIOURS, choose
from jobs.simulator_habits import subject_for
from jobs.simulator_scene import GONE, LOOKING, Arrive, Scene, Situation, State, Step, Turned, later

FIRST = 12
"""So many come within the first seconds."""


def beginning(scene: Scene, now: float = 0.0) -> State:
    """Nobody is here yet; some come within seconds, the others within minutes."""
    soon = min(0.5, FIRST / max(1, len(scene.people)))
    return {person.key: _first(scene, person, soon, now) for person in scene.people}


def _first(scene: Scene, person: Character, soon: float, now: float) -> Situation:
    chance = Random(f"{scene.seed}/{person.key}")  # noqa: S311 - a simulation, not a secret
    first = chance.random() < soon
    return Situation(GONE, now + (chance.uniform(0, 8) if first else chance.uniform(10, 240) * scene.calm))


def resized(scene: Scene, state: State, now: float) -> State:
    """The same for a community of another size: who was there goes on, who is new is still to come."""
    return {key: state.get(key, fresh) for key, fresh in beginning(scene, now).items()}


def next_steps(scene: Scene, state: State, now: float) -> tuple[State, list[Step]]:
    """Everything that happens up to `now`, in order, and how things stand then."""
    steps: list[Step] = []
    after = dict(state)
    for person in scene.people:
        while (situation := after[person.key]).next_at <= now:
            chance = Random(f"{scene.seed}/{person.key}/{situation.turn}")  # noqa: S311 - a simulation, not a secret
            changed, acts = _turn(scene, person, situation, chance)
            steps += [Step(situation.next_at, person.key, act) for act in acts]
            after[person.key] = replace(changed, turn=situation.turn + 1)
    # Sorting is stable: what somebody does in one turn stays in its order.
    return after, sorted(steps, key=lambda step: step.at)


def bearable(scene: Scene, state: State, now: float, most: int) -> tuple[State, list[Step], float]:
    """The same with so many costly steps at most: the simulation's time stops where they are used up."""
    after, steps = next_steps(scene, state, now)
    costly = [step.at for step in steps if step.act.costly]
    if len(costly) <= most:
        return after, steps, now
    # What happens at the same moment stays together: at least one moment passes, so that it always goes on.
    end = max(costly[most - 1], costly[0])
    return (*next_steps(scene, state, end), end)


def _turn(scene: Scene, person: Character, now: Situation, chance: Random) -> Turned:
    if now.phase == GONE:
        subject = subject_for(scene.habits(person), scene.names, chance)
        return later(now, LOOKING, chance.uniform(3, 20), subject=subject), [Arrive(subject)]
    if now.phase == LOOKING:
        return choose(scene, person, now, chance)
    return BEHAVIOURS[now.phase].finish(scene, person, now, chance)
