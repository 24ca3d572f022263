"""What is told of who is here: entries, and lists of them in Phoenix's form. Pure.

An entry is one connection on one topic. What is known of it is kept as encoded JSON, made once: a state or a diff for a
thousand people is these bytes joined, and a person costs no object beyond this one small record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

Meta = Mapping[str, Any]
State = dict[str, dict[str, list[dict[str, Any]]]]
Told = dict[str, tuple["Entry", ...]]
"""Entries by their person's id."""

_encode = msgspec.json.Encoder().encode
_decode: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Entry:
    node: str
    conn: str
    topic: str
    user_id: str
    ref: str
    data: bytes
    """What is known of it, as encoded JSON."""

    @property
    def meta(self) -> dict[str, Any]:
        return _decode.decode(self.data)

    def wire(self) -> bytes:
        head = b'{"phx_ref":' + _encode(self.ref)
        return head + b"}" if self.data == b"{}" else head + b"," + self.data[1:]


def encoded(meta: Meta) -> bytes:
    return _encode(meta)


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
