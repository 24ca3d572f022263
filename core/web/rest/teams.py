"""A team's room: its workshops, what has changed between them, and what is still to do. The team's secret opens it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.errors import Unauthorized
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes
from core.workshop.queries import workshops_of_team
from core.workshop.teams import carried_actions, create_team, points_of, team_of
from core.workshop.templates import get_template, list_templates
from core.workshop.trends import Point, trends

routes = Routes("Teams")


class NewTeamIn(Input, frozen=True, kw_only=True):
    """A new team."""

    name: Annotated[str, Meta(max_length=200, description="1 to 60 characters.")]


class NewTeamOut(Output, frozen=True, kw_only=True):
    """A team; whoever has its link finds its workshops."""

    name: str
    team: Annotated[str, Meta(description="The secret of the link: shown this once.")]
    url: str


@routes(
    "POST",
    "/api/v1/teams",
    scope=None,
    summary="Make a team, to find its workshops again.",
    status=201,
    secret=True,
    errors=(422, 429),
    example={"name": "Support crew"},
    answer_example={"name": "Support crew", "team": "team_…", "url": "https://tandem.example/team#team_…"},
)
async def post_team(tx: Transaction, call: Call[NewTeamIn, None]) -> NewTeamOut:
    """Ten a minute from one address."""
    await call.app.porter.may_create(call.address)
    _, secret = await create_team(tx, call.body.name)
    return NewTeamOut(name=call.body.name.strip(), team=secret, url=f"{call.base_url}/team#{secret}")


class TeamWorkshop(Output, frozen=True, kw_only=True):
    """One of a team's workshops."""

    workshop_id: UUID
    code: str
    state: str
    current_question: int
    people: int
    actions: int
    created_at: datetime
    completed_at: datetime | None


class TrendPoint(Output, frozen=True, kw_only=True):
    """A question in one workshop: figures alone, which outlive the workshop."""

    ended_at: datetime
    average: float | None
    spread: float | None
    count: int


class TrendOut(Output, frozen=True, kw_only=True):
    """A question over the team's workshops. `verdict` is first, better, same, worse, or wider (worse, wider apart)."""

    question: int
    title: str
    verdict: str
    scale_min: int
    scale_max: int
    optimal_value: int
    points: list[TrendPoint]


class TemplateTrends(Output, frozen=True, kw_only=True):
    """What changed between a team's workshops of one kind."""

    template: str
    name: str
    trends: list[TrendOut]


class OpenAction(Output, frozen=True, kw_only=True):
    """Something that the team still has to do."""

    content: str
    owner: str | None
    due_on: date | None


class RoomOut(Output, frozen=True, kw_only=True):
    """A team's room."""

    name: str
    workshops: list[TeamWorkshop]
    actions: list[OpenAction]
    templates: list[TemplateTrends]


@routes(
    "GET",
    "/api/v1/teams/room",
    scope=None,
    summary="A team's room, for whoever bears its secret.",
    rate=READING,
    errors=(401, 404, 429),
)
async def get_room(call: Call[None, None]) -> RoomOut:
    """The secret goes in the header: `Authorization: Bearer team_…`."""
    if not call.bearer:
        raise Unauthorized
    now = call.app.clock.now()
    async with call.app.transactions.read() as db:
        team = await team_of(db, call.bearer)
        listed = await workshops_of_team(db, team.id, now)
        actions = await carried_actions(db, team.id)
        points = {one.slug: await points_of(db, team.id, one.slug) for one in list_templates()}
    return RoomOut(
        name=team.name,
        workshops=[
            TeamWorkshop(
                workshop_id=one.id,
                code=one.code,
                state=one.state,
                current_question=one.question,
                people=one.people,
                actions=one.actions,
                created_at=one.created_at,
                completed_at=one.completed_at,
            )
            for one in listed
        ],
        actions=[OpenAction(content=one.content, owner=one.owner, due_on=one.due_on) for one in actions],
        templates=[_trends(slug, found) for slug, found in points.items() if found],
    )


def _trends(slug: str, points: list[Point]) -> TemplateTrends:
    template = get_template(slug)
    lines = []
    for trend in trends(template, points):
        question = template.question(trend.question)
        lines.append(
            TrendOut(
                question=trend.question,
                title=question.short_title,
                verdict=trend.verdict,
                scale_min=question.scale_min,
                scale_max=question.scale_max,
                optimal_value=question.optimal_value,
                points=[
                    TrendPoint(ended_at=p.ended_at, average=p.average, spread=p.spread, count=p.count)
                    for p in trend.points
                ],
            )
        )
    return TemplateTrends(template=slug, name=template.name, trends=lines)
