"""A topic with more people than a list can hold: who is told of whom. Pure.

Everybody is told of the same `OTHERS` people beside themselves and their friends. Whoever was told of somebody is told
of all their changes and of their going; a place that is free goes to the next one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from core.presence.entries import Diff

LIMIT = 200
"""People of whom a topic tells everybody."""
WHOLE_AGAIN = 0.9
"""The share of the limit at which all are told again: not at the limit itself, where it would come and go."""
OTHERS = 50


class Crowd:
    """One such topic, with those on this node who listen to it."""

    __slots__ = ("_fans", "_friends", "count", "shown")

    def __init__(self) -> None:
        self.shown: dict[str, None] = {}
        self.count = -1
        """What was last told of how many there are."""
        self._friends: dict[str, frozenset[str]] = {}
        self._fans: dict[str, set[str]] = {}

    # --- who listens

    def knows(self, viewer: str) -> bool:
        """Whether somebody's friends are known here."""
        return viewer in self._friends

    def add(self, viewer: str, friends: frozenset[str]) -> None:
        self.remove(viewer)
        self._friends[viewer] = friends
        for friend in friends:
            self._fans.setdefault(friend, set()).add(viewer)

    def remove(self, viewer: str) -> None:
        for friend in self._friends.pop(viewer, ()):
            fans = self._fans[friend]
            fans.discard(viewer)
            if not fans:
                del self._fans[friend]

    # --- what they are told

    def refill(self, present: Collection[str]) -> list[str]:
        """Give free places to people who are here; who got one."""
        for user_id in [user_id for user_id in self.shown if user_id not in present]:
            del self.shown[user_id]
        fresh: list[str] = []
        if len(self.shown) < OTHERS:
            for user_id in present:
                if user_id not in self.shown:
                    self.shown[user_id] = None
                    fresh.append(user_id)
                    if len(self.shown) == OTHERS:
                        break
        return fresh

    def own(self, viewer: str) -> list[str]:
        """Of whom somebody is told beside those whom everybody is told of."""
        return [user_id for user_id in (viewer, *self._friends.get(viewer, ())) if user_id not in self.shown]

    def aimed(self, diff: Diff, told_all: Collection[str]) -> Mapping[str, Diff]:
        """By listener, what only they are told of a change."""
        found: dict[str, set[str]] = {}
        for user_id in diff.people():
            if user_id not in told_all:
                for viewer in self._listeners(user_id):
                    found.setdefault(viewer, set()).add(user_id)
        return {viewer: diff.about(people) for viewer, people in found.items()}

    def _listeners(self, user_id: str) -> Iterable[str]:
        if user_id in self._friends:
            yield user_id
        yield from self._fans.get(user_id, ())
