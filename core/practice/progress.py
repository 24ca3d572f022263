"""Live progress of practice: ephemeral, from whoever practises to whoever watches, on every node.

Of each run only the latest figures are told, twice a second at most, however often they are said; never in the log.
With them go the ranks of those who practise the same skill at once, to each as far as they may see the others. A run of
which neither a connection here nor any word anywhere is left for a while is ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, ParamSpec
from uuid import UUID

import msgspec

from core.clock import Clock
from core.errors import Conflict, NotFound
from core.events.catalog import AccessChanged, AudienceChanged, PersonErased, PersonUpdated, PracticeRunChanged
from core.live.hub import Hub, Message
from core.live.liveview import Delivery
from core.live.signals import Signals
from core.practice.catalogue import rank_by
from core.practice.commands import LONGEST, end_gone
from core.practice.live import Runner
from core.practice.queries import runner_of
from core.practice.race import far, picture, race_of
from core.practice.rules import REMEMBERED, Contender, may_see, ranked, trend
from core.principal import SYSTEM
from core.transaction import Transactions

P = ParamSpec("P")

log = logging.getLogger(__name__)

PACE = 0.5
"""Seconds between two updates of one run, and of one ranking."""
GONE_AFTER = 20.0
"""Seconds without a connection or a word after which a run that began here is over."""
TICK = 1.0
AT_ONCE = 2
"""So many reads at once of runs that the log told of."""
SHOWN = 20
KIND = "practice"
PEOPLE = (PersonUpdated, AudienceChanged, AccessChanged)

Said = tuple[str, str, dict[str, float]]
_said = msgspec.msgpack.Decoder(Said).decode
Group = tuple[str | None, str | None]


@dataclass(slots=True)
class Going:
    """One live run as this node knows it."""

    runner: Runner
    heard_at: float
    figures: dict[str, float] = field(default_factory=dict)
    history: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    rank: int | None = None
    home: bool = False
    """Whether its person is, or was, connected to this node while it ran."""


class PracticeLive:
    def __init__(
        self,
        transactions: Transactions,
        hub: Hub,
        signals: Signals,
        clock: Clock,
        connected: Callable[[UUID], bool],
        *,
        pace: float = PACE,
    ) -> None:
        self._transactions, self._hub, self._signals, self._clock = transactions, hub, signals, clock
        self._connected, self.pace = connected, pace
        self._going: dict[UUID, Going] = {}
        self._turned: dict[object, float] = {}
        self._due: dict[object, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._reading = asyncio.Semaphore(AT_ONCE)
        self.told = 0
        signals.on(KIND, self._receive)

    async def start(self) -> None:
        self._sweeper = asyncio.create_task(self._run(), name="practice")

    async def stop(self) -> None:
        for handle in self._due.values():
            handle.cancel()
        tasks = [*self._tasks, *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- what is said

    async def say(self, run_id: UUID, user_id: UUID, figures: dict[str, float]) -> None:
        """How one's own run goes, from now on until it is said again."""
        going = self._going.get(run_id) or await self._know(run_id)
        if going is None:
            raise Conflict("This practice is over, or never began.", reason="not_live")
        if going.runner.user_id != user_id:
            raise NotFound("There is no such practice of yours.", reason="unknown_practice")
        going.home = going.home or self._connected(user_id)
        self._hear(going, figures)
        self._signals.send(KIND, msgspec.msgpack.encode((str(run_id), str(user_id), figures)))

    async def begin(self, run_id: UUID) -> None:
        """A run was begun by a door of this node: if its person is connected here, it ends when they have gone."""
        going = await self._know(run_id)
        if going and self._connected(going.runner.user_id):
            going.home = True

    async def _know(self, run_id: UUID) -> Going | None:
        async with self._transactions.read() as db:
            runner = await runner_of(db, run_id)
        if runner is None:
            return None
        going = self._going.get(run_id)
        if going is None:
            going = self._going[run_id] = Going(runner, self._clock.monotonic())
        before, going.runner = race_of(going.runner), runner
        self._schedule(self._group(runner), self._tell_ranks)
        self._show(before)
        self._show(race_of(runner))
        return going

    def _receive(self, data: bytes) -> None:
        run_id, user_id, figures = _said(data)
        going = self._going.get(UUID(run_id))
        if going is None:
            self._spawn(self._hear_later, UUID(run_id), figures)
        elif str(going.runner.user_id) == user_id:
            self._hear(going, figures)

    async def _hear_later(self, run_id: UUID, figures: dict[str, float]) -> None:
        async with self._reading:
            going = self._going.get(run_id) or await self._know(run_id)
        if going is not None:
            self._hear(going, figures)

    def _hear(self, going: Going, figures: dict[str, float]) -> None:
        going.heard_at = self._clock.monotonic()
        going.figures = {**going.figures, **figures}
        value = going.figures.get(rank_by(going.runner.app)[0])
        if value is not None:
            going.history.append(value)
        self._schedule(going.runner.run_id, self._tell)
        self._schedule(self._group(going.runner), self._tell_ranks)
        self._show(race_of(going.runner))

    # --- what is told

    def _schedule(self, key: Any, turn: Callable[[Any], None]) -> None:
        """Tell at once what was quiet, and what was not when its time has come."""
        if key in self._due:
            return
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._turned.get(key, 0.0) + self.pace)
        self._due[key] = loop.call_at(at, self._turn, key, turn)

    def _turn(self, key: Any, turn: Callable[[Any], None]) -> None:
        self._due.pop(key, None)
        self._turned[key] = asyncio.get_running_loop().time()
        turn(key)

    def _tell(self, run_id: UUID) -> None:
        going = self._going.get(run_id)
        if going is None:
            return
        runner = going.runner
        payload = self.payload(going)
        self.told += 1
        self._hub.signal(Message(f"session:{runner.session_id}:live", "progress_update", payload))
        self._hub.signal(Message(f"user:{runner.user_id}:progress", "progress_update", payload))

    def payload(self, going: Going) -> dict[str, Any]:
        runner, now = going.runner, self._clock.now()
        return {
            "practice_id": str(runner.run_id),
            "session_id": str(runner.session_id),
            "seat": runner.seat,
            "app": runner.app,
            "subject": runner.subject,
            "skill": runner.skill,
            "current_wpm": going.figures.get("wpm"),
            "current_accuracy": going.figures.get("accuracy"),
            "current_score": going.figures.get("score"),
            **far(going),
            "session_duration": min(max(0, round((now - runner.started_at).total_seconds())), LONGEST),
            "trend": trend(list(going.history)),
            "rank": going.rank,
            "timestamp": now.isoformat(),
        }

    @staticmethod
    def _group(runner: Runner) -> Group:
        return (runner.subject, runner.skill)

    def _tell_ranks(self, group: Group) -> None:
        """Tell each who practises this of those whom they may see, with their ranks among these."""
        field_of = [going for going in self._going.values() if self._group(going.runner) == group]
        watched = self._hub.subscribers()
        for going in field_of:
            topic = f"session:{going.runner.session_id}:competitors"
            if topic in watched:
                self._hub.signal(Message(topic, "competitors", self._ranks(going, field_of)))

    def _ranks(self, going: Going, field_of: Iterable[Going]) -> dict[str, Any]:
        metric, higher = rank_by(going.runner.app)
        seen = {str(g.runner.user_id): g for g in field_of if may_see(going.runner, g.runner)}
        order = ranked([Contender(user_id, g.figures.get(metric)) for user_id, g in seen.items()], higher)
        me, before = str(going.runner.user_id), going.rank
        going.rank = next(rank for rank, contender in order if contender.user_id == me)
        shown = [(rank, c) for rank, c in order[:SHOWN]]
        shown += [(rank, c) for rank, c in order[SHOWN:] if c.user_id == me]
        return {
            "practice_id": str(going.runner.run_id),
            "metric": metric,
            "competitors": [
                {
                    "rank": rank,
                    "user_id": contender.user_id,
                    "username": seen[contender.user_id].runner.name,
                    "avatar_url": seen[contender.user_id].runner.avatar,
                    "metric_value": contender.value,
                    **far(seen[contender.user_id]),
                    "previous_rank": before if contender.user_id == me else None,
                }
                for rank, contender in shown
            ],
            "count": len(order),
        }

    def _show(self, race: str | None) -> None:
        if race is not None:
            self._schedule(race, self._tell_race)

    def _tell_race(self, race: str) -> None:
        if race in self._hub.subscribers():
            self._hub.signal(Message(race, "race", self.race(race)))

    def race(self, topic: str, hidden: Collection[UUID] = ()) -> dict[str, Any]:
        """Who is on the way in a subject right now, as one topic shows it."""
        return picture(topic, self._going.values(), hidden)

    # --- what the log brings

    def on_delivery(self, delivery: Delivery) -> None:
        """Follow runs that begin and end, and people who are called or seen differently."""
        fact, event = delivery.fact, delivery.fact.event
        if isinstance(event, PracticeRunChanged):
            if event.status == "live":
                self._spawn(self._refresh, [event.run_id])
            else:
                self._forget(event.run_id)
        elif isinstance(event, PersonErased):
            for run_id in self._runs_of(fact.user_id):
                self._forget(run_id)
        elif isinstance(event, PEOPLE):
            theirs = self._runs_of(fact.user_id)
            if theirs:
                self._spawn(self._refresh, theirs)

    def _runs_of(self, user_id: UUID | None) -> list[UUID]:
        return [run_id for run_id, going in self._going.items() if going.runner.user_id == user_id]

    async def _refresh(self, runs: Iterable[UUID]) -> None:
        # A burst of beginnings must not take the connections that everybody else needs.
        async with self._reading:
            for run_id in runs:
                if await self._know(run_id) is None:
                    self._forget(run_id)

    def _forget(self, run_id: UUID) -> None:
        going = self._going.pop(run_id, None)
        self._turned.pop(run_id, None)
        handle = self._due.pop(run_id, None)
        if handle:
            handle.cancel()
        if going:
            self._schedule(self._group(going.runner), self._tell_ranks)
            self._show(race_of(going.runner))

    def _spawn(self, work: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs) -> None:
        async def guarded() -> None:
            try:
                await work(*args, **kwargs)
            except Exception:
                # What is known of a run is read again with its next word.
                log.warning("live practice has to wait for the database", exc_info=True)

        task = asyncio.create_task(guarded(), name="practice read")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- time

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.tick()
            except Exception:
                log.warning("runs of those who went away have to wait", exc_info=True)

    async def tick(self) -> None:
        """End the runs of those who went away; let go of what other nodes told of and nobody speaks of any more."""
        now = self._clock.monotonic()
        for run_id, going in list(self._going.items()):
            if going.home and self._connected(going.runner.user_id):
                going.heard_at = now
            elif now - going.heard_at > GONE_AFTER and going.home:
                await self._transactions.run(SYSTEM, end_gone, run_id)
                self._forget(run_id)
        horizon = asyncio.get_running_loop().time() - 2 * self.pace
        self._turned = {key: at for key, at in self._turned.items() if at > horizon}

    async def settle(self) -> None:
        """Wait until what the log brought is known here."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def __len__(self) -> int:
        return len(self._going)
