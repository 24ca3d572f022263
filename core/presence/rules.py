"""What is known of somebody who is here, and who may be told. Pure.

A topic's kind says which keys an entry has and which audiences may be listed there: the lobby and subjects are public,
a cohort's room is for the cohort. Somebody whose audience is narrower, or who appears offline, is here all the same,
and is listed for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from core.accounts.rules import avatar_url
from core.live.liveview import match
from core.principal import Principal

STATUSES = ("online", "away", "studying", "in_quiz")
AWAY_AFTER = 300.0
"""Seconds without a sign from the person after which `online` becomes `away`."""

SUBJECT = re.compile(r"(|[a-z0-9][a-z0-9_-]{0,63})")
ACTIVITY = re.compile(r"(|browsing|studying|taking_quiz|practicing_[a-z0-9][a-z0-9_-]{0,63})")

BUSIEST = ("in_quiz", "studying", "online", "away")
"""Of several connections, the one that says most about what somebody does."""


@dataclass(frozen=True, slots=True)
class Here:
    """What a connection says about its person, beside who they are."""

    online_at: int
    status: str = "online"
    current_activity: str = ""
    current_subject: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """One person on a topic, over all their connections."""

    user_id: str
    name: str
    avatar: str
    status: str
    current_activity: str
    current_subject: str
    online_at: int
    connections: int
    simulated: bool = False


def lobby_meta(who: Principal, here: Here) -> dict[str, Any]:
    return {
        "user_id": str(who.id),
        "username": who.name,
        "online_at": here.online_at,
        "avatar_url": avatar_url(who.avatar),
        "current_subject": here.current_subject,
        "status": here.status,
        "current_activity": here.current_activity,
    }


def cohort_meta(who: Principal, here: Here) -> dict[str, Any]:
    return {
        "user_id": str(who.id),
        "name": who.name,
        "avatar": avatar_url(who.avatar),
        "online_at": here.online_at,
        "current_subject": here.current_subject,
        "status": here.status,
        "current_activity": here.current_activity,
    }


def subject_meta(who: Principal, here: Here) -> dict[str, Any]:
    return {
        "user_id": str(who.id),
        "username": who.name,
        "avatar_url": avatar_url(who.avatar),
        "subject_id": here.current_subject,
        "online_at": here.online_at,
        "status": here.status,
        "current_activity": here.current_activity or "browsing",
    }


def practice_meta(who: Principal, here: Here) -> dict[str, Any]:
    return {
        "user_id": str(who.id),
        "name": who.first_name or who.name,
        "grade": who.grade,
        "avatar": avatar_url(who.avatar),
        "online_at": here.online_at,
        "status": here.status,
        "current_activity": here.current_activity,
    }


@dataclass(frozen=True, slots=True)
class Kind:
    pattern: str
    audiences: frozenset[str]
    meta: Callable[[Principal, Here], dict[str, Any]]

    def shows(self, who: Principal) -> bool:
        """Whether somebody is listed for the others on such a topic."""
        return who.kind == "person" and who.id is not None and not who.offline and who.audience in self.audiences


PUBLIC = frozenset({"public"})
KINDS = (
    Kind("presence:lobby", PUBLIC, lobby_meta),
    Kind("cohort:{cohort_id}", frozenset({"public", "cohort"}), cohort_meta),
    Kind("presence:subject:{subject_id}", PUBLIC, subject_meta),
    Kind("subject:{subject_id}", PUBLIC, practice_meta),
)


@lru_cache(maxsize=10_000)
def kind_of(topic: str) -> Kind | None:
    return next((kind for kind in KINDS if match(kind.pattern, topic) is not None), None)


def subject_of(topic: str) -> str:
    """The subject that somebody is in while on a topic; empty where a topic is of none."""
    kind = kind_of(topic)
    return (match(kind.pattern, topic) or {}).get("subject_id", "") if kind else ""


def entry_meta(kind: Kind, who: Principal, here: Here, subject: str = "") -> dict[str, Any]:
    meta = kind.meta(who, replace(here, current_subject=subject) if subject else here)
    return meta | {"simulated": True} if who.simulated else meta


def is_status(text: str) -> bool:
    return text in STATUSES


def is_subject(text: str) -> bool:
    return SUBJECT.fullmatch(text) is not None


def practising(who: Present) -> bool:
    """Whether somebody is at work, and not only here."""
    at_work = who.status in ("studying", "in_quiz") or who.current_activity in ("studying", "taking_quiz")
    return at_work or who.current_activity.startswith("practicing_")


def is_activity(text: str) -> bool:
    return ACTIVITY.fullmatch(text) is not None


def present(user_id: str, metas: Iterable[Mapping[str, Any]]) -> Present:
    """One person from what each of their connections says."""
    ranked = sorted(metas, key=lambda m: (BUSIEST.index(m.get("status", "away")), -m.get("online_at", 0)))
    first = ranked[0]
    return Present(
        user_id=user_id,
        name=first.get("username") or first.get("name") or "",
        avatar=first.get("avatar_url") or first.get("avatar") or "",
        status=first.get("status", "online"),
        current_activity=next((m["current_activity"] for m in ranked if m.get("current_activity")), ""),
        current_subject=next(filter(None, (m.get("current_subject") or m.get("subject_id") for m in ranked)), ""),
        online_at=min(m.get("online_at", 0) for m in ranked),
        connections=len(ranked),
        simulated=bool(first.get("simulated")),
    )
