"""The form of every message of a cohort's room; `messages` hands them on with the others."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from core.social.chat import Reason
from core.web.channels.practice_messages import Strict

Text = Annotated[str, Meta(min_length=1, max_length=2000)]
"""What is too long once it is cleaned is refused by its length in characters as people count them."""
Key = Annotated[str, Meta(min_length=1, max_length=64)]


class SendMessage(Strict, frozen=True):
    """One says something to one's cohort, 1 to 500 characters; with the same `key` once, however often it is sent."""

    text: Text
    key: Key | None = None


class ReportMessage(Strict, frozen=True):
    """One asks that staff look at a message."""

    message_id: UUID
    reason: Reason = "other"


class RemoveMessage(Strict, frozen=True):
    """One takes down what one said; staff, what anybody said."""

    message_id: UUID


class SwitchChat(Strict, frozen=True):
    """Staff open or shut the room's chat."""

    on: bool


class DecideMessage(Strict, frozen=True):
    """Staff let a message be shown that was held or reported, or take it down."""

    message_id: UUID
    show: bool


class ChallengeCohort(Strict, frozen=True):
    """One sets one's cohort a challenge in a skill; where several subjects have it, the subject says which."""

    skill: Annotated[str, Meta(min_length=1, max_length=64)]
    subject: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class JoinChallenge(Strict, frozen=True):
    """One takes part in a challenge."""

    challenge_id: UUID


class CohortInfo(msgspec.Struct, frozen=True):
    """How a cohort stands; `total_members` counts all of them, `members_online` those whom one may see."""

    id: str
    name: str
    grade_level: str | None
    total_members: int
    members_online: int
    active_challenges: int


class ActivityFeedMessage(msgspec.Struct, frozen=True):
    """The latest twenty of a cohort's results, badges and challenges won."""

    activities: list[dict[str, Any]]


class SubjectBoard(msgspec.Struct, frozen=True):
    """The first ten of a cohort in a subject, by their average."""

    subject: str
    top_users: list[dict[str, Any]]
    updated_at: str


class Leaderboards(msgspec.Struct, frozen=True):
    """A board of averages for each subject."""

    leaderboards: list[SubjectBoard]


class NewMessage(msgspec.Struct, frozen=True):
    """Somebody said something. `redacted` names what was hidden from it, `role` is set where staff speak. In a whole
    state the place of one that was taken down holds no more than `removed`."""

    message_id: str
    seq: int
    timestamp: str
    user_id: str | UnsetType = UNSET
    user_name: str | UnsetType = UNSET
    user_avatar: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    redacted: list[str] = []
    role: str | None = None
    simulated: bool = False
    removed: bool = False
    id: str | UnsetType = UNSET


class MessageRemoved(msgspec.Struct, frozen=True):
    """A message was taken down: its words go, its place stays."""

    id: str
    seq: int
    message_id: str


class ChatChanged(msgspec.Struct, frozen=True):
    """Whether the room may chat, and if not, why: `switched_off` or `consent_missing`. The whole state follows."""

    id: str
    seq: int
    open: bool
    reason: str | None


class ChallengeCreated(msgspec.Struct, frozen=True):
    """Somebody set the cohort a challenge."""

    id: str
    seq: int
    challenge_id: str
    user_id: str
    creator_name: str
    creator_avatar: str
    subject: str
    skill: str
    message: str
    created_at: str
    expires_at: str


class ChallengeJoined(msgspec.Struct, frozen=True):
    """Somebody takes part in a challenge."""

    id: str
    seq: int
    challenge_id: str
    user_id: str
    user_name: str
    user_avatar: str
    timestamp: str


class ChallengeScored(msgspec.Struct, frozen=True):
    """Somebody's best result in a challenge is this one, 0 to 100."""

    id: str
    seq: int
    challenge_id: str
    user_id: str
    user_name: str
    user_avatar: str
    timestamp: str
    score: float


class ChallengeClosed(msgspec.Struct, frozen=True):
    """A challenge is over; who won it, if two or more had a result."""

    id: str
    seq: int
    challenge_id: str
    winner_id: str | None


class DeskChanged(msgspec.Struct, frozen=True):
    """What waits for staff is another; it is read by REST."""


class OwnMessage(msgspec.Struct, frozen=True):
    """One's own message is `held` until a person has looked at it, or was `removed` before anybody read it."""

    message_id: str
    status: str


class ChatMuted(msgspec.Struct, frozen=True):
    """One cannot write in one's cohort's chat until then; without a time, one can again."""

    until: str | None


class FriendsChanged(msgspec.Struct, frozen=True):
    """One's friends, requests or blocks are others than before; they are read by REST."""
