"""A process that strives to lead and runs one job every second: what the fail-over tests start, kill and freeze.

Says `leads` and `follows` when its lease changes, and `runs <due_at>` in the middle of a run's transaction.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from core.clock import SystemClock
from core.metrics import Metrics
from core.transaction import Transactions
from data.database import Database
from jobs.job import Context, Job
from jobs.lease import Lease
from jobs.runner import Runner
from jobs.scheduler import Scheduler
from jobs.triggers import Every

ADD = text(
    "INSERT INTO switches (name, value, updated_at) VALUES (left(gen_random_uuid()::text, 8) || :due, '{}', :now)"
)


class Voice:
    async def run(self) -> None:
        print("leads", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            print("follows", flush=True)


async def work(context: Context) -> dict[str, Any]:
    due = context.due_at.isoformat()
    await context.tx.db.execute(ADD, {"due": due, "now": context.tx.now})
    print("runs", due, flush=True)
    await context.tx.db.execute(text("SELECT pg_sleep(0.2)"))
    return {}


async def main(url: str, node: str, check: float, hanging: float) -> None:
    clock, metrics, zone = SystemClock(), Metrics(), ZoneInfo("UTC")
    transactions = Transactions(Database(url, pool_size=2), clock, lambda: None)
    job = Job(name="every_second", title="Every second", trigger=Every(1), run=work)
    runner = Runner([job], transactions, clock, zone=zone, node=node, metrics=metrics)
    lease = Lease(url, check=check, hanging=hanging)
    await Scheduler(runner, lease, clock, zone=zone, metrics=metrics, companions=[Voice()]).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])))
