"""Who is on which topic, over all nodes. Pure: no clock, no network, no chance.

An entry is one connection on one topic; people are counted, not entries. A change of an entry is a new entry in its
place, with a `phx_ref` of its own, so that a diff is always "these came, those went". `flush` answers what changed on
a topic since the last flush, in Phoenix's form; a state taken right after a flush plus all later diffs is the later
state. Of one person no more than `SHOWN` entries are told, the newest, so that many tabs of one are no load for all.

Each node owns its entries and numbers its changes. Others apply a change when it is the next one, and otherwise ask for
the whole (`replace`): the highest version wins, so the order in which nodes are heard does not matter.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from core.presence.entries import Diff, Entry, Meta, State, Told, encoded, listed, nameless

Change = tuple[Literal["+", "-"], Entry]
Held = dict[str, dict[str, Entry]]
"""The entries of one node: by topic, and there by connection."""

SHOWN = 5
"""Entries of one person on one topic that the others are told of; all are counted and kept."""


class Room:
    """One topic: the people on it with their entries, and what was not told yet."""

    __slots__ = ("people", "told", "touched")

    def __init__(self) -> None:
        self.people: Told = {}
        self.told: Told = {}
        """What the last flush left everybody with, by person."""
        self.touched: dict[str, None] = {}

    def add(self, entry: Entry) -> None:
        self.people[entry.user_id] = (*self.people.get(entry.user_id, ()), entry)
        self.touched[entry.user_id] = None

    def remove(self, entry: Entry) -> None:
        left = tuple(other for other in self.people[entry.user_id] if other.ref != entry.ref)
        if left:
            self.people[entry.user_id] = left
        else:
            del self.people[entry.user_id]
        self.touched[entry.user_id] = None

    def shown(self, user_id: str) -> tuple[Entry, ...]:
        """Those of a person's entries that are told: the same on every node, in whatever order they were heard."""
        entries = self.people.get(user_id, ())
        if len(entries) <= SHOWN:
            return entries
        return tuple(heapq.nlargest(SHOWN, entries, key=lambda e: (e.meta.get("online_at", 0), e.ref)))

    def flush(self) -> Diff:
        """From what was told to what is; what came and went in between was never told, and need not be."""
        diff = Diff()
        for user_id in self.touched:
            before, after = self.told.pop(user_id, ()), self.shown(user_id)
            if after:
                self.told[user_id] = after
            came, went = _less(after, before), _less(before, after)
            if came:
                diff.joins[user_id] = came
            if went:
                diff.leaves[user_id] = went
        self.touched = {}
        return diff


class Tracker:
    def __init__(self, node: str) -> None:
        self.node = node
        self.version = 0
        self._count = 0
        self._rooms: dict[str, Room] = {}
        self._outgoing: dict[tuple[str, str], Change] = {}
        self._versions: dict[str, int] = {}
        self._by_node: dict[str, Held] = {node: {}}

    # --- this node's own connections

    def join(self, conn: str, topic: str, user_id: str, meta: Meta) -> bool:
        """Track a connection on a topic, from now on as it is said here; False when nothing differs."""
        old = self._own_entry(conn, topic)
        own, common = encoded(meta, user_id)
        if old is not None and (old.user_id, old.own, old.common) == (user_id, own, common):
            return False
        self._count += 1
        self._own("+", Entry(self.node, conn, topic, user_id, f"{self.node}.{self._count:x}", own, common))
        return True

    def leave(self, conn: str, topic: str) -> bool:
        entry = self._own_entry(conn, topic)
        if entry is None:
            return False
        self._own("-", entry)
        return True

    def _own_entry(self, conn: str, topic: str) -> Entry | None:
        return self._by_node[self.node].get(topic, {}).get(conn)

    def _own(self, sign: Literal["+", "-"], entry: Entry) -> None:
        self._change(sign, entry)
        # Of one connection on one topic only the last word counts, however many there were.
        self._outgoing.pop((entry.conn, entry.topic), None)
        self._outgoing[entry.conn, entry.topic] = (sign, entry)

    def outgoing(self) -> tuple[int, list[Change]]:
        """What this node's own connections did since last asked, as the next version."""
        changes, self._outgoing = list(self._outgoing.values()), {}
        if changes:
            self.version += 1
        return self.version, changes

    def own(self) -> list[Entry]:
        return _all(self._by_node[self.node])

    # --- other nodes

    def apply(self, node: str, version: int, changes: Iterable[Change]) -> bool:
        """Take in another node's next change; False when its whole is needed instead."""
        known = self._versions.get(node)
        if node == self.node or (known is not None and version <= known):
            return True
        if known is None or version != known + 1:
            return False
        for sign, entry in changes:
            if entry.node == node:
                self._change(sign, entry)
        self._versions[node] = version
        return True

    def replace(self, node: str, version: int, entries: Iterable[Entry]) -> bool:
        """Take in everything that another node holds; what is older than what is known is passed over."""
        if node == self.node or version < self._versions.get(node, -1):
            return False
        wanted = {(e.conn, e.topic): e for e in entries if e.node == node}
        held = self._by_node.get(node, {})
        for entry in _all(held):
            now = wanted.get((entry.conn, entry.topic))
            if now is None or now.ref != entry.ref:
                self._change("-", entry)
        for (conn, topic), entry in wanted.items():
            if conn not in self._by_node.get(node, {}).get(topic, {}):
                self._change("+", entry)
        self._versions[node] = version
        return True

    def known(self, node: str) -> int | None:
        return self._versions.get(node)

    def forget(self, node: str) -> None:
        """Drop a node that fell silent, with everybody on it."""
        self._versions.pop(node, None)
        for entry in _all(self._by_node.get(node, {})):
            self._change("-", entry)
        if node != self.node:
            self._by_node.pop(node, None)

    def _change(self, sign: Literal["+", "-"], entry: Entry) -> None:
        topics = self._by_node.setdefault(entry.node, {})
        held = topics.setdefault(entry.topic, {})
        old = held.pop(entry.conn, None)
        if old:
            self._rooms[entry.topic].remove(old)
        if sign == "+":
            room = self._rooms.get(entry.topic)
            if room is None:
                room = self._rooms[entry.topic] = Room()
            room.add(entry)
            held[entry.conn] = entry
        elif not held:
            del topics[entry.topic]

    def unname(self, user_id: str) -> None:
        """Somebody was erased: not even that they went is told with a word of who they were."""
        for room in self._rooms.values():
            if user_id in room.told:
                room.told[user_id] = tuple(nameless(entry) for entry in room.told[user_id])

    # --- what everybody sees

    def dirty(self) -> list[str]:
        """The topics with something to tell."""
        return [topic for topic, room in self._rooms.items() if room.touched]

    def flush(self, topic: str) -> Diff | None:
        """What changed on a topic since the last flush, or None."""
        room = self._rooms.get(topic)
        if room is None:
            return None
        diff = room.flush()
        if not room.people:
            del self._rooms[topic]
        return diff or None

    def told(self, topic: str) -> Told:
        """What the last flush left everybody with: with all later diffs, what is true then."""
        room = self._rooms.get(topic)
        return room.told if room else {}

    def state(self, topic: str) -> State:
        """Who is on a topic now, as a client reads it."""
        room = self._rooms.get(topic)
        people = ((user_id, room.shown(user_id)) for user_id in room.people) if room else ()
        return msgspec.json.decode(listed(people), type=State)

    def count(self, topic: str) -> int:
        """People, not connections."""
        room = self._rooms.get(topic)
        return len(room.people) if room else 0

    def here(self, user_id: str) -> bool:
        """Whether somebody is listed on any topic."""
        return any(user_id in room.people for room in self._rooms.values())

    def people(self, topic: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each person on a topic with what is known of each of their connections."""
        room = self._rooms.get(topic)
        for user_id, entries in room.people.items() if room else ():
            yield user_id, [entry.meta for entry in entries]

    def topics(self) -> list[str]:
        return list(self._rooms)


def _all(held: Held) -> list[Entry]:
    return [entry for entries in held.values() for entry in entries.values()]


def _less(entries: tuple[Entry, ...], others: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if not entries or not others:
        return entries
    refs = {entry.ref for entry in others}
    return tuple(entry for entry in entries if entry.ref not in refs)
