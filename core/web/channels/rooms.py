"""The local members of a topic under the name they joined, and the one place where a message becomes a frame for them.

A frame is encoded once and shared by all; only a member on the other side of a block costs an encoding of its own. A
member hears nothing that its join's reply already held, and no presence diff before the state it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec

from core.live.hub import Hub, Message
from core.live.replica import Replica
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.hiding import without
from core.web.channels.topics import Found


class Listener(Protocol):
    """What a room needs of a connection."""

    principal: Principal

    def send(self, frame: bytes, member: Member | None = None, latest: str = "") -> None: ...


class Member:
    """One connection on one topic: the join it came with, and from where on it listens."""

    __slots__ = ("connection", "floor", "found", "join_ref", "ready", "room")

    def __init__(self, connection: Listener, found: Found, join_ref: protocol.Ref, room: Room, floor: int) -> None:
        self.connection, self.found, self.join_ref, self.room, self.floor = connection, found, join_ref, room, floor
        self.ready = False
        """Whether it was sent the presence state that diffs build on."""


class Room:
    def __init__(self, found: Found, hub: Hub, epoch: Callable[[], str]) -> None:
        self.topic, self.canonical, self.spec = found.topic, found.canonical, found.spec
        self.members: dict[Member, None] = {}
        self.replica: Replica | None = None
        self._epoch, self._hub = epoch, hub
        self._wire: tuple[Any, bytes] | None = None
        self._leave = hub.subscribe(found.canonical, self._on_message)

    def close(self) -> None:
        self._leave()

    # --- the state, as its present members and the next one get it

    def position(self) -> int:
        """The last fact that the state of this topic holds."""
        return max(self.replica.seq, self._hub.seq) if self.replica else self._hub.seq

    def state(self, principal: Principal, more: Mapping[str, Any]) -> msgspec.Raw:
        """The whole state with what stands beside it, encoded; the state itself only once, however many join."""
        replica = self.replica
        if replica is None:
            return msgspec.Raw(msgspec.json.encode(more))
        if principal.hidden:
            shown = without(replica.view.wire(replica.state), _names(principal.hidden))
            return msgspec.Raw(msgspec.json.encode({**shown, **more}))
        if self._wire is None or self._wire[0] is not replica.state:
            self._wire = (replica.state, msgspec.json.encode(replica.view.wire(replica.state)))
        return msgspec.Raw(_joined(self._wire[1], msgspec.json.encode(more)))

    def resend(self, member: Member) -> None:
        """Give a member the present state in place of what it missed."""
        if self.replica is None:
            return
        member.floor = self.position()
        more = {"seq": member.floor, "epoch": self._epoch()}
        payload = self.state(member.connection.principal, more)
        member.connection.send(protocol.text_frame(protocol.broadcast(self.topic, "snapshot", payload)), member)

    # --- what happens

    def _on_message(self, message: Message) -> None:
        if not message.name:
            return
        frame = self._frame(message)
        latest = message.name if message.name in self.spec.collapse else ""
        whole = message.seq if message.name == "snapshot" else None
        for member in self.members:
            if whole is not None or self._wanted(member, message):
                # A whole state goes to everybody, whatever they heard before; what it holds is not told again.
                member.floor = member.floor if whole is None else whole
                hidden = member.connection.principal.hidden
                if hidden and not message.delivery:
                    self._send_without(member, message, hidden)
                elif not (message.about and message.about in hidden):
                    member.connection.send(frame, member, latest)

    @staticmethod
    def _wanted(member: Member, message: Message) -> bool:
        if message.name in ("presence_diff", "presence_count"):
            return member.ready
        return message.seq is None or message.seq > member.floor

    def _send_without(self, member: Member, message: Message, hidden: frozenset[UUID]) -> None:
        payload = self._payload(message)
        if isinstance(payload, msgspec.Raw):
            payload = msgspec.json.decode(payload)
        payload = without(payload, _names(hidden))
        member.connection.send(protocol.text_frame(protocol.broadcast(self.topic, message.name, payload)), member)

    def send_presence(self, member: Member, message: Message) -> None:
        """Tell one member of presence: the state first, and from there on the diffs and counts."""
        member.ready = member.ready or message.name == "presence_state"
        if not member.ready:
            return
        hidden = member.connection.principal.hidden
        if hidden:
            self._send_without(member, message, hidden)
        else:
            member.connection.send(self._frame(message), member)

    def _frame(self, message: Message) -> bytes:
        """The message as bytes, made by the first room that asks; an alias has bytes of its own."""
        if message.frame is not None and self.topic == message.topic:
            return message.frame
        payload = self._payload(message)
        frame = protocol.text_frame(protocol.broadcast(self.topic, message.name, payload))
        if self.topic == message.topic:
            message.frame = frame
        return frame

    def _payload(self, message: Message) -> Any:
        payload = message.payload
        if message.delivery is not None:
            return {**payload, "id": str(message.delivery.fact.event_id), "seq": message.seq}
        if message.name == "snapshot":
            return {**payload["snapshot"], "seq": message.seq, "epoch": self._epoch()}
        return payload

    def since(self, seq: int, hidden: frozenset[UUID]) -> list[dict[str, Any]] | None:
        """The messages after a position, or None when only the state will do."""
        missed = self._hub.since(self.canonical, seq)
        if missed is None:
            return None
        return [
            {"event": message.name, "payload": self._payload(message)}
            for message in missed
            if message.name and not (message.about and message.about in hidden)
        ]


def _names(hidden: frozenset[UUID]) -> frozenset[str]:
    return frozenset(str(user_id) for user_id in hidden)


def _joined(first: bytes, second: bytes) -> bytes:
    """Two encoded objects as one."""
    if first == b"{}":
        return second
    return first[:-1] + b"," + second[1:] if second != b"{}" else first
