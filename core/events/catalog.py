"""Every event there is: a frozen dataclass with one line saying which fact it states.

A type and a version name a shape for ever. Adding an optional field keeps the version; anything else raises it and
needs an upcaster. A field marked `personal()` is kept with its row, set to null on erasure, never exported and never
logged. Events marked `inbound` may be sent by the host platform; those marked `activity` show in feeds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from uuid import UUID

import msgspec

Score = Annotated[int, msgspec.Meta(ge=0, le=100)] | Annotated[float, msgspec.Meta(ge=0, le=100)]
Speed = Annotated[int, msgspec.Meta(ge=0, le=1000)] | Annotated[float, msgspec.Meta(ge=0, le=1000)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Reaction = Literal["like", "celebrate", "wow", "support"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    type: ClassVar[str] = ""
    version: ClassVar[int] = 1
    inbound: ClassVar[bool] = False
    activity: ClassVar[bool] = False
    personal_fields: ClassVar[tuple[str, ...]] = ()

    def about(self, actor: UUID | None) -> UUID | None:
        """Whom it tells of: mostly the one who did it."""
        return actor


E = TypeVar("E", bound=type[Event])
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

CATALOG: dict[str, type[Event]] = {}
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""From (type, old version) to the properties of the next version."""


def event(name: str, *, version: int = 1, inbound: bool = False, activity: bool = False) -> Callable[[E], E]:
    def register(cls: E) -> E:
        if name in CATALOG:
            raise ValueError(f"two events are called {name}")
        cls.type, cls.version, cls.inbound, cls.activity = name, version, inbound, activity
        cls.personal_fields = tuple(f.name for f in dataclasses.fields(cls) if f.metadata.get("personal"))
        CATALOG[name] = cls
        return cls

    return register


def personal() -> Any:
    """A field that only its own person and those it was meant for may read, and that erasure sets to null."""
    return field(default=None, metadata={"personal": True})


# --- what learners do: sent by the host platform or by Tandem's own pages, shown in feeds


@event("practice_started", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeStarted(Event):
    """Somebody began to practise a skill."""


@event("practice_completed", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeCompleted(Event):
    """Somebody finished a practice, with a score of 0 to 100; how long it took, for how many items, how fast."""

    score: Score
    seconds: Count | None = None
    items: Count | None = None
    wpm: Speed | None = None


@event("quiz_completed", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class QuizCompleted(Event):
    """Somebody finished a quiz, with a score of 0 to 100."""

    score: Score


@event("diagnostic_completed", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticCompleted(Event):
    """Somebody finished a diagnostic test of a subject; rank and group size where the host knows them."""

    score: Score
    rank: Count | None = None
    out_of: Count | None = None


@event("achievement_unlocked", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementUnlocked(Event):
    """Somebody earned a badge."""

    name: Label
    achievement: Slug | None = None
    points: Count | None = None


@event("streak_milestone", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class StreakMilestone(Event):
    """Somebody practised on 7, 30 or 100 days in a row."""

    days: Literal[7, 30, 100]


@event("high_score", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HighScore(Event):
    """Somebody beat their own best result."""

    score: Score


@event("level_up", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class LevelUp(Event):
    """Somebody reached a new level."""

    level: Annotated[int, msgspec.Meta(ge=1, le=10_000)]


@event("challenge_won", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeWon(Event):
    """Somebody won a challenge."""

    score: Score | None = None


@event("leaderboard_rank", inbound=True, activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardRank(Event):
    """Somebody entered the top ten of a board, or led it when its period ended (`final`)."""

    rank: Annotated[int, msgspec.Meta(ge=1, le=10)]
    period: Slug | None = None
    final: bool | None = None


@event("friend_joined", activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class FriendJoined(Event):
    """Somebody made a friend: stated once for each of the two. Who the other is, is nobody else's business."""


# --- practice as it runs, and what it comes to


@event("co_practice_completed", activity=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CoPracticeCompleted(Event):
    """Two finished a practice together: stated once for each, with the mean of both; the other is not named."""

    score: Score


@event("co_practice_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CoPracticeChanged(Event):
    """An invitation to practise together was made or answered, or the practice is over."""

    session_id: UUID
    partner_id: UUID
    """Who was invited."""
    inviter_id: UUID
    app: Slug | None = None
    status: Literal["invited", "live", "declined", "completed", "ended"]
    score: Score | None = None


@event("practice_run_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRunChanged(Event):
    """A run of practice began, was completed, or ended without a result."""

    session_id: UUID
    run_id: UUID
    seat: Literal[0, 1] = 0
    app: Slug | None = None
    status: Literal["live", "completed", "ended"]
    reason: Literal["given_up", "replaced", "gone", "stale"] | None = None
    score: Score | None = None
    wpm: Speed | None = None
    seconds: Count | None = None

    def about(self, actor: UUID | None) -> UUID | None:
        """Nobody: those who watch a run know whose it is."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A badge that somebody got."""

    achievement: Slug
    scope: Annotated[str, msgspec.Meta(max_length=160)] = ""
    title: Label
    points: Count


@event("learner_progressed")
@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerProgressed(Event):
    """Somebody's own totals and badges are these from now on; nobody else's business."""

    points: Count
    practices: Count
    perfect: Count
    pairs: Count
    subjects: dict[Slug, Count]
    streak: Count
    longest: Count
    last_day: date | None = None
    unlocked: list[Badge]


@event("activity_reacted")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReacted(Event):
    """Somebody reacted to an activity, or took their reaction back; with what there is of each kind since then."""

    activity_id: UUID
    owner_id: UUID
    reaction: Reaction | None = None
    counts: dict[Reaction, Count]

    def about(self, actor: UUID | None) -> UUID | None:
        return self.owner_id


# --- people and their rights


@event("person_added")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Event):
    """The host platform made a person known."""

    role: Slug


@event("person_updated")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUpdated(Event):
    """A person's public name, cohort or role changed; readers look the new one up."""

    cohort_from: UUID | None = None


@event("audience_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceChanged(Event):
    """Who may see a person's doings became narrower or wider."""

    before: Slug
    after: Slug


@event("access_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged(Event):
    """A person's rights changed or their tokens were revoked; open sockets and pages are judged again."""

    reason: Slug


@event("consent_given")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Event):
    """A parent, or the host on a parent's behalf, consented to a scope for a child."""

    scope: Slug
    method: Slug


@event("consent_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A consent was withdrawn."""

    scope: Slug


@event("person_erased")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    """A person was erased; the id in older facts means nobody from here on."""


# --- friends and blocks


@event("friendship_requested")
@dataclass(frozen=True, slots=True, kw_only=True)
class FriendshipRequested(Event):
    """Somebody asked somebody to be friends."""

    friend_id: UUID


@event("friendship_accepted")
@dataclass(frozen=True, slots=True, kw_only=True)
class FriendshipAccepted(Event):
    """A request was accepted; both are friends from now on."""

    friend_id: UUID


@event("friendship_declined")
@dataclass(frozen=True, slots=True, kw_only=True)
class FriendshipDeclined(Event):
    """A request was declined or a friendship ended."""

    friend_id: UUID


@event("person_blocked")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBlocked(Event):
    """Somebody blocked somebody."""

    blocked_id: UUID


@event("person_unblocked")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUnblocked(Event):
    """Somebody took a block back."""

    blocked_id: UUID


# --- the house itself


@event("simulator_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorChanged(Event):
    """The simulated community was started, stopped, slowed or hurried, is of another size, or is taken away."""

    running: bool
    speed: Annotated[float, msgspec.Meta(gt=0, le=100)]
    people: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    reset: bool = False


@event("note_recorded", inbound=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRecorded(Event):
    """The host platform recorded a free remark about a learner; kept for the record, shown in no feed."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)] | None = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Event):
    """In the place of a fact that this version cannot read. It is in no catalogue and never in the log."""

    reason: str
    newer: bool = False
    """Whether a newer version of the product wrote it, which will know what to do."""


ALIASES = {
    "achievement_earned": "achievement_unlocked",
    "achievement.unlocked": "achievement_unlocked",
    "session.started": "practice_started",
    "session.ended": "practice_completed",
    "streak.milestone": "streak_milestone",
    "high.score": "high_score",
    "rank.changed": "leaderboard_rank",
}
"""Names that hosts also use, and the one that is meant."""


def canonical(name: str) -> str:
    return ALIASES.get(name, name)


def to_properties(item: Event) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """An event's fields as JSON-ready values: those that everybody counts, and the personal ones (or None)."""
    values = msgspec.to_builtins(item)
    private = {name: values.pop(name) for name in item.personal_fields}
    return {name: value for name, value in values.items() if value is not None}, (private or None)


def from_properties(
    name: str, version: int, properties: Mapping[str, Any], personal: Mapping[str, Any] | None
) -> Event:
    """The event of a log row, brought up to the present version. Erased personal fields are None."""
    cls = CATALOG[name]
    values = dict(properties)
    for step in range(version, cls.version):
        values = UPCASTERS[name, step](values)
    return msgspec.convert(values | dict(personal or {}), cls)


def check(item: Event) -> None:
    """Refuse a fact that could not be read back: it would stand in everybody's way for ever."""
    public, private = to_properties(item)
    from_properties(item.type, item.version, public, private)


def parse(name: str, properties: Mapping[str, Any]) -> Event:
    """An event as a stranger wrote it: wrong types, ranges and unknown fields raise msgspec.ValidationError."""
    cls = CATALOG[name]
    known = {f.name for f in dataclasses.fields(cls)}
    unknown = sorted(set(properties) - known)
    if unknown:
        raise msgspec.ValidationError(f"unknown property {unknown[0][:64]!r}")
    return msgspec.convert(dict(properties), cls)
