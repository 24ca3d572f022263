"""What results come to: points, levels, high scores, badges once, streaks by people's own days."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.achievements.live import OwnAchievements
from core.achievements.queries import streak_now
from core.achievements.reactions import PROGRESS
from core.activity.commands import take_in
from core.app import App
from core.clock import FakeClock
from core.events.catalog import CATALOG
from core.principal import SYSTEM
from core.reactions import Reactions
from data.database import Database
from data.tables import Achievement, ActivityRow, LearnerProgress, ReactionCursor, User, ZoneMove
from tests.accounts.people_kit import facts_of
from tests.factories import Make

ZURICH, AUCKLAND, LA = "Europe/Zurich", "Pacific/Auckland", "America/Los_Angeles"


async def told(app: App, person: User) -> list[tuple[str, dict[str, Any]]]:
    """What was earned, in order."""
    earned = ("achievement_unlocked", "streak_milestone", "high_score", "level_up")
    return [(f.type, dict(f.properties)) for f in await facts_of(app.transactions, person.id) if f.type in earned]


async def badges(app: App, person: User) -> list[str]:
    return [given["achievement"] for kind, given in await told(app, person) if kind == "achievement_unlocked"]


async def mine(app: App, person: User) -> Any:
    async with app.transactions.read() as db:
        return await OwnAchievements().snapshot(db, {"user_id": str(person.id)})


async def days(make: Make, clock: FakeClock, person: User, *when: datetime, **given: Any) -> None:
    for moment in when:
        clock.set(max(moment, clock.now()))
        await make.fact(person, at=moment.isoformat(), **given)


def day_after_day(count: int, first: datetime | None = None) -> list[datetime]:
    first = first or datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    return [first + timedelta(days=n) for n in range(count)]


@pytest.mark.req("HUB-19", "HUB-20", "AF-1")
async def test_points_levels_and_a_badge(app: App, make: Make) -> None:
    ada = await make.person()
    for score in (100, 80, 90, 85):
        await make.fact(ada, properties={"score": score})
    state = await mine(app, ada)
    assert (state.points, state.practices, state.perfect) == (30 + 24 + 27 + 26, 4, 1)
    assert state.subjects == {"math": 107}
    kinds = await told(app, ada)
    assert ("level_up", {"level": 2}) in kinds
    assert await badges(app, ada) == ["perfect-accuracy", "level-2", "100-points"]
    assert ("achievement_unlocked", {"name": "Spark", "achievement": "100-points", "points": 10}) in kinds
    assert {earned.achievement for earned in state.earned} == {"perfect-accuracy", "level-2", "100-points"}
    assert set(CATALOG["achievement_unlocked"].personal_fields) == set()


@pytest.mark.req("AF-1", "HUB-16")
async def test_a_high_score_beats_what_was_and_the_first_result_is_none(app: App, make: Make) -> None:
    ada = await make.person()
    for score in (70, 60, 70, 75.5, 90):
        await make.fact(ada, properties={"score": score})
    await make.fact(ada, skill="geometry", properties={"score": 20})
    await make.fact(ada, skill=None, properties={"score": 99})
    scores = [given["score"] for kind, given in await told(app, ada) if kind == "high_score"]
    assert scores == [75.5, 90]


@pytest.mark.req("HUB-21")
async def test_what_the_host_tells_itself_is_not_told_again(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    await make.fact(ada, properties={"score": 10})
    batch = [make.event(ada), make.event(ada, "high_score", properties={"score": 85})]
    batch += [make.event(ada, "achievement_unlocked", properties={"name": "Early Bird", "points": 5})] * 1
    batch += [make.event(ada, "streak_milestone", properties={"days": 7})]
    await take_in(app.transactions, SYSTEM, batch)
    await app.settle()
    assert [kind for kind, _ in await told(app, ada)].count("high_score") == 1
    async with database.snapshot() as db:
        rows = (await db.execute(select(Achievement.achievement, Achievement.points))).all()
    assert set(rows) == {("early-bird", 5), ("7-day-streak", 50)}
    await days(make, app.clock, ada, *day_after_day(9))  # type: ignore[arg-type]
    assert [kind for kind, _ in await told(app, ada)].count("streak_milestone") == 1, "the host's own is the only one"


@pytest.mark.req("HUB-21")
async def test_each_badge_once_though_results_come_at_once_and_nodes_race(
    app: App, make: Make, database: Database, clock: FakeClock
) -> None:
    ada = await make.person()
    other = Reactions(app.transactions, [PROGRESS])
    third = Reactions(app.transactions, [PROGRESS])
    batches = [[make.event(ada, properties={"score": 100}) for _ in range(5)] for _ in range(12)]
    await asyncio.gather(
        *(take_in(app.transactions, SYSTEM, batch) for batch in batches),
        *(runner.drain() for runner in (other, third, app.reactions) * 5),
    )
    await app.settle()
    assert (await mine(app, ada)).points == 60 * 30
    earned = await badges(app, ada)
    assert len(earned) == len(set(earned))
    assert {"100-points", "500-points", "1000-points", "perfect-10", "10-practices"} <= set(earned)
    async with database.snapshot() as db:
        count = select(func.count()).where(Achievement.user_id == ada.id)
        assert (await db.execute(count)).scalar_one() == len(earned)


@pytest.mark.req("HUB-21")
async def test_facts_that_come_again_count_once(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    for _ in range(4):
        await make.fact(ada, properties={"score": 100})
    before, seen = await mine(app, ada), await told(app, ada)
    async with app.transactions(SYSTEM) as tx:
        # As after a backup: the reaction begins with the beginning of the log once more.
        await tx.db.execute(update(ReactionCursor).values(seq=0))
    await app.settle()
    assert await mine(app, ada) == before
    assert await told(app, ada) == seen


@pytest.mark.req("HUB-21")
async def test_ranks_once_a_board_and_period(app: App, make: Make) -> None:
    ada = await make.person()
    for period, rank in (("daily", 8), ("daily", 3), ("daily", 7), ("weekly", 9)):
        await make.fact(ada, "leaderboard_rank", properties={"rank": rank, "period": period}, skill=None)
    assert await badges(app, ada) == ["top-10", "top-5", "top-10"]
    scopes = {earned.scope for earned in (await mine(app, ada)).earned}
    assert scopes == {"math:daily:2026-03-02", "math:weekly:2026-03-02"}


@pytest.mark.req("HUB-22", "AF-1")
async def test_seven_days_in_a_row(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person(timezone=ZURICH)
    await days(make, clock, ada, *day_after_day(7))
    assert ("streak_milestone", {"days": 7}) in await told(app, ada)
    assert "7-day-streak" in await badges(app, ada)
    await days(make, clock, ada, *[clock.now() + timedelta(days=4 + n) for n in range(8)])
    assert [kind for kind, _ in await told(app, ada)].count("streak_milestone") == 1, "never a second time"
    state = await mine(app, ada)
    assert (state.streak, state.longest) == (8, 8)
    async with app.transactions.read() as db:
        now = await streak_now(db, ada.id, clock.now())
        lost = await streak_now(db, ada.id, clock.now() + timedelta(days=4))
    assert (now.days, now.practised_today, lost.days) == (8, True, 0)
    assert now.ends_at is not None
    assert now.ends_at > clock.now()


@pytest.mark.req("HUB-22")
async def test_a_day_that_comes_late_closes_the_gap_and_earns_what_it_is_worth(
    app: App, make: Make, clock: FakeClock
) -> None:
    ada = await make.person()
    all_days = day_after_day(8)
    missing = (2, 4)
    await days(make, clock, ada, *(day for n, day in enumerate(all_days) if n not in missing))
    assert (await mine(app, ada)).streak == 4, "two missed days of one week: what lay before the first is gone"
    for n in missing:
        # More than a day old: counted, no news of its own.
        await make.fact(ada, at=all_days[n].isoformat())
    assert (await mine(app, ada)).streak == 8
    assert "7-day-streak" not in await badges(app, ada), "old news earns nothing"
    await days(make, clock, ada, all_days[-1] + timedelta(days=1))
    assert "7-day-streak" in await badges(app, ada), "but what it led to does"


@pytest.mark.req("HUB-22")
async def test_travelling_neither_loses_nor_doubles(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person(timezone=LA)

    async def move(zone: str) -> None:
        await make.person(external_id=ada.external_id, name="Ada", age_band="18_plus", timezone=zone)

    first = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)  # Monday, half past nine in the evening in Los Angeles
    await days(make, clock, ada, first)
    await move(AUCKLAND)
    await days(make, clock, ada, first + timedelta(minutes=20))  # Tuesday evening there, the same day all the same
    assert (await mine(app, ada)).streak == 1
    await days(make, clock, ada, first + timedelta(hours=22))  # Wednesday evening
    assert (await mine(app, ada)).streak == 2
    await move(LA)
    await days(make, clock, ada, first + timedelta(hours=46))  # Wednesday evening in Los Angeles: Wednesday once more
    assert (await mine(app, ada)).streak == 2
    await days(make, clock, ada, first + timedelta(hours=70))
    assert (await mine(app, ada)).streak == 3
    async with app.transactions.read() as db:
        moves = (await db.execute(select(ZoneMove.before, ZoneMove.zone).order_by(ZoneMove.since))).all()
    assert [tuple(row) for row in moves] == [(LA, AUCKLAND), (AUCKLAND, LA)]


@pytest.mark.req("HUB-24", "HUB-6")
async def test_children_whom_nobody_sees_earn_for_themselves(app: App, make: Make, database: Database) -> None:
    child = await make.child()
    for _ in range(4):
        await make.fact(child, properties={"score": 100})
    assert (await mine(app, child)).points == 120
    async with database.snapshot() as db:
        rows = (await db.execute(select(ActivityRow.visibility).distinct())).scalars().all()
    assert rows == ["private"]


async def test_with_rewards_off_nothing_is_earned(app: App, database: Database, clock: FakeClock, make: Make) -> None:
    bare = App(replace(app.settings, rewards="off"), database, clock=clock)
    assert PROGRESS not in bare.reactions.registry
    assert PROGRESS in app.reactions.registry


@pytest.mark.req("HUB-21")
async def test_erasure_takes_everything_along(app: App, make: Make, database: Database) -> None:
    ada = await make.person(timezone=ZURICH)
    await days(make, app.clock, ada, *day_after_day(3), properties={"score": 100})  # type: ignore[arg-type]
    await make.erase(ada)
    await app.settle()
    assert await mine(app, ada) == type(await mine(app, ada))()
    async with database.snapshot() as db:
        for table in (Achievement, LearnerProgress):
            assert (await db.execute(select(func.count()).select_from(table))).scalar_one() == 0
