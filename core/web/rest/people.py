"""People, as the host platform makes them known: by its own ids, with what it knows of their age and consents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta

from core.accounts.commands import ConsentInput, PersonInput, save_person, set_consents
from core.accounts.erasure import erase_person
from core.errors import Invalid
from core.transaction import Transaction
from core.web.rest.fields import ExternalId, Input, Output
from core.web.routes import HOST, Call, Routes
from data.tables import User

routes = Routes("People")

Role = Literal["student", "parent", "tutor", "facilitator", "analyst", "admin"]
AgeBand = Literal["under_13", "13_17", "18_plus", "unknown"]
Scope = Literal["collection", "social_visibility", "sharing_outside", "audio_transcripts", "third_party_disclosure"]
ShortText = Annotated[str, Meta(max_length=60)]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Url = Annotated[str, Meta(max_length=500, pattern=r"^(https://\S+)?$")]
Zone = Annotated[str, Meta(max_length=64)]


class PersonFields(Input, frozen=True, kw_only=True):
    """What the host says of a person. What is left out stays as it is; an empty text clears it."""

    name: Annotated[Name | None, Meta(description="Given and family name. Others never see a minor's.")] = None
    role: Annotated[Role | None, Meta(description="Staff roles ask for the scope `tokens:staff`.")] = None
    birth_date: Annotated[date | None, Meta(description="Decides the age where it is known.")] = None
    age_band: Annotated[AgeBand | None, Meta(description="Instead of the birth date. Unknown counts as a child.")] = (
        None
    )
    nickname: Annotated[ShortText | None, Meta(description="What others may call this person.")] = None
    avatar_url: Annotated[Url | None, Meta(description="An https address; adults only, and shown to nobody else.")] = (
        None
    )
    cohort: Annotated[Annotated[str, Meta(max_length=120)] | None, Meta(description="The host's id of the cohort.")] = (
        None
    )
    guardian: Annotated[ExternalId | Literal[""] | None, Meta(description="The `external_id` of a parent.")] = None
    timezone: Annotated[Zone | None, Meta(description="Such as `Europe/Zurich`.")] = None
    grade_level: Annotated[Annotated[str, Meta(max_length=32)] | None, Meta(description="Free text.")] = None
    keep_offline: Annotated[
        bool | None,
        Meta(description="Whether nobody may be told when this person is here: the host's or a parent's decision."),
    ] = None


class PersonIn(PersonFields, frozen=True, kw_only=True):
    """A person, without their id, which stands in the address."""


class PersonOut(Output, frozen=True, kw_only=True):
    """A person as Tandem knows them."""

    external_id: str
    user_id: UUID
    public_name: Annotated[str, Meta(description="What others read.")]
    role: str
    audience: Annotated[str, Meta(description="Who may see what they do: `public`, `cohort` or `nobody`.")]
    cohort_id: UUID | None


class ConsentIn(Input, frozen=True, kw_only=True):
    """What a parent decided about one thing."""

    scope: Scope
    given: bool = True
    method: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="How, such as `signed_form`.")]
    guardian: Annotated[ExternalId | None, Meta(description="The `external_id` of who decided.")] = None
    evidence: Annotated[Annotated[str, Meta(max_length=500)] | None, Meta(description="Where the proof is kept.")] = (
        None
    )
    at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, Meta(description="When it was decided; now if absent.")
    ] = None


class ConsentsIn(Input, frozen=True, kw_only=True):
    """Decisions, in force as soon as this is answered."""

    consents: Annotated[list[ConsentIn], Meta(min_length=1, max_length=20)]


ADA = {"name": "Ada Byron", "role": "student", "birth_date": "2014-12-10", "nickname": "Ada", "cohort": "class-7b"}
ADA_OUT = {
    "external_id": "learner-1",
    "user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
    "public_name": "Ada",
    "role": "student",
    "audience": "nobody",
    "cohort_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
}
YES = {"consents": [{"scope": "social_visibility", "given": True, "method": "signed_form", "guardian": "parent-1"}]}


def person_input(external_id: str, given: PersonFields) -> PersonInput:
    """The command's input, with what only its form can tell already checked."""
    if given.timezone:
        try:
            ZoneInfo(given.timezone)
        except (KeyError, ValueError, OSError):
            raise Invalid(fields=[{"field": "timezone", "message": "is not a known time zone"}]) from None
    values = {name: getattr(given, name) for name in PersonFields.__struct_fields__}
    return PersonInput(external_id=external_id, **values)


def person_out(user: User) -> PersonOut:
    return PersonOut(
        external_id=user.external_id,
        user_id=user.id,
        public_name=user.username,
        role=user.role,
        audience=user.audience,
        cohort_id=user.cohort_id,
    )


@routes(
    "PUT",
    "/api/v1/people/{external_id}",
    scope="people:write",
    summary="Make a person known, or bring them up to date.",
    rate=HOST,
    example=ADA,
    answer_example=ADA_OUT,
)
async def put_person(tx: Transaction, call: Call[PersonIn, None]) -> PersonOut:
    return person_out(await save_person(tx, person_input(call.path["external_id"], call.body)))


@routes(
    "PUT",
    "/api/v1/people/{external_id}/consents",
    scope="consents:write",
    summary="Attest what a parent decided.",
    rate=HOST,
    example=YES,
    answer_example=ADA_OUT | {"audience": "cohort"},
)
async def put_consents(tx: Transaction, call: Call[ConsentsIn, None]) -> PersonOut:
    """A consent that is withdrawn takes the child out of sight within a second."""
    given = [
        ConsentInput(scope=c.scope, given=c.given, method=c.method, guardian=c.guardian, evidence=c.evidence, at=c.at)
        for c in call.body.consents
    ]
    return person_out(await set_consents(tx, call.path["external_id"], given))


@routes(
    "DELETE",
    "/api/v1/people/{external_id}",
    scope="people:erase",
    summary="Erase a person and everything personal about them.",
    rate=HOST,
)
async def delete_person(tx: Transaction, call: Call[None, None]) -> None:
    """What they did keeps counting, under an id that means nobody."""
    await erase_person(tx, call.path["external_id"])
