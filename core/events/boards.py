"""The catalogue's part on boards: scores and ranks, who is on boards, and periods that end.

Scores are whole numbers: points, or hundredths of an average. Whose score or rank it is stands in the envelope, and so
does how far it may be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from core.events.catalog import Count, Event, Slug, event

BoardScope = Literal["global", "cohort"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody stands on a board of a period from now on; without results, they do not."""

    board: Slug
    period: Slug
    period_start: date
    score: Count
    before: Count | None = None
    results: Count
    reached_at: Annotated[datetime, msgspec.Meta(tz=True)]
    ranked: bool
    """Whether it takes no more results to be on this board."""
    stored: dict[BoardScope, Count]
    """The ranks when the board was last recalculated."""
    history: dict[BoardScope, list[Count]]
    """The ranks after the last results."""


@event("standings_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class StandingsChanged(Event):
    """Somebody's scores on the open boards of a subject are others from now on, by a result or a second look at one."""

    standings: list[Standing]
    late: bool = False
    """Whether it is of long ago, or taken back: no news to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A rank after a result, the ranks after the ones before, and who was overtaken: their new ranks."""

    board: Slug
    scope: BoardScope
    period: Slug
    period_start: date
    rank: Count
    previous_rank: Count | None = None
    ranks: list[Count]
    entered: bool = False
    """Whether it is the first time in this period among the top ten, and ten others are on the board."""
    overtaken: dict[UUID, Count]


@event("rank_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class RankChanged(Event):
    """Somebody's ranks were counted after a result of theirs, on every board it changed."""

    moves: list[Move]


@event("leaderboard_listing_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardListingChanged(Event):
    """Boards hold somebody's wish to be on them, their audience and their cohort as they are from now on."""

    listed: bool


@event("leaderboard_recalculated")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardRecalculated(Event):
    """Boards were made again from all results; with the cohorts whose boards these are."""

    boards: list[Slug]
    cohorts: list[UUID]


@event("leaderboard_period_ended")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardPeriodEnded(Event):
    """A day or week of a board is over: its table is kept, who led it has won, and the next one begins empty."""

    board: Slug
    period: Slug
    period_start: date
    cohorts: list[UUID]
    winners: list[UUID]


@event("result_held")
@dataclass(frozen=True, slots=True, kw_only=True)
class ResultHeld(Event):
    """Somebody's result is too good to be true: it counts nowhere until staff had a look at it."""

    result_id: UUID
    why: Slug


@event("result_reviewed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ResultReviewed(Event):
    """Staff looked at somebody's result and let it count, or did not, or took back what they had decided."""

    result_id: UUID
    owner_id: UUID
    verdict: Literal["accepted", "voided", "reopened"]

    def about(self, actor: UUID | None) -> UUID | None:
        return self.owner_id
