"""The simulator acts through the same commands as everybody, marked as what it is, and obeys its switch at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.accounts.access import scopes_of
from core.accounts.commands import PersonInput, save_person
from core.accounts.erasure import erase_person
from core.accounts.personas import save_personas
from core.accounts.queries import count_simulated
from core.activity.queries import DOINGS
from core.app import App
from core.clock import Clock, FakeClock, SystemClock
from core.errors import Conflict, Forbidden, Invalid
from core.live.hub import Message
from core.monitoring.commands import reset_simulator, set_simulator
from core.monitoring.queries import SimulatorState, simulator_state
from core.principal import SYSTEM, Principal
from core.settings import Settings
from data.database import Database
from data.tables import Achievement, ActivityRow, Cohort, EntryRow, EventRow, InboundKey, PracticeRun, ResultRow, User
from jobs.community import COMMUNITY, community
from jobs.simulator import Simulator
from jobs.simulator_acts import LOBBY, World
from jobs.simulator_people import save_community
from tests.live.kit import Inbox


def world(app: App, clock: Clock | None = None) -> World:
    return World(app.transactions, app.principals, app.presence, app.practice, app.gate, clock or app.clock)


@pytest.fixture
async def simulator(app: App) -> AsyncIterator[Simulator]:
    made = Simulator(world(app), on=True, seed="test", past=False)
    app.rights_listeners.append(made.rights_changed)
    yield made
    made._rest()


async def live(simulator: Simulator, clock: FakeClock, seconds: int, step: int = 10) -> None:
    """Let that much time pass."""
    for _ in range(0, seconds, step):
        clock.advance(step)
        await simulator.tick()


async def facts(app: App, source: str = "simulator") -> int:
    async with app.transactions.read() as db:
        wanted = select(func.count()).where(EventRow.source == source, EventRow.type.in_(DOINGS))
        return (await db.execute(wanted)).scalar_one()


async def test_people_come_act_and_are_marked_everywhere(app: App, simulator: Simulator, clock: FakeClock) -> None:
    await simulator.tick()
    await live(simulator, clock, 300)
    lobby = app.presence.people(LOBBY)
    assert len(lobby) >= 3
    assert all(person.simulated for person in lobby)
    async with app.transactions.read() as db:
        users = (await db.execute(select(User))).scalars().all()
        doers = (await db.execute(select(ActivityRow.user_id))).scalars().all()
        sources = (await db.execute(select(EventRow.source).where(EventRow.type == "practice_started"))).scalars()
        assert set(sources) == {"simulator"}
    assert len(users) == len(COMMUNITY)
    assert all(user.simulated for user in users)
    assert {user.audience for user in users} == {"cohort", "public"}
    assert len(doers) > 20
    # Minors are nowhere but in their cohort.
    minors = {str(user.id) for user in users if user.audience == "cohort"}
    assert not minors & {person.user_id for person in lobby}
    cohorts = {user.cohort_id for user in users}
    assert any(minors & {p.user_id for p in app.presence.people(f"cohort:{cohort}")} for cohort in cohorts)


async def test_the_switch_stops_slows_and_hurries(app: App, simulator: Simulator, clock: FakeClock) -> None:
    await app.transactions.run(SYSTEM, set_simulator, True, 0.1)
    await simulator.tick()
    await live(simulator, clock, 200)
    slow = await facts(app)
    await app.transactions.run(SYSTEM, set_simulator, True, 5.0)
    await live(simulator, clock, 200)
    assert await facts(app) - slow > 5 * slow
    assert simulator.here
    await app.transactions.run(SYSTEM, set_simulator, False, 5.0)
    before = await facts(app)
    await live(simulator, clock, 60)
    assert not simulator.here
    assert app.presence.count(LOBBY) == 0
    assert await facts(app) == before
    await app.transactions.run(SYSTEM, set_simulator, True, 1.0)
    await live(simulator, clock, 60)
    assert simulator.here


async def test_after_a_stall_nobody_does_a_days_work_at_once(app: App, simulator: Simulator, clock: FakeClock) -> None:
    await simulator.tick()
    clock.advance(8 * 3600)
    await simulator.tick()
    assert await facts(app) < 60


async def test_it_lives_by_itself_and_leaves_nobody_behind(app: App) -> None:
    simulator = Simulator(world(app, SystemClock()), on=True, seed="test", past=False)
    await app.transactions.run(SYSTEM, set_simulator, True, 20.0)
    someone = asyncio.Event()
    unwatch = app.presence.watch(LOBBY, someone.set)
    task = asyncio.create_task(simulator.run())
    await asyncio.wait_for(someone.wait(), 30)
    assert simulator.here
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    unwatch()
    assert not simulator.here
    assert app.presence.count(LOBBY) == 0


async def test_a_stumble_is_said_once_and_it_goes_on(app: App, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody real has the id of one of its people: it cannot begin, and says so, and tries again."""
    await app.transactions.run(SYSTEM, save_person, PersonInput(external_id=COMMUNITY[0].key, name="Real Person"))
    simulator = Simulator(world(app, SystemClock()), on=True, pace=0.0, past=False)
    task = asyncio.create_task(simulator.run())
    async with asyncio.timeout(30):
        while not caplog.records:
            await asyncio.sleep(0)
        await app.transactions.run(SYSTEM, erase_person, COMMUNITY[0].key)
        while not await _saved(app):
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [record.getMessage() for record in caplog.records] == ["the simulator stumbled"]


async def _saved(app: App) -> bool:
    async with app.transactions.read() as db:
        return (await db.execute(select(func.count()).select_from(User))).scalar_one() == len(COMMUNITY)


async def test_it_starts_again_without_telling_news_about_its_people(app: App, clock: FakeClock) -> None:
    await app.transactions.run(SYSTEM, save_community, COMMUNITY)
    await app.settle()
    async with app.transactions.read() as db:
        before = (await db.execute(select(func.count()).select_from(EventRow))).scalar_one()
    clock.advance(86_400)
    await app.transactions.run(SYSTEM, save_community, COMMUNITY)
    await app.settle()
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(EventRow))).scalar_one() == before


async def test_somebody_erased_is_gone_at_the_next_tick(app: App, simulator: Simulator, clock: FakeClock) -> None:
    await simulator.tick()
    await live(simulator, clock, 60)
    gone = min(simulator.here)
    await app.transactions.run(SYSTEM, erase_person, gone)
    await app.settle()
    await simulator.tick()
    assert gone not in simulator.here
    await live(simulator, clock, 600)
    assert gone not in simulator.here


async def test_a_hosts_person_is_never_taken_for_a_simulated_one(app: App) -> None:
    await app.transactions.run(SYSTEM, save_person, PersonInput(external_id=COMMUNITY[0].key, name="Real Person"))
    with pytest.raises(Conflict, match="not simulated"):
        await app.transactions.run(SYSTEM, save_community, COMMUNITY)


async def test_off_by_default_it_does_nothing_until_it_is_switched_on(app: App, clock: FakeClock) -> None:
    simulator = Simulator(world(app), on=False)
    await live(simulator, clock, 60)
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(User))).scalar_one() == 0
        assert await simulator_state(db, True) == SimulatorState(True, 1.0)


async def test_only_admins_turn_the_switch_and_only_to_speeds_that_exist(app: App) -> None:
    for role in ("student", "parent", "tutor", "facilitator", "analyst"):
        with pytest.raises(Forbidden):
            await app.transactions.run(Principal(kind="staff", scopes=scopes_of(role)), set_simulator, True, 1.0)
    admin = Principal(kind="staff", scopes=scopes_of("admin"))
    for speed in (0.0, -1.0, 0.05, 21.0, float("nan"), float("inf")):
        with pytest.raises(Invalid):
            await app.transactions.run(admin, set_simulator, True, speed)
    await app.transactions.run(admin, set_simulator, False, 2.5)
    async with app.transactions.read() as db:
        assert await simulator_state(db, True) == SimulatorState(False, 2.5)
        told = (await db.execute(select(EventRow).where(EventRow.type == "simulator_changed"))).scalar_one()
    assert told.properties == {"running": False, "speed": 2.5, "reset": False}


async def test_a_week_that_was_cut_off_is_told_to_its_end_at_the_next_start(app: App, clock: FakeClock) -> None:
    await app.transactions.run(SYSTEM, save_personas)
    simulator = Simulator(world(app), on=True, seed="test")
    await simulator.tick()
    assert any(memory.rest for memory in simulator._memories), "it stops in its first second"
    simulator._rest()
    before = await facts(app)
    clock.advance(3 * 3600)
    for _ in range(2):
        again = Simulator(world(app), on=True, seed="another day")
        await live(again, clock, 30)
        again._rest()
    async with app.transactions.read() as db:
        days = func.count(func.distinct(func.date_trunc("day", EventRow.at)))
        past = EventRow.at < clock.now() - timedelta(hours=4)
        wanted = select(User.external_id, func.count(), days).join(EventRow, EventRow.user_id == User.id)
        doings = wanted.where(EventRow.type.in_(DOINGS), past, EventRow.source == "simulator").group_by(
            User.external_id
        )
        told = {name: (count, days) for name, count, days in await db.execute(doings)}
        items = select(InboundKey.id).where(InboundKey.id.contains("-past-"))
        ids = list((await db.execute(items)).scalars())
    assert sum(count for count, _ in told.values()) > before + 50
    assert len({id.split("-")[2] for id in ids}) == 1, "it is one and the same week, whatever the seed is now"
    assert told["demo-student"][1] >= 6, "whoever enters as Mia finds a week of hers"


async def test_a_new_community_has_a_week_behind_it_once(app: App, clock: FakeClock) -> None:
    began = clock.now()
    for _ in range(2):
        simulator = Simulator(world(app), on=True, seed="test")
        await live(simulator, clock, 40)
        assert not any(memory.rest for memory in simulator._memories), "all of it is told"
        simulator._rest()
    told = await facts(app)
    assert 100 < told < 1500
    async with app.transactions.read() as db:
        times = list((await db.execute(select(ActivityRow.at).order_by(ActivityRow.seq))).scalars())
    shown = len(times)
    past = [at for at in times if at <= began]
    assert past == sorted(past), "what feeds show of it comes in order"
    assert times[0] < clock.now() - timedelta(hours=12)
    assert 0 < shown < told, "what is more than a day old is counted, not shown"


@pytest.fixture
async def rewarding(settings: Settings, database: Database, clock: FakeClock) -> AsyncIterator[App]:
    app = App(replace(settings, rewards="on"), database, clock=clock)
    await app.start()
    yield app
    await app.stop()


@pytest.mark.req("DM-4")
async def test_practice_goes_by_the_ordinary_commands_and_earns_by_the_ordinary_rules(
    rewarding: App, clock: FakeClock
) -> None:
    app = rewarding
    simulator = Simulator(world(app), on=True, seed="test", past=False)
    await simulator.tick()
    heard: list[Message] = []
    for _ in range(45):
        await live(simulator, clock, 10)
        for visit in tuple(simulator.world.here.values()):
            if visit.run is not None and not heard:
                inbox = Inbox(app.hub, f"user:{visit.who.id}:progress")
                await live(simulator, clock, 10)
                heard += await inbox.count(1)
    await app.settle()
    async with app.transactions.read() as db:
        runs = Counter((await db.execute(select(PracticeRun.status))).scalars())
        sources = (await db.execute(select(EventRow.source, EventRow.type).distinct())).all()
        entries = (await db.execute(select(func.count()).select_from(EntryRow))).scalar_one()
        badges = (await db.execute(select(func.count()).select_from(Achievement))).scalar_one()
        held = (await db.execute(select(func.count()).where(ResultRow.status == "review"))).scalar_one()
    simulator._rest()
    assert runs["completed"] > 20
    assert set(runs) <= {"completed", "live", "ended"}
    assert entries
    assert badges
    assert not held, "nothing that they do is doubted"
    assert heard[0].name == "progress_update"
    theirs = {type for source, type in sources if source == "simulator"}
    assert {"practice_started", "practice_completed", "achievement_unlocked", "person_added"} <= theirs
    assert not {type for source, type in sources if source != "simulator"} & theirs


@pytest.mark.req("DM-4")
async def test_a_community_grows_and_shrinks_while_it_lives(app: App, simulator: Simulator, clock: FakeClock) -> None:
    await simulator.tick()
    await app.transactions.run(SYSTEM, set_simulator, True, 1.0, 90)
    await live(simulator, clock, 60)
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(User))).scalar_one() == 90
    await live(simulator, clock, 480, 60)
    assert simulator.here - {person.key for person in COMMUNITY}, "new people come too"
    await app.transactions.run(SYSTEM, set_simulator, True, 1.0, 12)
    await simulator.tick()
    assert simulator.here <= {person.key for person in community(12)}
    await app.transactions.run(SYSTEM, set_simulator, speed=4.0)
    assert await _switch(app) == SimulatorState(True, 4.0, 12)
    for wrong in (0, 11, 5001):
        with pytest.raises(Invalid):
            await app.transactions.run(SYSTEM, set_simulator, True, 1.0, wrong)


@pytest.mark.req("DM-4", "DM-5")
async def test_a_reset_takes_everybody_simulated_away_and_nobody_else(
    app: App, simulator: Simulator, clock: FakeClock
) -> None:
    real = PersonInput(external_id="real", name="Real Person", cohort=COMMUNITY[0].cohort, age_band="18_plus")
    await app.transactions.run(SYSTEM, save_person, real)
    await simulator.tick()
    await live(simulator, clock, 200)
    with pytest.raises(Forbidden):
        await app.transactions.run(Principal(kind="staff", scopes=scopes_of("analyst")), reset_simulator)
    assert await app.transactions.run(SYSTEM, reset_simulator) == len(COMMUNITY)
    with pytest.raises(Conflict):
        await app.transactions.run(SYSTEM, set_simulator, True, 1.0)
    left = []
    while (await _switch(app)).leaving is not None:
        await simulator.tick()
        left.append(await _simulated(app))
    assert left == [14, 4, 0], "some at a time, and one sees how far it is"
    assert not simulator.here
    assert app.presence.count(LOBBY) == 0
    async with app.transactions.read() as db:
        assert list((await db.execute(select(User.external_id))).scalars()) == ["real"]
        assert list((await db.execute(select(Cohort.external_id))).scalars()) == [COMMUNITY[0].cohort]
        for table in (ActivityRow, PracticeRun, EntryRow, ResultRow):
            assert (await db.execute(select(func.count()).select_from(table))).scalar_one() == 0, table
    assert not (await _switch(app)).running
    await app.transactions.run(SYSTEM, set_simulator, True, 1.0)
    await live(simulator, clock, 60)
    assert await _simulated(app) == len(COMMUNITY)
    assert simulator.here


async def _switch(app: App) -> SimulatorState:
    async with app.transactions.read() as db:
        return await simulator_state(db, True)


async def _simulated(app: App) -> int:
    async with app.transactions.read() as db:
        return await count_simulated(db)
