"""Every table, one small module for each group of them; importing this package knows them all."""

from data.tables.activity import REACTIONS, ActivityReaction, ActivityRow
from data.tables.base import Base
from data.tables.boards import BoardRow, ChoiceRow, EntryRow, ResultRow
from data.tables.log import EventRow, InboundKey, Meta, ParkedEvent, ReactionCursor
from data.tables.people import Block, Cohort, Friendship, ParentalConsent, User
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
    "ActionRow",
    "ActivityReaction",
    "ActivityRow",
    "ApiKey",
    "AuditRow",
    "Base",
    "Block",
    "BlocklistRow",
    "BoardRow",
    "ChoiceRow",
    "Cohort",
    "EnterTicket",
    "EntryRow",
    "EventRow",
    "FeedbackRow",
    "Friendship",
    "IdempotencyKey",
    "InboundKey",
    "JobRun",
    "Meta",
    "NoteRow",
    "ParentalConsent",
    "ParkedEvent",
    "ParticipantRow",
    "PresenceRow",
    "QuestionRow",
    "ReactionCursor",
    "ReentryRow",
    "ResultRow",
    "ScoreRow",
    "StaffAccount",
    "Switch",
    "TeamActionRow",
    "TeamResultRow",
    "TeamRow",
    "TemplateRow",
    "TimerRow",
    "User",
    "WorkshopRow",
]
