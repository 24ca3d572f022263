"""The block-list: people, devices and addresses, with a reason, an author and an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, text

from core.app import App
from core.clock import FakeClock
from core.errors import Conflict, Forbidden, Invalid, Unauthorized
from core.principal import Principal
from core.safety.commands import MOST, list_subject, unlist_subject
from core.safety.gate import ActionRequest
from data.database import Database
from data.tables import BlocklistRow, User
from tests.accounts.people_kit import facts
from tests.factories import Make

STAFF = Principal(kind="staff", name="ada", scopes=frozenset({"blocklist:write"}))


async def reason(app: App, make: Make, person: User, **given: Any) -> str:
    """What the gate says a second later."""
    assert isinstance(app.clock, FakeClock)
    app.clock.advance(1)
    actor = await make.principal(person)
    async with app.transactions(actor) as tx:
        return (await app.gate.check_action(tx, ActionRequest(actor=actor, action="react", **given))).reason


async def rows(app: App) -> list[BlocklistRow]:
    async with app.transactions.read() as db:
        return list((await db.execute(select(BlocklistRow).order_by(BlocklistRow.id))).scalars())


@pytest.mark.req("TS-4")
async def test_listed_people_devices_and_addresses_do_nothing(app: App, make: Make) -> None:
    listed, other = await make.person(), await make.person()
    await make.run(STAFF, list_subject, "user", str(listed.id), "insults")
    await make.run(STAFF, list_subject, "device", "device-1", "many accounts")
    await make.run(STAFF, list_subject, "ip", "203.0.113.7", "scraping")
    assert await reason(app, make, listed) == "listed_user"
    assert await reason(app, make, other) == "ok"
    assert await reason(app, make, other, device_id="device-1") == "listed_device"
    assert await reason(app, make, other, device_id="device-2") == "ok"
    assert await reason(app, make, other, ip="203.0.113.7") == "listed_ip"
    assert await reason(app, make, other, ip="203.0.113.8") == "ok"
    # The reason does not depend on the order in which the database finds them.
    assert await reason(app, make, listed, device_id="device-1", ip="203.0.113.7") == "listed_user"
    assert await reason(app, make, other, device_id="device-1", ip="203.0.113.7") == "listed_device"
    for kind, value in (("user", str(listed.id)), ("device", "device-1"), ("ip", "203.0.113.7")):
        await make.run(STAFF, unlist_subject, kind, value)
    assert await reason(app, make, listed, device_id="device-1", ip="203.0.113.7") == "ok"


@pytest.mark.req("TS-4")
async def test_the_device_of_a_person_counts_without_being_named(app: App, make: Make, database: Database) -> None:
    person = await make.person()
    async with database.begin() as db:
        (user,) = (await db.execute(select(User))).scalars()
        user.device_id = "device-1"
    await make.run(STAFF, list_subject, "device", "device-1", "many accounts")
    assert await reason(app, make, person) == "listed_device"
    assert await reason(app, make, person, device_id="device-2") == "ok"


@pytest.mark.req("TS-4")
async def test_an_entry_ends_when_it_was_said_to(app: App, make: Make, clock: FakeClock) -> None:
    person = await make.person()
    await make.run(STAFF, list_subject, "user", str(person.id), "insults", clock.now() + timedelta(hours=1))
    assert await reason(app, make, person) == "listed_user"
    clock.advance(3597)
    assert await reason(app, make, person) == "listed_user"
    assert await reason(app, make, person) == "ok"


@pytest.mark.req("TS-4")
async def test_an_entry_tells_why_by_whom_and_until_when(app: App, make: Make, clock: FakeClock) -> None:
    person, admin = await make.person(), await make.person(role="admin", name="Ada Quinn")
    until = clock.now() + timedelta(days=7)
    await make.run(STAFF, list_subject, "user", str(person.id).upper(), " insults ", until)
    (row,) = await rows(app)
    assert (row.kind, row.value, row.reason, row.author) == ("user", str(person.id), "insults", "ada")
    assert (row.created_at, row.expires_at) == (clock.now(), until)
    clock.advance(60)
    await make.run(await make.principal(admin), list_subject, "user", str(person.id), "threats")
    (row,) = await rows(app)
    assert (row.reason, row.author, row.expires_at) == ("threats", str(admin.id), None)
    assert row.created_at == clock.now()


@pytest.mark.req("TS-4")
@pytest.mark.parametrize(
    ("listed", "used"),
    [
        ("203.0.113.7", "::ffff:203.0.113.7"),
        ("2001:DB8::1", "2001:db8:0:0:0:0:0:1"),
        (" 203.0.113.7 ", "203.0.113.7"),
    ],
)
async def test_one_address_has_one_form(app: App, make: Make, listed: str, used: str) -> None:
    person = await make.person()
    await make.run(STAFF, list_subject, "ip", listed, "scraping")
    assert await reason(app, make, person, ip=used) == "listed_ip"
    await make.run(STAFF, unlist_subject, "ip", used)
    assert await rows(app) == []


async def test_what_makes_no_sense_is_refused(app: App, make: Make, clock: FakeClock) -> None:
    wrong: list[tuple[Any, ...]] = [
        ("planet", "mars", "why"),
        ("user", "not-an-id", "why"),
        ("ip", "999.1.1.1", "why"),
        ("ip", "", "why"),
        ("device", "", "why"),
        ("device", "x" * 201, "why"),
        ("device", "a\0", "why"),
        ("device", "d", " "),
        ("device", "d", "\0"),
        ("device", "d", "why", clock.now()),
    ]
    for arguments in wrong:
        with pytest.raises(Invalid):
            await make.run(STAFF, list_subject, *arguments)
    assert await rows(app) == []
    # Nor does it trip the gate when somebody calls with it.
    person = await make.person()
    assert await reason(app, make, person, ip="nonsense", device_id="\0") == "ok"


async def test_only_who_may_keeps_the_list(app: App, make: Make) -> None:
    person = await make.person()
    actor = await make.principal(person)
    with pytest.raises(Forbidden):
        await make.run(actor, list_subject, "user", str(person.id), "because")
    with pytest.raises(Forbidden):
        await make.run(actor, unlist_subject, "user", str(person.id))


@pytest.mark.req("TS-4", "RT-2")
async def test_a_listed_person_is_signed_out(app: App, make: Make) -> None:
    person = await make.person()
    token = make.token(person)
    await make.run(STAFF, list_subject, "user", str(person.id), "insults")
    with pytest.raises(Unauthorized):
        await app.principals.from_token(token, "socket")
    told = await facts(app.transactions, "access_changed")
    assert [(f.user_id, f.properties) for f in told] == [(person.id, {"reason": "blocklist"})]
    await make.run(STAFF, list_subject, "user", str(uuid4()), "an account of yesterday")


@pytest.mark.req("TS-4")
async def test_the_gate_reads_the_list_once_a_second_and_only_when_it_changed(
    app: App, make: Make, database: Database, clock: FakeClock
) -> None:
    person = await make.person()
    questions: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: questions.append(given[2]))

    async def asked(**given: Any) -> int:
        """How often the gate asked about the list, for one decision within the same second."""
        questions.clear()
        actor = await make.principal(person)
        async with app.transactions(actor) as tx:
            await app.gate.check_action(tx, ActionRequest(actor=actor, action="react", **given))
        return sum("blocklist" in question for question in questions)

    assert await asked() == 2
    assert await asked(ip="203.0.113.7") == 0
    clock.advance(1)
    assert await asked() == 1
    await make.run(STAFF, list_subject, "ip", "203.0.113.7", "scraping")
    assert await asked() == 0
    clock.advance(1)
    assert await asked() == 2


@pytest.mark.req("TS-4")
async def test_no_change_of_the_list_is_overlooked(app: App, make: Make) -> None:
    person = await make.person()
    await make.run(STAFF, list_subject, "device", "d-1", "why")
    await make.run(STAFF, list_subject, "device", "d-2", "why")
    assert await reason(app, make, person, device_id="d-1") == "listed_device"
    # One comes as another goes; one is changed: neither the number of rows nor the latest of them tells.
    await make.run(STAFF, unlist_subject, "device", "d-2")
    await make.run(STAFF, list_subject, "device", "d-3", "why")
    assert await reason(app, make, person, device_id="d-3") == "listed_device"
    assert await reason(app, make, person, device_id="d-2") == "ok"
    await make.run(STAFF, list_subject, "device", "d-3", "why", app.clock.now() + timedelta(seconds=1.5))
    assert await reason(app, make, person, device_id="d-3") == "listed_device"
    assert await reason(app, make, person, device_id="d-3") == "ok"


@pytest.mark.req("TS-4")
async def test_the_list_is_bounded_and_what_has_ended_makes_room(
    app: App, make: Make, database: Database, clock: FakeClock
) -> None:
    fill = text(
        "INSERT INTO blocklist (id, kind, value, reason, author, created_at, expires_at)"
        " SELECT gen_random_uuid(), 'device', 'd-' || n, 'why', 'ada', :now, :later FROM generate_series(1, :most) n"
    )
    later = clock.now() + timedelta(hours=1)
    async with database.begin() as db:
        await db.execute(fill, {"now": clock.now(), "later": later, "most": MOST})
    with pytest.raises(Conflict):
        await make.run(STAFF, list_subject, "device", "one-more", "why")
    # What stands on it can still be changed.
    await make.run(STAFF, list_subject, "device", "d-1", "another reason")
    clock.advance(3600)
    await make.run(STAFF, list_subject, "device", "one-more", "why")
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(BlocklistRow))).scalar_one() == 2
