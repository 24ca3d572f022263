"""One's own queue of notifications: ordered, nothing in it twice, seen and opened."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from core.nudges.live import Notifications, unread
from core.nudges.queries import Noted, queue_of
from core.nudges.queue import open_notification, owner, see
from core.transaction import Transaction
from core.web.rest.fields import Input, NextCursor, Output, Paged, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes

routes = Routes("Notifications")

SOMETHING = {
    "notification_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
    "place": 4724,
    "kind": "friend_online",
    "user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
    "user_name": "Leo",
    "user_avatar": "/assets/avatars/penguin-2.svg",
    "nudge_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d60",
    "status": "pending",
    "subject": "math",
    "skill": "algebra",
    "data": {},
    "timestamp": "2026-03-02T11:59:30Z",
    "expires_at": "2026-03-02T12:59:30Z",
    "seen": False,
    "opened": False,
}


class NotificationOut(Output, frozen=True, kw_only=True):
    """One of them."""

    notification_id: UUID
    place: Annotated[int, Meta(description="Rises; what `see` is told.")]
    kind: Annotated[str, Meta(description="`friend_online`, `challenge`, `streak_rescue` (nudges), or another.")]
    user_id: Annotated[UUID | None, Meta(description="Whom it tells of.")]
    user_name: Annotated[str, Meta(description="Empty for somebody who may not be shown any more.")]
    user_avatar: str
    nudge_id: UUID | None
    status: Annotated[str | None, Meta(description="A nudge's: `pending`, `accepted`, `ignored` or `expired`.")]
    subject: str | None
    skill: str | None
    data: dict[str, Any]
    timestamp: datetime
    expires_at: datetime | None
    seen: bool
    opened: bool


class NotificationsOut(Output, frozen=True, kw_only=True):
    """A page of the queue, the latest first."""

    unread: Annotated[int, Meta(description="How many of the latest fifty were not looked at yet.")]
    notifications: list[NotificationOut]
    next_cursor: NextCursor


@routes(
    "GET",
    "/api/v1/notifications",
    scope="nudges:write",
    summary="One's queue of notifications.",
    rate=READING,
    answer_example={"unread": 1, "notifications": [SOMETHING], "next_cursor": None},
)
async def get_notifications(call: Call[None, Paged]) -> NotificationsOut:
    me, hidden, limit = owner(call.principal), call.principal.hidden, capped(call.query.limit)
    before = read_cursor(call.query.cursor, tuple[int])[0] if call.query.cursor else None
    async with call.app.transactions.read() as db:
        found = await queue_of(db, me, hidden, before=before, limit=limit + 1)
        state = await Notifications().snapshot(db, {"user_id": str(me)})
    shown = found[:limit]
    more = len(found) > limit
    return NotificationsOut(
        unread=unread(state),
        notifications=[_out(noted) for noted in shown],
        next_cursor=make_cursor(shown[-1].row.seq) if more else None,
    )


def _out(noted: Noted) -> NotificationOut:
    row, who = noted.row, noted.who
    return NotificationOut(
        notification_id=row.id,
        place=row.seq or 0,
        kind=row.kind,
        user_id=who.id if who else None,
        user_name=who.name if who else "",
        user_avatar=who.avatar if who else "",
        nudge_id=row.nudge_id,
        status=noted.status or None,
        subject=row.subject_id,
        skill=row.skill,
        data=row.data,
        timestamp=row.inserted_at,
        expires_at=row.expires_at,
        seen=row.seen_at is not None,
        opened=row.read_at is not None,
    )


class SeenIn(Input, frozen=True, kw_only=True):
    """How far one has looked."""

    up_to: Annotated[int, Meta(ge=0, le=2**53)]


class SeenOut(Output, frozen=True, kw_only=True):
    """What that changed."""

    seen: Annotated[int, Meta(description="How many were new.")]


@routes(
    "POST",
    "/api/v1/notifications/seen",
    scope="nudges:write",
    summary="Say that one has looked: the number is gone, the list stays.",
    example={"up_to": 4724},
    answer_example={"seen": 1},
)
async def see_notifications(tx: Transaction, call: Call[SeenIn, None]) -> SeenOut:
    return SeenOut(seen=await see(tx, call.body.up_to))


@routes(
    "POST",
    "/api/v1/notifications/{notification_id}/open",
    scope="nudges:write",
    summary="Say that one has opened it.",
    errors=(404,),
)
async def open_notification_here(tx: Transaction, call: Call[None, None]) -> None:
    await open_notification(tx, call.path_id("notification_id"))
