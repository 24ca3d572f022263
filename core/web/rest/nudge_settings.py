"""What may reach one, and what a parent limits for a child."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from core.errors import NotFound
from core.nudges.choosing import Choices, Limiting, child_of, choose_nudges, limit_child
from core.nudges.queries import Wishes, children_of, sent_today, wishes_of
from core.nudges.queue import owner
from core.nudges.rules.limits import KINDS, MOST_A_DAY, Limits, own_quiet
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes

routes = Routes("Nudge settings")

Minute = Annotated[int, Meta(ge=0, le=1439, description="Minutes after local midnight.")]
Cap = Annotated[int, Meta(ge=0, le=MOST_A_DAY)]
Kinds = Annotated[
    dict[str, bool], Meta(description="`friend_online`, `challenge`, `streak_rescue`: whether it may come.")
]


class LimitsOut(Output, frozen=True, kw_only=True):
    """What a parent limits; null and empty is no limit."""

    parent: Annotated[str, Meta(description="What the parent is called.")]
    kinds_off: list[str]
    mail: bool | None
    quiet_from: int | None
    quiet_to: int | None
    daily_cap: int | None


class NudgeSettingsOut(Output, frozen=True, kw_only=True):
    """What may reach one, choices and limits together."""

    app: Kinds
    mail: Kinds
    mail_locked: Annotated[bool, Meta(description="Whether mail is not one's own to open.")]
    reachable: Annotated[bool, Meta(description="Whether there is a way for mail to go.")]
    email: str | None
    quiet: bool
    quiet_from: int
    quiet_to: int
    daily_cap: Annotated[int, Meta(description="What holds: one's own choice or the limit, the smaller.")]
    digest: bool
    timezone: str
    sent_today: int
    minor: bool
    limits: LimitsOut | None


EXAMPLE: dict[str, Any] = {
    "app": {"friend_online": True, "challenge": True, "streak_rescue": True},
    "mail": {"friend_online": False, "challenge": False, "streak_rescue": False},
    "mail_locked": True,
    "reachable": False,
    "email": None,
    "quiet": True,
    "quiet_from": 1260,
    "quiet_to": 420,
    "daily_cap": 3,
    "digest": False,
    "timezone": "Europe/London",
    "sent_today": 2,
    "minor": True,
    "limits": {
        "parent": "Anna",
        "kinds_off": [],
        "mail": False,
        "quiet_from": None,
        "quiet_to": None,
        "daily_cap": 3,
    },
}


async def _shown(call: Call[Any, Any], user_id: UUID) -> NudgeSettingsOut:
    now, posted = call.app.clock.now(), call.app.nudging.posted
    async with call.app.transactions.read() as db:
        found = await wishes_of(db, user_id, now, posted=posted)
        if found is None:
            raise NotFound
        sent = await sent_today(db, user_id, found.zone, now)
    return _out(found, sent, posted)


def _out(found: Wishes, sent: int, posted: bool) -> NudgeSettingsOut:
    chosen, limits, minor = found.chosen, found.limits, found.band != "adult"
    quiet = own_quiet(chosen)
    return NudgeSettingsOut(
        app={kind: chosen.app.get(kind, True) and kind not in limits.kinds_off for kind in KINDS},
        mail={kind: not found.may.mail_locked and chosen.mail.get(kind, not minor) for kind in KINDS},
        mail_locked=found.may.mail_locked,
        reachable=posted or bool(chosen.email),
        email=chosen.email,
        quiet=chosen.quiet is not False,
        quiet_from=quiet.start,
        quiet_to=quiet.end,
        daily_cap=found.may.daily_cap,
        digest=bool(chosen.digest),
        timezone=found.zone.key,
        sent_today=sent,
        minor=minor,
        limits=_limits(found.limits, found.parent) if found.parent else None,
    )


def _limits(limits: Limits, parent: str) -> LimitsOut:
    return LimitsOut(
        parent=parent,
        kinds_off=sorted(limits.kinds_off),
        mail=limits.mail,
        quiet_from=limits.quiet_from,
        quiet_to=limits.quiet_to,
        daily_cap=limits.daily_cap,
    )


@routes(
    "GET",
    "/api/v1/nudges/settings",
    scope="nudges:write",
    summary="What may reach one, by kind and way.",
    rate=READING,
    answer_example=EXAMPLE,
)
async def get_nudge_settings(call: Call[None, None]) -> NudgeSettingsOut:
    return await _shown(call, owner(call.principal))


class NudgeSettingsIn(Input, frozen=True, kw_only=True):
    """What one changes; what is left out stays. A parent's limits hold whatever is chosen here."""

    app: Kinds = msgspec.field(default_factory=dict)
    mail: Kinds = msgspec.field(default_factory=dict)
    quiet: bool | None = None
    quiet_from: Minute | None = None
    quiet_to: Minute | None = None
    daily_cap: Cap | None = None
    digest: Annotated[bool | None, Meta(description="Mail once a day instead of each by itself.")] = None
    email: Annotated[str, Meta(max_length=254, description="Empty takes it back.")] | None = None


@routes(
    "PUT",
    "/api/v1/nudges/settings",
    scope="nudges:write",
    summary="Change what may reach one.",
    example={"app": {"challenge": False}, "daily_cap": 2},
)
async def put_nudge_settings(tx: Transaction, call: Call[NudgeSettingsIn, None]) -> None:
    given = call.body
    choices = {name: getattr(given, name) for name in given.__struct_fields__}
    await choose_nudges(tx, Choices(**choices))


# --- children


class ChildOut(Output, frozen=True, kw_only=True):
    """A child of one's own."""

    user_id: UUID
    name: Annotated[str, Meta(description="As others read it.")]


class ChildrenOut(Output, frozen=True, kw_only=True):
    """Those whose parent one is, as the host says."""

    children: list[ChildOut]


@routes("GET", "/api/v1/children", scope="nudges:write", summary="One's own children.", rate=READING)
async def get_children(call: Call[None, None]) -> ChildrenOut:
    async with call.app.transactions.read() as db:
        found = await children_of(db, owner(call.principal), call.app.clock.now().date())
    return ChildrenOut(children=[ChildOut(user_id=user.id, name=user.username) for user in found])


class NudgeLimitsIn(Input, frozen=True, kw_only=True):
    """All limits for a child; null and empty is no limit."""

    kinds_off: Annotated[list[str], Meta(max_length=10)] = msgspec.field(default_factory=list)
    mail: Annotated[bool | None, Meta(description="False closes mail; true opens it for a child under 13.")] = None
    quiet_from: Minute | None = None
    quiet_to: Minute | None = None
    daily_cap: Cap | None = None


@routes(
    "GET",
    "/api/v1/children/{user_id}/nudge-limits",
    scope="nudges:write",
    summary="What may reach one's child: their choices, and one's limits.",
    rate=READING,
    errors=(404,),
    answer_example=EXAMPLE,
)
async def get_nudge_limits(call: Call[None, None]) -> NudgeSettingsOut:
    me, child_id = owner(call.principal), call.path_id("user_id")
    async with call.app.transactions.read() as db:
        mine = {user.id for user in await children_of(db, me, call.app.clock.now().date())}
    if child_id not in mine:
        raise NotFound("There is no child of yours by this id.")
    return await _shown(call, child_id)


@routes(
    "PUT",
    "/api/v1/children/{user_id}/nudge-limits",
    scope="nudges:write",
    summary="Limit what may reach one's child.",
    errors=(404,),
    example={"daily_cap": 3, "mail": False, "kinds_off": [], "quiet_from": 1230, "quiet_to": 420},
)
async def put_nudge_limits(tx: Transaction, call: Call[NudgeLimitsIn, None]) -> None:
    given = call.body
    child_id = call.path_id("user_id")
    await child_of(tx, child_id)
    limits = Limiting(
        kinds_off=tuple(given.kinds_off),
        mail=given.mail,
        quiet_from=given.quiet_from,
        quiet_to=given.quiet_to,
        daily_cap=given.daily_cap,
    )
    await limit_child(tx, child_id, limits)
