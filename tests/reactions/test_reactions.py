"""Consequences of facts happen exactly once: through crashes, beside other nodes, past facts that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from sqlalchemy import insert, select, text

from core import reactions as module
from core.clock import FakeClock
from core.errors import RateLimited
from core.events.catalog import HighScore, LevelUp, NoteRecorded, QuizCompleted
from core.events.fact import Draft, Fact
from core.events.log import read_since
from core.principal import SYSTEM
from core.reactions import BATCH, LAG, TRIES, React, Reaction, Reactions
from core.transaction import Transaction, Transactions
from data.database import Database
from data.tables import EventRow, Meta, ParkedEvent, ReactionCursor
from tests.events.kit import NOON, PATIENCE, PID, kill

NEVER = 3600.0
ONE_MORE = text(
    "INSERT INTO meta (key, value) VALUES (:key, '1')"
    " ON CONFLICT (key) DO UPDATE SET value = (meta.value::int + 1)::text"
)


async def count(tx: Transaction, fact: Fact) -> None:
    """An effect that shows how often it happened."""
    await tx.db.execute(ONE_MORE, {"key": f"fact {fact.seq}"})


def reaction(react: React = count, name: str = "counts", starts: Literal["head", "beginning"] = "head") -> Reaction:
    return Reaction(name, (LevelUp, QuizCompleted), react, starts)


async def state(transactions: Transactions, *levels: int) -> list[int]:
    async with transactions(SYSTEM) as tx:
        for level in levels:
            tx.emit(LevelUp(level=level))
    return [fact.seq for fact in tx.facts]


async def effects(database: Database) -> dict[int, int]:
    """How often each fact had its effect."""
    async with database.snapshot() as db:
        rows = (await db.execute(select(Meta).where(Meta.key.startswith("fact ")))).scalars()
        return {int(row.key.removeprefix("fact ")): int(row.value) for row in rows}


async def cursor(database: Database, name: str = "counts") -> tuple[int, int]:
    async with database.snapshot() as db:
        row = (await db.execute(select(ReactionCursor).where(ReactionCursor.name == name))).scalar_one()
        return row.seq, row.tries


async def parked(database: Database) -> list[tuple[str, int]]:
    async with database.snapshot() as db:
        rows = (await db.execute(select(ParkedEvent).order_by(ParkedEvent.seq))).scalars()
        return [(row.reaction, row.seq) for row in rows]


def once(seqs: list[int]) -> dict[int, int]:
    return dict.fromkeys(seqs, 1)


@asynccontextmanager
async def started(transactions: Transactions, *registry: Reaction, poll: float = NEVER) -> AsyncIterator[Reactions]:
    reactions = Reactions(transactions, registry, poll=poll)
    await reactions.start()
    try:
        yield reactions
    finally:
        await reactions.stop()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():
            pass


async def test_every_fact_of_its_types_has_its_effect_once(transactions: Transactions, database: Database) -> None:
    async with started(transactions, reaction()) as reactions:
        seqs = await state(transactions, *range(1, 2 * BATCH + 31))
        async with transactions(SYSTEM) as tx:
            tx.emit(HighScore(score=1))
        await reactions.drain()
        await reactions.drain()
    assert await effects(database) == once(seqs)
    assert await cursor(database) == (seqs[-1], 0)


async def test_a_poke_wakes_it_and_a_lost_one_costs_a_slow_poll(transactions: Transactions, database: Database) -> None:
    async def reached(seq: int) -> bool:
        return (await cursor(database))[0] == seq

    async with started(transactions, reaction()) as reactions:
        (seq,) = await state(transactions, 1)
        reactions.poke()
        await until(lambda: reached(seq))
    async with started(transactions, reaction(), poll=0.02):
        (seq,) = await state(transactions, 2)
        await until(lambda: reached(seq))
    assert module.POLL <= 1.0
    assert set((await effects(database)).values()) == {1}


async def test_it_starts_now_or_with_the_beginning_and_then_goes_on_where_it_was(
    transactions: Transactions, database: Database
) -> None:
    before = await state(transactions, 1, 2)
    seen: dict[str, list[int]] = {"head": [], "beginning": []}

    def noting(name: Literal["head", "beginning"]) -> Reaction:
        async def react(tx: Transaction, fact: Fact) -> None:
            seen[name].append(fact.seq)

        return reaction(react, name, name)

    async with started(transactions, noting("head"), noting("beginning")) as reactions:
        after = await state(transactions, 3)
        await reactions.drain()
    assert seen == {"head": after, "beginning": [*before, *after]}
    missed = await state(transactions, 4)
    async with started(transactions, noting("head"), noting("beginning")) as reactions:
        await reactions.drain()
    assert seen == {"head": [*after, *missed], "beginning": [*before, *after, *missed]}


@pytest.mark.parametrize("batch", [1, 10])
async def test_a_crash_between_effect_and_cursor_cannot_be(
    transactions: Transactions, database: Database, batch: int
) -> None:
    crashes = 3

    async def react(tx: Transaction, fact: Fact) -> None:
        nonlocal crashes
        await count(tx, fact)
        if crashes:
            crashes -= 1
            # The node loses its connection with the effect written and the cursor not yet moved.
            await kill(database, (await tx.db.execute(PID)).scalar_one())
            await tx.db.execute(select(Meta))

    async with started(transactions, reaction(react)) as reactions:
        seqs = await state(transactions, *range(1, batch + 1))
        for _ in range(4):
            await reactions.drain()
    assert crashes == 0
    assert await effects(database) == once(seqs)
    assert await parked(database) == []
    assert await cursor(database) == (seqs[-1], 0), "a database that went away is nobody's failure"


async def test_a_node_that_dies_in_the_middle_leaves_the_work_to_another(
    transactions: Transactions, database: Database
) -> None:
    working, never = asyncio.Event(), asyncio.Event()

    async def hang(tx: Transaction, fact: Fact) -> None:
        await count(tx, fact)
        working.set()
        await never.wait()

    async with started(transactions, reaction(hang)) as dying:
        seqs = await state(transactions, 1, 2)
        dying.poke()
        async with asyncio.timeout(PATIENCE):
            await working.wait()
            async with started(transactions, reaction()) as other:
                await other.drain()
                assert await effects(database) == {}, "it is still the first one's"
                await dying.stop()
                await other.drain()
    assert await effects(database) == once(seqs)


async def test_many_nodes_share_the_work_and_do_it_once(
    transactions: Transactions, database: Database, clock: FakeClock
) -> None:
    names = ("one", "two", "three")
    done: list[tuple[str, int]] = []

    def noting(name: str) -> Reaction:
        async def react(tx: Transaction, fact: Fact) -> None:
            await tx.db.execute(ONE_MORE, {"key": f"{name} {fact.seq}"})
            done.append((name, fact.seq))

        return reaction(react, name)

    nodes: list[Reactions] = []

    def poke() -> None:
        for node in nodes:
            node.poke()

    poking = Transactions(database, clock, poke)
    registry = [noting(name) for name in names]
    async with (
        started(poking, *registry) as first,
        started(poking, *registry) as second,
        started(poking, *registry) as third,
    ):
        nodes += [first, second, third]
        seqs = [s for some in await asyncio.gather(*(state(poking, 1, 2, 3) for _ in range(20))) for s in some]

        async def all_through() -> bool:
            return all([(await cursor(database, name))[0] == max(seqs) for name in names])

        await until(all_through)
    async with database.snapshot() as db:
        rows = (await db.execute(select(Meta).where(Meta.key != "log_epoch"))).scalars()
        assert {row.key: row.value for row in rows} == {f"{name} {seq}": "1" for name in names for seq in seqs}
    for name in names:
        assert [seq for who, seq in done if who == name] == sorted(seqs), "and each in the order of the log"


class Fussy:
    """Counts facts, and fails on some levels."""

    def __init__(self, *bad: int) -> None:
        self.bad = set(bad)
        self.tried: list[int] = []

    async def __call__(self, tx: Transaction, fact: Fact) -> None:
        assert isinstance(fact.event, LevelUp)
        await count(tx, fact)
        self.tried.append(fact.event.level)
        if fact.event.level in self.bad:
            raise ValueError(f"level {fact.event.level} is beyond me")


@pytest.mark.parametrize(("total", "bad"), [(1, 1), (7, 1), (7, 4), (7, 7), (2 * BATCH + 5, BATCH + 1), (BATCH, 60)])
async def test_five_failures_park_a_fact_and_the_rest_goes_on(
    transactions: Transactions, database: Database, total: int, bad: int, caplog: pytest.LogCaptureFixture
) -> None:
    fussy = Fussy(bad)
    async with started(transactions, reaction(fussy)) as reactions:
        seqs = await state(transactions, *range(1, total + 1))
        await reactions.drain()
        assert reactions.parked == 1
    assert await parked(database) == [("counts", seqs[bad - 1])]
    assert await effects(database) == once([s for s in seqs if s != seqs[bad - 1]])
    assert await cursor(database) == (seqs[-1], 0)
    among_others = 1 if bad % BATCH != 1 else 0
    assert fussy.tried.count(bad) == TRIES + among_others
    assert len(fussy.tried) < 2 * total + 2 * TRIES + 2, "and its neighbours are not done over and over"
    assert "a reaction parked a fact" in caplog.text
    async with database.snapshot() as db:
        assert "beyond me" in (await db.execute(select(ParkedEvent.error))).scalar_one()


async def test_each_bad_fact_has_five_failures_of_its_own(transactions: Transactions, database: Database) -> None:
    fussy = Fussy(2, 3, 6)
    async with started(transactions, reaction(fussy)) as reactions:
        seqs = await state(transactions, *range(1, 8))
        await reactions.drain()
    assert [seq for _, seq in await parked(database)] == [seqs[1], seqs[2], seqs[5]]
    assert [fussy.tried.count(level) for level in (2, 3, 6)] == [TRIES + 1, TRIES, TRIES + 1]
    assert await effects(database) == once([seqs[i] for i in (0, 3, 4, 6)])


async def test_a_failure_that_passes_is_forgotten(transactions: Transactions, database: Database) -> None:
    fussy = Fussy(1)

    async def react(tx: Transaction, fact: Fact) -> None:
        if fussy.tried.count(1) == TRIES - 1:
            fussy.bad.clear()
        await fussy(tx, fact)

    async with started(transactions, reaction(react)) as reactions:
        seqs = await state(transactions, 1, 2)
        await reactions.drain()
    assert await parked(database) == []
    assert await effects(database) == once(seqs)
    assert await cursor(database) == (seqs[-1], 0)


async def test_an_effect_that_only_fails_at_the_end_is_found_too(
    transactions: Transactions, database: Database
) -> None:
    """Rows are written when the block ends, so none of the calls fails by itself."""

    async def react(tx: Transaction, fact: Fact) -> None:
        assert isinstance(fact.event, LevelUp)
        key = "log_epoch" if fact.event.level == 5 else f"fact {fact.seq}"
        tx.db.add(Meta(key=key, value="1"))

    async with started(transactions, reaction(react)) as reactions:
        seqs = await state(transactions, *range(1, 12))
        await reactions.drain()
    assert await parked(database) == [("counts", seqs[4])]
    assert await effects(database) == once([s for s in seqs if s != seqs[4]])


async def test_one_that_fails_does_not_hold_up_the_others(transactions: Transactions, database: Database) -> None:
    async def broken(tx: Transaction, fact: Fact) -> None:
        raise RuntimeError("broken")

    async def busy(tx: Transaction, fact: Fact) -> None:
        raise RateLimited

    registry = (reaction(broken, "broken"), reaction(busy, "busy"), reaction())
    async with started(transactions, *registry) as reactions:
        seqs = await state(transactions, 1, 2)
        await reactions.drain()
    assert await effects(database) == once(seqs)
    assert await parked(database) == [("broken", seq) for seq in seqs]


async def test_a_temporary_error_is_waited_out_however_long(transactions: Transactions, database: Database) -> None:
    busy = True
    tried: list[int] = []

    async def react(tx: Transaction, fact: Fact) -> None:
        assert isinstance(fact.event, LevelUp)
        tried.append(fact.event.level)
        await count(tx, fact)
        if busy and fact.event.level == 3:
            raise RateLimited

    async with started(transactions, reaction(react)) as reactions:
        seqs = await state(transactions, 1, 2, 3, 4)
        for _ in range(3 * TRIES):
            await reactions.drain()
        assert await cursor(database) == (seqs[1], 0), "those before it are done, and no failure is counted"
        busy = False
        await reactions.drain()
    assert await effects(database) == once(seqs)
    assert await parked(database) == []


async def test_a_conflict_is_no_failure(transactions: Transactions, database: Database) -> None:
    runs = 0

    async def react(tx: Transaction, fact: Fact) -> None:
        nonlocal runs
        runs += 1
        if runs <= 2 * TRIES:
            await tx.db.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))
        await count(tx, fact)

    async with started(transactions, reaction(react)) as reactions:
        seqs = await state(transactions, 1)
        await reactions.drain()
    assert await effects(database) == once(seqs)
    assert await parked(database) == []


async def test_what_a_reaction_states_is_reacted_to(transactions: Transactions, database: Database) -> None:
    async def level_up(tx: Transaction, fact: Fact) -> None:
        if isinstance(fact.event, LevelUp) and fact.event.level < 4:
            tx.emit(LevelUp(level=fact.event.level + 1))

    async with started(transactions, reaction(level_up)) as reactions:
        await state(transactions, 1)
        for _ in range(4):
            await reactions.drain()
    async with database.snapshot() as db:
        levels = [f.event.level for f in await read_since(db, 0) if isinstance(f.event, LevelUp)]
    assert levels == [1, 2, 3, 4]


async def test_two_who_ask_at_once_both_find_it_done(transactions: Transactions, database: Database) -> None:
    """Whoever waits for the work must not be told that it is done because somebody else is at it."""
    working, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction, fact: Fact) -> None:
        await count(tx, fact)
        working.set()
        await go_on.wait()

    async with started(transactions, reaction(slow)) as reactions:
        seqs = await state(transactions, 1)
        await asyncio.gather(*(effects(database) for _ in range(4)))
        reactions.poke()
        async with asyncio.timeout(PATIENCE):
            await working.wait()
            asked = asyncio.create_task(reactions.drain())
            # Time enough to look, find the work taken, and go home.
            for _ in range(40):
                assert await effects(database) == {}
            assert not asked.done()
            go_on.set()
            await asked
        assert await effects(database) == once(seqs)


async def test_a_fact_that_cannot_be_read_is_parked(transactions: Transactions, database: Database) -> None:
    row = Draft(event=LevelUp(level=1), at=NOON).row(NOON)
    async with started(transactions, reaction()) as reactions:
        async with database.begin() as db:
            await db.execute(insert(EventRow).values(row | {"properties": {}}))
        seqs = await state(transactions, 2)
        await reactions.drain()
    assert [name for name, _ in await parked(database)] == ["counts"]
    assert await effects(database) == once(seqs)


async def test_a_fact_of_a_newer_product_is_left_to_it(transactions: Transactions, database: Database) -> None:
    row = Draft(event=LevelUp(level=1), at=NOON).row(NOON)
    async with started(transactions, reaction()) as reactions:
        seqs = await state(transactions, 1)
        async with database.begin() as db:
            await db.execute(insert(EventRow).values(row | {"version": 2}))
        await state(transactions, 2)
        for _ in range(2 * TRIES):
            await reactions.drain()
    assert await effects(database) == once(seqs)
    assert await parked(database) == []
    assert await cursor(database) == (seqs[0], 0)


async def test_a_cursor_goes_along_with_a_log_that_holds_nothing_for_it(
    transactions: Transactions, database: Database
) -> None:
    """The log's old beginning is only cut off below all cursors, so a reaction to rare facts must not hold it."""
    async with started(transactions, reaction(starts="beginning")) as reactions:
        (first,) = await state(transactions, 1)
        async with transactions(SYSTEM) as tx:
            for _ in range(LAG - 1):
                tx.emit(HighScore(score=1))
        await reactions.drain()
        assert await cursor(database) == (first, 0), "not for every fact of others: a cursor that moves is written"
        async with transactions(SYSTEM) as tx:
            tx.emit(HighScore(score=1))
        await reactions.drain()
        assert await cursor(database) == (first + LAG, 0)
        (second,) = await state(transactions, 2)
        await reactions.drain()
    assert await effects(database) == once([first, second])


async def test_a_cursor_that_goes_along_passes_over_nothing(transactions: Transactions, database: Database) -> None:
    stated: list[int] = []

    async def writer() -> None:
        for _ in range(8):
            async with transactions(SYSTEM) as tx:
                for _ in range(LAG):
                    tx.emit(HighScore(score=1))
                tx.emit(LevelUp(level=1))
            stated.append(tx.facts[-1].seq)

    async with started(transactions, reaction()) as reactions:
        writing = asyncio.gather(writer(), writer())
        while not writing.done():
            await reactions.drain()
        await writing
        await reactions.drain()
    assert await effects(database) == once(stated)


async def test_the_types_it_answers_are_all_it_sees(transactions: Transactions, database: Database) -> None:
    seen: list[str] = []

    async def react(tx: Transaction, fact: Fact) -> None:
        seen.append(fact.type)

    async with started(transactions, Reaction("notes", (NoteRecorded, QuizCompleted), react)) as reactions:
        async with transactions(SYSTEM) as tx:
            for event in (LevelUp(level=1), QuizCompleted(score=3), NoteRecorded(text="x"), HighScore(score=3)):
                tx.emit(event)
        await reactions.drain()
    assert seen == ["quiz_completed", "note_recorded"]
