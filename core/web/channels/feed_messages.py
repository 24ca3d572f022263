"""The form of messages about feeds beside the activities themselves; `messages` hands them on with the others."""

from __future__ import annotations

import msgspec


class ActivityRemoved(msgspec.Struct, frozen=True):
    """An activity is gone, from here and everywhere: what is shown of it goes too."""

    id: str
    seq: int
    activity_id: str


class OwnReaction(msgspec.Struct, frozen=True):
    """One's own reaction to an activity is this from now on, wherever it was chosen; null is none."""

    activity_id: str
    reaction: str | None


class ActivityHidden(msgspec.Struct, frozen=True):
    """One hid an activity from oneself, or shows it again: pages follow."""

    activity_id: str
    hidden: bool


class ChallengeInitiated(msgspec.Struct, frozen=True):
    """Somebody challenged one, or one challenged somebody, in answer to an activity: both hear the same."""

    activity_id: str
    from_user_id: str
    from_name: str
    from_avatar: str
    target_user_id: str
    subject: str | None
    skill: str | None
    timestamp: str


class ReportsChanged(msgspec.Struct, frozen=True):
    """Something was reported, or reports were answered: what waits is read anew."""

    activity_id: str
    status: str
