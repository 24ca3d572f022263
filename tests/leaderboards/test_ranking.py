"""Ranks compared after each result: who rose, who was overtaken, who entered the first ten, how fast somebody rises."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.app import App
from core.clock import FakeClock
from core.events.boards import Move, RankChanged
from core.events.log import read_since
from core.leaderboards.keeping import hold_boards, recalculate
from core.leaderboards.queries import read_board
from core.leaderboards.reviewing import review_result
from core.principal import SYSTEM
from data.tables import ActivityRow, EntryRow, User
from tests.factories import Make

NEWS = select(ActivityRow).where(ActivityRow.event_type == "leaderboard_rank")


async def practise(make: Make, person: User, score: float = 100, **given: Any) -> None:
    await make.fact(person, properties={"score": score}, **given)


async def moves(app: App, board: str = "math", scope: str = "global", period: str = "weekly") -> list[Move]:
    async with app.transactions.read() as db:
        facts = await read_since(db, 0, 10_000, ["rank_changed"])
    events = [fact.event for fact in facts if isinstance(fact.event, RankChanged)]
    return [
        move
        for event in events
        for move in event.moves
        if (move.board, move.scope, move.period) == (board, scope, period)
    ]


async def news(app: App) -> list[tuple[Any, dict[str, Any]]]:
    async with app.transactions.read() as db:
        rows = (await db.execute(NEWS.order_by(ActivityRow.seq))).scalars().all()
    return [(row.user_id, row.data) for row in rows]


async def kept_entries(app: App, period: str, start: date) -> list[EntryRow]:
    async with app.transactions.read() as db:
        wanted = select(EntryRow).where(EntryRow.subject_id == "math", EntryRow.period == period)
        return list((await db.execute(wanted.where(EntryRow.period_start == start))).scalars())


@pytest.mark.req("HUB-11", "HUB-12", "HUB-13")
async def test_a_rank_before_and_after_and_who_was_overtaken(app: App, make: Make) -> None:
    people = [await make.person() for _ in range(4)]
    for number, person in enumerate(people):
        await practise(make, person, 100 - 5 * number)
    await practise(make, people[3])
    last = (await moves(app))[-1]
    assert (last.rank, last.previous_rank) == (1, 4)
    assert last.overtaken == {people[0].id: 2, people[1].id: 3, people[2].id: 4}
    async with app.transactions.read() as db:
        read = await read_board(db, await make.principal(people[3]), "math")
    assert {p.row.user_id: p.rank for p in read.top if p.row.user_id in last.overtaken} == last.overtaken
    assert read.own is not None
    assert read.own.placed.row.history == (4, 1)


@pytest.mark.req("LB-17", "AF-1", "HUB-21")
async def test_entering_the_first_ten_is_news_once(app: App, make: Make) -> None:
    people = [await make.person() for _ in range(12)]
    for person in people[:11]:
        await practise(make, person, 80)
    # The first ten had nobody to leave behind; the eleventh shares their rank, and there are ten others.
    assert [who for who, _ in await news(app)] == [people[10].id]
    await practise(make, people[11], 10)
    assert len(await news(app)) == 1, "the twelfth is not among them"
    await practise(make, people[11], 100)
    assert (await news(app))[-1] == (people[11].id, {"rank": 1, "period": "all_time"})
    for _ in range(3):
        await practise(make, people[11], 100)
        await practise(make, people[10], 100)
    assert len(await news(app)) == 2, "once a person, board and period"


@pytest.mark.req("HUB-23")
async def test_another_leader_is_news_once_a_day(app: App, make: Make, clock: FakeClock) -> None:
    ada, leo = await make.person(), await make.person()
    await practise(make, ada, 60)
    await practise(make, leo, 50)
    assert await news(app) == [], "somebody is always the first to lead"
    await practise(make, leo, 50)
    assert await news(app) == [(leo.id, {"rank": 1, "period": "all_time"})]
    for _ in range(2):
        await practise(make, ada, 90)
        await practise(make, leo, 90)
    assert [who for who, _ in await news(app)] == [leo.id, ada.id], "back and forth is no more news"
    clock.advance(86_401)
    await practise(make, ada, 100)
    await practise(make, leo, 100)
    assert [who for who, _ in await news(app)][:2] == [leo.id, ada.id]
    await practise(make, ada, 100)
    assert len(await news(app)) >= 3


@pytest.mark.req("LB-13", "CP-12")
async def test_whoever_is_not_listed_makes_no_news(app: App, make: Make) -> None:
    for _ in range(11):
        await practise(make, await make.person(), 50)
    before = len(await news(app))
    shy, child = await make.person(), await make.child()
    await make.listing(shy)
    for person in (shy, child):
        await practise(make, person, 100)
    assert len(await news(app)) == before
    assert all(move.rank for move in await moves(app))


@pytest.mark.req("LB-17", "CP-12")
async def test_a_minors_place_is_news_in_the_cohort_alone(app: App, make: Make) -> None:
    for _ in range(11):
        await practise(make, await make.person(cohort="7b", age_band="13_17"), 50)
    teen = await make.person(cohort="7b", age_band="13_17")
    await practise(make, teen, 100)
    async with app.transactions.read() as db:
        row = (await db.execute(NEWS.where(ActivityRow.user_id == teen.id))).scalar_one()
    assert row.visibility == "cohort"
    assert await moves(app) == [], "nobody of them is on a board for everybody"
    assert (await moves(app, scope="cohort"))[-1].rank == 1


@pytest.mark.req("LB-15")
async def test_the_end_of_a_week_keeps_the_table_and_names_who_won(app: App, make: Make, clock: FakeClock) -> None:
    ada, leo, mia = [await make.person() for _ in range(3)]
    await practise(make, ada, 100)
    await practise(make, leo, 100)
    await practise(make, mia, 50)
    async with app.transactions.read() as db:
        week = (await read_board(db, SYSTEM, "math")).period_start
    clock.advance(7 * 86_400)
    await app.transactions.run(SYSTEM, hold_boards)
    await app.settle()
    won = [(who, data) for who, data in await news(app) if data.get("final")]
    assert {(who, data["period"], data["rank"]) for who, data in won} == {
        (who.id, period, 1) for who in (ada, leo) for period in ("daily", "weekly")
    }
    async with app.transactions.read() as db:
        now, before = await read_board(db, SYSTEM, "math"), await read_board(db, SYSTEM, "math", start=week)
        all_time = await read_board(db, SYSTEM, "math", period="all_time")
    assert (now.top, now.frozen, before.frozen) == ([], False, True)
    assert [p.rank for p in before.top] == [1, 1, 3] == [p.rank for p in all_time.top]
    kept = await kept_entries(app, "weekly", week)
    assert sorted((entry.rank or 0, entry.frozen_at is not None) for entry in kept) == [(1, True), (1, True), (3, True)]
    await app.transactions.run(SYSTEM, hold_boards)
    await app.settle()
    assert len([1 for _, data in await news(app) if data.get("final")]) == len(won), "a period ends once"


@pytest.mark.req("LB-15", "LB-14")
async def test_what_comes_late_leaves_a_kept_table_alone_and_what_is_voided_does_not(
    app: App, make: Make, clock: FakeClock
) -> None:
    ada, leo = await make.person(), await make.person()
    result = await make.fact(ada, properties={"score": 100})
    await practise(make, leo, 50)
    yesterday = clock.now()
    clock.advance(86_400)
    await practise(make, leo, 100, at=yesterday)
    async with app.transactions.read() as db:
        kept = await read_board(db, SYSTEM, "math", period="daily", start=yesterday.date())
        week = await read_board(db, SYSTEM, "math")
    assert [(p.row.user_id, p.row.score) for p in kept.top] == [(ada.id, 30), (leo.id, 15)]
    assert [(p.row.user_id, p.row.score) for p in week.top] == [(leo.id, 45), (ada.id, 30)]
    assert result.event_id
    await app.transactions.run(SYSTEM, review_result, result.event_id, "voided")
    await app.settle()
    async with app.transactions.read() as db:
        kept = await read_board(db, SYSTEM, "math", period="daily", start=yesterday.date())
    rows = await kept_entries(app, "daily", yesterday.date())
    assert [(row.user_id, row.rank) for row in rows] == [(leo.id, 1)]
    assert [p.row.user_id for p in kept.top] == [leo.id]


@pytest.mark.req("LB-4", "HUB-5", "LB-5")
async def test_stored_ranks_and_percentiles_follow_a_recalculation(app: App, make: Make) -> None:
    people = [await make.person() for _ in range(4)]
    for number, person in enumerate(people):
        for _ in range(3):
            await practise(make, person, 90 - 10 * number)
            if number < 2:
                await practise(make, person, 80 + number, subject="piano", skill=None)
    changed = await app.transactions.run(SYSTEM, recalculate)
    assert changed
    assert await app.transactions.run(SYSTEM, recalculate) == 0, "what is right stays as it is"
    async with app.transactions.read() as db:
        overall = await read_board(db, SYSTEM, "overall", period="all_time")
    # Of maths 100, 75, 50, 25 and of piano 50, 100; two boards have nobody.
    scores = {p.row.user_id: p.row.score for p in overall.top}
    assert scores == {people[0].id: 3_750, people[1].id: 4_375, people[2].id: 1_250, people[3].id: 625}
    for _ in range(2):
        await practise(make, people[3], 100)
    async with app.transactions.read() as db:
        math = await read_board(db, SYSTEM, "math", period="all_time")
    moved = next(p for p in math.top if p.row.user_id == people[3].id)
    assert (moved.row.stored, moved.rank) == (4, 1)


@pytest.mark.req("LB-4", "HUB-5")
async def test_a_recalculation_that_only_takes_away_is_told_too(app: App, make: Make) -> None:
    ada = await make.person(cohort="7b")
    results = [await make.fact(ada, properties={"score": 80}) for _ in range(3)]
    assert await app.transactions.run(SYSTEM, recalculate)
    view = await app.replicas.get(f"leaderboard:overall:{ada.cohort_id}")
    view.watch(lambda *_: None)
    await app.settle()
    assert view.state
    assert results[0].event_id
    await app.transactions.run(SYSTEM, review_result, results[0].event_id, "voided")
    assert await app.transactions.run(SYSTEM, recalculate, whole=False) == 3, "one entry of each period is gone"
    await app.settle()
    await view.ready()
    assert not view.state
