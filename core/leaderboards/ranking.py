"""After a result: the person's rank before and now on every board it changed, and who was overtaken.

Who was overtaken is told where it matters: among the first hundred, and to friends and the same cohort. Ranks are
compared a moment after the score changed, so that the score itself never waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text, update

from core.accounts.rules import WIDTH
from core.events.boards import BoardScope, Move, RankChanged, Standing, StandingsChanged
from core.events.fact import Fact
from core.leaderboards import tallies
from core.leaderboards.rules import SESSIONS, TOP
from core.transaction import Transaction
from data.tables import EntryRow, Friendship, User

HEARD = 100
"""Those overtaken among so many first hear of it, and so many friends at most."""
LOOKED_AT = 2_000
"""Friends are looked for among so many of those overtaken."""

SCORE, BEFORE = "CAST(:score AS bigint)", "CAST(:before AS bigint)"
LISTED = {"global": "shown = 'public'", "cohort": "cohort_id = :cohort AND shown <> 'nobody'"}
AHEAD = {
    # Among everybody by tallies, from which one's own entry is taken out again.
    "global": text(
        f"""
        SELECT {tallies.ahead(SCORE)} - m.above AS ahead, {tallies.level(SCORE)} - m.level AS level,
            {tallies.ahead(BEFORE)} - {tallies.ahead(SCORE)} - m.passed AS passed
        FROM (
            SELECT count(*) FILTER (WHERE score > :score) AS above, count(*) FILTER (WHERE score = :score) AS level,
                count(*) FILTER (WHERE score > :before AND score <= :score) AS passed
            FROM leaderboard_entries
            WHERE subject_id = :board AND period = :period AND period_start = :start AND shown = 'public'
                AND user_id = :me
        ) m
        """  # noqa: S608 - made of the constants above
    ),
    "cohort": text(
        f"""
        SELECT count(*) FILTER (WHERE score > :score) AS ahead, count(*) FILTER (WHERE score = :score) AS level,
            count(*) FILTER (WHERE score > :before AND score <= :score) AS passed
        FROM leaderboard_entries
        WHERE subject_id = :board AND period = :period AND period_start = :start AND {LISTED["cohort"]}
            AND user_id <> :me AND score >= :before
        """  # noqa: S608
    ),
}
OTHERS = {
    scope: text(
        f"""
        SELECT count(*) FROM (
            SELECT 1 FROM leaderboard_entries
            WHERE subject_id = :board AND period = :period AND period_start = :start AND {listed} AND user_id <> :me
            LIMIT {TOP}
        ) o
        """  # noqa: S608
    )
    for scope, listed in LISTED.items()
}
OVERTAKEN = {
    scope: text(
        f"""
        SELECT user_id, place FROM (
            SELECT user_id, cohort_id, :rank + rank() OVER (ORDER BY score DESC) AS place
            FROM leaderboard_entries
            WHERE subject_id = :board AND period = :period AND period_start = :start AND {listed}
                AND user_id <> :me AND score < :score AND score >= :before
            ORDER BY score DESC LIMIT {LOOKED_AT}
        ) o
        WHERE place <= {HEARD} OR cohort_id = :own_cohort OR user_id = ANY(:friends)
        ORDER BY place LIMIT {HEARD}
        """  # noqa: S608
    )
    for scope, listed in LISTED.items()
}


@dataclass(slots=True)
class Mover:
    id: UUID
    cohort_id: UUID | None
    scopes: list[BoardScope]
    friends: list[UUID] = field(default_factory=list)


async def compare_ranks(tx: Transaction, fact: Fact) -> None:
    event = fact.event
    if not isinstance(event, StandingsChanged) or event.late or fact.user_id is None:
        return
    mover = await _mover(tx, fact.user_id, fact.visibility)
    if mover is None:
        return
    moves = [
        move
        for standing in event.standings
        if standing.ranked
        for scope in mover.scopes
        if (move := await _move(tx, mover, scope, standing))
    ]
    if moves:
        tx.emit(
            RankChanged(moves=moves),
            user_id=mover.id,
            cohort_id=mover.cohort_id,
            subject=fact.subject,
            visibility=fact.visibility,
        )


async def _mover(tx: Transaction, user_id: UUID, visibility: str) -> Mover | None:
    """Whose ranks these are, on the boards where they are listed; nobody's, for who is on none."""
    wanted = select(User).where(User.id == user_id).with_for_update(read=True, key_share=True)
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is None:
        return None
    width = min(WIDTH[user.audience], WIDTH[visibility])
    scopes: list[BoardScope] = ["global"] if width >= WIDTH["public"] else []
    if user.cohort_id is not None and width >= WIDTH["cohort"]:
        scopes.append("cohort")
    if not scopes:
        return None
    pairs = select(Friendship.user_id, Friendship.friend_id).where(
        Friendship.status == "accepted", or_(Friendship.user_id == user_id, Friendship.friend_id == user_id)
    )
    friends = [one if other == user_id else other for one, other in await tx.db.execute(pairs)]
    return Mover(user_id, user.cohort_id, scopes, friends)


async def _move(tx: Transaction, mover: Mover, scope: BoardScope, standing: Standing) -> Move | None:
    """The rank now and before, kept with the entry; None if that is gone by now."""
    place = {"board": standing.board, "period": standing.period, "start": standing.period_start}
    given: dict[str, Any] = {**place, "me": mover.id, "score": standing.score}
    if scope == "cohort":
        given["cohort"] = mover.cohort_id
    score, before = standing.score, standing.before
    least = score if before is None else min(before, score)
    counted = (await tx.db.execute(AHEAD[scope], given | {"before": least})).one()
    rank = counted.ahead + 1
    previous = None
    if before is not None:
        previous = rank + counted.passed if before <= score else await _ahead(tx, scope, given, before) + 1
    overtaken: dict[UUID, int] = {}
    if before is None or before < score:
        near = {"before": -1 if before is None else before, "rank": rank + counted.level, "friends": mover.friends}
        rows = await tx.db.execute(OVERTAKEN[scope], given | near | {"own_cohort": mover.cohort_id})
        overtaken = {row.user_id: row.place for row in rows}
    kept = await _keep(tx, mover, scope, standing, rank)
    if kept is None:
        return None
    history, first_time = kept
    return Move(
        board=standing.board,
        scope=scope,
        period=standing.period,
        period_start=standing.period_start,
        rank=rank,
        previous_rank=previous,
        ranks=history,
        entered=first_time and await _is_contested(tx, scope, given),
        overtaken=overtaken,
    )


async def _is_contested(tx: Transaction, scope: BoardScope, given: dict[str, Any]) -> bool:
    """Whether there are ten others: where everybody is among the first ten, that is no news."""
    return int((await tx.db.execute(OTHERS[scope], given)).scalar_one()) >= TOP


async def _ahead(tx: Transaction, scope: BoardScope, given: dict[str, Any], score: int) -> int:
    counted = await tx.db.execute(AHEAD[scope], given | {"score": score, "before": score})
    return int(counted.one().ahead)


async def _keep(
    tx: Transaction, mover: Mover, scope: BoardScope, standing: Standing, rank: int
) -> tuple[list[int], bool] | None:
    """Remember the rank with the entry; the ranks of late, and whether this is the first time among the first ten."""
    mine = (
        EntryRow.user_id == mover.id,
        EntryRow.subject_id == standing.board,
        EntryRow.period == standing.period,
        EntryRow.period_start == standing.period_start,
    )
    found = (await tx.db.execute(select(EntryRow.details).where(*mine).with_for_update())).scalar_one_or_none()
    if found is None:
        return None
    history = [*found.get("ranks", {}).get(scope, ()), rank][-(SESSIONS + 1) :]
    been: list[str] = found.get("entered", [])
    entered = rank <= TOP and scope not in been
    details = found | {
        "ranks": {**found.get("ranks", {}), scope: history},
        "entered": sorted({*been, scope}) if entered else been,
    }
    changed = update(EntryRow).where(*mine).values(details=details)
    await tx.db.execute(changed.execution_options(synchronize_session=False))
    return history, entered
