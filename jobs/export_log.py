"""Every minute: the log's new facts go to Parquet, until its end is reached; then small files are merged.

One exporter at a time: a lock in the database is held while a file is written, so that a leader who does not know yet
that it was replaced cannot get in the way of the next one.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text

from core.errors import Unavailable
from core.events.log import log_epoch
from core.monitoring.retention import log_floor
from data.analytics.export import Exported, compact, drop_forgotten, export_batch
from data.analytics.store import Store
from jobs.job import Context, Job
from jobs.place import Place
from jobs.triggers import Every

EXPORT_LOCK = 0x7A4D_0011
_TAKE = text("SELECT pg_try_advisory_xact_lock(:key)")


def export_log(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        rows = files = 0
        while True:
            done = await _batch(context, place)
            rows, files = rows + done.rows, files + bool(done.rows)
            if not done.more:
                break
        return {"rows": rows, "files": files, "watermark": done.watermark} | await _tidy(context, place)

    return Job(name="export_log", title="Export of the log", trigger=Every(60), run=run, effect="outside")


async def _batch(context: Context, place: Place) -> Exported:
    async with context.transactions.read() as db:
        if not (await db.execute(_TAKE, {"key": EXPORT_LOCK})).scalar_one():
            raise Unavailable("Another node is exporting; this one comes back.")
        return await export_batch(db, Store(place.folder, await log_epoch(db)), await log_floor(db))


async def _tidy(context: Context, place: Place) -> dict[str, Any]:
    """Merge small files; let go of what retention took from the log, and of histories that a restore ended."""
    async with context.transactions.read() as db:
        if not (await db.execute(_TAKE, {"key": EXPORT_LOCK})).scalar_one():
            return {}
        store, floor = Store(place.folder, await log_epoch(db)), await log_floor(db)
        done = {
            "merged": await asyncio.to_thread(compact, store, floor),
            "dropped": await asyncio.to_thread(drop_forgotten, store, floor),
            "histories_removed": await asyncio.to_thread(store.remove_other_epochs),
        }
    return {name: count for name, count in done.items() if count}
