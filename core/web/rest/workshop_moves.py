"""Inside a workshop: the screen, the moves, the results. The bearer token is the one that coming in gave.

The rules are those of the pages: what a move may do is decided in one place, whoever makes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from core.errors import Invalid
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes
from core.workshop.attendance import note
from core.workshop.commands import make_move, return_to_workshop, set_team, touch
from core.workshop.errors import NotAllowed
from core.workshop.guests import TAKE_PART, Guest, clean_code
from core.workshop.queries import get_workshop, own_view
from core.workshop.rules import moves as m
from core.workshop.scoring import highlights, result_object, summary_of
from core.workshop.teams import create_team, team_of
from core.workshop.upkeep import give_feedback

routes = Routes("Inside a workshop")
VERSION = {"version": 7, "state": "scoring", "stage": "awaiting", "current_question": 3}


def guest_of(call: Call[Any, Any]) -> Guest:
    """Who calls; NotAllowed where the token is another workshop's."""
    guest = Guest.of(call.principal)
    if clean_code(call.path["code"]) != guest.code:
        raise NotAllowed
    return guest


class ScreenOut(Output, frozen=True, kw_only=True):
    """What one person sees: `workshop` is the same for all, `me` is one's own, `time` what clocks count down from."""

    workshop: dict[str, Any]
    me: dict[str, Any]
    time: dict[str, Any] | None


@routes(
    "GET",
    "/api/v1/workshops/{code}/screen",
    scope=TAKE_PART,
    summary="Everything that one sees now.",
    rate=READING,
)
async def get_screen(call: Call[None, None]) -> ScreenOut:
    """Whoever looks every half minute is here; an open socket says the same."""
    guest = guest_of(call)
    async with call.app.transactions.read() as db:
        shown = await own_view(db, guest.workshop_id, guest.participant_id, call.app.clock.now())
    await note(call.app.transactions, call.principal, call.app.clock)
    return ScreenOut(**shown)


class StandingOut(Output, frozen=True, kw_only=True):
    """Where the workshop stands after a move."""

    version: Annotated[int, Meta(description="Send it with the next move.")]
    state: str
    stage: str
    current_question: int


@routes(
    "POST",
    "/api/v1/workshops/{code}/return",
    scope=TAKE_PART,
    summary="Be here again.",
)
async def post_return(tx: Transaction, call: Call[None, None]) -> None:
    await return_to_workshop(tx, guest_of(call).workshop_id)


@routes(
    "POST",
    "/api/v1/workshops/{code}/moves",
    scope=TAKE_PART,
    summary="Make a move.",
    rate=READING,
    errors=(404,),
    max_body=512 * 1024,
    example={"move": "submit", "version": 7, "question": 3, "value": -2},
    answer_example=VERSION,
)
async def post_move(tx: Transaction, call: Call[m.PublicMove, None]) -> StandingOut:
    """A move that comes too late is answered `invalid_state`, with the version that counts."""
    guest = guest_of(call)
    after = await make_move(tx, guest.workshop_id, call.body)
    await touch(tx, [guest.participant_id])
    return StandingOut(version=after.version, state=after.phase, stage=after.stage, current_question=after.question)


class SocketTokenOut(Output, frozen=True, kw_only=True):
    """A token for the socket, and the topic to join with it."""

    token: str
    expires_at: datetime
    topic: str


@routes(
    "POST",
    "/api/v1/workshops/{code}/socket-token",
    scope=TAKE_PART,
    summary="Change the browser's token into one for the socket.",
    secret=True,
)
async def post_socket_token(call: Call[None, None]) -> SocketTokenOut:
    guest = guest_of(call)
    token, expires = call.app.guests.socket_token(guest)
    return SocketTokenOut(token=token, expires_at=expires, topic=f"workshop:{guest.workshop_id}")


class ResultsOut(Output, frozen=True, kw_only=True):
    """What has been revealed, with what it says."""

    results: list[dict[str, Any]]
    strengths: list[int]
    concerns: list[int]
    widest: int | None


@routes(
    "GET",
    "/api/v1/workshops/{code}/results",
    scope=TAKE_PART,
    summary="What has been revealed so far.",
    rate=READING,
)
async def get_results(call: Call[None, None]) -> ResultsOut:
    guest = guest_of(call)
    async with call.app.transactions.read() as db:
        workshop = await get_workshop(db, guest.workshop_id, call.app.clock.now())
    found = highlights(workshop.template, (summary_of(workshop.template, result) for result in workshop.results))
    return ResultsOut(
        results=[result_object(workshop, result.question) for result in workshop.results],
        strengths=list(found.strengths),
        concerns=list(found.concerns),
        widest=found.widest,
    )


class TeamIn(Input, frozen=True, kw_only=True):
    """A new team's name, or the secret of one that there is."""

    name: Annotated[str, Meta(max_length=200)] = ""
    team: Annotated[str, Meta(max_length=100, description="The secret of the team's link.")] = ""


class TeamOut(Output, frozen=True, kw_only=True):
    """A team; whoever has its link finds its workshops."""

    name: str
    team: Annotated[str, Meta(description="The secret of the link: shown this once.")]
    url: str


@routes(
    "PUT",
    "/api/v1/workshops/{code}/team",
    scope=TAKE_PART,
    summary="Make the workshop one of a team's.",
    secret=True,
    errors=(404, 422),
    example={"name": "Support crew"},
    answer_example={"name": "Support crew", "team": "team_…", "url": "https://tandem.example/team#team_…"},
)
async def put_team(tx: Transaction, call: Call[TeamIn, None]) -> TeamOut:
    body, guest = call.body, guest_of(call)
    if bool(body.name) == bool(body.team):
        raise Invalid(fields=[{"field": "name", "message": "either a new team's name or a team's secret"}])
    if body.team:
        team, secret = await team_of(tx.db, body.team), body.team
        team_id, name = team.id, team.name
    else:
        team_id, secret = await create_team(tx, body.name)
        name = body.name.strip()
    await set_team(tx, guest.workshop_id, team_id)
    return TeamOut(name=name, team=secret, url=f"{call.base_url}/team#{secret}")


class FeedbackIn(Input, frozen=True, kw_only=True):
    """How it goes with the tool; kept without who said it."""

    content: Annotated[str, Meta(min_length=1, max_length=200_000)]
    category: Literal["working_well", "improvement", "bug"]
    section: Annotated[str, Meta(max_length=40)] = ""
    email: Annotated[str, Meta(max_length=200)] | None = None
    workshop_id: UUID | None = None


class FeedbackOut(Output, frozen=True, kw_only=True):
    """What was told is kept."""

    id: UUID


@routes(
    "POST",
    "/api/v1/feedback",
    scope=None,
    summary="Tell us how it goes.",
    status=201,
    errors=(429,),
    example={"content": "The reveal is lovely.", "category": "working_well", "section": "scoring"},
    answer_example={"id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"},
)
async def post_feedback(tx: Transaction, call: Call[FeedbackIn, None]) -> FeedbackOut:
    """Five a minute from one address."""
    await call.app.porter.may_give_feedback(call.address)
    body = call.body
    id = await give_feedback(
        tx, body.content, body.category, section=body.section, email=body.email, workshop_id=body.workshop_id
    )
    return FeedbackOut(id=id)
