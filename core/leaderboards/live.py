"""Boards as they are watched: one topic for everybody's, one for each cohort's; all three periods in one state.

What is stored of a person's audience and cohort may lag behind the person for a moment, so a snapshot shows whom both
allow. Facts come too fast to be passed on one by one: `pushes` tells what the state is, a few times a second. So nobody
catches up by messages; who was away gets the present state, which is small.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import WIDTH, narrower
from core.content import boards
from core.events.boards import (
    LeaderboardListingChanged,
    LeaderboardPeriodEnded,
    LeaderboardRecalculated,
    RankChanged,
    StandingsChanged,
)
from core.events.catalog import AudienceChanged, PersonErased, PersonUpdated
from core.leaderboards.queries import board_state
from core.leaderboards.state import BoardState
from core.live.liveview import RESYNC, Delivery, LiveView, Resync

ABOUT_PEOPLE = (PersonUpdated, AudienceChanged, PersonErased)
ABOUT_RESULTS = (StandingsChanged, RankChanged)


class Board(LiveView[BoardState]):
    scope: ClassVar[str]
    minimum: ClassVar[str]
    """The least audience that somebody must have to be seen here."""

    @abstractmethod
    def shows(self, delivery: Delivery, params: Mapping[str, str]) -> bool:
        """Whether whom it tells of may be seen here now."""

    def _reaches(self, audience: str) -> bool:
        return WIDTH[audience] >= WIDTH[self.minimum]

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> BoardState:
        return await board_state(db, params["board_id"], self.scope, params.get("cohort_id"))

    def apply(self, state: BoardState, delivery: Delivery, params: Mapping[str, str]) -> BoardState | Resync:
        event, who = delivery.fact.event, delivery.who
        if isinstance(event, LeaderboardRecalculated):
            return RESYNC
        if isinstance(event, LeaderboardPeriodEnded):
            return state.ended(event.period)
        if who is None or not self.shows(delivery, params):
            return state.without(delivery.fact.about)
        if isinstance(event, StandingsChanged):
            return state.scored(who, self.scope, event.standings)
        if isinstance(event, RankChanged):
            return state.moved(who.id, self.scope, event.moves)
        if isinstance(event, LeaderboardListingChanged):
            return RESYNC if event.listed else state.without(who.id)
        if isinstance(event, PersonUpdated) and event.cohort_from == delivery.fact.cohort_id:
            return state.called(who)
        # Whoever comes into sight may bring earlier results along.
        return RESYNC

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        event = delivery.fact.event
        left = isinstance(event, LeaderboardListingChanged) and not event.listed
        if delivery.fact.about is None or (self.shows(delivery, params) and not left):
            return None
        # Who is gone is gone at once: said without a name, and not only with the next push.
        return "person_removed", {"user_id": str(delivery.fact.about)}

    def resumable(self, delivery: Delivery) -> bool:
        return False

    def wire(self, state: BoardState) -> dict[str, Any]:
        return state.wire()


def touched(event: Any) -> list[str]:
    """The boards that a fact is about; all of them for one about a person."""
    if isinstance(event, StandingsChanged):
        return sorted({standing.board for standing in event.standings})
    if isinstance(event, RankChanged):
        return sorted({move.board for move in event.moves})
    if isinstance(event, LeaderboardRecalculated):
        return list(event.boards)
    if isinstance(event, LeaderboardPeriodEnded):
        return [event.board]
    return list(boards()) if isinstance(event, (*ABOUT_PEOPLE, LeaderboardListingChanged)) else []


class GlobalBoard(Board):
    pattern = "leaderboard:{board_id}"
    scope, minimum = "global", "public"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        fact, event, who = delivery.fact, delivery.fact.event, delivery.who
        if isinstance(event, (*ABOUT_RESULTS, LeaderboardListingChanged)):
            if not who or not self._reaches(narrower(fact.visibility, who.audience)):
                return ()
        elif isinstance(event, ABOUT_PEOPLE) and not self._reaches(fact.visibility):
            # Of somebody who was and is not seen here, not even the id is told.
            return ()
        return [f"leaderboard:{board}" for board in touched(event)]

    def shows(self, delivery: Delivery, params: Mapping[str, str]) -> bool:
        return delivery.who is not None and self._reaches(delivery.who.audience)


class CohortBoard(Board):
    pattern = "leaderboard:{board_id}:{cohort_id}"
    scope, minimum = "cohort", "cohort"

    def topics(self, delivery: Delivery) -> Iterable[str]:
        fact, event, who = delivery.fact, delivery.fact.event, delivery.who
        if isinstance(event, LeaderboardRecalculated | LeaderboardPeriodEnded):
            cohorts = list(event.cohorts)
        elif isinstance(event, (*ABOUT_RESULTS, LeaderboardListingChanged)):
            here = who is not None and who.cohort_id == fact.cohort_id
            seen = who is not None and self._reaches(narrower(fact.visibility, who.audience))
            cohorts = [fact.cohort_id] if here and seen and fact.cohort_id else []
        elif isinstance(event, ABOUT_PEOPLE) and self._reaches(fact.visibility):
            came_from = event.cohort_from if isinstance(event, PersonUpdated) else None
            visible = who is not None and self._reaches(who.audience)
            stays = not isinstance(event, PersonUpdated) or came_from == fact.cohort_id
            # A cohort that never saw them does not hear of somebody who is hidden by now.
            here_now = fact.cohort_id if stays or visible else None
            cohorts = [id for id in dict.fromkeys((came_from, here_now)) if id]
        else:
            return ()
        return [f"leaderboard:{board}:{cohort}" for board in touched(event) for cohort in cohorts]

    def shows(self, delivery: Delivery, params: Mapping[str, str]) -> bool:
        who = delivery.who
        return who is not None and self._reaches(who.audience) and str(who.cohort_id) == params["cohort_id"]
