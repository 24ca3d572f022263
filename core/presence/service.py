"""Presence on this node: who enters, what they do, who leaves; told in batches to everybody here and to other nodes.

A connection that was lost is announced as gone only after a grace time, and one whose page goes away (it may only be
loading again) after a short one; a return within it says nothing. What somebody says of themselves by another door
than their socket reaches their connections on every node.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from core.clock import Clock, Steps
from core.errors import Invalid, NotFound
from core.live.hub import Hub
from core.live.signals import Signals
from core.presence.announcer import PACE, Announcer, FriendsOf
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
    subject_of,
)
from core.presence.store import PresenceStore
from core.presence.tracker import Tracker
from core.principal import Principal

log = logging.getLogger(__name__)

T = TypeVar("T")

LOST, RELOAD = 10.0, 5.0
"""Seconds until a connection that broke off, or whose page went away, is announced as gone."""
TICK = 1.0
BETWEEN_NODES = PACE / 2
"""Seconds between two words to other nodes, however many topics have something to tell."""

SAY = "presence_say"
_said = msgspec.msgpack.Decoder(tuple[str, str | None, str | None]).decode


class _Visit(msgspec.Struct, gc=False):
    """One connection, on however many topics."""

    who: Principal
    viewer: str
    """The person's id, as it is told."""
    here: Here
    input_at: float
    topics: tuple[str, ...] = ()
    idle: bool = False
    ends_at: float | None = None
    """When it counts as gone, for one that may come back."""


async def _nobodys(_viewers: Any) -> dict[str, frozenset[str]]:
    return {}


class Presence:
    def __init__(
        self,
        hub: Hub,
        signals: Signals,
        clock: Clock,
        store: PresenceStore | None = None,
        *,
        friends_of: FriendsOf = _nobodys,
        node: str = "",
    ) -> None:
        self._clock, self._store, self._signals = Steps(clock), store, signals
        # A node that starts again is another one: what is still known of the old one is not its own.
        self.tracker = Tracker(node or secrets.token_hex(5))
        self.announcer = Announcer(self.tracker, hub, friends_of, self)
        self.peers = Peers(self.tracker, lambda data: signals.send("presence", data), clock)
        signals.on("presence", self._receive)
        signals.on(SAY, lambda data: self._hear(*_said(data)))
        self._visits: dict[str, _Visit] = {}
        self._of: dict[str, tuple[str, ...]] = {}
        """Each person's connections."""
        self._lost: dict[str, _Visit] = {}
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._people: dict[str, tuple[Present, ...]] = {}
        self._task: asyncio.Task[None] | None = None
        self._silent_from = float("-inf")
        """Before this moment nobody can have been silent for long enough to be away."""
        self._words: asyncio.TimerHandle | None = None
        self._spoke_at = 0.0
        if store:
            store.node = self.tracker.node
            self.peers.on_drop = store.forget_node

    async def start(self) -> None:
        self.peers.hello()
        if self._store:
            self._store.start()
        self._task = asyncio.create_task(self._run(), name="presence")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._words:
            self._words.cancel()
        await self.announcer.stop()
        self.peers.bye()
        if self._store:
            await self._store.stop()

    # --- connections

    def enter(self, conn: str, topic: str, who: Principal, extra: dict[str, Any] | None = None) -> None:
        """Put a connection on a topic; it is sent the `presence_state` to start from."""
        if kind_of(topic) is None or who.id is None:
            raise NotFound("Nobody is tracked on this topic.")
        visit = self._visits.get(conn) or self._open(conn, who)
        if topic not in visit.topics:
            visit.topics = _shared((*visit.topics, topic))
        subject = subject_of(topic) or (extra or {}).get("current_subject")
        if isinstance(subject, str) and subject and is_subject(subject):
            self._set(conn, visit, subject=subject)
        self._track(conn, topic, visit)
        self._replace_lost(who.id, topic)
        self.ask_state(topic, conn)

    def _open(self, conn: str, who: Principal) -> _Visit:
        now = self._clock.now()
        viewer = str(who.id)
        visit = self._visits[conn] = _Visit(who, viewer, _shared(Here(int(now.timestamp()))), self._clock.monotonic())
        self._of[viewer] = (*self._of.get(viewer, ()), conn)
        if self._store and who.kind == "person" and who.id:
            self._store.enter(conn, who.id, now)
        return visit

    def _track(self, conn: str, topic: str, visit: _Visit) -> None:
        """List a connection on a topic as it is now, where its person is listed at all."""
        kind = kind_of(topic)
        if kind is not None and kind.shows(visit.who):
            meta = entry_meta(kind, visit.who, visit.here, subject_of(topic))
            changed = self.tracker.join(conn, topic, visit.viewer, meta)
        else:
            changed = self.tracker.leave(conn, topic)
        if changed:
            self.announcer.schedule(topic)

    def ask_state(self, topic: str, conn: str) -> None:
        """Have the state sent to a connection, in step with the diffs."""
        visit = self._visits.get(conn)
        if visit is not None:
            self.announcer.welcome(topic, conn, visit.viewer)

    def change(self, conn: str, *, status: str | None = None, activity: str | None = None) -> None:
        """What somebody says they are doing, on every topic where the connection is."""
        _check(status, activity)
        visit = self._visits.get(conn)
        if visit is None:
            raise NotFound
        visit.idle, visit.input_at = False, self._clock.monotonic()
        self._set(conn, visit, status=status, activity=activity)

    def say(self, user_id: UUID, *, status: str | None = None, activity: str | None = None) -> None:
        """The same of all of somebody's connections, on every node."""
        _check(status, activity)
        self._signals.send(SAY, msgspec.msgpack.encode((str(user_id), status, activity)))
        self._hear(str(user_id), status, activity)

    def connected(self, user_id: UUID) -> bool:
        """Whether a connection of somebody is on this node, or was a moment ago."""
        return bool(self._of.get(str(user_id)))

    def practise(self, user_id: UUID, skill: str, subject: str = "", *, done: bool = False) -> None:
        """Somebody began a skill, or is done with it: on this node alone, since every node reads of it by itself."""
        activity = f"practicing_{skill}"
        if not is_activity(activity):
            return
        for conn in self._of.get(str(user_id), ()):
            visit = self._visits[conn]
            if done and visit.here.current_activity == activity:
                self._set(conn, visit, activity="")
            elif not done and conn not in self._lost:
                self._set(conn, visit, activity=activity, subject=subject or None)

    def _hear(self, viewer: str, status: str | None, activity: str | None) -> None:
        for conn in self._of.get(viewer, ()):
            if conn not in self._lost:
                self.change(conn, status=status, activity=activity)

    def _set(
        self, conn: str, visit: _Visit, *, status: str | None = None, activity: str | None = None,
        subject: str | None = None,
    ) -> None:  # fmt: skip
        was = visit.here
        visit.here = here = _shared(
            replace(
                was,
                status=was.status if status is None else status,
                current_activity=was.current_activity if activity is None else activity,
                current_subject=was.current_subject if subject is None else subject,
            )
        )
        if here == was:
            return
        if self._store:
            self._store.change(conn, here.status, here.current_activity, here.current_subject)
        for topic in visit.topics:
            self._track(conn, topic, visit)

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
        """The person's name, picture, audience or switch changed: list them accordingly."""
        visit = self._visits.get(conn)
        if visit is None:
            return
        visit.who = who
        for topic in visit.topics:
            self._track(conn, topic, visit)

    def friends_changed(self, user_id: UUID) -> None:
        """Somebody has a friend more or less, and may be told of others in a crowd."""
        viewer = str(user_id)
        for conn in self._of.get(viewer, ()):
            for topic in self._visits[conn].topics:
                self.announcer.friends_changed(viewer, topic, conn)

    def leave(self, conn: str, topic: str | None = None, *, grace: float = 0.0) -> None:
        """Take a connection off a topic, or off all of them; with a grace time when its person may come back."""
        visit = self._visits.get(conn)
        if visit is None:
            return
        if topic is not None:
            visit.topics = _shared(tuple(other for other in visit.topics if other != topic))
            self._gone(conn, topic, visit)
            subject = subject_of(topic)
            if subject and subject == visit.here.current_subject:
                self._set(conn, visit, subject="")
        elif grace and visit.topics:
            visit.ends_at = self._clock.monotonic() + grace
            self._lost[conn] = visit
        else:
            self._end(conn, visit)

    def _end(self, conn: str, visit: _Visit) -> None:
        self._visits.pop(conn, None)
        self._lost.pop(conn, None)
        viewer = visit.viewer
        left = tuple(other for other in self._of.pop(viewer, ()) if other != conn)
        if left:
            self._of[viewer] = left
        if self._store:
            self._store.leave(conn)
        for topic in visit.topics:
            self._gone(conn, topic, visit)

    def _gone(self, conn: str, topic: str, visit: _Visit) -> None:
        if self.tracker.leave(conn, topic):
            self.announcer.schedule(topic)
        still_here = any(True for _ in self.connections_of(visit.viewer, topic))
        self.announcer.gone(topic, visit.viewer, still_here)

    def _replace_lost(self, user_id: UUID, topic: str) -> None:
        """Somebody came back: what was kept of their lost connection goes in the same breath."""
        for lost in self._of.get(str(user_id), ()) if self._lost else ():
            visit = self._lost.get(lost)
            if visit and topic in visit.topics:
                self.leave(lost, topic)
                if not visit.topics:
                    self._end(lost, visit)

    def end_lost(self, user_id: UUID) -> None:
        """Somebody's rights changed: no grace for connections that can no longer be judged."""
        for lost in self._of.get(str(user_id), ()):
            if lost in self._lost:
                self._end(lost, self._lost[lost])

    def erased(self, user_id: UUID) -> None:
        """Somebody is no more: that they went is told without their name."""
        self.tracker.unname(str(user_id))

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
        for conn, visit in list(self._lost.items()):
            if visit.ends_at is not None and now >= visit.ends_at:
                self._end(conn, visit)
        if now >= self._silent_from:
            self._send_away(now - AWAY_AFTER)
        self.peers.tick()
        self.announcer.schedule_dirty()
        self.announcer.tick()

    def _send_away(self, horizon: float) -> None:
        """Who has given no sign since is away; until the next of them may be, nobody need be looked through."""
        waiting = [(conn, visit) for conn, visit in self._visits.items() if not visit.idle]
        for conn, visit in waiting:
            if visit.input_at <= horizon and visit.here.status == "online":
                visit.idle = True
                self._set(conn, visit, status="away")
        still = (visit.input_at for _, visit in waiting if visit.input_at > horizon)
        self._silent_from = min(still, default=horizon + AWAY_AFTER) + AWAY_AFTER

    def _receive(self, data: bytes) -> None:
        self.peers.receive(data)
        self.announcer.schedule_dirty()

    def _speak(self) -> None:
        self._words, self._spoke_at = None, asyncio.get_running_loop().time()
        self.peers.flush()

    # --- who listens here

    def before_turn(self) -> None:
        """Other nodes hear of it before those here do, unless they heard something a moment ago."""
        loop = asyncio.get_running_loop()
        if self._words:
            return
        if loop.time() - self._spoke_at >= BETWEEN_NODES:
            self._speak()
        else:
            self._words = loop.call_at(self._spoke_at + BETWEEN_NODES, self._speak)

    def listeners(self, topic: str) -> Iterator[tuple[str, str]]:
        for conn, visit in self._visits.items():
            if topic in visit.topics:
                yield conn, visit.viewer

    def connections_of(self, viewer: str, topic: str) -> Iterable[str]:
        return (conn for conn in self._of.get(viewer, ()) if topic in self._visits[conn].topics)

    def changed(self, topic: str) -> None:
        self._people.pop(topic, None)
        for watcher in tuple(self._watchers.get(topic, ())):
            try:
                watcher()
            except Exception:
                log.exception("a watcher of presence failed", extra={"topic": topic})

    # --- looking

    @property
    def settled(self) -> bool:
        """Whether everybody here and every other node has been told everything."""
        return self.announcer.settled and self._words is None

    def count(self, topic: str) -> int:
        """How many people, not connections, are listed on a topic, over all nodes."""
        return self.tracker.count(topic)

    def here(self, user_id: UUID) -> bool:
        """Whether somebody is listed anywhere."""
        return self.tracker.here(str(user_id))

    def people(self, topic: str, hidden: frozenset[UUID] = frozenset()) -> tuple[Present, ...]:
        """Everybody listed on a topic, who came first first; those on the other side of a block left out."""
        changing = self.announcer.due(topic)
        found = None if changing else self._people.get(topic)
        if found is None:
            everybody = (present(user_id, metas) for user_id, metas in self.tracker.people(topic))
            found = tuple(sorted(everybody, key=lambda p: (p.online_at, p.user_id)))
            if not changing:
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


@lru_cache(maxsize=512)
def _shared(what: T) -> T:
    """The same object for all who say the same: a crowd is on the same topics, and came in the same few seconds."""
    return what


def _check(status: str | None, activity: str | None) -> None:
    if status is not None and not is_status(status):
        raise Invalid(reason="invalid_status")
    if activity is not None and not is_activity(activity):
        raise Invalid(reason="invalid_activity")
