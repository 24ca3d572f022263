"""Decisions about people: age, who may see them, what they are called. Pure; the day is an argument.

Unknown age counts as a child. A child without consent is seen by nobody; minors are seen by their cohort only, under a
nickname or first name and an animal from the set.
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

WIDTH: dict[str, int] = {"nobody": 0, "private": 0, "friends": 1, "cohort": 2, "public": 3}
"""How far each audience or visibility reaches, so that the narrower of two can be told."""


def age_on(birth_date: date, today: date) -> int:
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday


def band_of(birth_date: date | None, age_band: str | None, today: date) -> Band:
    """The birth date decides where it is known; without either the person counts as a child."""
    if birth_date is not None:
        age = age_on(birth_date, today)
        return "child" if age < 13 else "teen" if age < 18 else "adult"
    return AGE_BANDS.get(age_band or "", "child")


def audience_of(band: Band, consents: Collection[str]) -> Audience:
    if band == "adult":
        return "public"
    if band == "teen" or "social_visibility" in consents:
        return "cohort"
    return "nobody"


def first_name_of(name: str) -> str:
    return (name.split() or [""])[0][:60]


def public_name(name: str, nickname: str | None, band: Band) -> str:
    """What others read. A minor's nickname that gives the family name away is not used."""
    chosen = (nickname or "").strip()
    if band == "adult":
        return (chosen or name.strip())[:60]
    rest = [part.casefold() for part in name.split()[1:] if len(part) > 1]
    if chosen and not any(part in chosen.casefold() for part in rest):
        return chosen[:60]
    return first_name_of(name)


def avatar_of(user_id: UUID, band: Band, role: str) -> str:
    """An animal on a ground for learners and every minor, the initial for adults with a role."""
    if band == "adult" and role != "student":
        return "initial"
    number = user_id.int % (len(ANIMALS) * GROUNDS)
    return f"{ANIMALS[number % len(ANIMALS)]}-{number // len(ANIMALS) + 1}"


def avatar_url(avatar: str) -> str:
    """Where Tandem serves the picture; empty for an initial, which pages draw themselves."""
    return "" if avatar == "initial" else f"/assets/avatars/{avatar}.svg"


def narrower(first: str, second: str) -> str:
    return first if WIDTH[first] <= WIDTH[second] else second
