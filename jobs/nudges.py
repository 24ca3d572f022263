"""Nudges by the clock: every minute friends of those who are online are told, and what is over ends."""

from __future__ import annotations

from typing import Any

from core.nudges.commands import expire
from core.nudges.sending import detect
from jobs.job import Context, Job
from jobs.place import Place
from jobs.triggers import Every


def nudge_detection(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        return {"nudges": await detect(context.tx, place.nudging)}

    return Job(name="nudge_detection", title="Friends told of each other", trigger=Every(60), run=run)


async def end_old(context: Context) -> dict[str, Any]:
    return {"expired": await expire(context.tx)}


NUDGE_EXPIRY = Job(name="nudge_expiry", title="Nudges whose time is up", trigger=Every(60), run=end_old)
