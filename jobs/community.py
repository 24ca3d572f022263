"""The simulated community: two dozen people in two cohorts, children, teenagers and adults, in several roles.

Everything about them says that they are simulated: their ids, their cohorts' names, and the mark on their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PREFIX = "simulated-"
MAPLE, HARBOUR = "Maple class (simulated)", "Harbour class (simulated)"


@dataclass(frozen=True, slots=True)
class Character:
    name: str
    age: int
    cohort: str
    role: str = "student"
    level: int = 75
    """What they score on a usual day."""

    @property
    def key(self) -> str:
        """Their id, as a host platform would give it."""
        return PREFIX + self.name.lower().replace(" ", "-")

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
