"""What happened lately, as far as the reader may see it: newest first, in pages that never repeat or skip."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, and_

from core.activity.challenging import challenged_by
from core.activity.queries import NETWORK_FOR, NETWORK_TYPES, PUBLIC, in_cohort, network_of, of_friends, page
from core.activity.reacting import react, reactions_of
from core.activity.rules import slug
from core.content import subjects
from core.errors import Forbidden, Invalid
from core.events.catalog import CATALOG, Reaction, canonical
from core.ids import parse_id
from core.principal import Principal
from core.transaction import Transaction
from core.web.rest.fields import MOST, Input, NextCursor, Output, Paged
from core.web.routes import READING, Call, Routes
from data.tables import ActivityRow

routes = Routes("Activities")


class ActivitiesQuery(Paged, frozen=True, kw_only=True):
    """Which activities."""

    scope: Annotated[
        str,
        Meta(description="`global`, `network` (a day of one's people), `friends`, `me`, `cohort:…`, `subject:…`."),
    ] = "global"
    type: Annotated[str | None, Meta(description="Types of event, separated by commas.")] = None
    subject: Annotated[str | None, Meta(description="A subject's id, such as `math`.")] = None


class ActivityOut(Output, frozen=True, kw_only=True):
    """Something that somebody did."""

    id: UUID
    seq: int
    type: str
    user_id: UUID
    user_name: str
    user_avatar: str
    subject: str | None
    skill: str | None
    properties: dict[str, Any]
    visibility: str
    timestamp: datetime
    simulated: bool
    reactions: Annotated[dict[Reaction, int], Meta(description="How many there are of each kind that somebody chose.")]


class ActivitiesOut(Output, frozen=True, kw_only=True):
    """A page of activities."""

    activities: list[ActivityOut]
    next_cursor: NextCursor


@routes(
    "GET",
    "/api/v1/activities",
    scope="activity:read",
    summary="What happened lately.",
    rate=READING,
    answer_example={
        "activities": [
            {
                "id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
                "seq": 1042,
                "type": "practice_completed",
                "user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
                "user_name": "Ada",
                "user_avatar": "/assets/avatars/fox-3.svg",
                "subject": "math",
                "skill": "algebra",
                "properties": {"score": 85},
                "visibility": "public",
                "timestamp": "2026-03-02T11:59:30Z",
                "simulated": False,
                "reactions": {"celebrate": 2},
            }
        ],
        "next_cursor": None,
    },
)
async def get_activities(call: Call[None, ActivitiesQuery]) -> ActivitiesOut:
    query = call.query
    condition = _condition(query.scope, call.principal)
    types = _types(query.type)
    subject = _slug(query.subject, "subject") if query.subject else None
    network = query.scope == "network"
    if network:
        types = tuple(name for name in types if name in NETWORK_TYPES) if types else NETWORK_TYPES
    if network and not types:
        return ActivitiesOut(activities=[], next_cursor=None)
    after = call.app.clock.now() - NETWORK_FOR if network else None
    async with call.app.transactions.read() as db:
        found = await page(
            db,
            call.principal,
            condition,
            cursor=query.cursor,
            limit=query.limit,
            types=types,
            subject=subject,
            after=after,
        )
    items = [msgspec.convert(item, ActivityOut, from_attributes=True) for item in found.items]
    return ActivitiesOut(activities=items, next_cursor=found.next_cursor)


class ReactionIn(Input, frozen=True, kw_only=True):
    """A reaction to an activity."""

    reaction: Reaction


class ReactedOut(Output, frozen=True, kw_only=True):
    """What stands after a reaction."""

    activity_id: UUID
    mine: Annotated[str | None, Meta(description="One's own reaction; null after it was taken back.")]
    reactions: dict[Reaction, int]


@routes(
    "POST",
    "/api/v1/activities/{activity_id}/reactions",
    scope="activity:react",
    summary="React to an activity: another reaction replaces it, the same again takes it back.",
    errors=(404,),
    example={"reaction": "celebrate"},
    answer_example={
        "activity_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
        "mine": "celebrate",
        "reactions": {"celebrate": 3, "like": 1},
    },
)
async def post_reaction(tx: Transaction, call: Call[ReactionIn, None]) -> ReactedOut:
    done = await react(tx, call.app.gate, call.path_id("activity_id"), call.body.reaction, ip=call.address)
    return ReactedOut(activity_id=done.activity_id, mine=done.mine, reactions=dict(done.counts))


class ReactionsQuery(Input, frozen=True, kw_only=True):
    """Which activities."""

    activities: Annotated[str, Meta(description="Ids of activities, separated by commas; a hundred at most.")] = ""


class ReactionsOut(Output, frozen=True, kw_only=True):
    """One's own reactions, by activity; activities without one are left out. And what one has challenged."""

    reactions: dict[UUID, Reaction]
    challenged: list[UUID]


@routes(
    "GET",
    "/api/v1/reactions",
    scope="activity:react",
    summary="One's own reactions to these activities.",
    rate=READING,
    answer_example={"reactions": {"01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e": "celebrate"}, "challenged": []},
)
async def get_reactions(call: Call[None, ReactionsQuery]) -> ReactionsOut:
    ids = [parse_id(text.strip()) for text in call.query.activities.split(",") if text.strip()]
    if len(ids) > MOST or None in ids:
        raise Invalid(fields=[{"field": "activities", "message": "up to a hundred ids, separated by commas"}])
    if call.principal.id is None:
        raise Forbidden
    async with call.app.transactions.read() as db:
        known = [id for id in ids if id]
        found = await reactions_of(db, call.principal.id, known)
        challenged = await challenged_by(db, call.principal.id, known)
    return ReactionsOut(reactions=found, challenged=challenged)


def _condition(scope: str, viewer: Principal) -> ColumnElement[bool]:
    kind, _, of = scope.partition(":")
    if scope == "global":
        return PUBLIC
    if scope == "network":
        return network_of(viewer)
    if scope in ("friends", "me"):
        if viewer.kind != "person":
            raise Forbidden
        return of_friends(viewer) if scope == "friends" else ActivityRow.user_id == viewer.id
    if kind == "subject":
        return and_(PUBLIC, ActivityRow.subject_id == _slug(of, "scope"))
    if kind == "cohort":
        cohort_id = parse_id(of)
        # Somebody else's cohort and one that does not exist look the same.
        if viewer.kind != "person" or cohort_id is None or cohort_id != viewer.cohort_id:
            raise Forbidden(reason="not_in_cohort")
        return in_cohort(cohort_id)
    raise Invalid(fields=[{"field": "scope", "message": "global, network, friends, me, cohort:{id} or subject:{id}"}])


def _slug(text: str, field: str) -> str:
    try:
        found = slug(text) or ""
    except ValueError:
        found = ""
    if found not in subjects():
        raise Invalid(fields=[{"field": field, "message": "the catalogue has no such subject"}])
    return found


def _types(text: str | None) -> tuple[str, ...]:
    names = tuple(canonical(name.strip()) for name in (text or "").split(",") if name.strip())
    unknown = next((name for name in names if name not in CATALOG or not CATALOG[name].activity), None)
    if unknown is not None:
        raise Invalid(fields=[{"field": "type", "message": f"no activity is called {unknown[:64]!r}"}])
    return names
