"""Every minute: runs of practice that nobody ended are over, and so are invitations that nobody answered."""

from __future__ import annotations

from typing import Any

from core.practice.commands import end_stale
from core.practice.pairs import end_unanswered
from jobs.job import Context, Job
from jobs.triggers import Every


async def run(context: Context) -> dict[str, Any]:
    return {"runs": await end_stale(context.tx), "invitations": await end_unanswered(context.tx)}


PRACTICE_CLEANUP = Job(name="practice_cleanup", title="Practice clean-up", trigger=Every(60), run=run)
