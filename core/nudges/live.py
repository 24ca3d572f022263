"""A person's queue as all their tabs watch it: `notifications:{user_id}`, for its owner alone.

A state holds ids and no names: whom a notification tells of is named in the message that brings it, as they are called
and seen at that moment, and by whoever reads the queue. So no memory of this topic ever holds a name that is no longer
to be shown; and whoever was away gets the state again, and asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.queries import in_sight
from core.events.catalog import PersonErased
from core.events.nudges import (
    NotificationAdded,
    NotificationsSeen,
    NotificationsWithdrawn,
    NudgeChanged,
    NudgeSettingsChanged,
)
from core.ids import parse_id
from core.live.liveview import RESYNC, Delivery, LiveView, Resync
from data.tables import NotificationRow, NudgeRow

WINDOW = 50
OWN = (NotificationAdded, NotificationsSeen, NotificationsWithdrawn, NudgeChanged, NudgeSettingsChanged, PersonErased)


@dataclass(frozen=True, slots=True)
class Item:
    id: UUID
    seq: int
    kind: str
    about_id: UUID | None
    nudge_id: UUID | None
    status: str
    """The nudge's; empty where it is none."""
    subject: str | None
    skill: str | None
    data: Mapping[str, Any]
    at: datetime
    expires_at: datetime | None
    seen: bool = False
    opened: bool = False

    def wire(self) -> dict[str, Any]:
        return {
            "notification_id": str(self.id),
            "place": self.seq,
            "kind": self.kind,
            "user_id": str(self.about_id) if self.about_id else None,
            "nudge_id": str(self.nudge_id) if self.nudge_id else None,
            "status": self.status or None,
            "subject": self.subject,
            "skill": self.skill,
            "data": dict(self.data),
            "timestamp": self.at.isoformat(),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "seen": self.seen,
            "opened": self.opened,
        }


Items = tuple[Item, ...]


class Notifications(LiveView[Items]):
    pattern = "notifications:{user_id}"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        fact = delivery.fact
        mine = isinstance(fact.event, OWN) and fact.user_id is not None
        return (f"notifications:{fact.user_id}",) if mine else ()

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Items:
        user_id = parse_id(params["user_id"])
        wanted = select(NotificationRow, NudgeRow.status).outerjoin(NudgeRow, NudgeRow.id == NotificationRow.nudge_id)
        mine = wanted.where(NotificationRow.user_id == user_id).order_by(NotificationRow.seq.desc()).limit(WINDOW)
        rows = (await db.execute(mine)).all() if user_id else []
        return tuple(_item_of_row(row, status or "") for row, status in rows)

    def apply(self, state: Items, delivery: Delivery, params: Mapping[str, str]) -> Items | Resync:
        event = delivery.fact.event
        if isinstance(event, PersonErased):
            return ()
        if isinstance(event, NotificationAdded):
            return (_item_of(delivery, event), *state)[:WINDOW]
        if isinstance(event, NotificationsSeen):
            opened = frozenset(event.opened)
            return _changed(state, lambda i: i.seq <= event.up_to, seen=True, then=opened)
        if isinstance(event, NudgeChanged):
            return tuple(_answered(i, event.status) if i.nudge_id == event.nudge_id else i for i in state)
        if isinstance(event, NotificationsWithdrawn):
            left = tuple(item for item in state if item.id not in event.ids)
            # A full window has older ones behind it that would move up: only a snapshot knows them.
            return RESYNC if len(left) < len(state) == WINDOW else left
        return state

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        fact, event = delivery.fact, delivery.fact.event
        if isinstance(event, NotificationAdded):
            return "notification_added", _item_of(delivery, event).wire() | {"way": event.way} | _named(delivery, event)
        if isinstance(event, NotificationsSeen):
            return "notifications_seen", {"up_to": event.up_to, "opened": [str(id) for id in event.opened]}
        if isinstance(event, NotificationsWithdrawn):
            return "notifications_withdrawn", {"notification_ids": [str(id) for id in event.ids]}
        if isinstance(event, NudgeChanged):
            return "nudge_changed", {"nudge_id": str(event.nudge_id), "status": event.status, "muted": event.muted}
        if isinstance(event, NudgeSettingsChanged):
            return "nudge_settings_changed", {"by": event.by}
        return "person_removed", {"user_id": str(fact.user_id)}

    def resumable(self, delivery: Delivery) -> bool:
        """What names somebody is not remembered, and what takes out of a full window needs what was behind it."""
        return not isinstance(delivery.fact.event, NotificationAdded | NotificationsWithdrawn | PersonErased)

    def wire(self, state: Items) -> dict[str, Any]:
        return {"unread": unread(state), "notifications": [item.wire() for item in state]}


def unread(state: Items) -> int:
    """How many of the latest were not looked at yet: the number beside the bell."""
    return sum(not item.seen for item in state)


def _answered(item: Item, status: str) -> Item:
    """Answered is opened too; what is over need not be looked at any more."""
    return replace(item, status=status, seen=True, opened=item.opened or status in ("accepted", "ignored"))


def _changed(state: Items, which: Callable[[Item], bool], *, seen: bool, then: frozenset[UUID]) -> Items:
    looked = (replace(i, seen=seen) if which(i) and not i.seen else i for i in state)
    return tuple(replace(i, seen=True, opened=True) if i.id in then else i for i in looked)


def _item_of_row(row: NotificationRow, status: str) -> Item:
    return Item(
        id=row.id,
        seq=row.seq or 0,
        kind=row.kind,
        about_id=row.about_id,
        nudge_id=row.nudge_id,
        status=status,
        subject=row.subject_id,
        skill=row.skill,
        data=row.data,
        at=row.inserted_at,
        expires_at=row.expires_at,
        seen=row.seen_at is not None,
        opened=row.read_at is not None,
    )


def _item_of(delivery: Delivery, event: NotificationAdded) -> Item:
    fact = delivery.fact
    given = {"score": event.score, "days": event.days, "name": event.name, "stage": event.stage}
    return Item(
        id=event.notification_id,
        seq=fact.seq,
        kind=event.kind,
        about_id=event.about_id,
        nudge_id=event.nudge_id,
        status="pending" if event.nudge_id else "",
        subject=fact.subject,
        skill=fact.skill,
        data={key: value for key, value in given.items() if value is not None},
        at=fact.at,
        expires_at=event.expires_at,
    )


def _named(delivery: Delivery, event: NotificationAdded) -> dict[str, str]:
    """Whom it tells of, if they may be shown to its owner now; a minor is named within their cohort alone."""
    who = delivery.who
    if event.about_id is None or who is None:
        return {"user_name": "", "user_avatar": ""}
    mine = event.about_id == delivery.fact.user_id
    if not mine and not in_sight(who, delivery.fact.cohort_id):
        return {"user_name": "", "user_avatar": ""}
    return {"user_name": who.name, "user_avatar": who.avatar}
