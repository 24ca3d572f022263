"""A cohort's room as it is watched: what its members do, what they said last, and the challenges that are open. Pure.

People are shown as they are called now, and only while they are members who may be seen here: what somebody said or did
goes with them, and comes back with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from core.activity.items import Item
from core.principal import PublicPerson
from core.social import rules

MESSAGES = 50
SHOWN = 10
"""Of those who take part in a challenge, so many are told of beside how many there are."""

T = TypeVar("T", bound="Someones")


@dataclass(frozen=True, slots=True)
class Someones:
    """What is somebody's, with how they are called."""

    user_id: UUID
    name: str
    avatar: str

    def called(self: T, who: PublicPerson) -> T:
        return replace(self, name=who.name, avatar=who.avatar) if self.user_id == who.id else self

    def who(self) -> dict[str, Any]:
        return {"user_id": str(self.user_id), "user_name": self.name, "user_avatar": self.avatar}


@dataclass(frozen=True, slots=True)
class Said(Someones):
    """A message; without its text, only the place of one that was taken down."""

    message_id: UUID
    seq: int
    text: str | None
    redacted: tuple[str, ...]
    role: str | None
    sent_at: datetime
    simulated: bool

    def wire(self) -> dict[str, Any]:
        place = {"message_id": str(self.message_id), "seq": self.seq, "timestamp": self.sent_at.isoformat()}
        if self.text is None:
            # Whose it was is nobody's business any more.
            return place | {"removed": True}
        more = {"text": self.text, "redacted": list(self.redacted), "role": self.role, "simulated": self.simulated}
        return place | self.who() | more

    def removed(self) -> Said:
        return replace(self, text=None, redacted=(), role=None)


@dataclass(frozen=True, slots=True)
class Entry(Someones):
    score: int | None = None
    reached_at: datetime | None = None

    @property
    def standing(self) -> rules.Standing:
        return rules.Standing(self.user_id, self.score, self.reached_at)


@dataclass(frozen=True, slots=True)
class Challenge(Someones):
    """An open challenge, and its maker; entries are in the order of their people's ids."""

    challenge_id: UUID
    subject: str
    skill: str
    created_at: datetime
    expires_at: datetime
    entries: tuple[Entry, ...] = ()

    def wire(self) -> dict[str, Any]:
        return {
            "challenge_id": str(self.challenge_id),
            "user_id": str(self.user_id),
            "creator_name": self.name,
            "creator_avatar": self.avatar,
            "subject": self.subject,
            "skill": self.skill,
            "created_at": self.created_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "participant_count": len(self.entries),
            "participants": places(self.entries)[:SHOWN],
        }

    def entered(self, entry: Entry) -> Challenge:
        """With somebody's entry; one that has no result yet does not undo one that has."""
        known = next((one for one in self.entries if one.user_id == entry.user_id), None)
        if known is not None and entry.score is None:
            entry = known.called(PublicPerson(entry.user_id, entry.name, entry.avatar))
        others = [one for one in self.entries if one.user_id != entry.user_id]
        return replace(self, entries=tuple(sorted([*others, entry], key=lambda one: one.user_id)))

    def renamed(self, who: PublicPerson) -> Challenge:
        return replace(self.called(who), entries=tuple(entry.called(who) for entry in self.entries))

    def without(self, user_id: UUID | None) -> Challenge:
        return replace(self, entries=tuple(entry for entry in self.entries if entry.user_id != user_id))


def places(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Those who take part, best first; who has no result yet stands last and has no rank."""
    by_id = {entry.user_id: entry for entry in entries}
    standings = [entry.standing for entry in entries]
    ordered = [*rules.ranked(standings), *((None, one) for one in rules.waiting(standings))]
    return [
        by_id[one.user_id].who() | {"rank": rank, "score": None if one.score is None else one.score / 100}
        for rank, one in ordered
    ]


@dataclass(frozen=True, slots=True)
class Room:
    activities: tuple[Item, ...]
    messages: tuple[Said, ...] = ()
    """The last ones, oldest first."""
    challenges: tuple[Challenge, ...] = ()
    """The open ones, oldest first."""
    open: bool = False
    reason: str | None = None

    def __bool__(self) -> bool:
        return bool(self.activities or self.messages or self.challenges)

    def wire(self) -> dict[str, Any]:
        return {
            "activities": [item.wire() for item in self.activities],
            "messages": [said.wire() for said in self.messages],
            "challenges": [challenge.wire() for challenge in self.challenges],
            "chat": {"open": self.open, "reason": self.reason},
        }

    def said(self, said: Said) -> Room:
        others = [one for one in self.messages if one.message_id != said.message_id]
        return replace(self, messages=tuple([*others, said][-MESSAGES:]))

    def taken_down(self, message_id: UUID) -> Room:
        return replace(
            self, messages=tuple(one.removed() if one.message_id == message_id else one for one in self.messages)
        )

    def opened(self, made: Challenge) -> Room:
        ordered = sorted([*self.challenges, made], key=lambda one: (one.created_at, one.challenge_id))
        return replace(self, challenges=tuple(ordered))

    def challenge(self, challenge_id: UUID, change: Callable[[Challenge], Challenge]) -> Room:
        changed = (change(one) if one.challenge_id == challenge_id else one for one in self.challenges)
        return replace(self, challenges=tuple(changed))

    def renamed(self, who: PublicPerson) -> Room:
        return replace(
            self,
            messages=tuple(said.called(who) for said in self.messages),
            challenges=tuple(one.renamed(who) for one in self.challenges),
        )

    def without(self, user_id: UUID | None) -> Room:
        """Without what is somebody's: a challenge goes with whoever made it."""
        return replace(
            self,
            messages=tuple(said for said in self.messages if said.user_id != user_id),
            challenges=tuple(one.without(user_id) for one in self.challenges if one.user_id != user_id),
        )
