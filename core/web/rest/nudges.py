"""One's own nudges and the answers to them; what may reach one, and whom one muted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from core.errors import Invalid
from core.nudges.choosing import unmute_friend
from core.nudges.commands import Answered, accept, ignore, mute, show
from core.nudges.queries import Told, counts_by_status, mutes_of, own_nudges
from core.nudges.queue import owner
from core.nudges.reporting import report
from core.transaction import Transaction
from core.web.rest.fields import Input, NextCursor, Output, Paged, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes

routes = Routes("Nudges")

STATUSES = ("pending", "accepted", "ignored", "expired")
NUDGE = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d60"


class NudgesQuery(Paged, frozen=True, kw_only=True):
    """Which nudges."""

    status: Annotated[
        str | None, Meta(description="`pending`, `accepted`, `ignored`, `expired`, or several separated by commas.")
    ] = None


class NudgeOut(Output, frozen=True, kw_only=True):
    """A nudge that one got."""

    id: UUID
    nudge_type: Annotated[str, Meta(description="`friend_online`, `challenge` or `streak_rescue`.")]
    status: str
    user_id: Annotated[
        UUID | None,
        Meta(description="Whom it is about; one's own for a streak, null for somebody who may not be shown any more."),
    ]
    user_name: Annotated[str, Meta(description="Empty for somebody who may not be shown any more.")]
    user_avatar: str
    subject: str | None
    metadata: Annotated[dict[str, Any], Meta(description="`skill`, `score` or `days`, where it has them.")]
    timestamp: datetime
    expires_at: datetime
    answered_at: datetime | None


class NudgesOut(Output, frozen=True, kw_only=True):
    """A page of nudges, the latest first."""

    counts: Annotated[dict[str, int], Meta(description="How many there are of each status.")]
    nudges: list[NudgeOut]
    next_cursor: NextCursor


@routes("GET", "/api/v1/nudges", scope="nudges:write", summary="One's nudges, by status.", rate=READING)
async def get_nudges(call: Call[None, NudgesQuery]) -> NudgesOut:
    me, hidden, query = owner(call.principal), call.principal.hidden, call.query
    limit = capped(query.limit)
    wanted = _statuses(query.status)
    place = tuple[Annotated[datetime, Meta(tz=True)], UUID]
    before = read_cursor(query.cursor, place) if query.cursor else None
    async with call.app.transactions.read() as db:
        found = await own_nudges(db, me, hidden, statuses=wanted, before=before, limit=limit + 1)
        counts = await counts_by_status(db, me, hidden)
    shown, more = found[:limit], len(found) > limit
    return NudgesOut(
        counts={status: counts.get(status, 0) for status in STATUSES},
        nudges=[_out(told) for told in shown],
        next_cursor=make_cursor(shown[-1].row.inserted_at, shown[-1].row.id) if more else None,
    )


def _statuses(given: str | None) -> tuple[str, ...]:
    if given is None:
        return ()
    wanted = tuple(part.strip() for part in given.split(","))
    if not set(wanted) <= set(STATUSES):
        raise Invalid(fields=[{"field": "status", "message": f"one of {', '.join(STATUSES)}"}])
    return wanted


def _out(told: Told) -> NudgeOut:
    row, who = told.row, told.who
    return NudgeOut(
        id=row.id,
        nudge_type=row.nudge_type,
        status=row.status,
        user_id=who.id if who else None,
        user_name=who.name if who else "",
        user_avatar=who.avatar if who else "",
        subject=row.subject_id,
        metadata=row.details,
        timestamp=row.inserted_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
    )


# --- answers


class AnswerOut(Output, frozen=True, kw_only=True):
    """What became of a nudge."""

    id: UUID
    status: str
    href: Annotated[str, Meta(description="Where it leads to; empty for nowhere.")]


ACCEPTED = {"id": NUDGE, "status": "accepted", "href": f"/practice/co-session?with={NUDGE}&skill=algebra"}
IGNORED = {"id": NUDGE, "status": "ignored", "href": ""}


def _answer(done: Answered) -> AnswerOut:
    return AnswerOut(id=done.id, status=done.status, href=done.href)


@routes(
    "POST",
    "/api/v1/nudges/{nudge_id}/accept",
    scope="nudges:write",
    summary="Go along with a nudge: to the friend's practice, or their subject.",
    errors=(404, 409),
    answer_example=ACCEPTED,
)
async def accept_nudge(tx: Transaction, call: Call[None, None]) -> AnswerOut:
    """One that is over answers `expired`, one that was answered `already_accepted` or `already_ignored`."""
    return _answer(await accept(tx, call.path_id("nudge_id")))


@routes(
    "POST",
    "/api/v1/nudges/{nudge_id}/ignore",
    scope="nudges:write",
    summary="Not now.",
    errors=(404, 409),
    answer_example=IGNORED,
)
async def ignore_nudge(tx: Transaction, call: Call[None, None]) -> AnswerOut:
    return _answer(await ignore(tx, call.path_id("nudge_id")))


class MuteIn(Input, frozen=True, kw_only=True):
    """What to hear nothing of: this `friend` for a week, or this `kind` of nudge from now on."""

    what: Literal["friend", "kind"]


@routes(
    "POST",
    "/api/v1/nudges/{nudge_id}/mute",
    scope="nudges:write",
    summary="Mute the friend, or the kind; nobody is told.",
    errors=(404, 409),
    example={"what": "friend"},
    answer_example=IGNORED,
)
async def mute_nudge(tx: Transaction, call: Call[MuteIn, None]) -> AnswerOut:
    return _answer(await mute(tx, call.path_id("nudge_id"), call.body.what))


@routes(
    "POST",
    "/api/v1/nudges/{nudge_id}/report",
    scope="nudges:write",
    summary="Tell staff that something is wrong with it; the friend is muted, and not told.",
    errors=(404, 409),
    answer_example=IGNORED,
)
async def report_nudge(tx: Transaction, call: Call[None, None]) -> AnswerOut:
    return _answer(await report(tx, call.app.gate, call.path_id("nudge_id"), ip=call.address))


@routes(
    "POST",
    "/api/v1/nudges/{nudge_id}/shown",
    scope="nudges:write",
    summary="Say that it came before somebody's eyes; only the first time counts.",
    errors=(404,),
)
async def nudge_shown(tx: Transaction, call: Call[None, None]) -> None:
    await show(tx, call.path_id("nudge_id"))


# --- muted friends


class MutedOut(Output, frozen=True, kw_only=True):
    """A friend of whom one hears nothing for a while."""

    user_id: UUID
    user_name: str
    user_avatar: str
    until: Annotated[datetime | None, Meta(description="Null for good.")]


class MutesOut(Output, frozen=True, kw_only=True):
    """Whom one muted; they are not told."""

    muted: list[MutedOut]


@routes("GET", "/api/v1/nudges/mutes", scope="nudges:write", summary="The friends one muted.", rate=READING)
async def get_mutes(call: Call[None, None]) -> MutesOut:
    me = owner(call.principal)
    async with call.app.transactions.read() as db:
        found = await mutes_of(db, me, call.app.clock.now())
    rows = [
        MutedOut(user_id=who.id, user_name=who.name, user_avatar=who.avatar, until=row.until)
        for row, who in found
        if who.id not in call.principal.hidden
    ]
    return MutesOut(muted=rows)


@routes(
    "DELETE", "/api/v1/nudges/mutes/{user_id}", scope="nudges:write", summary="Hear of a friend again.", errors=(404,)
)
async def delete_mute(tx: Transaction, call: Call[None, None]) -> None:
    await unmute_friend(tx, call.path_id("user_id"))
