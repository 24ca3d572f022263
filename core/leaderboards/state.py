"""A board as it is watched: for each period the first fifty, of which ten are shown, and how a fact changes them. Pure.

Below the rows that are known there may be others (`open`). So a row that falls to the end of what is known is let go,
and only when fewer than ten are left does it take a new snapshot. Two tables are the same when what they show is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.events.boards import Move, Standing
from core.leaderboards.rules import PERIODS, TOP, ranks, velocity
from core.live.liveview import RESYNC, Resync
from core.principal import PublicPerson

KEPT = 50


@dataclass(frozen=True, slots=True)
class Row:
    user_id: UUID
    name: str
    avatar: str
    simulated: bool
    score: int
    results: int
    reached_at: datetime
    period_start: date
    stored: int | None
    """The rank when the board was last recalculated."""
    history: tuple[int, ...] = ()
    today: int | None = None
    """The score of the same board's open day."""

    @property
    def key(self) -> tuple[int, datetime, UUID]:
        return -self.score, self.reached_at, self.user_id

    def wire(self, rank: int) -> dict[str, Any]:
        return {
            "rank": rank,
            "user_id": str(self.user_id),
            "user_name": self.name,
            "user_avatar": self.avatar,
            "simulated": self.simulated,
            "score": self.score,
            "results": self.results,
            "today": self.today,
            "previous_rank": self.stored,
            "rank_change": self.stored - rank if self.stored else None,
            "velocity": velocity(self.history),
            "history": list(self.history),
            "timestamp": self.reached_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Table:
    shown: tuple[Row, ...] = ()
    more: tuple[Row, ...] = field(default=(), compare=False)
    open: bool = field(default=False, compare=False)
    """Whether there may be rows below those that are known."""

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.shown + self.more

    def row_of(self, user_id: UUID | None) -> Row | None:
        return next((row for row in self.rows if row.user_id == user_id), None)

    def at_midnight(self) -> Table:
        return table_of([replace(row, today=None) for row in self.rows], open=self.open)

    def wire(self) -> list[dict[str, Any]]:
        places = ranks([row.score for row in self.shown])
        return [row.wire(rank) for row, rank in zip(self.shown, places, strict=True)]


def table_of(rows: Iterable[Row], *, open: bool) -> Table:
    known = tuple(rows)
    return Table(known[:TOP], known[TOP:KEPT], open or len(known) > KEPT)


def put(table: Table, user_id: UUID | None, row: Row | None) -> Table | Resync:
    """The table with somebody's row in its place; without them, if there is none."""
    known = [other for other in table.rows if other.user_id != user_id]
    if row is not None and (not table.open or (known and row.key < known[-1].key)):
        known = sorted([*known, row], key=lambda one: one.key)
    if table.open and len(known) < TOP:
        return RESYNC
    return table_of(known, open=table.open)


Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class BoardState:
    board: str
    tables: Tables

    def __bool__(self) -> bool:
        return any(table.shown for table in self.tables.values())

    def wire(self) -> dict[str, Any]:
        return {"board": self.board, "periods": {period: self.tables[period].wire() for period in PERIODS}}

    def without(self, user_id: UUID | None) -> BoardState | Resync:
        return self._each(user_id, dict.fromkeys(self.tables))

    def scored(self, who: PublicPerson, scope: str, standings: Iterable[Standing]) -> BoardState | Resync:
        mine = {s.period: s for s in standings if s.board == self.board}
        known = [row for table in self.tables.values() if (row := table.row_of(who.id))]
        daily = mine.get("daily")
        today = daily.score if daily and daily.ranked else None
        if daily is None and known:
            today = known[0].today
        state = self._each(who.id, {period: row_of(who, scope, s, today) for period, s in mine.items()})
        if not isinstance(state, BoardState):
            return RESYNC
        if daily is None and not known and any(table.row_of(who.id) for table in state.tables.values()):
            # An older result brought somebody into sight, of whose day nothing is known here.
            return RESYNC
        return state._today(who.id, today)

    def _today(self, user_id: UUID, today: int | None) -> BoardState:
        state = self
        for period in PERIODS:
            state = state.changed(user_id, period, today=today)
        return state

    def _each(self, user_id: UUID | None, rows: Mapping[str, Row | None]) -> BoardState | Resync:
        tables = dict(self.tables)
        for period, row in rows.items():
            table = put(tables[period], user_id, row)
            if not isinstance(table, Table):
                return RESYNC
            tables[period] = table
        return replace(self, tables=tables)

    def changed(self, user_id: UUID, period: str, **values: Any) -> BoardState:
        """Somebody's row with other values, where it is known; its place stays."""
        table = self.tables[period]
        rows = [replace(row, **values) if row.user_id == user_id else row for row in table.rows]
        return replace(self, tables={**self.tables, period: table_of(rows, open=table.open)})

    def called(self, who: PublicPerson) -> BoardState:
        state = self
        for period in PERIODS:
            state = state.changed(who.id, period, name=who.name, avatar=who.avatar, simulated=who.simulated)
        return state

    def moved(self, user_id: UUID, scope: str, moves: Iterable[Move]) -> BoardState:
        state = self
        for move in moves:
            row = state.tables[move.period].row_of(user_id) if move.board == self.board else None
            if row is not None and move.scope == scope and row.period_start == move.period_start:
                state = state.changed(user_id, move.period, history=tuple(move.ranks))
        return state

    def ended(self, period: str) -> BoardState:
        """With an empty table; when a day is over, nobody has done anything today."""
        tables = {**self.tables, period: Table()}
        if period == "daily":
            tables = {name: table.at_midnight() for name, table in tables.items()}
        return replace(self, tables=tables)


def row_of(who: PublicPerson, scope: str, standing: Standing, today: int | None) -> Row | None:
    if not standing.ranked:
        return None
    known = "cohort" if scope == "cohort" else "global"
    return Row(
        user_id=who.id,
        name=who.name,
        avatar=who.avatar,
        simulated=who.simulated,
        score=standing.score,
        results=standing.results,
        reached_at=standing.reached_at,
        period_start=standing.period_start,
        stored=standing.stored.get(known),  # type: ignore[call-overload]
        history=tuple(standing.history.get(known, ())),  # type: ignore[call-overload]
        today=today,
    )
