"""What one is called in front of others, by one's own choice; and staff's way to take such a name back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.errors import Forbidden
from core.social.nicknames import LONGEST, SCOPE, STAFF, choose_nickname, nickname_of, take_back_nickname
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes
from data.tables import User

routes = Routes("People")


class NicknameOut(Output, frozen=True, kw_only=True):
    """One's nickname, and what others read."""

    nickname: Annotated[str | None, Meta(description="As one chose it; none where one did not.")]
    public_name: str


class NicknameIn(Input, frozen=True, kw_only=True):
    """What to be called; `null` takes the choice back."""

    nickname: Annotated[str, Meta(max_length=200, description=f"2 to {LONGEST} characters.")] | None


ANSWER = {"nickname": "Comet", "public_name": "Comet"}


def _out(user: User) -> NicknameOut:
    return NicknameOut(nickname=user.own_nickname, public_name=user.username)


@routes(
    "GET",
    "/api/v1/me/nickname",
    scope=SCOPE,
    summary="What others call one.",
    rate=READING,
    answer_example=ANSWER,
)
async def get_nickname(call: Call[None, None]) -> NicknameOut:
    if call.principal.kind != "person" or call.principal.id is None:
        raise Forbidden
    async with call.app.transactions.read() as db:
        nickname, name = await nickname_of(db, call.principal.id)
    return NicknameOut(nickname=nickname, public_name=name)


@routes(
    "PUT",
    "/api/v1/me/nickname",
    scope=SCOPE,
    summary="Choose what others call one: on boards, in feeds and rooms, at once.",
    errors=(409,),
    example={"nickname": "Comet"},
    answer_example=ANSWER,
)
async def put_nickname(tx: Transaction, call: Call[NicknameIn, None]) -> NicknameOut:
    """Refused, with the reason: contact details, unkind words, what sounds like staff, and a name of the cohort."""
    return _out(await choose_nickname(tx, call.app.gate, call.body.nickname, ip=call.address))


@routes(
    "DELETE",
    "/api/v1/nicknames/{user_id}",
    scope=STAFF,
    summary="Take back the nickname that somebody chose; it stays on record.",
    errors=(404,),
)
async def delete_nickname(tx: Transaction, call: Call[None, None]) -> None:
    user_id: UUID = call.path_id("user_id")
    await take_back_nickname(tx, user_id)
