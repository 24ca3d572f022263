"""Drives the simulated community through the commands that everybody else uses, while this node leads.

Its people are saved like a host's, come and go like connections, and what they do enters the log with the source
`simulator`. The switch in the database is looked at every second: staff start and stop it, slow it and hurry it, make
it larger or smaller, or have everybody taken away. Each second does so much work at most; where a community is too
large or too fast for that, its time passes more slowly. When it stops, or this node no longer leads, everybody is gone
at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from core.accounts.queries import simulated_people
from core.content import subjects
from core.monitoring.commands import take_simulated_away
from core.monitoring.queries import SIMULATED, SimulatorState, simulator_state
from core.principal import SYSTEM
from core.social.introducing import introduce
from jobs.community import Character, community
from jobs.simulator_acts import World, carry_out, finish_late, tell_progress
from jobs.simulator_friends import answer_nudges, friends
from jobs.simulator_memory import PERSONAS, Memory, persona_ids, tell
from jobs.simulator_people import missing, save_community
from jobs.simulator_plan import bearable, beginning, resized
from jobs.simulator_scene import Scene, State

log = logging.getLogger(__name__)

TICK = 1.0
LONGEST = 60.0
"""Seconds of the simulation that one tick makes up for at most: after a stall nobody does a day's work at once."""
WORK = 12
"""Commands in one tick at most."""
ANSWER_EVERY = 20
"""Ticks between two looks at the nudges that people of ours got."""
WATCHED = 20
"""Practices of which one tick tells how they go."""
AWAY_AT_ONCE = 10
"""People whom one tick takes away in a reset."""
PAST_PEOPLE = 240
"""So many have a week behind them; of the others nothing is known before they came."""


class Simulator:
    def __init__(
        self,
        world: World,
        *,
        on: bool,
        size: int = SIMULATED,
        seed: str = "",
        zone: ZoneInfo | None = None,
        pace: float = TICK,
        past: bool = True,
    ) -> None:
        self.world = world
        self._on, self._size, self._given_seed, self._zone, self._pace = on, size, seed, zone or ZoneInfo("UTC"), pace
        self._skills = {subject.id: subject.skills for subject in subjects().values()}
        self._past_wanted = past
        self._scene: Scene | None = None
        self._plan: State = {}
        self._memories: list[Memory] = []
        self._time = self._last = 0.0
        self._ticks = 0
        self._stale: set[str] = set()

    @property
    def here(self) -> frozenset[str]:
        return frozenset(self.world.here)

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
            self._rest()

    async def tick(self) -> None:
        """Let the time since the last tick pass, as fast as the switch says."""
        now = self.world.clock.monotonic()
        passed, self._last = now - self._last, now
        async with self.world.transactions.read() as db:
            switch = await simulator_state(db, self._on, self._size)
        if switch.leaving is not None:
            await self._take_away()
            return
        if not switch.running:
            self._rest()
            return
        if self._scene is None:
            passed = 0.0
        scene = await self._settle(switch)
        self._time += min(passed * switch.speed, LONGEST)
        plan, steps, self._time = bearable(scene, self._plan, self._time, WORK)
        await self._catch_up()
        await carry_out(self.world, steps)
        self._plan = plan
        await self._beside(switch)

    async def _beside(self, switch: SimulatorState) -> None:
        """What goes on besides: late results, live figures, some more of the past, and a sign of life."""
        self._ticks += 1
        await finish_late(self.world)
        await tell_progress(self.world, switch.speed, WATCHED, self._ticks)
        if not missing(community(min(PAST_PEOPLE, switch.people)), self.world.ids):
            for memory in self._memories:
                await memory.go_on()
        for visit in self.world.here.values():
            self.world.presence.touch(visit.conn, by_person=True)
        if self._ticks % ANSWER_EVERY == 0:
            await answer_nudges(self.world, self._ticks)

    async def _settle(self, switch: SimulatorState) -> Scene:
        """The community as large as it is to be: who is missing is made known, some at a time."""
        world, people = self.world, community(switch.people)
        if self._scene is None:
            async with world.transactions.read() as db:
                world.ids = await simulated_people(db)
            first = people[: len(community(SIMULATED))]
            # They every time: birthdays pass, and names may have been changed.
            world.ids |= await world.transactions.run(SYSTEM, save_community, first)
            await world.transactions.run(SYSTEM, introduce, friends(first))
        else:
            fresh = missing(people, world.ids)
            if fresh:
                world.ids |= await world.transactions.run(SYSTEM, save_community, fresh)
                await world.transactions.run(SYSTEM, introduce, friends(fresh))
        known = [person for person in people if person.key in world.ids]
        if self._scene is None:
            await self._begin(known, switch)
        elif len(known) != len(self._scene.people):
            self._resize(known)
        scene = self._scene
        if scene is None:
            raise RuntimeError("a community that has begun has a scene")
        return scene

    async def _begin(self, people: Sequence[Character], switch: SimulatorState) -> None:
        """The day starts anew; today's doings of a new community are there before anything else happens."""
        moment = self.world.clock.now().astimezone(self._zone)
        self._scene = Scene(self._given_seed or f"{moment:%Y-%m-%d}", people, self._skills, moment)
        self._plan, self._time = beginning(self._scene), 0.0
        if self._past_wanted:
            await self._remember(self._scene, switch)

    def _resize(self, people: Sequence[Character]) -> None:
        before = self._scene
        if before is None:
            return
        self._scene = Scene(before.seed, people, self._skills, before.begins)
        self._plan = resized(self._scene, self._plan, self._time)
        for who in self.world.here.keys() - self._plan.keys():
            self.world.leave(who)

    async def _remember(self, scene: Scene, switch: SimulatorState) -> None:
        """Give those who have never done anything a week behind them: today now, the rest by and by."""
        whole = community(min(PAST_PEOPLE, switch.people))
        world = self.world
        theirs = Memory(world.transactions, "community", whole)
        entered = Memory(world.transactions, "personas", PERSONAS, at_once=True)
        today = await theirs.begin(world.ids, scene, self._skills)
        today += await entered.begin(await persona_ids(world.transactions), scene, self._skills)
        await tell(world.transactions, today)
        self._memories = [theirs, entered]

    async def _take_away(self) -> None:
        """Some more of them go, until nobody is left; whoever looks sees how many there still are."""
        self._rest()
        await self.world.transactions.run(SYSTEM, take_simulated_away, AWAY_AT_ONCE)

    def _rest(self) -> None:
        self.world.empty()
        self._scene, self._plan, self._memories = None, {}, []

    def rights_changed(self, user_id: UUID) -> None:
        """Somebody's name, audience or existence changed; if they are ours, they are looked at in the next tick."""
        self._stale |= {who for who, visit in self.world.here.items() if visit.who.id == user_id}

    async def _catch_up(self) -> None:
        stale, self._stale = self._stale, set()
        for who in stale & self.world.here.keys():
            principal = await self.world.principal(who)
            if principal:
                self.world.here[who].who = principal
                self.world.presence.judge_again(self.world.here[who].conn, principal)
            else:
                self.world.leave(who)
