"""Which friends to tell whom about, decided over everybody at once. Pure.

Given who is where, who is whose friend and what was sent lately, `choose` answers the nudges to make: for each person
the one friend who matters most, if anything may reach them at all. It never looks anything up, so a run costs the same
number of questions however many people there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from core.accounts.rules import Band
from core.nudges.rules.limits import PAIR_COOLDOWN, Allowed, day_begins, is_quiet, room_left

State = Literal["same_subject", "other_subject", "idle", "practising", "offline"]
Way = Literal["live", "mail", "none"]

STATES: tuple[State, ...] = ("same_subject", "other_subject", "idle", "practising", "offline")
WAYS: tuple[Way, ...] = ("live", "mail", "none")
DEFAULT_WAYS: Mapping[State, Way] = {
    "same_subject": "live",
    "other_subject": "live",
    "idle": "live",
    "practising": "none",
    "offline": "mail",
}
"""How a friend's practising reaches somebody, by what they do themselves. Nobody is disturbed while they practise."""


@dataclass(frozen=True, slots=True)
class Person:
    """What decides who may be told of whom."""

    id: UUID
    audience: str
    cohort_id: UUID | None
    offline: bool
    """Whether they appear offline, by whoever's wish."""
    band: Band
    zone: ZoneInfo
    allowed: Allowed


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is who is online."""

    subject: str | None
    skill: str | None = None
    """What they practise right now."""
    busy: bool = False
    """Whether they are at work: in a practice, a quiz, or studying."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A nudge of the last hours."""

    sender_id: UUID
    recipient_id: UUID
    nudge_type: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A nudge to make."""

    sender_id: UUID
    recipient_id: UUID
    subject: str | None
    skill: str | None
    way: Literal["live", "mail"]


def may_meet(one: Person, other: Person) -> bool:
    """Whether two friends may hear of each other at all: a minor outside their own cohort does not."""
    if one.audience == other.audience == "public":
        return True
    return "nobody" not in (one.audience, other.audience) and one.cohort_id == other.cohort_id is not None


def state_of(here: Place | None, subject: str | None) -> State:
    """What somebody does, seen from a friend who is in a subject."""
    if here is None:
        return "offline"
    if here.busy:
        return "practising"
    if not here.subject:
        return "idle"
    return "same_subject" if here.subject == subject else "other_subject"


def choose(
    now: datetime,
    pairs: Iterable[tuple[UUID, UUID]],
    people: Mapping[UUID, Person],
    places: Mapping[UUID, Place],
    sent: Sequence[Sent],
    ways: Mapping[State, Way] = DEFAULT_WAYS,
) -> list[Found]:
    """The nudges to make; `pairs` are friends as (of whom, to whom), free of blocks and mutes."""
    history: dict[UUID, list[Sent]] = defaultdict(list)
    for nudge in sent:
        history[nudge.recipient_id].append(nudge)
    candidates: dict[UUID, list[Found]] = defaultdict(list)
    for sender_id, recipient_id in pairs:
        found = _fits(sender_id, recipient_id, people, places, ways)
        if found is not None:
            candidates[recipient_id].append(found)
    chosen: list[Found] = []
    for recipient_id in sorted(candidates):
        person = people[recipient_id]
        before = history[recipient_id]
        if is_quiet(person.allowed.quiet, person.zone, now):
            continue
        room = room_left((n.at for n in before), person.zone, now, person.allowed.daily_cap)
        if room:
            rested = [f for f in candidates[recipient_id] if _rested(f.sender_id, before, person.zone, now)]
            last = {n.sender_id: n.at for n in sorted(before, key=lambda n: n.at)}
            chosen += sorted(rested, key=lambda f: _order(f, places.get(recipient_id), last.get(f.sender_id)))[:room]
    return chosen


def _fits(
    sender_id: UUID,
    recipient_id: UUID,
    people: Mapping[UUID, Person],
    places: Mapping[UUID, Place],
    ways: Mapping[State, Way],
) -> Found | None:
    """Whether the one may be told to the other now, and by which way."""
    sender, recipient, place = people.get(sender_id), people.get(recipient_id), places.get(sender_id)
    if sender is None or recipient is None or place is None or sender_id == recipient_id:
        return None
    # Who appears offline is nowhere, and somebody without a subject does nothing one could join.
    if sender.offline or not place.subject or not may_meet(sender, recipient):
        return None
    way = ways[state_of(places.get(recipient_id), place.subject)]
    if way == "live" and "friend_online" in recipient.allowed.app:
        return Found(sender_id, recipient_id, place.subject, place.skill, "live")
    if way == "mail" and "friend_online" in recipient.allowed.mail:
        return Found(sender_id, recipient_id, place.subject, place.skill, "mail")
    return None


def _rested(sender_id: UUID, before: Sequence[Sent], zone: ZoneInfo, now: datetime) -> bool:
    """Whether enough time is between this friend's nudges; who heard "not now" today is not told of again today."""
    today = day_begins(zone, now)
    for nudge in before:
        if nudge.sender_id != sender_id:
            continue
        if nudge.at > now - PAIR_COOLDOWN or (nudge.status == "ignored" and nudge.at >= today):
            return False
    return True


def _order(found: Found, here: Place | None, last: datetime | None) -> tuple[bool, bool, float, UUID]:
    """Who practises before who is only there, one's own subject before others, and of whom one heard longest ago."""
    mine = here is not None and here.subject == found.subject
    return (found.skill is None, not mine, last.timestamp() if last else 0.0, found.sender_id)
