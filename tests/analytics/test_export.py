"""The export: everything once, in order, nothing personal; killed, damaged or out of room, it goes on by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import polars as pl
import pytest
from sqlalchemy import delete

from data.analytics.export import SCHEMA, compact, export_batch, remove_damaged
from data.analytics.store import AnalyticsError, Store
from data.database import Database
from data.tables import EventRow
from tests.analytics.facts import NOON, add

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, "one")


async def export(database: Database, store: Store, batch: int = 50_000, floor: int = 0) -> int:
    """To the log's end; how many rows were written."""
    rows = 0
    while True:
        async with database.snapshot() as db:
            done = await export_batch(db, store, floor, batch)
        rows += done.rows
        if not done.more:
            return rows


def seqs(store: Store, floor: int = 0) -> list[int]:
    frames = [pl.read_parquet(piece.path)["seq"] for piece in store.chain(floor)]
    return [seq for frame in frames for seq in frame]


async def test_every_column_arrives_and_nothing_personal(database: Database, store: Store) -> None:
    person, link = UUID(int=7), UUID(int=9)
    await add(
        database,
        1,
        user_id=person,
        visitor_id=UUID(int=8),
        link_id=link,
        loop_id="rally",
        variant="b",
        subject="math",
        properties={"score": 85, "name": "Ωmega"},
        personal={"text": "My name is Ada Byron"},
    )
    assert await export(database, store) == 1
    (piece,) = store.chain()
    frame = pl.read_parquet(piece.path)
    assert dict(frame.schema) == {name: pl.Schema({name: kind})[name] for name, kind in SCHEMA.items()}
    fact = frame.to_dicts()[0]
    assert (fact["seq"], fact["user_id"], fact["link_id"]) == (1, str(person), str(link))
    assert (fact["at"], fact["received_at"]) == (NOON, NOON)
    assert (fact["loop_id"], fact["variant"], fact["subject"], fact["phase"]) == ("rally", "b", "math", None)
    assert msgspec.json.decode(fact["properties"]) == {"score": 85, "name": "Ωmega"}
    assert b"Byron" not in piece.path.read_bytes()
    assert "personal" not in frame.columns


async def test_the_watermark_is_what_the_files_hold(database: Database, store: Store) -> None:
    assert await export(database, store) == 0
    await add(database, 25)
    assert await export(database, store, batch=10) == 25
    assert [(p.start, p.end) for p in store.chain()] == [(1, 10), (11, 20), (21, 25)]
    assert await export(database, store, batch=10) == 0
    async with database.begin() as db:
        await db.execute(delete(EventRow).where(EventRow.seq == 25))
    await add(database, 5)
    assert await export(database, store) == 5
    assert seqs(store) == list(range(1, 31))


async def test_a_gap_is_filled_up_to_the_file_behind_it(database: Database, store: Store) -> None:
    await add(database, 40)
    await export(database, store, batch=10)
    _, second, third, _ = store.chain()
    second.path.unlink()
    third.path.unlink()
    assert await export(database, store, batch=15) == 20
    assert seqs(store) == list(range(1, 41))
    assert await export(database, store) == 0


async def test_a_gap_without_facts_is_closed_too(database: Database, store: Store) -> None:
    await add(database, 30)
    await export(database, store, batch=10)
    store.chain()[1].path.unlink()
    async with database.begin() as db:
        await db.execute(delete(EventRow).where(EventRow.seq.between(11, 20)))
    await export(database, store)
    assert seqs(store) == [*range(1, 11), *range(21, 31)]
    assert [(p.start, p.end) for p in store.chain()] == [(1, 10), (11, 20), (21, 30)]


@pytest.mark.parametrize("left", [0, 3, 200, -1])
async def test_a_damaged_file_is_written_again(database: Database, store: Store, left: int) -> None:
    await add(database, 30)
    await export(database, store, batch=10)
    damaged = store.chain()[1].path
    damaged.write_bytes(damaged.read_bytes()[:left])
    assert await export(database, store) == 10
    assert seqs(store) == list(range(1, 31))


async def test_damage_that_the_log_cannot_mend_is_said_clearly(database: Database, store: Store) -> None:
    await add(database, 30)
    await export(database, store, batch=10)
    async with database.begin() as db:
        await db.execute(delete(EventRow).where(EventRow.seq <= 15))
    damaged = store.chain()[1].path
    damaged.write_bytes(b"rust")
    with pytest.raises(AnalyticsError, match=f"{damaged.name} is damaged and the log no longer holds"):
        await export(database, store, floor=15)
    assert damaged.exists()
    damaged.unlink()
    assert await export(database, store, floor=15) == 5
    # What the other files hold of the time before still counts.
    assert seqs(store, 15) == [*range(1, 11), *range(16, 31)]


async def test_a_file_damaged_inside_is_found_when_it_is_looked_for(database: Database, store: Store) -> None:
    await add(database, 2000, properties={"note": "x" * 50})
    await export(database, store)
    (piece,) = store.chain()
    content = bytearray(piece.path.read_bytes())
    content[len(content) // 3 : len(content) // 2] = os.urandom(len(content) // 2 - len(content) // 3)
    piece.path.write_bytes(content)
    assert remove_damaged(store) == 1
    assert await export(database, store) == 2000


@pytest.mark.parametrize("many", [2, 5])
async def test_small_files_become_one_and_say_the_same(database: Database, store: Store, many: int) -> None:
    for _ in range(7):
        await add(database, 3)
        await export(database, store)
    before = pl.concat([pl.read_parquet(piece.path) for piece in store.chain()])
    assert compact(store, many=many) == 7
    (piece,) = store.pieces()
    assert pl.read_parquet(piece.path).equals(before)
    assert compact(store, many=many) == 0


async def test_few_or_large_files_are_left_alone(database: Database, store: Store) -> None:
    await add(database, 60)
    await export(database, store, batch=20)
    assert compact(store, many=4, batch=1000) == 0
    assert compact(store, many=2, batch=20) == 0
    assert len(store.pieces()) == 3


async def test_merging_that_was_cut_off_counts_nothing_twice(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await add(database, 3)
        await export(database, store)

    def crash(_store: Store, _floor: int = 0) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "sweep", crash)
        with pytest.raises(KeyboardInterrupt):
            compact(store, many=2)
    assert len(store.pieces()) == 5
    assert seqs(store) == list(range(1, 13))
    await add(database, 1)
    await export(database, store)
    assert seqs(store) == list(range(1, 14))


NO_ROOM = """
import asyncio, resource, signal, sys
from pathlib import Path
from data.analytics.export import export_batch
from data.analytics.store import AnalyticsError, Store
from data.database import Database

async def main():
    database = Database(sys.argv[1])
    async with database.snapshot() as db:
        try:
            await export_batch(db, Store(Path(sys.argv[2]), "one"))
        except AnalyticsError as error:
            print(error)
    await database.close()

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
asyncio.run(main())
"""


async def test_without_room_it_says_so_leaves_no_half_and_goes_on_later(
    database: Database, database_url: str, store: Store
) -> None:
    await add(database, 3000)
    arguments = [sys.executable, "-c", NO_ROOM, database_url, str(store.root)]
    told = await asyncio.to_thread(subprocess.run, arguments, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "has no room left" in told.stdout, told.stderr
    assert list(store.events.iterdir()) == []
    assert await export(database, store) == 3000


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a file where the folder should be")
    with pytest.raises(AnalyticsError, match="cannot be written to"):
        Store(tmp_path, "one").write(pl.DataFrame(schema=SCHEMA), 1, 1)


ENDLESS = """
import asyncio, sys
from pathlib import Path
from data.analytics.export import compact, export_batch
from data.analytics.store import Store
from data.database import Database

async def main():
    database, store = Database(sys.argv[1]), Store(Path(sys.argv[2]), "one")
    print("ready", flush=True)
    while True:
        async with database.snapshot() as db:
            await export_batch(db, store, batch=7)
        compact(store, many=3, batch=40)

asyncio.run(main())
"""


async def test_killed_at_any_moment_it_loses_and_doubles_nothing(
    database: Database, database_url: str, store: Store
) -> None:
    await add(database, 4000)
    for kill in range(4):
        arguments = ["-c", ENDLESS, database_url, str(store.root)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        reached = len(seqs(store)) + 20 * (kill + 1)
        async with asyncio.timeout(30):
            while (chain := store.chain()) == [] or chain[-1].end < reached:
                await asyncio.sleep(0)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        found = seqs(store)
        assert found == list(range(1, len(found) + 1))
    await export(database, store)
    compact(store, many=2)
    assert seqs(store) == list(range(1, 4001))
    assert not list(store.events.glob("*.part"))
