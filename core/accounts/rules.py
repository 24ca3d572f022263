"""Decisions about people: age, who may see them, which picture stands for them. Pure; the day is an argument.

Unknown age counts as a child. A child without consent is seen by nobody; minors are seen by their cohort only, under
the name that `names` finds safe and an animal from the set.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal
from uuid import UUID

Band = Literal["child", "teen", "adult"]
Audience = Literal["public", "cohort", "nobody"]

AGE_BANDS: dict[str, Band] = {"under_13": "child", "13_17": "teen", "18_plus": "adult"}

CONSENT_SCOPES = (
    "collection",
    "social_visibility",
    "sharing_outside",
    "audio_transcripts",
    "third_party_disclosure",
)

ANIMALS = ("bear", "cat", "fox", "frog", "hedgehog", "koala", "lion", "owl", "panda", "penguin", "rabbit", "whale")
GROUNDS = 8
PICTURES = len(ANIMALS) * GROUNDS

WIDTH: dict[str, int] = {"nobody": 0, "private": 0, "friends": 1, "cohort": 2, "public": 3}
"""How far each audience or visibility reaches, so that the narrower of two can be told."""

REACH = {"public": "public", "cohort": "cohort", "nobody": "private"}
"""The visibility that an audience allows."""


def age_on(birth_date: date, today: date) -> int:
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday


def band_of(birth_date: date | None, age_band: str | None, today: date) -> Band:
    """The birth date decides where it is known; without either the person counts as a child."""
    if birth_date is not None:
        age = age_on(birth_date, today)
        return "child" if age < 13 else "teen" if age < 18 else "adult"
    return AGE_BANDS.get(age_band or "", "child")


def born_by(age: int, today: date) -> date:
    """The latest birth date of those who are `age` or older today."""
    try:
        return today.replace(year=today.year - age)
    except ValueError:
        return date(today.year - age, 2, 28)


def audience_of(band: Band, consents: Collection[str], refused: Collection[str] = ()) -> Audience:
    """A child is seen where a parent said yes; a teenager needs no yes, but a parent's no holds."""
    if band == "adult":
        return "public"
    if band == "teen":
        return "nobody" if "social_visibility" in refused else "cohort"
    return "cohort" if "social_visibility" in consents else "nobody"


def avatar_of(user_id: UUID, band: Band, role: str, present: str = "", taken: Collection[str] = ()) -> str:
    """An animal on a ground for learners and every minor, the initial for adults with a role.

    It stays the `present` one if it can; what is `taken` in the same cohort is taken as long as there is another.
    """
    if band == "adult" and role != "student":
        return "initial"
    number = user_id.int % PICTURES
    own = [picture((number + step) % PICTURES) for step in range(PICTURES)]
    wanted = [present, *own] if present in own else own
    return next((picture for picture in wanted if picture not in taken), wanted[0])


def picture(number: int) -> str:
    return f"{ANIMALS[number % len(ANIMALS)]}-{number // len(ANIMALS) + 1}"


def avatar_url(avatar: str) -> str:
    """Where Tandem serves the picture; empty for an initial, which pages draw themselves."""
    return "" if avatar == "initial" else f"/assets/avatars/{avatar}.svg"


def narrower(first: str, second: str) -> str:
    return first if WIDTH[first] <= WIDTH[second] else second


def wider(first: str, second: str) -> str:
    return second if narrower(first, second) == first else first


def is_text(text: str) -> bool:
    """Whether a database can hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
