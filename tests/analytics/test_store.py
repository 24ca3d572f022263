"""The chain of files: found by names, never counted twice, whatever lies about."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.store import Piece, Store, chain_of
from tests.analytics.facts import row, write


def piece(start: int, end: int) -> Piece:
    return Piece(start, end, Path(f"{start}-{end}"))


def spans(pieces: list[Piece]) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in pieces]


@pytest.mark.parametrize(
    ("files", "floor", "chain"),
    [
        ([], 0, []),
        ([(1, 10), (11, 20)], 0, [(1, 10), (11, 20)]),
        ([(1, 10), (11, 20), (1, 20)], 0, [(1, 20)]),
        ([(1, 10), (11, 15), (11, 20), (16, 30)], 0, [(1, 10), (11, 20)]),
        ([(1, 10), (21, 30)], 0, [(1, 10)]),
        ([(11, 20), (21, 30)], 0, []),
        ([(11, 20), (21, 30)], 9, []),
        ([(11, 20), (21, 30)], 10, [(11, 20), (21, 30)]),
        ([(11, 20), (21, 30)], 15, [(11, 20), (21, 30)]),
    ],
)
def test_the_chain_has_no_gap_and_no_overlap(
    files: list[tuple[int, int]], floor: int, chain: list[tuple[int, int]]
) -> None:
    assert spans(chain_of([piece(*f) for f in files], floor)) == chain


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(1, 30), st.integers(0, 9)).map(lambda p: (p[0], p[0] + p[1]))), st.integers(0, 5))
def test_any_heap_of_files_gives_one_unbroken_chain(files: set[tuple[int, int]], floor: int) -> None:
    chain = chain_of([piece(*f) for f in files], floor)
    assert {(p.start, p.end) for p in chain} <= files
    assert all(right.start == left.end + 1 for left, right in pairwise(chain))
    assert not chain or chain[0].start <= floor + 1
    assert not any(p.start == q.start and q.end > p.end for p in chain for q in (piece(*f) for f in files))


def test_halves_and_strangers_are_not_files(tmp_path: Path) -> None:
    store = Store(tmp_path, "one")
    kept = write(store, 1, [row()])
    for name in (f"{2:020d}-{3:020d}.parquet.abc.part", "notes.txt", "2-3.parquet"):
        (store.events / name).write_text("half")
    assert store.pieces() == [kept]
    assert store.sweep() == 1
    assert (store.events / "notes.txt").exists()


def test_sweeping_leaves_the_chain_alone(tmp_path: Path) -> None:
    store = Store(tmp_path, "one")
    whole = write(store, 1, [row()] * 4)
    write(store, 1, [row()] * 2)
    write(store, 3, [row()] * 2)
    after = write(store, 5, [row()])
    assert store.sweep() == 2
    assert store.pieces() == [whole, after]


def test_other_histories_go_and_other_folders_stay(tmp_path: Path) -> None:
    old, new = Store(tmp_path, "old"), Store(tmp_path, "new")
    write(old, 1, [row()])
    write(new, 1, [row()])
    (tmp_path / "photos").mkdir()
    assert new.remove_other_epochs() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "photos"]
    assert Store(tmp_path / "absent", "one").remove_other_epochs() == 0


@pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 65, "a b"])
def test_an_epochs_name_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="names a folder"):
        Store(tmp_path, name)
