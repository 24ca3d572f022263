"""Ticks of workshops' clocks, for those at this node who watch them: every five seconds, and when a section is over.

What changes a clock is a fact and reaches everybody as such; a tick only keeps screens true that count down by
themselves. Nothing is kept of it, and nobody misses one that is lost.
"""

from __future__ import annotations

import asyncio
import logging

from core.clock import Clock
from core.live.hub import Hub, Message
from core.live.replica import Replicas
from core.workshop.rules.projection import clocks
from core.workshop.rules.state import Workshop

log = logging.getLogger(__name__)

LOOK = 1.0
TICK = 5.0
TOPIC = "timer:"


class Ticking:
    def __init__(self, hub: Hub, replicas: Replicas, clock: Clock) -> None:
        self._hub, self._replicas, self._clock = hub, replicas, clock
        self._ticked: dict[str, float] = {}
        self._exceeded: dict[str, str] = {}
        """The section that was said to be over, by topic."""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="ticking")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look()
            except Exception:
                log.warning("the clocks of workshops could not be told", exc_info=True)

    async def look(self) -> None:
        """Tell whoever is due."""
        topics = self._hub.known(lambda topic: topic.startswith(TOPIC))
        now = self._clock.monotonic()
        for gone in self._ticked.keys() - set(topics):
            self._ticked.pop(gone)
            self._exceeded.pop(gone, None)
        for topic in topics:
            state = (await self._replicas.get(f"workshop:{topic.removeprefix(TOPIC)}")).state
            if isinstance(state, Workshop) and state.running:
                self._tell(topic, state, now)

    def _tell(self, topic: str, state: Workshop, now: float) -> None:
        told = clocks(state, self._clock.now())
        if told is None:
            return
        if told["is_exceeded"] and self._exceeded.get(topic) != told["section"]:
            self._exceeded[topic] = told["section"]
            self._hub.signal(Message(topic, "timer_exceeded", told))
        if now - self._ticked.get(topic, float("-inf")) >= TICK:
            self._ticked[topic] = now
            self._hub.signal(Message(topic, "timer_tick", told))
