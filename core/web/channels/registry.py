"""All connections of this node: by person, given turns to write, cut when silent, sent away at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.errors import Unauthorized
from core.live.hub import Hub
from core.live.relay import Relay
from core.live.replica import Replicas
from core.presence.service import LOST, Presence
from core.principal import Principal
from core.transaction import Transactions
from core.web.channels.connection import RESTART, REVOKED, TRY_LATER, Connection, Counters, Transport
from core.web.channels.joining import Joining
from core.web.channels.protocol import Incoming
from core.web.channels.rights import Authenticate, Rights, close_all
from core.web.channels.rooms import Member
from core.web.channels.topics import TOPICS, TopicSpec

log = logging.getLogger(__name__)

PING_AFTER = 20.0
CUT_AFTER = 45.0
STUCK_AFTER = 5.0
TICK = 1.0
SLICE = 2_000


class Sockets:
    def __init__(
        self,
        *,
        hub: Hub,
        relay: Relay,
        replicas: Replicas,
        presence: Presence,
        transactions: Transactions,
        authenticate: Authenticate,
        clock: Clock,
        specs: tuple[TopicSpec, ...] = TOPICS,
        ping_after: float = PING_AFTER,
        cut_after: float = CUT_AFTER,
        stuck_after: float = STUCK_AFTER,
    ) -> None:
        self.clock, self.counters = clock, Counters()
        self._relay, self._presence = relay, presence
        self._ping_after, self._cut_after, self._stuck_after = ping_after, cut_after, stuck_after
        self.joining = Joining(hub, relay, replicas, presence, transactions, specs)
        self.rights = Rights(authenticate, clock, self.of, self.joining.rights_changed, presence.end_lost)
        self._connections: dict[str, Connection] = {}
        self._people: dict[UUID, set[Connection]] = {}
        self._lines: set[str] = set()
        self._all_hung_up = asyncio.Event()
        self._dirty: list[Connection] = []
        self._task: asyncio.Task[None] | None = None
        relay.listeners.append(self.rights.on_fact)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="sockets")

    @property
    def draining(self) -> bool:
        return self.joining.shut

    async def authenticate(self, token: str) -> Principal:
        """Who a token names; Unauthorized whatever is wrong with it."""
        return await self.rights.authenticate(token)

    # --- connections

    def open(self, transport: Transport, principal: Principal, token: str, asked_at: float) -> Connection:
        """Take in a connection whose token was good at `asked_at`."""
        user_id = _id_of(principal)
        connection = Connection(self, transport, principal, token)
        self._connections[connection.id] = connection
        self._lines.add(connection.id)
        self._people.setdefault(user_id, set()).add(connection)
        self.counters.opened += 1
        if self.rights.changed_since(user_id, asked_at):
            self.rights.judge_soon(user_id)
        return connection

    def ended(self, connection: Connection, grace: float) -> None:
        self._connections.pop(connection.id, None)
        user_id = _id_of(connection.principal)
        mine = self._people.get(user_id, set())
        mine.discard(connection)
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

    def resync(self, member: Member) -> None:
        self.counters.resyncs += 1
        self.joining.resync(member)

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
        """What time alone brings: pings, cuts, and tokens that have run out."""
        now = self.clock.monotonic()
        for connection in list(self._connections.values()):
            silence = now - connection.seen_at
            if connection.stuck(now, self._stuck_after):
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
