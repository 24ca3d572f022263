"""One client's connection, whatever carries it: reads messages in order, sends frames within bounds, ends cleanly.

The transport hands over whole frames and takes bytes; it is told nothing of topics. Heartbeats are answered at once.
Messages of one topic are handled one after the other, in their order; topics do not wait for each other. Nothing that a
client sends ends its connection, except bytes that are no message at all and a flood after many refusals.

A connection that is quiet is one small record: queues, limits and what waits are made when needed, and let go after.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from core.clock import Clock
from core.errors import BadRequest, RateLimited, TandemError
from core.ids import new_number, written
from core.presence.service import LOST
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.limits import SlidingLimit, take
from core.web.channels.outbox import CHUNK, Outbox
from core.web.channels.protocol import Incoming, ProtocolError, Unreadable
from core.web.channels.rooms import Broadcast, Member

log = logging.getLogger(__name__)

BAD_DATA, POLICY, RESTART, TRY_LATER, REVOKED, SLOW, CROWDED = 1003, 1008, 1012, 1013, 4003, 4008, 4029
REFUSALS_A_MINUTE = 1000
HEARTBEATS_APART = 1.0
NEVER = float("-inf")
AT_ONCE = 64
"""Frames that gather in one turn of the loop before they are written."""


class Transport(Protocol):
    def write(self, data: bytes) -> bool:
        """Hand bytes over; False when they are still on their way, and `Connection.drained` will say when not."""

    def ping(self) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


class Nobody:
    """The transport of a connection whose line is down: takes everything, to no end."""

    def write(self, data: bytes) -> bool:
        return True

    def ping(self) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


NOBODY = Nobody()


@dataclass(slots=True)
class Counters:
    opened: int = 0
    refused: int = 0
    received: int = 0
    sent: int = 0
    malformed: int = 0
    limited: int = 0
    resyncs: int = 0
    slow: int = 0
    dropped: int = 0
    crowded: int = 0


class Queue:
    """Messages of one topic, handled one after the other."""

    __slots__ = ("messages", "task")

    def __init__(self, message: Incoming) -> None:
        self.messages = deque((message,))
        self.task: asyncio.Task[None] | None = None


class Desk(Protocol):
    """What a connection needs of the node: a turn to write, a hand for its messages, and to be missed when it ends."""

    clock: Clock
    counters: Counters

    def wake(self, connection: Connection) -> None: ...

    def handle_now(self, connection: Connection, message: Incoming) -> bool:
        """Answer a message that nothing has to be waited for; False when something has."""
        ...

    def handle(self, connection: Connection, message: Incoming) -> Awaitable[dict[str, Any] | bytes | None]: ...

    def resync(self, connection: Connection, member: Member) -> None: ...

    def ended(self, connection: Connection, grace: float) -> None: ...

    def hung_up(self, connection: Connection) -> None: ...

    def life(self, connection: Connection, by_person: bool) -> None: ...


class Connection:
    __slots__ = (
        "_allowances",
        "_flood",
        "_heartbeat_at",
        "_queues",
        "_said",
        "awake",
        "closed",
        "desk",
        "expires_at",
        "id",
        "judged_at",
        "members",
        "outbox",
        "pinged",
        "principal",
        "seen_at",
        "transport",
        "waits_since",
        "waits_size",
    )

    def __init__(self, desk: Desk, transport: Transport, principal: Principal, expires_at: float) -> None:
        self.desk, self.transport, self.principal = desk, transport, principal
        self.expires_at = _same(expires_at)
        number = new_number()
        self.id = written(number)
        self.members: tuple[Member, ...] = ()
        self.outbox: Outbox | None = None
        """What waits to be sent. None while the other side keeps up: then anything may be written at once."""
        self.closed = self.pinged = self.awake = False
        self.seen_at = desk.clock.monotonic()
        # Those who came in one storm are not all judged again in one moment.
        self.judged_at = _same(float(int(self.seen_at) - number % 300))
        self.waits_since: float | None = None
        self.waits_size = 0
        self._heartbeat_at = NEVER
        self._said = b""
        """When its messages of the last minute were let through."""
        self._flood: SlidingLimit | None = None
        self._allowances: dict[str, SlidingLimit] | None = None
        self._queues: dict[str, Queue] | None = None

    @property
    def identity(self) -> str:
        """By which every connection of a person can be addressed."""
        return f"user_socket:{self.principal.id}"

    def member(self, topic: str) -> Member | None:
        """Its place on a topic, by the name that it joined."""
        for member in self.members:
            if member.room.topic == topic:
                return member
        return None

    # --- in

    def alive(self) -> None:
        """Any frame is life, pongs included."""
        self.seen_at = self.desk.clock.monotonic()
        self.pinged = False
        self.desk.life(self, by_person=False)

    def receive(self, frame: str | bytes) -> None:
        if self.closed:
            return
        self.alive()
        self.desk.counters.received += 1
        try:
            message = protocol.parse(frame)
        except Unreadable:
            self.desk.counters.malformed += 1
            self.close(BAD_DATA, "unreadable")
            return
        except ProtocolError as error:
            self.desk.counters.malformed += 1
            if self._let_through(error.join_ref, error.ref, error.topic):
                bad = refusal(BadRequest("The message could not be read.", reason=error.reason))
                self.reply(error.join_ref, error.ref, error.topic, "error", bad)
            return
        self._take(message)

    def violated(self) -> None:
        """The client broke the rules of the websocket itself; its line ends, and says why."""
        self.desk.counters.malformed += 1
        if not self.closed:
            self._end(grace=0.0)

    def _take(self, message: Incoming) -> None:
        heartbeat = message.topic == protocol.HEARTBEAT_TOPIC and message.event == "heartbeat"
        free = heartbeat and self._heartbeat_is_due()
        own = self._own_limit(message)
        if not free and not self._let_through(message.join_ref, message.ref, message.topic, own):
            return
        if heartbeat:
            self._answer_heartbeat(protocol.reply_frame(message.join_ref, message.ref, message.topic, "ok", {}))
            return
        self.desk.life(self, by_person=True)
        queue = self._queues.get(message.topic) if self._queues else None
        if queue is not None:
            queue.messages.append(message)
        elif not self._answered_now(message):
            queue = Queue(message)
            self._queues = self._queues or {}
            self._queues[message.topic] = queue
            queue.task = asyncio.create_task(self._work(message.topic, queue), name="channel message")

    def _heartbeat_is_due(self) -> bool:
        """Heartbeats are free, unless they come faster than any client sends them."""
        now = self.desk.clock.monotonic()
        due, self._heartbeat_at = now - self._heartbeat_at >= HEARTBEATS_APART, now
        return due

    def _own_limit(self, message: Incoming) -> SlidingLimit | None:
        """What counts the messages to a topic with an allowance of its own, apart from the connection's hundred.

        There is one for each pattern: whoever leaves and joins again, or joins several such topics, has no more.
        """
        member = self.member(message.topic)
        if member is None or not member.found.spec.allowance or message.event in (protocol.JOIN, protocol.LEAVE):
            return None
        spec = member.found.spec
        self._allowances = self._allowances or {}
        return self._allowances.setdefault(spec.pattern, SlidingLimit(spec.allowance))

    def _let_through(
        self, join_ref: protocol.Ref, ref: protocol.Ref, topic: str, own: SlidingLimit | None = None
    ) -> bool:
        now = self.desk.clock.monotonic()
        if own is None:
            self._said, wait = take(self._said, now)
        else:
            wait = own.take(now)
        if not wait:
            return True
        self.desk.counters.limited += 1
        self._flood = self._flood or SlidingLimit(REFUSALS_A_MINUTE)
        if self._flood.take(now):
            self.close(POLICY, "too many messages")
            return False
        self.reply(join_ref, ref, topic, "error", refusal(RateLimited(retry_after=round(wait, 1))))
        return False

    async def _work(self, topic: str, queue: Queue) -> None:
        messages = queue.messages
        try:
            while messages and not self.closed:
                await self._answer(messages[0])
                messages.popleft()
        finally:
            if self._queues:
                self._queues.pop(topic, None)
            self._queues = self._queues or None

    def _answered_now(self, message: Incoming) -> bool:
        try:
            return self.desk.handle_now(self, message)
        except Exception as error:
            self._refuse(message, error)
            return True

    async def _answer(self, message: Incoming) -> None:
        try:
            response = await self.desk.handle(self, message)
        except Exception as error:
            self._refuse(message, error)
        else:
            if response is not None:
                self.reply(message.join_ref, message.ref, message.topic, "ok", response)

    def _refuse(self, message: Incoming, error: Exception) -> None:
        if not isinstance(error, TandemError):
            log.error("a message could not be handled", extra={"message_event": message.event}, exc_info=error)
            error = TandemError()
        self.reply(message.join_ref, message.ref, message.topic, "error", refusal(error))

    # --- out

    def reply(
        self, join_ref: protocol.Ref, ref: protocol.Ref, topic: str, status: protocol.Status, response: Any
    ) -> None:
        self.send(protocol.reply_frame(join_ref, ref, topic, status, response))

    def _answer_heartbeat(self, frame: bytes) -> None:
        """At once where nothing waits: it is most of what quiet thousands have to be told."""
        if self.outbox is not None or self.closed:
            self.send(frame)
            return
        self.desk.counters.sent += 1
        if not self.transport.write(frame):
            self._waits(len(frame))

    def send(self, frame: bytes, member: Member | None = None, latest: str = "") -> None:
        """Queue a frame; it goes out in this turn of the loop, together with what else comes."""
        if self.closed:
            return
        self.desk.counters.sent += 1
        if self.outbox is None:
            self.outbox = Outbox()
        self.outbox.add(frame, member, latest)
        if self.waits_since is not None:
            return
        if len(self.outbox) < AT_ONCE:
            self.desk.wake(self)
        else:
            # A burst of questions has a burst of answers, and nothing says yet that they are not read.
            self.pump()

    def send_all(self, data: bytes, frames: Sequence[Broadcast], member: Member) -> None:
        """What a room has to say, joined and one by one: at once where nothing waits, otherwise behind what does."""
        self.desk.counters.sent += len(frames)
        if self.outbox is None:
            if not self.transport.write(data):
                self._waits(len(data))
            return
        for frame, latest in frames:
            self.outbox.add(frame, member, latest)

    def _waits(self, size: int) -> None:
        self.waits_since, self.waits_size = self.desk.clock.monotonic(), size
        if self.outbox is None:
            self.outbox = Outbox()

    def pump(self, room: int = 1) -> tuple[int, bool]:
        """Write what waits, as far as the other side takes it."""
        outbox = self.outbox
        if self.closed or self.waits_since is not None or outbox is None:
            return 0, False
        if outbox.full:
            self.too_slow()
            return 1, False
        while len(outbox):
            data = outbox.take()
            if not self.transport.write(data):
                self._waits(len(data))
                return 1, False
        self.outbox = None
        self.desk.counters.dropped += outbox.dropped
        for member in self.members if outbox.stale else ():
            if member in outbox.stale:
                self.desk.resync(self, member)
        return 1, False

    def failed(self) -> None:
        self.close(TRY_LATER)

    def drained(self) -> None:
        """The transport took everything; whoever was slow is here again."""
        self.waits_since = None
        self.pump()

    def stuck(self, now: float, patience: float) -> bool:
        """Whether the other side has not taken for too long what it was given; a large frame is given longer."""
        if self.outbox is None:
            return False
        late = self.waits_since is not None and now - self.waits_since > patience + self.waits_size / CHUNK
        return late or self.outbox.full

    @property
    def queued(self) -> int:
        return len(self.outbox) if self.outbox is not None else 0

    @property
    def busy(self) -> bool:
        """Whether something that it was asked is not answered yet."""
        return bool(self._queues)

    # --- the end

    def too_slow(self) -> None:
        self.desk.counters.slow += 1
        self.close(SLOW, "too slow")

    def close(self, code: int, reason: str = "") -> None:
        """End it from our side."""
        if not self.closed:
            self._end(grace=0.0)
            self.transport.close(code, reason)

    def gone_silent(self) -> None:
        """Nothing came for too long. Its line is as good as down, and its person may be looking for another."""
        if not self.closed:
            self._end(LOST)
            self.transport.close(TRY_LATER, "silent")

    def gone(self, grace: float) -> None:
        """The transport says that it has ended; its person is given so many seconds to come back unnoticed."""
        self.desk.hung_up(self)
        if not self.closed:
            self._end(grace)
        # The line and this would hold each other until the collector comes by, and a crowd's lines are many.
        self.transport = NOBODY

    def _end(self, grace: float) -> None:
        self.closed = True
        if self.outbox is not None:
            self.desk.counters.dropped += self.outbox.dropped
        self.desk.ended(self, grace)


@lru_cache(maxsize=1024)
def _same(moment: float) -> float:
    """One object for all who have the same: tokens end, and looks fall due, at whole seconds."""
    return moment


def refusal(error: TandemError) -> dict[str, Any]:
    """An error as the response of a reply: the reason is its code."""
    body = error.body()["error"]
    return {"reason": body["type"], "message": body["message"], "temporary": body["temporary"], **body["details"]}
