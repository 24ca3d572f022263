"""The boards themselves: made known at start, held by whoever changes entries, and brought to the present day.

All who change entries hold the boards' rows until the commit, so they take turns: what a person's entries become, and
in which order it is told, is the same. Whoever holds them first after midnight ends the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from core.content import Metric
from core.content import boards as catalogue
from core.events.boards import LeaderboardPeriodEnded, LeaderboardRecalculated
from core.leaderboards.rules import Period, day_of, least_of, week_of
from core.leaderboards.truth import FREEZE, remake_open, remake_overall
from core.transaction import Transaction
from data.tables import BoardRow, EntryRow, TallyRow

WINNERS = 3
"""So many may share the first place and be told of as winners."""

HOLD = text(
    """
    SELECT id, subject_id, metric, timezone, least, day, week, since FROM leaderboard_boards ORDER BY id FOR UPDATE
    """
)
TURN = text("UPDATE leaderboard_boards SET day = :day, week = :week WHERE id = :id")


@dataclass(slots=True)
class Held:
    """A board that a transaction holds. No row of the mapper: every result holds all boards, and making them as rows
    takes longer than asking for them."""

    id: str
    subject_id: str | None
    metric: Metric
    timezone: str
    least: int
    day: date
    week: date
    since: date


Boards = Mapping[str, Held]


async def ensure_boards(tx: Transaction, timezone: str, since: date) -> None:
    """Have the table hold the catalogue. A board whose zone or beginning is another is made again."""
    before = await _held(tx)
    rows = []
    for board in catalogue().values():
        zone = board.timezone or timezone
        day = day_of(tx.now, ZoneInfo(zone))
        rows.append(
            {
                "id": board.id,
                "subject_id": board.subject,
                "metric": board.metric,
                "timezone": zone,
                "least": least_of(board.metric),
                "since": since,
                "day": day,
                "week": week_of(day),
            }
        )
    new = insert(BoardRow).values(rows)
    # The day and the week are those of the board that is there.
    given = {name: new.excluded[name] for name in rows[0] if name not in ("id", "day", "week")}
    await tx.db.execute(new.on_conflict_do_update(index_elements=["id"], set_=given))
    await tx.db.execute(delete(BoardRow).where(BoardRow.id.not_in(list(catalogue()))))
    known = {id: (board.timezone, board.since) for id, board in before.items()}
    after = await hold_boards(tx)
    if any(known[id] != (after[id].timezone, after[id].since) for id in known if id in after):
        await recalculate(tx)


async def _held(tx: Transaction) -> dict[str, Held]:
    return {row.id: Held(*row) for row in await tx.db.execute(HOLD)}


async def hold_boards(tx: Transaction) -> Boards:
    """The boards, this transaction's alone until it ends, with what is over ended."""
    held: Boards | None = tx.db.info.get("boards")
    if held is None:
        held = await _held(tx)
        for board in held.values():
            await _end_what_is_over(tx, board)
        tx.db.info["boards"] = held
    return held


async def _end_what_is_over(tx: Transaction, board: Held) -> None:
    today = day_of(tx.now, ZoneInfo(board.timezone))
    if today <= board.day:
        return
    await _end(tx, board, "daily", board.day)
    if week_of(today) > board.week:
        await _end(tx, board, "weekly", board.week)
    board.day, board.week = today, week_of(today)
    await tx.db.execute(TURN, {"day": board.day, "week": board.week, "id": board.id})


async def _end(tx: Transaction, board: Held, period: Period, start: date) -> None:
    """Keep a table as it is, and tell who led it."""
    table = {"board": board.id, "period": period, "start": start}
    rows = (await tx.db.execute(FREEZE, table | {"now": tx.now})).all()
    listed = [row for row in rows if row.rank]
    # Who stood there alone has won against nobody.
    first = sorted((row.reached_at, row.user_id) for row in listed if row.rank == 1 and len(listed) > 1)
    event = LeaderboardPeriodEnded(
        board=board.id,
        period=period,
        period_start=start,
        cohorts=sorted({row.cohort_id for row in rows if row.cohort_id}),
        winners=[user_id for _, user_id in first[:WINNERS]],
    )
    if rows:
        tx.emit(event, subject=board.subject_id)


def period_starts(board: Held) -> dict[Period, date]:
    """With which day each open table of a board began."""
    return {"daily": board.day, "weekly": board.week, "all_time": board.since}


async def recalculate(tx: Transaction, *, whole: bool = True) -> int:
    """Make every open table again from all results, or only those made of others; how many entries were others."""
    boards = await hold_boards(tx)
    changed, total, cohorts = dict[str, int](), 0, set(await _cohorts(tx))
    if whole:
        total = await remake_open(tx)
        changed |= dict.fromkeys((id for id, board in boards.items() if board.subject_id), total)
    for board in catalogue().values():
        if board.of and board.id in boards:
            changed[board.id] = await remake_overall(tx, board.id, board.of)
            total += changed[board.id]
    # Scores that nobody has any more.
    await tx.db.execute(delete(TallyRow).where(TallyRow.people == 0))
    again = sorted(id for id, entries in changed.items() if entries)
    if again:
        tx.emit(LeaderboardRecalculated(boards=again, cohorts=sorted(cohorts.union(await _cohorts(tx)))))
    return total


async def _cohorts(tx: Transaction) -> list[UUID]:
    """The cohorts that have anybody on an open board."""
    wanted = select(EntryRow.cohort_id).where(EntryRow.cohort_id.is_not(None), EntryRow.frozen_at.is_(None)).distinct()
    return sorted(id for id in (await tx.db.execute(wanted)).scalars() if id)
