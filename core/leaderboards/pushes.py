"""What sockets hear of boards: the present state, at most twice a second for each board, and one's own ranks.

Facts only mark a board as changed. The first change after a quiet while goes out at once, the next ones together half a
second later; each message holds the first ten of every period, so only the latest counts. Nothing is read for a board
that nobody watches here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.content import boards
from core.events.boards import RankChanged, StandingsChanged
from core.leaderboards.live import Board
from core.leaderboards.queries import averages_of
from core.leaderboards.rules import PERIODS
from core.leaderboards.state import BoardState
from core.live.hub import Hub, Message
from core.live.liveview import Delivery, LiveView, match
from core.live.replica import Replicas

log = logging.getLogger(__name__)

APART = 0.5
"""Seconds between two pushes of one board."""


@dataclass(slots=True)
class Pushed:
    """What a topic was last told, and whether there is more to tell."""

    at: float = float("-inf")
    state: BoardState | None = None
    timer: asyncio.TimerHandle | None = None
    triggers: list[str] = field(default_factory=list)


class BoardPushes:
    def __init__(
        self, hub: Hub, replicas: Replicas, views: Iterable[LiveView[Any]], clock: Clock, *, apart: float = APART
    ) -> None:
        self._hub, self._replicas, self._clock, self.apart = hub, replicas, clock, apart
        self._views = [view for view in views if isinstance(view, Board)]
        self._pushed: dict[str, Pushed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.pushes = 0

    def on_delivery(self, delivery: Delivery) -> None:
        """A fact was relayed: mark the boards that it changes and that somebody here watches."""
        event = delivery.fact.event
        if isinstance(event, RankChanged):
            self._own_ranks(delivery, event)
        for view in self._views:
            for topic in view.topics(delivery):
                if self._watched(topic):
                    self._mark(topic, delivery)

    def _watched(self, topic: str) -> bool:
        # One subscriber of a board's topic is its replica, which keeps the state without telling anybody.
        return self._hub.count(topic) > 1 or self._hub.count(_room_of(topic)) > 0

    def _mark(self, topic: str, delivery: Delivery) -> None:
        pushed = self._pushed.setdefault(topic, Pushed())
        if isinstance(delivery.fact.event, StandingsChanged) and delivery.fact.user_id:
            pushed.triggers = [str(delivery.fact.user_id)]
        if pushed.timer is None:
            loop = asyncio.get_running_loop()
            wait = max(0.0, pushed.at + self.apart - loop.time())
            pushed.timer = loop.call_later(wait, self._due, topic)

    def _due(self, topic: str) -> None:
        task = asyncio.create_task(self._push(topic), name=f"push {topic}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _push(self, topic: str) -> None:
        pushed = self._pushed[topic]
        pushed.timer, pushed.at = None, asyncio.get_running_loop().time()
        try:
            replica = await self._replicas.get(topic)
        except Exception:
            # Its snapshot will be taken again, and handed to everybody, as soon as that is possible.
            log.warning("a board could not be pushed", extra={"topic": topic}, exc_info=True)
            return
        before, pushed.state = pushed.state, replica.state
        if before == pushed.state:
            return
        self.pushes += 1
        message = update_of(before, replica.state)
        self._hub.signal(Message(topic, "leaderboard_update", message, replica.seq))
        self._tell_room(topic, replica.state, before, replica.seq, pushed)

    def _tell_room(self, topic: str, state: BoardState, before: BoardState | None, seq: int, pushed: Pushed) -> None:
        """A cohort's room hears of the averages of its members."""
        room = _room_of(topic)
        users = averages_of(state)
        if not room or users == (averages_of(before) if before else []):
            return
        payload = {
            "subject": boards()[state.board].subject,
            "top_users": users,
            "trigger_user": pushed.triggers[-1] if pushed.triggers else None,
            "updated_at": _text(self._clock.now()),
        }
        self._hub.signal(Message(room, "leaderboard_update", payload, seq))

    def _own_ranks(self, delivery: Delivery, event: RankChanged) -> None:
        """Whose rank is another hears of it: the one who rose, and those who were overtaken."""
        seq, mover = delivery.fact.seq, delivery.fact.user_id
        for move in event.moves:
            about = {"board": move.board, "scope": move.scope, "period": move.period}
            told = {user_id: (rank, rank - 1) for user_id, rank in move.overtaken.items()}
            if mover and move.rank != move.previous_rank:
                told[mover] = (move.rank, move.previous_rank)  # type: ignore[assignment]
            for user_id, (rank, previous) in told.items():
                topic = f"user:{user_id}:rank-changes"
                if self._hub.count(topic):
                    self._hub.signal(Message(topic, "rank_changed", about | _ranks(rank, previous), seq))

    async def close(self) -> None:
        for pushed in self._pushed.values():
            if pushed.timer:
                pushed.timer.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def update_of(before: BoardState | None, state: BoardState) -> dict[str, Any]:
    """The whole board, and first the table of the shortest period that is another now."""
    wire = state.wire()
    changed = [p for p in PERIODS if before is None or before.tables[p] != state.tables[p]]
    period = changed[0] if changed else PERIODS[0]
    return {**wire, "period": period, "entries": wire["periods"][period]}


def _ranks(rank: int, previous: int | None) -> dict[str, Any]:
    change = None if previous is None else previous - rank
    return {"rank": rank, "previous_rank": previous, "rank_change": change}


def _room_of(topic: str) -> str:
    """The cohort's room that hears of a cohort's board of averages; none for other boards."""
    params = match("leaderboard:{board_id}:{cohort_id}", topic)
    board = boards().get(params["board_id"]) if params else None
    return f"cohort:{params['cohort_id']}" if params and board and board.metric == "avg_score" else ""


def _text(at: datetime) -> str:
    return at.isoformat()
