"""One's own cohort's room by REST: how it stands, what is said there, and what staff of it decide.

There is no cohort's id in these addresses: the room is that of whoever asks, so nobody can ask for somebody else's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.accounts.rules import is_text
from core.errors import BadRequest
from core.principal import Principal
from core.social import chat
from core.social.muting import muted_until
from core.social.room_queries import (
    circle_of,
    held_of,
    joined_by,
    latest_messages,
    leads_of,
    mates_of,
)
from core.social.room_state import Said
from core.social.rooms import MODERATE, READ, TAKE_PART, chat_of, member
from core.transaction import Transaction
from core.web.rest.fields import Input, NextCursor, Output, Paged, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes
from data.tables import CohortRoomRow

routes = Routes("Cohort")

Seq = Annotated[int, Meta(ge=0, le=2**63 - 1)]

ADA = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"
MESSAGE_ID = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d70"
SAID_EXAMPLE = {
    "message_id": MESSAGE_ID,
    "seq": 4730,
    "user_id": ADA,
    "user_name": "Ada",
    "user_avatar": "/assets/avatars/fox-3.svg",
    "text": "Anyone up for fractions?",
    "redacted": [],
    "role": None,
    "timestamp": "2026-03-02T11:59:30Z",
    "removed": False,
}


UNTIL = "2026-03-02T12:59:30Z"


class ChatOut(Output, frozen=True, kw_only=True):
    """Whether the room may chat."""

    open: bool
    reason: Annotated[str | None, Meta(description="Why not: `switched_off` or `consent_missing`.")]


class CohortOut(Output, frozen=True, kw_only=True):
    """One's own cohort, and how one stands in it."""

    id: UUID
    name: str
    grade_level: str | None
    total_members: int
    members_online: int
    active_challenges: int
    chat: ChatOut
    leads: Annotated[list[str], Meta(description="What its tutors are called.")]
    friends: Annotated[list[UUID], Meta(description="One's friends among the members.")]
    same_grade: Annotated[list[UUID], Meta(description="Of those, the ones in one's own grade.")]
    friends_online: Annotated[int, Meta(description="How many of one's own grade are here now.")]
    joined: Annotated[list[UUID], Meta(description="The open challenges that one takes part in.")]
    muted_until: Annotated[datetime | None, Meta(description="Until when one cannot write in the chat.")]
    may_moderate: bool


def _in(principal: Principal, scope: str = READ) -> tuple[UUID, UUID]:
    return member(principal, scope)


@routes(
    "GET",
    "/api/v1/cohort",
    scope=READ,
    summary="One's own cohort's room: how it stands.",
    rate=READING,
    answer_example={
        "id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d60",
        "name": "Blue Herons",
        "grade_level": "8",
        "total_members": 32,
        "members_online": 18,
        "active_challenges": 3,
        "chat": {"open": True, "reason": None},
        "leads": ["Hanna"],
        "friends": [ADA],
        "same_grade": [ADA],
        "friends_online": 1,
        "joined": [],
        "muted_until": None,
        "may_moderate": False,
    },
)
async def get_cohort(call: Call[None, None]) -> CohortOut:
    me, cohort_id = _in(call.principal)
    info = await call.app.rooms.info(cohort_id)
    async with call.app.transactions.read() as db:
        room = chat_of(await db.get(CohortRoomRow, cohort_id))
        leads = await leads_of(db, cohort_id, call.principal.hidden)
        circle = [row for row in await circle_of(db, me, cohort_id) if row.id not in call.principal.hidden]
        joined = await joined_by(db, me, cohort_id)
        muted = await muted_until(db, me, cohort_id, call.app.clock.now())
    same = [row.id for row in circle if row.same_grade]
    here = {person.user_id for person in call.app.presence.people(f"cohort:{cohort_id}", call.principal.hidden)}
    return CohortOut(
        id=cohort_id,
        name=info["name"],
        grade_level=info["grade_level"],
        total_members=info["total_members"],
        members_online=info["members_online"],
        active_challenges=info["active_challenges"],
        chat=ChatOut(**room),
        leads=leads,
        friends=[row.id for row in circle],
        same_grade=same,
        friends_online=sum(str(id) in here for id in same),
        joined=joined,
        muted_until=muted,
        may_moderate=call.principal.may(MODERATE),
    )


# --- members


class MembersQuery(Paged, frozen=True, kw_only=True):
    """Which members."""

    search: Annotated[str, Meta(max_length=60, description="A part of their public name.")] = ""


class MemberOut(Output, frozen=True, kw_only=True):
    """Another member, and how one stands with them."""

    user_id: UUID
    name: str
    avatar: str
    role: str
    status: Annotated[str | None, Meta(description="`pending` or `accepted`, where there is a friendship.")]
    asked_by_me: bool


class MembersOut(Output, frozen=True, kw_only=True):
    """Members of one's cohort whom one may see, by name."""

    members: list[MemberOut]
    next_cursor: NextCursor


@routes(
    "GET",
    "/api/v1/cohort/members",
    scope=READ,
    summary="Whom one may know in one's cohort.",
    rate=READING,
    answer_example={
        "members": [
            {
                "user_id": ADA,
                "name": "Ada",
                "avatar": "/assets/avatars/fox-3.svg",
                "role": "student",
                "status": "accepted",
                "asked_by_me": True,
            }
        ],
        "next_cursor": None,
    },
)
async def get_members(call: Call[None, MembersQuery]) -> MembersOut:
    me, cohort_id = _in(call.principal)
    limit, after = capped(call.query.limit), None
    if call.query.cursor:
        after = read_cursor(call.query.cursor, tuple[str, UUID])
        if not is_text(after[0]):
            raise BadRequest("This cursor is not one of ours.")
    async with call.app.transactions.read() as db:
        search = call.query.search.strip()
        hidden = call.principal.hidden
        found = await mates_of(db, me, cohort_id, search=search, hidden=hidden, after=after, limit=limit + 1)
    more = len(found) > limit
    shown = [
        MemberOut(
            user_id=mate.user_id,
            name=mate.name,
            avatar=mate.avatar,
            role=mate.role,
            status=mate.status,
            asked_by_me=mate.asked_by_me,
        )
        for mate in found[:limit]
    ]
    cursor = make_cursor(shown[-1].name.lower(), shown[-1].user_id) if more else None
    return MembersOut(members=shown, next_cursor=cursor)


# --- chat


class MessageOut(Output, frozen=True, kw_only=True):
    """Something that was said; of what was taken down, the place alone."""

    message_id: UUID
    seq: int
    user_id: UUID | None
    user_name: str
    user_avatar: str
    text: str
    redacted: Annotated[list[str], Meta(description="What was hidden: `email`, `link`, `number`, `address`, `name`.")]
    role: Annotated[str | None, Meta(description="Set where staff speak.")]
    timestamp: datetime
    removed: bool


class HeldOut(Output, frozen=True, kw_only=True):
    """One's own message that a person looks at first."""

    message_id: UUID
    text: str
    timestamp: datetime


class MessagesOut(Output, frozen=True, kw_only=True):
    """A page of what was said, newest first."""

    messages: list[MessageOut]
    held: Annotated[list[HeldOut], Meta(description="On the first page: what nobody but oneself sees yet.")]
    next_cursor: NextCursor


def _message(said: Said) -> MessageOut:
    gone = said.text is None
    return MessageOut(
        message_id=said.message_id,
        seq=said.seq,
        user_id=None if gone else said.user_id,
        user_name="" if gone else said.name,
        user_avatar="" if gone else said.avatar,
        text=said.text or "",
        redacted=list(said.redacted),
        role=said.role,
        timestamp=said.sent_at,
        removed=gone,
    )


@routes(
    "GET",
    "/api/v1/cohort/messages",
    scope=READ,
    summary="What was said in one's cohort's room.",
    rate=READING,
    answer_example={"messages": [SAID_EXAMPLE], "held": [], "next_cursor": None},
)
async def get_messages(call: Call[None, Paged]) -> MessagesOut:
    me, cohort_id = _in(call.principal)
    limit = capped(call.query.limit)
    before = read_cursor(call.query.cursor, tuple[Seq])[0] if call.query.cursor else None
    async with call.app.transactions.read() as db:
        is_open = chat_of(await db.get(CohortRoomRow, cohort_id))["open"]
        found: list[Said] = []
        if is_open:
            hidden = call.principal.hidden
            found = await latest_messages(db, cohort_id, before=before, limit=limit + 1, hidden=hidden)
        held = await held_of(db, me, cohort_id) if before is None else []
    shown = found[::-1][:limit]
    return MessagesOut(
        messages=[_message(said) for said in shown],
        held=[HeldOut(message_id=one.id, text=one.body or "", timestamp=one.sent_at) for one in held],
        next_cursor=make_cursor(shown[-1].seq) if len(found) > limit else None,
    )


class MessageIn(Input, frozen=True, kw_only=True):
    """Something to say."""

    text: Annotated[str, Meta(min_length=1, max_length=2000, description="1 to 500 characters.")]
    key: Annotated[str, Meta(min_length=1, max_length=64, description="The same key says it once.")] | None = None


class SentOut(Output, frozen=True, kw_only=True):
    """What became of it."""

    message_id: UUID
    status: Annotated[str, Meta(description="`sent`, or `held` until a person has looked at it.")]
    text: Annotated[str, Meta(description="As others read it.")]
    redacted: list[str]


@routes(
    "POST",
    "/api/v1/cohort/messages",
    scope=TAKE_PART,
    summary="Say something to one's cohort.",
    status=201,
    example={"text": "Anyone up for fractions?"},
    answer_example={"message_id": MESSAGE_ID, "status": "sent", "text": "Anyone up for fractions?", "redacted": []},
)
async def post_message(tx: Transaction, call: Call[MessageIn, None]) -> SentOut:
    done = await chat.send_message(tx, call.app.gate, call.body.text, key=call.body.key, ip=call.address)
    return SentOut(message_id=done.message_id, status=done.status, text=done.text, redacted=list(done.redacted))


@routes(
    "DELETE",
    "/api/v1/cohort/messages/{message_id}",
    scope=TAKE_PART,
    summary="Take down one's own message; staff, anybody's.",
)
async def delete_message(tx: Transaction, call: Call[None, None]) -> None:
    await chat.remove_message(tx, call.path_id("message_id"))


class ReportIn(Input, frozen=True, kw_only=True):
    """Why staff should look."""

    reason: chat.Reason = "other"


@routes(
    "POST",
    "/api/v1/cohort/messages/{message_id}/reports",
    scope=TAKE_PART,
    summary="Ask staff to look at a message.",
    errors=(404,),
    example={"reason": "unkind"},
)
async def post_message_report(tx: Transaction, call: Call[ReportIn, None]) -> None:
    await chat.report_message(tx, call.app.gate, call.path_id("message_id"), call.body.reason, ip=call.address)
