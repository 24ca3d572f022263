"""Each job does what it is for, through the registry and the runner as in life."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from core.accounts.commands import PersonInput, save_person
from core.activity.commands import take_in
from core.clock import FakeClock
from core.events.log import log_epoch
from core.ids import new_id
from core.metrics import Metrics
from core.monitoring.queries import Run, last_runs
from core.monitoring.retention import PERIODS, log_floor
from core.principal import SYSTEM
from core.transaction import Transactions
from data.analytics.queries import active_hours
from data.analytics.store import Store
from data.tables import (
    AuditRow,
    Base,
    EnterTicket,
    EventRow,
    IdempotencyKey,
    InboundKey,
    JobRun,
    Meta,
    PresenceRow,
    ReactionCursor,
    User,
)
from jobs.place import Place
from jobs.registry import registry
from jobs.runner import Runner

EARLY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OLD = timedelta(days=397)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(EARLY)


class House:
    """The registered jobs on one database and one folder."""

    def __init__(self, transactions: Transactions, clock: FakeClock, folder: Path) -> None:
        self.transactions, self.clock = transactions, clock
        self.place = Place(folder, "Europe/Berlin")
        self.runner = Runner(
            registry(self.place), transactions, clock, zone=ZoneInfo("Europe/Berlin"), node="one", metrics=Metrics()
        )

    async def run(self, name: str) -> Run:
        """Everything that is due; how this job's latest run went."""
        await self.runner.run_due()
        async with self.transactions.read() as db:
            return (await last_runs(db, [name]))[name]

    async def store(self) -> Store:
        async with self.transactions.read() as db:
            return Store(self.place.folder, await log_epoch(db))

    async def add(self, *rows: Base) -> None:
        async with self.transactions.database.begin() as db:
            db.add_all(rows)

    async def count(self, table: type[Base]) -> int:
        async with self.transactions.read() as db:
            return (await db.execute(select(func.count()).select_from(table))).scalar_one()

    async def person(self, **given: Any) -> User:
        values: dict[str, Any] = {"external_id": uuid4().hex, "name": "Ada Byron", "age_band": "18_plus"}
        return await self.transactions.run(SYSTEM, save_person, PersonInput(**(values | given)))

    async def practise(self, person: User, at: datetime | None = None, source: str = "host") -> None:
        item = {"id": uuid4().hex, "type": "practice_started", "external_id": person.external_id}
        await take_in(self.transactions, SYSTEM, [item | {"at": at or self.clock.now()}], source)


@pytest.fixture
def house(transactions: Transactions, clock: FakeClock, tmp_path: Path) -> House:
    return House(transactions, clock, tmp_path / "analytics")


@pytest.mark.req("PR-12")
async def test_presence_not_seen_for_ten_minutes_goes_every_minute_and_is_counted(house: House) -> None:
    person = await house.person()

    def seen(seconds_ago: int) -> PresenceRow:
        moment = house.clock.now() - timedelta(seconds=seconds_ago)
        return PresenceRow(
            id=new_id(), user_id=person.id, session_id=uuid4().hex, connected_at=moment, last_seen_at=moment
        )

    await house.add(seen(0), seen(599), seen(600), seen(601), seen(90_000))
    assert (await house.run("presence_cleanup")).result == {"deleted": 2}
    assert await house.count(PresenceRow) == 3
    house.clock.advance(60)
    assert (await house.run("presence_cleanup")).result == {"deleted": 2}
    house.clock.advance(60)
    assert (await house.run("presence_cleanup")).result == {"deleted": 0}


async def test_retention_lets_go_of_what_is_older_than_its_period(house: House) -> None:
    now, person = house.clock.now(), await house.person()
    before = {
        EnterTicket: [timedelta(seconds=-1), timedelta(seconds=1)],
        IdempotencyKey: [timedelta(hours=21), timedelta(hours=23)],
        InboundKey: [timedelta(days=395), OLD],
        AuditRow: [timedelta(days=395), OLD],
    }
    for age in before[EnterTicket]:
        await house.add(EnterTicket(ticket_hash=uuid4().bytes, user_id=person.id, expires_at=now - age))
    for age in before[IdempotencyKey]:
        key = {"caller": "c", "key": uuid4().hex, "request_hash": b"", "status": 201, "body": {}}
        await house.add(IdempotencyKey(**key, created_at=now - age))
    for age in before[InboundKey]:
        await house.add(InboundKey(id=uuid4().hex, event_id=uuid4(), received_at=now - age))
    for age in before[AuditRow]:
        await house.add(AuditRow(id=new_id(), at=now - age, action="a", allowed=True, reason="r", details={}))
    house.clock.advance(2 * 3600)
    deleted = (await house.run("retention")).result["deleted"]
    assert {table.__tablename__: 1 for table in before} | {"enter_tickets": 2} == {
        table.__tablename__: deleted[table.__tablename__] for table in before
    }
    assert [await house.count(table) for table in before] == [0, 1, 1, 1]
    assert set(deleted) == {period.name for period in PERIODS}


async def test_of_old_runs_the_last_good_one_stays_so_that_nothing_is_run_twice(house: House) -> None:
    def run(job: str, days: int, ok: bool = True) -> JobRun:
        due = EARLY - timedelta(days=days)
        times = {"due_at": due, "started_at": due, "finished_at": due}
        return JobRun(job=job, node="old", milliseconds=1, ok=ok, result={}, **times)

    await house.add(run("monthly", 62), run("monthly", 31), run("broken", 40), run("broken", 35, ok=False))
    house.clock.advance(2 * 3600)
    assert (await house.run("retention")).result["deleted"]["job_runs"] == 1
    async with house.transactions.read() as db:
        left = (await db.execute(select(JobRun.job, JobRun.ok).where(JobRun.node == "old"))).all()
    assert sorted(map(tuple, left)) == [("broken", False), ("broken", True), ("monthly", True)]


async def _age(house: House, up_to: int) -> None:
    async with house.transactions.database.begin() as db:
        past = update(EventRow).where(EventRow.seq <= up_to).values(received_at=EARLY - OLD)
        await db.execute(past)


async def test_old_facts_go_only_below_every_cursor_and_the_export(house: House) -> None:
    person = await house.person()
    for _ in range(5):
        await house.practise(person)
    total = await house.count(EventRow)
    await _age(house, total - 1)
    cursor = ReactionCursor(name="slow", seq=2, tries=0)
    house.clock.advance(2 * 3600)
    await house.add(cursor)
    # Nothing is exported yet when retention runs alone: not a single fact may go.
    job = next(j for j in house.runner.jobs if j.name == "retention")
    await house.runner.run(job)
    assert await house.count(EventRow) == total
    await house.runner.run_due()
    house.clock.advance(86_400)
    assert (await house.run("retention")).result["deleted"]["event_log"] == 2
    async with house.transactions.database.begin() as db:
        await db.execute(update(ReactionCursor).values(seq=total))
    house.clock.advance(86_400)
    assert (await house.run("retention")).result["deleted"]["event_log"] == total - 3
    assert await house.count(EventRow) == 1
    async with house.transactions.read() as db:
        assert await log_floor(db) == total - 1


async def test_a_young_fact_keeps_all_that_come_after_it(house: House) -> None:
    person = await house.person()
    for _ in range(3):
        await house.practise(person)
    await _age(house, 99)
    async with house.transactions.database.begin() as db:
        await db.execute(update(EventRow).where(EventRow.seq == 2).values(received_at=EARLY))
    house.clock.advance(2 * 3600)
    await house.runner.run_due()
    assert (await house.run("retention")).result["deleted"]["event_log"] == 1


async def test_exported_facts_go_when_the_log_has_let_go_of_all_of_them(house: House) -> None:
    person = await house.person()
    await house.practise(person)
    await house.runner.run_due()
    await house.practise(person)
    house.clock.advance(60)
    await house.runner.run_due()
    store = await house.store()
    first, second = store.chain()
    await _age(house, first.end)
    house.clock.advance(2 * 3600)
    await house.run("retention")
    house.clock.advance(60)
    assert (await house.run("export_log")).result["dropped"] == 1
    assert store.pieces() == [second]
    assert (await house.run("rollups")).result["whole"] is True
    assert store.chain() == []
    assert store.chain(floor=first.end) == [second]


async def test_what_people_did_is_on_the_admins_page_a_minute_later(house: House) -> None:
    people = [await house.person() for _ in range(3)]
    simulated = await house.person(simulated=True)
    await house.runner.run_due()
    for person in (*people, people[0]):
        await house.practise(person)
    await house.practise(people[0], house.clock.now() - timedelta(hours=30))
    await house.practise(simulated, source="simulator")
    house.clock.advance(60)
    assert (await house.run("export_log")).result["rows"] == 6
    assert (await house.run("rollups")).result["hours"] == 2
    found = active_hours(await house.store(), "Europe/Berlin", house.clock.now())
    assert found.as_of == house.clock.now()
    assert len(found.hours) == 168
    last, before = found.hours[-1], found.hours[-31]
    assert (last.start, last.people, last.simulated) == ("2026-03-02T02:00:00+01:00", 3, 1)
    assert (before.people, before.simulated) == (1, 0)
    assert sum(hour.people for hour in found.hours) == 4


async def test_a_restored_history_is_exported_anew_and_the_old_files_go(house: House) -> None:
    person = await house.person()
    await house.practise(person)
    await house.runner.run_due()
    before = await house.store()
    async with house.transactions.database.begin() as db:
        await db.execute(update(Meta).where(Meta.key == "log_epoch").values(value="restored"))
    house.clock.advance(60)
    result = (await house.run("export_log")).result
    assert result["histories_removed"] == 1
    assert result["rows"] == await house.count(EventRow)
    assert not before.events.exists()
    assert (await house.run("rollups")).result["whole"] is True


async def test_a_damaged_file_fails_the_counts_clearly_and_is_written_again(house: House) -> None:
    person = await house.person()
    await house.practise(person)
    await house.runner.run_due()
    (piece,) = (await house.store()).chain()
    await house.practise(person)
    whole = piece.path.read_bytes()
    house.clock.advance(60)
    runner, export = house.runner, next(j for j in house.runner.jobs if j.name == "export_log")
    due = await runner.due(export, house.clock.now())
    assert due is not None
    await runner._run(export, due)
    # Damaged after the export looked at it, so the counting is who finds out.
    piece.path.write_bytes(whole[: len(whole) // 2])
    failed = await house.run("rollups")
    assert not failed.ok
    assert (
        failed.error == "An exported file cannot be read (InvalidInputException); it is looked into and written again."
    )
    house.clock.advance(60)
    assert (await house.run("export_log")).ok
    assert (await house.run("rollups")).ok
    found = active_hours(await house.store(), "Europe/Berlin", house.clock.now())
    assert found.hours[-1].people == 1


async def test_an_export_in_progress_elsewhere_is_waited_for(house: House) -> None:
    from jobs.export_log import _TAKE, EXPORT_LOCK

    async with house.transactions.database.begin() as db:
        await db.execute(_TAKE, {"key": EXPORT_LOCK})
        failed = await house.run("export_log")
        assert (failed.ok, failed.error) == (False, "Another node is exporting; this one comes back.")
    house.clock.advance(10)
    assert (await house.run("export_log")).ok


async def test_a_birthday_widens_an_audience_overnight(house: House) -> None:
    person = await house.person(age_band=None, birth_date=date(2008, 3, 4))
    assert person.audience == "cohort"
    await house.runner.run_due()
    house.clock.set(datetime(2026, 3, 4, 4, 0, tzinfo=UTC))
    assert (await house.run("audiences")).result == {"changed": 1}
    async with house.transactions.read() as db:
        assert (await db.execute(select(User.audience))).scalar_one() == "public"


async def test_every_job_has_a_title_and_runs_on_an_empty_house(house: House) -> None:
    ran = await house.runner.run_due()
    assert ran == [
        "presence_cleanup",
        "practice_cleanup",
        "nudge_expiry",
        "nudge_detection",
        "streak_rescue",
        "challenge_reminders",
        "nudge_mail",
        "workshops",
        "cohort_rooms",
        "audiences",
        "board_periods",
        "boards",
        "board_percentiles",
        "export_log",
        "rollups",
        "cohort_chat",
        "retention",
        "workshop_expiry",
    ]
    assert all(job.title for job in house.runner.jobs)
