"""What is told of who is here: entries, and lists of them in Phoenix's form. Pure.

An entry is one connection on one topic. What is known of it is kept as encoded JSON, made once: a state or a diff for a
thousand people is these bytes joined. A person costs this one small record and their name; what many say alike, such as
when they came, with which picture and what they do, is one for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

Meta = Mapping[str, Any]
State = dict[str, dict[str, list[dict[str, Any]]]]
Told = dict[str, tuple["Entry", ...]]
"""Entries by their person's id."""

_encode = msgspec.json.Encoder().encode
_decode: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


class Common(NamedTuple):
    """What an entry has in common with others: the rest of its object, and whether that names its person."""

    rest: bytes
    names: bool = False


WHOLE = Common(b"")
OWN = ("username", "name")
"""What hardly anybody else says of themselves."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    node: str
    conn: str
    topic: str
    user_id: str
    ref: str
    own: bytes
    """What is known of it alone, as encoded JSON."""
    common: Common = WHOLE

    @property
    def data(self) -> bytes:
        """What is known of it, as encoded JSON."""
        return b"{" + self._members()[1:] + b"}"

    def _members(self) -> bytes:
        """The members of its object, each after a comma."""
        own, (rest, names) = self.own, self.common
        found = b',"user_id":' + _encode(self.user_id) if names else b""
        if len(own) > 2:
            found += b"," + own[1:-1]
        return found + b"," + rest if rest else found

    @property
    def meta(self) -> dict[str, Any]:
        return _decode.decode(self.data)

    def wire(self) -> bytes:
        return b'{"phx_ref":' + _encode(self.ref) + self._members() + b"}"


def nameless(entry: Entry) -> Entry:
    """The same entry, of which nothing is known any more."""
    return msgspec.structs.replace(entry, own=b"{}", common=WHOLE)


def encoded(meta: Meta, user_id: str = "") -> tuple[bytes, Common]:
    """What an entry of somebody holds: their own, and what may be the same for many."""
    own, rest = {}, {}
    names = bool(user_id) and meta.get("user_id") == user_id
    for name, value in meta.items():
        if name in OWN:
            own[name] = value
        elif not names or name != "user_id":
            rest[name] = value
    return _encode(own), _common(Common(_encode(rest)[1:-1], names))


@lru_cache(maxsize=1024)
def _common(what: Common) -> Common:
    """The same object for all who have the same."""
    return what


def people(told: Iterable[tuple[str, tuple[Entry, ...]]]) -> list[bytes]:
    """Each person with their entries, as a member of a JSON object."""
    return [
        _encode(user_id) + b':{"metas":[' + b",".join([entry.wire() for entry in entries]) + b"]}"
        for user_id, entries in told
        if entries
    ]


def whole(members: Iterable[bytes]) -> bytes:
    return b"{" + b",".join(members) + b"}"


def listed(told: Iterable[tuple[str, tuple[Entry, ...]]]) -> bytes:
    """People with their entries, as a state or one half of a diff holds them."""
    return whole(people(told))


@dataclass(slots=True)
class Diff:
    """These came, those went; a change is both."""

    joins: Told = field(default_factory=dict)
    leaves: Told = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.joins or self.leaves)

    def people(self) -> Iterable[str]:
        return self.joins.keys() | self.leaves.keys()

    def about(self, people: Collection[str]) -> Diff:
        """The part that tells of these people."""
        if len(people) < len(self.joins) + len(self.leaves):
            return Diff(
                {user_id: self.joins[user_id] for user_id in people if user_id in self.joins},
                {user_id: self.leaves[user_id] for user_id in people if user_id in self.leaves},
            )
        return Diff(
            {user_id: found for user_id, found in self.joins.items() if user_id in people},
            {user_id: found for user_id, found in self.leaves.items() if user_id in people},
        )

    def encode(self) -> bytes:
        return b'{"joins":' + listed(self.joins.items()) + b',"leaves":' + listed(self.leaves.items()) + b"}"

    def wire(self) -> dict[str, State]:
        """The same as it is read on the other side."""
        return msgspec.json.decode(self.encode(), type=dict[str, State])
