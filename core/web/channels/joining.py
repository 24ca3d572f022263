"""The topics that connections of this node are on: joins, leaves and pushes, and whoever must be brought up to date.

The order at a join is: subscribe, then read the state, both in one turn of the loop. So what the reply holds and what
follows it meet without a gap and without a double.
"""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import Forbidden, Invalid, NotFound, RateLimited, Unavailable
from core.live.hub import Hub, Message
from core.live.relay import Relay
from core.live.replica import Replica, Replicas
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.connection import Connection
from core.web.channels.protocol import Incoming
from core.web.channels.rooms import Member, Room
from core.web.channels.topics import Found, Push, Services, TopicSpec, authorize

TOPICS_EACH = 100


class Joining:
    def __init__(
        self,
        hub: Hub,
        relay: Relay,
        replicas: Replicas,
        services: Services,
        specs: tuple[TopicSpec, ...],
    ) -> None:
        self._hub, self._relay, self._replicas = hub, relay, replicas
        self._services, self._presence = services, services.presence
        self._specs = specs
        self._rooms: dict[tuple[str, str], Room] = {}
        self.shut = False
        """Whether nobody may join any more, because this node is going away."""

    async def handle(self, connection: Connection, message: Incoming) -> dict[str, Any] | None:
        """Do what a message asks; the response of its reply, or None when the reply is already sent."""
        if message.event == protocol.JOIN:
            await self._join(connection, message)
            return None
        member = connection.members.get(message.topic)
        if member is not None and message.join_ref not in (None, member.join_ref):
            member = None
        if message.event == protocol.LEAVE:
            return self._leave(connection, member, message)
        if member is None:
            raise NotFound("This topic is not joined.", reason="unmatched topic")
        return await self._push(connection, member.found, message)

    async def _push(self, connection: Connection, found: Found, message: Incoming) -> dict[str, Any]:
        spec = found.spec.push(message.event)
        if spec is None:
            raise NotFound("This topic knows no such message.", reason="unknown_event")
        if not connection.principal.may(spec.scope):
            raise Forbidden(reason="forbidden", scope=spec.scope)
        try:
            payload = msgspec.convert(message.payload, spec.type)
        except msgspec.ValidationError as error:
            raise Invalid(str(error), reason=spec.refusal) from None
        push = Push(connection.principal, connection.id, found.canonical, found.params, payload, self._services)
        return await spec.handle(push) or {}

    # --- joining

    async def _join(self, connection: Connection, message: Incoming) -> None:
        found = authorize(connection.principal, message.topic, self._specs)
        if message.topic not in connection.members and len(connection.members) >= TOPICS_EACH:
            raise RateLimited("That is more topics than one connection may join.", reason="too_many_topics")
        replica = await self._replica(found, message.payload)
        # From here on there is no await: what the reply holds and what follows it meet.
        if connection.closed:
            return
        if self.shut:
            raise Unavailable("This node is going away.", reason="draining")
        found = authorize(connection.principal, message.topic, self._specs)
        old = connection.members.get(message.topic)
        if old is not None:
            self._close(connection, old)
        room = self._room(found)
        room.replica = replica
        member = Member(connection, found, message.join_ref, room, room.position())
        room.members[member] = None
        connection.members[message.topic] = member
        response = self._response(room, member, message.payload) if replica else {}
        connection.reply(message.join_ref, message.ref, message.topic, "ok", response)
        if found.spec.presence:
            self._presence.enter(connection.id, found.canonical, connection.principal, message.payload)

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

    # --- leaving

    def _leave(self, connection: Connection, member: Member | None, message: Incoming) -> dict[str, Any] | None:
        if member is None:
            return {}
        connection.reply(message.join_ref, message.ref, message.topic, "ok", {})
        self._dismiss(connection, member)
        return None

    def _dismiss(self, connection: Connection, member: Member) -> None:
        """Take somebody off a topic, and tell them."""
        self._close(connection, member)
        canonical = member.found.canonical
        still_there = any(
            other.found.canonical == canonical and other.found.spec.presence for other in connection.members.values()
        )
        if member.found.spec.presence and not still_there:
            self._presence.leave(connection.id, canonical)

    def _close(self, connection: Connection, member: Member) -> None:
        connection.members.pop(member.found.topic, None)
        self._remove(member)
        connection.outbox.forget(member)
        connection.send(protocol.text_frame(protocol.close(member.join_ref, member.found.topic)))

    def _remove(self, member: Member) -> None:
        room = member.room
        room.members.pop(member, None)
        if not room.members:
            room.close()
            self._rooms.pop((room.topic, room.canonical), None)

    def drop(self, connection: Connection) -> None:
        """A connection has ended: it is on no topic any more."""
        for member in list(connection.members.values()):
            self._remove(member)
        connection.members.clear()

    # --- staying

    def rights_changed(self, connection: Connection, before: Principal) -> None:
        """Somebody is somebody else now: close what they may no longer hear, and show them what they may see."""
        principal = connection.principal
        for member in list(connection.members.values()):
            try:
                stands = authorize(principal, member.found.topic, self._specs).canonical == member.found.canonical
            except (Forbidden, NotFound):
                stands = False
            if not stands:
                # A name such as one's own cohort's may also mean another topic by now: it is joined anew.
                self._dismiss(connection, member)
        if before != principal:
            self._presence.judge_again(connection.id, principal)
        if before.hidden != principal.hidden:
            for member in connection.members.values():
                self.resync(connection, member)

    def tell(self, connection: Connection, message: Message) -> None:
        """Hand a message of presence to one connection, under every name by which it joined the topic."""
        for member in connection.members.values():
            if member.found.canonical == message.topic:
                member.room.send_presence(member, message)

    def resync(self, connection: Connection, member: Member) -> None:
        """Somebody missed messages, or may see others than before: give them the present state."""
        member.room.resend(member)
        if member.found.spec.presence:
            member.ready = False
            self._presence.ask_state(member.found.canonical, connection.id)

    def counts(self) -> dict[str, int]:
        """Members by topic, under whatever name they joined."""
        found: dict[str, int] = {}
        for (_, canonical), room in self._rooms.items():
            found[canonical] = found.get(canonical, 0) + len(room.members)
        return found


def position(payload: dict[str, Any]) -> tuple[int | None, str]:
    """Where a client says it stopped; anything else than a number and a name is no position."""
    since, epoch = payload.get("since"), payload.get("epoch")
    if isinstance(since, int) and not isinstance(since, bool) and since >= 0 and isinstance(epoch, str):
        return since, epoch
    return None, ""
