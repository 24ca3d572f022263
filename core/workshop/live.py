"""A workshop as those in it watch it: one topic, one state, the same for participants, observers and big screens.

The state holds no unrevealed score, so there is none in a message, a page or a client's memory. What one person knows
besides, their own score, is read by `queries.own_view`. Topic: `workshop:{workshop_id}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.events.catalog import to_properties
from core.events.workshop import WorkshopCreated, WorkshopErased, WorkshopEvent
from core.ids import parse_id
from core.live.liveview import RESYNC, Delivery, LiveView, Resync
from core.workshop.rules import apply
from core.workshop.rules.projection import public
from core.workshop.rules.state import Workshop
from core.workshop.store import load


class WorkshopView(LiveView[Workshop | None]):
    pattern = "workshop:{workshop_id}"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        event = delivery.fact.event
        return (f"workshop:{event.workshop_id}",) if isinstance(event, WorkshopEvent) else ()

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Workshop | None:
        id = parse_id(params["workshop_id"])
        loaded = await load(db, id) if id else None
        return loaded.workshop if loaded else None

    def apply(self, state: Workshop | None, delivery: Delivery, params: Mapping[str, str]) -> Workshop | Resync | None:
        event = delivery.fact.event
        if isinstance(event, WorkshopErased):
            return None
        if not self.resumable(delivery) or not isinstance(event, WorkshopEvent):
            return RESYNC
        return apply(state, event, delivery.fact.at) if state else RESYNC

    def resumable(self, delivery: Delivery) -> bool:
        """A workshop begins and ends with a whole state; between the two, messages are enough."""
        return not isinstance(delivery.fact.event, WorkshopCreated | WorkshopErased)

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        fact = delivery.fact
        shown, private = to_properties(fact.event)
        return fact.type, {**shown, **(private or {}), "at": fact.at.isoformat()}

    def wire(self, state: Workshop | None) -> dict[str, Any]:
        return {"workshop": public(state) if state else None}
