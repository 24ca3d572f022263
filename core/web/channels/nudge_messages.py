"""The form of every message about notifications and nudges; `messages` hands them on with the others."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.web.channels.practice_messages import Strict


class NudgeReportsChanged(msgspec.Struct, frozen=True):
    """A nudge was reported, or such a report was answered: what waits is read anew."""

    report_id: str
    status: str


class AnswerNudge(Strict, frozen=True):
    """One answers a nudge: goes along with it, or not now."""

    nudge_id: UUID


class MuteNudge(Strict, frozen=True):
    """One wants to hear nothing of this friend for a week, or nothing of this kind any more."""

    nudge_id: UUID
    what: Literal["friend", "kind"]


class SeeNotifications(Strict, frozen=True):
    """One looked at one's queue up to this `place`: the number beside the bell goes, the list stays."""

    up_to: Annotated[int, Meta(ge=0)]


class OpenNotification(Strict, frozen=True):
    """One opened one of them."""

    notification_id: UUID


class NotificationAdded(msgspec.Struct, frozen=True):
    """One's queue holds one more. `user_id` is whom it tells of, named as far as one may see them now; `way` says
    whether it is to be shown at once (`live`), left the app (`mail`), or waits in the queue. `place` rises."""

    id: str
    seq: int
    notification_id: str
    place: int
    kind: str
    user_id: str | None
    user_name: str
    user_avatar: str
    nudge_id: str | None
    status: str | None
    subject: str | None
    skill: str | None
    data: dict[str, Any]
    way: str
    timestamp: str
    expires_at: str | None
    seen: bool
    opened: bool


class NotificationsSeen(msgspec.Struct, frozen=True):
    """One looked at them up to this place, or opened some, in whichever tab."""

    id: str
    seq: int
    up_to: int
    opened: list[str]


class NotificationsWithdrawn(msgspec.Struct, frozen=True):
    """These are in one's queue no more."""

    id: str
    seq: int
    notification_ids: list[str]


class NudgeChanged(msgspec.Struct, frozen=True):
    """A nudge was answered, in whichever tab, or its time is up."""

    id: str
    seq: int
    nudge_id: str
    status: str
    muted: str | None


class NudgeSettingsChanged(msgspec.Struct, frozen=True):
    """What may reach one is different: by oneself, or by a parent."""

    id: str
    seq: int
    by: str
