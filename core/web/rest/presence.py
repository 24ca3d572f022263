"""Who is here: people on a presence topic over all nodes, one's own state, one's figures, and who was seen of late."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.accounts.queries import public_people
from core.accounts.visibility import appear_offline
from core.errors import Forbidden, NotFound
from core.ids import parse_id
from core.presence.figures import LOBBY, figures
from core.presence.queries import friends_of, online
from core.presence.rules import PUBLIC, Present, kind_of
from core.principal import PublicPerson
from core.transaction import Transaction
from core.web.channels.topics import Found, authorize, find
from core.web.rest.fields import Input, NextCursor, Output, Paged, UserId, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes
from data.tables import User

routes = Routes("Presence")

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="A subject's id.")]
Activity = Annotated[
    str,
    Meta(
        pattern=r"^(|browsing|studying|taking_quiz|practicing_[a-z0-9][a-z0-9_-]{0,63})$",
        description="`browsing`, `studying`, `taking_quiz`, `practicing_{skill}`, or empty for nothing.",
    ),
]


class PresenceQuery(Paged, frozen=True, kw_only=True):
    """Whose presence."""

    topic: Annotated[str, Meta(max_length=200, description="A topic with presence.")] = LOBBY
    subject: Annotated[Slug | None, Meta(description="Only those who are in this subject.")] = None


class PresentOut(Output, frozen=True, kw_only=True):
    """Somebody who is here, over all their connections."""

    user_id: UserId
    name: str
    avatar: str
    username: Annotated[str, Meta(description="The same as `name`.")]
    display_name: Annotated[str, Meta(description="The same as `name`.")]
    avatar_url: Annotated[str, Meta(description="The same as `avatar`.")]
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
    """A person sees the topics they may join; a key sees those that everybody sees."""
    found = _found(call)
    people = call.app.presence.people(found.canonical, call.principal.hidden)
    if call.query.subject:
        people = tuple(p for p in people if p.current_subject == call.query.subject)
    rest = people
    if call.query.cursor:
        after = read_cursor(call.query.cursor, tuple[int, str])
        rest = tuple(p for p in people if (p.online_at, p.user_id) > after)
    shown = rest[: capped(call.query.limit)]
    more = len(rest) > len(shown)
    async with call.app.transactions.read() as db:
        people_known = await public_people(db, filter(None, (parse_id(p.user_id) for p in shown)))
    known = {str(user_id): who for user_id, who in people_known.items()}
    return PresenceOut(
        topic=found.topic,
        count=len(people),
        people=[_present(p, known[p.user_id]) for p in shown if p.user_id in known],
        next_cursor=make_cursor(shown[-1].online_at, shown[-1].user_id) if more else None,
    )


def _present(here: Present, who: PublicPerson) -> PresentOut:
    """Somebody as they are called and pictured now, whatever was known when they came."""
    return PresentOut(
        user_id=here.user_id,
        name=who.name,
        avatar=who.avatar,
        username=who.name,
        display_name=who.name,
        avatar_url=who.avatar,
        status=here.status,
        current_activity=here.current_activity,
        current_subject=here.current_subject,
        online_at=here.online_at,
        connections=here.connections,
        simulated=here.simulated,
    )


def _found(call: Call[None, PresenceQuery]) -> Found:
    principal, topic = call.principal, call.query.topic
    found = find(topic, principal) if principal.kind == "key" else authorize(principal, topic)
    kind = kind_of(found.canonical)
    if not found.spec.presence or kind is None:
        raise NotFound("This topic has no presence.")
    if principal.kind == "key" and kind.audiences != PUBLIC:
        raise Forbidden
    return found


# --- oneself


class MyPresence(Input, frozen=True, kw_only=True):
    """What others are to be told of oneself. What is left out stays as it is."""

    status: Literal["online", "away", "studying", "in_quiz"] | None = None
    activity: Activity | None = None
    appear_offline: Annotated[bool | None, Meta(description="Whether one is here for nobody but oneself.")] = None


class MyPresenceOut(Output, frozen=True, kw_only=True):
    """How one appears."""

    here: Annotated[bool, Meta(description="Whether others are told now that one is here.")]
    appears_offline: Annotated[bool, Meta(description="One's own switch.")]
    kept_offline: Annotated[bool, Meta(description="The host's or a parent's, which one cannot turn.")]


@routes("GET", "/api/v1/presence/me", scope="presence:write", summary="How one appears to others.")
async def get_my_presence(call: Call[None, None]) -> MyPresenceOut:
    me = _me(call)
    async with call.app.transactions.read() as db:
        user = await db.get(User, me)
    if user is None:
        raise NotFound
    return _mine(call, user)


@routes(
    "PUT",
    "/api/v1/presence/me",
    scope="presence:write",
    summary="Say what one is doing, or appear offline.",
    example={"status": "studying", "activity": "practicing_algebra"},
    answer_example={"here": True, "appears_offline": False, "kept_offline": False},
)
async def put_my_presence(tx: Transaction, call: Call[MyPresence, None]) -> MyPresenceOut:
    """It counts for all of one's connections, on whichever node they are."""
    user = await tx.db.get(User, _me(call))
    if call.body.appear_offline is not None:
        user = await appear_offline(tx, call.body.appear_offline)
    if user is None:
        raise NotFound
    if call.body.status is not None or call.body.activity is not None:
        call.app.presence.say(user.id, status=call.body.status, activity=call.body.activity)
    return _mine(call, user)


def _me(call: Call[MyPresence, None] | Call[None, None]) -> UUID:
    me = call.principal.id
    if call.principal.kind != "person" or me is None:
        raise Forbidden
    return me


def _mine(call: Call[MyPresence, None] | Call[None, None], user: User) -> MyPresenceOut:
    offline = user.appears_offline or user.kept_offline
    return MyPresenceOut(
        here=not offline and call.app.presence.here(user.id),
        appears_offline=user.appears_offline,
        kept_offline=user.kept_offline,
    )


# --- figures


class FiguresQuery(Input, frozen=True, kw_only=True):
    """About which subject."""

    subject: Annotated[Slug | None, Meta(description="Instead of the one that one is in.")] = None


class FiguresOut(Output, frozen=True, kw_only=True):
    """How many people are here, of those whom one may see."""

    online: Annotated[int, Meta(description="In the lobby and one's cohort together.")]
    cohort: Annotated[int, Meta(description="In one's cohort; 0 without one.")]
    subject: Annotated[int, Meta(description="In the subject that one is in.")]
    friends: Annotated[int, Meta(description="All one's friends, of whichever cohort.")]
    practising: int


@routes(
    "GET",
    "/api/v1/presence/figures",
    scope="presence:read",
    summary="How many are here: one's cohort, subject, friends.",
    rate=READING,
)
async def get_figures(call: Call[None, FiguresQuery]) -> FiguresOut:
    """A key is told of the lobby: it has no cohort and no friends."""
    me = str(call.principal.id)
    friends: frozenset[str] = frozenset()
    if call.principal.kind == "person":
        async with call.app.transactions.read() as db:
            friends = (await friends_of(db, [me])).get(me, friends)
    found = figures(call.app.presence, call.principal, friends, call.query.subject or "")
    return msgspec.convert(found, FiguresOut, from_attributes=True)


# --- of late


class OnlineQuery(Paged, frozen=True, kw_only=True):
    """Who was seen, and where."""

    subject: Slug | None = None


class SeenOut(Output, frozen=True, kw_only=True):
    """Somebody who was seen in the last five minutes."""

    user_id: UserId
    name: str
    avatar: str
    last_seen_at: datetime


class OnlineOut(Output, frozen=True, kw_only=True):
    """Everybody whom everybody may see, once each."""

    people: list[SeenOut]
    next_cursor: NextCursor


@routes("GET", "/api/v1/presence/online", scope="presence:read", summary="Who was seen in five minutes.", rate=READING)
async def get_online(call: Call[None, OnlineQuery]) -> OnlineOut:
    """From what is kept of connections: people count as online for five minutes after the last sign of them."""
    after = read_cursor(call.query.cursor, tuple[UUID])[0] if call.query.cursor else None
    limit = capped(call.query.limit)
    async with call.app.transactions.read() as db:
        found = await online(db, call.app.clock.now(), subject=call.query.subject, after=after, limit=limit + 1)
    shown = [one for one in found[:limit] if one.user_id not in call.principal.hidden]
    return OnlineOut(
        people=[
            SeenOut(user_id=str(p.user_id), name=p.name, avatar=p.avatar, last_seen_at=p.last_seen_at) for p in shown
        ],
        next_cursor=make_cursor(found[limit - 1].user_id) if len(found) > limit else None,
    )
