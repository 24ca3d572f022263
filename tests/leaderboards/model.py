"""Boards the slow and obvious way: every result is kept in a list, and each table is made by looking at all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core.content import boards, most_points

EPOCH = date(2025, 1, 1)


@dataclass(slots=True)
class Taken:
    id: UUID
    user_id: UUID
    subject: str
    type: str
    score: float
    wpm: float | None
    at: datetime
    known: datetime
    """When the house got to know of it."""
    status: str = "counted"


@dataclass(slots=True)
class Model:
    """What was taken in, and the day it was on the boards when each result came."""

    zone: ZoneInfo
    results: dict[UUID, Taken] = field(default_factory=dict)

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def monday(self, day: date) -> date:
        while day.weekday() != 0:
            day -= timedelta(days=1)
        return day

    def table(self, board_id: str, period: str, start: date) -> dict[UUID, tuple[int, int, datetime]]:
        """Each person's score, number of results, and when the score was reached."""
        board, mine = boards()[board_id], dict[UUID, list[tuple[int, datetime]]]()
        for taken in self.results.values():
            value = self._value(board.metric, taken)
            if taken.subject != board.subject or taken.status != "counted" or value is None:
                continue
            if self._belongs(taken, period, start):
                mine.setdefault(taken.user_id, []).append((value, self._when(taken)))
        return {who: self._standing(board.metric, values) for who, values in mine.items()}

    @staticmethod
    def _when(taken: Taken) -> datetime:
        return min(taken.at, taken.known)

    def _belongs(self, taken: Taken, period: str, start: date) -> bool:
        day, came = self.local_day(self._when(taken)), self.local_day(taken.known)
        if period == "all_time":
            return day >= EPOCH
        if period == "daily":
            return day == start == came
        return self.monday(day) == start == self.monday(came)

    @staticmethod
    def _value(metric: str, taken: Taken) -> int | None:
        score = int(taken.score * 100 + 0.5)
        if metric == "points":
            return int(most_points()[taken.type] * score / 10_000 + 0.5) or None
        if metric == "avg_score":
            return score
        return None if taken.wpm is None else int(taken.wpm * 100 + 0.5)

    @staticmethod
    def _standing(metric: str, values: list[tuple[int, datetime]]) -> tuple[int, int, datetime]:
        total = sum(value for value, _ in values)
        score = total if metric == "points" else total // len(values)
        return score, len(values), max(at for _, at in values)


def ranked(rows: dict[UUID, tuple[int, int, datetime]]) -> list[tuple[int, UUID]]:
    """Rank and person, best first: one more than all who have more."""
    listed = sorted(rows, key=lambda who: (-rows[who][0], rows[who][2], who))
    return [(1 + sum(other[0] > rows[who][0] for other in rows.values()), who) for who in listed]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def least(board_id: str) -> int:
    return 3 if boards()[board_id].metric.startswith("avg_") else 1


Facts = list[dict[str, Any]]
