"""Where the past of simulated people stands: from which moment and seed it is told, and whether all of it has been.

It is told by and by, and a node may stop in between. What is written here lets the next one go on with the very same
past, so that nothing is missing and, since each fact of it has an id of its own, nothing is there twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.transaction import Transaction
from data.tables import Meta

PREFIX = "simulated_past:"


@dataclass(frozen=True, slots=True)
class Past:
    """What a past is made of: the same seed and moment make the same one."""

    seed: str
    begins: datetime
    done: bool = False


async def open_past(tx: Transaction, group: str, seed: str, begins: datetime, *, fresh: bool) -> Past | None:
    """The past of a group that is to be told, as it was begun; None if it has been, or if they are not fresh."""
    wanted = select(Meta.value).where(Meta.key == PREFIX + group)
    kept = (await tx.db.execute(wanted)).scalar_one_or_none()
    if kept is not None:
        past = msgspec.json.decode(kept, type=Past)
        return None if past.done else past
    if not fresh:
        return None
    past = Past(seed, begins)
    await _keep(tx, group, past)
    return past


async def close_past(tx: Transaction, group: str, past: Past) -> None:
    """All of it has been told."""
    await _keep(tx, group, Past(past.seed, past.begins, done=True))


async def forget_pasts(tx: Transaction) -> None:
    """Those who had one are gone: whoever comes next has a past of their own."""
    await tx.db.execute(delete(Meta).where(Meta.key.startswith(PREFIX)).execution_options(synchronize_session=False))


async def _keep(tx: Transaction, group: str, past: Past) -> None:
    row = {"key": PREFIX + group, "value": msgspec.json.encode(past).decode()}
    await tx.db.execute(insert(Meta).values(row).on_conflict_do_update(index_elements=["key"], set_=row))
