"""After each export: the counts that pages show are brought up to what was exported.

A file that cannot be read fails this run with a clear error and is removed, so that the next export writes it again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from core.events.log import log_epoch
from core.monitoring.retention import log_floor
from data.analytics.export import remove_damaged
from data.analytics.rollups import update
from data.analytics.store import AnalyticsError, Store
from jobs.job import Context, Job
from jobs.place import Place
from jobs.triggers import After


def rollups(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        async with context.transactions.read() as db:
            store, floor = Store(place.folder, await log_epoch(db)), await log_floor(db)
        try:
            # The export that this run follows began after it was due, so everything from before that is in it.
            done = await asyncio.to_thread(update, store, place.counting, context.due_at, floor)
        except AnalyticsError:
            await asyncio.to_thread(remove_damaged, store, floor)
            raise
        return {"watermark": done.watermark, "hours": done.hours, "whole": done.whole}

    return Job(name="rollups", title="Counts of active people", trigger=After("export_log"), run=run, effect="outside")
