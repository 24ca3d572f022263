"""An entry as facts tell of it: the score it has now, the one before, and the ranks that were counted earlier."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from core.accounts.rules import REACH
from core.content import boards
from core.events.boards import Standing, StandingsChanged
from core.leaderboards.rules import least_of
from core.transaction import Transaction
from data.tables import EntryRow

ENTRY = (
    EntryRow.subject_id,
    EntryRow.period,
    EntryRow.period_start,
    EntryRow.score,
    EntryRow.total,
    EntryRow.results,
    EntryRow.reached_at,
    EntryRow.rank,
    EntryRow.cohort_rank,
    EntryRow.details,
    EntryRow.frozen_at,
)


def is_average(board: str) -> bool:
    return boards()[board].metric.startswith("avg_")


def least(board: str) -> int:
    return least_of(boards()[board].metric)


def score_before(row: Row[Any], value: int) -> int | None:
    """What the score was before a result added so much; None if there was no standing yet."""
    results: int = row.results - 1
    total: int = row.total - value
    if results < least(row.subject_id):
        return None
    return total // results if is_average(row.subject_id) else total


def standing_of(row: Row[Any], before: int | None) -> Standing:
    stored = {"global": row.rank, "cohort": row.cohort_rank}
    return Standing(
        board=row.subject_id,
        period=row.period,
        period_start=row.period_start,
        score=row.score,
        before=before,
        results=row.results,
        reached_at=row.reached_at,
        ranked=row.results >= least(row.subject_id),
        stored={scope: rank for scope, rank in stored.items() if rank},  # type: ignore[misc]
        history=row.details.get("ranks", {}),
    )


def tell_scores(
    tx: Transaction,
    user_id: UUID,
    cohort_id: UUID | None,
    shown: str,
    subject: str,
    standings: list[Standing],
    *,
    late: bool,
) -> None:
    """State what somebody's scores are now, as far as they may be shown."""
    if standings:
        event = StandingsChanged(standings=standings, late=late)
        tx.emit(event, user_id=user_id, cohort_id=cohort_id, subject=subject, visibility=REACH[shown])
