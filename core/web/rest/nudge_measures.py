"""What became of nudges, for those who look at what helps."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from core.nudges.measures import TARGET, Measure, measures
from core.web.rest.fields import Input, Output
from core.web.routes import Call, Routes

routes = Routes("Nudge measures")


class MeasuresQuery(Input, frozen=True, kw_only=True):
    """Of which days."""

    days: Annotated[int, Meta(ge=1, le=366, description="So many up to now.")] = 30


class MeasureOut(Output, frozen=True, kw_only=True):
    """What became of one kind."""

    nudge_type: str
    sent: int
    shown: Annotated[int, Meta(description="How many came before somebody's eyes.")]
    accepted: int
    ignored: int
    expired: int
    muted: Annotated[int, Meta(description="How many were answered by muting the friend or the kind.")]
    accepted_share: Annotated[float | None, Meta(description="Of those sent; null where there are none.")]


class MeasuresOut(Output, frozen=True, kw_only=True):
    """Every kind, and what is aimed at."""

    days: int
    target: float
    measures: list[MeasureOut]


@routes(
    "GET",
    "/api/v1/nudges/measures",
    scope="analytics:read",
    summary="What became of nudges, by kind.",
    answer_example={
        "days": 30,
        "target": TARGET,
        "measures": [
            {
                "nudge_type": "friend_online",
                "sent": 120,
                "shown": 96,
                "accepted": 21,
                "ignored": 30,
                "expired": 66,
                "muted": 2,
                "accepted_share": 0.175,
            }
        ],
    },
)
async def get_nudge_measures(call: Call[None, MeasuresQuery]) -> MeasuresOut:
    now = call.app.clock.now()
    async with call.app.transactions.read() as db:
        found = await measures(db, now - timedelta(days=call.query.days), now + timedelta(seconds=1))
    return MeasuresOut(days=call.query.days, target=TARGET, measures=[_out(one) for one in found])


def _out(one: Measure) -> MeasureOut:
    return MeasureOut(
        nudge_type=one.nudge_type,
        sent=one.sent,
        shown=one.shown,
        accepted=one.accepted,
        ignored=one.ignored,
        expired=one.expired,
        muted=one.muted,
        accepted_share=one.accepted_share,
    )
