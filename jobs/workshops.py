"""Workshops: every half minute, who went without a word is marked away and leads pass on; daily, what is over goes."""

from __future__ import annotations

from datetime import time
from typing import Any

from core.workshop.upkeep import delete_expired, sweep
from jobs.job import Context, Job
from jobs.triggers import Daily, Every


async def mind(context: Context) -> dict[str, Any]:
    return dict(await sweep(context.transactions, context.clock.now()))


async def clear(context: Context) -> dict[str, Any]:
    return {"deleted": await delete_expired(context.tx)}


WORKSHOPS = Job(name="workshops", title="People away from workshops", trigger=Every(30), run=mind, effect="outside")
WORKSHOP_EXPIRY = Job(name="workshop_expiry", title="Workshops whose time is up", trigger=Daily(time(3, 40)), run=clear)
