"""A result comes in: one statement for it and the entries it counts in, whatever the size of the boards.

A result that is too good to be true is kept for review and counts when staff say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from core.content import hundredths, most_points, points_for
from core.events.boards import ResultHeld
from core.events.catalog import DiagnosticCompleted, PracticeCompleted, QuizCompleted
from core.events.fact import Fact
from core.leaderboards.entries import is_average, score_before, standing_of, tell_scores
from core.leaderboards.keeping import Held, hold_boards, period_starts
from core.leaderboards.rules import Recent, day_of, doubt, least_of, value_of, week_of
from core.transaction import Transaction

RESULTS = (PracticeCompleted, QuizCompleted, DiagnosticCompleted)
LATELY = 20
"""So many of somebody's last results tell what is usual for them."""


# Written out, because making these anew for every result takes several times as long as the database needs.
ADD_RESULT = """
    INSERT INTO results (id, seq, user_id, subject_id, skill, event_type, score, points, wpm, seconds, items, taken_at,
        received_at, in_day, in_week, status, reason)
    VALUES (:id, :seq, :user_id, :subject_id, :skill, :event_type, :score, :points, :wpm, :seconds, :items, :taken_at,
        :received_at, :in_day, :in_week, :status, :reason)
    ON CONFLICT DO NOTHING RETURNING id
"""
ADD_ONLY = text(ADD_RESULT)
ADD_TO_ENTRIES = text(
    f"""
    WITH added AS ({ADD_RESULT})
    INSERT INTO leaderboard_entries AS e (user_id, subject_id, period, period_start, score, total, results, reached_at,
        shown, cohort_id)
    SELECT CAST(:user_id AS uuid), r.board, r.period, r.start, r.value, r.value, 1, CAST(:taken_at AS timestamptz),
        CASE WHEN r.board = ANY(CAST(:averages AS text[])) THEN 'nobody' ELSE CAST(:shown AS text) END,
        CAST(:cohort AS uuid)
    FROM unnest(CAST(:boards AS text[]), CAST(:periods AS text[]), CAST(:starts AS date[]), CAST(:values AS bigint[]))
        r (board, period, start, value)
    WHERE EXISTS (SELECT FROM added)
    ON CONFLICT (user_id, subject_id, period, period_start) DO UPDATE SET
        total = e.total + excluded.total, results = e.results + 1, cohort_id = excluded.cohort_id,
        score = CASE WHEN e.subject_id = ANY(CAST(:averages AS text[]))
            THEN (e.total + excluded.total) / (e.results + 1) ELSE e.total + excluded.total END,
        reached_at = greatest(e.reached_at, excluded.reached_at),
        shown = CASE WHEN e.subject_id = ANY(CAST(:averages AS text[])) AND e.results + 1 < :least THEN 'nobody'
            ELSE CAST(:shown AS text) END
    RETURNING subject_id, period, period_start, score, total, results, reached_at, rank, cohort_rank,
        metadata AS details, frozen_at
    """  # noqa: S608 - made of the constant above
)
PERSON = text(
    f"""
    SELECT u.audience, u.cohort_id, c.listed, h.last_hour, l.known, l.mean
    FROM users u LEFT JOIN leaderboard_choices c ON c.user_id = u.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS last_hour FROM results r
        WHERE r.user_id = u.id AND r.subject_id = :subject AND r.status <> 'voided'
            AND r.taken_at > CAST(:at AS timestamptz) - interval '1 hour' AND r.taken_at <= :at
    ) h
    CROSS JOIN LATERAL (
        SELECT count(*) AS known, coalesce(avg(score), 0) AS mean FROM (
            SELECT r.score FROM results r
            WHERE r.user_id = u.id AND r.subject_id = :subject AND r.status <> 'voided' AND r.taken_at <= :at
            ORDER BY r.taken_at DESC LIMIT {LATELY}
        ) last_ones
    ) l
    WHERE u.id = :user_id FOR KEY SHARE OF u
    """  # noqa: S608
)


Place = tuple[str, str, date]
"""A board, a period and the day with which it began."""


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    shown: str
    cohort_id: UUID | None
    recent: Recent


async def record_result(tx: Transaction, fact: Fact) -> None:
    """Take a result into the tables that are open for it. The same fact again changes nothing."""
    event = fact.event
    if not isinstance(event, RESULTS) or fact.user_id is None or fact.subject is None:
        return
    boards = [b for b in (await hold_boards(tx)).values() if b.subject_id == fact.subject]
    # What is from the future counts as now.
    taken_at = min(fact.at, fact.received_at)
    person = await _person(tx, fact.user_id, fact.subject, taken_at) if boards else None
    if person is None:
        return
    score, wpm = hundredths(event.score), getattr(event, "wpm", None)
    wpm = None if wpm is None else hundredths(wpm)
    reason = doubt(score, wpm, getattr(event, "seconds", None), getattr(event, "items", None), person.recent)
    day = day_of(taken_at, ZoneInfo(boards[0].timezone))
    result = {
        "id": fact.event_id,
        "seq": fact.seq,
        "user_id": person.id,
        "subject_id": fact.subject,
        "skill": fact.skill,
        "event_type": fact.type,
        "score": score,
        "points": points_for(most_points()[fact.type], score),
        "wpm": wpm,
        "seconds": getattr(event, "seconds", None),
        "items": getattr(event, "items", None),
        "taken_at": taken_at,
        "received_at": fact.received_at,
        "in_day": day == boards[0].day,
        "in_week": week_of(day) == boards[0].week,
        "status": "review" if reason else "counted",
        "reason": reason,
    }
    if reason:
        if (await tx.db.execute(ADD_ONLY, result)).scalar_one_or_none() is None:
            return
        held = ResultHeld(result_id=fact.event_id, why=reason)
        tx.emit(held, user_id=person.id, subject=fact.subject, visibility="private")
        return
    await _count_in(tx, person, boards, result, day, late=fact.backfill)


async def _person(tx: Transaction, user_id: UUID, subject: str, at: datetime) -> Person | None:
    """Who it is, how far they may be shown and what they did lately; None for somebody who was erased."""
    row = (await tx.db.execute(PERSON, {"user_id": user_id, "subject": subject, "at": at})).one_or_none()
    if row is None:
        return None
    shown = "nobody" if row.listed is False else row.audience
    return Person(user_id, shown, row.cohort_id, Recent(row.last_hour, row.known, float(row.mean)))


async def _count_in(
    tx: Transaction, person: Person, boards: Sequence[Held], result: dict[str, Any], day: date, *, late: bool
) -> None:
    values: dict[str, int] = {}
    places: list[Place] = []
    for board in boards:
        value = value_of(board.metric, result["points"], result["score"], result["wpm"])
        if value is None:
            continue
        values[board.id] = value
        for period, start in period_starts(board).items():
            if (period == "daily" and not result["in_day"]) or (period == "weekly" and not result["in_week"]):
                continue
            if period != "all_time" or day >= board.since:
                places.append((board.id, period, start))
    if not places:
        await tx.db.execute(ADD_ONLY, result)
        return
    entries = await _add(tx, person, places, values, result)
    if entries:
        standings = [standing_of(row, score_before(row, values[row.subject_id])) for row in entries]
        tell_scores(tx, person.id, person.cohort_id, person.shown, result["subject_id"], standings, late=late)


async def _add(
    tx: Transaction, person: Person, places: Sequence[Place], values: Mapping[str, int], result: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Keep a result and add it to each entry, in one statement; the rows as they are now, none if it was known."""
    boards, periods, starts = zip(*places, strict=True)
    given = {
        **result,
        "cohort": person.cohort_id,
        "shown": person.shown,
        "boards": boards,
        "periods": periods,
        "starts": starts,
        "values": [values[board] for board in boards],
        "averages": [board for board in values if is_average(board)],
        "least": least_of("avg_score"),
    }
    return (await tx.db.execute(ADD_TO_ENTRIES, given)).all()
