"""Who is connected to a workshop: each node minds the participants at its own sockets.

Whoever comes is back in the workshop within a second; whoever is connected, or asks without a socket, is noted as seen
now and then; whoever went and did not come back within the grace time is marked away, so that nobody waits for them.
While the database is away nobody is judged, and what is due is done once it is back. A node that dies minds nobody any
more: a job finds those by when they were last seen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.errors import TandemError
from core.principal import SYSTEM, Principal
from core.transaction import Transaction, Transactions
from core.workshop.commands import mark_away, return_to_workshop, touch
from core.workshop.queries import seen_since
from core.workshop.upkeep import GRACE

log = logging.getLogger(__name__)

TICK = 1.0
NOTED = 10.0
"""Seconds between two notes that somebody is connected; well within the grace time."""

Connected = Callable[[], Mapping[UUID, Principal]]
"""The participants at this node's sockets now."""


class Attendance:
    def __init__(self, transactions: Transactions, clock: Clock, connected: Connected) -> None:
        self._transactions, self._clock, self._connected = transactions, clock, connected
        self._here: dict[UUID, Principal] = {}
        self._gone: dict[UUID, tuple[Principal, float]] = {}
        self._noted = float("-inf")
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="attendance")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.look()
            except Exception:
                # The database may be away; whoever is connected is looked at again in a moment.
                log.warning("attendance could not be taken", exc_info=True)

    async def look(self) -> None:
        """Compare who is connected with who was a moment ago."""
        now, present = self._clock.monotonic(), dict(self._connected())
        for id, guest in self._here.items():
            if id not in present:
                self._gone.setdefault(id, (guest, now))
        # Whoever was not noted for long may have been taken for gone, and is as good as new.
        unheard = now - self._noted >= GRACE.total_seconds()
        arrived = [guest for id, guest in present.items() if unheard or id not in self._here]
        for id in present.keys() & self._gone.keys():
            del self._gone[id]
        for guest in arrived:
            await self._try(guest, return_to_workshop, guest.workshop_id)
        self._here = present
        if present and now - self._noted >= NOTED:
            await self._transactions.run(SYSTEM, touch, list(present))
            self._noted = now
        for id, (guest, since) in list(self._gone.items()):
            if now - since >= GRACE.total_seconds():
                await self._try(SYSTEM, _mark_if_gone, guest.workshop_id, id)
                del self._gone[id]

    async def _try(self, actor: Principal, command: Callable[..., Any], *args: Any) -> None:
        """A workshop that is over, or somebody who was taken out, needs nothing; what only failed is tried again."""
        try:
            await self._transactions.run(actor, command, *args)
        except TandemError as error:
            if error.status >= 500:
                raise


async def note(transactions: Transactions, guest: Principal, clock: Clock) -> None:
    """Somebody asks without a socket: they are here all the same, and that is written down now and then."""
    if guest.id is None:
        return
    async with transactions.read() as db:
        noted = await seen_since(db, guest.id, clock.now() - timedelta(seconds=NOTED))
    if not noted:
        await transactions.run(guest, touch, [guest.id])


async def _mark_if_gone(tx: Transaction, workshop_id: UUID, participant_id: UUID) -> None:
    """Unless another node has them now."""
    if not await seen_since(tx.db, participant_id, tx.now - GRACE):
        await mark_away(tx, workshop_id, participant_id)
