"""Daily: what is older than its period goes; what stands in `core.monitoring.retention` is the policy.

The log only goes up to what the export holds, so the folder of exported facts is asked first.
"""

from __future__ import annotations

import asyncio
from datetime import time
from typing import Any

from core.events.log import log_epoch
from core.monitoring.retention import LOG, PERIODS, delete_old, delete_old_facts, log_floor
from data.analytics.store import Store
from jobs.job import Context, Job
from jobs.place import Place
from jobs.triggers import Daily


def retention(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        tx = context.tx
        store, floor = Store(place.folder, await log_epoch(tx.db)), await log_floor(tx.db)
        chain = await asyncio.to_thread(store.chain, floor)
        deleted = {period.name: await delete_old(tx, period) for period in PERIODS if period is not LOG}
        # Last, because deleting many rows takes a while, and the other tables are in use.
        facts = await delete_old_facts(tx, chain[-1].end if chain else floor)
        return {"deleted": deleted | {LOG.name: facts}}

    return Job(name="retention", title="Retention", trigger=Daily(time(3, 10)), run=run)
