"""What pages ask of the counts. Quick, but blocking: call them through `asyncio.to_thread`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from data.analytics.rollups import HOUR, SIMULATOR, Counting, Row, read_state
from data.analytics.store import AnalyticsError, Store

TRIES = 3


@dataclass(frozen=True, slots=True)
class Hour:
    start: str
    """When it starts, ISO 8601 with the offset of the organisation's zone."""
    people: int
    simulated: int
    """People of the simulated community, who are not among `people`."""


@dataclass(frozen=True, slots=True)
class ActiveHours:
    hours: tuple[Hour, ...]
    """Oldest first, without gaps: an hour in which nobody was active says 0. Empty while nothing was exported yet."""
    as_of: datetime | None
    """Everything that was committed before this moment is counted."""


def active_hours(store: Store, zone: str, now: datetime, hours: int = 7 * 24) -> ActiveHours:
    """Active people in each of the last hours, the present one included."""
    for _ in range(TRIES):
        state = newest(store, zone)
        if state is None:
            return ActiveHours((), None)
        try:
            starts = last_hours(now, ZoneInfo(zone), hours)
            return ActiveHours(_filled(starts, read_state(state, starts[0]), ZoneInfo(zone)), _as_of(state))
        except (AnalyticsError, OSError, pl.exceptions.PolarsError):
            # Between the look and the reading a newer state may have taken its place.
            if state.exists():
                break
    raise AnalyticsError("The counts of active people cannot be read; they are counted again within a minute.")


def newest(store: Store, zone: str) -> Path | None:
    """The state that was counted furthest, for this zone."""
    found = store.rollups.glob(f"{Counting(zone, ()).prefix}*.parquet")
    return max(found, key=lambda path: path.name.rsplit("-", 1)[-1], default=None)


def last_hours(now: datetime, zone: ZoneInfo, hours: int) -> list[int]:
    """Starts of the last hours, oldest first, in microseconds since 1970. Counted back by instants, so a change of
    the clocks neither loses an hour nor names one twice."""
    starts: list[int] = []
    instant = int(now.timestamp() * 1_000_000)
    while len(starts) < hours:
        starts.append(hour_of(instant, zone))
        instant = starts[-1] - 1
    return starts[::-1]


def hour_of(instant: int, zone: ZoneInfo) -> int:
    """The start of the local hour that an instant falls into; both in microseconds since 1970."""
    offset = datetime.fromtimestamp(instant // 1_000_000, zone).utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    return instant - (instant + seconds * 1_000_000) % HOUR


def _filled(starts: list[int], rows: list[Row], zone: ZoneInfo) -> tuple[Hour, ...]:
    counts = {(hour, source): people for hour, source, people in rows}
    return tuple(
        Hour(
            datetime.fromtimestamp(start // 1_000_000, zone).isoformat(),
            counts.get((start, "people"), 0),
            counts.get((start, SIMULATOR), 0),
        )
        for start in starts
    )


def _as_of(state: Path) -> datetime | None:
    told = pl.read_parquet_metadata(state).get("as_of")
    return datetime.fromisoformat(told).astimezone(UTC) if told else None
