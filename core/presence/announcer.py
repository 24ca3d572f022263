"""Telling everybody on this node who is here: states, diffs and counts, in batches and encoded once.

A topic that was quiet is told of at once, and one that is not at most every `pace` seconds, however many come and go.
Who joins is sent the state right after such a turn, so that the state plus the diffs that follow is always the truth.

Above `limit` people nobody is told of everybody: each hears of themselves, their friends and the same fifty others,
with a `presence_count` beside it (`Crowd`). Whose friends are not known yet waits for one question about all of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Protocol

import msgspec

from core.live.hub import Hub, Message
from core.presence.crowd import LIMIT, WHOLE_AGAIN, Crowd
from core.presence.entries import Diff, listed, people, whole
from core.presence.tracker import Tracker

log = logging.getLogger(__name__)

PACE = 0.1
AT_ONCE = 64
"""States of their own that are made in one turn of the loop."""
NO_FRIENDS: frozenset[str] = frozenset()
"""One for all: an empty set costs as much as a person."""

Outlet = Callable[[str, Message], None]
"""Hands a message to one connection of this node."""
FriendsOf = Callable[[Collection[str]], Awaitable[Mapping[str, frozenset[str]]]]


class Audience(Protocol):
    """Who listens on this node, and who else wants to know of a turn."""

    def listeners(self, topic: str) -> Iterable[tuple[str, str]]:
        """The connections on a topic, each with its person."""

    def connections_of(self, viewer: str, topic: str) -> Iterable[str]: ...

    def before_turn(self) -> None: ...

    def changed(self, topic: str) -> None: ...


class Announcer:
    pace, limit = PACE, LIMIT

    def __init__(self, tracker: Tracker, hub: Hub, friends_of: FriendsOf, audience: Audience) -> None:
        self._tracker, self._hub, self._friends_of, self._audience = tracker, hub, friends_of, audience
        self.outlet: Outlet = lambda _conn, _message: None
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._turned: dict[str, float] = {}
        self._arrivals: dict[str, dict[str, str]] = {}
        self._strangers: dict[str, dict[str, str]] = {}
        """Who waits for a state until their friends are known, by topic."""
        self._outdated: set[str] = set()
        """Whose friends changed since they were asked for last."""
        self._asking: asyncio.Task[None] | None = None
        self._crowds: dict[str, Crowd] = {}
        self._states: dict[str, Message] = {}

    async def stop(self) -> None:
        for handle in self._due.values():
            handle.cancel()
        self._due.clear()
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    @property
    def settled(self) -> bool:
        """Whether everybody has been told everything."""
        return not self._due and not self._strangers and not self._arrivals

    def due(self, topic: str) -> bool:
        return topic in self._due

    def crowded(self, topic: str) -> bool:
        """Whether nobody on a topic is told of everybody."""
        return topic in self._crowds

    # --- what is to be told

    def schedule(self, topic: str) -> None:
        if topic not in self._due:
            loop = asyncio.get_running_loop()
            at = max(loop.time(), self._turned.get(topic, 0.0) + self.pace)
            self._due[topic] = loop.call_at(at, self._turn, topic)

    def schedule_dirty(self) -> None:
        for topic in self._tracker.dirty():
            self.schedule(topic)

    def welcome(self, topic: str, conn: str, viewer: str) -> None:
        """Have the state sent to a connection, in step with the diffs."""
        self._arrivals.setdefault(topic, {})[conn] = viewer
        self.schedule(topic)

    def gone(self, topic: str, viewer: str, still_here: bool) -> None:
        """A connection of somebody left a topic."""
        crowd = self._crowds.get(topic)
        if crowd and not still_here:
            crowd.remove(viewer)

    def friends_changed(self, viewer: str, topic: str, conn: str) -> None:
        """Somebody has other friends than before: what they are told of a crowd is looked up again."""
        if self._asking and not self._asking.done():
            self._outdated.add(viewer)
        crowd = self._crowds.get(topic)
        if crowd:
            crowd.remove(viewer)
            self.welcome(topic, conn, viewer)

    def tick(self) -> None:
        """Ask again what could not be found out, and let go of what is old; states are kept for a storm only."""
        self._states.clear()
        if self._strangers:
            self._ask()
        horizon = asyncio.get_running_loop().time() - 2 * self.pace
        self._turned = {topic: at for topic, at in self._turned.items() if at > horizon}

    # --- a turn

    def _turn(self, topic: str) -> None:
        self._due.pop(topic, None)
        self._turned[topic] = asyncio.get_running_loop().time()
        self._audience.before_turn()
        diff = self._tracker.flush(topic)
        if diff:
            self._states.pop(topic, None)
        crowd = self._crowds.get(topic)
        count = len(self._tracker.told(topic))
        if crowd is None and count > self.limit:
            self._begin(topic)
        elif crowd and count <= self.limit * WHOLE_AGAIN:
            self._end(topic)
        elif crowd:
            self._tell_crowd(topic, crowd, diff or Diff())
        elif diff:
            self._tell(topic, "presence_diff", diff.encode())
        self._receive_arrivals(topic)
        if diff:
            self._audience.changed(topic)

    def _tell(self, topic: str, name: str, payload: bytes) -> None:
        self._hub.signal(Message(topic, name, msgspec.Raw(payload)))

    def _receive_arrivals(self, topic: str) -> None:
        arrivals = self._arrivals.pop(topic, {})
        crowd = self._crowds.get(topic)
        for conn, viewer in arrivals.items():
            if crowd is None:
                self.outlet(conn, self._state(topic))
            elif crowd.knows(viewer):
                self._show_crowd(topic, crowd, conn, viewer)
            else:
                self._strangers.setdefault(topic, {})[conn] = viewer
        if self._strangers:
            self._ask()

    def _state(self, topic: str) -> Message:
        """What everybody who comes now is sent; the same until the next change."""
        state = self._states.get(topic)
        if state is None:
            told = self._tracker.told(topic)
            crowd = self._crowds.get(topic)
            shown = told.items() if crowd is None else [(user_id, told[user_id]) for user_id in crowd.shown]
            state = self._states[topic] = Message(topic, "presence_state", msgspec.Raw(listed(shown)))
        return state

    # --- crowds

    def _begin(self, topic: str) -> None:
        """There are more now than can be told of: everybody here gets the short state."""
        crowd = self._crowds[topic] = Crowd()
        crowd.refill(self._tracker.told(topic))
        self._states.pop(topic, None)
        self._tell_count(topic, crowd)
        self._arrivals.setdefault(topic, {}).update(self._audience.listeners(topic))

    def _end(self, topic: str) -> None:
        """There are few enough to be told of everybody again."""
        del self._crowds[topic]
        self._arrivals.setdefault(topic, {}).update(self._strangers.pop(topic, {}))
        self._states.pop(topic, None)
        self._hub.signal(self._state(topic))
        self._tell(topic, "presence_count", _count(len(self._tracker.told(topic)), complete=True))

    def _tell_crowd(self, topic: str, crowd: Crowd, diff: Diff) -> None:
        told = self._tracker.told(topic)
        # Whoever has gone is told of as gone before their place goes to somebody else.
        everybody = set(crowd.shown)
        fresh = crowd.refill(told)
        everybody.update(fresh)
        shared = diff.about(everybody)
        shared.joins.update({user_id: told[user_id] for user_id in fresh})
        if fresh:
            self._states.pop(topic, None)
        if shared:
            self._tell(topic, "presence_diff", shared.encode())
        aimed = crowd.aimed(diff, everybody)
        if aimed:
            self._aim(topic, aimed)
        self._tell_count(topic, crowd)

    def _aim(self, topic: str, aimed: Mapping[str, Diff]) -> None:
        for viewer, diff in aimed.items():
            message = Message(topic, "presence_diff", msgspec.Raw(diff.encode()))
            for conn in self._audience.connections_of(viewer, topic):
                self.outlet(conn, message)

    def _tell_count(self, topic: str, crowd: Crowd) -> None:
        count = len(self._tracker.told(topic))
        if count != crowd.count:
            crowd.count = count
            self._tell(topic, "presence_count", _count(count))

    def _show_crowd(self, topic: str, crowd: Crowd, conn: str, viewer: str) -> None:
        told = self._tracker.told(topic)
        own = [(user_id, told[user_id]) for user_id in crowd.own(viewer) if user_id in told]
        shared = self._state(topic)
        if own:
            everybody = bytes(shared.payload)[1:-1]
            members = [everybody, *people(own)] if everybody else people(own)
            self.outlet(conn, Message(topic, "presence_state", msgspec.Raw(whole(members))))
        else:
            self.outlet(conn, shared)
        self.outlet(conn, Message(topic, "presence_count", msgspec.Raw(_count(crowd.count))))

    # --- friends

    def _ask(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._learn(), name="friends of a crowd")

    async def _learn(self) -> None:
        while self._strangers:
            wanted = {viewer for waiting in self._strangers.values() for viewer in waiting.values()}
            self._outdated.clear()
            try:
                found = await self._friends_of(wanted)
            except Exception:
                # The next tick asks again; they hear nothing untrue meanwhile.
                log.warning("friends have to wait for the database")
                return
            for topic, waiting in list(self._strangers.items()):
                await self._acquaint_all(topic, waiting, wanted, found)

    async def _acquaint_all(
        self, topic: str, waiting: dict[str, str], wanted: Collection[str], found: Mapping[str, frozenset[str]]
    ) -> None:
        """Tell those who were asked for, some at a time: each is sent a state of their own, and what is written is let
        go before the next are made."""
        for number, (conn, viewer) in enumerate(list(waiting.items()), 1):
            # Whose friends changed after the question is asked for again.
            if viewer in wanted and viewer not in self._outdated:
                del waiting[conn]
                self._acquaint(topic, conn, viewer, found.get(viewer, NO_FRIENDS))
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
                    if self._strangers.get(topic) is not waiting:
                        return
        if not waiting:
            self._strangers.pop(topic, None)

    def _acquaint(self, topic: str, conn: str, viewer: str, friends: frozenset[str]) -> None:
        crowd = self._crowds.get(topic)
        if crowd is None:
            self.outlet(conn, self._state(topic))
            return
        if not crowd.knows(viewer):
            crowd.add(viewer, friends)
        # What was told last is in step with what is told next, whenever it is asked for.
        self._show_crowd(topic, crowd, conn, viewer)


def _count(count: int, *, complete: bool = False) -> bytes:
    return b'{"count":%d,"complete":%s}' % (count, b"true" if complete else b"false")
