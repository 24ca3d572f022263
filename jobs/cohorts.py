"""Cohorts' rooms by the clock: every minute challenges whose time is over end, and rooms follow their people where no
fact told of a change; every night what was said three months ago is let go."""

from __future__ import annotations

from datetime import time
from typing import Any

from core.social.challenges import close_due
from core.social.rooms import refresh_all
from core.social.upkeep import forget_messages
from jobs.job import Context, Job
from jobs.triggers import Daily, Every


async def keep_rooms(context: Context) -> dict[str, Any]:
    return {"challenges": await close_due(context.tx), "rooms": await refresh_all(context.tx)}


async def forget(context: Context) -> dict[str, Any]:
    return {"messages": await forget_messages(context.tx)}


COHORT_ROOMS = Job(name="cohort_rooms", title="Cohort rooms and their challenges", trigger=Every(60), run=keep_rooms)
COHORT_CHAT = Job(name="cohort_chat", title="Old messages of cohorts", trigger=Daily(time(3, 0)), run=forget)
