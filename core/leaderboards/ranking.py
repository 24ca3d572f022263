"""After a result: the person's rank before and now on every board it changed, and who was overtaken.

Who was overtaken is told where it matters: among the first hundred, and to friends and the same cohort. Ranks are
compared a moment after the score changed, so that the score itself never waits for it. All boards of a result are
compared in one question for those whom everybody may see and one for the cohort, however many boards there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import or_, select, text

from core.accounts.rules import WIDTH
from core.events.boards import BoardScope, Move, RankChanged, Standing, StandingsChanged
from core.events.fact import Fact
from core.leaderboards import tallies
from core.leaderboards.rules import SESSIONS, TOP
from core.transaction import Transaction
from data.database import PLAN_ONCE
from data.tables import Friendship, User

HEARD = 100
"""Those overtaken among so many first hear of it, and so many friends at most."""
LOOKED_AT = 2_000
"""Friends are looked for among so many of those overtaken."""

LISTED = {"global": "o.shown = 'public'", "cohort": "o.cohort_id = :cohort AND o.shown <> 'nobody'"}
STANDINGS = """unnest(CAST(:boards AS text[]), CAST(:periods AS text[]), CAST(:starts AS date[]),
            CAST(:scores AS bigint[]), CAST(:befores AS bigint[]))
            WITH ORDINALITY AS w (board, period, start, score, before, n)"""
HERE = "o.subject_id = w.board AND o.period = w.period AND o.period_start = w.start"
COUNTED = {
    # Among everybody by tallies, from which one's own entry is taken out again.
    "global": f"""
        SELECT {tallies.ahead("w.score", "w.")} - m.ahead AS ahead, {tallies.level("w.score", "w.")} - m.level AS level,
            {tallies.ahead("w.before", "w.")} - m.before AS before
        FROM (
            SELECT count(*) FILTER (WHERE o.score > w.score) AS ahead,
                count(*) FILTER (WHERE o.score = w.score) AS level, count(*) FILTER (WHERE o.score > w.before) AS before
            FROM leaderboard_entries o WHERE {HERE} AND {LISTED["global"]} AND o.user_id = :me
        ) m""",  # noqa: S608 - made of the constants above
    "cohort": f"""
        SELECT count(*) FILTER (WHERE o.score > w.score) AS ahead, count(*) FILTER (WHERE o.score = w.score) AS level,
            count(*) FILTER (WHERE o.score > w.before) AS before
        FROM leaderboard_entries o
        WHERE {HERE} AND {LISTED["cohort"]} AND o.user_id <> :me AND o.score >= least(w.score, w.before)""",  # noqa: S608
}
"""How many others are ahead of a score, level with it, and ahead of the score before."""
COMPARED = {
    scope: text(
        f"""
        SELECT w.n, c.ahead, CASE WHEN w.before IS NOT NULL THEN c.before END AS before, k.contested, o.user_id, o.place
        FROM {STANDINGS}
        CROSS JOIN LATERAL ({counted}) c
        CROSS JOIN LATERAL (
            SELECT c.ahead < {TOP} AND count(*) >= {TOP} AS contested FROM (
                SELECT FROM leaderboard_entries o WHERE {HERE} AND {LISTED[scope]} AND o.user_id <> :me LIMIT {TOP}
            ) others
        ) k
        LEFT JOIN LATERAL (
            SELECT * FROM (
                SELECT o.user_id, o.cohort_id, c.ahead + 1 + c.level + rank() OVER (ORDER BY o.score DESC) AS place
                FROM leaderboard_entries o
                WHERE {HERE} AND {LISTED[scope]} AND o.user_id <> :me AND o.score < w.score
                    AND o.score >= coalesce(w.before, -1)
                ORDER BY o.score DESC
                LIMIT CASE WHEN CAST(:own_cohort AS uuid) IS NOT NULL OR CAST(:friends AS uuid[]) <> '{{}}'
                    THEN {LOOKED_AT} WHEN c.ahead + c.level < {HEARD} THEN {HEARD} ELSE 0 END
            ) o
            WHERE o.place <= {HEARD} OR o.cohort_id = :own_cohort OR o.user_id = ANY(CAST(:friends AS uuid[]))
            ORDER BY o.place LIMIT {HEARD}
        ) o ON w.before IS NULL OR w.before < w.score
        ORDER BY w.n, o.place
        """  # noqa: S608
    )
    for scope, counted in COUNTED.items()
}
"""Where somebody stands on each of some boards and stood before, with whom they overtook, a row for each of these."""
# In the order in which results are counted in, so that the two do not wait for each other.
KEPT = text(
    f"""
    SELECT w.n, o.metadata AS details FROM {STANDINGS}
    JOIN leaderboard_entries o ON {HERE} AND o.user_id = :me ORDER BY w.n FOR UPDATE OF o
    """  # noqa: S608
)
KEEP = text(
    """
    UPDATE leaderboard_entries o SET metadata = CAST(w.details AS jsonb)
    FROM unnest(CAST(:boards AS text[]), CAST(:periods AS text[]), CAST(:starts AS date[]), CAST(:details AS text[]))
        AS w (board, period, start, details)
    WHERE o.subject_id = w.board AND o.period = w.period AND o.period_start = w.start AND o.user_id = :me
    """
)


@dataclass(slots=True)
class Mover:
    id: UUID
    cohort_id: UUID | None
    scopes: list[BoardScope]
    friends: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Compared:
    """Where somebody stands on a board and stood before; whether ten others are on it; whom they overtook."""

    rank: int
    previous: int | None
    contested: bool
    overtaken: dict[UUID, int] = field(default_factory=dict)


async def compare_ranks(tx: Transaction, fact: Fact) -> None:
    event = fact.event
    if not isinstance(event, StandingsChanged) or event.late or fact.user_id is None:
        return
    mover = await _mover(tx, fact.user_id, fact.visibility)
    if mover is None:
        return
    standings = [standing for standing in event.standings if standing.ranked]
    moves = await _moves(tx, mover, standings) if standings else []
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
    wanted = select(User.audience, User.cohort_id, PLAN_ONCE).where(User.id == user_id)
    user = (await tx.db.execute(wanted.with_for_update(read=True, key_share=True))).one_or_none()
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


async def _moves(tx: Transaction, mover: Mover, standings: Sequence[Standing]) -> list[Move]:
    """The ranks now and before, kept with the entries; nothing of entries that are gone by now."""
    places = {
        "boards": [standing.board for standing in standings],
        "periods": [standing.period for standing in standings],
        "starts": [standing.period_start for standing in standings],
        "scores": [standing.score for standing in standings],
        "befores": [standing.before for standing in standings],
        "me": mover.id,
    }
    compared = {scope: await _compared(tx, mover, scope, places) for scope in mover.scopes}
    kept = {row.n: dict(row.details) for row in await tx.db.execute(KEPT, places)}
    moves = []
    for n, standing in enumerate(standings, 1):
        for scope in mover.scopes if n in kept else ():
            found = compared[scope][n]
            kept[n], first_time = _with_rank(kept[n], scope, found.rank)
            moves.append(_move(standing, scope, found, kept[n], first_time=first_time))
    await _keep(tx, mover, [(standings[n - 1], details) for n, details in kept.items()])
    return moves


async def _compared(tx: Transaction, mover: Mover, scope: BoardScope, places: Mapping[str, Any]) -> dict[int, Compared]:
    """Where somebody stands and stood on each of these boards, in one question."""
    given = {**places, "own_cohort": mover.cohort_id, "friends": mover.friends}
    given |= {"cohort": mover.cohort_id} if scope == "cohort" else {}
    found: dict[int, Compared] = {}
    for row in await tx.db.execute(COMPARED[scope], given):
        if row.n not in found:
            previous = None if row.before is None else row.before + 1
            found[row.n] = Compared(row.ahead + 1, previous, row.contested)
        if row.user_id is not None:
            found[row.n].overtaken[row.user_id] = row.place
    return found


def _with_rank(details: dict[str, Any], scope: BoardScope, rank: int) -> tuple[dict[str, Any], bool]:
    """What is kept with an entry, with one rank more; whether this is the first time among the first ten."""
    history = [*details.get("ranks", {}).get(scope, ()), rank][-(SESSIONS + 1) :]
    been: list[str] = details.get("entered", [])
    first_time = rank <= TOP and scope not in been
    more = {
        "ranks": {**details.get("ranks", {}), scope: history},
        "entered": sorted({*been, scope}) if first_time else been,
    }
    return details | more, first_time


def _move(
    standing: Standing, scope: BoardScope, found: Compared, details: Mapping[str, Any], *, first_time: bool
) -> Move:
    return Move(
        board=standing.board,
        scope=scope,
        period=standing.period,
        period_start=standing.period_start,
        rank=found.rank,
        previous_rank=found.previous,
        ranks=details["ranks"][scope],
        # Where everybody is among the first ten, that is no news.
        entered=first_time and found.contested,
        overtaken=found.overtaken,
    )


async def _keep(tx: Transaction, mover: Mover, entries: Sequence[tuple[Standing, dict[str, Any]]]) -> None:
    """Remember the ranks with the entries."""
    given = {
        "boards": [standing.board for standing, _ in entries],
        "periods": [standing.period for standing, _ in entries],
        "starts": [standing.period_start for standing, _ in entries],
        "details": [msgspec.json.encode(details).decode() for _, details in entries],
        "me": mover.id,
    }
    if entries:
        await tx.db.execute(KEEP, given)
