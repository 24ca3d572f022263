"""The orchestrator on a real database: one decision and one exposure for each practice, kept to be replayed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import inspect, select, update

from core.app import App
from core.clock import FakeClock
from core.growth.orchestrator import Trigger
from core.growth.rules import COOLDOWN, VERSION, Decision, Known, decide
from core.ids import new_id
from core.nudges.choosing import Choices, Limiting, choose_nudges, limit_child
from core.principal import SYSTEM
from core.settings import Settings
from data.database import Database
from data.tables import AgentDecision, EventRow, ReactionCursor, User
from tests.factories import Make


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, suggestions="on")


async def decisions(app: App, person: User) -> list[AgentDecision]:
    wanted = select(AgentDecision).where(AgentDecision.user_id == person.id).order_by(AgentDecision.id)
    async with app.transactions.read() as db:
        return list((await db.execute(wanted)).scalars())


async def exposures(app: App, person: User) -> list[dict[str, Any]]:
    wanted = select(EventRow.properties).where(EventRow.type == "loop_exposed", EventRow.user_id == person.id)
    async with app.transactions.read() as db:
        return list((await db.execute(wanted)).scalars())


async def reasons(app: App, person: User) -> list[str]:
    return [one.reason for one in await decisions(app, person)]


async def scored(make: Make, person: User, score: float = 85, **given: Any) -> UUID | None:
    return (await make.fact(person, properties={"score": score}, **given)).event_id


@pytest.mark.req("SC-12")
async def test_every_decision_is_on_record_with_what_it_was_made_of(app: App, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    event_id = await scored(make, ada, 87.5)
    await scored(make, leo, 79.9)
    (good,), (poor,) = await decisions(app, ada), await decisions(app, leo)
    assert (good.agent_name, good.outcome, good.loop, good.reason) == (
        "orchestrator", "suggest", "buddy_challenge", "ok",
    )  # fmt: skip
    assert (good.source_event_id, good.timestamp, good.rules_version) == (event_id, app.clock.now(), VERSION)
    assert good.features["latency_ms"] >= 0
    assert (poor.outcome, poor.loop, poor.reason) == ("none", None, "score_too_low")
    for row in (good, poor):
        again = decide(msgspec.convert(row.inputs, Known))
        assert again == Decision(row.outcome, row.loop, row.reason)  # type: ignore[arg-type]
        assert ada.username not in str(row.inputs), "no names"
    assert (await exposures(app, ada))[0]["decision_id"] == str(good.id)
    assert await exposures(app, leo) == []


@pytest.mark.req("SC-12")
async def test_the_record_is_found_by_agent_and_time(database: Database) -> None:
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_indexes("agent_decisions"))
    columns = [index["column_names"] for index in found]
    assert ["agent_name", "timestamp"] in columns
    assert ["timestamp"] in columns


@pytest.mark.req("AG-13", "BG-52", "SB-6")
async def test_the_same_practice_twice_is_one_decision_and_one_exposure(app: App, make: Make) -> None:
    ada = await make.person()
    event_id = await scored(make, ada)
    async with app.database.begin() as db:
        await db.execute(update(ReactionCursor).where(ReactionCursor.name == "suggestions").values(seq=0))
    await app.settle()
    assert event_id
    trigger = Trigger(
        type="practice_completed",
        user_id=ada.id,
        source_event_id=event_id,
        at=app.clock.now(),
        score=85,
        subject="math",
        skill="algebra",
    )
    run, orchestrator = app.transactions.run, app.orchestrator
    again = await asyncio.gather(*(run(SYSTEM, orchestrator.trigger, trigger) for _ in range(5)))
    assert set(again) == {Decision("suggest", "buddy_challenge", "ok")}, "the decision that stands is the answer"
    fresh = replace(trigger, source_event_id=new_id(), user_id=(await make.person()).id)
    first = await asyncio.gather(*(run(SYSTEM, orchestrator.trigger, fresh) for _ in range(5)))
    assert set(first) == {Decision("suggest", "buddy_challenge", "ok")}
    # Two practices at the same moment: the cooldown holds, whichever comes first.
    other = [replace(fresh, source_event_id=new_id(), user_id=(person := await make.person()).id)]
    other.append(replace(other[0], source_event_id=new_id()))
    both = await asyncio.gather(*(run(SYSTEM, orchestrator.trigger, one) for one in other))
    assert sorted(one.reason for one in both if one) == ["cooldown", "ok"]
    for user_id, count in ((ada.id, 1), (fresh.user_id, 1), (person.id, 2)):
        async with app.transactions.read() as db:
            made = select(AgentDecision.id).where(AgentDecision.user_id == user_id)
            shown = select(EventRow.seq).where(EventRow.type == "loop_exposed", EventRow.user_id == user_id)
            assert len((await db.execute(made)).all()) == count
            assert len((await db.execute(shown)).all()) == 1


@pytest.mark.req("SB-6")
async def test_without_consent_or_against_somebodys_wish_nothing_is_suggested(
    app: App, make: Make, clock: FakeClock
) -> None:
    alone, child = await make.child(), await make.child("social_visibility", cohort="blue")
    teen = await make.person(age_band="13_17", cohort="blue")
    await make.consent(teen, "social_visibility", given=False)
    for person, reason in ((alone, "coppa_no_consent"), (teen, "consent_withdrawn"), (child, "ok")):
        await scored(make, person, 95)
        assert await reasons(app, person) == [reason]
    quiet, listed = await make.person(), await make.person()
    await make.run(await make.principal(quiet), choose_nudges, Choices(app={"challenge": False}))
    await make.listed("user", str(listed.id))
    clock.advance(2)
    parent = await make.person(role="parent")
    limited = await make.person(age_band="13_17", guardian=parent.external_id)
    await make.run(await make.principal(parent), limit_child, limited.id, Limiting(kinds_off=("challenge",)))
    for person, reason in ((quiet, "not_wanted"), (listed, "listed_user"), (limited, "parent_limit")):
        await scored(make, person, 95)
        assert await reasons(app, person) == [reason]
        assert await exposures(app, person) == []


@pytest.mark.req("SB-6")
async def test_a_day_lies_between_two_and_what_is_old_or_unknown_is_not_answered(
    app: App, make: Make, clock: FakeClock
) -> None:
    ada = await make.person()
    await scored(make, ada)
    await scored(make, ada, skill="geometry")
    clock.advance(COOLDOWN.total_seconds() - 1)
    await scored(make, ada)
    clock.advance(1)
    await scored(make, ada)
    assert await reasons(app, ada) == ["ok", "cooldown", "cooldown", "ok"]
    assert len(await exposures(app, ada)) == 2
    leo = await make.person()
    await scored(make, leo, at=clock.now() - timedelta(hours=1))
    await scored(make, leo, subject="science", skill="physics")
    await scored(make, leo, skill=None)
    assert await reasons(app, leo) == ["too_late", "unknown_skill", "unknown_skill"]


async def test_switched_off_it_says_so(app: App, make: Make, clock: FakeClock) -> None:
    bare = App(replace(app.settings, suggestions="off"), app.database, clock=clock)
    ada = await make.person()
    trigger = Trigger(type="practice_completed", user_id=ada.id, source_event_id=new_id(), at=clock.now(), score=90)
    found = await bare.transactions.run(SYSTEM, bare.orchestrator.trigger, trigger)
    assert found == Decision("none", None, "switched_off")


async def test_who_is_erased_leaves_no_decision(app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person()
    await scored(make, ada)
    await make.erase(ada)
    assert await decisions(app, ada) == []
    trigger = Trigger(type="practice_completed", user_id=ada.id, source_event_id=new_id(), at=clock.now(), score=90)
    assert await app.transactions.run(SYSTEM, app.orchestrator.trigger, trigger) is None
