"""All connections of this node: by person, given turns to write, cut when silent, sent away at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.errors import Unauthorized
from core.live.hub import Hub, Message
from core.live.relay import Relay
from core.live.replica import Replicas
from core.presence.service import LOST, Presence
from core.principal import Principal
from core.safety.gate import Gate
from core.transaction import Transactions
from core.web.channels.connection import CROWDED, RESTART, REVOKED, TRY_LATER, Connection, Counters, Transport
from core.web.channels.door import Door, Pass
from core.web.channels.joining import Joining
from core.web.channels.protocol import Incoming
from core.web.channels.rights import Authenticate, Rights, close_all
from core.web.channels.rooms import Member
from core.web.channels.topics import TOPICS, Services, TopicSpec

log = logging.getLogger(__name__)

PING_AFTER = 20.0
CUT_AFTER = 45.0
STUCK_AFTER = 5.0
TICK = 1.0
SLICE = 2_000
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
        transactions: Transactions,
        gate: Gate,
        authenticate: Authenticate,
        door: Door,
        clock: Clock,
        specs: tuple[TopicSpec, ...] = TOPICS,
        ping_after: float = PING_AFTER,
        cut_after: float = CUT_AFTER,
        stuck_after: float = STUCK_AFTER,
        each: int = EACH,
    ) -> None:
        self.clock, self.counters = clock, Counters()
        self._relay, self._presence, self._replicas, self._door = relay, presence, replicas, door
        self._each = each
        self._ping_after, self._cut_after, self._stuck_after = ping_after, cut_after, stuck_after
        self.joining = Joining(hub, relay, replicas, Services(presence, transactions, gate), specs)
        self.rights = Rights(authenticate, clock, self.of, self.joining.rights_changed, presence.end_lost)
        self._connections: dict[str, Connection] = {}
        self._people: dict[UUID, dict[Connection, None]] = {}
        self._lines: set[str] = set()
        self._all_hung_up = asyncio.Event()
        self._dirty: list[Connection] = []
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
        return await self._door.admit(token, address, self.rights.authenticate)

    # --- connections

    def open(self, transport: Transport, given: Pass, asked_at: float) -> Connection:
        """Take in a connection whose token was good at `asked_at`; a person's oldest makes room for the newest."""
        user_id = _id_of(given.principal)
        connection = Connection(self, transport, given.principal, given.token, given.expires_at)
        self._connections[connection.id] = connection
        self._lines.add(connection.id)
        mine = self._people.setdefault(user_id, {})
        mine[connection] = None
        self.counters.opened += 1
        while len(mine) > self._each:
            self.counters.crowded += 1
            next(iter(mine)).close(CROWDED, "too many connections")
        if self.rights.changed_since(user_id, asked_at):
            self.rights.judge_soon(user_id)
        return connection

    def ended(self, connection: Connection, grace: float) -> None:
        self._connections.pop(connection.id, None)
        user_id = _id_of(connection.principal)
        mine = self._people.get(user_id, {})
        mine.pop(connection, None)
        if not mine:
            self._people.pop(user_id, None)
        self.joining.drop(connection)
        self._presence.leave(connection.id, grace=grace)

    def hung_up(self, connection: Connection) -> None:
        """The line of a connection, ended before or not, is down."""
        self._lines.discard(connection.id)
        if self.draining and not self._lines:
            self._all_hung_up.set()

    def life(self, connection: Connection, by_person: bool) -> None:
        self._presence.touch(connection.id, by_person=by_person)

    def of(self, user_id: UUID) -> list[Connection]:
        """Everything that `user_socket:{user_id}` means on this node."""
        return list(self._people.get(user_id, ()))

    def close_user(self, user_id: UUID, code: int = REVOKED, reason: str = "signed out") -> int:
        """Close every connection of a person on this node; how many there were."""
        return close_all(self.of(user_id), code, reason)

    async def reauthorize(self, user_id: UUID, patient: bool = False) -> None:
        """Judge a person's connections now; what the relay tells is judged without being asked."""
        await self.rights.judge(user_id, patient)

    # --- messages

    async def handle(self, connection: Connection, message: Incoming) -> dict[str, Any] | None:
        return await self.joining.handle(connection, message)

    def resync(self, connection: Connection, member: Member) -> None:
        self.counters.resyncs += 1
        self.joining.resync(connection, member)

    def _tell(self, conn: str, message: Message) -> None:
        """What presence has for one connection, if it is still here."""
        connection = self._connections.get(conn)
        if connection is not None:
            self.joining.tell(connection, message)

    # --- writing: one sweep a turn, in slices, so that a burst goes out joined and nobody waits long

    def wake(self, connection: Connection) -> None:
        if connection.awake:
            return
        connection.awake = True
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self._sweep)
        self._dirty.append(connection)

    def _sweep(self) -> None:
        turn, self._dirty = self._dirty[:SLICE], self._dirty[SLICE:]
        if self._dirty:
            asyncio.get_running_loop().call_soon(self._sweep)
        for connection in turn:
            connection.awake = False
            try:
                connection.pump()
            except Exception:
                log.exception("a connection could not be written to")
                connection.close(TRY_LATER)

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
        for connection in list(self._connections.values()):
            silence = now - connection.seen_at
            if connection.expires_at <= date:
                connection.close(REVOKED, "signed out")
            elif connection.stuck(now, self._stuck_after):
                connection.too_slow()
            elif silence >= self._cut_after:
                connection.gone(LOST)
                connection.transport.close(TRY_LATER, "silent")
            elif silence >= self._ping_after and not connection.pinged and connection.waits_since is None:
                connection.pinged = True
                connection.transport.ping()
            else:
                self.rights.tick(connection, _id_of(connection.principal), now)
        self.rights.forget_old(now)

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
        await self.rights.stop()

    # --- looking

    def __len__(self) -> int:
        return len(self._connections)

    def counts(self) -> dict[str, Any]:
        """For metrics and for whoever runs this node."""
        return {
            "connections": len(self._connections),
            "people": len(self._people),
            "topics": self.joining.counts(),
            "queued": sum(len(connection.outbox) for connection in self._connections.values()),
            **{name: getattr(self.counters, name) for name in self.counters.__slots__},
        }


def _id_of(principal: Principal) -> UUID:
    if principal.id is None:
        raise Unauthorized
    return principal.id
