"""What the host tells of practice: a run begins and ends by the log as it does by a person's own hand."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.events.catalog import PracticeCompleted, PracticeStarted
from core.events.fact import HOUSE, Fact
from core.practice.catalogue import app_of
from core.practice.commands import close, end_live, settle_pair, tell_run
from core.reactions import Reaction
from core.transaction import Transaction
from data.tables import PracticeRun, User

NEWS = timedelta(minutes=15)
"""What began longer ago is not running any more, as far as anybody can tell."""


async def follow_host(tx: Transaction, fact: Fact) -> None:
    """Begin or close a run by what the host says; our own commands have done so already."""
    if fact.source in HOUSE or fact.backfill or fact.user_id is None:
        return
    wanted = select(User.id).where(User.id == fact.user_id).with_for_update(key_share=True)
    if (await tx.db.execute(wanted)).scalar_one_or_none() is None:
        return
    if isinstance(fact.event, PracticeStarted):
        await _begin(tx, fact)
    elif isinstance(fact.event, PracticeCompleted):
        await _complete(tx, fact, fact.event)


async def _begin(tx: Transaction, fact: Fact) -> None:
    if tx.now - fact.at > NEWS or await tx.db.get(PracticeRun, fact.event_id) is not None or not fact.user_id:
        return
    await end_live(tx, fact.user_id, "replaced")
    app = app_of(fact.subject, None) if fact.subject else None
    values = {
        "id": fact.event_id,
        "session_id": fact.event_id,
        "user_id": fact.user_id,
        "app": app,
        "subject_id": fact.subject,
        "skill": fact.skill,
        "status": "live",
        "started_at": min(fact.at, tx.now),
    }
    await tx.db.execute(insert(PracticeRun).values(values))
    tell_run(tx, await tx.db.get_one(PracticeRun, fact.event_id))


async def _complete(tx: Transaction, fact: Fact, event: PracticeCompleted) -> None:
    """Close the run that this is the result of, if one is live; a result without one stands for itself."""
    live = select(PracticeRun).where(PracticeRun.user_id == fact.user_id, PracticeRun.status == "live")
    run = (await tx.db.execute(live.with_for_update())).scalar_one_or_none()
    if run is None or (run.subject_id, run.skill) != (fact.subject, fact.skill) or fact.at < run.started_at:
        return
    close(run, tx, "completed")
    run.score = int(event.score * 100 + 0.5 + 1e-7)
    run.wpm = None if event.wpm is None else int(event.wpm * 100 + 0.5 + 1e-7)
    run.seconds = event.seconds if event.seconds is not None else run.seconds
    await tx.db.flush()
    tell_run(tx, run)
    await settle_pair(tx, run)


RUNS = Reaction("practice_runs", (PracticeStarted, PracticeCompleted), follow_host)
