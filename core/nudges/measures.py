"""What became of nudges, by kind: sent, shown, accepted, put off, run out, muted. One question, and no person in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.nudges.rules.limits import KINDS
from data.tables import NudgeRow

TARGET: Final = 0.15
"""How many of those sent are to be answered with yes."""


@dataclass(frozen=True, slots=True)
class Measure:
    nudge_type: str
    sent: int = 0
    shown: int = 0
    accepted: int = 0
    ignored: int = 0
    expired: int = 0
    muted: int = 0

    @property
    def accepted_share(self) -> float | None:
        """Of those sent; None where there are none."""
        return self.accepted / self.sent if self.sent else None


async def measures(db: AsyncSession, since: datetime, until: datetime) -> list[Measure]:
    """Every kind, those without a nudge too."""
    row = NudgeRow
    wanted = select(
        row.nudge_type,
        func.count(),
        func.count(row.shown_at),
        func.count().filter(row.status == "accepted"),
        func.count().filter(row.status == "ignored"),
        func.count().filter(row.status == "expired"),
        func.count(row.muted),
    ).where(row.inserted_at >= since, row.inserted_at < until)
    found = {one[0]: Measure(*one) for one in await db.execute(wanted.group_by(row.nudge_type))}
    return [found.get(kind, Measure(kind)) for kind in KINDS]
