"""The catalogue's part on feeds: what is taken out of them, by whom and why, and what readers do there.

What one person does with a feed is nobody else's business: these facts reach their own pages, the staff who look at
reports, and counting. Only that an activity is gone is told to everybody who could see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from core.events.catalog import Event, Slug, event

ReportReason = Literal["unkind", "private", "unfair", "other"]
"""Unkind to somebody; shows what is private; not earned fairly; something else."""
Several = Annotated[list[UUID], msgspec.Meta(max_length=100)]


@event("activity_removed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRemoved(Event):
    """An activity was taken out of every feed, by its own person or by staff."""

    activity_id: UUID
    owner_id: UUID
    by: Literal["owner", "staff"]

    def about(self, actor: UUID | None) -> UUID | None:
        return self.owner_id


@event("activity_hidden")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityHidden(Event):
    """Somebody hid an activity from themselves, or shows it to themselves again."""

    activity_id: UUID
    hidden: bool


@event("activity_reported")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReported(Event):
    """Somebody asked staff to look at an activity."""

    activity_id: UUID
    owner_id: UUID
    reason: ReportReason


@event("reports_decided")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsDecided(Event):
    """Staff looked at what was reported of an activity: it stays, or it was taken out."""

    activity_id: UUID
    owner_id: UUID
    verdict: Literal["kept", "removed"]


@event("challenge_initiated")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeInitiated(Event):
    """Somebody answered an activity of somebody else with a challenge in its skill."""

    activity_id: UUID
    target_user_id: UUID


@event("feed_viewed")
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedViewed(Event):
    """Somebody had these activities of others before their eyes."""

    activity_ids: Several


@event("feed_clicked")
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedClicked(Event):
    """Somebody pressed something in a feed, at an activity or beside them."""

    target: Slug
    activity_id: UUID | None = None


@event("activity_feed_share_clicked")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFeedShareClicked(Event):
    """Somebody asked for something to share of their progress; whether there was something, and why not."""

    source: Slug
    outcome: Slug
