"""One client's connection, whatever carries it: reads messages in order, sends frames within bounds, ends cleanly.

The transport hands over whole frames and takes bytes; it is told nothing of topics. Heartbeats are answered at once.
Messages of one topic are handled one after the other, in their order; topics do not wait for each other. Nothing that a
client sends ends its connection, except bytes that are no message at all and a flood after many refusals.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol

from core.clock import Clock
from core.errors import BadRequest, RateLimited, TandemError
from core.ids import new_id
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.limits import MESSAGES_A_MINUTE, SlidingLimit
from core.web.channels.outbox import CHUNK, Outbox
from core.web.channels.protocol import Incoming, ProtocolError, Unreadable
from core.web.channels.rooms import Member

log = logging.getLogger(__name__)

BAD_DATA, POLICY, RESTART, TRY_LATER, REVOKED, SLOW, CROWDED = 1003, 1008, 1012, 1013, 4003, 4008, 4029
REFUSALS_A_MINUTE = 1000
HEARTBEATS_APART = 1.0


class Transport(Protocol):
    def write(self, data: bytes) -> bool:
        """Hand bytes over; False when they are still on their way, and `Connection.drained` will say when not."""

    def ping(self) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


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


class Desk(Protocol):
    """What a connection needs of the node: a turn to write, a hand for its messages, and to be missed when it ends."""

    clock: Clock
    counters: Counters

    def wake(self, connection: Connection) -> None: ...

    def handle(self, connection: Connection, message: Incoming) -> Awaitable[dict[str, Any] | None]: ...

    def resync(self, connection: Connection, member: Member) -> None: ...

    def ended(self, connection: Connection, grace: float) -> None: ...

    def hung_up(self, connection: Connection) -> None: ...

    def life(self, connection: Connection, by_person: bool) -> None: ...


class Connection:
    __slots__ = (
        "_allowances",
        "_flood",
        "_heartbeat_at",
        "_limit",
        "_queues",
        "_tasks",
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
        "token",
        "transport",
        "waits_since",
        "waits_size",
    )

    def __init__(self, desk: Desk, transport: Transport, principal: Principal, token: str, expires_at: float) -> None:
        self.desk, self.transport, self.principal = desk, transport, principal
        self.token, self.expires_at = token, expires_at
        number = new_id()
        self.id = str(number)
        self.members: dict[str, Member] = {}
        self.outbox = Outbox()
        self.closed = self.pinged = self.awake = False
        self.seen_at = desk.clock.monotonic()
        # Those who came in one storm are not all judged again in one moment.
        self.judged_at = self.seen_at - number.int % 300
        self.waits_since: float | None = None
        self.waits_size = 0
        self._heartbeat_at = float("-inf")
        self._limit = SlidingLimit(MESSAGES_A_MINUTE)
        self._flood: SlidingLimit | None = None
        self._allowances: dict[str, SlidingLimit] | None = None
        self._queues: dict[str, deque[Incoming]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def identity(self) -> str:
        """By which every connection of a person can be addressed."""
        return f"user_socket:{self.principal.id}"

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

    def _take(self, message: Incoming) -> None:
        heartbeat = message.topic == protocol.HEARTBEAT_TOPIC and message.event == "heartbeat"
        free = heartbeat and self._heartbeat_is_due()
        own = self._own_limit(message)
        if not free and not self._let_through(message.join_ref, message.ref, message.topic, own):
            return
        if heartbeat:
            self.reply(message.join_ref, message.ref, message.topic, "ok", {})
            return
        self.desk.life(self, by_person=True)
        queue = self._queues.get(message.topic)
        if queue is not None:
            queue.append(message)
            return
        self._queues[message.topic] = deque((message,))
        task = asyncio.create_task(self._work(message.topic), name="channel message")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _heartbeat_is_due(self) -> bool:
        """Heartbeats are free, unless they come faster than any client sends them."""
        now = self.desk.clock.monotonic()
        due, self._heartbeat_at = now - self._heartbeat_at >= HEARTBEATS_APART, now
        return due

    def _own_limit(self, message: Incoming) -> SlidingLimit | None:
        """What counts the messages to a topic with an allowance of its own, apart from the connection's hundred.

        There is one for each pattern: whoever leaves and joins again, or joins several such topics, has no more.
        """
        member = self.members.get(message.topic)
        if member is None or not member.found.spec.allowance or message.event in (protocol.JOIN, protocol.LEAVE):
            return None
        spec = member.found.spec
        self._allowances = self._allowances or {}
        return self._allowances.setdefault(spec.pattern, SlidingLimit(spec.allowance))

    def _let_through(
        self, join_ref: protocol.Ref, ref: protocol.Ref, topic: str, own: SlidingLimit | None = None
    ) -> bool:
        now = self.desk.clock.monotonic()
        wait = (self._limit if own is None else own).take(now)
        if not wait:
            return True
        self.desk.counters.limited += 1
        self._flood = self._flood or SlidingLimit(REFUSALS_A_MINUTE)
        if self._flood.take(now):
            self.close(POLICY, "too many messages")
            return False
        self.reply(join_ref, ref, topic, "error", refusal(RateLimited(retry_after=round(wait, 1))))
        return False

    async def _work(self, topic: str) -> None:
        queue = self._queues[topic]
        try:
            while queue and not self.closed:
                await self._answer(queue[0])
                queue.popleft()
        finally:
            del self._queues[topic]

    async def _answer(self, message: Incoming) -> None:
        try:
            response = await self.desk.handle(self, message)
        except TandemError as error:
            self.reply(message.join_ref, message.ref, message.topic, "error", refusal(error))
        except Exception:
            log.exception("a message could not be handled", extra={"message_event": message.event})
            self.reply(message.join_ref, message.ref, message.topic, "error", refusal(TandemError()))
        else:
            if response is not None:
                self.reply(message.join_ref, message.ref, message.topic, "ok", response)

    # --- out

    def reply(
        self, join_ref: protocol.Ref, ref: protocol.Ref, topic: str, status: protocol.Status, response: Any
    ) -> None:
        self.send(protocol.text_frame(protocol.reply(join_ref, ref, topic, status, response)))

    def send(self, frame: bytes, member: Member | None = None, latest: str = "") -> None:
        """Queue a frame; it goes out in this turn of the loop, together with what else comes."""
        if self.closed:
            return
        self.desk.counters.sent += 1
        self.outbox.add(frame, member, latest)
        if self.waits_since is None:
            self.desk.wake(self)

    def pump(self) -> None:
        """Write what waits, as far as the other side takes it."""
        if self.closed or self.waits_since is not None:
            return
        if self.outbox.full:
            self.too_slow()
            return
        while len(self.outbox):
            data = self.outbox.take()
            if not self.transport.write(data):
                self.waits_since, self.waits_size = self.desk.clock.monotonic(), len(data)
                return
        if self.outbox.stale:
            stale, self.outbox.stale = self.outbox.stale, set()
            for member in [member for member in self.members.values() if member in stale]:
                self.desk.resync(self, member)

    def drained(self) -> None:
        """The transport took everything; whoever was slow is here again."""
        self.waits_since = None
        if not self.closed:
            self.pump()

    def stuck(self, now: float, patience: float) -> bool:
        """Whether the other side has not taken for too long what it was given; a large frame is given longer."""
        if self.outbox.full:
            return True
        return self.waits_since is not None and now - self.waits_since > patience + self.waits_size / CHUNK

    # --- the end

    def too_slow(self) -> None:
        self.desk.counters.slow += 1
        self.close(SLOW, "too slow")

    def close(self, code: int, reason: str = "") -> None:
        """End it from our side."""
        if not self.closed:
            self._end(grace=0.0)
            self.transport.close(code, reason)

    def gone(self, grace: float) -> None:
        """The transport says that it has ended; its person is given so many seconds to come back unnoticed."""
        self.desk.hung_up(self)
        if not self.closed:
            self._end(grace)

    def _end(self, grace: float) -> None:
        self.closed = True
        self.desk.counters.dropped += self.outbox.dropped
        self.desk.ended(self, grace)


def refusal(error: TandemError) -> dict[str, Any]:
    """An error as the response of a reply: the reason is its code."""
    body = error.body()["error"]
    return {"reason": body["type"], "message": body["message"], "temporary": body["temporary"], **body["details"]}
