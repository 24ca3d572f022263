"""Counts that are kept equal counts made afresh, in whatever order facts arrive and whatever the clocks do."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.analytics.export import compact
from data.analytics.queries import active_hours, hour_of, last_hours, newest
from data.analytics.rollups import HOUR, Counting, Row, count, read_state, update
from data.analytics.store import AnalyticsError, Store
from tests.analytics.facts import NOON, row, write

TYPES = ("practice_started", "quiz_completed")
BERLIN = Counting("Europe/Berlin", TYPES)


def kept(store: Store, counting: Counting) -> list[Row]:
    state = newest(store, counting.zone)
    return read_state(state) if state else []


def by_hand(facts: list[dict[str, Any]], counting: Counting) -> list[Row]:
    """The same counts, without any of the code they are made by."""
    zone, people = ZoneInfo(counting.zone), defaultdict(set)
    for fact in facts:
        if fact["user_id"] is None or fact["type"] not in counting.types:
            continue
        local = fact["at"].astimezone(zone)
        start = fact["at"] - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        group = "simulator" if fact["source"] == "simulator" else "people"
        people[round(start.timestamp() * 1_000_000), group].add(fact["user_id"])
    return sorted((hour, group, len(found)) for (hour, group), found in people.items())


# Around both changes of the clocks, around now, and from long ago: late, out of order, backfilled.
moments = st.one_of(
    st.datetimes(datetime(2026, 3, 28, 20), datetime(2026, 3, 29, 6)),
    st.datetimes(datetime(2026, 10, 24, 12), datetime(2026, 10, 25, 6)),
    st.datetimes(datetime(2026, 4, 4, 12), datetime(2026, 4, 5, 0)),
    st.datetimes(datetime(2026, 10, 3, 12), datetime(2026, 10, 4, 0)),
    st.datetimes(datetime(1995, 1, 1), datetime(2026, 12, 31)),
).map(lambda moment: moment.replace(tzinfo=UTC))
facts = st.builds(
    row,
    at=moments,
    user_id=st.none() | st.integers(1, 4).map(lambda n: UUID(int=n)),
    type=st.sampled_from([*TYPES, "person_added"]),
    source=st.sampled_from(["host", "tandem", "simulator"]),
    backfill=st.booleans(),
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(facts, min_size=1, max_size=8), min_size=1, max_size=6), zones, st.booleans())
def test_incremental_equals_full(batches: list[list[dict[str, Any]]], zone: str, merging: bool) -> None:
    counting = Counting(zone, TYPES)
    with TemporaryDirectory() as folder:
        store, seq = Store(Path(folder), "one"), 1
        for number, batch in enumerate(batches):
            write(store, seq, batch)
            seq += len(batch)
            if merging:
                compact(store, many=2)
            done = update(store, counting, NOON)
            assert done.whole == (number == 0)
            full = count(store.chain(), counting)
            assert kept(store, counting) == full
        assert full == by_hand([fact for batch in batches for fact in batch], counting)


@settings(deadline=None)
@example(datetime(2026, 10, 4), "Australia/Lord_Howe")
@example(datetime(2026, 4, 5), "Australia/Lord_Howe")
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), zones)
def test_the_last_hours_are_without_gap_and_double(now: datetime, zone: str) -> None:
    moment = now.replace(tzinfo=UTC)
    starts = last_hours(moment, ZoneInfo(zone), 30)
    assert starts == sorted(set(starts))
    assert len(starts) == 30
    assert 0 <= moment.timestamp() * 1_000_000 - starts[-1] < HOUR
    # Where a zone changes by half an hour, one hour is half as long.
    assert all(HOUR // 2 <= right - left <= HOUR for left, right in pairwise(starts))
    # And there its start is reckoned back to before the change, which was the hour before.
    probes = [probe for left, right in pairwise(starts[1:]) for probe in (left, (left + right) // 2, right - 1)]
    assert {hour_of(probe, ZoneInfo(zone)) for probe in probes} <= set(starts), "every moment counts in one of them"


@pytest.mark.parametrize(
    ("now", "offsets"),
    [
        (
            datetime(2026, 3, 29, 2, tzinfo=UTC),
            ["00:00:00+01:00", "01:00:00+01:00", "03:00:00+02:00", "04:00:00+02:00"],
        ),
        (
            datetime(2026, 10, 25, 2, tzinfo=UTC),
            ["01:00:00+02:00", "02:00:00+02:00", "02:00:00+01:00", "03:00:00+01:00"],
        ),
    ],
)
def test_a_day_of_changing_clocks_has_the_hours_that_people_lived(
    tmp_path: Path, now: datetime, offsets: list[str]
) -> None:
    store = Store(tmp_path, "one")
    write(store, 1, [row(at=now - timedelta(hours=n), user_id=UUID(int=u)) for n in range(4) for u in range(n + 1)])
    update(store, BERLIN, now)
    hours = active_hours(store, "Europe/Berlin", now).hours[-4:]
    assert [hour.start[11:] for hour in hours] == offsets
    assert [hour.people for hour in hours] == [4, 3, 2, 1]


def test_only_touched_hours_are_counted_again(tmp_path: Path) -> None:
    store = Store(tmp_path, "one")
    write(store, 1, [row(at=NOON + timedelta(hours=n)) for n in range(50)])
    assert update(store, BERLIN, NOON).hours == 50
    write(store, 51, [row(at=NOON, user_id=UUID(int=2)), row(at=NOON + timedelta(hours=3))])
    done = update(store, BERLIN, NOON)
    assert (done.hours, done.whole, done.watermark) == (2, False, 52)
    assert (update(store, BERLIN, NOON).hours, len(list(store.rollups.iterdir()))) == (0, 1)


def test_a_state_that_does_not_fit_is_made_anew(tmp_path: Path) -> None:
    store = Store(tmp_path, "one")
    first = write(store, 1, [row()] * 3)
    write(store, 4, [row(user_id=UUID(int=2))])
    update(store, BERLIN, NOON)
    assert update(store, Counting("Europe/Berlin", ("quiz_completed",)), NOON).whole
    assert update(store, Counting("Asia/Kathmandu", TYPES), NOON).whole
    assert update(store, Counting("Asia/Kathmandu", TYPES), NOON, floor=0).whole is False
    # Files went with the log's beginning: what is left is all that counts.
    first.path.unlink()
    assert update(store, Counting("Asia/Kathmandu", TYPES), NOON, floor=3).whole
    assert kept(store, Counting("Asia/Kathmandu", TYPES))[0][2] == 1
    state = newest(store, "Asia/Kathmandu")
    assert state is not None
    state.write_bytes(b"rust")
    with pytest.raises(AnalyticsError, match="counted again within a minute"):
        active_hours(store, "Asia/Kathmandu", NOON)
    assert update(store, Counting("Asia/Kathmandu", TYPES), NOON, floor=3).whole
    assert active_hours(store, "Asia/Kathmandu", NOON).hours[-1].people == 1


def test_files_that_ended_later_before_do_not_confuse_the_counts(tmp_path: Path) -> None:
    """A damaged file cut the chain: the facts behind it come again, and count once."""
    store = Store(tmp_path, "one")
    write(store, 1, [row()])
    second = write(store, 2, [row(user_id=UUID(int=2))])
    update(store, BERLIN, NOON)
    second.path.unlink()
    assert update(store, BERLIN, NOON).whole
    assert kept(store, BERLIN)[0][2] == 1
    write(store, 2, [row(user_id=UUID(int=2))])
    update(store, BERLIN, NOON)
    assert kept(store, BERLIN)[0][2] == 2


def test_nothing_exported_is_an_empty_answer(tmp_path: Path) -> None:
    found = active_hours(Store(tmp_path / "absent", "one"), "UTC", NOON)
    assert (found.hours, found.as_of) == ((), None)
    assert update(Store(tmp_path / "absent", "one"), BERLIN, NOON).hours == 0


def test_quiet_hours_say_zero_and_the_answer_says_how_fresh_it_is(tmp_path: Path) -> None:
    store, now = Store(tmp_path, "one"), NOON + timedelta(minutes=42)
    write(store, 1, [row(at=now - timedelta(days=7)), row(at=now - timedelta(hours=5))])
    update(store, BERLIN, now - timedelta(seconds=30))
    found = active_hours(store, "Europe/Berlin", now)
    assert len(found.hours) == 168
    assert sum(hour.people for hour in found.hours) == 1
    assert found.hours[-6].people == 1
    assert found.hours[0].start == "2026-02-23T14:00:00+01:00"
    assert found.as_of == now - timedelta(seconds=30)
