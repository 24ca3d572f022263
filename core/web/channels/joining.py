"""The topics that connections of this node are on: joins, leaves and pushes, and whoever must be brought up to date.

The order at a join is: subscribe, then read the state, both in one turn of the loop. So what the reply holds and what
follows it meet without a gap and without a double.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from core.errors import BadRequest, Forbidden, Invalid, NotFound, RateLimited, Unavailable
from core.live.hub import Hub, Message
from core.live.relay import Relay
from core.live.replica import Replica, Replicas
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.connection import Connection
from core.web.channels.protocol import Incoming
from core.web.channels.rooms import Member, Room
from core.web.channels.sweeper import Sweeper
from core.web.channels.topics import Found, Push, PushSpec, Services, TopicSpec, authorize
from core.web.channels.welcoming import Welcomes

TOPICS_EACH = 100


class Joining:
    def __init__(
        self,
        hub: Hub,
        relay: Relay,
        replicas: Replicas,
        services: Services,
        sweeper: Sweeper,
        specs: tuple[TopicSpec, ...],
    ) -> None:
        self._hub, self._relay, self._replicas = hub, relay, replicas
        self._services, self._presence = services, services.presence
        self._sweeper, self._specs = sweeper, specs
        self.welcomes = Welcomes(services)
        self._rooms: dict[tuple[str, str], Room] = {}
        self.shut = False
        """Whether nobody may join any more, because this node is going away."""

    def handle_now(self, connection: Connection, message: Incoming) -> bool:
        """Do what takes no waiting, and answer it; False when something has to be waited for.

        That is most joins: the state is already here, and a crowd that comes back needs no task for each.
        """
        if message.event == protocol.LEAVE:
            self._leave(connection, message)
            return True
        if message.event != protocol.JOIN:
            return False
        found = self._may_join(connection, message)
        together = self.welcomes.shared(connection, found)
        if found.spec.welcome and not together:
            return False
        replica = None
        if found.spec.history:
            replica = None if self._is_ahead(message) else self._replicas.present(found.canonical)
            if replica is None:
                return False
        self._enter(connection, message, found, replica)
        if together:
            self.welcomes.ask(connection, found)
        return True

    async def handle(self, connection: Connection, message: Incoming) -> dict[str, Any] | bytes | None:
        """Do what a message asks; the response of its reply, or None when the reply is already sent."""
        if message.event == protocol.JOIN:
            found = self._may_join(connection, message)
            replica = await self._replica(found, message)
            # From here on there is no await: what the reply holds and what follows it meet.
            if not connection.closed:
                self._enter(connection, message, self._may_join(connection, message), replica)
                await self._welcome(connection, found)
            return None
        if message.event == protocol.LEAVE:
            self._leave(connection, message)
            return None
        member = self._meant(connection, message)
        if member is None:
            raise NotFound("This topic is not joined.", reason="unmatched topic")
        return await self._push(connection, member.found, message)

    @staticmethod
    def _meant(connection: Connection, message: Incoming) -> Member | None:
        """The place on the topic that a message is for: the join that it names, if it names one."""
        member = connection.member(message.topic)
        return None if member is not None and message.join_ref not in (None, member.join_ref) else member

    async def _push(self, connection: Connection, found: Found, message: Incoming) -> dict[str, Any] | bytes:
        spec = found.spec.push(message.event)
        if spec is None:
            raise NotFound("This topic knows no such message.", reason="unknown_event")
        if not connection.principal.may(spec.scope):
            raise Forbidden(reason="forbidden", scope=spec.scope)
        payload = _payload(message, spec)
        say = partial(self._say, connection, found.topic)
        push = Push(connection.principal, connection.id, found.canonical, found.params, payload, self._services, say)
        return await spec.handle(push) or {}

    # --- joining

    def _may_join(self, connection: Connection, message: Incoming) -> Found:
        if isinstance(message.payload, bytes):
            raise BadRequest("A join's parameters are an object.", reason="payload must be an object")
        found = authorize(connection.principal, message.topic, self._specs)
        if len(connection.members) >= TOPICS_EACH and connection.member(message.topic) is None:
            raise RateLimited("That is more topics than one connection may join.", reason="too_many_topics")
        if self.shut:
            raise Unavailable("This node is going away.", reason="draining")
        return found

    def _enter(self, connection: Connection, message: Incoming, found: Found, replica: Replica | None) -> None:
        if replica and not replica.view.admits(replica.state, connection.principal):
            raise Forbidden(reason="not_yours")
        old = connection.member(message.topic)
        if old is not None:
            self._close(connection, old)
        payload = message.payload if isinstance(message.payload, dict) else {}
        room = self._room(found)
        room.replica = replica
        member = Member(connection, message.join_ref, room, room.position())
        response = self._response(room, member, payload) if replica else {}
        room.add(member)
        connection.members = (*connection.members, member)
        connection.reply(message.join_ref, message.ref, message.topic, "ok", response)
        if found.spec.presence:
            self._presence.enter(connection.id, found.canonical, connection.principal, payload)

    async def _welcome(self, connection: Connection, found: Found) -> None:
        """Send what follows a join to this topic, for this person alone; without it the join stands all the same."""
        if found.spec.welcome is None:
            return
        if self.welcomes.shared(connection, found):
            self.welcomes.ask(connection, found)
            return
        try:
            told = await found.spec.welcome(self._services, connection.principal, found.params)
        except Unavailable:
            return
        for name, payload in told:
            self._say(connection, found.topic, name, payload)

    @staticmethod
    def _say(connection: Connection, topic: str, name: str, payload: Any) -> None:
        """A message for one connection alone, if it is still on the topic."""
        member = connection.member(topic)
        if member is not None:
            connection.send(protocol.broadcast_frame(topic, name, payload), member)

    def _is_ahead(self, message: Incoming) -> bool:
        """Whether a client says that it heard more than was told here: another node may have read further."""
        since, epoch = position(message.payload)
        return since is not None and since > self._hub.seq and epoch == self._relay.epoch

    async def _replica(self, found: Found, message: Incoming) -> Replica | None:
        if not found.spec.history:
            return None
        if self._is_ahead(message):
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
            room = self._rooms[key] = Room(found, self._hub, lambda: self._relay.epoch, self._sweeper)
        return room

    # --- leaving

    def _leave(self, connection: Connection, message: Incoming) -> None:
        member = self._meant(connection, message)
        connection.reply(message.join_ref, message.ref, message.topic, "ok", {})
        if member is not None:
            self._dismiss(connection, member)

    def _dismiss(self, connection: Connection, member: Member) -> None:
        """Take somebody off a topic, and tell them."""
        self._close(connection, member)
        canonical = member.found.canonical
        still_there = any(
            other.found.canonical == canonical and other.found.spec.presence for other in connection.members
        )
        if member.found.spec.presence and not still_there:
            self._presence.leave(connection.id, canonical)

    def _close(self, connection: Connection, member: Member) -> None:
        connection.members = tuple(other for other in connection.members if other is not member)
        self._remove(member)
        if connection.outbox is not None:
            connection.outbox.forget(member)
        connection.send(protocol.text_frame(protocol.close(member.join_ref, member.found.topic)))

    def _remove(self, member: Member) -> None:
        room = member.room
        room.remove(member)
        if not room.members:
            room.close()
            self._rooms.pop((room.topic, room.canonical), None)

    def drop(self, connection: Connection) -> None:
        """A connection has ended: it is on no topic any more."""
        for member in connection.members:
            self._remove(member)
        connection.members = ()

    # --- staying

    def rights_changed(self, connection: Connection, before: Principal) -> None:
        """Somebody is somebody else now: close what they may no longer hear, and show them what they may see."""
        principal = connection.principal
        for member in connection.members:
            try:
                stands = authorize(principal, member.found.topic, self._specs).canonical == member.found.canonical
                replica = member.room.replica
                stands = stands and (replica is None or replica.view.admits(replica.state, principal))
            except (Forbidden, NotFound):
                stands = False
            if not stands:
                # A name such as one's own cohort's may also mean another topic by now: it is joined anew.
                self._dismiss(connection, member)
        if before != principal:
            self._presence.judge_again(connection.id, principal)
        if before.hidden != principal.hidden:
            for member in connection.members:
                self.resync(connection, member)

    def tell(self, connection: Connection, message: Message) -> None:
        """Hand a message of presence to one connection, under every name by which it joined the topic."""
        for member in connection.members:
            if member.found.canonical == message.topic:
                member.room.send_presence(member, message)

    def resync(self, connection: Connection, member: Member) -> None:
        """Somebody missed messages, or may see others than before: give them the present state."""
        member.room.resend(member)
        if member.found.spec.presence:
            member.ready = False
            member.room.set_apart(member)
            self._presence.ask_state(member.found.canonical, connection.id)

    def tidy(self) -> None:
        """Let go of what is kept for a crowd that joins."""
        for room in self._rooms.values():
            room.tidy()

    def counts(self) -> dict[str, int]:
        """Members by topic, under whatever name they joined."""
        found: dict[str, int] = {}
        for (_, canonical), room in self._rooms.items():
            found[canonical] = found.get(canonical, 0) + len(room.members)
        return found


def _payload(message: Incoming, spec: PushSpec) -> Any:
    """What a client said, checked; plain bytes only where a message is declared to be that."""
    if isinstance(message.payload, bytes) or spec.type is bytes:
        if spec.type is bytes and isinstance(message.payload, bytes):
            return message.payload
        raise BadRequest("This message has another form.", reason="binary_not_supported")
    try:
        return msgspec.convert(message.payload, spec.type)
    except msgspec.ValidationError as error:
        raise Invalid(str(error), reason=spec.refusal) from None


def position(payload: dict[str, Any] | bytes) -> tuple[int | None, str]:
    """Where a client says it stopped; anything else than a number and a name is no position."""
    if isinstance(payload, bytes):
        return None, ""
    since, epoch = payload.get("since"), payload.get("epoch")
    if isinstance(since, int) and not isinstance(since, bool) and since >= 0 and isinstance(epoch, str):
        return since, epoch
    return None, ""
