"""A second look at results: what waits for it, and what staff decide.

Whatever a verdict changes is made again from the person's results, tables that are kept included: their ranks are then
what they would have been.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.events.boards import ResultReviewed, Standing
from core.leaderboards.entries import ENTRY, least, standing_of, tell_scores
from core.leaderboards.keeping import hold_boards
from core.leaderboards.truth import FREEZE, remake_person
from core.principal import Principal
from core.transaction import Transaction
from data.tables import BoardRow, ChoiceRow, EntryRow, ResultRow, User

Verdict = Literal["accepted", "voided", "reopened"]
SCOPE = "results:review"
STATUS = {"accepted": "counted", "voided": "voided", "reopened": "review"}

Place = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A result that waits for review, with whose it is."""

    result: ResultRow
    user: User


async def decided_lately(db: AsyncSession, limit: int) -> list[Waiting]:
    """What staff decided, the latest first."""
    wanted = select(ResultRow, User).join(User, User.id == ResultRow.user_id)
    wanted = wanted.where(ResultRow.reviewed_at.is_not(None), ResultRow.status != "review")
    rows = await db.execute(wanted.order_by(ResultRow.reviewed_at.desc(), ResultRow.id).limit(limit))
    return [Waiting(result, user) for result, user in rows]


async def to_review(
    db: AsyncSession, *, limit: int, after: tuple[datetime, UUID] | None = None, user_id: UUID | None = None
) -> list[Waiting]:
    """What waits, the oldest first; of one person, everything that counts as well."""
    wanted = select(ResultRow, User).join(User, User.id == ResultRow.user_id)
    wanted = wanted.where(ResultRow.user_id == user_id) if user_id else wanted.where(ResultRow.status == "review")
    if after:
        wanted = wanted.where(tuple_(ResultRow.taken_at, ResultRow.id) > after)
    rows = await db.execute(wanted.order_by(ResultRow.taken_at, ResultRow.id).limit(limit))
    return [Waiting(result, user) for result, user in rows]


async def review_result(tx: Transaction, result_id: UUID, verdict: Verdict, note: str = "") -> ResultRow:
    """Let a result count, or not, or have it wait again; the same verdict again changes nothing."""
    tx.actor.require(SCOPE) if tx.actor.kind != "system" else None
    await hold_boards(tx)
    wanted = select(ResultRow).where(ResultRow.id == result_id).with_for_update()
    row = (await tx.db.execute(wanted)).scalar_one_or_none()
    if row is None or await tx.db.get(User, row.user_id, with_for_update={"read": True, "key_share": True}) is None:
        raise NotFound
    if row.status == STATUS[verdict]:
        return row
    row.status, row.reviewed_at, row.reviewed_by = STATUS[verdict], tx.now, _name(tx.actor)
    row.note = note or None
    event = ResultReviewed(result_id=row.id, owner_id=row.user_id, verdict=verdict)
    tx.emit(event, user_id=tx.actor.id if tx.actor.kind == "person" else None, subject=row.subject_id)
    await recount_person(tx, row.user_id, row.subject_id)
    return row


def _name(actor: Principal) -> str:
    """Who decided: people by id, so that nobody's name outlives them here."""
    return str(actor.id) if actor.kind == "person" and actor.id else (actor.name or actor.kind)[:80]


async def recount_person(tx: Transaction, user_id: UUID, subject: str) -> None:
    """Make somebody's entries of a subject again, and tell what became of the open ones."""
    await tx.db.flush()
    before = await _entries(tx.db, user_id, subject)
    await remake_person(tx, user_id, subject)
    after = await _entries(tx.db, user_id, subject)
    changed = [place for place in {**before, **after} if _made_of(before.get(place)) != _made_of(after.get(place))]
    for place in changed:
        row = after.get(place) or before[place]
        if row.frozen_at is not None:
            board, period, start = place
            await tx.db.execute(FREEZE, {"board": board, "period": period, "start": start, "now": tx.now})
    standings = [standing for place in sorted(changed) if (standing := _standing(before, after, place))]
    found = select(User.audience, User.cohort_id, ChoiceRow.listed).outerjoin(ChoiceRow, ChoiceRow.user_id == User.id)
    user = (await tx.db.execute(found.where(User.id == user_id))).one()
    # Somebody who is hidden was on no board that others could see fall.
    shown = "nobody" if user.listed is False else user.audience
    tell_scores(tx, user_id, user.cohort_id, shown, subject, standings, late=True)


async def _entries(db: AsyncSession, user_id: UUID, subject: str) -> dict[Place, Row[Any]]:
    boards = select(BoardRow.id).where(BoardRow.subject_id == subject)
    wanted: Sequence[Row[Any]] = (
        await db.execute(select(*ENTRY).where(EntryRow.user_id == user_id, EntryRow.subject_id.in_(boards)))
    ).all()
    return {(row.subject_id, row.period, row.period_start): row for row in wanted}


def _made_of(row: Row[Any] | None) -> tuple[Any, ...] | None:
    return row and (row.total, row.results, row.reached_at)


def _standing(before: dict[Place, Row[Any]], after: dict[Place, Row[Any]], place: Place) -> Standing | None:
    """What became of an entry; nothing is told of a table that is kept."""
    old, new = before.get(place), after.get(place)
    row = new or old
    if row is None or row.frozen_at is not None:
        return None
    was = old.score if old and old.results >= least(row.subject_id) else None
    if new is not None:
        return standing_of(new, was)
    return Standing(
        board=row.subject_id,
        period=row.period,
        period_start=row.period_start,
        score=0,
        before=was,
        results=0,
        reached_at=row.reached_at,
        ranked=False,
        stored={},
        history={},
    )
