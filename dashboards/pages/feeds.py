"""What pages that show a feed have in common: its views, and what its reader may do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.principal import Principal
from dashboards.template import Element

View = dict[str, Any]
REACH = {"public": "all", "cohort": "cohort"}
"""Whom somebody may challenge, by who may see them."""


def views_of(who: Principal, *, network: bool = False) -> list[View]:
    """Everything one may see, one's friends, and the cohort alone; `network` adds a day of one's own people."""
    cohort = cohort_topic(who)
    views: list[View] = [{"label": "All", "topics": ["activity:global", *([cohort] if cohort else [])]}]
    if who.may("friends:write"):
        views += [{"label": "My network", "scope": "network"}] if network else []
        views.append({"label": "Friends", "scope": "friends"})
    if cohort:
        views.append({"label": "Cohort", "topics": [cohort]})
    return views


def cohort_topic(who: Principal) -> str:
    return f"cohort:{who.cohort_id}" if who.cohort_id else ""


def feed_element(
    who: Principal,
    views: Sequence[View],
    presence: Sequence[str],
    subjects: Sequence[Mapping[str, str]],
    brief: int = 0,
) -> Element:
    """A feed for one reader. `brief` is how many rows it shows on a narrow screen, where something stands below it."""
    acts = who.may("activity:react")
    return Element(
        "tandem-feed",
        {
            "views": list(views),
            "subjects": list(subjects),
            "me": str(who.id or ""),
            "react": acts,
            "moderate": who.may("activity:moderate"),
            "challenge": REACH.get(who.audience) if acts else None,
            "cohort": cohort_topic(who) or None,
            "presence": " ".join(presence),
            "share": acts,
            "brief": str(brief) if brief else None,
        },
    )
