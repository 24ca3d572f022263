"""How many people were active in each hour: kept beside the facts, brought up to date by what is new.

History changes: facts arrive late, out of order and from long ago. So nothing is ever added to a count. The hours that
new facts fall into are counted again from all facts, and the result is exactly that of counting everything.
The state is one file whose name tells what it was counted from (zone, kinds of facts, first and last `seq`), so state
and watermark change in one rename; a state that does not fit the files beside it is not mended but made anew.

An hour is one of the organisation's zone, named by the instant at which it starts: a day has 23, 24 or 25 of them.
People of the simulated community are counted apart (`source`): nobody is ever in both groups.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from data.analytics.engine import ask
from data.analytics.store import AnalyticsError, Piece, Store, write_parquet

FORMAT = 1
HOUR = 3_600_000_000
SIMULATOR = "simulator"
STATE = {"hour": pl.Int64, "source": pl.String, "people": pl.Int64}

Row = tuple[int, str, int]

# The start of a fact's hour in microseconds since 1970: its time less what has passed of the local hour.
_HOUR_OF = f'epoch_us("at") - (epoch_us(timezone($zone, "at")) % {HOUR} + {HOUR}) % {HOUR}'
_COUNTED = "user_id IS NOT NULL AND list_contains($types, type)"
_TOUCHED = f"SELECT DISTINCT {_HOUR_OF} FROM read_parquet($files) WHERE seq > $after AND {_COUNTED}"  # noqa: S608
_COUNT = f"""
    SELECT {_HOUR_OF} AS hour, CASE WHEN source = '{SIMULATOR}' THEN source ELSE 'people' END, count(DISTINCT user_id)
    FROM read_parquet($files) WHERE {_COUNTED} {{only}} GROUP BY ALL ORDER BY ALL
"""  # noqa: S608
_ONLY = (
    f'AND "at" >= make_timestamptz($first) AND "at" < make_timestamptz($last + {HOUR}) '
    f"AND {_HOUR_OF} IN (SELECT unnest($hours))"
)


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted: facts of these types, by the hours of this zone."""

    zone: str
    types: tuple[str, ...]

    @property
    def prefix(self) -> str:
        return f"active_hours.{self.zone.replace('/', '~')}."

    @property
    def stem(self) -> str:
        told = "\n".join([str(FORMAT), *sorted(self.types)])
        return f"{self.prefix}{hashlib.sha256(told.encode()).hexdigest()[:12]}."


@dataclass(frozen=True, slots=True)
class Updated:
    watermark: int
    hours: int
    """How many hours were counted again."""
    whole: bool
    """Whether everything was counted from the beginning."""


def update(store: Store, counting: Counting, as_of: datetime, floor: int = 0) -> Updated:
    """Bring the counts up to the end of the exported facts. `as_of`: all that was committed before it is exported."""
    chain = store.chain(floor)
    if not chain:
        return Updated(floor, 0, True)
    start, end = chain[0].start, chain[-1].end
    known = _known(store, counting, start, end)
    if known is None:
        rows = count(chain, counting)
        touched = len({hour for hour, _, _ in rows})
    else:
        watermark, old = known
        hours = _touched([p for p in chain if p.end > watermark], counting, watermark)
        again = count(chain, counting, hours) if hours else []
        changed = set(hours)
        rows = sorted([row for row in old if row[0] not in changed] + again)
        touched = len(hours)
    path = store.rollups / f"{counting.stem}{start:020d}-{end:020d}.parquet"
    frame = pl.DataFrame(rows, schema=STATE, orient="row")
    write_parquet(frame, path, {"as_of": as_of.astimezone(UTC).isoformat()})
    for other in store.rollups.glob("active_hours.*.parquet"):
        if other != path:
            other.unlink(missing_ok=True)
    return Updated(end, touched, known is None)


def _known(store: Store, counting: Counting, start: int, end: int) -> tuple[int, list[Row]] | None:
    """The watermark and the counts of the state, if it was made from the beginning of these very files."""
    for path in sorted(store.rollups.glob(f"{counting.stem}*.parquet"), reverse=True):
        first, last = (int(part) for part in path.name.removeprefix(counting.stem).removesuffix(".parquet").split("-"))
        if first != start or last > end:
            continue
        try:
            return last, read_state(path)
        except AnalyticsError:
            continue
    return None


def read_state(path: Path, since: int = -(2**62)) -> list[Row]:
    with ask() as db:
        found = db.execute("SELECT hour, source, people FROM read_parquet(?) WHERE hour >= ?", [str(path), since])
        return found.fetchall()


def _touched(pieces: Sequence[Piece], counting: Counting, after: int) -> list[int]:
    """The hours that facts after the watermark fall into."""
    if not pieces:
        return []
    with ask() as db:
        rows = db.execute(_TOUCHED, {**_given(pieces, counting), "after": after}).fetchall()
    return [hour for (hour,) in rows]


def count(pieces: Sequence[Piece], counting: Counting, hours: Sequence[int] | None = None) -> list[Row]:
    """Count from the facts: these hours, or all of them."""
    given: dict[str, object] = _given(pieces, counting)
    if hours is not None:
        given |= {"hours": list(hours), "first": min(hours), "last": max(hours)}
    with ask() as db:
        return db.execute(_COUNT.format(only="" if hours is None else _ONLY), given).fetchall()


def _given(pieces: Sequence[Piece], counting: Counting) -> dict[str, object]:
    return {"files": [str(p.path) for p in pieces], "zone": counting.zone, "types": list(counting.types)}
