"""The staff's side of their cohort's room by REST: the switch, what waits for a person, and who may not write.

The cohort is that of whoever asks, and they hold `chat:moderate`; what they decide reaches every open page at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.accounts.rules import avatar_url
from core.social import chat
from core.social.muting import LONGEST, mute_person, muted_in, unmute_person
from core.social.room_queries import desk_of
from core.social.rooms import MODERATE, chat_of, member, switch_chat
from core.transaction import Transaction
from core.web.rest.cohorts import ADA, MESSAGE_ID, UNTIL, ChatOut
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes

routes = Routes("Cohort")


class ChatIn(Input, frozen=True, kw_only=True):
    """The switch."""

    on: bool


@routes(
    "PUT",
    "/api/v1/cohort/chat",
    scope=MODERATE,
    summary="Open or shut the room's chat.",
    example={"on": False},
    answer_example={"open": False, "reason": "switched_off"},
)
async def put_chat(tx: Transaction, call: Call[ChatIn, None]) -> ChatOut:
    """While a child here has no parent's consent, chat stays shut all the same."""
    return ChatOut(**chat_of(await switch_chat(tx, call.body.on)))


class DeskItem(Output, frozen=True, kw_only=True):
    """A message that waits for staff."""

    message_id: UUID
    user_id: UUID
    user_name: str
    user_avatar: str
    text: str
    held: bool
    reason: str | None
    reports: int
    reported_as: list[str]
    timestamp: datetime


class MutedOut(Output, frozen=True, kw_only=True):
    """Somebody who cannot write in the chat for a while."""

    user_id: UUID
    user_name: str
    user_avatar: str
    until: datetime


class DeskOut(Output, frozen=True, kw_only=True):
    """What waits for staff of the cohort, oldest first, and who cannot write just now."""

    items: list[DeskItem]
    muted: list[MutedOut]


@routes(
    "GET",
    "/api/v1/cohort/desk",
    scope=MODERATE,
    summary="Messages that wait for staff.",
    rate=READING,
    answer_example={
        "items": [
            {
                "message_id": MESSAGE_ID,
                "user_id": ADA,
                "user_name": "Ada",
                "user_avatar": "/assets/avatars/fox-3.svg",
                "text": "You are stupid",
                "held": True,
                "reason": "unkind",
                "reports": 0,
                "reported_as": [],
                "timestamp": "2026-03-02T11:59:30Z",
            }
        ],
        "muted": [
            {"user_id": ADA, "user_name": "Ada", "user_avatar": "/assets/avatars/fox-3.svg", "until": UNTIL},
        ],
    },
)
async def get_desk(call: Call[None, None]) -> DeskOut:
    _, cohort_id = member(call.principal, MODERATE)
    async with call.app.transactions.read() as db:
        found = await desk_of(db, cohort_id)
        muted = await muted_in(db, cohort_id, call.app.clock.now())
    return DeskOut(
        muted=[
            MutedOut(user_id=one.id, user_name=one.username, user_avatar=avatar_url(one.avatar), until=until)
            for one, until in muted
        ],
        items=[
            DeskItem(
                message_id=one.message.id,
                user_id=one.writer.id,
                user_name=one.writer.username,
                user_avatar=avatar_url(one.writer.avatar),
                text=one.message.body or "",
                held=one.message.status == "held",
                reason=one.message.reason,
                reports=one.reports,
                reported_as=list(one.reasons),
                timestamp=one.message.sent_at,
            )
            for one in found
        ],
    )


class DecisionIn(Input, frozen=True, kw_only=True):
    """What staff decided."""

    show: bool


class DecisionOut(Output, frozen=True, kw_only=True):
    """What the message is now."""

    message_id: UUID
    status: Annotated[str, Meta(description="`shown` or `removed`.")]


@routes(
    "POST",
    "/api/v1/cohort/messages/{message_id}/decision",
    scope=MODERATE,
    summary="Let a message be shown that was held or reported, or take it down.",
    errors=(404,),
    example={"show": True},
    answer_example={"message_id": MESSAGE_ID, "status": "shown"},
)
async def post_message_decision(tx: Transaction, call: Call[DecisionIn, None]) -> DecisionOut:
    message_id = call.path_id("message_id")
    return DecisionOut(message_id=message_id, status=await chat.decide_message(tx, message_id, call.body.show))


class MuteIn(Input, frozen=True, kw_only=True):
    """For how long."""

    minutes: Annotated[int, Meta(ge=1, le=LONGEST, description="From now; a week at most.")]


class MuteOut(Output, frozen=True, kw_only=True):
    """Until when somebody cannot write."""

    user_id: UUID
    until: datetime


@routes(
    "PUT",
    "/api/v1/cohort/mutes/{user_id}",
    scope=MODERATE,
    summary="Keep a member of the cohort from writing in its chat for a while.",
    errors=(404,),
    example={"minutes": 60},
    answer_example={"user_id": ADA, "until": UNTIL},
)
async def put_chat_mute(tx: Transaction, call: Call[MuteIn, None]) -> MuteOut:
    """They are told at once, and read on. Staff are not muted (`is_staff`)."""
    user_id = call.path_id("user_id")
    return MuteOut(user_id=user_id, until=await mute_person(tx, user_id, call.body.minutes))


@routes(
    "DELETE",
    "/api/v1/cohort/mutes/{user_id}",
    scope=MODERATE,
    summary="Let a member of the cohort write in its chat again.",
    errors=(404,),
)
async def delete_chat_mute(tx: Transaction, call: Call[None, None]) -> None:
    await unmute_person(tx, call.path_id("user_id"))
