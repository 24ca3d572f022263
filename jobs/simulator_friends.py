"""Who is whose friend in the simulated community, and how its people answer the nudges that they get.

Everybody who practises has a few friends in their own cohort, and so have the demo's personas: so the ordinary
detection has somebody to tell, and somebody to tell of. The answers go through the same commands as anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from core.accounts.personas import personas
from core.errors import TandemError
from core.nudges.commands import accept, ignore
from core.nudges.queries import pending_of
from jobs.community import Character
from jobs.simulator_acts import World

EACH = 3
"""Friends that somebody asked, of those who come after them in their cohort."""
OF_PERSONAS = 5
ANSWERS = 0.5
"""How many of the nudges that wait are answered at a time."""


def friends(people: Sequence[Character]) -> Iterator[tuple[str, str]]:
    """Pairs of friends by their ids."""
    cohorts = {person.cohort for person in people}
    for cohort in sorted(cohorts):
        mates = [person.key for person in people if person.cohort == cohort and person.practises]
        for place, one in enumerate(mates):
            yield from ((one, mates[(place + step) % len(mates)]) for step in range(1, EACH + 1))
        for persona in personas():
            if persona.cohort == cohort and persona.role == "student":
                yield from ((persona.id, one) for one in mates[2 : 2 + OF_PERSONAS])


async def answer_nudges(world: World, tick: int) -> int:
    """Let some of those who are here answer what waits for them; how many did."""
    chance = Random(f"nudges {tick}")  # noqa: S311 - a simulation, not a secret
    here = {world.ids[who]: who for who in world.here if who in world.ids}
    async with world.transactions.read() as db:
        waiting = [nudge for nudge in await pending_of(db, list(here)) if chance.random() < ANSWERS]
    for nudge_id, user_id in waiting:
        principal = await world.principal(here[user_id])
        answer = accept if chance.random() < 0.4 else ignore
        try:
            if principal is not None:
                await world.transactions.run(principal, answer, nudge_id)
        except TandemError:
            continue  # its time was up
    return len(waiting)
