"""A viewer's figures about who is here: in their cohort, in their subject, of all their friends, and at work.

They are counted from the tracker, over all nodes, and only from people whom the viewer may see.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from core.presence.rules import practising
from core.presence.service import Presence
from core.principal import Principal

LOBBY = "presence:lobby"


@dataclass(frozen=True, slots=True)
class Figures:
    online: int
    """In the lobby and the viewer's cohort together."""
    cohort: int
    subject: int
    friends: int
    practising: int


def figures(presence: Presence, who: Principal, friends: Collection[str], subject: str = "") -> Figures:
    """The figures for one viewer; the subject is the one they are in, unless it is said."""
    cohort = presence.people(f"cohort:{who.cohort_id}", who.hidden) if who.cohort_id else ()
    everybody = {person.user_id: person for person in (*presence.people(LOBBY, who.hidden), *cohort)}
    mine = everybody.get(str(who.id))
    subject = subject or (mine.current_subject if mine else "")
    in_subject = set() if not subject else {p.user_id for p in everybody.values() if p.current_subject == subject}
    if subject:
        in_subject |= {p.user_id for p in presence.people(f"presence:subject:{subject}", who.hidden)}
    return Figures(
        online=len(everybody),
        cohort=len(cohort),
        subject=len(in_subject),
        friends=sum(presence.here(UUID(friend)) for friend in friends),
        practising=sum(map(practising, everybody.values())),
    )
