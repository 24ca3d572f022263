"""The block-list of people, devices and addresses: who stands on it does nothing social, whichever door they use."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from core.safety.commands import list_subject, unlist_subject
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import Call, Routes

routes = Routes("Block-list")

Kind = Annotated[Literal["user", "device", "ip"], Meta(description="What is listed.")]
LISTED = {"kind": "ip", "value": "203.0.113.7"}


class ListingIn(Input, frozen=True, kw_only=True):
    """Whom to list, why, and until when."""

    kind: Kind
    value: Annotated[str, Meta(min_length=1, max_length=200, description="A `user_id`, a device's id or an address.")]
    reason: Annotated[str, Meta(min_length=1, max_length=500, description="For staff to read.")]
    expires_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, Meta(description="When it ends; never if absent.")
    ] = None


class ListingOut(Output, frozen=True, kw_only=True):
    """What stands on the list now."""

    kind: Kind
    value: Annotated[str, Meta(description="As the list writes it.")]
    expires_at: datetime | None


@routes(
    "POST",
    "/api/v1/blocklist",
    scope="blocklist:write",
    summary="Put a person, a device or an address on the block-list.",
    status=201,
    errors=(409,),
    example=LISTED | {"reason": "scraping", "expires_at": "2026-03-09T12:00:00Z"},
    answer_example=LISTED | {"expires_at": "2026-03-09T12:00:00Z"},
)
async def post_listing(tx: Transaction, call: Call[ListingIn, None]) -> ListingOut:
    """In force within a second; a person is signed out as well. What is listed already gets the new reason and end."""
    given = call.body
    value = await list_subject(tx, given.kind, given.value, given.reason, given.expires_at)
    return ListingOut(kind=given.kind, value=value, expires_at=given.expires_at)


@routes(
    "DELETE",
    "/api/v1/blocklist/{kind}/{value}",
    scope="blocklist:write",
    summary="Take somebody or something off the block-list.",
)
async def delete_listing(tx: Transaction, call: Call[None, None]) -> None:
    """What is not on it is off it: asking twice is fine."""
    await unlist_subject(tx, call.path["kind"], call.path["value"])
