"""The append-only log: the outbox, the feed's source, the recovery history and what analytics counts, all in one.

`append` must be the last thing before the commit. It takes a transaction-level advisory lock, so `seq` rises in commit
order and a reader that follows with a cursor never skips a row that commits late. Holes in `seq` are normal.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, BigInteger, Executable, Row, Text, TextClause, any_, bindparam, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from core.events.catalog import CATALOG, Event, Unreadable, from_properties
from core.events.fact import COLUMNS, Draft, Fact
from data.tables import EventRow, Meta, User

log = logging.getLogger(__name__)

APPEND_LOCK = 0x7A4D_0001
"""The one advisory lock of the log; other locks of the product have other numbers."""

# One statement for any number of facts. The lock stands where the rows come from, so it is held before the first `seq`
# is drawn; the rows are sorted before they get theirs, so the numbers rise in the order in which the facts were stated.
APPEND = f"""
    INSERT INTO event_log ({", ".join(COLUMNS)})
    SELECT {", ".join(f"row.{name}" for name in COLUMNS)}
    FROM pg_advisory_xact_lock(:key),
        jsonb_populate_recordset(CAST(NULL AS event_log), CAST(:rows AS jsonb)) WITH ORDINALITY AS row
    ORDER BY row.ordinality
    RETURNING seq, event_id, type, properties
    """  # noqa: S608 - the names are the table's own


@cache
def _appending(stamps: tuple[str, ...]) -> TextClause:
    """The append with what is told its rows' `seq`: in the same question, for the lock is held until the commit."""
    told = "".join(f", stamp_{n} AS ({stamp})" for n, stamp in enumerate(stamps))
    return text(f"WITH appended AS ({APPEND}){told} SELECT seq FROM appended")  # noqa: S608 - made of constants


async def append(
    db: AsyncSession, drafts: Sequence[Draft], received_at: datetime, stamps: Sequence[str] = ()
) -> list[Fact]:
    rows = msgspec.json.encode([draft.row(received_at) for draft in drafts]).decode()
    asked = await db.execute(_appending(tuple(stamps)), {"key": APPEND_LOCK, "rows": rows})
    seqs = sorted(asked.scalars())
    return [_fact(seq, draft, received_at) for seq, draft in zip(seqs, drafts, strict=True)]


def _fact(seq: int, draft: Draft, received_at: datetime) -> Fact:
    return Fact(
        seq=seq,
        event_id=draft.event_id,
        type=draft.event.type,
        version=draft.event.version,
        at=draft.at,
        received_at=received_at,
        user_id=draft.user_id,
        cohort_id=draft.cohort_id,
        subject=draft.subject,
        skill=draft.skill,
        visibility=draft.visibility,
        source=draft.source,
        backfill=draft.backfill,
        event=draft.event,
    )


def fact_of(row: EventRow | Row[Any]) -> Fact:
    return Fact(
        seq=row.seq,
        event_id=row.event_id,
        type=row.type,
        version=row.version,
        at=row.at,
        received_at=row.received_at,
        user_id=row.user_id,
        cohort_id=row.cohort_id,
        subject=row.subject,
        skill=row.skill,
        visibility=row.visibility,
        source=row.source,
        backfill=row.backfill,
        event=_event_of(row),
    )


def _event_of(row: EventRow | Row[Any]) -> Event:
    """What the row states. One bad row must not stop whoever reads the log, so it comes as `Unreadable`."""
    try:
        known = CATALOG[row.type]
        if row.version > known.version:
            return Unreadable(reason=f"version {row.version} of {row.type} is newer than this product", newer=True)
        return from_properties(row.type, row.version, row.properties, row.personal)
    except Exception as error:
        log.exception("a fact cannot be read", extra={"seq": row.seq, "type": row.type})
        return Unreadable(reason=f"{row.type} cannot be read: {type(error).__name__}")


async def read_since(db: AsyncSession, seq: int, limit: int = 500, types: Sequence[str] = ()) -> list[Fact]:
    """The next facts after `seq`, in order. Types that this version does not know are passed over."""
    known = EventRow.type.in_(types or tuple(CATALOG))
    wanted = select(EventRow).where(EventRow.seq > seq, known).order_by(EventRow.seq).limit(limit)
    return [fact_of(row) for row in (await db.execute(wanted)).scalars()]


# The history's name beside its next facts, and alone when there are none; and beside each fact whoever did it, as they
# are called and seen now. In one question: a node asks it with every poke, and each question more is a turn of the loop
# and of the database that a fact waits for.
PUBLIC = (User.username, User.avatar, User.audience, User.cohort_id, User.simulated)
_next = (
    select(EventRow)
    .where(EventRow.seq > bindparam("seq", type_=BigInteger))
    .where(EventRow.type == any_(bindparam("types", type_=ARRAY(Text))))
    .order_by(EventRow.seq)
    .limit(bindparam("most", type_=BigInteger))
    .lateral("fact")
)
NEXT = (
    select(
        Meta.value.label("epoch"),
        *_next.c,
        User.id.label("who_id"),
        *(column.label(f"who_{column.key}") for column in PUBLIC),
    )
    .select_from(Meta)
    .outerjoin(_next, true())
    .outerjoin(User, User.id == _next.c.user_id)
    .where(Meta.key == "log_epoch")
    .order_by(_next.c.seq)
)
Look = Callable[[Executable, Mapping[str, Any]], Awaitable[Sequence[Row[Any]]]]


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact as it was read, with the row of whoever did it if they are still somebody."""

    fact: Fact
    who: Row[Any] | None


async def read_next(look: Look, seq: int, limit: int) -> tuple[str, list[Stated]]:
    """The name of the history, and its next facts after `seq`, in order."""
    rows = await look(NEXT, {"seq": seq, "types": list(CATALOG), "most": limit})
    found = [Stated(fact_of(row), row if row.who_id else None) for row in rows if row.seq is not None]
    return rows[0].epoch, found


async def last_seq(db: AsyncSession) -> int:
    return (await db.execute(select(func.coalesce(func.max(EventRow.seq), 0)))).scalar_one()


async def seqs_of(db: AsyncSession, event_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = await db.execute(select(EventRow.event_id, EventRow.seq).where(EventRow.event_id.in_(event_ids)))
    return {row.event_id: row.seq for row in rows}


async def log_epoch(db: AsyncSession) -> str:
    """The name of this history. A restored backup gets another, so cursors from before are known to be void."""
    return (await db.execute(select(Meta.value).where(Meta.key == "log_epoch"))).scalar_one()
