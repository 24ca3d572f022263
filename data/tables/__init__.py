"""Every table, one small module for each group of them; importing this package knows them all."""

from data.tables.activity import REACTIONS, ActivityReaction, ActivityRow
from data.tables.base import Base
from data.tables.log import EventRow, InboundKey, Meta, ParkedEvent, ReactionCursor
from data.tables.people import Block, Cohort, Friendship, ParentalConsent, User
from data.tables.presence import PresenceRow
from data.tables.safety import AuditRow, BlocklistRow
from data.tables.staff import ApiKey, EnterTicket, IdempotencyKey, StaffAccount
from data.tables.work import JobRun, Switch

__all__ = [
    "REACTIONS",
    "ActivityReaction",
    "ActivityRow",
    "ApiKey",
    "AuditRow",
    "Base",
    "Block",
    "BlocklistRow",
    "Cohort",
    "EnterTicket",
    "EventRow",
    "Friendship",
    "IdempotencyKey",
    "InboundKey",
    "JobRun",
    "Meta",
    "ParentalConsent",
    "ParkedEvent",
    "PresenceRow",
    "ReactionCursor",
    "StaffAccount",
    "Switch",
    "User",
]
