"""Changes that keep the house in order: a job's run is claimed and recorded, a switch is turned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.erasure import erase_person
from core.accounts.queries import count_simulated
from core.errors import Conflict, Invalid
from core.events import fact
from core.events.catalog import SimulatorChanged
from core.monitoring.queries import SIMULATOR
from core.monitoring.simulated_past import forget_pasts
from core.transaction import Transaction
from data.tables import Cohort, JobRun, PracticeRun, Switch, User

SLOWEST, QUICKEST = 0.1, 20.0
FEWEST, MOST = 12, 5000
SIMULATED_COHORT = "(simulated)"
"""How the names of their cohorts end."""


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


async def set_simulator(
    tx: Transaction, running: bool | None = None, speed: float | None = None, people: int | None = None
) -> None:
    """Start or stop the simulated community, slow it or hurry it, make it larger or smaller; what is None stays."""
    _may_turn(tx)
    problems = []
    if speed is not None and not SLOWEST <= speed <= QUICKEST:
        problems.append({"field": "speed", "message": f"between {SLOWEST:g} and {QUICKEST:g}"})
    if people is not None and not FEWEST <= people <= MOST:
        problems.append({"field": "people", "message": f"between {FEWEST} and {MOST:,}"})
    if problems:
        raise Invalid(fields=problems)
    before = await _held_switch(tx)
    if before.get("leaving") is not None and running:
        raise Conflict("The simulated people are being taken away. Start anew when they are gone.", reason="leaving")
    chosen = {"running": running, "speed": speed, "people": people}
    after = before | {name: value for name, value in chosen.items() if value is not None}
    await _turn_switch(tx, after)
    # Whoever only chose a size may have found it running as it was set up.
    state = SimulatorChanged(running=bool(after.get("running", True)), speed=after.get("speed", 1.0), people=people)
    tx.emit(state)


async def reset_simulator(tx: Transaction) -> int:
    """Have every simulated person taken away, with all that is theirs; how many there are. It goes on by itself."""
    _may_turn(tx)
    before = await _held_switch(tx)
    if before.get("leaving") is not None:
        return int(before["leaving"])
    count = await count_simulated(tx.db)
    await _turn_switch(tx, before | {"running": False, "leaving": count})
    tx.emit(SimulatorChanged(running=False, speed=float(before.get("speed", 1.0)), reset=True))
    return count


async def take_simulated_away(tx: Transaction, most: int) -> int:
    """Forget so many simulated people at most, as anybody is forgotten; how many went. The last ends the reset."""
    wanted = select(User.id, User.external_id).where(User.simulated).order_by(User.id).limit(most)
    going = (await tx.db.execute(wanted)).all()
    tx.source = fact.SIMULATOR
    # Of a real person's practice a row stays, as nobody's; of these nothing does.
    runs = delete(PracticeRun).where(PracticeRun.user_id.in_([person.id for person in going]))
    await tx.db.execute(runs.execution_options(synchronize_session=False))
    for person in going:
        await erase_person(tx, person.external_id)
    if len(going) < most:
        kept = select(User.cohort_id).where(User.cohort_id.is_not(None))
        empty = Cohort.external_id.endswith(SIMULATED_COHORT) & Cohort.id.not_in(kept)
        await tx.db.execute(delete(Cohort).where(empty).execution_options(synchronize_session=False))
        await forget_pasts(tx)
        await _turn_switch(tx, await _held_switch(tx) | {"leaving": None})
    return len(going)


def _may_turn(tx: Transaction) -> None:
    if tx.actor.kind != "system":
        tx.actor.require("simulator:write")


async def _held_switch(tx: Transaction) -> dict[str, Any]:
    """The switch as it stands, which nobody else turns until this commits."""
    row = {"name": SIMULATOR, "value": {}, "updated_at": tx.now}
    await tx.db.execute(insert(Switch).values(row).on_conflict_do_nothing(index_elements=["name"]))
    wanted = select(Switch.value).where(Switch.name == SIMULATOR).with_for_update()
    return dict((await tx.db.execute(wanted)).scalar_one())


async def _turn_switch(tx: Transaction, value: Mapping[str, Any]) -> None:
    turned = update(Switch).where(Switch.name == SIMULATOR).values(value=dict(value), updated_at=tx.now)
    await tx.db.execute(turned)
