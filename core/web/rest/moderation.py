"""What one does not want to see, what staff should look at, and taking an activity out of every feed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from core.accounts.rules import avatar_url
from core.activity.hiding import hidden_ids, hidden_items, hide_activity, show_activity
from core.activity.holding import somebody
from core.activity.reporting import Verdict, decide_reports, remove_activity, report_activity, reported
from core.events.feed import ReportReason
from core.nudges import reporting as nudge_reports
from core.nudges.reporting import waiting_reports
from core.social.nicknames import nicknamed
from core.transaction import Transaction
from core.web.rest.activities import ActivityOut
from core.web.rest.fields import PAGE, Input, Limit, Output, capped
from core.web.routes import READING, Call, Routes

routes = Routes("Activities")

Nicknamed = Annotated[bool, Meta(description="Whether its person chose the name that is shown themselves.")]
AN_ID = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"


class HiddenQuery(Input, frozen=True, kw_only=True):
    """How many."""

    limit: Limit = PAGE


class HiddenOut(Output, frozen=True, kw_only=True):
    """What one hid from oneself, the latest first."""

    ids: Annotated[list[UUID], Meta(description="All of it; pages leave these out of what topics tell.")]
    activities: Annotated[list[ActivityOut], Meta(description="Those that one may still see, up to the limit.")]


@routes(
    "GET",
    "/api/v1/hidden-activities",
    scope="activity:react",
    summary="What one hid from oneself.",
    rate=READING,
    answer_example={"ids": [AN_ID], "activities": []},
)
async def get_hidden(call: Call[None, HiddenQuery]) -> HiddenOut:
    me = somebody(call.principal)
    async with call.app.transactions.read() as db:
        ids = await hidden_ids(db, me)
        items = await hidden_items(db, call.principal, capped(call.query.limit))
    shown = [msgspec.convert(item, ActivityOut, from_attributes=True) for item in items]
    return HiddenOut(ids=ids, activities=shown)


@routes(
    "POST",
    "/api/v1/activities/{activity_id}/hidden",
    scope="activity:react",
    summary="Hide an activity from oneself.",
    errors=(404, 409),
)
async def post_hidden(tx: Transaction, call: Call[None, None]) -> None:
    """It leaves one's own lists and open pages, and nobody else's. Twice is once."""
    await hide_activity(tx, call.path_id("activity_id"))


@routes(
    "DELETE",
    "/api/v1/activities/{activity_id}/hidden",
    scope="activity:react",
    summary="Show oneself an activity again.",
)
async def delete_hidden(tx: Transaction, call: Call[None, None]) -> None:
    await show_activity(tx, call.path_id("activity_id"))


class ReportIn(Input, frozen=True, kw_only=True):
    """Why staff should look at an activity."""

    reason: Annotated[
        ReportReason,
        Meta(description="Unkind to somebody; shows what is private; not earned fairly; something else."),
    ]


@routes(
    "POST",
    "/api/v1/activities/{activity_id}/reports",
    scope="activity:react",
    summary="Ask staff to look at an activity.",
    errors=(404, 409),
    example={"reason": "unfair"},
)
async def post_report(tx: Transaction, call: Call[ReportIn, None]) -> None:
    """It is hidden from oneself at once. Whose it is hears nothing; staff do not hear who reported it."""
    await report_activity(tx, call.app.gate, call.path_id("activity_id"), call.body.reason, ip=call.address)


@routes(
    "DELETE",
    "/api/v1/activities/{activity_id}",
    scope="activity:react",
    summary="Take one's own activity out of every feed; staff may take out anybody's.",
    errors=(404,),
)
async def delete_activity(tx: Transaction, call: Call[None, None]) -> None:
    """It vanishes from lists, open pages and gaps at once, and cannot be brought back."""
    await remove_activity(tx, call.path_id("activity_id"))


class ReportedOut(Output, frozen=True, kw_only=True):
    """An activity that waits for staff."""

    activity: ActivityOut
    reasons: Annotated[dict[str, int], Meta(description="How often for which reason.")]
    since: Annotated[datetime, Meta(description="When it was first reported.")]
    nickname: Nicknamed


class ReportsOut(Output, frozen=True, kw_only=True):
    """What waits for staff, the oldest first."""

    reports: list[ReportedOut]


@routes(
    "GET",
    "/api/v1/reports",
    scope="activity:moderate",
    summary="Activities that were reported and wait for an answer.",
    rate=READING,
)
async def get_reports(call: Call[None, HiddenQuery]) -> ReportsOut:
    """One entry an activity, however many reported it; fifty unless told otherwise."""
    async with call.app.transactions.read() as db:
        found = await reported(db, call.principal, capped(call.query.limit))
        chosen = await nicknamed(db, [one.item.user_id for one in found])
    return ReportsOut(
        reports=[
            ReportedOut(
                activity=msgspec.convert(one.item, ActivityOut, from_attributes=True),
                reasons=dict(one.reasons),
                since=one.since,
                nickname=one.item.user_id in chosen,
            )
            for one in found
        ]
    )


class NudgeReportOut(Output, frozen=True, kw_only=True):
    """A nudge that was reported, and of whom it told."""

    report_id: UUID
    user_id: UUID
    user_name: str
    user_avatar: str
    nudge_type: str
    subject: str | None
    skill: str | None
    since: datetime
    nickname: Nicknamed


class NudgeReportsOut(Output, frozen=True, kw_only=True):
    """What waits for staff, the oldest first."""

    reports: list[NudgeReportOut]


@routes(
    "GET",
    "/api/v1/nudge-reports",
    scope="activity:moderate",
    summary="Nudges that were reported and wait for an answer.",
    rate=READING,
)
async def get_nudge_reports(call: Call[None, HiddenQuery]) -> NudgeReportsOut:
    """Who reported them is not told."""
    async with call.app.transactions.read() as db:
        found = await waiting_reports(db, call.principal, capped(call.query.limit))
        chosen = await nicknamed(db, [one.person.id for one in found])
    return NudgeReportsOut(
        reports=[
            NudgeReportOut(
                report_id=one.row.id,
                user_id=one.person.id,
                user_name=one.person.username,
                user_avatar=avatar_url(one.person.avatar),
                nudge_type=one.row.nudge_type,
                subject=one.row.subject_id,
                skill=one.row.skill,
                since=one.row.reported_at,
                nickname=one.person.id in chosen,
            )
            for one in found
        ]
    )


class NudgeDecisionIn(Input, frozen=True, kw_only=True):
    """Staff's answer: nothing to mend, or nobody is nudged about this person for a week."""

    verdict: nudge_reports.Verdict


class NudgeDecisionOut(Output, frozen=True, kw_only=True):
    """What became of it."""

    report_id: UUID
    verdict: nudge_reports.Verdict
    until: Annotated[datetime | None, Meta(description="Until when nobody is nudged about this person.")]


@routes(
    "POST",
    "/api/v1/nudge-reports/{report_id}/decision",
    scope="activity:moderate",
    summary="Let a nudge that was reported stand, or keep its person out of nudges for a week.",
    errors=(404,),
    example={"verdict": "pause"},
    answer_example={"report_id": AN_ID, "verdict": "pause", "until": "2026-03-09T12:00:00Z"},
)
async def post_nudge_decision(tx: Transaction, call: Call[NudgeDecisionIn, None]) -> NudgeDecisionOut:
    """Whoever reported hears nothing of this friend either way."""
    report_id, verdict = call.path_id("report_id"), call.body.verdict
    until = await nudge_reports.decide(tx, report_id, verdict)
    return NudgeDecisionOut(report_id=report_id, verdict=verdict, until=until)


class DecisionIn(Input, frozen=True, kw_only=True):
    """Staff's answer."""

    verdict: Verdict


class DecisionOut(Output, frozen=True, kw_only=True):
    """What became of it."""

    activity_id: UUID
    verdict: Verdict
    answered: Annotated[int, Meta(description="How many reports this answers.")]


@routes(
    "POST",
    "/api/v1/reports/{activity_id}/decision",
    scope="activity:moderate",
    summary="Keep or remove an activity that was reported.",
    errors=(404,),
    example={"verdict": "remove"},
    answer_example={"activity_id": AN_ID, "verdict": "remove", "answered": 2},
)
async def post_decision(tx: Transaction, call: Call[DecisionIn, None]) -> DecisionOut:
    activity_id = call.path_id("activity_id")
    answered = await decide_reports(tx, activity_id, call.body.verdict)
    return DecisionOut(activity_id=activity_id, verdict=call.body.verdict, answered=answered)
