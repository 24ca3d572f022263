"""The demo's personas: people whom anybody on this machine may enter as. Made only in demo mode."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from core.accounts.commands import PersonInput, save_person
from core.content import FOLDER
from core.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    name: str
    role: str
    about: str
    age_band: str
    nickname: str = ""
    cohort: str = ""
    guardian: str = ""
    """Whose child they are, by the persona's id."""


def personas() -> list[Persona]:
    rows = yaml.safe_load((FOLDER.parent / "demo" / "personas.yaml").read_text())["personas"]
    return [Persona(**row) for row in rows]


async def save_personas(tx: Transaction) -> None:
    """Make the personas known; safe to run twice."""
    # Parents before their children, who name them.
    for persona in sorted(personas(), key=lambda one: bool(one.guardian)):
        await save_person(
            tx,
            PersonInput(
                external_id=persona.id,
                name=persona.name,
                role=persona.role,
                age_band=persona.age_band,
                nickname=persona.nickname,
                cohort=persona.cohort or None,
                guardian=persona.guardian or None,
            ),
        )
