"""A second look at results: what waits for it, what staff decide, and who somebody is, on record.

People stand here under a name that means nothing; their own is told on request only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.accounts.revealing import reveal_name
from core.leaderboards.reviewing import Verdict, Waiting, decided_lately, review_result, to_review
from core.transaction import Transaction
from core.web.rest.fields import Input, NextCursor, Output, Paged, UserId, capped, make_cursor, read_cursor
from core.web.routes import READING, Call, Routes
from data.tables import User

routes = Routes("Reviews")


class ReviewsQuery(Paged, frozen=True, kw_only=True):
    """Which results: those that wait, those decided lately, or all of one person."""

    user_id: UUID | None = None
    decided: Annotated[bool, Meta(description="The latest that staff decided, in one page.")] = False


class ResultOut(Output, frozen=True, kw_only=True):
    """A result, and what became of it."""

    result_id: UUID
    user_id: UUID
    alias: Annotated[str, Meta(description="What the person is called here, always the same.")]
    subject: str
    skill: str | None
    type: str
    score: Annotated[float, Meta(description="0 to 100.")]
    points: int
    wpm: float | None
    seconds: int | None
    items: int | None
    taken_at: datetime
    status: Annotated[str, Meta(description="`counted`, `review` or `voided`.")]
    reason: Annotated[str | None, Meta(description="Why it was held: a code.")]
    reviewed_at: datetime | None
    note: Annotated[str | None, Meta(description="Why it was decided so, in the words of who did.")]


class ReviewsOut(Output, frozen=True, kw_only=True):
    """Results, the oldest first."""

    results: list[ResultOut]
    next_cursor: NextCursor


class VerdictIn(Input, frozen=True, kw_only=True):
    """What staff decided."""

    verdict: Annotated[Verdict, Meta(description="`reopened` takes back what was decided: it waits again.")]
    note: Annotated[str, Meta(max_length=300, description="Why, kept on record.")] = ""


class VerdictOut(Output, frozen=True, kw_only=True):
    """What stands now."""

    result_id: UUID
    status: str


@routes(
    "GET",
    "/api/v1/results/reviews",
    scope="results:review",
    summary="Results that wait for a second look, or all results of one person.",
    rate=READING,
    answer_example={
        "results": [
            {
                "result_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
                "user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
                "alias": "Student d5f",
                "subject": "math",
                "skill": "algebra",
                "type": "practice_completed",
                "score": 100,
                "points": 30,
                "wpm": None,
                "seconds": 2,
                "items": 10,
                "taken_at": "2026-03-02T11:59:30Z",
                "status": "review",
                "reason": "too_fast",
                "reviewed_at": None,
                "note": None,
            }
        ],
        "next_cursor": None,
    },
)
async def get_reviews(call: Call[None, ReviewsQuery]) -> ReviewsOut:
    limit = capped(call.query.limit)
    after = (
        read_cursor(call.query.cursor, tuple[Annotated[datetime, Meta(tz=True)], UUID]) if call.query.cursor else None
    )
    async with call.app.transactions.read() as db:
        if call.query.decided:
            return ReviewsOut(results=[_result(one) for one in await decided_lately(db, limit)], next_cursor=None)
        found = await to_review(db, limit=limit + 1, after=after, user_id=call.query.user_id)
    last = found[limit - 1].result if len(found) > limit else None
    return ReviewsOut(
        results=[_result(waiting) for waiting in found[:limit]],
        next_cursor=make_cursor(last.taken_at, last.id) if last else None,
    )


@routes(
    "POST",
    "/api/v1/results/{result_id}/review",
    scope="results:review",
    summary="Let a result count, or void it: every board is right at once, those that are kept included.",
    errors=(404,),
    example={"verdict": "voided", "note": "40 items in 12 seconds."},
    answer_example={"result_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e", "status": "voided"},
)
async def post_review(tx: Transaction, call: Call[VerdictIn, None]) -> VerdictOut:
    row = await review_result(tx, call.path_id("result_id"), call.body.verdict, call.body.note)
    return VerdictOut(result_id=row.id, status=row.status)


def _result(waiting: Waiting) -> ResultOut:
    row = waiting.result
    return ResultOut(
        result_id=row.id,
        user_id=row.user_id,
        alias=_alias(waiting.user),
        subject=row.subject_id,
        skill=row.skill,
        type=row.event_type,
        score=row.score / 100,
        points=row.points,
        wpm=None if row.wpm is None else row.wpm / 100,
        seconds=row.seconds,
        items=row.items,
        taken_at=row.taken_at,
        status=row.status,
        reason=row.reason,
        reviewed_at=row.reviewed_at,
        note=row.note,
    )


def _alias(user: User) -> str:
    return f"{user.role.capitalize()} {user.id.hex[-3:]}"


# --- who somebody is


class NameIn(Input, frozen=True, kw_only=True):
    """Whose name, and why it is needed."""

    user_id: UUID
    why: Annotated[str, Meta(min_length=1, max_length=300, description="Kept on record with who asked.")]


class NameOut(Output, frozen=True, kw_only=True):
    """Who somebody is."""

    user_id: UserId
    name: str
    public_name: Annotated[str, Meta(description="What others read.")]


@routes(
    "POST",
    "/api/v1/names",
    scope="results:review",
    summary="Who somebody is: told to staff, and kept on record.",
    errors=(404,),
    secret=True,
    example={"user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f", "why": "A result that was held."},
)
async def post_name(tx: Transaction, call: Call[NameIn, None]) -> NameOut:
    """Only for staff who are a person: a key has nobody to put on record."""
    user = await reveal_name(tx, call.body.user_id, call.body.why)
    return NameOut(user_id=str(user.id), name=user.name, public_name=user.username)
