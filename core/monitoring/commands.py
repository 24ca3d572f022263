"""Changes that keep the house in order: a job's run is claimed and recorded, a switch is turned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from core.errors import Invalid
from core.events.catalog import SimulatorChanged
from core.monitoring.queries import SIMULATOR
from core.transaction import Transaction
from data.tables import JobRun, Switch

SLOWEST, QUICKEST = 0.1, 20.0


async def claim_run(tx: Transaction, job: str, due_at: datetime, node: str) -> bool:
    """Make a run ours, in the transaction of its effect; False when it went well before.

    Somebody who claims the same run waits here until this transaction is over, and then either finds it done or, after
    a roll-back or a failure, does it: the effect happens once.
    """
    row = {"node": node, "started_at": tx.now, "finished_at": tx.now, "milliseconds": 0, "ok": True, "error": None}
    claim = insert(JobRun).values(row | {"job": job, "due_at": due_at, "result": {}})
    claim = claim.on_conflict_do_update(index_elements=["job", "due_at"], set_=row, where=JobRun.ok.is_(False))
    return (await tx.db.execute(claim.returning(JobRun.job))).scalar_one_or_none() is not None


async def finish_run(tx: Transaction, job: str, due_at: datetime, milliseconds: int, result: Mapping[str, Any]) -> None:
    """Write down what a claimed run came to, still in its transaction."""
    done = {"finished_at": tx.clock.now(), "milliseconds": milliseconds, "result": dict(result)}
    await tx.db.execute(update(JobRun).where(JobRun.job == job, JobRun.due_at == due_at).values(done))


async def fail_run(
    tx: Transaction, job: str, due_at: datetime, *, node: str, milliseconds: int, error: str, attempts: int
) -> None:
    """Record that a run failed, unless it went well somewhere else meanwhile."""
    row = {
        "node": node,
        "started_at": tx.now,
        "finished_at": tx.now,
        "milliseconds": milliseconds,
        "ok": False,
        "result": {"attempts": attempts},
        "error": error,
    }
    failed = insert(JobRun).values(row | {"job": job, "due_at": due_at})
    failed = failed.on_conflict_do_update(index_elements=["job", "due_at"], set_=row, where=JobRun.ok.is_(False))
    await tx.db.execute(failed)


async def set_simulator(tx: Transaction, running: bool, speed: float) -> None:
    """Start or stop the simulated community, slow it or hurry it."""
    if tx.actor.kind != "system":
        tx.actor.require("simulator:write")
    if not SLOWEST <= speed <= QUICKEST:
        raise Invalid(fields=[{"field": "speed", "message": f"between {SLOWEST:g} and {QUICKEST:g}"}])
    row = {"value": {"running": running, "speed": speed}, "updated_at": tx.now}
    turned = insert(Switch).values(row | {"name": SIMULATOR})
    await tx.db.execute(turned.on_conflict_do_update(index_elements=["name"], set_=row))
    tx.emit(SimulatorChanged(running=running, speed=speed))
