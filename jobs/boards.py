"""Boards by the clock: every minute what is over ends, every five minutes the board made of boards is made, and every
hour all of them are made again from the results.

The minute is that of the clock, so a day ends when it ends, in whatever zone. Results of the new day do not wait for
this: whoever counts the first of them ends the old day.
"""

from __future__ import annotations

from typing import Any

from core.leaderboards.keeping import hold_boards, recalculate
from core.leaderboards.queries import board_days
from jobs.job import Context, Job
from jobs.triggers import Every


async def end_periods(context: Context) -> dict[str, Any]:
    before = await board_days(context.tx.db)
    boards = await hold_boards(context.tx)
    return {"ended": sum(before.get(id) != board.day for id, board in boards.items())}


async def remake(context: Context) -> dict[str, Any]:
    return {"changed": await recalculate(context.tx)}


async def remake_percentiles(context: Context) -> dict[str, Any]:
    return {"changed": await recalculate(context.tx, whole=False)}


BOARD_PERIODS = Job(name="board_periods", title="Ends of days and weeks on boards", trigger=Every(60), run=end_periods)
BOARDS = Job(name="boards", title="Boards made again", trigger=Every(3600), run=remake)
BOARD_PERCENTILES = Job(
    name="board_percentiles", title="Boards made of boards", trigger=Every(300), run=remake_percentiles
)
