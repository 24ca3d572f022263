"""How many results wait for a second look, live for staff: `reviews:results`.

Facts say only that something is different; what waits is read again. Nothing of whose results they are is told here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.events.boards import ResultHeld, ResultReviewed
from core.events.catalog import PersonErased
from core.live.liveview import RESYNC, Delivery, LiveView, Resync
from data.tables import ResultRow

TOPIC = "reviews:results"


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    oldest: datetime | None
    decided: datetime | None
    """When the last decision was taken: another one is news, even if as many wait as before."""


class ReviewQueue(LiveView[Queue]):
    pattern = TOPIC

    def topics(self, delivery: Delivery) -> Iterable[str]:
        told = isinstance(delivery.fact.event, ResultHeld | ResultReviewed | PersonErased)
        return (TOPIC,) if told else ()

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Queue:
        held = ResultRow.status == "review"
        wanted = select(func.count().filter(held), func.min(ResultRow.taken_at).filter(held))
        waiting, oldest = (await db.execute(wanted.where(held))).one()
        last = select(func.max(ResultRow.reviewed_at)).where(ResultRow.reviewed_at.is_not(None))
        return Queue(waiting, oldest, (await db.execute(last)).scalar_one())

    def apply(self, state: Queue, delivery: Delivery, params: Mapping[str, str]) -> Queue | Resync:
        return RESYNC

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        gone = isinstance(delivery.fact.event, PersonErased)
        return ("person_removed", {"user_id": str(delivery.fact.user_id)}) if gone else None

    def resumable(self, delivery: Delivery) -> bool:
        return False

    def wire(self, state: Queue) -> dict[str, Any]:
        return {"waiting": state.waiting, "oldest": state.oldest.isoformat() if state.oldest else None}
