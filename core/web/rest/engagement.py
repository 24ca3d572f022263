"""Answering an activity with a challenge, and what pages tell of how their feed is read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from core.activity.challenging import challenge_back
from core.activity.engagement import CLICKS, MOST, record_engagement
from core.safety.limiter import Rate
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import Call, Routes

routes = Routes("Activities")

AN_ID = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"
BATCHES = Rate(20, 60)
"""Pages gather what they tell for seconds: more than this is no page."""


class ChallengeOut(Output, frozen=True, kw_only=True):
    """A challenge that was made."""

    activity_id: UUID
    target_user_id: UUID
    subject: str | None
    skill: str | None
    made_at: datetime


@routes(
    "POST",
    "/api/v1/activities/{activity_id}/challenge",
    scope="activity:react",
    summary="Answer a finished practice or a won challenge of somebody else with a challenge.",
    status=201,
    errors=(404, 409),
    answer_example={
        "activity_id": AN_ID,
        "target_user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
        "subject": "math",
        "skill": "algebra",
        "made_at": "2026-03-02T12:00:00Z",
    },
)
async def post_challenge_back(tx: Transaction, call: Call[None, None]) -> ChallengeOut:
    """Once for each activity, and not to the same person within ten minutes."""
    row = await challenge_back(tx, call.app.gate, call.path_id("activity_id"), ip=call.address)
    return ChallengeOut(
        activity_id=row.id, target_user_id=row.user_id, subject=row.subject_id, skill=row.skill, made_at=tx.now
    )


class ClickIn(Input, frozen=True, kw_only=True):
    """Something that was pressed."""

    target: Annotated[str, Meta(min_length=1, max_length=40, description="What it was, such as `filter`.")]
    activity_id: UUID | None = None


class EngagementIn(Input, frozen=True, kw_only=True):
    """What somebody saw and pressed since the last time this was told."""

    viewed: Annotated[list[UUID], Meta(max_length=MOST)] = msgspec.field(default_factory=list)
    clicks: Annotated[list[ClickIn], Meta(max_length=CLICKS)] = msgspec.field(default_factory=list)


class EngagementOut(Output, frozen=True, kw_only=True):
    """How much of it counts."""

    viewed: int
    clicks: int


@routes(
    "POST",
    "/api/v1/engagement",
    scope="activity:read",
    summary="Tell what was seen and pressed in a feed.",
    rate=BATCHES,
    example={"viewed": [AN_ID], "clicks": [{"target": "filter"}]},
    answer_example={"viewed": 1, "clicks": 1},
)
async def post_engagement(tx: Transaction, call: Call[EngagementIn, None]) -> EngagementOut:
    """Counted is what one may see and what is somebody else's and not private; the rest is passed over."""
    clicks = [(click.target, click.activity_id) for click in call.body.clicks]
    viewed, pressed = await record_engagement(tx, call.body.viewed, clicks)
    return EngagementOut(viewed=viewed, clicks=pressed)
