"""The simulator acts through the same commands as everybody, marked as what it is, and obeys its switch at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from core.accounts.access import scopes_of
from core.accounts.commands import PersonInput, save_person
from core.accounts.erasure import erase_person
from core.app import App
from core.clock import FakeClock, SystemClock
from core.errors import Conflict, Forbidden, Invalid
from core.monitoring.commands import set_simulator
from core.monitoring.queries import SimulatorState, simulator_state
from core.principal import SYSTEM, Principal
from data.tables import ActivityRow, EventRow, User
from jobs.community import COMMUNITY
from jobs.simulator import LOBBY, Simulator, save_community


@pytest.fixture
async def simulator(app: App) -> AsyncIterator[Simulator]:
    made = Simulator(app.transactions, app.principals, app.presence, app.clock, on=True, seed="test", past=False)
    app.rights_listeners.append(made.rights_changed)
    yield made
    made._empty()


async def live(simulator: Simulator, clock: FakeClock, seconds: int, step: int = 10) -> None:
    """Let that much time pass."""
    for _ in range(0, seconds, step):
        clock.advance(step)
        await simulator.tick()


async def facts(app: App, source: str = "simulator") -> int:
    async with app.transactions.read() as db:
        wanted = select(func.count()).select_from(EventRow).where(EventRow.source == source)
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
    await live(simulator, clock, 300)
    slow = await facts(app)
    await app.transactions.run(SYSTEM, set_simulator, True, 5.0)
    await live(simulator, clock, 300)
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
    simulator = Simulator(
        app.transactions, app.principals, app.presence, SystemClock(), on=True, seed="test", past=False
    )
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
    simulator = Simulator(app.transactions, app.principals, app.presence, SystemClock(), on=True, pace=0.0, past=False)
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
    async with app.transactions.read() as db:
        before = (await db.execute(select(func.count()).select_from(EventRow))).scalar_one()
    clock.advance(86_400)
    await app.transactions.run(SYSTEM, save_community, COMMUNITY)
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
    simulator = Simulator(app.transactions, app.principals, app.presence, clock, on=False)
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
    assert told.properties == {"running": False, "speed": 2.5}


async def test_a_new_community_has_a_week_behind_it_once(app: App, clock: FakeClock) -> None:
    for _ in range(2):
        simulator = Simulator(app.transactions, app.principals, app.presence, clock, on=True, seed="test")
        await simulator.tick()
        simulator._empty()
    told = await facts(app)
    assert 300 < told < 3000
    async with app.transactions.read() as db:
        rows = (await db.execute(select(EventRow.at, EventRow.backfill).order_by(EventRow.seq))).all()
        shown = (await db.execute(select(func.count()).select_from(ActivityRow))).scalar_one()
    times = [at for at, _ in rows if at < clock.now()]
    assert times == sorted(times)
    assert 0 < shown < told / 3, "what is more than a day old is counted, not shown"
    await simulator.tick()
    assert await facts(app) < told + 10
