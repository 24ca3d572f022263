"""The workshop's front door: what one can run, opening one, coming in and coming back. No account is needed.

A browser, or a bot, keeps the `token` that it is given: it is a bearer token for this one workshop.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from core.errors import Forbidden
from core.safety.limiter import Rate
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes
from core.workshop.commands import Entry, ask_reentry, create_workshop, join_workshop, reenter_by_pin
from core.workshop.errors import UnknownWorkshop
from core.workshop.queries import get_workshop
from core.workshop.rules.state import Settings
from core.workshop.teams import team_of
from core.workshop.templates import document, get_template, list_templates

routes = Routes("Workshops")

CODE = "ABC234"
LOBBY = Rate(600, 60)
"""A whole building may come in by one address."""

Name = Annotated[str, Meta(max_length=200, description="1 to 40 characters, unlike anybody else's here.")]
Disclosure = Literal["named", "anonymous", "turns"]


class TemplateOut(Output, frozen=True, kw_only=True):
    """A kind of workshop."""

    slug: str
    name: str
    version: str
    description: str
    credit: str
    questions: int
    people_from: int
    people_to: int
    time_plans: dict[str, str]


class TemplatesOut(Output, frozen=True, kw_only=True):
    """What a new workshop may be made from."""

    templates: list[TemplateOut]


@routes("GET", "/api/v1/workshops/templates", scope=None, summary="The kinds of workshop that there are.", rate=READING)
async def get_templates(call: Call[None, None]) -> TemplatesOut:
    found = [
        TemplateOut(
            slug=one.slug,
            name=one.name,
            version=one.version,
            description=one.description,
            credit=one.credit,
            questions=len(one.questions),
            people_from=one.people.from_,
            people_to=one.people.to,
            time_plans={slug: plan.name for slug, plan in one.time_plans.items()},
        )
        for one in list_templates()
    ]
    return TemplatesOut(templates=found)


class TemplateDocument(Output, frozen=True, kw_only=True):
    """A whole template: questions, scales, screens, prompts and help."""

    template: dict[str, Any]


@routes("GET", "/api/v1/workshops/templates/{slug}", scope=None, summary="One kind of workshop, whole.", rate=READING)
async def get_one_template(call: Call[None, None]) -> TemplateDocument:
    return TemplateDocument(template=document(get_template(call.path["slug"])))


class WorkshopIn(Input, frozen=True, kw_only=True):
    """A new workshop; whoever opens it leads it."""

    name: Name
    template: Annotated[str, Meta(max_length=40, description="The slug of a template.")] = "six_criteria"
    observer: Annotated[bool, Meta(description="Lead it without giving scores.")] = False
    total_duration_minutes: Annotated[
        int | None, Meta(description="30 to 480 in steps of 5; null for a workshop without clocks.")
    ] = None
    max_participants: Annotated[int | None, Meta(description="The template's own number unless said.")] = None
    skip_intro: bool = False
    disclosure: Annotated[
        Disclosure, Meta(description="With names; without until the team wants them; or one after another.")
    ] = "named"
    time_plan: Annotated[str, Meta(max_length=40, description="One of the template's; its first unless named.")] = ""
    team: Annotated[str, Meta(max_length=100, description="The secret of a team's link, to make it one of theirs.")] = (
        ""
    )


class EntryOut(Output, frozen=True, kw_only=True):
    """What one has after coming in. The number (`pin`) is shown this once."""

    workshop_id: UUID
    code: str
    participant_id: UUID
    token: Annotated[str, Meta(description="Bearer token for this workshop; kept by the browser.")]
    pin: Annotated[str, Meta(description="Four digits that bring one back from another browser.")] = ""
    url: str


ENTRY = {
    "workshop_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
    "code": CODE,
    "participant_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
    "token": "guest_…",
    "pin": "4821",
    "url": f"https://tandem.example/workshop/{CODE}",
}


def _out(call: Call[Any, Any], entry: Entry) -> EntryOut:
    guest = entry.guest
    return EntryOut(
        workshop_id=guest.workshop_id,
        code=guest.code,
        participant_id=guest.participant_id,
        token=entry.token,
        pin=entry.pin,
        url=f"{call.base_url}/workshop/{guest.code}",
    )


@routes(
    "POST",
    "/api/v1/workshops",
    scope=None,
    summary="Open a workshop.",
    status=201,
    secret=True,
    errors=(404, 422, 429),
    example={"name": "Lena", "template": "six_criteria", "total_duration_minutes": 120},
    answer_example=ENTRY,
)
async def post_workshop(tx: Transaction, call: Call[WorkshopIn, None]) -> EntryOut:
    """Ten a minute from one address."""
    body = call.body
    await call.app.porter.may_create(call.address)
    template = get_template(body.template)
    team = await team_of(tx.db, body.team) if body.team else None
    settings = Settings(
        total_duration_minutes=body.total_duration_minutes,
        max_participants=template.people.most if body.max_participants is None else body.max_participants,
        skip_intro=body.skip_intro,
        disclosure=body.disclosure,
        time_plan=body.time_plan,
    )
    entry = await create_workshop(
        tx, template, body.name, settings, observer=body.observer, team_id=team.id if team else None
    )
    return _out(call, entry)


class DoorOut(Output, frozen=True, kw_only=True):
    """What stands at the door of a workshop: enough to decide how to come in, and nobody's name."""

    code: str
    template: str
    template_name: str
    state: str
    started: bool
    full: Annotated[bool, Meta(description="Whether one can only watch.")]
    people: int
    completed_at: datetime | None


@routes(
    "GET",
    "/api/v1/workshops/{code}",
    scope=None,
    summary="What stands at a workshop's door.",
    rate=LOBBY,
    errors=(404, 429),
    answer_example={
        "code": CODE,
        "template": "six_criteria",
        "template_name": "Six Criteria of Productive Work",
        "state": "lobby",
        "started": False,
        "full": False,
        "people": 5,
        "completed_at": None,
    },
)
async def get_door(call: Call[None, None]) -> DoorOut:
    """A wrong, an expired and a made-up code get the same answer, and guessing is slowed down."""
    async with call.app.transactions.read() as db:
        id = await call.app.porter.find(db, call.path["code"], call.address)
        found = await get_workshop(db, id, call.app.clock.now())
    taking_part = [p for p in found.people if p.status != "dropped" and not p.is_observer]
    return DoorOut(
        code=found.code,
        template=found.template.slug,
        template_name=found.template.name,
        state=found.phase,
        started=found.phase != "lobby",
        full=len(taking_part) >= found.settings.max_participants,
        people=len(taking_part),
        completed_at=found.completed_at,
    )


class JoinIn(Input, frozen=True, kw_only=True):
    """Somebody new."""

    name: Name
    observer: Annotated[bool, Meta(description="Watch, without giving scores.")] = False


@routes(
    "POST",
    "/api/v1/workshops/{code}/participants",
    scope=None,
    summary="Come in.",
    status=201,
    secret=True,
    rate=LOBBY,
    errors=(404, 409, 429),
    example={"name": "Tom"},
    answer_example=ENTRY,
)
async def post_participant(tx: Transaction, call: Call[JoinIn, None]) -> EntryOut:
    """Until the start as a participant, afterwards as an observer."""
    id = await call.app.porter.find(tx.db, call.path["code"], call.address)
    return _out(call, await join_workshop(tx, id, call.body.name, observer=call.body.observer))


class ReentryIn(Input, frozen=True, kw_only=True):
    """Somebody who was here, in another browser."""

    name: Name
    pin: Annotated[str, Meta(max_length=8, description="The four digits that were shown at the first join.")]


@routes(
    "POST",
    "/api/v1/workshops/{code}/reentries",
    scope=None,
    summary="Come back by name and number.",
    secret=True,
    rate=LOBBY,
    errors=(403, 404, 409, 429),
    example={"name": "Tom", "pin": "4821"},
    answer_example=ENTRY | {"pin": ""},
)
async def post_reentry(call: Call[ReentryIn, None]) -> EntryOut:
    """Five wrong numbers, and it takes the facilitator's word (`knocks`)."""
    transactions, porter, code = call.app.transactions, call.app.porter, call.path["code"]
    async with transactions.read() as db:
        id = await porter.find(db, code, call.address)
    # A wrong number is counted, so it is no refusal that would take everything back.
    entry = await transactions.run(call.principal, reenter_by_pin, id, call.body.name, call.body.pin)
    if entry is None:
        raise Forbidden("This name and this number do not belong together.", reason="wrong_pin")
    return _out(call, entry)


class KnockIn(Input, frozen=True, kw_only=True):
    """Somebody who was here and has no number any more."""

    name: Name


@routes(
    "POST",
    "/api/v1/workshops/{code}/knocks",
    scope=None,
    summary="Ask to be let in as somebody who was here.",
    status=202,
    secret=True,
    rate=LOBBY,
    errors=(404, 409, 429),
    example={"name": "Tom"},
    answer_example=ENTRY | {"pin": ""},
)
async def post_knock(tx: Transaction, call: Call[KnockIn, None]) -> EntryOut:
    """The token opens once the facilitator, or anybody here if there is none, has said yes."""
    id = await call.app.porter.find(tx.db, call.path["code"], call.address)
    entry = await ask_reentry(tx, id, call.body.name)
    if entry is None:
        raise UnknownWorkshop("Nobody of this name is in the workshop. Please check how it was written.")
    return _out(call, entry)
