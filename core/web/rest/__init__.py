"""Every REST route, one module a resource. What is not listed here is not served."""

from __future__ import annotations

from core.web.rest import (
    achievements,
    activities,
    blocklist,
    boards,
    engagement,
    events,
    exercises,
    friendships,
    health,
    hub,
    keys,
    live,
    moderation,
    people,
    practice,
    presence,
    profiles,
    sharing,
    teams,
    tokens,
    workshop_exports,
    workshop_moves,
    workshops,
)
from core.web.rest.document import document_routes
from core.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *tokens.routes.found,
    *people.routes.found,
    *events.routes.found,
    *activities.routes.found,
    *moderation.routes.found,
    *engagement.routes.found,
    *sharing.routes.found,
    *boards.routes.found,
    *presence.routes.found,
    *practice.routes.found,
    *exercises.routes.found,
    *achievements.routes.found,
    *friendships.routes.found,
    *profiles.routes.found,
    *blocklist.routes.found,
    *keys.routes.found,
    *hub.routes.found,
    *live.routes.found,
    *workshops.routes.found,
    *workshop_moves.routes.found,
    *workshop_exports.routes.found,
    *teams.routes.found,
    *health.routes.found,
    *document_routes(lambda: ROUTES),
)
