"""From the log to Parquet, by watermark: the facts after the last exported one, in files of at most 50,000.

The watermark is the end of the chain of files, so there is nothing else to keep and nothing that can disagree with it:
a crash between two files, in the middle of one or before a rename only means that the next run does that piece again.
Personal fields are never read here. A damaged file is removed and written again from the log, as long as the log still
holds its facts. Small files are merged later: `compact` replaces neighbours by one file and can stop anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.analytics.store import AnalyticsError, Piece, Store
from data.tables import EventRow

BATCH = 50_000
FETCH = 2_000
"""Rows fetched at once: decoding them holds up the loop, and people wait on it."""
MANY = 20
"""That many small neighbours are merged into one."""

WHEN = pl.Datetime("us", "UTC")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "seq": pl.Int64,
    "event_id": pl.String,
    "type": pl.String,
    "version": pl.Int16,
    "at": WHEN,
    "received_at": WHEN,
    "user_id": pl.String,
    "visitor_id": pl.String,
    "cohort_id": pl.String,
    "subject": pl.String,
    "skill": pl.String,
    "visibility": pl.String,
    "source": pl.String,
    "backfill": pl.Boolean,
    "loop_id": pl.String,
    "link_id": pl.String,
    "experiment_id": pl.String,
    "variant": pl.String,
    "phase": pl.String,
    "properties": pl.String,
}
AS_TEXT = frozenset({"event_id", "user_id", "visitor_id", "cohort_id", "link_id", "properties"})
COLUMNS = [cast(getattr(EventRow, n), Text).label(n) if n in AS_TEXT else getattr(EventRow, n) for n in SCHEMA]


@dataclass(frozen=True, slots=True)
class Exported:
    rows: int
    watermark: int
    more: bool
    """Whether the log went on when the batch was full."""


async def export_batch(db: AsyncSession, store: Store, floor: int = 0, batch: int = BATCH) -> Exported:
    """Export the next facts into one file. `db` should see one consistent picture; one exporter at a time.

    `floor` is the last `seq` that retention took from the log.
    """
    chain = await asyncio.to_thread(_sound_chain, store, floor)
    watermark = chain[-1].end if chain else floor
    until = await asyncio.to_thread(_next_start, store, watermark)
    rows = await _read(db, watermark, until, batch)
    full = len(rows) == batch
    if until is not None and not full:
        end = until - 1
    elif rows:
        end = rows[-1][0]
    else:
        return Exported(0, watermark, False)
    await asyncio.to_thread(_write, store, rows, watermark + 1, end)
    return Exported(len(rows), end, full or until is not None)


def _sound_chain(store: Store, floor: int) -> list[Piece]:
    remove_damaged(store, floor, ["seq"])
    return store.chain(floor)


def remove_damaged(store: Store, floor: int = 0, columns: Sequence[str] = tuple(SCHEMA)) -> int:
    """Remove files that cannot be read, so that they are written again; returns how many."""
    removed = 0
    for piece in store.chain(floor):
        if is_sound(piece, columns):
            continue
        if piece.start <= floor:
            raise AnalyticsError(
                f"The file {piece.path.name} is damaged and the log no longer holds all of its facts: "
                "bring it back from a backup, or remove it to count what the log still holds."
            )
        piece.path.unlink(missing_ok=True)
        removed += 1
    return removed


_SEEN: dict[str, tuple[int, int, int]] = {}
"""Files that were looked into before, by size, time and columns read: each is looked into once in a process."""


def is_sound(piece: Piece, columns: Sequence[str]) -> bool:
    """Whether these columns of a file can be read to their end."""
    try:
        stat = piece.path.stat()
        print_ = (stat.st_size, stat.st_mtime_ns, len(columns))
        if _SEEN.get(str(piece.path)) == print_:
            return True
        sound = pl.read_parquet(piece.path, columns=list(columns)).height <= piece.span
    except (OSError, pl.exceptions.PolarsError):
        return False
    if sound:
        _SEEN[str(piece.path)] = print_
    return sound


def _next_start(store: Store, watermark: int) -> int | None:
    """Where the next file that stands apart begins; a gap is filled exactly up to it."""
    return min((piece.start for piece in store.pieces() if piece.start > watermark), default=None)


async def _read(db: AsyncSession, watermark: int, until: int | None, batch: int) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = []
    position = watermark
    while len(rows) < batch:
        wanted = select(*COLUMNS).where(EventRow.seq > position).order_by(EventRow.seq)
        if until is not None:
            wanted = wanted.where(EventRow.seq < until)
        limit = min(FETCH, batch - len(rows))
        found = (await db.execute(wanted.limit(limit))).all()
        rows.extend(found)
        if len(found) < limit:
            break
        position = found[-1][0]
    return rows


def _write(store: Store, rows: list[Sequence[Any]], start: int, end: int) -> Piece:
    return store.write(pl.DataFrame(rows, schema=SCHEMA, orient="row"), start, end)


def compact(store: Store, floor: int = 0, many: int = MANY, batch: int = BATCH) -> int:
    """Merge neighbouring small files, and sweep away what is no longer needed; returns how many were merged.

    The merged file counts from the moment it is renamed, since it is longer than its first part.
    """
    merged = 0
    for group in _groups(store.chain(floor), batch):
        if len(group) < many:
            continue
        frame = pl.concat([pl.read_parquet(piece.path) for piece in group])
        store.write(frame, group[0].start, group[-1].end)
        merged += len(group)
    store.sweep(floor)
    return merged


def _groups(chain: list[Piece], batch: int) -> list[list[Piece]]:
    """Runs of neighbours that are small, each run at most one batch and a piece long."""
    groups: list[list[Piece]] = [[]]
    for piece in chain:
        if piece.span >= batch:
            groups.append([])
            continue
        groups[-1].append(piece)
        if sum(p.span for p in groups[-1]) >= batch:
            groups.append([])
    return groups


def drop_forgotten(store: Store, floor: int) -> int:
    """Remove files whose facts retention has all taken from the log; returns how many."""
    gone = [piece for piece in store.pieces() if piece.end <= floor]
    for piece in gone:
        piece.path.unlink(missing_ok=True)
    return len(gone)
