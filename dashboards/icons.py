"""The set's drawings for templates: icons, the mark, and faces, as markup of our own making.

The browser's elements draw the same from the same file, `static/icons.js`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from markupsafe import Markup

from dashboards.theme import DEEP_GROUNDS

STATIC: Final = Path(__file__).parent / "static"
ANIMAL: Final = re.compile(r"(?:/assets/avatars/)?([a-z]+-[1-8])(?:\.svg)?")


class Faced(Protocol):
    """Anybody with a face: a principal, a public person, a persona."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def avatar(self) -> str: ...


@cache
def drawings() -> dict[str, list[tuple[str, dict[str, str]]]]:
    body = (STATIC / "icons.js").read_text(encoding="utf-8").split("export default ", 1)[1]
    loaded: dict[str, list[tuple[str, dict[str, str]]]] = json.loads(body)
    return loaded


@cache
def svg(meaning: str, **attributes: str) -> Markup:
    """One drawing by its meaning, hidden from readers; further attributes by name, `data_when` for `data-when`."""
    more = {name.replace("_", "-"): value for name, value in attributes.items()}
    given = _pairs({"class": "icon", "viewBox": "0 0 24 24", "aria-hidden": "true", **more})
    parts = (Markup("<{}{}/>").format(tag, _pairs(shape)) for tag, shape in drawings()[meaning])
    return Markup("<svg{}>{}</svg>").format(given, Markup().join(parts))


def _pairs(attributes: Mapping[str, str]) -> Markup:
    return Markup().join(Markup(' {}="{}"').format(name, value) for name, value in attributes.items())


@cache
def mark() -> Markup:
    """Two circles; where they meet, the ground shows."""
    return Markup(
        '<svg viewBox="0 0 44 32" aria-hidden="true">'
        '<path fill="var(--accent)" d="M22 2.250A15 15 0 1 0 22 29.750 15 15 0 0 1 22 2.250z"/>'
        '<path fill="var(--sun)" d="M22 2.250A15 15 0 1 1 22 29.750 15 15 0 0 0 22 2.250z"/></svg>'
    )


def face(who: Faced, size: int = 32) -> Markup:
    """A person's face: their animal, their initial, or the neutral one. No other picture is ever asked for."""
    if who.avatar in ("", "initial") and who.name.strip():
        deep, letter = ground(str(who.id or who.name)), who.name.strip()[0].upper()
        initial = Markup('<span class="initial deep-{}">{}</span>').format(deep, letter)
        return Markup('<span class="face face-{}" aria-hidden="true">{}</span>').format(size, initial)
    animal = ANIMAL.fullmatch(who.avatar)
    name = animal[1] if animal else "neutral"
    picture = Markup('<img src="/assets/avatars/{0}.svg" alt="" width="{1}" height="{1}">').format(name, size)
    return Markup('<span class="face face-{}">{}</span>').format(size, picture)


def ground(text: str) -> int:
    """The number of the deep ground behind an initial: as the browser computes it."""
    total = 0
    for letter in text:
        total = (total * 31 + ord(letter)) % 9973
    return total % len(DEEP_GROUNDS) + 1
