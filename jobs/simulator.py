"""Drives the simulated community through the commands that everybody else uses, while this node leads.

Its people are saved like a host's, come and go like connections, and what they do enters the log with the source
`simulator`. The switch in the database is looked at every second: staff start and stop it, slow it and hurry it.
When it stops, or this node no longer leads, everybody it brought is gone at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from core.accounts.commands import ConsentInput, PersonInput, save_person, set_consents
from core.accounts.principals import Principals
from core.activity.commands import record_events, take_in
from core.activity.queries import has_facts
from core.clock import Clock
from core.content import subjects
from core.errors import Conflict, Unauthorized
from core.monitoring.queries import simulator_state
from core.presence.service import Presence
from core.principal import SYSTEM, Principal
from core.transaction import Transaction, Transactions
from jobs.community import COMMUNITY, Character
from jobs.simulator_past import past_week
from jobs.simulator_plan import Arrive, Did, Leave, State, Step, Turn, beginning, next_steps

log = logging.getLogger(__name__)

SOURCE = "simulator"
TICK = 1.0
LONGEST = 60.0
"""Seconds of the simulation that one tick makes up for at most: after a stall nobody does a day's work at once."""
LOBBY = "presence:lobby"


class Simulator:
    def __init__(
        self,
        transactions: Transactions,
        principals: Principals,
        presence: Presence,
        clock: Clock,
        *,
        on: bool,
        people: Sequence[Character] = COMMUNITY,
        seed: str = "",
        pace: float = TICK,
        past: bool = True,
    ) -> None:
        self._transactions, self._principals, self._presence, self._clock = transactions, principals, presence, clock
        self._on, self._people, self._seed, self._pace = on, people, seed, pace
        self._skills = {subject.id: subject.skills for subject in subjects().values()}
        self._past = past
        self._plan: State | None = None
        self._time = self._last = 0.0
        self._ids: dict[str, UUID] = {}
        self._here: dict[str, str] = {}
        """Who is here, by the connection that stands for them."""
        self._stale: set[str] = set()

    @property
    def here(self) -> frozenset[str]:
        return frozenset(self._here)

    async def run(self) -> None:
        complained = False
        try:
            while True:
                try:
                    await self.tick()
                    complained = False
                except Exception:
                    if not complained:
                        log.warning("the simulator stumbled", exc_info=True)
                    complained = True
                await asyncio.sleep(self._pace)
        finally:
            self._empty()

    async def tick(self) -> None:
        """Let the time since the last tick pass, as fast as the switch says."""
        now = self._clock.monotonic()
        passed, self._last = now - self._last, now
        async with self._transactions.read() as db:
            switch = await simulator_state(db, self._on)
        if not switch.running:
            self._empty()
            return
        before = self._plan
        if before is None:
            before, passed = await self._begin(), 0.0
        self._time += min(passed * switch.speed, LONGEST)
        plan, steps = next_steps(self._seed, self._people, self._skills, before, self._time)
        await self._catch_up()
        for step in steps:
            await self._move(step)
        await self._state([step for step in steps if isinstance(step.act, Did)])
        self._plan = plan
        for conn in self._here.values():
            self._presence.touch(conn, by_person=True)

    async def _begin(self) -> State:
        """The community is there, by the same door as everybody; the day starts anew."""
        self._seed = self._seed or uuid4().hex
        self._ids = await self._transactions.run(SYSTEM, save_community, self._people)
        if self._past:
            await self._remember()
        self._time = 0.0
        return beginning(self._seed, self._people)

    async def _remember(self) -> None:
        """Give a community that has never done anything a week behind it, once."""
        async with self._transactions.read() as db:
            if await has_facts(db, list(self._ids.values())):
                return
        now = self._clock.now()
        week = await asyncio.to_thread(past_week, self._seed, self._people, self._skills, now)
        items = [_item(step.who, did) | {"at": at} for at, step, did in week]
        await take_in(self._transactions, SYSTEM, items, SOURCE)

    def _empty(self) -> None:
        for conn in self._here.values():
            self._presence.leave(conn)
        self._here.clear()
        self._plan = None

    async def _move(self, step: Step) -> None:
        conn = self._here.get(step.who)
        match step.act:
            case Arrive(subject) if conn is None:
                await self._arrive(step.who, subject)
            case Turn(status, activity) if conn is not None:
                self._presence.change(conn, status=status, activity=activity)
            case Leave() if conn is not None:
                self._presence.leave(self._here.pop(step.who))

    async def _arrive(self, who: str, subject: str) -> None:
        principal = await self._principal(who)
        if principal is None:
            return
        conn = self._here[who] = f"{SOURCE}-{uuid4().hex}"
        self._presence.enter(conn, LOBBY, principal, {"current_subject": subject})
        if principal.cohort_id:
            self._presence.enter(conn, f"cohort:{principal.cohort_id}", principal, {"current_subject": subject})
        self._presence.change(conn, activity="browsing")

    async def _principal(self, who: str) -> Principal | None:
        """The person as they are now; None when somebody erased them."""
        try:
            async with self._transactions.read() as db:
                return await self._principals.from_user(db, self._ids[who])
        except Unauthorized:
            return None

    def rights_changed(self, user_id: UUID) -> None:
        """Somebody's name, audience or existence changed; if they are ours, they are looked at in the next tick."""
        self._stale |= {who for who, known in self._ids.items() if known == user_id}

    async def _catch_up(self) -> None:
        stale, self._stale = self._stale, set()
        for who in stale & self._here.keys():
            principal = await self._principal(who)
            if principal:
                self._presence.judge_again(self._here[who], principal)
            else:
                self._presence.leave(self._here.pop(who))

    async def _state(self, steps: Sequence[Step]) -> None:
        """Enter what was done into the log, all in one transaction."""
        items = [_item(step.who, step.act) for step in steps if isinstance(step.act, Did)]
        if items:
            await self._transactions.run(SYSTEM, record_events, items, SOURCE)


def _item(who: str, did: Did) -> dict[str, Any]:
    return {
        "id": f"{SOURCE}-{uuid4().hex}",
        "type": did.type,
        "external_id": who,
        "subject": did.subject,
        "skill": did.skill,
        "properties": did.properties,
    }


async def save_community(tx: Transaction, people: Sequence[Character]) -> dict[str, UUID]:
    """Make the simulated people known, with their guardians' consent where they are children; their ids by key."""
    ids = {}
    for person in people:
        given = PersonInput(
            external_id=person.key,
            name=person.name,
            role=person.role,
            cohort=person.cohort,
            birth_date=person.born(tx.now.date()),
            simulated=True,
        )
        user = await save_person(tx, given)
        if not user.simulated:
            raise Conflict(f"{person.key} is the id of a person who is not simulated.")
        if person.needs_consent and user.audience == "nobody":
            await tx.db.flush()
            consent = ConsentInput(scope="social_visibility", given=True, method="simulated")
            await set_consents(tx, person.key, [consent])
        ids[person.key] = user.id
    return ids
