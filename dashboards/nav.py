"""The left navigation: every page that exists, the scope its reader needs, and how it is drawn.

The order is the order on the page. On phones the first five stand in the bottom bar and the rest in the person menu.
A page is listed only when it stands: nothing here leads nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.accounts.access import PAGES
from core.principal import Principal


@dataclass(frozen=True, slots=True)
class NavItem:
    key: str
    label: str
    icon: str
    href: str
    scope: str
    external: bool = False
    """Leads to a page of its own without the shell."""


ITEMS: Final[tuple[NavItem, ...]] = (
    NavItem("home", "Home", "home", "/", PAGES["/"]),
    NavItem("practice", "Practice", "practice", "/practice", PAGES["/practice"]),
    NavItem("boards", "Boards", "boards", "/boards", PAGES["/boards"]),
    NavItem("cohort", "Cohort", "cohort", "/cohort", PAGES["/cohort"]),
    NavItem("me", "Me", "progress", "/me", PAGES["/me"]),
    NavItem("subjects", "Rooms", "rooms", "/subjects", PAGES["/subjects"]),
    NavItem("people", "People", "people", "/people", PAGES["/people"]),
    NavItem("activity", "Activity", "activity", "/activity", PAGES["/activity"]),
    NavItem("friends", "Friends", "friend", "/friends", PAGES["/friends"]),
    NavItem("nudges", "Nudges", "nudges", "/nudges", PAGES["/nudges"]),
    NavItem("workshops", "Workshops", "workshops", "/workshop", "workshop:lead", external=True),
    NavItem("reports", "Reports", "report", "/review/activities", PAGES["/review/activities"]),
    NavItem("review", "Results", "safety", "/review", PAGES["/review"]),
    NavItem("health", "Health", "health", "/admin", PAGES["/admin"]),
    NavItem("api", "API", "api", "/api/v1/", PAGES["/admin"], external=True),
)

ROLE_NAMES: Final[dict[str, str]] = {
    "student": "Student",
    "parent": "Parent",
    "tutor": "Tutor",
    "facilitator": "Facilitator",
    "analyst": "Growth analyst",
    "admin": "Administrator",
}


def nav_for(who: Principal, items: Sequence[NavItem] = ITEMS) -> tuple[NavItem, ...]:
    """What this person may open."""
    return tuple(item for item in items if who.may(item.scope))


def role_name(who: Principal) -> str:
    return ROLE_NAMES.get(who.role, "Guest")
