"""The simulated community: two dozen people in two cohorts, and any number more in classes of thirty.

There are children, teenagers and adults, in several roles. Everything about them says that they are simulated: their
ids, their cohorts' names, and the mark on their rows. The same size gives the same people, and a larger community has
the smaller one in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

import yaml

NAMES = Path(__file__).parent.parent / "data" / "demo" / "community.yaml"
PREFIX = "simulated-"
CLASS = 30
"""People in a class: as many as there are pictures that differ, and no more."""
MAPLE, HARBOUR = "Maple class (simulated)", "Harbour class (simulated)"


@dataclass(frozen=True, slots=True)
class Character:
    name: str
    age: int
    cohort: str
    role: str = "student"
    level: int = 75
    """What they score on a usual day."""
    own: str = ""
    """An id of their own, for whoever is somebody else besides."""
    steady: bool = False
    """Whether they come every day."""

    @property
    def key(self) -> str:
        """Their id, as a host platform would give it."""
        return self.own or PREFIX + self.name.lower().replace(" ", "-")

    @property
    def practises(self) -> bool:
        return self.role == "student"

    @property
    def needs_consent(self) -> bool:
        return self.age < 13

    def born(self, today: date) -> date:
        """A birthday that makes them this old, and keeps them so until new year."""
        this_year = today >= date(today.year, 12, 31)
        return date(today.year - self.age - (not this_year), 12, 31)


COMMUNITY = (
    Character("Amara Okafor", 10, MAPLE, level=78),
    Character("Elias Brandt", 11, MAPLE, level=66),
    Character("Yuki Tanabe", 9, HARBOUR, level=84),
    Character("Noor Haddad", 12, HARBOUR, level=72),
    Character("Mateo Rojas", 14, MAPLE, level=70),
    Character("Freya Lindqvist", 15, MAPLE, level=88),
    Character("Samir Patel", 16, HARBOUR, level=81),
    Character("Chloe Martin", 17, HARBOUR, level=62),
    Character("Ivan Petrov", 19, MAPLE, level=74),
    Character("Lucia Moreau", 20, MAPLE, level=91),
    Character("Kwame Mensah", 22, MAPLE, level=79),
    Character("Hana Novak", 24, MAPLE, level=68),
    Character("Oscar Nilsen", 21, HARBOUR, level=83),
    Character("Priya Raman", 23, HARBOUR, level=87),
    Character("Tomas Varga", 28, HARBOUR, level=58),
    Character("Aisha Bello", 31, HARBOUR, level=76),
    Character("Ruth Calder", 41, MAPLE, role="tutor"),
    Character("Daniel Weiss", 35, MAPLE, role="tutor"),
    Character("Mei Chen", 38, HARBOUR, role="tutor"),
    Character("Joao Freitas", 29, HARBOUR, role="tutor"),
    Character("Ngozi Okafor", 40, MAPLE, role="parent"),
    Character("Karin Brandt", 44, MAPLE, role="parent"),
    Character("Kenji Tanabe", 39, HARBOUR, role="parent"),
    Character("Leila Haddad", 37, HARBOUR, role="parent"),
)


@cache
def community(size: int) -> tuple[Character, ...]:
    """So many people, the first two dozen always first; a smaller one has some of each role."""
    if size <= len(COMMUNITY):
        return _some(size)
    return (*COMMUNITY, *_others()[: size - len(COMMUNITY)])


def _some(size: int) -> tuple[Character, ...]:
    """Evenly from all of them: of a dozen, half of each role."""
    step = len(COMMUNITY) / size
    return tuple(COMMUNITY[int(number * step)] for number in range(size))


@cache
def _others() -> tuple[Character, ...]:
    names = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    pairs = [f"{first} {last}" for first, last in product(names["first"], names["last"])]
    Random("community").shuffle(pairs)  # noqa: S311 - names, not secrets
    known = {person.name for person in COMMUNITY}
    free = (name for name in pairs if name not in known)
    return tuple(_other(name, number, names["classes"]) for number, name in enumerate(free))


def _other(name: str, number: int, classes: list[str]) -> Character:
    chance = Random(f"community/{name}")  # noqa: S311 - a simulation, not a secret
    place = number // CLASS
    year = place // len(classes) + 1
    cohort = f"{classes[place % len(classes)]} class{f' {year}' if year > 1 else ''} (simulated)"
    draw = chance.random()
    if draw < 0.06:
        return Character(name, chance.randint(24, 60), cohort, role="tutor" if draw < 0.03 else "parent")
    ages = ((9, 12), (13, 17), (18, 34))[0 if draw < 0.22 else 1 if draw < 0.55 else 2]
    level = max(40, min(95, round(chance.gauss(74, 10))))
    return Character(name, chance.randint(*ages), cohort, level=level)
