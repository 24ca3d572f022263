"""Nudges by the clock: every minute friends of those who are online are told, and what is over ends; streaks that end
today, and cohorts' challenges that are nearly over, are looked for every five minutes, and what is to leave the app
goes every quarter of a minute.
"""

from __future__ import annotations

from typing import Any

from core.nudges.cohort_challenges import remind
from core.nudges.commands import expire
from core.nudges.posting import post_due
from core.nudges.rescuing import rescue
from core.nudges.sending import detect
from jobs.job import Context, Job
from jobs.place import Place
from jobs.triggers import Every


def nudge_detection(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        return {"nudges": await detect(context.tx, place.nudging)}

    return Job(name="nudge_detection", title="Friends told of each other", trigger=Every(60), run=run)


def streak_rescue(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        return {"reminded": await rescue(context.tx, place.nudging)}

    return Job(name="streak_rescue", title="Streaks that end today", trigger=Every(300), run=run)


def nudge_mail(place: Place) -> Job:
    async def run(context: Context) -> dict[str, Any]:
        return dict(await post_due(context.transactions, place.post))

    return Job(name="nudge_mail", title="Nudges that leave the app", trigger=Every(15), run=run, effect="outside")


async def end_old(context: Context) -> dict[str, Any]:
    return {"expired": await expire(context.tx)}


async def remind_of_challenges(context: Context) -> dict[str, Any]:
    return {"reminded": await remind(context.tx)}


CHALLENGE_REMINDERS = Job(
    name="challenge_reminders",
    title="Cohorts' challenges that are nearly over",
    trigger=Every(300),
    run=remind_of_challenges,
)
NUDGE_EXPIRY = Job(name="nudge_expiry", title="Nudges whose time is up", trigger=Every(60), run=end_old)
