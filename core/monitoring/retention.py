"""How long what is kept: one table of periods, and the commands that let go of what is older.

The log is a case of its own: a fact goes when it is old, and every reaction has seen it, and it has been exported. Only
its beginning is ever cut off, and where the log now starts is written down (`log_floor`), so that whoever reads facts
elsewhere can tell what is missing from what never was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.events.log import last_seq
from core.transaction import Transaction
from data.tables import (
    ActivityReport,
    ActivityRow,
    AgentDecision,
    AuditRow,
    Base,
    BlocklistRow,
    ChatMute,
    CohortChallenge,
    CohortMessage,
    CoPractice,
    DeliveryRow,
    EnterTicket,
    EntryRow,
    EventRow,
    IdempotencyKey,
    InboundKey,
    JobRun,
    Meta,
    NotificationRow,
    NudgeReport,
    NudgeRow,
    ParkedEvent,
    PracticeRun,
    PresenceRow,
    ReactionCursor,
)

LOG_FLOOR = "log_floor"
MONTHS_13 = timedelta(days=396)
DAYS_90 = timedelta(days=90)
AT_ONCE = 1_000_000
"""Facts that one run takes from the log at most; the next run goes on."""


@dataclass(frozen=True, slots=True)
class Period:
    """Rows of a table go when the moment in `since` lies longer back than `keep`."""

    table: type[Base]
    since: InstrumentedAttribute[Any]
    keep: timedelta
    purpose: str

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


PRESENCE = Period(PresenceRow, PresenceRow.last_seen_at, timedelta(minutes=10), "Who is here now.")
LOG = Period(EventRow, EventRow.received_at, MONTHS_13, "What happened: feeds, recovery and counting.")
RUNS = Period(JobRun, JobRun.finished_at, timedelta(days=30), "How the jobs went; the last good run of each stays.")
PERIODS = (
    LOG,
    Period(ActivityRow, ActivityRow.inserted_at, MONTHS_13, "What feeds show, with the reactions to it."),
    Period(ActivityReport, ActivityReport.decided_at, MONTHS_13, "What was reported and decided; open reports stay."),
    Period(PracticeRun, PracticeRun.started_at, MONTHS_13, "Runs of practice; totals and badges stay."),
    Period(CoPractice, CoPractice.created_at, MONTHS_13, "Who practised with whom."),
    Period(CohortMessage, CohortMessage.sent_at, DAYS_90, "What was said in cohorts' rooms, with reports of it."),
    Period(ChatMute, ChatMute.until, DAYS_90, "Who could not write in a cohort's chat for a while."),
    Period(CohortChallenge, CohortChallenge.closed_at, MONTHS_13, "Cohorts' challenges that are over."),
    Period(NotificationRow, NotificationRow.inserted_at, DAYS_90, "What told somebody of something."),
    Period(DeliveryRow, DeliveryRow.created_at, timedelta(days=30), "What left the app, or was to."),
    Period(NudgeRow, NudgeRow.inserted_at, MONTHS_13, "Nudges and their answers, to count them."),
    Period(NudgeReport, NudgeReport.decided_at, MONTHS_13, "What was reported of nudges; open reports stay."),
    Period(ParkedEvent, ParkedEvent.parked_at, MONTHS_13, "Facts that a reaction failed on, until somebody looks."),
    Period(BlocklistRow, BlocklistRow.expires_at, timedelta(days=30), "Who may not act; without an end, it stays."),
    Period(EntryRow, EntryRow.frozen_at, MONTHS_13, "Tables of days and weeks that are over."),
    Period(InboundKey, InboundKey.received_at, MONTHS_13, "Telling a repeated event of the host from a new one."),
    Period(AuditRow, AuditRow.at, MONTHS_13, "Who was allowed or refused what, and why."),
    Period(AgentDecision, AgentDecision.timestamp, MONTHS_13, "What agents decided, of what, and why."),
    Period(IdempotencyKey, IdempotencyKey.created_at, timedelta(hours=24), "Answering a repeated request alike."),
    Period(EnterTicket, EnterTicket.expires_at, timedelta(0), "Opening a page once, within a minute."),
    RUNS,
    PRESENCE,
)
"""Everything that has a period, as pages show it."""


async def delete_old(tx: Transaction, period: Period) -> int:
    """Let go of a table's old rows; returns how many."""
    gone = delete(period.table).where(_old(tx, period)).execution_options(synchronize_session=False)
    result = await tx.db.execute(gone)
    return int(result.rowcount)  # type: ignore[attr-defined]


def _old(tx: Transaction, period: Period) -> ColumnElement[bool]:
    old: ColumnElement[bool] = period.since < tx.now - period.keep
    if period is not RUNS:
        return old
    newer = aliased(JobRun)
    followed = select(newer.job).where(newer.job == JobRun.job, newer.due_at > JobRun.due_at, newer.ok.is_(True))
    return and_(old, followed.exists())


async def delete_old_facts(tx: Transaction, exported: int) -> int:
    """Cut off the log's old beginning, up to what every reaction has seen and the export holds; returns how many."""
    bounds = [exported, await _oldest_kept(tx.db, tx) - 1]
    bounds.append(await _least(tx.db, ReactionCursor.seq, exported))
    first = await _least(tx.db, EventRow.seq, 0)
    floor = min(bounds)
    if not first or floor < first:
        return 0
    floor = min(floor, first + AT_ONCE - 1)
    gone = delete(EventRow).where(EventRow.seq <= floor).execution_options(synchronize_session=False)
    result = await tx.db.execute(gone)
    row = {"key": LOG_FLOOR, "value": str(floor)}
    written = insert(Meta).values(row).on_conflict_do_update(index_elements=["key"], set_={"value": str(floor)})
    await tx.db.execute(written)
    return int(result.rowcount)  # type: ignore[attr-defined]


async def _oldest_kept(db: AsyncSession, tx: Transaction) -> int:
    """The first fact that is young enough to stay; clocks differ between nodes, so all after it stay as well."""
    young = select(func.min(EventRow.seq)).where(EventRow.received_at >= tx.now - LOG.keep)
    oldest: int | None = (await db.execute(young)).scalar_one()
    return await last_seq(db) + 1 if oldest is None else oldest


async def _least(db: AsyncSession, column: InstrumentedAttribute[int], otherwise: int) -> int:
    return (await db.execute(select(func.coalesce(func.min(column), otherwise)))).scalar_one()


async def log_floor(db: AsyncSession) -> int:
    """The last `seq` that retention took from the log; 0 while it is whole."""
    value = (await db.execute(select(Meta.value).where(Meta.key == LOG_FLOOR))).scalar_one_or_none()
    return int(value) if value else 0
