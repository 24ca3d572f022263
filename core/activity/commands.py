"""Taking in what people did, from the host's stream or from inside the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.doings import add_activity
from core.activity.rules import Judged, Rejected, judge
from core.content import subjects
from core.events.log import seqs_of
from core.ids import new_id
from core.principal import Principal
from core.transaction import Transaction, Transactions
from data.tables import InboundKey, User

CHUNK = 100
"""Events in one transaction: the log's lock spans an fsync, so many share one."""


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    status: str
    seq: int | None = None
    reason: str | None = None
    message: str | None = None
    event_id: UUID | None = None


async def take_in(
    transactions: Transactions, actor: Principal, items: Sequence[Mapping[str, Any]], source: str = "host"
) -> list[Result]:
    """Take in a batch; every item is judged by itself, and the answer is given only after the commit."""
    results: list[Result] = []
    for start in range(0, len(items), CHUNK):
        results += await _chunk(transactions, actor, items[start : start + CHUNK], source)
    return results


async def _chunk(
    transactions: Transactions, actor: Principal, items: Sequence[Mapping[str, Any]], source: str
) -> list[Result]:
    async def command(tx: Transaction) -> tuple[Transaction, list[Result]]:
        return tx, await record_events(tx, items, source)

    tx, results = await transactions.run(actor, command)
    seqs = {fact.event_id: fact.seq for fact in tx.facts}
    return [replace(r, seq=seqs[r.event_id]) if r.event_id in seqs else r for r in results]


async def record_events(tx: Transaction, items: Sequence[Mapping[str, Any]], source: str) -> list[Result]:
    if tx.actor.kind != "system":
        tx.actor.require("events:write")
    judged = [judge(item, tx.now, subjects().keys()) for item in items]
    wanted = [j for j in judged if isinstance(j, Judged)]
    people = await _people(tx.db, {j.external_id for j in wanted})
    claimed = await _claim(tx, [j for j in wanted if j.external_id in people])
    results: list[Result] = []
    taken: set[str] = set()
    for item in judged:
        if isinstance(item, Rejected):
            results.append(Result(item.id, "rejected", reason=item.reason, message=item.message))
        elif item.external_id not in people:
            results.append(Result(item.id, "rejected", reason="unknown_person", message="Nobody is known by this id."))
        elif item.id in claimed.new and item.id not in taken:
            taken.add(item.id)
            user = people[item.external_id]
            _record(tx, user, item, source, claimed.new[item.id])
            results.append(Result(item.id, "accepted", event_id=claimed.new[item.id]))
        else:
            event_id = claimed.new.get(item.id) or claimed.old[item.id]
            results.append(Result(item.id, "duplicate", seq=claimed.seqs.get(event_id), event_id=event_id))
    return results


async def _people(db: AsyncSession, external_ids: set[str]) -> dict[str, User]:
    if not external_ids:
        return {}
    # A share lock keeps a person from being erased between this look and the insert.
    wanted = (
        select(User)
        .where(User.external_id.in_(external_ids))
        .order_by(User.id)
        .with_for_update(read=True, key_share=True)
    )
    return {user.external_id: user for user in (await db.execute(wanted)).scalars()}


@dataclass(frozen=True, slots=True)
class Claimed:
    new: dict[str, UUID]
    old: dict[str, UUID]
    seqs: dict[UUID, int]


async def _claim(tx: Transaction, wanted: Iterable[Judged]) -> Claimed:
    """Make the ids ours, in one order for everybody so that two batches cannot wait for each other."""
    rows = [{"id": id, "event_id": new_id(), "received_at": tx.now} for id in sorted({j.id for j in wanted})]
    if not rows:
        return Claimed({}, {}, {})
    claim = insert(InboundKey).values(rows).on_conflict_do_nothing().returning(InboundKey.id, InboundKey.event_id)
    new = dict((await tx.db.execute(claim)).all())
    missing = [row["id"] for row in rows if row["id"] not in new]
    known = select(InboundKey.id, InboundKey.event_id).where(InboundKey.id.in_(missing))
    old = dict((await tx.db.execute(known)).all()) if missing else {}
    return Claimed(new, old, await seqs_of(tx.db, list(old.values())) if old else {})


def _record(tx: Transaction, user: User, item: Judged, source: str, event_id: UUID) -> None:
    add_activity(
        tx,
        user,
        item.event,
        at=item.at,
        subject=item.subject,
        skill=item.skill,
        source=source,
        backfill=item.backfill,
        event_id=event_id,
    )
