"""Who may do what, as data: roles to scopes, doors to the scope they ask for. Nothing else grants anything.

A door that is not listed is shut. The tests walk every role against every door.
"""

from __future__ import annotations

from core.content import subjects

LEARNER = frozenset(
    {
        "activity:react",
        "activity:read",
        "cohort:read",
        "cohort:write",
        "friends:write",
        "home:read",
        "leaderboard:choose",
        "leaderboard:read",
        "nudges:write",
        "presence:read",
        "presence:write",
        "practice:write",
        "socket:connect",
    }
)

ROLES: dict[str, frozenset[str]] = {
    "student": LEARNER,
    "parent": LEARNER,
    "tutor": LEARNER | {"chat:moderate", "workshop:lead"},
    "facilitator": LEARNER | {"chat:moderate", "workshop:lead"},
    "analyst": frozenset(
        {"home:read", "socket:connect", "activity:read", "leaderboard:read", "presence:read", "analytics:read"}
    ),
    "admin": LEARNER
    | {
        "activity:moderate",
        "admin:read",
        "analytics:read",
        "blocklist:write",
        "chat:moderate",
        "keys:write",
        "live:read",
        "metrics:read",
        "results:review",
        "simulator:write",
        "workshop:lead",
    },
}

STAFF_ROLES = frozenset({"facilitator", "analyst", "admin"})
"""Roles that a key may hand out only with the scope `tokens:staff`."""

KEY_SCOPES = frozenset(
    {
        "activity:read",
        "blocklist:write",
        "consents:write",
        "events:write",
        "keys:write",
        "leaderboard:read",
        "live:read",
        "metrics:read",
        "people:erase",
        "people:write",
        "presence:read",
        "results:review",
        "tokens:staff",
        "tokens:write",
    }
)
"""What an API key may be given."""

HANDED_ON_BY_ADMINS = KEY_SCOPES - {"tokens:staff"}
"""What people may give to the keys they make. `tokens:staff` makes admins: only a key that holds it hands it on."""

PAGES: dict[str, str] = {
    "/": "home:read",
    "/boards": "leaderboard:read",
    "/cohort": "cohort:read",
    "/friends": "friends:write",
    "/me": "practice:write",
    "/people": "home:read",
    "/activity": "activity:read",
    "/review/activities": "activity:moderate",
    "/practice": "practice:write",
    "/nudges": "nudges:write",
    "/practice/co-session": "practice:write",
    "/subjects": "presence:read",
    **{f"/subjects/{subject}": "presence:read" for subject in subjects()},
    "/review": "results:review",
    "/admin": "admin:read",
}
"""Pages behind a sign-in, and the scope each asks for. Their own sockets ask for the same."""


def scopes_of(role: str) -> frozenset[str]:
    return ROLES.get(role, frozenset())
