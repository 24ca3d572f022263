"""Presence on this node: who enters, what they do, who leaves; told in batches to everybody here and to other nodes.

A change is announced at once when a topic was quiet, and at most every `PACE` seconds when it is not, however many come
and go. Who joins is sent the state right after such a flush, so that the state plus the diffs that follow is always the
truth. A connection that was lost is announced as gone only after a grace time, and one whose page goes away (it may
only be loading again) after a short one; a return within it says nothing.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.errors import Invalid, NotFound
from core.live.hub import Hub, Message
from core.live.signals import Signals
from core.presence.peers import Peers
from core.presence.rules import (
    AWAY_AFTER,
    Here,
    Present,
    entry_meta,
    is_activity,
    is_status,
    is_subject,
    kind_of,
    present,
)
from core.presence.store import PresenceStore
from core.presence.tracker import Tracker
from core.principal import Principal

log = logging.getLogger(__name__)

PACE = 0.1
LOST, RELOAD = 10.0, 5.0
"""Seconds until a connection that broke off, or whose page went away, is announced as gone."""
TICK = 1.0

OnState = Callable[[Message], None]


@dataclass(slots=True)
class _Visit:
    """One connection, on however many topics."""

    who: Principal
    here: Here
    input_at: float
    topics: set[str] = field(default_factory=set)
    idle: bool = False
    ends_at: float | None = None
    """When it counts as gone, for one that may come back."""


class Presence:
    def __init__(
        self,
        hub: Hub,
        signals: Signals,
        clock: Clock,
        store: PresenceStore | None = None,
        *,
        node: str = "",
        pace: float = PACE,
    ) -> None:
        self._hub, self._clock, self._store = hub, clock, store
        self._pace = pace
        # A node that starts again is another one: what is still known of the old one is not its own.
        self.tracker = Tracker(node or secrets.token_hex(5))
        self.peers = Peers(self.tracker, lambda data: signals.send("presence", data), clock)
        signals.on("presence", self._receive)
        self._visits: dict[str, _Visit] = {}
        self._lost: dict[str, _Visit] = {}
        self._arrivals: dict[str, list[OnState]] = {}
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._flushed: dict[str, float] = {}
        self._people: dict[str, tuple[Present, ...]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.peers.hello()
        if self._store:
            self._store.start()
        self._task = asyncio.create_task(self._run(), name="presence")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for handle in self._due.values():
            handle.cancel()
        self._due.clear()
        self.peers.bye()
        if self._store:
            await self._store.stop()

    # --- connections

    def enter(
        self,
        conn: str,
        topic: str,
        who: Principal,
        extra: dict[str, Any] | None = None,
        on_state: OnState | None = None,
    ) -> None:
        """Put a connection on a topic; `on_state` is called once with the `presence_state` to start from."""
        kind = kind_of(topic)
        if kind is None or who.id is None:
            raise NotFound("Nobody is tracked on this topic.")
        visit = self._visits.get(conn)
        if visit is None:
            now = self._clock.now()
            visit = self._visits[conn] = _Visit(who, Here(int(now.timestamp())), self._clock.monotonic())
            if self._store and who.kind == "person":
                self._store.enter(conn, who.id, now)
        subject = (extra or {}).get("current_subject")
        if isinstance(subject, str) and is_subject(subject):
            visit.here = replace(visit.here, current_subject=subject)
        visit.topics.add(topic)
        self._track(conn, topic, visit)
        self._replace_lost(who.id, topic)
        if on_state:
            self._arrivals.setdefault(topic, []).append(on_state)
        self._schedule(topic)

    def _track(self, conn: str, topic: str, visit: _Visit) -> None:
        kind = kind_of(topic)
        if kind is not None and kind.shows(visit.who):
            self.tracker.join(conn, topic, str(visit.who.id), entry_meta(kind, visit.who, visit.here))
        else:
            self.tracker.leave(conn, topic)

    def ask_state(self, topic: str, on_state: OnState) -> None:
        """Have the state sent again, in step with the diffs."""
        self._arrivals.setdefault(topic, []).append(on_state)
        self._schedule(topic)

    def change(self, conn: str, *, status: str | None = None, activity: str | None = None) -> None:
        """What somebody says they are doing, on every topic where the connection is."""
        if status is not None and not is_status(status):
            raise Invalid(reason="invalid_status")
        if activity is not None and not is_activity(activity):
            raise Invalid(reason="invalid_activity")
        visit = self._visits.get(conn)
        if visit is None:
            raise NotFound
        visit.idle = False
        self._set(conn, visit, status=status, activity=activity)

    def _set(self, conn: str, visit: _Visit, *, status: str | None = None, activity: str | None = None) -> None:
        here = visit.here
        visit.here = here = replace(
            here,
            status=here.status if status is None else status,
            current_activity=here.current_activity if activity is None else activity,
        )
        changes = {"status": here.status, "current_activity": here.current_activity}
        if self._store:
            self._store.change(conn, here.status, here.current_activity)
        for topic in visit.topics:
            if self.tracker.update(conn, topic, changes):
                self._schedule(topic)

    def touch(self, conn: str, *, by_person: bool) -> None:
        """A sign of life; `by_person` when it was not the client's own heartbeat."""
        visit = self._visits.get(conn)
        if visit is None:
            return
        if self._store:
            self._store.touch(conn)
        if by_person:
            visit.input_at = self._clock.monotonic()
            if visit.idle:
                visit.idle = False
                self._set(conn, visit, status="online")

    def judge_again(self, conn: str, who: Principal) -> None:
        """The person's name, picture or audience changed: list them accordingly."""
        visit = self._visits.get(conn)
        if visit is None:
            return
        visit.who = who
        for topic in visit.topics:
            self._track(conn, topic, visit)
            self._schedule(topic)

    def leave(self, conn: str, topic: str | None = None, *, grace: float = 0.0) -> None:
        """Take a connection off a topic, or off all of them; with a grace time when its person may come back."""
        visit = self._visits.get(conn)
        if visit is None:
            return
        if topic is not None:
            visit.topics.discard(topic)
            self._gone(conn, topic)
        elif grace and visit.topics:
            visit.ends_at = self._clock.monotonic() + grace
            self._lost[conn] = visit
        else:
            self._end(conn, visit)

    def _end(self, conn: str, visit: _Visit) -> None:
        self._visits.pop(conn, None)
        self._lost.pop(conn, None)
        if self._store:
            self._store.leave(conn)
        for topic in visit.topics:
            self._gone(conn, topic)

    def _gone(self, conn: str, topic: str) -> None:
        if self.tracker.leave(conn, topic):
            self._schedule(topic)

    def _replace_lost(self, user_id: UUID, topic: str) -> None:
        """Somebody came back: what was kept of their lost connection goes in the same breath."""
        for lost, visit in list(self._lost.items()):
            if visit.who.id == user_id and topic in visit.topics:
                self.leave(lost, topic)
                if not visit.topics:
                    self._end(lost, visit)

    def end_lost(self, user_id: UUID) -> None:
        """Somebody's rights changed: no grace for connections that can no longer be judged."""
        for lost, visit in list(self._lost.items()):
            if visit.who.id == user_id:
                self._end(lost, visit)

    # --- time

    async def _run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:
                log.exception("presence stumbled")
            await asyncio.sleep(TICK)

    def tick(self) -> None:
        """What time alone brings: the lost are gone, the silent are away, other nodes are heard or dropped."""
        now = self._clock.monotonic()
        for conn, visit in list(self._visits.items()):
            if visit.ends_at is not None and now >= visit.ends_at:
                self._end(conn, visit)
            elif not visit.idle and visit.here.status == "online" and now - visit.input_at >= AWAY_AFTER:
                visit.idle = True
                self._set(conn, visit, status="away")
        self.peers.tick()
        self._schedule_dirty()
        horizon = asyncio.get_running_loop().time() - 2 * self._pace
        self._flushed = {topic: at for topic, at in self._flushed.items() if at > horizon}

    def _receive(self, data: bytes) -> None:
        self.peers.receive(data)
        self._schedule_dirty()

    def _schedule_dirty(self) -> None:
        for topic in self.tracker.dirty():
            self._schedule(topic)

    def _schedule(self, topic: str) -> None:
        if topic not in self._due:
            loop = asyncio.get_running_loop()
            at = max(loop.time(), self._flushed.get(topic, 0.0) + self._pace)
            self._due[topic] = loop.call_at(at, self._flush, topic)

    def _flush(self, topic: str) -> None:
        self._due.pop(topic, None)
        self._flushed[topic] = asyncio.get_running_loop().time()
        self.peers.flush()
        diff = self.tracker.flush(topic)
        if diff:
            self._people.pop(topic, None)
            self._hub.signal(Message(topic, "presence_diff", diff.wire()))
        arrivals = self._arrivals.pop(topic, None)
        if arrivals:
            state = Message(topic, "presence_state", dict(self.tracker.state(topic)))
            for on_state in arrivals:
                on_state(state)
        for watcher in tuple(self._watchers.get(topic, ())) if diff else ():
            try:
                watcher()
            except Exception:
                log.exception("a watcher of presence failed", extra={"topic": topic})

    # --- looking

    def count(self, topic: str) -> int:
        """How many people, not connections, are listed on a topic, over all nodes."""
        return self.tracker.count(topic)

    def people(self, topic: str, hidden: frozenset[UUID] = frozenset()) -> tuple[Present, ...]:
        """Everybody listed on a topic, who came first first; those on the other side of a block left out."""
        found = None if topic in self._due else self._people.get(topic)
        if found is None:
            everybody = (present(user_id, metas) for user_id, metas in self.tracker.people(topic))
            found = tuple(sorted(everybody, key=lambda p: (p.online_at, p.user_id)))
            if topic not in self._due:
                self._people[topic] = found
        if not hidden:
            return found
        unseen = {str(user_id) for user_id in hidden}
        return tuple(person for person in found if person.user_id not in unseen)

    def watch(self, topic: str, on_change: Callable[[], None]) -> Callable[[], None]:
        """Be called after every change of a topic's people; call the result to stop."""
        self._watchers.setdefault(topic, []).append(on_change)

        def unwatch() -> None:
            watchers = self._watchers.get(topic, [])
            if on_change in watchers:
                watchers.remove(on_change)
            if not watchers:
                self._watchers.pop(topic, None)

        return unwatch

    def connections(self) -> int:
        return len(self._visits)
