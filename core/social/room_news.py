"""What a cohort's room is told beside its log: how it stands, when that changes, and that something waits for staff.

How many members there are and how many challenges are open is counted when it is asked for, once for all who ask within
a second. News are signals: whoever was away gets the same with their next join. Nobody but staff hears that something
was held or reported, and a writer alone that it was theirs.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.errors import NotFound
from core.events.catalog import PersonAdded, PersonErased, PersonUpdated
from core.events.cohorts import (
    CohortChallengeClosed,
    CohortChallengeCreated,
    CohortMessageHeld,
    CohortMessageRemoved,
    CohortMessageReported,
    CohortMessageSent,
    CohortPersonMuted,
)
from core.live.hub import Hub, Message
from core.live.liveview import Delivery
from core.presence.service import Presence
from core.social.room_queries import Info, info_of
from core.transaction import Transactions

log = logging.getLogger(__name__)

APART = 0.5
"""Seconds between two words on how one room stands."""
AT_ONCE = 2
"""Rooms read side by side: a school that comes back asks after all of its own in one second."""
GOOD_FOR = 1.0
KEPT = 2_000

OF_NUMBERS = (PersonAdded, PersonErased, PersonUpdated, CohortChallengeCreated, CohortChallengeClosed)
FOR_STAFF = (CohortMessageHeld, CohortMessageReported, CohortMessageRemoved, CohortMessageSent, CohortPersonMuted)


class RoomNews:
    def __init__(self, transactions: Transactions, hub: Hub, presence: Presence, clock: Clock) -> None:
        self._transactions, self._hub, self._presence, self._clock = transactions, hub, presence, clock
        self._known: dict[UUID, tuple[float, asyncio.Task[Info | None]]] = {}
        self._due: dict[UUID, asyncio.TimerHandle] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    # --- how a room stands

    async def info(self, cohort_id: UUID) -> dict[str, Any]:
        """`cohort_info`, read once for all who ask at about the same time."""
        now = self._clock.monotonic()
        at, task = self._known.get(cohort_id, (float("-inf"), None))
        if task is None or now - at > GOOD_FOR or (task.done() and task.exception()):
            task = asyncio.create_task(self._read(cohort_id), name=f"info {cohort_id}")
            # Whoever waits hears of a failure; if all of them left, nobody needs to.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[cohort_id] = (now, task)
        found = await asyncio.shield(task)
        if found is None:
            raise NotFound("There is no such cohort.")
        return found.wire(self.online(cohort_id))

    def online(self, cohort_id: UUID) -> int:
        return self._presence.count(f"cohort:{cohort_id}")

    async def _read(self, cohort_id: UUID) -> Info | None:
        async with self._turns, self._transactions.read() as db:
            return await info_of(db, cohort_id, self._clock.now())

    # --- news

    def on_delivery(self, delivery: Delivery) -> None:
        """A fact was relayed: tell whom it concerns here."""
        fact, event = delivery.fact, delivery.fact.event
        if isinstance(event, OF_NUMBERS):
            came_from = event.cohort_from if isinstance(event, PersonUpdated) else None
            if not isinstance(event, PersonUpdated) or came_from != fact.cohort_id:
                for cohort_id in filter(None, {fact.cohort_id, came_from}):
                    self._changed(cohort_id)
        if isinstance(event, FOR_STAFF) and fact.cohort_id is not None:
            self._hub.signal(Message(f"cohort:{fact.cohort_id}:desk", "desk_changed", {}))
        if fact.user_id is not None and fact.visibility == "private":
            if isinstance(event, CohortMessageHeld):
                self._own(fact.user_id, event.message_id, "held")
            elif isinstance(event, CohortMessageRemoved):
                self._own(fact.user_id, event.message_id, "removed")
            elif isinstance(event, CohortPersonMuted):
                until = event.until.isoformat() if event.until else None
                self._hub.signal(Message(f"user:{fact.user_id}", "chat_muted", {"until": until}))

    def _own(self, user_id: UUID, message_id: UUID, status: str) -> None:
        said = {"message_id": str(message_id), "status": status}
        self._hub.signal(Message(f"user:{user_id}", "own_message", said))

    def _changed(self, cohort_id: UUID) -> None:
        self._known.pop(cohort_id, None)
        if self._hub.count(f"cohort:{cohort_id}") and cohort_id not in self._due:
            loop = asyncio.get_running_loop()
            self._due[cohort_id] = loop.call_later(APART, self._tell_soon, cohort_id)

    def _tell_soon(self, cohort_id: UUID) -> None:
        self._due.pop(cohort_id, None)
        task = asyncio.create_task(self._tell(cohort_id), name=f"tell {cohort_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, cohort_id: UUID) -> None:
        self._known.pop(cohort_id, None)
        try:
            info = await self.info(cohort_id)
        except Exception:
            # Whoever joins next reads it anew.
            log.warning("a cohort's room could not be told how it stands", exc_info=True)
            return
        self._hub.signal(Message(f"cohort:{cohort_id}", "cohort_info", info))

    async def close(self) -> None:
        for timer in self._due.values():
            timer.cancel()
        waiting = [*self._tasks, *(task for _, task in self._known.values())]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
