"""Reading boards: the first of a table, and somebody's own place with their neighbours.

A rank is counted when it is read, by tallies or over an index: one more than those who are listed and ahead. So
somebody who is not listed sees where they would stand. Names are those of the people who may be seen now, whatever an
entry says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row as SqlRow
from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import avatar_url
from core.errors import NotFound
from core.ids import parse_id
from core.leaderboards import tallies
from core.leaderboards.rules import AROUND, PERIODS, TOP, Period, Scope, ends_at, ranks
from core.leaderboards.state import KEPT, BoardState, Row, table_of
from core.principal import Principal
from data.database import PLAN_ONCE
from data.tables import BoardRow

ROW = """e.user_id, u.username AS name, u.avatar, u.simulated, e.score, e.results, e.reached_at, e.period_start, e.rank,
    e.cohort_rank, e.metadata AS details"""
TODAY = """(SELECT d.score FROM leaderboard_entries d WHERE d.user_id = t.user_id AND d.subject_id = :board
    AND d.period = 'daily' AND d.period_start = :day AND d.results >= :least) AS today"""
"""What somebody reached on the same board today; of a table that is kept, nothing."""
BEST_FIRST = "e.score DESC, e.reached_at, e.user_id"
LISTED = {"global": "e.shown = 'public'", "cohort": "e.cohort_id = :cohort AND e.shown <> 'nobody'"}
"""Whom an entry may be shown to, in the words of the indexes."""
IN_SIGHT = {"global": "u.audience = 'public'", "cohort": "u.cohort_id = :cohort AND u.audience <> 'nobody'"}
"""The same of the people themselves, whom entries follow a moment later."""

SNAPSHOT = {
    scope: text(
        f"""
        SELECT p.period AS which, t.*, (
            SELECT d.score FROM leaderboard_entries d WHERE d.user_id = t.user_id AND d.subject_id = b.id
                AND d.period = 'daily' AND d.period_start = b.day AND d.results >= b.least) AS today
        FROM leaderboard_boards b
        CROSS JOIN LATERAL (VALUES ('daily', b.day), ('weekly', b.week), ('all_time', b.since)) p (period, start)
        CROSS JOIN LATERAL (
            SELECT {ROW} FROM leaderboard_entries e JOIN users u ON u.id = e.user_id
            WHERE e.subject_id = b.id AND e.period = p.period AND e.period_start = p.start
                AND {LISTED[scope]} AND {IN_SIGHT[scope]}
            ORDER BY {BEST_FIRST} LIMIT {KEPT + 1}
        ) t
        WHERE b.id = :board
        ORDER BY p.period, t.score DESC, t.reached_at, t.user_id
        """  # noqa: S608 - made of the constants above
    )
    for scope in LISTED
}


async def board_state(db: AsyncSession, board: str, scope: str, cohort_id: str | None = None) -> BoardState:
    """The open tables of a board, as they are watched."""
    cohort = parse_id(cohort_id) if scope == "cohort" else None
    rows: Sequence[SqlRow[Any]] = ()
    if scope != "cohort" or cohort is not None:
        rows = (await db.execute(SNAPSHOT[scope], {"board": board} | ({"cohort": cohort} if cohort else {}))).all()
    found: dict[str, list[Row]] = {period: [] for period in PERIODS}
    for row in rows:
        found[row.which].append(_row(row, scope))
    return BoardState(board, {period: table_of(kept, open=False) for period, kept in found.items()})


def _row(row: SqlRow[Any], scope: str) -> Row:
    return Row(
        user_id=row.user_id,
        name=row.name,
        avatar=avatar_url(row.avatar),
        simulated=row.simulated,
        score=row.score,
        results=row.results,
        reached_at=row.reached_at,
        period_start=row.period_start,
        stored=row.cohort_rank if scope == "cohort" else row.rank,
        history=tuple(row.details.get("ranks", {}).get("cohort" if scope == "cohort" else "global", ())),
        today=row.today,
    )


# --- a table as one person reads it


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with its rank."""

    row: Row
    rank: int


@dataclass(frozen=True, slots=True)
class Own:
    """One's own place: others see it only if one is listed."""

    placed: Placed
    listed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    board: BoardRow
    period: Period
    period_start: date
    ends_at: datetime | None
    frozen: bool
    people: int
    """How many are listed."""
    top: list[Placed]
    own: Own | None = None
    around: tuple[Placed, ...] = ()
    """One's neighbours, oneself among them, best first."""


async def read_board(
    db: AsyncSession,
    viewer: Principal,
    board_id: str,
    *,
    scope: Scope = "global",
    period: Period = "weekly",
    start: date | None = None,
    limit: int = TOP,
) -> Reading:
    """The first of a table and what surrounds the viewer in it."""
    found = (await db.execute(select(BoardRow, PLAN_ONCE).where(BoardRow.id == board_id))).one_or_none()
    if found is None:
        raise NotFound("There is no such board.")
    board: BoardRow = found[0]
    now = {"daily": board.day, "weekly": board.week, "all_time": board.since}[period]
    begin = start or now
    place = {"board": board.id, "period": period, "start": begin, "least": board.least}
    place["day"] = board.day if begin == now else None
    if scope == "friends":
        people, top, own, around = await _among_friends(db, viewer, place, limit)
    else:
        people, top, own, around = await _among_all(db, viewer, place, scope, limit)
    hidden = viewer.hidden
    return Reading(
        board=board,
        period=period,
        period_start=begin,
        ends_at=ends_at(period, begin, ZoneInfo(board.timezone)),
        frozen=begin < now,
        people=people,
        top=[placed for placed in top if placed.row.user_id not in hidden],
        own=own,
        around=tuple(placed for placed in around if placed.row.user_id not in hidden),
    )


Found = tuple[int, list[Placed], Own | None, list[Placed]]

THIS = "e.subject_id = :board AND e.period = :period AND e.period_start = :start"
FIRST = {
    scope: text(
        f"""
        SELECT t.*, {TODAY} FROM (
            SELECT {ROW} FROM leaderboard_entries e JOIN users u ON u.id = e.user_id
            WHERE {THIS} AND {LISTED[scope]} AND {IN_SIGHT[scope]} ORDER BY {BEST_FIRST} LIMIT :limit
        ) t ORDER BY {BEST_FIRST.replace("e.", "t.")}
        """  # noqa: S608
    )
    for scope in LISTED
}
COUNTED = {
    "global": {"people": tallies.PEOPLE, "ahead": tallies.ahead("t.score")},
    "cohort": {
        "people": f"(SELECT count(*) FROM leaderboard_entries o WHERE {THIS.replace('e.', 'o.')}"  # noqa: S608
        f" AND {LISTED['cohort'].replace('e.', 'o.')})",
        "ahead": f"(SELECT count(*) FROM leaderboard_entries o WHERE {THIS.replace('e.', 'o.')}"  # noqa: S608
        f" AND {LISTED['cohort'].replace('e.', 'o.')} AND o.score > t.score)",
    },
}
"""How many are listed, and how many of them are ahead of a row `t`: a cohort is small, everybody may be many."""

MINE = {
    scope: f"""
        SELECT t.*, {counted["people"]} AS people, {counted["ahead"]} AS ahead, {TODAY}
        FROM (VALUES (1)) one LEFT JOIN (
            SELECT {ROW}, {LISTED[scope]} AND {IN_SIGHT[scope]} AS listed
            FROM leaderboard_entries e JOIN users u ON u.id = e.user_id
            WHERE {THIS} AND e.user_id = :me AND e.results >= :least
        ) t ON true"""  # noqa: S608
    for scope, counted in COUNTED.items()
}


def _beside(scope: str, ahead: bool) -> str:
    """Those next to the row `m`, nearest first: those with the same score and those beyond are read apart, each in the
    order of the index, so that many equals cost nothing."""
    place = "(e.reached_at, e.user_id)"
    apart = ("<", "DESC", "DESC") if ahead else (">", "", "")
    ties = f"e.score = m.score AND {place} {apart[0]} (m.reached_at, m.user_id)"
    beyond = f"e.score {'>' if ahead else '<'} m.score"
    order = f"score {'' if ahead else 'DESC'}, reached_at {apart[1]}, user_id {apart[2]}"
    rows = f"""SELECT {ROW} FROM leaderboard_entries e JOIN users u ON u.id = e.user_id
        WHERE {THIS} AND {LISTED[scope]} AND {IN_SIGHT[scope]} AND e.user_id <> m.user_id AND"""  # noqa: S608
    ordered = f"ORDER BY {', '.join('e.' + part for part in order.split(', '))} LIMIT {AROUND}"
    return f"""
        SELECT t.*, CAST(NULL AS boolean), CAST(NULL AS bigint), {COUNTED[scope]["ahead"]} AS ahead, {TODAY}
        FROM mine m CROSS JOIN LATERAL (
            SELECT * FROM (({rows} {ties} {ordered}) UNION ALL ({rows} {beyond} {ordered})) both_of_them
            ORDER BY {order} LIMIT {AROUND}
        ) t"""  # noqa: S608


AROUND_ME: dict[str, TextClause] = {
    scope: text(
        f"""
        WITH mine AS MATERIALIZED ({mine})
        SELECT * FROM mine UNION ALL {_beside(scope, True)} UNION ALL {_beside(scope, False)}
        """  # noqa: S608
    )
    for scope, mine in MINE.items()
}
"""One's own row, empty if there is none, but with how many are listed; then those beside it."""


async def _among_all(db: AsyncSession, viewer: Principal, place: dict[str, Any], scope: Scope, limit: int) -> Found:
    given = place | ({"cohort": viewer.cohort_id} if scope == "cohort" else {})
    rows = (await db.execute(FIRST[scope], given | {"limit": limit})).all()
    places = ranks([row.score for row in rows])
    top = [Placed(_row(row, scope), rank) for row, rank in zip(rows, places, strict=True)]
    me = viewer.id if viewer.kind == "person" else None
    rows = (await db.execute(AROUND_ME[scope], given | {"me": me})).all()
    (mine,), beside = [row for row in rows if row.people is not None], [row for row in rows if row.people is None]
    if mine.user_id is None:
        return mine.people, top, None, []
    own = Own(Placed(_row(mine, scope), mine.ahead + 1), bool(mine.listed))
    around = [own.placed, *(Placed(_row(row, scope), row.ahead + 1) for row in beside)]
    return mine.people, top, own, sorted(around, key=lambda placed: placed.row.key)


FRIENDS = text(
    f"""
    SELECT {ROW}, e.shown <> 'nobody' AS listed, {TODAY.replace("t.", "e.")}
    FROM leaderboard_entries e JOIN users u ON u.id = e.user_id
    WHERE {THIS} AND (e.user_id = :me AND e.results >= :least
        OR e.shown <> 'nobody' AND (u.audience = 'public' OR u.audience = 'cohort' AND u.cohort_id = :cohort)
        AND e.user_id IN (
            SELECT friend_id FROM friendships WHERE user_id = :me AND status = 'accepted'
            UNION ALL SELECT user_id FROM friendships WHERE friend_id = :me AND status = 'accepted'))
    ORDER BY {BEST_FIRST}
    """  # noqa: S608
)


async def _among_friends(db: AsyncSession, viewer: Principal, place: dict[str, Any], limit: int) -> Found:
    """Friends and oneself: few enough to be ranked here. One is always on one's own friends' board."""
    me = viewer.id if viewer.kind == "person" else None
    rows = (await db.execute(FRIENDS, place | {"me": me, "cohort": viewer.cohort_id})).all()
    found = [Placed(_row(row, "friends"), rank) for row, rank in zip(rows, ranks([r.score for r in rows]), strict=True)]
    mine = next((n for n, placed in enumerate(found) if placed.row.user_id == me), None)
    if mine is None:
        return len(found), found[:limit], None, []
    own = Own(found[mine], bool(rows[mine].listed))
    return len(found), found[:limit], own, found[max(0, mine - AROUND) : mine + AROUND + 1]


# --- what a cohort reads of every subject


async def cohort_averages(db: AsyncSession, cohort_id: UUID, boards: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The first ten of a cohort on each of these boards of averages, over all time."""
    found: dict[str, list[dict[str, Any]]] = {}
    for board in boards:
        state = await board_state(db, board, "cohort", str(cohort_id))
        found[board] = averages_of(state)
    return found


def averages_of(state: BoardState) -> list[dict[str, Any]]:
    rows = state.tables["all_time"].shown
    return [
        {"user_id": str(row.user_id), "name": row.name, "avatar": row.avatar, "avg_score": row.score / 100}
        for row in rows
    ]


async def all_boards(db: AsyncSession) -> list[BoardRow]:
    return list((await db.execute(select(BoardRow).order_by(BoardRow.id))).scalars())


async def board_days(db: AsyncSession) -> dict[str, date]:
    """Which day it is on each board."""
    return dict((await db.execute(select(BoardRow.id, BoardRow.day))).all())
