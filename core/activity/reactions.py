"""Activities that follow from elsewhere: who enters the first ten of a board, takes its lead, or led it at the end.

One result may bring somebody onto several boards at once; that is one piece of news, told of the longest period.
Whoever is not listed makes none, because boards do not tell of them.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.accounts.doings import add_activity
from core.content import boards
from core.events.boards import LeaderboardPeriodEnded, Move, RankChanged
from core.events.catalog import LeaderboardRank
from core.events.fact import Fact
from core.reactions import Reaction
from core.transaction import Transaction
from data.tables import ActivityRow, User

A_DAY = timedelta(days=1)
LONGEST_FIRST = ("all_time", "weekly", "daily")


async def tell_of_the_top(tx: Transaction, fact: Fact) -> None:
    event = fact.event
    if isinstance(event, RankChanged) and fact.user_id is not None:
        await _entered(tx, fact, fact.user_id, event.moves)
    elif isinstance(event, LeaderboardPeriodEnded) and _is_points(event.board):
        for user_id in event.winners:
            await _tell(tx, fact, user_id, LeaderboardRank(rank=1, period=event.period, final=True))


async def _entered(tx: Transaction, fact: Fact, user_id: UUID, moves: list[Move]) -> None:
    """Of what was entered or taken the lead of: the subject's own board before its averages, everybody's before the
    cohort's. A lead that goes back and forth is news once a day."""
    news = [move for move in moves if (move.entered or _leads(move)) and _is_points(move.board)]
    if not news:
        return
    best = min(news, key=lambda move: (LONGEST_FIRST.index(move.period), move.scope != "global", move.rank))
    if best.rank == 1 and await _led_lately(tx, fact, user_id):
        return
    reach = "public" if best.scope == "global" else "cohort"
    await _tell(tx, fact, user_id, LeaderboardRank(rank=best.rank, period=best.period), reach)


async def _tell(tx: Transaction, fact: Fact, user_id: UUID, event: LeaderboardRank, reach: str = "public") -> None:
    wanted = select(User).where(User.id == user_id).with_for_update(read=True, key_share=True)
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is not None:
        add_activity(tx, user, event, reach=reach, at=fact.at, subject=fact.subject, skill=None)


def _leads(move: Move) -> bool:
    """Whether somebody who was on the board leads it from now on, and another did before; of a day it is no news."""
    rose = move.rank == 1 and (move.previous_rank or 1) > 1
    return rose and bool(move.overtaken) and move.period != "daily"


async def _led_lately(tx: Transaction, fact: Fact, user_id: UUID) -> bool:
    told = select(ActivityRow.id).where(
        ActivityRow.user_id == user_id,
        ActivityRow.subject_id == fact.subject,
        ActivityRow.event_type == LeaderboardRank.type,
        ActivityRow.data["rank"].as_integer() == 1,
        ActivityRow.at > fact.at - A_DAY,
    )
    return (await tx.db.execute(told.limit(1))).first() is not None


def _is_points(board: str) -> bool:
    found = boards().get(board)
    return found is not None and found.metric == "points"


TOP_TEN = Reaction("top_ten", (RankChanged, LeaderboardPeriodEnded), tell_of_the_top)
