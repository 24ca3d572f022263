"""A whole node: the core, its jobs and its server, started in order and let go in the reverse.

The embedded database is migrated at start; one that was given is only looked at, and must have been migrated before.
"""

from __future__ import annotations

import asyncio
import errno
from typing import Any

from core.accounts.personas import save_personas
from core.app import App
from core.errors import SettingsError
from core.principal import SYSTEM
from core.settings import Settings
from core.web.channels.socket import socket_routes
from core.web.http import handlers
from core.web.rest import ROUTES
from core.web.security import origin_allowed
from dashboards.health_feed import HealthFeed
from dashboards.serve import serve
from dashboards.site import pages
from data.database import Database
from data.migrate import current, head, migrate
from jobs.lease import Lease
from jobs.place import Place
from jobs.registry import registry
from jobs.runner import Runner
from jobs.scheduler import Scheduler


class Node:
    def __init__(self, settings: Settings, url: str) -> None:
        self.settings, self.url = settings, url
        self.database = Database(url, pool_size=settings.database_pool)
        self.app = App(settings, self.database)
        self.scheduler = self._scheduler()
        self.feed = HealthFeed(self.app, lambda: self.scheduler.infos, self._viewers)
        self.server: Any = None

    def _viewers(self) -> int:
        return len(self.server._tornado.auth_provider.pages) if self.server is not None else 0

    def _scheduler(self) -> Scheduler:
        app, settings = self.app, self.settings
        jobs = registry(Place(settings.data / "analytics", settings.timezone))
        runner = Runner(
            jobs, app.transactions, app.clock, zone=settings.zone, node=app.node, metrics=app.metrics
        )
        return Scheduler(runner, Lease(self.url), app.clock, zone=settings.zone, metrics=app.metrics)

    async def start(self) -> int:
        """Bring the node to life; the port it listens on."""
        await self._prepare_database()
        await self.app.start()
        if self.settings.demo:
            await self.app.transactions.run(SYSTEM, save_personas)
        self.server = self._listen()
        self.server.start()
        await self.scheduler.start()
        port: int = self.server.port
        return port

    async def _prepare_database(self) -> None:
        if not self.settings.database_url:
            await migrate(self.database.engine)
            return
        reasons = await self.database.check()
        if reasons:
            raise SettingsError(f"The database at DATABASE_URL is not ready: {'; '.join(reasons)}.")
        at = await current(self.database.engine)
        if at != head():
            raise SettingsError(
                f"The database is at revision {at or 'none'}, this version needs {head()}: "
                "run `python panel_app.py migrate` first."
            )

    def _listen(self) -> Any:
        app, settings = self.app, self.settings
        routes = [
            *socket_routes(app.sockets, lambda origin, host: origin_allowed(origin, host, settings)),
            *handlers(app, ROUTES),
        ]
        try:
            return serve(app, pages(self.feed), routes)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(
                    f"Port {settings.port} is in use: end what listens there, or choose another TANDEM_PORT."
                ) from None
            raise SettingsError(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from None

    async def stop(self, drain_seconds: float) -> None:
        """Let nobody in any more, send those who are here away, and end everything in order."""
        if self.server is not None:
            self.server.unlisten()
        await self.feed.stop()
        await self.scheduler.stop()
        async with asyncio.timeout(drain_seconds or None):
            await self.app.stop()
        if self.server is not None:
            self.server.stop(wait=False)
        await self.database.close()
