"""Workshops: every half minute, who went without a word is marked away and leads pass on; daily, what is over goes."""

from __future__ import annotations

from datetime import time
from typing import Any

from core.monitoring.queries import last_runs
from core.workshop.upkeep import GRACE, delete_expired, sweep
from jobs.job import Context, Job
from jobs.triggers import Daily, Every


async def mind(context: Context) -> dict[str, Any]:
    now = context.clock.now()
    async with context.transactions.read() as db:
        last = (await last_runs(db, [WORKSHOPS.name], ok=True)).get(WORKSHOPS.name)
    return dict(await sweep(context.transactions, now, last.finished_at if last else now - GRACE))


async def clear(context: Context) -> dict[str, Any]:
    return {"deleted": await delete_expired(context.tx)}


WORKSHOPS = Job(name="workshops", title="People away from workshops", trigger=Every(30), run=mind, effect="outside")
WORKSHOP_EXPIRY = Job(name="workshop_expiry", title="Workshops whose time is up", trigger=Daily(time(3, 40)), run=clear)
