"""When everybody knew of everybody: judged after the storm, from what each client was sent and when.

Nothing is parsed while it lasts. States and diffs are the same bytes for many, so each is read once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from tools.load.crowd import Opening
from tools.load.frames import TEXT, split
from tools.load.histogram import Histogram

Change = tuple[str, frozenset[str], frozenset[str]]
"""Which kind, who came, who went."""


@dataclass(slots=True)
class Synced:
    opening: Opening = field(default_factory=Opening)
    times: Histogram = field(default_factory=Histogram)
    """Until a client knew of everybody, for each that ever did."""
    never: int = 0
    bytes: int = 0

    def merge(self, other: Synced) -> None:
        self.opening.merge(other.opening)
        self.times.merge(other.times)
        self.never += other.never
        self.bytes += other.bytes


def judged(record: dict[int, list[tuple[float, bytes]]], began: float, people: int, opening: Opening) -> Synced:
    found = Synced(opening)
    read = cache(_change)
    for heard in record.values():
        found.bytes += sum(len(data) for _, data in heard)
        moment = _moment(heard, people, read)
        if moment is None:
            found.never += 1
        else:
            found.times.add(moment - began)
    return found


def _moment(heard: list[tuple[float, bytes]], people: int, read: Callable[[bytes], Change | None]) -> float | None:
    """When a client knew of so many and was told of nobody else afterwards who was still missing."""
    here: set[str] = set()
    rest, moment = b"", None
    for at, data in heard:
        frames, taken = split(rest + data)
        rest = (rest + data)[taken:]
        for opcode, payload in frames:
            change = read(payload) if opcode == TEXT else None
            if change is not None:
                kind, came, went = change
                here = set(came) if kind == "presence_state" else (here - went) | came
                moment = (moment or at) if len(here) >= people else None
    return moment


def _change(payload: bytes) -> Change | None:
    if b'"presence_' not in payload[:300]:
        return None
    kind, told = json.loads(payload)[3:5]
    if kind == "presence_state":
        return kind, frozenset(told), frozenset()
    if kind == "presence_diff":
        return kind, frozenset(told["joins"]), frozenset(told["leaves"]) - frozenset(told["joins"])
    return None
