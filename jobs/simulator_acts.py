"""How what simulated people do is carried out: each act by the command that everybody else uses, in that person's name.

One hand for each kind of act, in one table. A hand that is refused (a limit, an erasure, a block) lets it be: what
happens to everybody may happen to them.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from math import sin
from typing import Any
from uuid import UUID, uuid4

from core.accounts.principals import Principals
from core.activity.commands import record_events
from core.clock import Clock
from core.errors import TandemError, Unauthorized
from core.events.fact import SIMULATOR
from core.practice.catalogue import apps, what_of
from core.practice.commands import Result, complete_practice, give_up_practice, start_practice
from core.practice.progress import PracticeLive
from core.presence.service import Presence
from core.principal import SYSTEM, Principal
from core.safety.gate import Gate
from core.transaction import Transactions
from jobs.simulator_scene import Act, Arrive, Begin, Did, Finish, GiveUp, Leave, Step, Turn

log = logging.getLogger(__name__)

LOBBY = "presence:lobby"
SHORTEST = 11.0
"""Real seconds that a practice takes at least, however fast the simulation runs: a quicker one would be doubted."""
AN_HOUR = 3600.0
MOST_AN_HOUR = 30
"""Results in a subject that somebody has within a real hour: more would be doubted."""
TASKS = 10
"""So many tasks a simulated practice is said to have."""


@dataclass(slots=True)
class Run:
    """A practice under way."""

    id: UUID
    app: str | None
    plan: Begin
    began: float


@dataclass(slots=True)
class Visit:
    """Somebody who is here, by the connection that stands for them."""

    conn: str
    who: Principal
    run: Run | None = None


@dataclass
class World:
    """Where acts happen, and who is there."""

    transactions: Transactions
    principals: Principals
    presence: Presence
    practice: PracticeLive
    gate: Gate
    clock: Clock
    ids: dict[str, UUID] = field(default_factory=dict)
    here: dict[str, Visit] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)
    """Who is to finish once enough real time has passed, by when."""
    going: set[str] = field(default_factory=set)
    """Who of them goes then."""
    done: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    async def principal(self, who: str) -> Principal | None:
        """The person as they are now; None when somebody erased them."""
        try:
            async with self.transactions.read() as db:
                return await self.principals.from_user(db, self.ids[who])
        except (Unauthorized, KeyError):
            return None

    def leave(self, who: str) -> None:
        visit = self.here.pop(who, None)
        if visit is not None:
            self.presence.leave(visit.conn)

    def empty(self) -> None:
        for who in tuple(self.here):
            self.leave(who)
        self.late.clear()
        self.going.clear()

    def may_practise(self, who: str, subject: str) -> bool:
        """Whether one more result in a subject is still what somebody might really do."""
        times, now = self.done.setdefault((who, subject), deque()), self.clock.monotonic()
        while times and times[0] < now - AN_HOUR:
            times.popleft()
        return len(times) < MOST_AN_HOUR

    def count(self, who: str, subject: str) -> None:
        self.done.setdefault((who, subject), deque()).append(self.clock.monotonic())


Hand = Callable[[World, str, Any], Awaitable[None]]


async def carry_out(world: World, steps: list[Step]) -> None:
    """Let these happen, in order; what a host would tell of goes into the log in one transaction."""
    for step in steps:
        try:
            await HANDS[type(step.act)](world, step.who, step.act)
        except TandemError as error:
            if error.temporary and error.status == 503:
                raise
            log.debug("a simulated person was refused", extra={"act": type(step.act).__name__, "reason": str(error)})
    told = [_item(step.who, step.act) for step in steps if isinstance(step.act, Did) and step.who in world.here]
    if told:
        await world.transactions.run(SYSTEM, record_events, told, SIMULATOR)


async def _arrive(world: World, who: str, act: Arrive) -> None:
    if who in world.here:
        return
    principal = await world.principal(who)
    if principal is None:
        return
    conn = f"{SIMULATOR}-{uuid4().hex}"
    world.here[who] = Visit(conn, principal)
    for topic in (LOBBY, *([f"cohort:{principal.cohort_id}"] if principal.cohort_id else [])):
        world.presence.enter(conn, topic, principal, {"current_subject": act.subject})
    world.presence.change(conn, activity="browsing")


async def _turn(world: World, who: str, act: Turn) -> None:
    if who in world.here:
        world.presence.change(world.here[who].conn, status=act.status, activity=act.activity)


async def _leave(world: World, who: str, act: Leave) -> None:
    if who in world.late:
        world.going.add(who)
    else:
        world.leave(who)


async def _begin(world: World, who: str, act: Begin) -> None:
    visit = world.here.get(who)
    if visit is None or who in world.late or not world.may_practise(who, act.subject):
        return
    what = what_of(act.subject, act.skill)
    run = await world.transactions.run(visit.who, start_practice, world.gate, what)
    visit.run = Run(run.id, run.app, act, world.clock.monotonic())
    await world.practice.begin(run.id)


async def _finish(world: World, who: str, act: Finish) -> None:
    visit = world.here.get(who)
    if visit is None or visit.run is None:
        return
    ready = visit.run.began + SHORTEST
    if world.clock.monotonic() < ready:
        world.late[who] = ready
        return
    world.late.pop(who, None)
    run, visit.run = visit.run, None
    plan = run.plan
    wpm = plan.wpm if "wpm" in metrics_of(run.app) else None
    await world.transactions.run(visit.who, complete_practice, Result(score=plan.score, wpm=wpm), run_id=run.id)
    world.count(who, plan.subject)


async def _give_up(world: World, who: str, act: GiveUp) -> None:
    visit = world.here.get(who)
    if visit is not None and visit.run is not None:
        run, visit.run = visit.run, None
        await world.transactions.run(visit.who, give_up_practice, run.id)


async def _told(world: World, who: str, act: Did) -> None:
    """What a host tells of is told for all together."""


HANDS: Mapping[type[Act], Hand] = {
    Arrive: _arrive,
    Turn: _turn,
    Leave: _leave,
    Begin: _begin,
    Finish: _finish,
    GiveUp: _give_up,
    Did: _told,
}


async def finish_late(world: World) -> None:
    """Those finish now who did so too soon for the real clock."""
    now = world.clock.monotonic()
    due = [who for who, at in world.late.items() if at <= now]
    await carry_out(world, [Step(0.0, who, Finish()) for who in due])
    for who in due:
        world.late.pop(who, None)
        if who in world.going:
            world.going.discard(who)
            world.leave(who)


async def tell_progress(world: World, speed: float, most: int, turn: int) -> None:
    """Say how it goes with some of those who practise: all of them in turn, so many at once."""
    runs = [(who, visit) for who, visit in world.here.items() if visit.run is not None]
    start = (turn * most) % max(1, len(runs))
    for who, visit in (runs[start:] + runs[:start])[:most]:
        if visit.run is None or visit.who.id is None:
            continue
        try:
            await world.practice.say(visit.run.id, visit.who.id, figures_of(visit.run, world.clock.monotonic(), speed))
        except TandemError:
            # It was ended by somebody else: replaced, or stale.
            world.here[who].run = None


def figures_of(run: Run, now: float, speed: float) -> dict[str, float]:
    """How a practice goes at a moment: towards its result, with a little up and down."""
    share = min(1.0, max(0.05, (now - run.began) * speed / run.plan.seconds))
    sway = 1 + 0.04 * sin(run.began + 7 * share)
    found = {
        "wpm": round(run.plan.wpm * (0.8 + 0.2 * share) * sway, 1),
        "accuracy": round(min(100.0, (90 + (run.plan.score - 90) * share) * sway), 1),
        "score": round(run.plan.score * share, 1),
    }
    far = {"done": float(int(TASKS * share)), "of": float(TASKS)}
    return {name: value for name, value in found.items() if name in metrics_of(run.app)} | far


def metrics_of(app: str | None) -> tuple[str, ...]:
    return apps()[app].metrics if app in apps() else ("score",)


def _item(who: str, did: Did) -> dict[str, Any]:
    return {
        "id": f"{SIMULATOR}-{uuid4().hex}",
        "type": did.type,
        "external_id": who,
        "subject": did.subject,
        "skill": did.skill,
        "properties": did.properties,
    }


def told_at(who: str, did: Did, at: Any) -> dict[str, Any]:
    """The same of something that lies back."""
    return _item(who, did) | {"at": at}
