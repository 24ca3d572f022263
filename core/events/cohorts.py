"""The catalogue's part on cohort rooms: what is said there, what is taken down, and challenges with their course.

Who said or did it stands in the envelope, and so does the cohort. The words of a message are personal: they leave the
log when their person is erased, when the message is taken down, and when messages of its age are let go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from core.events.catalog import Event, Score, Slug, event, personal

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]


@event("cohort_message_sent")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortMessageSent(Event):
    """Somebody said something in their cohort's room; what was redacted is not in it."""

    message_id: UUID
    text: Words | None = personal()
    redacted: list[Slug] = field(default_factory=list)
    role: Slug | None = None
    sent_at: Time


class _OfNobody(Event):
    """What a room is told of itself: whose doing it was is nobody's business there."""

    def about(self, actor: UUID | None) -> UUID | None:
        return None


@event("cohort_message_held")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortMessageHeld(Event):
    """A message waits until staff have looked at it: of nobody but its writer and staff it is known."""

    message_id: UUID
    reason: Slug


@event("cohort_message_reported")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortMessageReported(Event):
    """Somebody asked staff to look at a message."""

    message_id: UUID


@event("cohort_message_removed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortMessageRemoved(_OfNobody):
    """A message was taken down: by who wrote it, by staff, or because several asked for that."""

    message_id: UUID
    by: Literal["writer", "staff", "reports"]


@event("cohort_person_muted")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPersonMuted(Event):
    """Somebody cannot write in their cohort's chat until then, or, without a time, can again."""

    until: Time | None = None


@event("cohort_chat_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortChatChanged(_OfNobody):
    """Whether a cohort may chat is another, or what it said long ago was let go."""

    open: bool
    reason: Slug | None = None


@event("cohort_challenge_created")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortChallengeCreated(Event):
    """Somebody set their cohort a challenge in a skill, until a certain time."""

    challenge_id: UUID
    expires_at: Time


@event("cohort_challenge_joined")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortChallengeJoined(Event):
    """Somebody takes part in a challenge of their cohort."""

    challenge_id: UUID


@event("cohort_challenge_scored")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortChallengeScored(Event):
    """Somebody's best result in a challenge is this one."""

    challenge_id: UUID
    score: Score
    reached_at: Time


@event("cohort_challenge_closed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CohortChallengeClosed(_OfNobody):
    """The time of a challenge is over; who won it, if two or more had a result."""

    challenge_id: UUID
    winner_id: UUID | None = None
