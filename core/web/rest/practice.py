"""Practice by REST: the catalogue, a subject's figures, one's own runs from beginning to end, and practising together.

The same commands as on the socket, with the same refusals. A host platform tells of practice by its stream of events.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from core.accounts.queries import seen_by
from core.content import subjects
from core.errors import Forbidden, NotFound
from core.practice.catalogue import apps, what_of
from core.practice.commands import Result, complete_practice, give_up_practice, start_practice
from core.practice.pairs import OPEN_FOR, answer, both_of, invite
from core.practice.queries import open_invitations, own_runs, session_of
from core.practice.rules import METRICS
from core.transaction import Transaction
from core.web.channels.practising import subject_stats
from core.web.channels.topics import Services
from core.web.rest.fields import Input, NextCursor, Output, Paged, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes
from data.tables import CoPractice, PracticeRun

routes = Routes("Practice")

BOTH = 2
RUN_ID = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d60"
Percent = Annotated[float, Meta(ge=0, le=100)]
Speed = Annotated[float, Meta(ge=0, le=1000, description="Words a minute.")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Items = Annotated[int, Meta(ge=0, le=100_000, description="How many exercises, words or notes it was.")]
Seconds = Annotated[int, Meta(ge=0, le=86_400, description="How long it was practised, pauses left out.")]


# --- the catalogue


class AppOut(Output, frozen=True, kw_only=True):
    """A practice app."""

    id: str
    name: str
    subject: str
    metrics: Annotated[list[str], Meta(description="What it streams while one practises.")]
    rank_by: str
    better: Annotated[str, Meta(description="`higher` or `lower`.")]


class SubjectOut(Output, frozen=True, kw_only=True):
    """A subject with its skills."""

    id: str
    name: str
    skills: list[str]


class CatalogueOut(Output, frozen=True, kw_only=True):
    """Everything that can be practised."""

    subjects: list[SubjectOut]
    apps: list[AppOut]


@routes("GET", "/api/v1/subjects", scope="activity:read", summary="Subjects, skills and practice apps.", rate=READING)
async def get_subjects(call: Call[None, None]) -> CatalogueOut:
    known = [SubjectOut(id=one.id, name=one.name, skills=list(one.skills)) for one in subjects().values()]
    found = [
        AppOut(
            id=app.id,
            name=app.name,
            subject=app.subject,
            metrics=list(app.metrics),
            rank_by=app.rank_by,
            better=app.better,
        )
        for app in apps().values()
    ]
    return CatalogueOut(subjects=known, apps=found)


class StatsOut(Output, frozen=True, kw_only=True):
    """A subject right now, as far as one may see."""

    peers_online: int
    active_practicing: int
    peers_by_skill: dict[str, int]
    popular_skills: list[dict[str, Any]]
    cohort_activity: list[dict[str, Any]]


@routes(
    "GET",
    "/api/v1/subjects/{subject_id}/stats",
    scope="presence:read",
    summary="Who is in a subject, and what is popular there.",
    rate=READING,
    errors=(404,),
)
async def get_stats(call: Call[None, None]) -> StatsOut:
    """Popular are the five skills that were completed most in the last hour."""
    subject = call.path["subject_id"].strip().lower()
    if subject not in subjects():
        raise NotFound("The catalogue has no such subject.", reason="unknown_subject")
    return StatsOut(**await subject_stats(_services(call), call.principal, subject))


def _services(call: Call[Any, Any]) -> Services:
    return Services(
        call.app.presence, call.app.practice, call.app.transactions, call.app.gate, call.app.replicas, call.app.rooms
    )


# --- one's own runs


class StartIn(Input, frozen=True, kw_only=True):
    """What one begins to practise."""

    subject: Name
    skill: Name
    app: Name | None = None


class RunOut(Output, frozen=True, kw_only=True):
    """A run of practice."""

    practice_id: UUID
    session_id: Annotated[UUID, Meta(description="What its topics are called by: `session:{session_id}:live`.")]
    app: str | None
    subject: str | None
    skill: str | None
    status: Annotated[str, Meta(description="`live`, `completed` or `ended`.")]
    reason: Annotated[str | None, Meta(description="Why it ended without a result.")]
    score: float | None
    wpm: float | None
    seconds: int | None
    started_at: datetime
    ended_at: datetime | None


def run_out(run: PracticeRun) -> RunOut:
    return RunOut(
        practice_id=run.id,
        session_id=run.session_id,
        app=run.app,
        subject=run.subject_id,
        skill=run.skill,
        status=run.status,
        reason=run.reason,
        score=None if run.score is None else run.score / 100,
        wpm=None if run.wpm is None else run.wpm / 100,
        seconds=run.seconds,
        started_at=run.started_at,
        ended_at=run.ended_at,
    )


A_RUN = {
    "practice_id": RUN_ID,
    "session_id": RUN_ID,
    "app": "typing",
    "subject": "typing",
    "skill": "speed",
    "status": "live",
    "reason": None,
    "score": None,
    "wpm": None,
    "seconds": None,
    "started_at": "2026-03-02T11:59:30Z",
    "ended_at": None,
}


@routes(
    "POST",
    "/api/v1/practice",
    scope="practice:write",
    summary="Begin to practise; what one practised before is over.",
    status=201,
    example={"subject": "typing", "skill": "speed"},
    answer_example=A_RUN,
)
async def post_practice(tx: Transaction, call: Call[StartIn, None]) -> RunOut:
    what = what_of(call.body.subject, call.body.skill, call.body.app)
    return run_out(await start_practice(tx, call.app.gate, what, ip=call.address))


class RunsOut(Output, frozen=True, kw_only=True):
    """A page of one's own runs, the latest first."""

    runs: list[RunOut]
    next_cursor: NextCursor


@routes("GET", "/api/v1/practice", scope="practice:write", summary="One's own practice, the latest first.")
async def get_practice(call: Call[None, Paged]) -> RunsOut:
    limit = capped(call.query.limit)
    before = None
    if call.query.cursor:
        before = read_cursor(call.query.cursor, tuple[Annotated[datetime, Meta(tz=True)], UUID])
    async with call.app.transactions.read() as db:
        found = await own_runs(db, own_id(call), limit + 1, before)
    shown = found[:limit]
    more = make_cursor(shown[-1].started_at, shown[-1].id) if len(found) > limit else None
    return RunsOut(runs=[run_out(run) for run in shown], next_cursor=more)


class ProgressIn(Input, frozen=True, kw_only=True):
    """How it goes; what is left out stays as it was."""

    wpm: Speed | None = None
    accuracy: Percent | None = None
    score: Percent | None = None
    done: Items | None = None
    of: Items | None = None


@routes(
    "PUT",
    "/api/v1/practice/{practice_id}/progress",
    scope="practice:write",
    summary="Say how one's practice goes; watchers hear of it twice a second at most.",
    rate=READING,
    errors=(404, 409),
    example={"wpm": 52.5, "accuracy": 97},
)
async def put_progress(call: Call[ProgressIn, None]) -> None:
    figures = {name: value for name in METRICS if (value := getattr(call.body, name)) is not None}
    await call.app.practice.say(call.path_id("practice_id"), own_id(call), figures)


class ResultIn(Input, frozen=True, kw_only=True):
    """What a practice came to."""

    score: Percent
    wpm: Speed | None = None
    items: Items | None = None
    seconds: Seconds | None = None


@routes(
    "POST",
    "/api/v1/practice/{practice_id}/complete",
    scope="practice:write",
    summary="Finish one's practice with a result.",
    errors=(404, 409),
    example={"score": 97, "wpm": 54, "items": 60},
    answer_example=A_RUN
    | {"status": "completed", "score": 97.0, "wpm": 54.0, "seconds": 66, "ended_at": "2026-03-02T12:00:36Z"},
)
async def post_result(tx: Transaction, call: Call[ResultIn, None]) -> RunOut:
    """It counts once: of two who try, one is told that it is over.

    A run that ended because its person lost the line may be finished for three hours all the same.
    """
    said = call.body
    result = Result(score=said.score, wpm=said.wpm, items=said.items, seconds=said.seconds)
    return run_out(await complete_practice(tx, result, run_id=call.path_id("practice_id")))


@routes(
    "DELETE",
    "/api/v1/practice/{practice_id}",
    scope="practice:write",
    summary="Give up one's practice.",
    errors=(409,),
)
async def delete_practice(tx: Transaction, call: Call[None, None]) -> None:
    await give_up_practice(tx, call.path_id("practice_id"))


# --- together


class InviteIn(Input, frozen=True, kw_only=True):
    """Whom one asks, and what to practise."""

    user_id: UUID
    subject: Name
    skill: Name
    app: Name | None = None


class SeatOut(Output, frozen=True, kw_only=True):
    """One of the two."""

    seat: int
    user_id: UUID
    name: str
    avatar: str
    practice_id: UUID | None
    status: Annotated[str, Meta(description="Of their run; `waiting` before it begins.")]
    score: float | None


class SessionOut(Output, frozen=True, kw_only=True):
    """Two who practise together, or were asked to."""

    session_id: UUID
    status: Annotated[str, Meta(description="`invited`, `live`, `declined`, `completed` or `ended`.")]
    app: str | None
    subject: str
    skill: str
    score: Annotated[float | None, Meta(description="The mean of both, once both are done.")]
    created_at: datetime
    people: list[SeatOut]


PAIR: dict[str, Any] = {
    "session_id": RUN_ID,
    "status": "invited",
    "app": "math",
    "subject": "math",
    "skill": "algebra",
    "score": None,
    "created_at": "2026-03-02T11:59:30Z",
    "people": [],
}


async def _session_out(db: Any, pair: CoPractice, me: UUID) -> SessionOut:
    """A practice of two as one of them sees it: without a partner who may not be seen any more."""
    _, runs = await session_of(db, pair.id)
    by_seat = {run.seat: run for run in runs}
    people = await seen_by(db, me, both_of(pair))
    seats = []
    for seat, user_id in enumerate((pair.inviter_id, pair.partner_id)):
        who, run = people.get(user_id) if user_id else None, by_seat.get(seat)
        if who is not None:
            seats.append(
                SeatOut(
                    seat=seat,
                    user_id=who.id,
                    name=who.name,
                    avatar=who.avatar,
                    practice_id=run.id if run else None,
                    status=run.status if run else "waiting",
                    score=None if run is None or run.score is None else run.score / 100,
                )
            )
    return SessionOut(
        session_id=pair.id,
        status=pair.status,
        app=pair.app,
        subject=pair.subject_id,
        skill=pair.skill,
        score=None if pair.score is None else pair.score / 100,
        created_at=pair.created_at,
        people=seats,
    )


class SessionsOut(Output, frozen=True, kw_only=True):
    """Invitations that can still be answered, one's own among them."""

    sessions: list[SessionOut]


@routes(
    "POST",
    "/api/v1/co-sessions",
    scope="practice:write",
    summary="Ask a friend or somebody of one's cohort to practise together.",
    status=201,
    errors=(404,),
    example={"user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f", "subject": "math", "skill": "algebra"},
    answer_example=PAIR,
)
async def post_co_session(tx: Transaction, call: Call[InviteIn, None]) -> SessionOut:
    """Who was asked has five minutes to answer."""
    what = what_of(call.body.subject, call.body.skill, call.body.app)
    pair = await invite(tx, call.app.gate, call.body.user_id, what, ip=call.address)
    return await _session_out(tx.db, pair, own_id(call))


@routes("GET", "/api/v1/co-sessions", scope="practice:write", summary="Open invitations to practise together.")
async def get_co_sessions(call: Call[None, None]) -> SessionsOut:
    me = own_id(call)
    async with call.app.transactions.read() as db:
        pairs = await open_invitations(db, me, call.app.clock.now() - OPEN_FOR)
        seen = [pair for pair in pairs if not set(both_of(pair)) & call.principal.hidden]
        shown = [await _session_out(db, pair, me) for pair in seen]
        # Nobody can say yes to whom they may not see any more.
        return SessionsOut(sessions=[one for one in shown if len(one.people) == BOTH])


@routes(
    "GET",
    "/api/v1/co-sessions/{session_id}",
    scope="practice:write",
    summary="A practice of two.",
    errors=(404,),
    answer_example=PAIR,
)
async def get_co_session(call: Call[None, None]) -> SessionOut:
    me = own_id(call)
    async with call.app.transactions.read() as db:
        pair, _ = await session_of(db, call.path_id("session_id"))
        if pair is None or me not in both_of(pair) or set(both_of(pair)) & call.principal.hidden:
            raise NotFound(reason="unknown_practice")
        return await _session_out(db, pair, me)


@routes(
    "POST",
    "/api/v1/co-sessions/{session_id}/accept",
    scope="practice:write",
    summary="Say yes: both begin at once.",
    errors=(404, 409),
    answer_example=PAIR | {"status": "live"},
)
async def accept_co_session(tx: Transaction, call: Call[None, None]) -> SessionOut:
    pair = await answer(tx, call.app.gate, call.path_id("session_id"), True, ip=call.address)
    await tx.db.flush()
    return await _session_out(tx.db, pair, own_id(call))


@routes(
    "POST",
    "/api/v1/co-sessions/{session_id}/decline",
    scope="practice:write",
    summary="Say no, or take one's own invitation back.",
    errors=(404, 409),
    answer_example=PAIR | {"status": "declined"},
)
async def decline_co_session(tx: Transaction, call: Call[None, None]) -> SessionOut:
    pair = await answer(tx, call.app.gate, call.path_id("session_id"), False, ip=call.address)
    return await _session_out(tx.db, pair, own_id(call))


def own_id(call: Call[Any, Any]) -> UUID:
    me = call.principal.id
    if call.principal.kind != "person" or me is None:
        raise Forbidden
    return me
