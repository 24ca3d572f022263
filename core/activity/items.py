"""One activity as others see it: the same shape in lists, snapshots and live messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from core.accounts.queries import public_of
from core.events.catalog import Reaction
from core.live.liveview import Delivery
from core.principal import PublicPerson
from data.tables import ActivityRow, User


@dataclass(frozen=True, slots=True)
class Item:
    id: UUID
    seq: int
    type: str
    user_id: UUID
    user_name: str
    user_avatar: str
    subject: str | None
    skill: str | None
    properties: Mapping[str, Any]
    visibility: str
    timestamp: datetime
    simulated: bool
    reactions: Mapping[Reaction, int] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "seq": self.seq,
            "type": self.type,
            "user_id": str(self.user_id),
            "user_name": self.user_name,
            "user_avatar": self.user_avatar,
            "subject": self.subject,
            "skill": self.skill,
            "properties": dict(self.properties),
            "visibility": self.visibility,
            "timestamp": self.timestamp.isoformat(),
            "simulated": self.simulated,
            "reactions": dict(self.reactions),
        }

    def called(self, who: PublicPerson) -> Item:
        return replace(self, user_name=who.name, user_avatar=who.avatar)


def item_of_row(row: ActivityRow, user: User, reactions: Mapping[Reaction, int]) -> Item:
    who = public_of(user)
    return Item(
        id=row.id,
        seq=row.seq,
        type=row.event_type,
        user_id=row.user_id,
        user_name=who.name,
        user_avatar=who.avatar,
        subject=row.subject_id,
        skill=row.skill,
        properties=row.data,
        visibility=row.visibility,
        timestamp=row.at,
        simulated=who.simulated,
        reactions=reactions,
    )


def item_of(delivery: Delivery) -> Item:
    fact, who = delivery.fact, delivery.who
    if who is None or fact.user_id is None:
        raise ValueError("an activity is somebody's")
    return Item(
        id=fact.event_id,
        seq=fact.seq,
        type=fact.type,
        user_id=fact.user_id,
        user_name=who.name,
        user_avatar=who.avatar,
        subject=fact.subject,
        skill=fact.skill,
        properties=fact.properties,
        visibility=fact.visibility,
        timestamp=fact.at,
        simulated=who.simulated,
    )
