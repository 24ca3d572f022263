"""Every table, one small module for each group of them; importing this package knows them all."""

from data.tables.achievements import Achievement, LearnerProgress, PracticeDay, SkillBest, ZoneMove
from data.tables.activity import (
    REACTIONS,
    ActivityChallenge,
    ActivityHide,
    ActivityReaction,
    ActivityReport,
    ActivityRow,
)
from data.tables.agents import AgentDecision
from data.tables.base import Base
from data.tables.boards import BoardRow, ChoiceRow, EntryRow, ResultRow, TallyRow
from data.tables.cohorts import ChallengeEntry, ChatMute, CohortChallenge, CohortMessage, CohortRoomRow, MessageReport
from data.tables.log import EventRow, InboundKey, Meta, ParkedEvent, ReactionCursor
from data.tables.nudges import (
    DeliveryRow,
    NotificationRow,
    NudgeLimits,
    NudgeMute,
    NudgeReport,
    NudgeRow,
    NudgeSettings,
)
from data.tables.people import Block, Cohort, Friendship, ParentalConsent, User
from data.tables.practice import CoPractice, PracticeRun
from data.tables.presence import PresenceRow
from data.tables.safety import AuditRow, BlocklistRow
from data.tables.staff import ApiKey, EnterTicket, IdempotencyKey, StaffAccount
from data.tables.work import JobRun, Switch
from data.tables.workshop import (
    ActionRow,
    FeedbackRow,
    NoteRow,
    ParticipantRow,
    QuestionRow,
    ReentryRow,
    ScoreRow,
    TeamActionRow,
    TeamResultRow,
    TeamRow,
    TemplateRow,
    TimerRow,
    WorkshopRow,
)

__all__ = [
    "REACTIONS",
    "Achievement",
    "ActionRow",
    "ActivityChallenge",
    "ActivityHide",
    "ActivityReaction",
    "ActivityReport",
    "ActivityRow",
    "AgentDecision",
    "ApiKey",
    "AuditRow",
    "Base",
    "Block",
    "BlocklistRow",
    "BoardRow",
    "ChallengeEntry",
    "ChatMute",
    "ChoiceRow",
    "CoPractice",
    "Cohort",
    "CohortChallenge",
    "CohortMessage",
    "CohortRoomRow",
    "DeliveryRow",
    "EnterTicket",
    "EntryRow",
    "EventRow",
    "FeedbackRow",
    "Friendship",
    "IdempotencyKey",
    "InboundKey",
    "JobRun",
    "LearnerProgress",
    "MessageReport",
    "Meta",
    "NoteRow",
    "NotificationRow",
    "NudgeLimits",
    "NudgeMute",
    "NudgeReport",
    "NudgeRow",
    "NudgeSettings",
    "ParentalConsent",
    "ParkedEvent",
    "ParticipantRow",
    "PracticeDay",
    "PracticeRun",
    "PresenceRow",
    "QuestionRow",
    "ReactionCursor",
    "ReentryRow",
    "ResultRow",
    "ScoreRow",
    "SkillBest",
    "StaffAccount",
    "Switch",
    "TallyRow",
    "TeamActionRow",
    "TeamResultRow",
    "TeamRow",
    "TemplateRow",
    "TimerRow",
    "User",
    "WorkshopRow",
    "ZoneMove",
]
