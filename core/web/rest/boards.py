"""Boards: the first of a table with one's own place in it, and whether one is on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta

from core.content import boards
from core.errors import Forbidden, Invalid
from core.leaderboards.people import choose_listing, is_listed
from core.leaderboards.queries import Placed, Reading, all_boards, read_board
from core.leaderboards.rules import RULE, TOP, Period, ends_at, velocity
from core.transaction import Transaction
from core.web.rest.fields import Input, Output, UserId
from core.web.routes import READING, Call, Routes
from data.tables import BoardRow

routes = Routes("Boards")

BoardId = Annotated[str, Meta(description="A board's id, such as `math` or `typing_wpm`.")]
MOST = 100


class PeriodOut(Output, frozen=True, kw_only=True):
    """An open table of a board."""

    period: Period
    period_start: Annotated[date, Meta(description="The day in the board's zone with which it began.")]
    ends_at: Annotated[datetime | None, Meta(description="When it is over; null for all time.")]


class BoardOut(Output, frozen=True, kw_only=True):
    """A board."""

    board: BoardId
    name: str
    subject: str | None
    metric: Annotated[str, Meta(description="`points`, `avg_score`, `avg_wpm` or `percentile`.")]
    divisor: Annotated[int, Meta(description="Scores are whole; divided by this, they are in the metric's own unit.")]
    least: Annotated[int, Meta(description="So many results it takes to be on it.")]
    timezone: str
    periods: list[PeriodOut]


class BoardsOut(Output, frozen=True, kw_only=True):
    """Every board."""

    boards: list[BoardOut]
    rule: Annotated[str, Meta(description="How equal scores are ranked, for people to read.")]


class EntryOut(Output, frozen=True, kw_only=True):
    """A row of a board."""

    rank: int
    user_id: UserId
    user_name: str
    user_avatar: str
    simulated: bool
    score: int
    results: int
    today: Annotated[int | None, Meta(description="The score of the board's present day; null for a kept table.")]
    previous_rank: Annotated[int | None, Meta(description="As it was when the board was last recalculated.")]
    rank_change: Annotated[int | None, Meta(description="Places gained since; below zero, lost.")]
    velocity: Annotated[float, Meta(description="Places gained a session, over the last five.")]
    history: Annotated[list[int], Meta(description="The rank after each of the last sessions.")]
    timestamp: Annotated[datetime, Meta(description="When the score was reached.")]


class OwnOut(Output, frozen=True, kw_only=True):
    """One's own place."""

    entry: EntryOut
    listed: Annotated[bool, Meta(description="Whether others see it. If not, it is where one would stand.")]


class BoardQuery(Input, frozen=True, kw_only=True):
    """Which table of a board."""

    scope: Annotated[
        Literal["global", "cohort", "friends"], Meta(description="Among everybody, one's cohort, or one's friends.")
    ] = "global"
    period: Period = "weekly"
    start: Annotated[
        date | None, Meta(description="A day: the table of the day or week that began with it. The open one if absent.")
    ] = None
    limit: Annotated[int, Meta(description="How many of the first; 100 at most.")] = TOP


class TableOut(Output, frozen=True, kw_only=True):
    """A table of a board as one person sees it."""

    board: BoardId
    scope: str
    period: Period
    period_start: date
    ends_at: datetime | None
    frozen: Annotated[bool, Meta(description="Whether the period is over and the table is kept as it was.")]
    people: Annotated[int, Meta(description="How many are listed.")]
    entries: list[EntryOut]
    me: OwnOut | None
    around: Annotated[list[EntryOut], Meta(description="Oneself between the three before and the three behind.")]
    rule: str


ROW = {
    "rank": 5,
    "user_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5f",
    "user_name": "Ada",
    "user_avatar": "/assets/avatars/fox-3.svg",
    "simulated": False,
    "score": 1240,
    "results": 46,
    "today": 64,
    "previous_rank": 7,
    "rank_change": 2,
    "velocity": 0.4,
    "history": [7, 7, 6, 5],
    "timestamp": "2026-03-02T11:59:30Z",
}


@routes(
    "GET",
    "/api/v1/leaderboards",
    scope="leaderboard:read",
    summary="Every board, with its zone and its open periods.",
    rate=READING,
    answer_example={
        "boards": [
            {
                "board": "math",
                "name": "Maths",
                "subject": "math",
                "metric": "points",
                "divisor": 1,
                "least": 1,
                "timezone": "Europe/Berlin",
                "periods": [
                    {"period": "weekly", "period_start": "2026-03-02", "ends_at": "2026-03-08T23:00:00Z"},
                ],
            }
        ],
        "rule": RULE,
    },
)
async def get_boards(call: Call[None, None]) -> BoardsOut:
    async with call.app.transactions.read() as db:
        found = await all_boards(db)
    return BoardsOut(boards=[_board(board) for board in found if board.id in boards()], rule=RULE)


class ChoiceIn(Input, frozen=True, kw_only=True):
    """One's wish."""

    listed: bool


class ChoiceOut(Output, frozen=True, kw_only=True):
    """One's wish as it stands."""

    listed: bool


@routes(
    "GET",
    "/api/v1/leaderboards/me",
    scope="leaderboard:choose",
    summary="Whether boards show one.",
    answer_example={"listed": True},
)
async def get_choice(call: Call[None, None]) -> ChoiceOut:
    if call.principal.kind != "person" or call.principal.id is None:
        raise Forbidden
    async with call.app.transactions.read() as db:
        return ChoiceOut(listed=await is_listed(db, call.principal.id))


@routes(
    "PUT",
    "/api/v1/leaderboards/me",
    scope="leaderboard:choose",
    summary="Be on boards, or not: at once, on all of them.",
    example={"listed": False},
    answer_example={"listed": False},
)
async def put_choice(tx: Transaction, call: Call[ChoiceIn, None]) -> ChoiceOut:
    """Whoever is not listed still sees their own place; points stay."""
    await choose_listing(tx, call.body.listed)
    return ChoiceOut(listed=call.body.listed)


@routes(
    "GET",
    "/api/v1/leaderboards/{board_id}",
    scope="leaderboard:read",
    summary="The first of a table, and one's own place with its neighbours.",
    rate=READING,
    errors=(404,),
    answer_example={
        "board": "math",
        "scope": "cohort",
        "period": "weekly",
        "period_start": "2026-03-02",
        "ends_at": "2026-03-08T23:00:00Z",
        "frozen": False,
        "people": 32,
        "entries": [ROW],
        "me": {"entry": ROW, "listed": True},
        "around": [ROW],
        "rule": RULE,
    },
)
async def get_board(call: Call[None, BoardQuery]) -> TableOut:
    """Ranks are counted as they are at this moment, among those whom one may see there."""
    query, viewer = call.query, call.principal
    if query.scope == "cohort" and viewer.cohort_id is None:
        raise Forbidden(reason="not_in_cohort")
    if query.scope == "friends" and viewer.kind != "person":
        raise Forbidden
    if query.start and query.period == "all_time":
        raise Invalid(fields=[{"field": "start", "message": "only for days and weeks"}])
    async with call.app.transactions.read() as db:
        read = await read_board(
            db,
            viewer,
            call.path["board_id"],
            scope=query.scope,
            period=query.period,
            start=query.start,
            limit=max(1, min(query.limit, MOST)),
        )
    return _table(read, query.scope)


def _board(row: BoardRow) -> BoardOut:
    starts: tuple[tuple[Period, date], ...] = (("daily", row.day), ("weekly", row.week), ("all_time", row.since))
    zone = ZoneInfo(row.timezone)
    return BoardOut(
        board=row.id,
        name=boards()[row.id].name,
        subject=row.subject_id,
        metric=row.metric,
        divisor=1 if row.metric == "points" else 100,
        least=row.least,
        timezone=row.timezone,
        periods=[PeriodOut(period=p, period_start=s, ends_at=ends_at(p, s, zone)) for p, s in starts],
    )


def _table(read: Reading, scope: str) -> TableOut:
    return TableOut(
        board=read.board.id,
        scope=scope,
        period=read.period,
        period_start=read.period_start,
        ends_at=read.ends_at,
        frozen=read.frozen,
        people=read.people,
        entries=[_entry(placed) for placed in read.top],
        me=OwnOut(entry=_entry(read.own.placed), listed=read.own.listed) if read.own else None,
        around=[_entry(placed) for placed in read.around],
        rule=RULE,
    )


def _entry(placed: Placed) -> EntryOut:
    row, rank = placed.row, placed.rank
    return EntryOut(
        rank=rank,
        user_id=str(row.user_id),
        user_name=row.name,
        user_avatar=row.avatar,
        simulated=row.simulated,
        score=row.score,
        results=row.results,
        today=row.today,
        previous_rank=row.stored,
        rank_change=row.stored - rank if row.stored else None,
        velocity=velocity(row.history),
        history=list(row.history),
        timestamp=row.reached_at,
    )
