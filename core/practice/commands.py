"""Beginning, completing and giving up a practice. Somebody has one run at a time, and each counts once.

A new run replaces the one before it. Whoever completes one holds its row, so that of two who try at once one finds it
completed. What the host tells of practice comes by the log and is taken in by `reactions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.accounts.doings import add_activity
from core.errors import Conflict, Forbidden, NotFound
from core.events.catalog import CoPracticeChanged, CoPracticeCompleted, PracticeCompleted, PracticeRunChanged
from core.events.catalog import PracticeStarted as Started
from core.ids import new_id
from core.practice.catalogue import What
from core.practice.rules import mean
from core.principal import Principal
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import CoPractice, PracticeRun, User

STALE = timedelta(hours=3)
"""A run of which nothing was heard for so long is over."""
LONGEST = 86_400
"""Seconds that a run is said to have taken at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a practice came to, within the bounds of the catalogue's event."""

    score: float
    wpm: float | None = None
    items: int | None = None
    seconds: int | None = None
    """So long it was practised, pauses left out; believed as far as so much time has passed."""


def person(actor: Principal, scope: str = "practice:write") -> UUID:
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require(scope)
    return actor.id


async def hold_person(tx: Transaction, user_id: UUID) -> User:
    """The person, whose runs nobody else changes until this commits."""
    wanted = select(User).where(User.id == user_id).with_for_update(key_share=True)
    user = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if user is None:
        raise NotFound
    return user


async def start_practice(tx: Transaction, gate: Gate, what: What, *, ip: str | None = None) -> PracticeRun:
    """Begin to practise; what ran before is over."""
    me = person(tx.actor)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="practise", ip=ip))
    return await begin_run(tx, await hold_person(tx, me), what)


async def begin_run(
    tx: Transaction, user: User, what: What, *, session_id: UUID | None = None, seat: int = 0
) -> PracticeRun:
    """Put a run on the table for somebody who is held."""
    await end_live(tx, user.id, "replaced")
    run_id = new_id()
    add_activity(tx, user, Started(), at=tx.now, subject=what.subject, skill=what.skill, event_id=run_id)
    run = PracticeRun(
        id=run_id,
        session_id=session_id or run_id,
        seat=seat,
        user_id=user.id,
        app=what.app,
        subject_id=what.subject,
        skill=what.skill,
        status="live",
        started_at=tx.now,
    )
    tx.db.add(run)
    await tx.db.flush()
    tell_run(tx, run)
    return run


def tell_run(tx: Transaction, run: PracticeRun) -> None:
    """State how a run is from now on, for those who watch it."""
    event = PracticeRunChanged(
        session_id=run.session_id,
        run_id=run.id,
        seat=run.seat,  # type: ignore[arg-type]
        app=run.app,
        status=run.status,  # type: ignore[arg-type]
        reason=run.reason,  # type: ignore[arg-type]
        score=None if run.score is None else run.score / 100,
        wpm=None if run.wpm is None else run.wpm / 100,
        seconds=run.seconds,
    )
    tx.emit(event, user_id=run.user_id, subject=run.subject_id, skill=run.skill)


# --- the end


async def complete_practice(
    tx: Transaction, result: Result, *, run_id: UUID | None = None, what: What | None = None
) -> PracticeRun:
    """Finish one's run with a result: the one that is named, or the one of this skill that is live."""
    me = person(tx.actor)
    user = await hold_person(tx, me)
    run = await _own_run(tx, me, run_id, what)
    close(run, tx, "completed")
    if result.seconds is not None:
        run.seconds = min(result.seconds, run.seconds or 0)
    run.score, run.wpm = _hundredths(result.score), _hundredths(result.wpm)
    event = PracticeCompleted(score=result.score, seconds=run.seconds, items=result.items, wpm=result.wpm)
    add_activity(tx, user, event, at=tx.now, subject=run.subject_id, skill=run.skill)
    tell_run(tx, run)
    await settle_pair(tx, run)
    return run


def _hundredths(value: float | None) -> int | None:
    return None if value is None else int(value * 100 + 0.5 + 1e-7)


async def _own_run(tx: Transaction, me: UUID, run_id: UUID | None, what: What | None) -> PracticeRun:
    if run_id is not None:
        return await own_run(tx, me, run_id, even_gone=True)
    wanted = [PracticeRun.status == "live"]
    if what is not None:
        wanted += [PracticeRun.subject_id == what.subject, PracticeRun.skill == what.skill]
    run = await _hold_run(tx, PracticeRun.user_id == me, *wanted)
    if run is None:
        raise Conflict("Begin to practise this first.", reason="not_started")
    return run


async def own_run(tx: Transaction, me: UUID, run_id: UUID, *, even_gone: bool = False) -> PracticeRun:
    """One's own run, held; refused when it is somebody else's, or over.

    Whoever lost the line practised on: what ended as `gone` may still be finished, as long as it would not be stale.
    """
    run = await _hold_run(tx, PracticeRun.id == run_id)
    if run is None or run.user_id != me:
        # Somebody else's and one that does not exist look the same.
        raise NotFound("There is no such practice of yours.", reason="unknown_practice")
    late = even_gone and run.reason == "gone" and tx.now - run.started_at <= STALE
    if run.status != "live" and not late:
        raise Conflict("This practice is over.", reason=f"already_{run.status}", practice_id=str(run.id))
    return run


async def _hold_run(tx: Transaction, *which: ColumnElement[bool]) -> PracticeRun | None:
    wanted = select(PracticeRun).where(*which).with_for_update().execution_options(populate_existing=True)
    return (await tx.db.execute(wanted)).scalar_one_or_none()


def close(run: PracticeRun, tx: Transaction, status: str, reason: str | None = None) -> None:
    run.status, run.reason, run.ended_at = status, reason, tx.now
    run.seconds = min(max(0, round((tx.now - run.started_at).total_seconds())), LONGEST)


async def give_up_practice(tx: Transaction, run_id: UUID) -> PracticeRun:
    """End one's own run without a result."""
    me = person(tx.actor)
    await hold_person(tx, me)
    run = await own_run(tx, me, run_id)
    await end_run(tx, run, "given_up")
    return run


async def end_run(tx: Transaction, run: PracticeRun, reason: str) -> None:
    """End a run that is held and live; nothing comes of it."""
    close(run, tx, "ended", reason)
    tell_run(tx, run)
    await settle_pair(tx, run)


async def end_live(tx: Transaction, user_id: UUID, reason: str) -> None:
    """Whatever somebody has running is over."""
    run = await _hold_run(tx, PracticeRun.user_id == user_id, PracticeRun.status == "live")
    if run is not None:
        await end_run(tx, run, reason)
        # The one live run of a person is this row until it is written.
        await tx.db.flush()


async def end_gone(tx: Transaction, run_id: UUID) -> None:
    """End a run whose person went away; if it is over by now, it is."""
    run = await _hold_run(tx, PracticeRun.id == run_id, PracticeRun.status == "live")
    if run is not None:
        await end_run(tx, run, "gone")


async def end_stale(tx: Transaction) -> int:
    """End runs that nobody ended, a hundred at most; how many."""
    wanted = select(PracticeRun).where(PracticeRun.status == "live", PracticeRun.started_at < tx.now - STALE)
    held = wanted.order_by(PracticeRun.id).limit(100).with_for_update(skip_locked=True)
    runs = list((await tx.db.execute(held)).scalars())
    for run in runs:
        await end_run(tx, run, "stale")
    return len(runs)


# --- two together


async def settle_pair(tx: Transaction, run: PracticeRun) -> None:
    """When both who practised together are done, the practice is: with a joint result if both have one."""
    if run.session_id == run.id:
        return
    wanted = select(CoPractice).where(CoPractice.id == run.session_id).with_for_update()
    pair = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if pair is None or pair.status not in ("live", "ended"):
        return
    await tx.db.flush()
    both = select(PracticeRun).where(PracticeRun.session_id == pair.id).order_by(PracticeRun.seat)
    runs = list((await tx.db.execute(both)).scalars())
    if len(runs) < 2 or any(one.status == "live" for one in runs):
        return
    first, second = runs[0].score, runs[1].score
    if pair.status == "ended" and (first is None or second is None):
        return
    pair.ended_at = tx.now
    pair.status = "ended" if first is None or second is None else "completed"
    if first is not None and second is not None:
        pair.score = mean(first, second)
        await _tell_joint_result(tx, pair)
    tell_pair(tx, pair)


async def _tell_joint_result(tx: Transaction, pair: CoPractice) -> None:
    """Each one's circle hears of it, as far as both may be seen."""
    ids = [user_id for user_id in (pair.inviter_id, pair.partner_id) if user_id]
    held = select(User).where(User.id.in_(ids)).order_by(User.id)
    wanted = held.with_for_update(read=True, key_share=True)
    people = {user.id: user for user in (await tx.db.execute(wanted)).scalars()}
    event = CoPracticeCompleted(score=(pair.score or 0) / 100)
    for one, other in (ids, ids[::-1]) if len(people) == 2 else ():
        envelope: dict[str, Any] = {"at": tx.now, "subject": pair.subject_id, "skill": pair.skill}
        add_activity(tx, people[one], event, reach=people[other].audience, **envelope)


def tell_pair(tx: Transaction, pair: CoPractice) -> None:
    """State how an invitation, and what came of it, stands from now on."""
    if pair.inviter_id is None or pair.partner_id is None:
        return
    event = CoPracticeChanged(
        session_id=pair.id,
        inviter_id=pair.inviter_id,
        partner_id=pair.partner_id,
        app=pair.app,
        status=pair.status,  # type: ignore[arg-type]
        score=None if pair.score is None else pair.score / 100,
    )
    tx.emit(event, user_id=pair.inviter_id, subject=pair.subject_id, skill=pair.skill)
