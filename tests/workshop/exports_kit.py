"""Workshops with a story: played move by move to their end, with the scores, notes and actions that a test wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.workshop.rules import moves as m
from core.workshop.rules.state import Workshop
from core.workshop.template import Template
from tests.workshop.kit import SIX, Room

NAMES = ("Lena", "Tom", "Mia Łoś", "Ada", "Ben", "Γιώργος", "Сава", "Noor")
SCORES: Mapping[int, Sequence[int]] = {
    1: (-4, -4, -3, -3, 4, 4, 5, 3),
    2: (-3, -2, -2, -2, -2, -1, -1, -3),
    3: (-5, -5, -4, -4, -4, -4, -3, -3),
    4: (0, 0, 0, 1, 1, 1, -1, 2),
    5: (9, 9, 9, 9, 8, 8, 7, 10),
    6: (8, 8, 8, 8, 7, 7, 9, 10),
    7: (5, 5, 5, 4, 4, 3, 6, 7),
    8: (5, 5, 4, 4, 6, 6, 3, 7),
}
NOTES = (
    (1, 0, "Who signs for the spare parts?\nNobody knows, and it takes a week."),
    (1, 4, "At night I decide everything myself, and hear about it in the morning."),
    (3, 2, "We hear what a customer thought three months later — “if at all”."),
)
ACTIONS = (
    ("Tell each other within two days what worked", "Mia Łoś", date(2026, 12, 5), 3),
    ("Agree per role what needs no asking", "Tom", None, 1),
)


def played(
    names: Sequence[str] = NAMES,
    scores: Mapping[int, Sequence[int]] = SCORES,
    notes: Sequence[tuple[int | None, int, str]] = NOTES,
    actions: Sequence[tuple[str, str | None, date | None, int | None]] = ACTIONS,
    template: Template = SIX,
    **settings: Any,
) -> Workshop:
    """A finished workshop: who comes after the given scores of a question scores nothing there."""
    room = Room(template, skip_intro=True, **settings)
    people = [room.join(name) for name in names]
    while room.state.phase != "completed":
        state = room.state
        if state.stage == "awaiting":
            score(room, people, scores.get(state.question, ()))
        elif state.stage == "revealed":
            for question, author, content in notes:
                if question == state.question:
                    room.do(people[author], m.AddNote, note_id=room.new_id(), question=question, content=content)
        elif state.phase == "actions":
            for content, owner, due_on, question in actions:
                given = {"content": content, "owner": owner, "due_on": due_on, "question": question}
                room.do(people[0], m.AddAction, action_id=room.new_id(), **given)
        room.wait(minutes=7)
        if room.state.stage != "revealed" or state.stage == "revealed":
            room.do(people[0], m.Advance, override=True)
    return room.state


def score(room: Room, people: Sequence[UUID], values: Sequence[int]) -> None:
    """One after another, until the last score reveals them all."""
    for who, value in zip(people, values, strict=False):
        if room.state.stage == "awaiting":
            room.do(who, m.Submit, question=room.state.question, value=value)
