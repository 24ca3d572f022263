"""All connections of this node: judged again when rights change, cut when silent, sent away at the end.

The order at a join is: subscribe, then read the state, both in one turn of the loop. So what the reply holds and what
follows it meet without a gap and without a double.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from core.clock import Clock
from core.errors import Forbidden, Invalid, NotFound, RateLimited, TandemError, Unauthorized, Unavailable
from core.events.catalog import (
    AccessChanged,
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonBlocked,
    PersonErased,
    PersonUnblocked,
    PersonUpdated,
)
from core.live.hub import Hub
from core.live.liveview import Delivery
from core.live.relay import Relay
from core.live.replica import Replica, Replicas
from core.presence.service import LOST, Presence
from core.principal import Principal
from core.transaction import Transactions
from core.web.channels import protocol
from core.web.channels.connection import RESTART, REVOKED, TRY_LATER, Connection, Counters, Transport
from core.web.channels.protocol import Incoming
from core.web.channels.rooms import Member, Room
from core.web.channels.topics import TOPICS, Found, Push, Services, TopicSpec, authorize

log = logging.getLogger(__name__)

PING_AFTER = 20.0
CUT_AFTER = 45.0
STUCK_AFTER = 5.0
JUDGE_EVERY = 600.0
TICK = 1.0
SLICE = 2_000
TOPICS_EACH = 100

Authenticate = Callable[[str], Awaitable[Principal]]

RIGHTS = (
    AccessChanged,
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonBlocked,
    PersonErased,
    PersonUnblocked,
    PersonUpdated,
)


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
        self.authenticate, self.clock, self.counters = authenticate, clock, Counters()
        self.draining = False
        self._hub, self._relay, self._replicas, self._presence = hub, relay, replicas, presence
        self._services = Services(presence, transactions)
        self._specs = specs
        self._ping_after, self._cut_after, self._stuck_after = ping_after, cut_after, stuck_after
        self._connections: dict[str, Connection] = {}
        self._people: dict[UUID, set[Connection]] = {}
        self._rooms: dict[tuple[str, str], Room] = {}
        self._dirty: list[Connection] = []
        self._judging: dict[UUID, asyncio.Task[None]] = {}
        self._judged: dict[UUID, float] = {}
        self._task: asyncio.Task[None] | None = None
        relay.listeners.append(self._on_fact)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="sockets")

    # --- connections

    def open(self, transport: Transport, principal: Principal, token: str, asked_at: float) -> Connection:
        """Take in a connection whose token was good at `asked_at`."""
        user_id = _id_of(principal)
        connection = Connection(self, transport, principal, token)
        self._connections[connection.id] = connection
        self._people.setdefault(user_id, set()).add(connection)
        self.counters.opened += 1
        if self._judged.get(user_id, float("-inf")) >= asked_at:
            # Rights changed between the look at the token and now.
            self.judge_again(user_id)
        return connection

    def ended(self, connection: Connection, grace: float) -> None:
        self._connections.pop(connection.id, None)
        user_id = _id_of(connection.principal)
        mine = self._people.get(user_id, set())
        mine.discard(connection)
        if not mine:
            self._people.pop(user_id, None)
        for member in list(connection.members.values()):
            self._remove(member)
        connection.members.clear()
        self._presence.leave(connection.id, grace=grace)

    def life(self, connection: Connection, by_person: bool) -> None:
        self._presence.touch(connection.id, by_person=by_person)

    def of(self, user_id: UUID) -> list[Connection]:
        return list(self._people.get(user_id, ()))

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

    # --- messages

    async def handle(self, connection: Connection, message: Incoming) -> dict[str, Any] | None:
        """Do what a message asks; the response of its reply, or None when the reply is already sent."""
        if message.event == protocol.JOIN:
            await self._join(connection, message)
            return None
        member = connection.members.get(message.topic)
        if message.event == protocol.LEAVE:
            return self._leave(connection, member, message)
        if member is None or message.join_ref not in (None, member.join_ref):
            raise NotFound("This topic is not joined.", reason="unmatched topic")
        spec = member.found.spec.push(message.event)
        if spec is None:
            raise NotFound("This topic knows no such message.", reason="unknown_event")
        if not connection.principal.may(spec.scope):
            raise Forbidden(reason="forbidden", scope=spec.scope)
        try:
            payload = msgspec.convert(message.payload, spec.type)
        except msgspec.ValidationError as error:
            raise Invalid(str(error), reason=spec.refusal) from None
        found = member.found
        push = Push(connection.principal, connection.id, found.canonical, found.params, payload, self._services)
        return await spec.handle(push) or {}

    async def _join(self, connection: Connection, message: Incoming) -> None:
        found = authorize(connection.principal, message.topic, self._specs)
        if message.topic not in connection.members and len(connection.members) >= TOPICS_EACH:
            raise RateLimited("That is more topics than one connection may join.", reason="too_many_topics")
        replica = await self._replica(found, message.payload)
        # From here on there is no await: what the reply holds and what follows it meet.
        if connection.closed:
            return
        if self.draining:
            raise Unavailable("This node is going away.", reason="draining")
        found = authorize(connection.principal, message.topic, self._specs)
        old = connection.members.get(message.topic)
        if old is not None:
            self._close_member(connection, old)
        room = self._room(found)
        room.replica = replica
        member = Member(connection, found, message.join_ref, room, room.position())
        room.members[member] = None
        connection.members[message.topic] = member
        response = self._response(room, member, message.payload) if replica else {}
        connection.reply(message.join_ref, message.ref, message.topic, "ok", response)
        if found.spec.presence:
            on_state = _send_presence(room, member)
            self._presence.enter(connection.id, found.canonical, connection.principal, message.payload, on_state)

    async def _replica(self, found: Found, payload: dict[str, Any]) -> Replica | None:
        if not found.spec.history:
            return None
        since, epoch = position(payload)
        if since is not None and since > self._hub.seq and epoch == self._relay.epoch:
            # Another node may have told more than this one has read yet.
            await self._relay.catch_up()
        return await self._replicas.get(found.canonical)

    def _response(self, room: Room, member: Member, payload: dict[str, Any]) -> Any:
        """What was missed, where that can be said for sure; otherwise the whole state."""
        since, epoch = position(payload)
        principal = member.connection.principal
        missed = room.since(since, principal.hidden) if since is not None and epoch == self._relay.epoch else None
        if missed is None:
            return room.state(principal, {"seq": member.floor, "epoch": self._relay.epoch, "recovered": False})
        # The state may be ahead of what was published here; the gap ends where publishing stands.
        member.floor = self._hub.seq
        return {"seq": member.floor, "epoch": self._relay.epoch, "recovered": True, "events": missed}

    def _room(self, found: Found) -> Room:
        key = (found.topic, found.canonical)
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = Room(found, self._hub, lambda: self._relay.epoch)
        return room

    def _leave(self, connection: Connection, member: Member | None, message: Incoming) -> dict[str, Any] | None:
        if member is None or message.join_ref not in (None, member.join_ref):
            return {}
        connection.reply(message.join_ref, message.ref, message.topic, "ok", {})
        self._dismiss(connection, member)
        return None

    def _dismiss(self, connection: Connection, member: Member) -> None:
        """Take somebody off a topic, and tell them."""
        self._close_member(connection, member)
        if member.found.spec.presence and not self._on(connection, member.found.canonical):
            self._presence.leave(connection.id, member.found.canonical)

    def _close_member(self, connection: Connection, member: Member) -> None:
        connection.members.pop(member.found.topic, None)
        self._remove(member)
        connection.outbox.forget(member)
        connection.send(protocol.text_frame(protocol.close(member.join_ref, member.found.topic)))

    @staticmethod
    def _on(connection: Connection, canonical: str) -> bool:
        """Whether a connection is on a topic, under whatever name."""
        return any(member.found.canonical == canonical for member in connection.members.values())

    def _remove(self, member: Member) -> None:
        room = member.room
        room.members.pop(member, None)
        if not room.members:
            room.close()
            self._rooms.pop((room.topic, room.canonical), None)

    def resync(self, connection: Connection, member: Member) -> None:
        """Somebody missed messages: give them the present state instead."""
        self.counters.resyncs += 1
        member.room.resend(member)
        if member.found.spec.presence:
            member.ready = False
            self._presence.ask_state(member.found.canonical, _send_presence(member.room, member))

    # --- rights

    def _on_fact(self, delivery: Delivery) -> None:
        fact = delivery.fact
        if not isinstance(fact.event, RIGHTS) or fact.user_id is None:
            return
        concerned = [fact.user_id]
        if isinstance(fact.event, PersonBlocked | PersonUnblocked):
            concerned.append(fact.event.blocked_id)
        for user_id in concerned:
            self._judged[user_id] = self.clock.monotonic()
            self._presence.end_lost(user_id)
            if isinstance(fact.event, PersonErased):
                self.close_user(user_id)
            elif user_id in self._people:
                self.judge_again(user_id)

    def close_user(self, user_id: UUID, code: int = REVOKED, reason: str = "signed out") -> int:
        """Close every connection of a person on this node; how many there were."""
        mine = self.of(user_id)
        for connection in mine:
            connection.close(code, reason)
        return len(mine)

    def judge_again(self, user_id: UUID, patient: bool = False) -> None:
        """Have a person's connections judged soon; what is asked meanwhile counts too."""
        running = self._judging.get(user_id)
        task = asyncio.create_task(self._judge_after(running, user_id, patient), name="judge connections")
        self._judging[user_id] = task
        task.add_done_callback(lambda done: self._judging.pop(user_id) if self._judging.get(user_id) is done else None)

    async def _judge_after(self, running: asyncio.Task[None] | None, user_id: UUID, patient: bool) -> None:
        if running:
            await asyncio.gather(running, return_exceptions=True)
        await self.reauthorize(user_id, patient)

    async def reauthorize(self, user_id: UUID, patient: bool = False) -> None:
        """Look again at who somebody is and what they may hear; close what no longer stands.

        What cannot be judged now is shut too, and judged when it comes back; unless one is `patient`.
        """
        for connection in self.of(user_id):
            connection.judged_at = self.clock.monotonic()
            try:
                principal = await self._asked(connection.token)
                if principal.id != user_id or not principal.may("socket:connect"):
                    raise Unauthorized
            except TandemError as error:
                if not error.temporary:
                    connection.close(REVOKED, "signed out")
                elif not patient:
                    connection.close(TRY_LATER, "")
                continue
            if not connection.closed:
                self._apply(connection, principal)

    def _apply(self, connection: Connection, principal: Principal) -> None:
        before, connection.principal = connection.principal, principal
        for member in list(connection.members.values()):
            try:
                authorize(principal, member.found.topic, self._specs)
            except TandemError:
                self._dismiss(connection, member)
        if before != principal:
            self._presence.judge_again(connection.id, principal)
        if before.hidden != principal.hidden:
            for member in connection.members.values():
                self.resync(connection, member)

    async def _asked(self, token: str) -> Principal:
        """Who a token names now; a database that is away is given three tries."""
        for _ in range(2):
            try:
                return await self.authenticate(token)
            except TandemError as error:
                if not error.temporary:
                    raise
            await asyncio.sleep(0.2)
        return await self.authenticate(token)

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
                self._cut(connection)
            elif silence >= self._ping_after and not connection.pinged and connection.waits_since is None:
                connection.pinged = True
                connection.transport.ping()
            elif now - connection.judged_at >= JUDGE_EVERY:
                connection.judged_at = now
                self.judge_again(_id_of(connection.principal), patient=True)
        self._judged = {user_id: at for user_id, at in self._judged.items() if now - at < 60}

    def _cut(self, connection: Connection) -> None:
        connection.gone(LOST)
        connection.transport.close(TRY_LATER, "silent")

    async def drain(self, seconds: float = 5.0) -> None:
        """Let nobody in any more, send everybody away to come back elsewhere, and stop."""
        self.draining = True
        for i, connection in enumerate(list(self._connections.values())):
            connection.close(RESTART, "restart")
            if i % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        if self._on_fact in self._relay.listeners:
            self._relay.listeners.remove(self._on_fact)
        tasks = [*self._judging.values(), *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- looking

    def __len__(self) -> int:
        return len(self._connections)

    def counts(self) -> dict[str, Any]:
        """For metrics and for whoever runs this node."""
        return {
            "connections": len(self._connections),
            "people": len(self._people),
            "topics": {canonical: len(room.members) for (_, canonical), room in self._rooms.items()},
            "queued": sum(len(connection.outbox) for connection in self._connections.values()),
            **{name: getattr(self.counters, name) for name in self.counters.__slots__},
        }


def _send_presence(room: Room, member: Member) -> Callable[[Any], None]:
    return lambda message: room.send_presence(member, message)


def _id_of(principal: Principal) -> UUID:
    if principal.id is None:
        raise Unauthorized
    return principal.id


def position(payload: dict[str, Any]) -> tuple[int | None, str]:
    """Where a client says it stopped; anything else than a number and a name is no position."""
    since, epoch = payload.get("since"), payload.get("epoch")
    if isinstance(since, int) and not isinstance(since, bool) and since >= 0 and isinstance(epoch, str):
        return since, epoch
    return None, ""
