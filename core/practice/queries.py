"""Reading practice: what is popular, who practises, one's own runs, and those who practise together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.queries import public_of
from core.practice.live import Runner
from data.tables import Block, CoPractice, EventRow, PracticeRun, User

LATELY = timedelta(hours=1)
MOST_POPULAR = 5


@dataclass(frozen=True, slots=True)
class Popular:
    skill: str
    count: int


async def popular_skills(db: AsyncSession, subject: str, now: datetime) -> list[Popular]:
    """The skills of a subject that were completed most in the last hour; how often, and by nobody in particular."""
    times = func.count().label("times")
    wanted = select(EventRow.skill, times).where(
        EventRow.type == "practice_completed",
        EventRow.at > now - LATELY,
        EventRow.at <= now,
        EventRow.subject == subject,
        EventRow.skill.is_not(None),
    )
    rows = await db.execute(wanted.group_by(EventRow.skill).order_by(times.desc(), EventRow.skill).limit(MOST_POPULAR))
    return [Popular(row.skill, row.times) for row in rows]


async def runner_of(db: AsyncSession, run_id: UUID) -> Runner | None:
    """Somebody's live run, with whom others may see and whom they may not."""
    wanted = select(PracticeRun, User).join(User, User.id == PracticeRun.user_id)
    row = (await db.execute(wanted.where(PracticeRun.id == run_id, PracticeRun.status == "live"))).one_or_none()
    if row is None:
        return None
    run, user = row
    blocks = select(Block.blocker_id, Block.blocked_id)
    mine = blocks.where(or_(Block.blocker_id == user.id, Block.blocked_id == user.id))
    hidden = {one for pair in await db.execute(mine) for one in pair} - {user.id}
    who = public_of(user)
    return Runner(
        run_id=run.id,
        session_id=run.session_id,
        user_id=user.id,
        seat=run.seat,
        app=run.app,
        subject=run.subject_id,
        skill=run.skill,
        started_at=run.started_at,
        name=who.name,
        avatar=who.avatar,
        audience=who.audience,
        cohort_id=who.cohort_id,
        offline=user.appears_offline or user.kept_offline,
        hidden=frozenset(hidden),
    )


async def own_runs(
    db: AsyncSession, user_id: UUID, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[PracticeRun]:
    """One's runs, the latest first."""
    wanted = select(PracticeRun).where(PracticeRun.user_id == user_id)
    if before is not None:
        wanted = wanted.where(tuple_(PracticeRun.started_at, PracticeRun.id) < tuple_(*before))
    order = (PracticeRun.started_at.desc(), PracticeRun.id.desc())
    return list((await db.execute(wanted.order_by(*order).limit(limit))).scalars())


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody did of the same skill before a run of theirs."""

    times: int = 0
    best: PracticeRun | None = None
    last: PracticeRun | None = None


async def past_of(db: AsyncSession, run: PracticeRun, metric: str) -> Past:
    """One's own results before this run: how many, the best by its metric, and the one just before."""
    value = PracticeRun.wpm if metric == "wpm" else PracticeRun.score
    before = [
        PracticeRun.user_id == run.user_id,
        PracticeRun.status == "completed",
        PracticeRun.subject_id == run.subject_id,
        PracticeRun.skill == run.skill,
        PracticeRun.started_at < run.started_at,
        value.is_not(None),
    ]
    times = (await db.execute(select(func.count()).where(*before).select_from(PracticeRun))).scalar_one()
    if not times:
        return Past()
    runs = select(PracticeRun).where(*before).limit(1)
    best = (await db.execute(runs.order_by(value.desc(), PracticeRun.started_at))).scalar_one()
    last = (await db.execute(runs.order_by(PracticeRun.started_at.desc()))).scalar_one()
    return Past(times, best, last)


async def own_run_of(db: AsyncSession, user_id: UUID, run_id: UUID) -> PracticeRun | None:
    wanted = select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.user_id == user_id)
    return (await db.execute(wanted)).scalar_one_or_none()


async def session_of(db: AsyncSession, session_id: UUID) -> tuple[CoPractice | None, list[PracticeRun]]:
    """A practice by the id of its topics: the invitation, where two share it, and the runs by seat."""
    wanted = select(PracticeRun).where(PracticeRun.session_id == session_id).order_by(PracticeRun.seat)
    runs = list((await db.execute(wanted)).scalars())
    return await db.get(CoPractice, session_id), runs


async def open_invitations(db: AsyncSession, user_id: UUID, since: datetime) -> list[CoPractice]:
    """Invitations that are open, to somebody or by them."""
    mine = or_(CoPractice.inviter_id == user_id, CoPractice.partner_id == user_id)
    young = and_(CoPractice.status == "invited", CoPractice.created_at > since)
    wanted = select(CoPractice).where(mine, young).order_by(CoPractice.created_at.desc()).limit(20)
    return list((await db.execute(wanted)).scalars())


async def in_subject(db: AsyncSession, subject: str, ids: Collection[UUID]) -> list[UUID]:
    """Who of these has a live run in a subject."""
    if not ids:
        return []
    wanted = select(PracticeRun.user_id).where(PracticeRun.status == "live", PracticeRun.subject_id == subject)
    return [one for one in (await db.execute(wanted.where(PracticeRun.user_id.in_(ids)))).scalars() if one]
