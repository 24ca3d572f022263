"""The catalogue's part on notifications: what is put into somebody's queue, looked at, taken out again, and answered.

Whose queue it is stands in the envelope. Nobody is named: of whom a notification tells is joined when it is delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from core.events.catalog import Count, Event, Label, Score, Slug, event

NudgeType = Literal["friend_online", "challenge", "streak_rescue"]
NudgeStatus = Literal["pending", "accepted", "ignored", "expired"]
Way = Literal["live", "mail", "queue"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


@event("notification_added")
@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationAdded(Event):
    """Somebody's queue holds one more, a nudge or another; of whom it tells, and how it was to reach them."""

    notification_id: UUID
    kind: Slug
    about_id: UUID | None = None
    nudge_id: UUID | None = None
    way: Way = "queue"
    score: Score | None = None
    days: Count | None = None
    name: Label | None = None
    stage: Slug | None = None
    expires_at: Moment | None = None

    def about(self, actor: UUID | None) -> UUID | None:
        return self.about_id or actor


@event("notifications_seen")
@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsSeen(Event):
    """Somebody looked at their queue up to a place in it, or opened some of it."""

    up_to: Annotated[int, msgspec.Meta(ge=0)] = 0
    opened: list[UUID] = field(default_factory=list)


@event("notifications_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsWithdrawn(Event):
    """These are in somebody's queue no more: whom they told of is not to be seen there any longer."""

    ids: list[UUID]


@event("nudge_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeChanged(Event):
    """A nudge was answered by the one who got it, or its time was up; and what they muted by that."""

    nudge_id: UUID
    nudge_type: NudgeType
    sender_id: UUID
    status: NudgeStatus
    muted: Literal["friend", "kind"] | None = None


@event("nudge_reported")
@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeReported(Event):
    """Somebody asked staff to look at a friend's nudges."""

    report_id: UUID


@event("nudge_report_decided")
@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeReportDecided(Event):
    """Staff answered such a report: nothing to mend, or its person is kept out of nudges for a while."""

    report_id: UUID
    verdict: Literal["keep", "pause"]


@event("nudge_settings_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeSettingsChanged(Event):
    """What may reach somebody is different from now on, by their own choice or a parent's."""

    by: Literal["self", "parent"]
