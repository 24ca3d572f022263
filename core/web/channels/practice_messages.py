"""The form of every message about practice and what it comes to; `messages` hands them on with the others."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client sends: nothing more than what is asked for."""


Percent = Annotated[float, Meta(ge=0, le=100)]
Speed = Annotated[float, Meta(ge=0, le=1000)]
Items = Annotated[int, Meta(ge=0, le=100_000)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]


class PracticeStarted(Strict, frozen=True):
    """One begins to practise a skill of the room's subject; what one practised before is over."""

    skill: Name
    app: Name | None = None


class PracticeCompleted(Strict, frozen=True):
    """One finished it, with a score of 0 to 100. Without an id it is the one of this skill that is live."""

    skill: Name
    score: Percent
    practice_id: UUID | None = None
    wpm: Speed | None = None
    items: Items | None = None


class PracticeProgress(Strict, frozen=True):
    """How one's own practice goes: what is left out stays. Said as often as one likes, told twice a second."""

    practice_id: UUID
    wpm: Speed | None = None
    accuracy: Percent | None = None
    score: Percent | None = None
    done: Items | None = None
    of: Items | None = None


class CompletePractice(Strict, frozen=True):
    """One finished one's own run of this practice."""

    practice_id: UUID
    score: Percent
    wpm: Speed | None = None
    items: Items | None = None
    seconds: Seconds | None = None


class GiveUpPractice(Strict, frozen=True):
    """One ends one's own run without a result."""

    practice_id: UUID


class SubjectStats(msgspec.Struct, frozen=True):
    """Who is in the subject and at work, as far as one may see; what is popular; what one's own cohort did here."""

    peers_online: int
    active_practicing: int
    peers_by_skill: dict[str, int]
    popular_skills: list[dict[str, Any]]
    cohort_activity: list[dict[str, Any]]


class FriendsOnline(msgspec.Struct, frozen=True):
    """Friends who are in the subject one began to practise, and what to do about it."""

    friends: list[dict[str, Any]]
    suggestion: str


class PracticeChanged(msgspec.Struct, frozen=True):
    """A run of this practice began, was completed, or ended without a result."""

    id: str
    seq: int
    practice_id: str
    seat: int
    app: str | None
    subject: str | None
    skill: str | None
    status: str
    reason: str | None
    score: float | None
    wpm: float | None
    seconds: int | None


class ProgressUpdate(msgspec.Struct, frozen=True):
    """How a practice goes; what its app does not measure is null."""

    practice_id: str
    session_id: str
    seat: int
    app: str | None
    subject: str | None
    skill: str | None
    current_wpm: float | None
    current_accuracy: float | None
    current_score: float | None
    done: int | None
    of: int | None
    session_duration: int
    trend: str
    rank: int | None
    timestamp: str


class Competitors(msgspec.Struct, frozen=True):
    """Who practises the same, the best first, and by which metric; one's own row is always there."""

    practice_id: str
    metric: str
    competitors: list[dict[str, Any]]
    count: int


class Race(msgspec.Struct, frozen=True):
    """Who practises in a subject right now and how far each has come, the furthest first."""

    subject: str
    runs: list[dict[str, Any]]
    count: int


class AchievementUnlocked(msgspec.Struct, frozen=True):
    """One got a badge."""

    achievement: str
    scope: str
    title: str
    description: str
    icon: str
    points: int
    timestamp: str


class Progress(msgspec.Struct, frozen=True):
    """One's totals from now on, and the badges that came with it."""

    id: str
    seq: int
    points: int
    practices: int
    perfect: int
    pairs: int
    subjects: dict[str, Any]
    streak: dict[str, Any]
    unlocked: list[AchievementUnlocked]


class CoPractice(msgspec.Struct, frozen=True):
    """Somebody asked one to practise together, or one asked: how that stands now."""

    session_id: str
    inviter_id: str
    inviter_name: str
    partner_id: str
    status: str
    subject: str | None
    skill: str | None
    app: str | None
    score: float | None


class SuggestionContext(msgspec.Struct, frozen=True):
    """What was done, for whoever goes along with it."""

    skill: str
    subject: str
    score: float


class ViralSuggestion(msgspec.Struct, frozen=True):
    """One did well in a practice and may ask a friend to try the same: in words, with what to press. Once a practice at
    most, and only where the orchestrator decided so."""

    type: str
    message: str
    cta: str
    context: SuggestionContext
    timestamp: str
