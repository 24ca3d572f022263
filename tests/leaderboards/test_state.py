"""A watched table against one that knows everything: both show the same, or a new snapshot is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.leaderboards.rules import TOP
from core.leaderboards.state import KEPT, Row, Table, put, table_of

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
CHANGES = st.lists(
    st.tuples(st.integers(0, 79), st.one_of(st.none(), st.integers(0, 60)), st.integers(0, 5)), max_size=150
)


def row_of(number: int, score: int, minute: int) -> Row:
    at = BEGIN + timedelta(minutes=minute)
    return Row(UUID(int=number), f"P{number}", "", False, score, 1, at, date(2026, 3, 2), None)


def whole(rows: dict[int, Row]) -> Table:
    return table_of(sorted(rows.values(), key=lambda row: row.key)[: KEPT + 1], open=False)


@pytest.mark.req("LB-3", "LB-5")
@settings(max_examples=200)
@given(st.lists(st.integers(0, 60), min_size=0, max_size=80), CHANGES)
def test_a_table_shows_what_one_that_knows_everything_shows(
    scores: list[int], changes: list[tuple[int, int | None, int]]
) -> None:
    rows = {number: row_of(number, score, 0) for number, score in enumerate(scores)}
    table = whole(rows)
    for number, score, minute in changes:
        row = None if score is None else row_of(number, score, minute)
        rows.pop(number, None)
        if row is not None:
            rows[number] = row
        after = put(table, UUID(int=number), row)
        if not isinstance(after, Table):
            assert len(rows) >= TOP, "a snapshot is asked for only where rows may be missing"
            after = whole(rows)
        table = after
        assert table == whole(rows)
        assert [r.key for r in table.rows] == [r.key for r in whole(rows).rows][: len(table.rows)]


def test_a_large_board_asks_for_a_snapshot_only_when_ten_are_not_known() -> None:
    rows = {number: row_of(number, 100 + number, 0) for number in range(80)}
    table = whole(rows)
    fallen = 0
    for number in range(79, 29, -1):
        after = put(table, UUID(int=number), row_of(number, 1, 1))
        if not isinstance(after, Table):
            break
        table, fallen = after, fallen + 1
    assert fallen == KEPT - TOP
