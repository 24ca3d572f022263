"""A whole node: the core, its jobs and its server, started in order and let go in the reverse.

The embedded database is migrated at start; one that was given is only looked at, and must have been migrated before.
"""

from __future__ import annotations

from typing import Any

from core.app import App
from core.errors import SettingsError
from core.settings import Settings
from data.database import Database
from data.migrate import current, head, migrate


class Node:
    def __init__(self, settings: Settings, url: str) -> None:
        self.settings, self.url = settings, url
        self.database = Database(url, pool_size=settings.database_pool)
        self.app = App(settings, self.database)
        self.server: Any = None

    async def start(self) -> int:
        """Bring the node to life; the port it listens on."""
        await self._prepare_database()
        await self.app.start()
        return 0

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

    async def stop(self, drain_seconds: float) -> None:
        await self.app.stop()
        await self.database.close()
