"""What the health page shows, collected once a node every few seconds for as long as somebody looks.

Everything is measured: the database is asked, the relay's place compared with the log, the sockets counted, the jobs'
rows read. A part that does not answer is shown as such and does not keep the others from being shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.accounts.queries import count_simulated
from core.app import App
from core.errors import TandemError
from core.events.log import last_seq
from core.monitoring.queries import JobInfo, JobStatus, SimulatorState, job_status, simulator_state
from dashboards.viewer import apart
from data.analytics.queries import ActiveHours, active_hours
from data.analytics.store import AnalyticsError, Store

log = logging.getLogger(__name__)

EVERY = 5.0
SERIES = 60
"""Samples that a trend remembers: five minutes."""


@dataclass(slots=True)
class Health:
    """One picture of the house."""

    database: list[str] = field(default_factory=list)
    """Why the database is not ready; empty when it is."""
    bus: str = "local"
    bus_healthy: bool = True
    behind: int = 0
    """Facts that the log holds and this node has not delivered yet."""
    connections: int = 0
    people: int = 0
    viewers: int = 0
    events_a_second: float = 0.0
    trend: list[float] = field(default_factory=list)
    jobs: list[JobStatus] = field(default_factory=list)
    parked: int = 0
    hours: ActiveHours | None = None
    simulator: SimulatorState | None = None
    simulated_people: int = 0


OnHealth = Callable[[Health], None]


class HealthFeed:
    def __init__(self, app: App, jobs: Callable[[], Sequence[JobInfo]], viewers: Callable[[], int]) -> None:
        self._app, self._jobs, self._viewers = app, jobs, viewers
        self._watchers: list[OnHealth] = []
        self._task: asyncio.Task[None] | None = None
        self._trend: list[float] = []
        self._last: tuple[float, int] | None = None
        self.latest: Health | None = None
        app.metrics.watch("health_watchers", "Pages that watch the node's health.", lambda: len(self))

    def watch(self, on_health: OnHealth) -> Callable[[], None]:
        """Be shown the house now and every few seconds; call the result to stop."""
        self._watchers.append(on_health)
        if self._task is None or self._task.done():
            self._task = apart(self._run())
        elif self.latest is not None:
            on_health(self.latest)

        def unwatch() -> None:
            if on_health in self._watchers:
                self._watchers.remove(on_health)

        return unwatch

    def __len__(self) -> int:
        return len(self._watchers)

    async def refresh(self) -> None:
        """Look now, because something was just changed."""
        await self._look()

    async def _run(self) -> None:
        while self._watchers:
            try:
                await self._look()
            except Exception:
                log.exception("the health of the node could not be collected")
            await asyncio.sleep(EVERY)

    async def _look(self) -> None:
        self.latest = await self.collect()
        for watcher in tuple(self._watchers):
            try:
                watcher(self.latest)
            except Exception:
                log.exception("a viewer of the health page failed")

    async def collect(self) -> Health:
        app = self._app
        counts = app.sockets.counts()
        health = Health(
            database=await app.database.check(),
            bus=app.settings.bus_kind,
            bus_healthy=app.pubsub.healthy,
            connections=counts["connections"],
            people=counts["people"],
            viewers=self._viewers(),
        )
        try:
            await self._read(health)
        except TandemError:
            health.database = health.database or ["it does not answer"]
            self._keep(health)
        self._count(health)
        return health

    def _keep(self, health: Health) -> None:
        """What cannot be read just now is shown as it was known last."""
        known = self.latest or Health()
        health.jobs, health.parked, health.hours = known.jobs, known.parked, known.hours
        health.simulator, health.simulated_people = known.simulator, known.simulated_people

    async def _read(self, health: Health) -> None:
        app = self._app
        async with app.transactions.read() as db:
            health.behind = max(0, await last_seq(db) - app.hub.seq)
            health.jobs = await job_status(db, self._jobs(), app.clock.now())
            health.simulator = await simulator_state(db, app.settings.simulating, app.settings.simulator_people)
            health.simulated_people = await count_simulated(db)
        store = Store(app.settings.data / "analytics", app.relay.epoch)
        try:
            health.hours = await asyncio.to_thread(active_hours, store, app.settings.timezone, app.clock.now())
        except AnalyticsError as error:
            log.warning("the counts cannot be shown: %s", error)

    def _count(self, health: Health) -> None:
        now, seq = self._app.clock.monotonic(), self._app.hub.seq
        if self._last is not None and now > self._last[0]:
            rate = (seq - self._last[1]) / (now - self._last[0])
            self._trend = [*self._trend, round(max(0.0, rate), 2)][-SERIES:]
        self._last = (now, seq)
        health.trend = list(self._trend)
        health.events_a_second = self._trend[-1] if self._trend else 0.0

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
