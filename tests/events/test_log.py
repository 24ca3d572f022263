"""The log's one law: `seq` rises in commit order, so that a reader with a cursor misses nobody."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from core.events.catalog import CATALOG, HighScore, LevelUp, NoteRecorded, PracticeCompleted, Unreadable
from core.events.fact import Draft
from core.events.log import append, last_seq, log_epoch, read_since, seqs_of
from core.ids import new_id
from data.database import Database
from data.tables import EventRow
from tests.events.kit import NOON, Reader, draft, number_of, somebody_waits, until
from tests.events.samples import event_of


async def write(database: Database, *numbers: int) -> None:
    async with database.begin() as db:
        await append(db, [draft(n) for n in numbers], NOON)


@pytest.mark.req("RT-16")
async def test_a_reader_misses_nobody_who_commits_late(database: Database) -> None:
    reader = Reader(database)
    async with database.begin() as early:
        await append(early, [draft(1)], NOON)
        late = asyncio.create_task(write(database, 2))

        async def late_is_done_or_waits() -> bool:
            return late.done() or await somebody_waits(database)

        # Without the lock the second writer is through by now, with a higher `seq`, and the cursor runs past the first.
        await until(late_is_done_or_waits)
        await reader.read()
    await late
    await reader.read()
    assert reader.numbers == [1, 2]


@pytest.mark.req("RT-16")
async def test_eight_writers_and_a_reader_that_never_looks_back(database: Database) -> None:
    committed: list[int] = []
    writing = asyncio.Event()

    async def writer(name: int) -> None:
        chance = random.Random(name)
        for turn in range(30):
            numbers = [10_000 * name + 10 * turn + n for n in range(1, chance.randint(2, 5))]
            try:
                async with database.begin() as db:
                    await append(db, [draft(n) for n in numbers], NOON)
                    if chance.random() < 0.5:
                        # Room for others to overtake between the append and the commit.
                        await db.execute(text("SELECT count(*) FROM generate_series(1, 3000)"))
                    if chance.random() < 0.25:
                        raise RuntimeError("changed its mind")
            except RuntimeError:
                continue
            committed.extend(numbers)

    reader = Reader(database)

    async def follow() -> None:
        while not writing.is_set():
            await reader.read(limit=7)

    following = asyncio.create_task(follow())
    await asyncio.gather(*(writer(name) for name in range(8)))
    writing.set()
    await following
    while len(reader.facts) < len(committed):
        before = len(reader.facts)
        await reader.read()
        assert len(reader.facts) > before, "facts were missed"
    seqs = [fact.seq for fact in reader.facts]
    assert sorted(reader.numbers) == sorted(committed)
    assert seqs == sorted(set(seqs))
    async with database.snapshot() as db:
        everything = await read_since(db, 0, 10_000)
    assert [fact.seq for fact in everything] == seqs
    assert seqs[-1] > len(seqs), "transactions that were rolled back leave holes, and holes only"


async def test_a_roll_back_leaves_a_hole_and_nothing_else(database: Database) -> None:
    await write(database, 1)
    with pytest.raises(RuntimeError):
        async with database.begin() as db:
            await append(db, [draft(2), draft(3)], NOON)
            raise RuntimeError
    await write(database, 4)
    reader = Reader(database)
    await reader.read()
    assert reader.numbers == [1, 4]
    assert [fact.seq for fact in reader.facts] == [1, 4]
    async with database.snapshot() as db:
        assert await last_seq(db) == 4


async def test_many_facts_of_one_transaction_keep_their_order(database: Database) -> None:
    drafts = [draft(n) for n in range(1, 2501)]
    async with database.begin() as db:
        facts = await append(db, drafts, NOON)
    assert [number_of(fact) for fact in facts] == list(range(1, 2501))
    assert [fact.seq for fact in facts] == list(range(1, 2501))
    async with database.snapshot() as db:
        assert await read_since(db, 0, 3000) == facts
        assert [f.seq for f in await read_since(db, 2498, 500)] == [2499, 2500]
        assert await seqs_of(db, [drafts[7].event_id, new_id()]) == {drafts[7].event_id: 8}


@pytest.mark.parametrize("name", sorted(CATALOG))
async def test_every_type_comes_back_as_it_was_stated(database: Database, name: str) -> None:
    chance = random.Random(name)
    stated = Draft(
        event=event_of(CATALOG[name], chance),
        at=NOON,
        user_id=new_id(),
        cohort_id=new_id(),
        subject="math",
        skill="algebra",
        visibility="cohort",
        backfill=True,
    )
    bare = Draft(event=event_of(CATALOG[name], chance), at=NOON)
    async with database.begin() as db:
        facts = await append(db, [stated, bare], NOON)
    async with database.snapshot() as db:
        assert await read_since(db, 0) == facts
        assert await read_since(db, 0, types=[name]) == facts
        assert await read_since(db, 0, types=["another"]) == []
    assert facts[0].event == stated.event
    assert facts[0].user_id == stated.user_id


async def test_an_event_id_is_taken_once(database: Database) -> None:
    once = draft(1)
    async with database.begin() as db:
        await append(db, [once], NOON)
    with pytest.raises(IntegrityError):
        async with database.begin() as db:
            await append(db, [replace(once, event=HighScore(score=2))], NOON)


@pytest.mark.req("SC-11", "AN-1")
async def test_viral_events_shows_the_log_and_keeps_what_is_personal_to_itself(database: Database) -> None:
    user_id = new_id()
    score = Draft(event=HighScore(score=91), at=NOON, user_id=user_id)
    note = Draft(event=NoteRecorded(text="tired today"), at=NOON, user_id=user_id)
    async with database.begin() as db:
        await append(db, [score, note], NOON)
    async with database.snapshot() as db:
        rows = (await db.execute(text("SELECT * FROM viral_events ORDER BY seq"))).mappings().all()
        indexes = text("SELECT indexdef FROM pg_indexes WHERE tablename = 'event_log'")
        defined = " ".join((await db.execute(indexes)).scalars())
    assert [(row["event_type"], row["user_id"], row["properties"], row["timestamp"]) for row in rows] == [
        ("high_score", user_id, {"score": 91}, NOON),
        ("note_recorded", user_id, {}, NOON),
    ]
    assert "tired" not in str(rows)
    assert "(type, at)" in defined
    assert "(user_id, at)" in defined
    assert "UNIQUE INDEX uq_event_log_event_id" in defined


async def test_one_bad_row_stops_nobody(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    row = Draft(event=LevelUp(level=1), at=NOON).row(NOON)
    await write(database, 1)
    async with database.begin() as db:
        # As a slip of a past version, a later one, and a type that only others know would have left them.
        await db.execute(insert(EventRow).values(row | {"event_id": new_id(), "properties": {"level": -4}}))
        await db.execute(insert(EventRow).values(row | {"event_id": new_id(), "version": 9}))
        await db.execute(insert(EventRow).values(row | {"event_id": new_id(), "type": "sang_a_song"}))
    await write(database, 5)
    async with database.snapshot() as db:
        facts = await read_since(db, 0)
    assert [fact.seq for fact in facts] == [1, 2, 3, 5]
    assert [type(fact.event) for fact in facts] == [PracticeCompleted, Unreadable, Unreadable, PracticeCompleted]
    assert [fact.event.newer for fact in facts if isinstance(fact.event, Unreadable)] == [False, True]
    assert "a fact cannot be read" in caplog.text


async def test_erased_fields_read_as_none(database: Database) -> None:
    async with database.begin() as db:
        await append(db, [Draft(event=NoteRecorded(text="tired today"), at=NOON)], NOON)
    async with database.begin() as db:
        await db.execute(update(EventRow).values(personal=None))
    async with database.snapshot() as db:
        (fact,) = await read_since(db, 0)
    assert fact.event == NoteRecorded(text=None)


async def test_an_empty_database_has_a_history_of_its_own(database: Database) -> None:
    async with database.snapshot() as db:
        assert await last_seq(db) == 0
        assert len(await log_epoch(db)) == 36
