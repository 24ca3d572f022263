"""The form of every message on the socket, by which it is checked where it comes in and described where it goes out.

Adding an optional field keeps a message's version; anything else is a new version beside the old one. `id` and `seq` of
a message that came from the log are the fact's: `id` is the same wherever it is heard, `seq` rises in every topic.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Literal, get_type_hints
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from core.events.catalog import Event, Reaction
from core.web.channels.feed_messages import (
    ActivityHidden,
    ActivityRemoved,
    ChallengeInitiated,
    OwnReaction,
    ReportsChanged,
)
from core.web.channels.nudge_messages import (
    AnswerNudge,
    MuteNudge,
    NotificationAdded,
    NotificationsSeen,
    NotificationsWithdrawn,
    NudgeChanged,
    NudgeReportsChanged,
    NudgeSettingsChanged,
    OpenNotification,
    SeeNotifications,
)
from core.web.channels.practice_messages import (
    AchievementUnlocked,
    Competitors,
    CompletePractice,
    CoPractice,
    FriendsOnline,
    GiveUpPractice,
    PracticeChanged,
    PracticeCompleted,
    PracticeProgress,
    PracticeStarted,
    Progress,
    ProgressUpdate,
    Race,
    Strict,
    SubjectStats,
    ViralSuggestion,
)
from core.web.channels.room_messages import (
    ActivityFeedMessage,
    ChallengeClosed,
    ChallengeCohort,
    ChallengeCreated,
    ChallengeJoined,
    ChallengeScored,
    ChatChanged,
    ChatMuted,
    CohortInfo,
    DecideMessage,
    DeskChanged,
    FriendsChanged,
    JoinChallenge,
    Leaderboards,
    MessageRemoved,
    NewMessage,
    OwnMessage,
    RemoveMessage,
    ReportMessage,
    SendMessage,
    SwitchChat,
)

__all__ = [
    "AchievementUnlocked",
    "ActivityFeedMessage",
    "ActivityHidden",
    "ActivityRemoved",
    "AnswerNudge",
    "ChallengeClosed",
    "ChallengeCohort",
    "ChallengeCreated",
    "ChallengeInitiated",
    "ChallengeJoined",
    "ChallengeScored",
    "ChatChanged",
    "ChatMuted",
    "CoPractice",
    "CohortInfo",
    "Competitors",
    "CompletePractice",
    "DecideMessage",
    "DeskChanged",
    "FriendsChanged",
    "FriendsOnline",
    "GiveUpPractice",
    "JoinChallenge",
    "Leaderboards",
    "MessageRemoved",
    "MuteNudge",
    "NewMessage",
    "NotificationAdded",
    "NotificationsSeen",
    "NotificationsWithdrawn",
    "NudgeChanged",
    "NudgeReportsChanged",
    "NudgeSettingsChanged",
    "OpenNotification",
    "OwnMessage",
    "OwnReaction",
    "PracticeChanged",
    "PracticeCompleted",
    "PracticeProgress",
    "PracticeStarted",
    "Progress",
    "ProgressUpdate",
    "Race",
    "RemoveMessage",
    "ReportMessage",
    "ReportsChanged",
    "SeeNotifications",
    "SendMessage",
    "Strict",
    "SubjectStats",
    "SwitchChat",
    "ViralSuggestion",
]

Status = Literal["online", "away", "studying", "in_quiz"]


class UpdateStatus(Strict, frozen=True):
    """How somebody is here."""

    status: Status


class UpdateActivity(Strict, frozen=True):
    """What somebody is doing: `browsing`, `studying`, `taking_quiz`, `practicing_{skill}` or nothing."""

    activity: str


class React(Strict, frozen=True):
    """A reaction to an activity; another replaces it, the same again takes it back."""

    activity_id: UUID
    reaction: Reaction


class AppearOffline(Strict, frozen=True):
    """Whether one is here for nobody but oneself, on every connection and from now on."""

    offline: bool


class JoinParams(msgspec.Struct, frozen=True):
    """What a join may say: the last position it saw, and in which history."""

    since: int | None = None
    epoch: str | None = None


class Durable(msgspec.Struct, frozen=True):
    """What came from the log: the fact's id, and its place."""

    id: str
    seq: int


class NewActivity(Durable, frozen=True):
    """Somebody did something. `event_type` and `data` repeat `type` and `properties` under their older names."""

    type: str
    user_id: str
    user_name: str
    user_avatar: str
    subject: str | None
    skill: str | None
    properties: dict[str, Any]
    visibility: str
    timestamp: str
    simulated: bool
    reactions: dict[str, int]
    event_type: str
    data: dict[str, Any]


class ActivityReacted(Durable, frozen=True):
    """What there is now of each kind of reaction to an activity."""

    activity_id: str
    reactions: dict[str, int]


class PersonUpdated(Durable, frozen=True):
    """Somebody is called or pictured differently from now on."""

    user_id: str
    user_name: str
    user_avatar: str


class PersonRemoved(Durable, frozen=True):
    """Somebody is no longer shown here: what is listed of them goes."""

    user_id: str


class BoardEntry(msgspec.Struct, frozen=True):
    """A row of a board; the score in points, or in hundredths of an average. `rank_change` is places gained since
    `previous_rank` was counted, `velocity` those gained a session, `history` the rank after each of the last ones,
    `today` the score of the board's present day."""

    rank: int
    user_id: str
    user_name: str
    user_avatar: str
    simulated: bool
    score: int
    results: int
    today: int | None
    previous_rank: int | None
    rank_change: int | None
    velocity: float
    history: list[int]
    timestamp: str


class CohortAverage(msgspec.Struct, frozen=True):
    """A member of a cohort and the mean of their results, 0 to 100."""

    user_id: str
    name: str
    avatar: str
    avg_score: float


class LeaderboardUpdate(msgspec.Struct, frozen=True):
    """A board as it is now. On a board's topic: `periods` holds the first ten of each period, `entries` those of
    `period`, the shortest that changed. In a cohort's room: `top_users` are those of a `subject`, by average."""

    board: str | None = None
    period: str | None = None
    entries: list[BoardEntry] = []
    periods: dict[str, list[BoardEntry]] = {}
    subject: str | None = None
    top_users: list[CohortAverage] = []
    trigger_user: str | None = None
    updated_at: str | None = None


class RankChanged(msgspec.Struct, frozen=True):
    """One's own rank on a board is another; `rank_change` above zero is up."""

    board: str
    scope: str
    period: str
    rank: int
    previous_rank: int | None
    rank_change: int | None


class Snapshot(msgspec.Struct, frozen=True):
    """The whole state again, beside `seq` and `epoch`: it replaces everything held of this topic.

    A feed's holds `activities`, a cohort's room beside them `messages`, `challenges` and `chat`, a workshop's
    `workshop` (null when it was cleared away), a practice's `runs`, a queue's `notifications` and `unread` number.
    """

    seq: int
    epoch: str
    activities: list[dict[str, Any]] | UnsetType = UNSET
    workshop: dict[str, Any] | UnsetType | None = UNSET
    notifications: list[dict[str, Any]] | UnsetType = UNSET
    unread: int | UnsetType = UNSET
    board: str | UnsetType = UNSET
    periods: dict[str, list[BoardEntry]] | UnsetType = UNSET
    messages: list[NewMessage] | UnsetType = UNSET
    challenges: list[dict[str, Any]] | UnsetType = UNSET
    chat: dict[str, Any] | UnsetType = UNSET


class PresenceMetas(msgspec.Struct, frozen=True):
    """One person: an entry for each of their connections, told apart by `phx_ref`."""

    metas: list[dict[str, Any]]


PresenceState = dict[str, PresenceMetas]
"""Who is here, by user id."""


class PresenceCount(msgspec.Struct, frozen=True):
    """How many people are here, where the list is not of everybody; `complete` when it is again."""

    count: int
    complete: bool


class PresenceDiff(msgspec.Struct, frozen=True):
    """Who came and who went since the last diff; a change is both."""

    joins: dict[str, PresenceMetas]
    leaves: dict[str, PresenceMetas]


class TimerTick(msgspec.Struct, frozen=True):
    """Where a workshop's clocks stand: what a screen needs to count down by itself until the next tick."""

    section: str
    section_remaining_ms: int
    section_total_ms: int
    overall_remaining_ms: int
    overall_total_ms: int
    is_paused: bool
    is_exceeded: bool
    is_short: bool
    pacing: str
    deadline: str | None
    server_time: str


def of_fact(event: type[Event]) -> type[msgspec.Struct]:
    """The form of a message that tells a fact: its fields, when it happened, and its id and place in the log."""
    fields: list[tuple[str, Any, Any]] = []
    hints = get_type_hints(event, include_extras=True)
    for field in dataclasses.fields(event):
        kind = hints[field.name]
        optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        fields.append((field.name, kind | None if optional else kind, None) if optional else (field.name, kind, ...))
    named = [(name, kind) if default is ... else (name, kind, default) for name, kind, default in fields]
    made = msgspec.defstruct(
        event.__name__, [("at", str), *named], bases=(Durable,), frozen=True, kw_only=True, module=__name__
    )
    made.__doc__ = event.__doc__
    return made
