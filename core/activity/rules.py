"""Judging one event of the host's stream. Pure: the time is an argument, people are looked up elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from core.events.catalog import CATALOG, Event, canonical, parse

AHEAD = timedelta(minutes=5)
BACKFILL = timedelta(hours=24)

VISIBILITY = {"public": "public", "cohort": "cohort", "nobody": "private"}
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


def judge(item: Mapping[str, Any] | Any, now: datetime) -> Judged | Rejected:
    """Whether one item can be taken in, and as what."""
    given_id = item.get("id") if isinstance(item, Mapping) else None
    shown = given_id[:200] if isinstance(given_id, str) else ""
    try:
        inbound = msgspec.convert(item, InboundEvent)
    except msgspec.ValidationError as error:
        return Rejected(shown, "validation_failed", str(error))
    cls = CATALOG.get(canonical(inbound.type))
    if cls is None or not cls.inbound:
        return Rejected(shown, "unknown_type", "This type of event is not taken in.")
    try:
        event = parse(cls.type, inbound.properties)
        subject, skill = slug(inbound.subject), slug(inbound.skill)
    except (msgspec.ValidationError, ValueError) as error:
        return Rejected(shown, "validation_failed", str(error))
    at = inbound.at or now
    if at - now > AHEAD:
        return Rejected(shown, "in_future", "The time is more than five minutes ahead.")
    return Judged(inbound.id, inbound.external_id, event, at, subject, skill, now - at > BACKFILL)


def slug(text: str | None) -> str | None:
    """The canonical id of a subject or skill: lower case, words joined by hyphens."""
    if text is None:
        return None
    made = "-".join(text.strip().lower().split())
    if not made or not all(c.isascii() and (c.isalnum() or c in "-_") for c in made):
        raise ValueError("subjects and skills are letters, digits, hyphens and underscores")
    return made
