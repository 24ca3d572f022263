"""The marks by which deliveries are known: which run, which stream, which room, which number, and when it was due.

Pure. A mark is a code that any server carries through unharmed: in a message, in an event's skill, in what a person is
doing. The moment that it was due follows from its numbers, so that every process of the tool knows it without being
told: latency counts from there, and a generator that falls behind shows in the figure instead of vanishing from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CARRIERS = rb'"(?:mark|skill|current_activity)": ?"(?:practicing_)?load-'


@dataclass(frozen=True, slots=True)
class Mark:
    stream: int
    room: int
    number: int

    def text(self, run: str) -> str:
        return f"load-{run}-{self.stream}-{self.room}-{self.number}"


class Reader:
    """Finds the marks of one run in what a server sent."""

    def __init__(self, run: str) -> None:
        self._pattern = re.compile(CARRIERS + run.encode() + rb"-(\d+)-(\d+)-(\d+)")

    def marks(self, payload: bytes) -> list[Mark]:
        return [Mark(int(s), int(room), int(number)) for s, room, number in self._pattern.findall(payload)]


@dataclass(frozen=True, slots=True)
class Stream:
    """A steady stream: in each of so many rooms so many a second, the rooms one after the other."""

    kind: str
    """`message`, `event` or `presence`: the way it takes."""
    rate: float
    """A second and room."""
    rooms: int
    seconds: float

    @property
    def numbers(self) -> int:
        """How many a room gets."""
        return max(1, round(self.rate * self.seconds))

    @property
    def total(self) -> int:
        return self.numbers * self.rooms

    @property
    def gap(self) -> float:
        return 1.0 / (self.rate * self.rooms)

    def due(self, index: int) -> float:
        """Seconds after the start at which the stream's so-manieth is sent."""
        return index * self.gap

    def place(self, index: int) -> tuple[int, int]:
        """Room and number of the so-manieth."""
        number, room = divmod(index, self.rooms)
        return room, number

    def due_of(self, room: int, number: int) -> float:
        return self.due(number * self.rooms + room)
