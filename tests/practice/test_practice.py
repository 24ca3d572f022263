"""Practice from beginning to end, alone: by hand, and by what the host tells."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.app import App
from core.clock import FakeClock
from core.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from core.practice.catalogue import apps, what_of
from core.practice.commands import (
    STALE,
    Result,
    complete_practice,
    end_gone,
    end_stale,
    give_up_practice,
    start_practice,
)
from core.practice.live import SessionLive
from core.practice.queries import popular_skills
from core.principal import SYSTEM, Principal
from data.database import Database
from data.tables import PracticeRun
from tests.accounts.people_kit import facts_of
from tests.factories import Make

ALGEBRA = what_of("math", "algebra")


async def start(app: App, make: Make, who: Principal, subject: str = "math", skill: str = "algebra") -> PracticeRun:
    run: PracticeRun = await make.run(who, start_practice, app.gate, what_of(subject, skill))
    return run


async def runs(database: Database) -> list[tuple[str, str | None, int | None]]:
    async with database.snapshot() as db:
        rows = await db.execute(select(PracticeRun).order_by(PracticeRun.started_at, PracticeRun.id))
        return [(row.status, row.reason, row.score) for row in rows.scalars()]


@pytest.mark.req("SB-8", "HUB-10")
def test_the_catalogue_knows_subjects_skills_and_apps_and_nothing_else() -> None:
    assert set(apps()) == {"typing", "math", "reading", "piano"}
    assert what_of(" MATH ", "Sight Reading".replace("Sight Reading", "ALGEBRA")).subject == "math"
    assert what_of("piano", "Sight Reading").skill == "sight-reading"
    assert what_of("science", "biology").app is None
    refused: list[tuple[tuple[str, str, str | None], str]] = [
        (("knitting", "algebra", None), "unknown_subject"),
        (("math", "rhythm", None), "unknown_skill"),
        (("math", "", None), "unknown_skill"),
        (("math", "algebra", "chess"), "unknown_app"),
        (("math", "algebra", "piano"), "unknown_app"),
    ]
    for given, reason in refused:
        with pytest.raises(Invalid) as found:
            what_of(*given)
        assert found.value.body()["error"]["type"] == reason


@pytest.mark.req("HUB-16", "SB-4", "SB-5")
async def test_a_run_begins_once_and_ends_once(app: App, make: Make, database: Database, clock: FakeClock) -> None:
    ada = await make.person()
    me = await make.principal(ada)
    run = await start(app, make, me)
    clock.advance(66)
    done = await make.run(me, complete_practice, Result(score=97.5, wpm=54, items=60), run_id=run.id)
    assert (done.status, done.score, done.seconds) == ("completed", 9750, 66)
    for again in (complete_practice, give_up_practice):
        with pytest.raises(Conflict) as found:
            if again is complete_practice:
                await make.run(me, complete_practice, Result(score=3), run_id=run.id)
            else:
                await make.run(me, give_up_practice, run.id)
        assert found.value.details["reason"] == "already_completed"
    told = [f for f in await facts_of(app.transactions, ada.id) if f.type.startswith("practice")]
    assert [f.type for f in told] == [
        "practice_started", "practice_run_changed", "practice_completed", "practice_run_changed",
    ]  # fmt: skip
    assert dict(told[2].properties) == {"score": 97.5, "seconds": 66, "items": 60, "wpm": 54}
    assert await runs(database) == [("completed", None, 9750)]


@pytest.mark.req("HUB-16")
async def test_of_many_who_complete_at_once_one_does(app: App, make: Make, database: Database) -> None:
    me = await make.principal(await make.person())
    run = await start(app, make, me)
    tries = [make.run(me, complete_practice, Result(score=n), run_id=run.id) for n in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert all(isinstance(one, PracticeRun | Conflict) for one in results)
    told = [fact.type for fact in await facts_of(app.transactions, me.id)]
    assert told.count("practice_completed") == 1


@pytest.mark.req("HUB-16")
async def test_another_beginning_ends_what_ran_before(app: App, make: Make, database: Database) -> None:
    me = await make.principal(await make.person())
    first = await start(app, make, me)
    await start(app, make, me, "piano", "rhythm")
    assert sorted(await runs(database), key=str) == [("ended", "replaced", None), ("live", None, None)]
    with pytest.raises(Conflict) as over:
        await make.run(me, complete_practice, Result(score=5), run_id=first.id)
    assert over.value.details["reason"] == "already_ended"
    with pytest.raises(Conflict) as other:
        await make.run(me, complete_practice, Result(score=5), what=ALGEBRA)
    assert other.value.details["reason"] == "not_started"


@pytest.mark.req("HUB-16")
async def test_beginning_at_once_on_several_devices_leaves_one_live(app: App, make: Make, database: Database) -> None:
    me = await make.principal(await make.person())
    await asyncio.gather(*(start(app, make, me) for _ in range(6)))
    assert [status for status, _, _ in await runs(database)].count("live") == 1


@pytest.mark.req("SEC-4")
async def test_somebody_elses_practice_is_as_unknown_as_none(app: App, make: Make) -> None:
    ada, leo = await make.principal(await make.person()), await make.principal(await make.person())
    run = await start(app, make, ada)
    for run_id in (run.id, uuid4()):
        with pytest.raises(NotFound):
            await make.run(leo, complete_practice, Result(score=100), run_id=run_id)
        with pytest.raises(NotFound):
            await make.run(leo, give_up_practice, run_id)
        with pytest.raises((NotFound, Conflict)):
            await app.practice.say(run_id, leo.id or uuid4(), {"wpm": 3})
    with pytest.raises(Forbidden):
        await make.run(SYSTEM, start_practice, app.gate, ALGEBRA)


async def test_a_burst_of_beginnings_is_slowed(app: App, make: Make) -> None:
    me = await make.principal(await make.person())
    for _ in range(30):
        await start(app, make, me)
    with pytest.raises(RateLimited):
        await start(app, make, me)


@pytest.mark.req("HUB-16")
async def test_what_nobody_ended_is_ended(app: App, make: Make, database: Database, clock: FakeClock) -> None:
    await start(app, make, await make.principal(await make.person()))
    clock.advance(STALE.total_seconds() - 1)
    assert await make.run(SYSTEM, end_stale) == 0
    clock.advance(2)
    assert await make.run(SYSTEM, end_stale) == 1
    assert await runs(database) == [("ended", "stale", None)]


@pytest.mark.req("HUB-16")
async def test_a_lost_line_may_still_finish(app: App, make: Make, database: Database, clock: FakeClock) -> None:
    me = await make.principal(await make.person())
    run = await start(app, make, me)
    clock.advance(40)
    await make.run(SYSTEM, end_gone, run.id)
    with pytest.raises(Conflict):
        await make.run(me, give_up_practice, run.id)
    done = await make.run(me, complete_practice, Result(score=88, seconds=35), run_id=run.id)
    assert (done.status, done.reason, done.seconds) == ("completed", None, 35)
    with pytest.raises(Conflict) as again:
        await make.run(me, complete_practice, Result(score=99), run_id=run.id)
    assert again.value.details["reason"] == "already_completed"
    late = await start(app, make, me)
    await make.run(SYSTEM, end_gone, late.id)
    clock.advance(STALE.total_seconds() + 1)
    with pytest.raises(Conflict):
        await make.run(me, complete_practice, Result(score=99), run_id=late.id)
    assert await runs(database) == [("completed", None, 8800), ("ended", "gone", None)]


# --- by what the host tells


@pytest.mark.req("HUB-16", "SB-4", "SB-5")
async def test_the_host_tells_of_the_same_life(app: App, make: Make, database: Database, clock: FakeClock) -> None:
    ada = await make.person()
    begun = await make.fact(ada, "practice_started")
    assert begun.event_id
    async with app.transactions.read() as db:
        state = await SessionLive().snapshot(db, {"session_id": str(begun.event_id)})
    assert [(one.status, one.app, one.skill) for one in state.runs] == [("live", "math", "algebra")]
    clock.advance(60)
    await make.fact(ada, properties={"score": 91, "seconds": 55, "wpm": 12.5})
    assert await runs(database) == [("completed", None, 9100)]
    await make.fact(ada, properties={"score": 50})
    assert len(await runs(database)) == 1, "a result with no beginning stands for itself"


async def test_what_the_host_tells_late_runs_no_more(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    ago = app.clock.now().timestamp() - 3600
    from datetime import UTC, datetime

    await make.fact(ada, "practice_started", at=datetime.fromtimestamp(ago, UTC).isoformat())
    assert await runs(database) == []


@pytest.mark.req("SB-2")
async def test_popular_are_the_five_most_completed_of_the_last_hour(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person()
    await make.fact(ada, skill="fractions")
    clock.advance(3700)
    counts = {"algebra": 4, "geometry": 2, "factoring": 3, "statistics": 1, "proof": 1, "sets": 2}
    for skill, count in counts.items():
        for _ in range(count):
            await make.fact(ada, skill=skill)
    await make.fact(ada, "practice_started", skill="statistics")
    await make.fact(ada, subject="piano", skill="rhythm")
    async with app.transactions.read() as db:
        found = await popular_skills(db, "math", clock.now())
    assert [(one.skill, one.count) for one in found] == [
        ("algebra", 4), ("factoring", 3), ("geometry", 2), ("sets", 2), ("proof", 1),
    ]  # fmt: skip


@pytest.mark.req("CP-12")
async def test_a_childs_practice_is_taken_and_shown_to_nobody(app: App, make: Make) -> None:
    child = await make.child(cohort="blue")
    heard: list[Any] = []
    for topic in ("activity:global", f"cohort:{child.cohort_id}", f"activity:user:{child.id}"):
        app.hub.subscribe(topic, lambda message: heard.append((message.name, message.payload)))
    me = await make.principal(child)
    run = await start(app, make, me)
    await make.run(me, complete_practice, Result(score=80), run_id=run.id)
    await app.settle()
    assert not [one for one in heard if one[0] == "new_activity"]


@pytest.mark.req("CP-4")
async def test_of_who_is_forgotten_the_run_stays_as_nobodys(app: App, make: Make, database: Database) -> None:
    ada = await make.person()
    run = await start(app, make, await make.principal(ada))
    await make.erase(ada)
    async with database.snapshot() as db:
        row = await db.get(PracticeRun, run.id)
    assert row is not None
    assert row.user_id is None
    assert isinstance(run.id, UUID)
