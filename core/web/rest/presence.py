"""Who is here: the people listed on a presence topic, over all nodes."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from core.errors import Forbidden, NotFound
from core.web.channels.topics import Found, authorize, find
from core.web.rest.fields import NextCursor, Output, Paged, UserId, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes

routes = Routes("Presence")

LOBBY = "presence:lobby"


class PresenceQuery(Paged, frozen=True, kw_only=True):
    """Whose presence."""

    topic: Annotated[str, Meta(max_length=200, description="A topic with presence.")] = LOBBY


class PresentOut(Output, frozen=True, kw_only=True):
    """Somebody who is here, over all their connections."""

    user_id: UserId
    name: str
    avatar: str
    status: str
    current_activity: str
    current_subject: str
    online_at: Annotated[int, Meta(description="Seconds since 1970.")]
    connections: int
    simulated: bool


class PresenceOut(Output, frozen=True, kw_only=True):
    """Who is here, who came first first."""

    topic: str
    count: Annotated[int, Meta(description="People, not connections.")]
    people: list[PresentOut]
    next_cursor: NextCursor


@routes("GET", "/api/v1/presence", scope="presence:read", summary="Who is here.", rate=READING)
async def get_presence(call: Call[None, PresenceQuery]) -> PresenceOut:
    """A person sees the topics they may join; a key sees the lobby, which everybody sees."""
    found = _found(call)
    people = call.app.presence.people(found.canonical, call.principal.hidden)
    rest = people
    if call.query.cursor:
        after = read_cursor(call.query.cursor, tuple[int, str])
        rest = tuple(p for p in people if (p.online_at, p.user_id) > after)
    shown = rest[: capped(call.query.limit)]
    more = len(rest) > len(shown)
    return PresenceOut(
        topic=found.topic,
        count=len(people),
        people=[msgspec.convert(p, PresentOut, from_attributes=True) for p in shown],
        next_cursor=make_cursor(shown[-1].online_at, shown[-1].user_id) if more else None,
    )


def _found(call: Call[None, PresenceQuery]) -> Found:
    principal, topic = call.principal, call.query.topic
    found = find(topic, principal) if principal.kind == "key" else authorize(principal, topic)
    if not found.spec.presence:
        raise NotFound("This topic has no presence.")
    if principal.kind == "key" and found.canonical != LOBBY:
        raise Forbidden
    return found
