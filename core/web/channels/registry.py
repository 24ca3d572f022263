"""All connections of this node: by person, given turns to write, cut when silent, sent away at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from uuid import UUID

from core.clock import Clock, Steps
from core.errors import Unauthorized
from core.live.hub import Hub, Message
from core.live.relay import Relay
from core.live.replica import Replicas
from core.practice.progress import PracticeLive
from core.presence.service import Presence
from core.principal import Principal
from core.safety.gate import Gate
from core.social.room_news import RoomNews
from core.transaction import Transactions
from core.web.channels.connection import CROWDED, RESTART, REVOKED, Connection, Counters, Transport
from core.web.channels.door import Door, Pass
from core.web.channels.joining import Joining
from core.web.channels.leftovers import Leftovers
from core.web.channels.rights import EVERY, Rights, close_all
from core.web.channels.rooms import Member
from core.web.channels.sweeper import SLICE, Sweeper
from core.web.channels.topics import TOPICS, Services, TopicSpec

log = logging.getLogger(__name__)

PING_AFTER = 32.0
"""A little more than the clients' own 30 seconds: who sends heartbeats is never asked."""
CUT_AFTER = 45.0
STUCK_AFTER = 5.0
TICK = 1.0
EACH = 20
"""Connections of one person on one node."""


class Sockets:
    def __init__(
        self,
        *,
        hub: Hub,
        relay: Relay,
        replicas: Replicas,
        presence: Presence,
        practice: PracticeLive,
        transactions: Transactions,
        gate: Gate,
        rooms: RoomNews,
        door: Door,
        clock: Clock,
        specs: tuple[TopicSpec, ...] = TOPICS,
        ping_after: float = PING_AFTER,
        cut_after: float = CUT_AFTER,
        stuck_after: float = STUCK_AFTER,
        each: int = EACH,
    ) -> None:
        self.clock: Clock = Steps(clock)
        self.counters = Counters()
        self._relay, self._presence, self._replicas, self.door = relay, presence, replicas, door
        self._each = each
        self._ping_after, self._cut_after, self._stuck_after = ping_after, cut_after, stuck_after
        self._sweeper = Sweeper()
        self.wake = self._sweeper.wake
        services = Services(presence, practice, transactions, gate, replicas, rooms)
        self.joining = Joining(hub, relay, replicas, services, self._sweeper, specs)
        self.handle, self.handle_now = self.joining.handle, self.joining.handle_now
        self.rights = Rights(
            door.judge, self.clock, self.of, self.joining.rights_changed, presence.end_lost, presence.erased
        )
        self._connections: dict[str, Connection] = {}
        self._people: dict[UUID, tuple[Connection, ...]] = {}
        self._guests: set[UUID] = set()
        self._leftovers = Leftovers()
        self._lines = 0
        """Connections whose line is still up, be they ended or not."""
        self._all_hung_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        relay.listeners.append(self.rights.on_fact)
        presence.announcer.outlet = self._tell

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="sockets")

    @property
    def draining(self) -> bool:
        return self.joining.shut

    async def admit(self, token: str, address: str) -> Pass:
        """Whom a token names; Forbidden whatever is wrong with it."""
        return await self.door.admit(token, address)

    # --- connections

    def open(self, transport: Transport, given: Pass, asked_at: float) -> Connection:
        """Take in a connection whose token was good at `asked_at`; a person's oldest makes room for the newest."""
        user_id = _id_of(given.principal)
        connection = Connection(self, transport, given.principal, given.expires_at)
        self._connections[connection.id] = connection
        self._lines += 1
        self._people[user_id] = (*self._people.get(user_id, ()), connection)
        if given.principal.kind == "guest":
            self._guests.add(user_id)
        self.counters.opened += 1
        while len(self._people[user_id]) > self._each:
            self.counters.crowded += 1
            self._people[user_id][0].close(CROWDED, "too many connections")
        if self.rights.changed_since(user_id, asked_at):
            self.rights.judge_soon(user_id)
        return connection

    def ended(self, connection: Connection, grace: float) -> None:
        self._connections.pop(connection.id, None)
        user_id = _id_of(connection.principal)
        left = tuple(other for other in self._people.get(user_id, ()) if other is not connection)
        if left:
            self._people[user_id] = left
        else:
            self._people.pop(user_id, None)
            self._guests.discard(user_id)
        self.joining.drop(connection)
        self._presence.leave(connection.id, grace=grace)

    def hung_up(self, connection: Connection) -> None:
        """The line of a connection, ended before or not, is down."""
        self._lines -= 1
        if self.draining and not self._lines:
            self._all_hung_up.set()

    def life(self, connection: Connection, by_person: bool) -> None:
        self._presence.touch(connection.id, by_person=by_person)

    def find(self, connection_id: str) -> Connection | None:
        """The connection of that name, if this node holds it."""
        return self._connections.get(connection_id)

    def of(self, user_id: UUID) -> list[Connection]:
        """Everything that `user_socket:{user_id}` means on this node."""
        return list(self._people.get(user_id, ()))

    def guests(self) -> dict[UUID, Principal]:
        """Those at this node who take part in a workshop."""
        return {id: self._people[id][0].principal for id in self._guests}

    def close_user(self, user_id: UUID, code: int = REVOKED, reason: str = "signed out") -> int:
        """Close every connection of a person on this node; how many there were."""
        return close_all(self.of(user_id), code, reason)

    async def reauthorize(self, user_id: UUID, patient: bool = False) -> None:
        """Judge a person's connections now; what the relay tells is judged without being asked."""
        await self.rights.judge(user_id, patient)

    def resync(self, connection: Connection, member: Member) -> None:
        self.counters.resyncs += 1
        self.joining.resync(connection, member)

    def _tell(self, conn: str, message: Message) -> None:
        """What presence has for one connection, if it is still here."""
        connection = self._connections.get(conn)
        if connection is not None:
            self.joining.tell(connection, message)

    # --- time

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self.tick()
            except Exception:
                log.exception("the sockets stumbled")

    def tick(self) -> None:
        """What time alone brings: tokens that have run out, pings, cuts, and states that nobody watches any more."""
        now, date = self.clock.monotonic(), self.clock.now().timestamp()
        self._replicas.sweep()
        self.joining.tidy()
        self._leftovers.look(2 * self.counters.opened - len(self._connections), now)
        silent, judged = now - self._ping_after, now - EVERY
        # Of those who are quiet, which is nearly all, nothing but these few comparisons is asked.
        for connection in [
            c
            for c in self._connections.values()
            if c.outbox is not None or c.seen_at <= silent or c.judged_at <= judged or c.expires_at <= date
        ]:
            self._look_at(connection, now, date)
        self.rights.forget_old(now)

    def _look_at(self, connection: Connection, now: float, date: float) -> None:
        silence = now - connection.seen_at
        if connection.expires_at <= date:
            connection.close(REVOKED, "signed out")
        elif connection.stuck(now, self._stuck_after):
            connection.too_slow()
        elif silence >= self._cut_after:
            connection.gone_silent()
        elif silence >= self._ping_after and not connection.pinged and connection.waits_since is None:
            connection.pinged = True
            connection.transport.ping()
        else:
            self.rights.tick(connection, _id_of(connection.principal), now)

    async def drain(self, seconds: float = 5.0) -> None:
        """Let nobody in any more, send everybody away to come back elsewhere, and stop.

        They are given so many seconds to say goodbye in their turn.
        """
        self.joining.shut = True
        for i, connection in enumerate(list(self._connections.values())):
            connection.close(RESTART, "restart")
            if i % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        if self._lines and seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._all_hung_up.wait()
        if self.rights.on_fact in self._relay.listeners:
            self._relay.listeners.remove(self.rights.on_fact)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.joining.welcomes.stop()
        await self.rights.stop()

    # --- looking

    def __len__(self) -> int:
        return len(self._connections)

    def counts(self) -> dict[str, Any]:
        """For metrics and for whoever runs this node."""
        depths = [connection.queued for connection in self._connections.values()]
        return {
            "connections": len(self._connections),
            "people": len(self._people),
            "topics": self.joining.counts(),
            "queued": sum(depths),
            "deepest": max(depths, default=0),
            **{name: getattr(self.counters, name) for name in self.counters.__slots__},
        }


def _id_of(principal: Principal) -> UUID:
    if principal.id is None:
        raise Unauthorized
    return principal.id
