"""Judging one event of the host's stream. Pure: the time is an argument, people are looked up elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from core.accounts.rules import REACH, is_text
from core.events.catalog import CATALOG, Event, canonical, parse

AHEAD = timedelta(minutes=5)
BACKFILL = timedelta(hours=24)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

VISIBILITY = REACH
"""How far a new activity reaches, by its person's audience."""


class InboundEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    external_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    skill: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    properties: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Judged:
    id: str
    external_id: str
    event: Event
    at: datetime
    subject: str | None
    skill: str | None
    backfill: bool


@dataclass(frozen=True, slots=True)
class Rejected:
    id: str
    reason: str
    message: str


def judge(item: Mapping[str, Any] | Any, now: datetime, subjects: Collection[str]) -> Judged | Rejected:
    """Whether one item can be taken in, and as what. `subjects` is the catalogue's ids."""
    given_id = item.get("id") if isinstance(item, Mapping) else None
    shown = given_id[:200] if isinstance(given_id, str) and is_text(given_id) else ""
    try:
        inbound = msgspec.convert(item, InboundEvent)
    except msgspec.ValidationError as error:
        return Rejected(shown, "validation_failed", str(error))
    cls = CATALOG.get(canonical(inbound.type))
    if cls is None or not cls.inbound:
        return Rejected(shown, "unknown_type", "This type of event is not taken in.")
    if not all(map(is_text, _texts(inbound))):
        return Rejected(shown, "validation_failed", "A text holds a character that cannot be stored.")
    try:
        event = parse(cls.type, inbound.properties)
        subject, skill = slug(inbound.subject), slug(inbound.skill)
    except (msgspec.ValidationError, ValueError) as error:
        return Rejected(shown, "validation_failed", str(error))
    if subject is not None and subject not in subjects:
        return Rejected(shown, "unknown_subject", "The catalogue has no such subject.")
    at = inbound.at or now
    if at - now > AHEAD:
        return Rejected(shown, "in_future", "The time is more than five minutes ahead.")
    if at < EARLIEST:
        return Rejected(shown, "validation_failed", "The time lies before the year 2000.")
    return Judged(inbound.id, inbound.external_id, event, at, subject, skill, now - at > BACKFILL)


def _texts(inbound: InboundEvent) -> list[str]:
    return [inbound.id, inbound.external_id, *(v for v in inbound.properties.values() if isinstance(v, str))]


def slug(text: str | None) -> str | None:
    """The canonical id of a subject or skill: lower case, words joined by hyphens."""
    if text is None:
        return None
    made = "-".join(text.strip().lower().split())
    if not made or not all(c.isascii() and (c.isalnum() or c in "-_") for c in made):
        raise ValueError("subjects and skills are letters, digits, hyphens and underscores")
    return made
