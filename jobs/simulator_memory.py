"""Telling a group's past: today's part at once, the rest by and by, and the rest of it after a stop.

There are two groups, the community and the demo's personas, so that whoever enters as one of them does not open an
empty page. Personas are the host's people as far as anything else goes: only what is told here of their past is
simulated, and bears that source in the log. Whoever has done something already has a past of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.accounts.queries import people_by_external_ids
from core.activity.commands import take_in
from core.activity.queries import has_facts
from core.events.fact import SIMULATOR
from core.monitoring.simulated_past import Past, close_past, open_past
from core.principal import SYSTEM
from core.transaction import Transactions
from jobs.community import Character
from jobs.simulator_acts import told_at
from jobs.simulator_past import Past as Told
from jobs.simulator_past import past_week
from jobs.simulator_scene import Scene, Subjects

Item = dict[str, Any]
AT_ONCE: Final = 50
SHOWN: Final = 86_400
"""Seconds for which feeds show what happened: that much is told in its order, before anything else happens."""
PERSONAS: Final = (
    Character("Mia Berger", 15, "", level=80, own="demo-student", steady=True),
    Character("Daniel Okafor", 29, "", level=74, own="demo-adult-student", steady=True),
)


@dataclass
class Memory:
    """What of a group's past is still to be told."""

    transactions: Transactions
    group: str
    people: Sequence[Character]
    at_once: bool = False
    """Whether few enough are in it that all of it can be told before anything else happens."""
    past: Past | None = None
    rest: list[Told] = field(default_factory=list)

    async def begin(self, ids: Mapping[str, UUID], scene: Scene, subjects: Subjects) -> list[Item]:
        """What is to be told of the last day; the rest is kept. Nothing where all of it has been told."""
        known = [person for person in self.people if person.key in ids]
        there = [ids[person.key] for person in known]
        async with self.transactions.read() as db:
            fresh = bool(there) and not await has_facts(db, there)
        past = await self.transactions.run(SYSTEM, open_past, self.group, scene.seed, scene.begins, fresh=fresh)
        if past is None:
            return []
        then = Scene(past.seed, known, subjects, past.begins.astimezone(scene.begins.tzinfo))
        week = await asyncio.to_thread(past_week, then, self.people)
        self.past = past
        if self.at_once:
            # The older first: what they earned in the week is theirs with today's first result.
            await tell(self.transactions, self._items([one for one in week if not _is_shown(one[0], scene.begins)]))
            return self._items([one for one in week if _is_shown(one[0], scene.begins)])
        # What feeds do not show may come in any order, and while others are at it.
        self.rest = [one for one in week if not _is_shown(one[0], scene.begins)]
        return self._items([one for one in week if _is_shown(one[0], scene.begins) and one[1].who in ids])

    async def go_on(self) -> None:
        """Some more of it; the last of it is written down."""
        if self.past is None:
            return
        told, self.rest = self.rest[:AT_ONCE], self.rest[AT_ONCE:]
        await tell(self.transactions, self._items(told))
        if not self.rest:
            await self.transactions.run(SYSTEM, close_past, self.group, self.past)
            self.past = None

    def _items(self, told: Sequence[Told]) -> list[Item]:
        """As a host would send them, each under the same id whenever it is told."""
        begun = f"{self.past.begins:%Y%m%dT%H%M%S}" if self.past else ""
        return [
            told_at(step.who, did, at) | {"id": f"{SIMULATOR}-past-{begun}-{step.who}-{at:%Y%m%dT%H%M%S.%f}"}
            for at, step, did in told
        ]


async def tell(transactions: Transactions, items: Sequence[Item]) -> None:
    """In the order of their times, so that feeds have them in it too."""
    if items:
        await take_in(transactions, SYSTEM, sorted(items, key=lambda item: item["at"]), SIMULATOR)


def _is_shown(at: datetime, now: datetime) -> bool:
    return (now - at).total_seconds() < SHOWN


async def persona_ids(transactions: Transactions) -> dict[str, UUID]:
    """Those of the personas who are known here: in a demo all, else none."""
    async with transactions.read() as db:
        return await people_by_external_ids(db, [person.key for person in PERSONAS])
