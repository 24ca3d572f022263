"""Who is waited for, what is missing, and whether the workshop may go on: for the rules, and for every screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from core.workshop.rules.state import Person, Workshop

Missing = Literal["people", "scores", "ready", "scorers", "confirmation"]
FEWEST = 2
"""People who give scores, so that a workshop can begin."""


@dataclass(frozen=True, slots=True)
class Requirements:
    can_advance: bool
    missing: tuple[Missing, ...]
    waiting_for: tuple[UUID, ...]
    alone: bool
    """Whether a single person is left: screens ask before such a workshop goes on."""


def awaited(workshop: Workshop) -> tuple[Person, ...]:
    """Those whose word the present step needs, whether they have given it or not."""
    if workshop.phase == "lobby":
        # Whoever leads says when all are there, even if they only watch.
        return tuple(p for p in workshop.people if p.scorer or (p.active and p.is_facilitator))
    return workshop.scorers if workshop.phase not in ("actions", "completed") else ()


def waiting_for(workshop: Workshop) -> tuple[Person, ...]:
    if workshop.stage == "awaiting":
        return tuple(p for p in awaited(workshop) if p.id not in workshop.scored)
    return tuple(p for p in awaited(workshop) if not p.ready)


def fewest(workshop: Workshop) -> int:
    return FEWEST if workshop.phase == "lobby" else 1


def requirements(workshop: Workshop) -> Requirements:
    missing: list[Missing] = []
    people = len(workshop.scorers)
    left = waiting_for(workshop)
    if workshop.phase != "completed" and people < fewest(workshop):
        missing.append("people" if workshop.phase == "lobby" else "scorers")
    if left:
        missing.append("scores" if workshop.stage == "awaiting" else "ready")
    if workshop.phase == "actions":
        missing.append("confirmation")
    open_ = workshop.phase != "completed"
    return Requirements(
        can_advance=open_ and not [m for m in missing if m != "confirmation"],
        missing=tuple(missing),
        waiting_for=tuple(p.id for p in left),
        alone=workshop.running and people == 1,
    )


def turn(workshop: Workshop) -> Person | None:
    """Where scores are given in turn: whose turn it is. Those who passed come last, in whatever order."""
    if workshop.settings.disclosure != "turns" or workshop.stage != "awaiting":
        return None
    left = waiting_for(workshop)
    return next((p for p in left if p.id not in workshop.passed), None)
