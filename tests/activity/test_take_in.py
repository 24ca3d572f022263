"""Taking in the host's stream: each event once, by its id, judged by itself, answered after the commit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, text

from core.activity.commands import CHUNK, Result, record_events, take_in
from core.app import App
from core.clock import FakeClock
from core.errors import Forbidden, Unavailable
from core.live.hub import Message
from core.principal import SYSTEM, Principal
from core.transaction import Transactions
from data.database import Database
from data.tables import ActivityRow, EventRow, InboundKey
from tests.accounts.people_kit import until_waiting
from tests.factories import Make

HOST = Principal(kind="key", name="host", scopes=frozenset({"events:write"}))
KINDS = ("practice_completed", "quiz_completed", "level_up", "note_recorded")


async def logged(app: App) -> list[EventRow]:
    async with app.transactions.read() as db:
        rows = await db.execute(select(EventRow).where(EventRow.type.in_(KINDS)).order_by(EventRow.seq))
        return list(rows.scalars())


async def shown(app: App) -> list[ActivityRow]:
    async with app.transactions.read() as db:
        return list((await db.execute(select(ActivityRow).order_by(ActivityRow.seq))).scalars())


async def give(app: App, *items: Any) -> list[Result]:
    return await take_in(app.transactions, HOST, items)


# --- one event


@pytest.mark.req("AF-3", "AF-6")
async def test_an_event_is_kept_as_it_was_told(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person(cohort="blue")
    at = clock.now() - timedelta(minutes=3)
    (result,) = await give(app, make.event(ada, id="e-1", at=at, subject="MATH", skill="Long Division"))
    (fact,), (row,) = await logged(app), await shown(app)
    assert (result.id, result.status, result.seq) == ("e-1", "accepted", fact.seq)
    assert (fact.type, fact.user_id, fact.cohort_id) == ("practice_completed", ada.id, ada.cohort_id)
    assert (fact.subject, fact.skill, fact.properties) == ("math", "long-division", {"score": 85})
    assert (fact.at, fact.received_at, fact.source, fact.backfill) == (at, clock.now(), "host", False)
    assert (row.id, row.seq, row.user_id, row.cohort_id) == (fact.event_id, fact.seq, ada.id, ada.cohort_id)
    assert (row.event_type, row.subject_id, row.skill, row.data) == (fact.type, "math", "long-division", {"score": 85})
    assert (row.visibility, row.at, row.inserted_at, row.reactions_count) == ("public", at, clock.now(), 0)


@pytest.mark.req("AF-6", "CP-12")
async def test_how_far_an_activity_goes_follows_from_its_person(app: App, make: Make) -> None:
    people = {
        "public": await make.person(),
        "cohort": await make.person(age_band="13_17"),
        "private": await make.child(),
    }
    results = await give(app, *(make.event(person) for person in people.values()))
    assert [r.status for r in results] == ["accepted"] * 3
    assert {row.user_id: row.visibility for row in await shown(app)} == {p.id: v for v, p in people.items()}


@pytest.mark.req("AF-2", "BG-3")
async def test_an_alias_is_kept_under_its_canonical_type(app: App, make: Make) -> None:
    ada = await make.person()
    badge = {"name": "First steps"}
    await give(app, make.event(ada, "achievement_earned", properties=badge), make.event(ada, "session.started"))
    assert [row.event_type for row in await shown(app)] == ["achievement_unlocked", "practice_started"]


async def test_a_remark_is_kept_apart_and_shown_in_no_feed(app: App, make: Make) -> None:
    ada = await make.person()
    (result,) = await give(app, make.event(ada, "note_recorded", properties={"text": "Did well."}))
    (fact,) = await logged(app)
    assert result.status == "accepted"
    assert (fact.properties, fact.personal) == ({}, {"text": "Did well."})
    assert await shown(app) == []


async def test_old_news_is_counted_and_shown_to_nobody(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person(cohort="blue")
    await app.settle()
    heard: list[Message] = []
    for topic in ("activity:global", "activity:subject:math", f"cohort:{ada.cohort_id}"):
        app.hub.subscribe(topic, heard.append)
    day = timedelta(hours=24)
    old = make.event(ada, at=clock.now() - day - timedelta(seconds=1))
    new = make.event(ada, at=clock.now() - day)
    results = await give(app, old, new)
    assert [r.status for r in results] == ["accepted", "accepted"]
    assert [fact.backfill for fact in await logged(app)] == [True, False]
    assert [row.seq for row in await shown(app)] == [results[1].seq]
    await app.settle()
    activities = [message for message in heard if message.name == "new_activity"]
    assert {message.seq for message in activities} == {results[1].seq}


async def test_only_who_may_tells(app: App, make: Make) -> None:
    ada = await make.person()
    for actor in (await make.principal(ada), Principal(kind="key", scopes=frozenset({"people:write"}))):
        with pytest.raises(Forbidden):
            await take_in(app.transactions, actor, [make.event(ada)])
    assert await logged(app) == []


# --- a batch


async def test_each_event_of_a_batch_is_judged_by_itself(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person()
    batch = [
        make.event(ada, id="good-1"),
        make.event(ada, id="type", type="nothing-such"),
        make.event("nobody-knows", id="person"),
        make.event(ada, id="future", at=clock.now() + timedelta(minutes=6)),
        make.event(ada, id="subject", subject="alchemy"),
        make.event(ada, id="properties", properties={"score": 400}),
        make.event(ada, id="nul\0"),
        make.event("per\0son", id="nul"),
        make.event(ada, "achievement_unlocked", id="nul-inside", properties={"name": "a\0b"}),
        make.event(ada, id="ancient", at=clock.now().replace(year=1)),
        "no event at all",
        make.event(ada, id="good-2"),
    ]
    results = await give(app, *batch)
    assert [(r.id, r.status, r.reason) for r in results] == [
        ("good-1", "accepted", None),
        ("type", "rejected", "unknown_type"),
        ("person", "rejected", "unknown_person"),
        ("future", "rejected", "in_future"),
        ("subject", "rejected", "unknown_subject"),
        ("properties", "rejected", "validation_failed"),
        ("", "rejected", "validation_failed"),
        ("nul", "rejected", "validation_failed"),
        ("nul-inside", "rejected", "validation_failed"),
        ("ancient", "rejected", "validation_failed"),
        ("", "rejected", "validation_failed"),
        ("good-2", "accepted", None),
    ]
    assert [r.seq for r in results if r.status == "accepted"] == [fact.seq for fact in await logged(app)]
    assert all(r.seq is None and r.message for r in results if r.status == "rejected")


@pytest.mark.parametrize("size", [1, CHUNK, CHUNK + 1, 500])
async def test_batches_of_every_size_keep_their_order(app: App, make: Make, size: int) -> None:
    ada, leo = await make.person(), await make.person()
    batch = [make.event(leo if n % 3 else ada, id=f"e-{n}") for n in range(size)]
    results = await give(app, *batch)
    assert [r.id for r in results] == [item["id"] for item in batch]
    seqs = [r.seq for r in results]
    assert seqs == sorted(s for s in seqs if s is not None)
    assert seqs == [fact.seq for fact in await logged(app)] == [row.seq for row in await shown(app)]
    assert len(set(seqs)) == size


async def test_nothing_is_taken_from_nothing(app: App) -> None:
    assert await give(app) == []


async def test_answers_come_after_the_commit(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    (result,) = await give(app, make.event(ada))
    async with database.engine.connect() as connection:
        found = await connection.execute(text("SELECT 1 FROM event_log WHERE seq = :seq"), {"seq": result.seq})
        assert found.scalar_one() == 1


# --- the same event again


async def test_the_first_body_of_an_id_wins_for_ever(app: App, make: Make, clock: FakeClock) -> None:
    ada, leo = await make.person(), await make.person()
    (first,) = await give(app, make.event(ada, id="e-1", properties={"score": 10}))
    clock.advance(90 * 86_400)
    others = [
        make.event(ada, id="e-1", properties={"score": 99}),
        make.event(leo, id="e-1"),
        make.event(ada, "level_up", id="e-1"),
    ]
    for item in others:
        (again,) = await give(app, item)
        assert (again.status, again.seq, again.event_id) == ("duplicate", first.seq, first.event_id)
    (fact,) = await logged(app)
    assert (fact.user_id, fact.properties) == (ada.id, {"score": 10})


@pytest.mark.parametrize("apart", [1, CHUNK + 1])
async def test_one_id_twice_in_a_batch_is_one_event(app: App, make: Make, apart: int) -> None:
    ada = await make.person()
    between = [make.event(ada) for _ in range(apart - 1)]
    first = make.event(ada, id="e-1", properties={"score": 10})
    second = make.event(ada, id="e-1", properties={"score": 99})
    results = await give(app, first, *between, second)
    assert (results[0].status, results[-1].status) == ("accepted", "duplicate")
    assert results[0].seq == results[-1].seq is not None
    facts = await logged(app)
    assert len(facts) == apart
    assert facts[0].properties == {"score": 10}


async def test_an_id_that_was_refused_is_still_free(app: App, make: Make) -> None:
    ada = await make.person()
    bad = [make.event(ada, id="e-1", properties={"score": 999}), make.event("nobody-knows", id="e-1")]
    results = await give(app, *bad, make.event(ada, id="e-1"))
    assert [r.status for r in results] == ["rejected", "rejected", "accepted"]
    (again,) = await give(app, make.event(ada, id="e-1"))
    assert (again.status, again.seq) == ("duplicate", results[-1].seq)


async def test_batches_at_once_take_each_id_once(app: App, make: Make) -> None:
    people = [await make.person() for _ in range(4)]
    batch = [make.event(people[n % 4], id=f"e-{n:03}") for n in range(60)]
    random = Random(20260302)
    orders = [batch, batch[::-1], *(random.sample(batch, len(batch)) for _ in range(4))]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(give(app, *order) for order in orders))
    by_id: dict[str, list[Result]] = {item["id"]: [] for item in batch}
    for result in (result for answer in answers for result in answer):
        by_id[result.id].append(result)
    for results in by_id.values():
        assert sorted(r.status for r in results) == ["accepted"] + ["duplicate"] * 5
        assert len({r.seq for r in results}) == 1
        assert results[0].seq is not None
    assert len(await logged(app)) == len(await shown(app)) == 60


async def test_batches_that_share_ids_never_wait_in_a_circle(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    first, middle, last = (make.event(ada, id=f"e-{n}") for n in range(3))

    async def once(*items: Any) -> list[Result]:
        """Without the second chance that a deadlock's victim gets."""
        async with app.transactions(SYSTEM) as tx:
            return await record_events(tx, items, "host")

    with suppress(RuntimeError):
        async with app.transactions(SYSTEM) as tx:
            await record_events(tx, [middle], "host")
            batches = [asyncio.create_task(once(first, middle, last)), asyncio.create_task(once(last, middle, first))]
            await until_waiting(database, 2)
            raise RuntimeError("and neither finds the middle taken")
    answers = await asyncio.gather(*batches)
    assert sorted(r.status for answer in answers for r in answer) == ["accepted"] * 3 + ["duplicate"] * 3


async def test_a_duplicate_waits_until_the_first_is_certain(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    item = make.event(ada, id="e-1")
    async with app.transactions(SYSTEM) as tx:
        await record_events(tx, [item], "host")
        second = asyncio.create_task(give(app, item))
        await until_waiting(database)
    (result,) = await second
    assert (result.status, result.seq) == ("duplicate", tx.facts[0].seq)


async def test_a_duplicate_becomes_the_first_when_that_one_fails(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    item = make.event(ada, id="e-1")
    with pytest.raises(RuntimeError):
        async with app.transactions(SYSTEM) as tx:
            await record_events(tx, [item], "host")
            second = asyncio.create_task(give(app, item))
            await until_waiting(database)
            raise RuntimeError("the first fails")
    (result,) = await second
    assert result.status == "accepted"
    assert len(await logged(app)) == 1


# --- bad days


async def test_no_answer_comes_while_the_database_is_away(make: Make, clock: FakeClock) -> None:
    away = Database("postgresql://postgres@127.0.0.1:1/nowhere")
    with pytest.raises(Unavailable):
        await take_in(Transactions(away, clock, lambda: None), HOST, [make.event("p-1")])
    await away.close()


async def test_what_was_cut_off_in_the_middle_is_sent_again_without_harm(
    app: App, make: Make, database: Database
) -> None:
    ada = await make.person()
    batch = [make.event(ada, id=f"e-{n:03}") for n in range(CHUNK + 20)]
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock' AND state = 'active'"
    )
    async with app.transactions(SYSTEM) as tx:
        # Somebody else holds an id of the second part; there the batch waits, and there its connection dies.
        await record_events(tx, [make.event(ada, id=f"e-{CHUNK + 5:03}")], "host")
        sending = asyncio.create_task(give(app, *batch))
        await until_waiting(database)
        async with database.engine.connect() as connection:
            await connection.execute(cut)
        with pytest.raises(Unavailable):
            await sending
    assert len(await logged(app)) == CHUNK + 1
    results = await give(app, *batch)
    assert [r.status for r in results].count("duplicate") == CHUNK + 1
    assert [r.status for r in results].count("accepted") == 19
    assert sorted(r.seq or 0 for r in results) == [fact.seq for fact in await logged(app)]
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(InboundKey))).scalar_one() == CHUNK + 20
