"""The block-list as the gate sees it: all of it in memory, a second old at most.

Whoever asks when the copy is older first asks whether the table has changed, and reads it only then. The table is
bounded, and so is the copy. When the table cannot be read, the question fails, and
with it what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.safety.rules import LISTED, canonical
from data.tables import BlocklistRow

FRESH = 1.0
# Every row knows the transaction that wrote it: no change leaves both the number of rows and this sum as they were.
VERSION: Select[int, int] = select(func.count(), literal_column("coalesce(sum(xmin::text::bigint), 0)")).select_from(
    BlocklistRow
)


class Blocklist:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[tuple[str, str], datetime | None] = {}
        self._version: tuple[int, int] | None = None
        self._read_at = float("-inf")

    async def find(self, db: AsyncSession, subjects: Mapping[str, str | None], now: datetime) -> str | None:
        """Which of these is listed now: `user`, `device` or `ip`, the first of them; None when none is."""
        if self._clock.monotonic() - self._read_at >= FRESH:
            await self._read(db)
        for kind in LISTED:
            value = canonical(kind, subjects.get(kind) or "")
            ends = self._entries.get((kind, value), now) if value else now
            if ends is None or ends > now:
                return kind
        return None

    async def _read(self, db: AsyncSession) -> None:
        asked_at = self._clock.monotonic()
        count, written = (await db.execute(VERSION)).one()
        if (count, written) != self._version:
            wanted = select(BlocklistRow.kind, BlocklistRow.value, BlocklistRow.expires_at)
            self._entries = {(kind, value): ends for kind, value, ends in await db.execute(wanted)}
            self._version = (count, written)
        self._read_at = asked_at

    def __len__(self) -> int:
        return len(self._entries)
