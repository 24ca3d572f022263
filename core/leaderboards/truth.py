"""Boards made from all results: one statement for any number of people, and the same for one person.

What the statement makes is what boards are by definition; the incremental way in `commands` must come to the same. A
result counts in a table if it came while that was open (`in_day`, `in_week`), and for all time from the first day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String

from core.transaction import Transaction
from data.database import at_length, is_broken_rule

AT_MOST = 600.0
"""Seconds: nearly a million entries took 32 on a machine that had other things to do."""

STANDINGS = """
    days AS (
        SELECT r.user_id, r.subject_id, CAST(r.taken_at AT TIME ZONE z.timezone AS date) AS day, r.in_day, r.in_week,
            sum(r.points) AS points, count(nullif(r.points, 0)) AS worth, max(r.taken_at) FILTER (WHERE r.points > 0)
            AS worth_at, sum(r.score) AS score, count(*) AS taken, max(r.taken_at) AS taken_at, sum(r.wpm) AS wpm,
            count(r.wpm) AS typed, max(r.taken_at) FILTER (WHERE r.wpm IS NOT NULL) AS typed_at
        FROM results r
        JOIN (SELECT DISTINCT subject_id, timezone FROM leaderboard_boards) z USING (subject_id)
        WHERE r.status = 'counted' AND {which} GROUP BY 1, 2, 3, 4, 5
    ), totals AS (
        SELECT d.user_id, b.id AS board, b.metric, b.least, p.period, p.period_start, bool_and(p.open) AS open,
            CAST(sum(v.total) AS bigint) AS total, CAST(sum(v.results) AS integer) AS results, max(v.at) AS reached_at
        FROM days d JOIN leaderboard_boards b USING (subject_id)
        CROSS JOIN LATERAL (SELECT d.day - (CAST(extract(isodow FROM d.day) AS integer) - 1) AS week) w
        CROSS JOIN LATERAL (VALUES
            ('points', d.points, d.worth, d.worth_at),
            ('avg_score', d.score, d.taken, d.taken_at),
            ('avg_wpm', d.wpm, d.typed, d.typed_at)
        ) v (metric, total, results, at)
        CROSS JOIN LATERAL (VALUES
            ('daily', d.day, d.in_day, d.day = b.day),
            ('weekly', w.week, d.in_week, w.week = b.week),
            ('all_time', b.since, d.day >= b.since, true)
        ) p (period, period_start, counts, open)
        WHERE v.metric = b.metric AND v.results > 0 AND p.counts AND {places}
        GROUP BY 1, 2, 3, 4, 5, 6
    ), standings AS (
        SELECT t.*, u.cohort_id, CASE t.metric WHEN 'points' THEN t.total ELSE t.total / t.results END AS score,
            CASE WHEN t.results < t.least OR c.listed IS FALSE THEN 'nobody' ELSE u.audience END AS shown
        FROM totals t JOIN users u ON u.id = t.user_id LEFT JOIN leaderboard_choices c ON c.user_id = t.user_id
    )"""

PERCENTILES = """
    placed AS (
        SELECT e.user_id, e.period, 10000 * (count(*) OVER same - rank() OVER (same ORDER BY e.score DESC) + 1)
            / count(*) OVER same AS percentile
        FROM leaderboard_entries e JOIN leaderboard_boards b ON b.id = e.subject_id AND e.results >= b.least
        WHERE e.subject_id = ANY(:of) AND e.frozen_at IS NULL
            AND e.period_start = CASE e.period WHEN 'daily' THEN b.day WHEN 'weekly' THEN b.week ELSE b.since END
        WINDOW same AS (PARTITION BY e.subject_id, e.period)
    ), totals AS (
        SELECT p.user_id, b.id AS board, p.period,
            CASE p.period WHEN 'daily' THEN b.day WHEN 'weekly' THEN b.week ELSE b.since END AS period_start,
            CAST(sum(p.percentile) AS bigint) AS total, CAST(count(*) AS integer) AS results
        FROM placed p JOIN leaderboard_boards b ON b.id = :board GROUP BY 1, 2, 3, 4
    ), standings AS (
        SELECT t.*, true AS open, CAST(:now AS timestamptz) AS reached_at, u.cohort_id,
            t.total / :count AS score, CASE WHEN c.listed IS FALSE THEN 'nobody' ELSE u.audience END AS shown
        FROM totals t JOIN users u ON u.id = t.user_id LEFT JOIN leaderboard_choices c ON c.user_id = t.user_id
    )"""

RANKED = """
    ranked AS (
        SELECT s.*,
            CASE WHEN s.shown = 'public' THEN CAST(rank() OVER (
                PARTITION BY s.board, s.period, s.shown = 'public' ORDER BY s.score DESC) AS integer) END AS rank,
            CASE WHEN s.shown <> 'nobody' AND s.cohort_id IS NOT NULL THEN CAST(rank() OVER (
                PARTITION BY s.board, s.period, s.cohort_id, s.shown <> 'nobody' ORDER BY s.score DESC
            ) AS integer) END AS cohort_rank
        FROM standings s
    )"""

GONE = """
    gone AS (
        DELETE FROM leaderboard_entries e USING leaderboard_boards b
        WHERE b.id = e.subject_id AND {which} AND NOT EXISTS (
            SELECT 1 FROM totals t WHERE t.user_id = e.user_id AND t.board = e.subject_id
                AND t.period = e.period AND t.period_start = e.period_start)
        RETURNING 1
    )"""

OPEN = "e.period_start = CASE e.period WHEN 'daily' THEN b.day WHEN 'weekly' THEN b.week ELSE b.since END"

PUT = """
    INSERT INTO leaderboard_entries AS e (user_id, subject_id, period, period_start, score, total, results, reached_at,
        shown, cohort_id, rank, cohort_rank, frozen_at)
    SELECT user_id, board, period, period_start, score, total, results, reached_at, shown, cohort_id, {ranks},
        CASE WHEN open THEN NULL ELSE CAST(:now AS timestamptz) END
    FROM {source}
    ON CONFLICT (user_id, subject_id, period, period_start) DO UPDATE SET score = excluded.score,
        total = excluded.total, results = excluded.results, reached_at = {reached_at},
        shown = excluded.shown, cohort_id = excluded.cohort_id, {set_ranks}
    WHERE (e.score, e.total, e.results, e.shown, e.cohort_id, {compared})
        IS DISTINCT FROM (excluded.score, excluded.total, excluded.results, excluded.shown, excluded.cohort_id,
            {compared_with})
"""

COUNTED = ", put AS ({} RETURNING 1) SELECT (SELECT count(*) FROM put) + (SELECT count(*) FROM gone)"
WITH_RANKS = {
    "ranks": "rank, cohort_rank",
    "source": "ranked",
    "set_ranks": "rank = excluded.rank, cohort_rank = excluded.cohort_rank",
}
SINCE_IT_CHANGED = "CASE WHEN e.score = excluded.score THEN e.reached_at ELSE excluded.reached_at END"

ALL_OPEN = text(
    f"WITH {STANDINGS.format(which='true', places='p.open')}, {RANKED},"
    f" {GONE.format(which=f'b.subject_id IS NOT NULL AND {OPEN}')}"
    + COUNTED.format(
        PUT.format(
            **WITH_RANKS,
            reached_at="excluded.reached_at",
            compared="e.reached_at, e.rank, e.cohort_rank",
            compared_with="excluded.reached_at, excluded.rank, excluded.cohort_rank",
        )
    )
)
OVERALL = text(
    f"WITH {PERCENTILES}, {RANKED}, {GONE.format(which=f'b.id = :board AND {OPEN}')}"
    + COUNTED.format(
        PUT.format(
            **WITH_RANKS,
            reached_at=SINCE_IT_CHANGED,
            compared="e.rank, e.cohort_rank",
            compared_with="excluded.rank, excluded.cohort_rank",
        )
    )
).bindparams(bindparam("of", type_=ARRAY(String)))
ONE_PERSON = text(
    f"WITH {STANDINGS.format(which='r.user_id = :user_id AND r.subject_id = :subject', places='true')},"
    f" {GONE.format(which='e.user_id = :user_id AND b.subject_id = :subject')}"
    + PUT.format(
        ranks="NULL, NULL",
        source="standings",
        reached_at="excluded.reached_at",
        set_ranks="frozen_at = e.frozen_at",
        compared="e.reached_at",
        compared_with="excluded.reached_at",
    )
)
FREEZE = text(
    """
    UPDATE leaderboard_entries e SET rank = r.rank, cohort_rank = r.cohort_rank,
        frozen_at = coalesce(e.frozen_at, CAST(:now AS timestamptz))
    FROM (
        SELECT user_id,
            CASE WHEN shown = 'public' THEN rank() OVER (PARTITION BY shown = 'public' ORDER BY score DESC) END AS rank,
            CASE WHEN shown <> 'nobody' AND cohort_id IS NOT NULL THEN rank() OVER (
                PARTITION BY cohort_id, shown <> 'nobody' ORDER BY score DESC) END AS cohort_rank
        FROM leaderboard_entries WHERE subject_id = :board AND period = :period AND period_start = :start
    ) r
    WHERE e.subject_id = :board AND e.period = :period AND e.period_start = :start AND e.user_id = r.user_id
    RETURNING e.user_id, e.cohort_id, e.rank, e.reached_at
    """
)


async def remake_open(tx: Transaction) -> int:
    """Every open table of every subject, its stored ranks included; how many entries are others now."""
    return await _remade(tx, ALL_OPEN, {"now": tx.now})


async def remake_overall(tx: Transaction, board: str, of: Sequence[str]) -> int:
    """The open tables of a board that is made of other boards."""
    given = {"board": board, "of": list(of), "count": len(of), "now": tx.now}
    return await _remade(tx, OVERALL, given)


async def remake_person(tx: Transaction, user_id: UUID, subject: str) -> None:
    """One person's entries of a subject, those of tables that are kept included."""
    await tx.db.execute(ONE_PERSON, {"user_id": user_id, "subject": subject, "now": tx.now})


async def _remade(tx: Transaction, statement: TextClause, given: dict[str, Any]) -> int:
    """Run it; once more if somebody was erased between its look at people and its write."""
    # Sorting a large community in memory is several times as fast. Of tables that were filled a moment ago the planner
    # knows nothing yet: it must not look through all of one for every row of another.
    await tx.db.execute(text("SET LOCAL work_mem = '128MB'"))
    await tx.db.execute(text("SET LOCAL enable_nestloop = off"))
    changed = await _tried(tx, statement, given)
    await tx.db.execute(text("SET LOCAL enable_nestloop = on"))
    return changed


async def _tried(tx: Transaction, statement: TextClause, given: dict[str, Any]) -> int:
    for last in (False, False, True):
        try:
            async with tx.db.begin_nested():
                return int(await at_length(tx.db, statement, given, AT_MOST))
        except Exception as error:
            if last or not is_broken_rule(error):
                raise
    raise AssertionError("unreachable")
