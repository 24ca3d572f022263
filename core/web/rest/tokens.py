"""Tokens for people: the host platform's back end asks for one and hands it to the person's browser."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.accounts.commands import save_person, sign_out
from core.accounts.tickets import make_ticket
from core.accounts.tokens import DAY
from core.transaction import Transaction
from core.web.rest.fields import ExternalId, Output
from core.web.rest.people import PersonFields, person_input
from core.web.routes import HOST, Call, Routes

routes = Routes("Tokens")


class TokenIn(PersonFields, frozen=True, kw_only=True):
    """Whom the token is for, and what the host says of them."""

    external_id: ExternalId
    ttl: Annotated[int, Meta(ge=60, le=DAY, description="Seconds that the token is good for.")] = DAY


class TokenOut(Output, frozen=True, kw_only=True):
    """A token, and a way into the pages without it."""

    user_id: UUID
    token: Annotated[str, Meta(description="For the socket and for REST in the person's name.")]
    expires_at: datetime
    enter_url: Annotated[str, Meta(description="Opens the pages as this person; good once and for 60 s.")]


@routes(
    "POST",
    "/api/v1/tokens",
    scope="tokens:write",
    summary="Get a token for a person, making them known on the way.",
    rate=HOST,
    status=201,
    secret=True,
    example={"external_id": "learner-1", "name": "Ada Byron", "role": "student", "age_band": "18_plus", "ttl": 86_400},
    answer_example={
        "user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
        "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…",
        "expires_at": "2026-03-03T12:00:00Z",
        "enter_url": "https://live.example.org/enter/enter_3kP0…",
    },
)
async def post_token(tx: Transaction, call: Call[TokenIn, None]) -> TokenOut:
    """The key needs `people:write` too, for the person is made known or brought up to date as `PUT /people` does it."""
    given = call.body
    user = await save_person(tx, person_input(given.external_id, given))
    token, expires_at = call.app.tokens.make(user.id, user.token_generation, ("socket", "api"), given.ttl)
    ticket = await make_ticket(tx, user.id)
    return TokenOut(user_id=user.id, token=token, expires_at=expires_at, enter_url=f"{call.base_url}/enter/{ticket}")


@routes(
    "DELETE",
    "/api/v1/people/{external_id}/tokens",
    scope="people:write",
    summary="Make every token of a person void, and close their sockets and pages.",
    rate=HOST,
)
async def delete_tokens(tx: Transaction, call: Call[None, None]) -> None:
    """New ones can be asked for at once. For staff the key needs `tokens:staff` too."""
    await sign_out(tx, call.path["external_id"])
