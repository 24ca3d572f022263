"""The envelope around an event: who, when, where it counts, and its place in the log.

`Draft` is what a command emits; `Fact` is the same with `seq`, as everybody reads it afterwards. Names are never in
either: public names join at delivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from core.events.catalog import Event, to_properties
from core.ids import new_id

OWN, SIMULATOR = "tandem", "simulator"
HOUSE = frozenset({OWN, SIMULATOR})
"""Where facts come from that were stated here: by people, or by those who are made up. All others are a host's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    event: Event
    at: datetime
    event_id: UUID = field(default_factory=new_id)
    user_id: UUID | None = None
    cohort_id: UUID | None = None
    subject: str | None = None
    skill: str | None = None
    visibility: str = "private"
    source: str = OWN
    backfill: bool = False
    visitor_id: UUID | None = None
    loop_id: str | None = None
    link_id: UUID | None = None
    experiment_id: str | None = None
    variant: str | None = None
    phase: str | None = None

    def row(self, received_at: datetime) -> dict[str, Any]:
        """The columns of the log, the personal part apart from the rest."""
        properties, personal = to_properties(self.event)
        stated = (self.event.type, self.event.version, received_at, properties, personal)
        return dict(zip(COLUMNS, (*_envelope(self), *stated), strict=True))


_ENVELOPE = tuple(f for f in Draft.__dataclass_fields__ if f != "event")
_envelope = attrgetter(*_ENVELOPE)
COLUMNS = (*_ENVELOPE, "type", "version", "received_at", "properties", "personal")
"""What a draft's row holds; the log gives it its `seq`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    seq: int
    event_id: UUID
    type: str
    version: int
    at: datetime
    received_at: datetime
    user_id: UUID | None
    cohort_id: UUID | None
    subject: str | None
    skill: str | None
    visibility: str
    source: str
    backfill: bool
    event: Event

    @property
    def about(self) -> UUID | None:
        """Whom it tells of."""
        return self.event.about(self.user_id)

    @property
    def properties(self) -> Mapping[str, Any]:
        public, _ = to_properties(self.event)
        return public
