"""Has simulated people talk in their cohorts' rooms, set challenges and join them, through everybody's own commands.

It listens to what they do: each fact decides by its own id whether somebody says something about it, so a fact that
several nodes hear leads to one message (its key is the fact's). Slow on purpose: nobody's room is talked full.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from random import Random
from uuid import UUID

import yaml

from core.accounts.principals import Principals
from core.clock import Clock
from core.content import FOLDER
from core.errors import TandemError
from core.events.catalog import PracticeCompleted, PracticeStarted
from core.live.liveview import Delivery
from core.live.relay import Relay
from core.principal import Principal
from core.safety.gate import Gate
from core.social.challenges import challenge_cohort, join_challenge
from core.social.chat import send_message
from core.social.room_queries import open_challenges
from core.transaction import Transactions

log = logging.getLogger(__name__)

APART = 12.0
"""Seconds between two things that are said or set in one cohort, however fast the simulation runs."""
TALKS, CHALLENGES, JOINS = 0.35, 0.12, 0.6
TYPES = ("practice_started", "practice_completed", "high_score", "achievement_unlocked")


@cache
def lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load((FOLDER / "small_talk.yaml").read_text())
    return found


class Chatter:
    def __init__(
        self, relay: Relay, transactions: Transactions, principals: Principals, gate: Gate, clock: Clock
    ) -> None:
        self._relay, self._transactions, self._principals = relay, transactions, principals
        self._gate, self._clock = gate, clock
        self._spoke: dict[UUID, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen for as long as this node leads."""
        self._relay.listeners.append(self.on_delivery)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._relay.listeners.remove(self.on_delivery)
            for task in tuple(self._tasks):
                task.cancel()

    def on_delivery(self, delivery: Delivery) -> None:
        """A fact was relayed: somebody simulated may have something to say about it."""
        fact, who = delivery.fact, delivery.who
        if who is None or not who.simulated or who.cohort_id is None or fact.backfill or fact.type not in TYPES:
            return
        if not fact.skill or fact.source == "tandem" or len(self._tasks) > 4:
            return
        now = self._clock.monotonic()
        if now - self._spoke.get(who.cohort_id, float("-inf")) < APART:
            return
        chance = Random(fact.event_id.int)  # noqa: S311 - a simulation, not a secret
        if chance.random() < TALKS:
            self._spoke[who.cohort_id] = now
            task = asyncio.create_task(self._act(delivery, chance), name="chatter")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _act(self, delivery: Delivery, chance: Random) -> None:
        fact = delivery.fact
        try:
            async with self._transactions.read() as db:
                me = await self._principals.from_user(db, fact.user_id or UUID(int=0))
            if isinstance(fact.event, PracticeStarted):
                await self._join(me, fact.skill or "", chance)
            if isinstance(fact.event, PracticeCompleted) and chance.random() < CHALLENGES:
                run = self._transactions.run
                await run(me, challenge_cohort, self._gate, fact.skill or "", subject=fact.subject)
                return
            words = chance.choice(lines()["tutor" if me.role == "tutor" else fact.type])
            text = words.format(skill=(fact.skill or "").replace("-", " "))
            said, key = text[:1].upper() + text[1:], str(fact.event_id)
            await self._transactions.run(me, send_message, self._gate, said, key=key)
        except TandemError:
            pass  # shut, too often, erased meanwhile: nobody is owed small talk
        except Exception:
            log.warning("a simulated person had nothing to say", exc_info=True)

    async def _join(self, me: Principal, skill: str, chance: Random) -> None:
        """Take part in what is open, now and then; in one's own skill mostly."""
        if me.cohort_id is None:
            return
        async with self._transactions.read() as db:
            found = await open_challenges(db, me.cohort_id)
        for one in found:
            if chance.random() < (JOINS if one.skill == skill else JOINS / 4):
                await self._transactions.run(me, join_challenge, self._gate, one.challenge_id)
