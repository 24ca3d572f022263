"""Every minute: rows of presence whose connection was last seen ten minutes ago or longer go."""

from __future__ import annotations

from typing import Any

from core.monitoring.retention import PRESENCE, delete_old
from jobs.job import Context, Job
from jobs.triggers import Every


async def run(context: Context) -> dict[str, Any]:
    return {"deleted": await delete_old(context.tx, PRESENCE)}


PRESENCE_CLEANUP = Job(name="presence_cleanup", title="Presence clean-up", trigger=Every(60), run=run)
