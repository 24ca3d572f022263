"""The local members of a topic under the name they joined, and the one place where a message becomes a frame for them.

A frame is encoded once and shared by all, and what is published in one turn of the loop is written to each member at
once, joined. Members for whom messages differ stand apart: somebody on the other side of a block, who costs an encoding
of their own, and whoever has to catch up with the others. A member hears nothing that its join's reply already held,
and no presence diff before the state it belongs to.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec

from core.live.hub import Hub, Message
from core.live.replica import Replica
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.hiding import without
from core.web.channels.outbox import CHUNK
from core.web.channels.sweeper import Sweeper
from core.web.channels.topics import Found

log = logging.getLogger(__name__)

Broadcast = tuple[bytes, str]
"""A frame for a whole room, and the name of its kind if only the latest of that counts."""


NOT_YET = sys.maxsize
"""The mark of a member to whom nothing is sent together with the others."""


class Listener(Protocol):
    """What a room needs of a connection."""

    principal: Principal

    def send(self, frame: bytes, member: Member | None = None, latest: str = "") -> None: ...

    def send_all(self, data: bytes, frames: Sequence[Broadcast], member: Member) -> None: ...

    def failed(self) -> None: ...


class Member:
    """One connection on one topic: the join it came with, and from where on it listens."""

    __slots__ = ("connection", "floor", "join_ref", "mark", "ready", "room")

    def __init__(self, connection: Listener, join_ref: protocol.Ref, room: Room, floor: int) -> None:
        self.connection, self.room, self.floor = connection, room, floor
        # Most count their joins from one: the same few texts.
        self.join_ref = sys.intern(join_ref) if isinstance(join_ref, str) else join_ref
        self.mark = NOT_YET
        """The first of the room's frames that it gets together with the others."""
        self.ready = False
        """Whether it was sent the presence state that diffs build on."""

    @property
    def found(self) -> Found:
        return self.room.found


class Room:
    def __init__(self, found: Found, hub: Hub, epoch: Callable[[], str], sweeper: Sweeper) -> None:
        self.found = found
        self.topic, self.canonical, self.spec = found.topic, found.canonical, found.spec
        self.members: dict[Member, None] = {}
        self.replica: Replica | None = None
        self.awake = False
        self._apart: dict[Member, None] = {}
        """Members for whom each message is weighed: behind a block, ahead of the log, or without a presence state."""
        self._waiting: list[Broadcast] = []
        self._count = 0
        self._round: Round | None = None
        self._floor = -1
        self._epoch, self._hub, self._sweeper = epoch, hub, sweeper
        self._wire: tuple[Any, bytes] | None = None
        """The state as it was last encoded."""
        self._leave = hub.subscribe(found.canonical, self._on_message)

    # --- members

    def add(self, member: Member) -> None:
        self.members[member] = None
        self.sort(member)

    def remove(self, member: Member) -> None:
        self.members.pop(member, None)
        self._apart.pop(member, None)
        member.mark = NOT_YET

    def sort(self, member: Member) -> None:
        """Put a member with the others, from the next frame on, or apart from them."""
        seq = self._hub.seq
        elsewhere = max(member.floor, seq) != max(self._floor, seq)
        unready = self.spec.presence and not member.ready
        if member.connection.principal.hidden or elsewhere or unready:
            self.set_apart(member)
        elif member.mark == NOT_YET:
            self._apart.pop(member, None)
            member.mark = self._count

    def set_apart(self, member: Member) -> None:
        member.mark = NOT_YET
        self._apart[member] = None

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

    def tidy(self) -> None:
        """Let go of the encoded state; whoever joins next has it made again."""
        self._wire = None

    def resend(self, member: Member) -> None:
        """Give a member the present state in place of what it missed, and of what is not sent yet."""
        self.set_apart(member)
        if self.replica is not None:
            member.floor = self.position()
            more = {"seq": member.floor, "epoch": self._epoch()}
            payload = self.state(member.connection.principal, more)
            member.connection.send(protocol.broadcast_frame(self.topic, "snapshot", payload), member)
        self.sort(member)

    # --- what happens

    def _on_message(self, message: Message) -> None:
        if not message.name or not self.members:
            return
        frame = self._frame(message)
        latest = message.name if message.name in self.spec.collapse else ""
        whole = message.seq if message.name == "snapshot" else None
        if whole is not None:
            # A whole state goes to everybody, whatever they heard before; what it holds is not told again.
            self._floor = whole
        if whole is not None or message.seq is None or message.seq > self._floor:
            self._waiting.append((frame, latest))
            self._count += 1
            self._sweeper.wake(self)
        for member in tuple(self._apart):
            if whole is not None or self._wanted(member, message):
                member.floor = member.floor if whole is None else whole
                self._tell(member, message, frame, latest)

    def _tell(self, member: Member, message: Message, frame: bytes, latest: str) -> None:
        """A message for one who stands apart; with what comes next it may be with the others."""
        hidden = member.connection.principal.hidden
        if hidden and not message.delivery:
            self._send_without(member, message, hidden)
        elif not (message.about and message.about in hidden):
            if any(name.encode() in frame for name in _names(hidden)):
                # It is about somebody else, and names one of these: as whoever won, for instance.
                self._send_without(member, message, hidden)
            else:
                member.connection.send(frame, member, latest)
        self.sort(member)

    def pump(self, room: int) -> tuple[int, bool]:
        """Write what was published to so many members at most; who comes meanwhile begins behind it."""
        done = 0
        while done < room and (self._round is not None or self._waiting):
            if self._round is None:
                frames = self._next_frames()
                first = self._count - len(self._waiting)
                self._waiting = self._waiting[len(frames) :]
                self._round = Round(list(self.members), frames, first)
            written, over = self._round.go(room - done)
            done += written
            if over:
                self._round = None
        return done, self._round is not None or bool(self._waiting)

    def _next_frames(self) -> list[Broadcast]:
        """About as much as one write takes: more would be in nobody's bounds while it is on its way."""
        size = taken = 0
        for frame, _ in self._waiting:
            taken, size = taken + 1, size + len(frame)
            if size >= CHUNK:
                break
        return self._waiting[:taken]

    def failed(self) -> None:
        self._round = None

    @staticmethod
    def _wanted(member: Member, message: Message) -> bool:
        if message.name in ("presence_diff", "presence_count"):
            return member.ready
        return message.seq is None or message.seq > member.floor

    def _without(self, message: Message, hidden: frozenset[UUID]) -> Any:
        payload = self._payload(message)
        if not hidden:
            return payload
        return without(msgspec.json.decode(payload) if isinstance(payload, msgspec.Raw) else payload, _names(hidden))

    def _send_without(self, member: Member, message: Message, hidden: frozenset[UUID]) -> None:
        payload = self._without(message, hidden)
        member.connection.send(protocol.broadcast_frame(self.topic, message.name, payload), member)

    def send_presence(self, member: Member, message: Message) -> None:
        """Tell one member of presence: the state first, and from there on the diffs and counts."""
        if message.name == "presence_state":
            # What was told to all before this and not sent yet is in it.
            member.ready = True
            self.set_apart(member)
        elif not member.ready:
            return
        elif member.mark != NOT_YET:
            self.pump(sys.maxsize)
        hidden = member.connection.principal.hidden
        if hidden:
            self._send_without(member, message, hidden)
        else:
            member.connection.send(self._frame(message), member)
        self.sort(member)

    def _frame(self, message: Message) -> bytes:
        """The message as bytes, made by the first room that asks; an alias has bytes of its own."""
        if message.frame is not None and self.topic == message.topic:
            return message.frame
        payload = self._payload(message)
        frame = protocol.broadcast_frame(self.topic, message.name, payload)
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
            {"event": message.name, "payload": self._without(message, hidden)}
            for message in missed
            if message.name and not (message.about and message.about in hidden)
        ]


class Round:
    """Frames on their way to those who were in the room when they were taken up."""

    __slots__ = ("_at", "_data", "_first", "_frames", "_members")

    def __init__(self, members: list[Member], frames: list[Broadcast], first: int) -> None:
        self._members, self._frames, self._first = members, frames, first
        self._data = b"".join(frame for frame, _ in frames)
        self._at = 0

    def go(self, room: int) -> tuple[int, bool]:
        """Write to the next so many; to how many it was, and whether they were the last."""
        frames, first, data = self._frames, self._first, self._data
        part = self._members[self._at : self._at + room]
        self._at += len(part)
        for member in part:
            try:
                if member.mark <= first:
                    member.connection.send_all(data, frames, member)
                elif member.mark < first + len(frames):
                    late = frames[member.mark - first :]
                    member.connection.send_all(b"".join(frame for frame, _ in late), late, member)
            except Exception:
                log.exception("a connection could not be written to")
                member.connection.failed()
        return len(part), self._at >= len(self._members)


def _names(hidden: frozenset[UUID]) -> frozenset[str]:
    return frozenset(str(user_id) for user_id in hidden)


def _joined(first: bytes, second: bytes) -> bytes:
    """Two encoded objects as one."""
    if first == b"{}":
        return second
    return first[:-1] + b"," + second[1:] if second != b"{}" else first
