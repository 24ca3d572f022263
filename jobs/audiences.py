"""Daily, soon after midnight: birthdays pass, so names and audiences that follow from age are worked out again."""

from __future__ import annotations

from datetime import time
from typing import Any

from core.accounts.commands import refresh_audiences
from jobs.job import Context, Job
from jobs.triggers import Daily


async def run(context: Context) -> dict[str, Any]:
    return {"changed": await refresh_audiences(context.tx)}


AUDIENCES = Job(name="audiences", title="Audiences by age", trigger=Daily(time(0, 5)), run=run)
