"""Erasure: nothing is left of a person but counts under an id that means nobody."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select

from core.accounts.commands import ConsentInput, save_person, set_consents
from core.accounts.erasure import erase_person
from core.accounts.inputs import PersonInput
from core.accounts.tickets import make_ticket
from core.activity.commands import record_events, take_in
from core.app import App
from core.clock import FakeClock
from core.errors import Forbidden, NotFound, Unauthorized
from core.events.catalog import PersonErased
from core.ids import new_id
from core.principal import SYSTEM, Principal
from core.safety.commands import list_subject
from core.safety.gate import ActionRequest
from core.social.friendships import answer_friendship, block_person, request_friendship
from core.transaction import Transaction
from data.database import Database
from data.tables import ActivityRow, EventRow, IdempotencyKey, ParkedEvent, PresenceRow, User
from tests.accounts.people_kit import facts_of, tables_that_hold, until_waiting
from tests.factories import Make

NEEDLES = ("Quixworth", "Zebulon", "Zebbynick", "host-zebulon-77")
STAFF = Principal(kind="staff", name="root", scopes=frozenset({"blocklist:write"}))


async def a_full_life(app: App, make: Make, clock: FakeClock) -> User:
    """Somebody whose traces are in every table that people leave traces in."""
    parent, friend, foe = await make.person(role="parent"), await make.person(), await make.person()
    who = await make.person(
        external_id="host-zebulon-77",
        name="Zebulon Quixworth",
        nickname="Zebbynick",
        guardian=parent.external_id,
        cohort="blue",
    )
    evidence = ConsentInput(scope="collection", given=True, method="signed_form", evidence="Zebulon Quixworth's form")
    await make.run(SYSTEM, set_consents, who.external_id, [evidence])
    await make.run(await make.principal(friend), request_friendship, app.gate, who.id)
    await make.run(await make.principal(who), answer_friendship, app.gate, friend.id, True)
    await make.run(await make.principal(who), block_person, app.gate, foe.id)
    await app.settle()
    for number in range(3):
        await make.fact(who, id=f"host-zebulon-77/{number}")
    await make.fact(who, "note_recorded", properties={"text": "Zebulon Quixworth, called Zebbynick, did well."})
    await make.run(SYSTEM, make_ticket, who.id)
    await make.run(STAFF, list_subject, "user", str(who.id), "Zebbynick was rude")
    request = ActionRequest(
        actor=await make.principal(foe), action="block_person", target_id=who.id, context={"host": who.external_id}
    )
    await make.run(SYSTEM, admit, app, request)
    await plant(app, who, clock)
    return who


async def admit(tx: Transaction, app: App, request: ActionRequest) -> None:
    await app.gate.admit(tx, request)


async def plant(app: App, who: User, clock: FakeClock) -> None:
    """What other parts of the house write about people."""
    now = clock.now()
    async with app.transactions(SYSTEM) as tx:
        about = {"user_id": str(who.id), "people": [{"external_id": who.external_id, "name": "Zebulon"}]}
        for caller, key, body in (("key", "k-1", about), ("key", who.external_id, {}), ("key", "k-2", {"other": "x"})):
            row = {"caller": caller, "key": key, "request_hash": b"h", "status": 201, "body": body, "created_at": now}
            await tx.db.execute(insert(IdempotencyKey).values(row))
        seq = (await tx.db.execute(select(func.max(EventRow.seq)).where(EventRow.user_id == who.id))).scalar_one()
        parked = {"reaction": "r", "seq": seq, "error": "KeyError('Zebulon')", "parked_at": now}
        await tx.db.execute(insert(ParkedEvent).values(parked))
        presence = {"id": new_id(), "user_id": who.id, "session_id": "s-1", "details": {"name": "Zebbynick"}}
        await tx.db.execute(insert(PresenceRow).values(**presence, connected_at=now, last_seen_at=now))


async def where_they_are(database: Database) -> dict[str, set[str]]:
    return {needle: await tables_that_hold(database, needle) for needle in NEEDLES}


async def test_an_erased_person_is_in_no_table_any_more(
    app: App, make: Make, database: Database, clock: FakeClock
) -> None:
    who = await a_full_life(app, make, clock)
    before = await where_they_are(database)
    # The search finds what is there: otherwise finding nothing afterwards would say nothing.
    assert before["Quixworth"] >= {"users", "event_log", "parental_consents"}
    assert before["Zebbynick"] >= {"blocklist", "presence_sessions"}
    assert before["Zebulon"] >= {"idempotency_keys", "parked_events"}
    assert before["host-zebulon-77"] >= {"users", "inbound_keys", "idempotency_keys", "audit_log"}
    facts_before = await facts_of(app.transactions, who.id)
    await make.run(SYSTEM, erase_person, who.external_id)
    assert await where_they_are(database) == {needle: set() for needle in NEEDLES}
    # What happened still counts, under an id that means nobody.
    facts_after = await facts_of(app.transactions, who.id)
    assert [f.type for f in facts_after] == [*(f.type for f in facts_before), "person_erased"]
    assert sum(f.type == "practice_completed" for f in facts_after) == 3
    # Others' new friendships still speak of that id.
    kept = {"event_log", "audit_log", "activity_events"}
    assert await tables_that_hold(database, str(who.id)) <= kept
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(IdempotencyKey))).scalar_one() == 1


@pytest.mark.req("RT-3")
async def test_nobody_can_be_the_erased_person(app: App, make: Make) -> None:
    who = await make.person()
    token = make.token(who)
    await make.erase(who)
    with pytest.raises(Unauthorized):
        await app.principals.from_token(token, "socket")
    with pytest.raises(NotFound):
        await make.erase(who)


async def test_the_same_host_id_is_later_somebody_else(app: App, make: Make) -> None:
    first = await make.person(external_id="p-1", name="Zebulon Quixworth", cohort="blue")
    await make.fact(first, id="evt-of-p-1")
    await make.erase(first)
    second = await make.person(external_id="p-1", name="Ada Byron")
    assert second.id != first.id
    assert (second.cohort_id, second.username) == (None, "Ada Byron")
    result = await make.fact(second, id="evt-of-p-1")
    assert result.status == "accepted"
    async with app.transactions.read() as db:
        rows = (await db.execute(select(ActivityRow))).scalars().all()
    assert [row.user_id for row in rows] == [second.id]
    assert [f.type for f in await facts_of(app.transactions, second.id)][:2] == ["person_added", "practice_completed"]


async def test_the_erasure_of_a_guardian_keeps_the_child(app: App, make: Make) -> None:
    parent = await make.person(role="parent")
    child = await make.child("social_visibility", guardian=parent.external_id)
    await make.erase(parent)
    async with app.transactions.read() as db:
        row = await db.get(User, child.id)
    assert row is not None
    assert (row.parent_id, row.audience) == (None, "cohort")


async def test_erasing_asks_for_the_scope(app: App, make: Make) -> None:
    who = await make.person()
    for actor in (await make.principal(who), Principal(kind="key", scopes=frozenset({"people:write"}))):
        with pytest.raises(Forbidden):
            await make.run(actor, erase_person, who.external_id)
    await make.run(Principal(kind="key", scopes=frozenset({"people:erase"})), erase_person, who.external_id)


async def test_who_watches_is_told_as_far_as_the_person_was_seen(app: App, make: Make) -> None:
    hidden, seen = await make.child(cohort="blue"), await make.person(cohort="blue")
    ids = {await make.run(SYSTEM, erase_person, p.external_id): p for p in (hidden, seen)}
    told = {}
    for user_id in ids:
        told[user_id] = (await facts_of(app.transactions, user_id))[-1]
    assert all(isinstance(fact.event, PersonErased) for fact in told.values())
    assert told[hidden.id].visibility == "private"
    assert told[seen.id].visibility == "public"


# --- erasure in the middle of the host's stream


async def left_of(app: App, user_id: UUID) -> tuple[int, int]:
    """Personal texts and feed rows that are still there."""
    async with app.transactions.read() as db:
        texts = select(func.count()).where(EventRow.user_id == user_id, EventRow.personal.is_not(None))
        rows = select(func.count()).where(ActivityRow.user_id == user_id)
        return (await db.execute(texts)).scalar_one(), (await db.execute(rows)).scalar_one()


async def test_an_erasure_waits_for_what_is_being_taken_in(app: App, make: Make, database: Database) -> None:
    who = await make.person()
    note = make.event(who, "note_recorded", properties={"text": "Zebulon was here"})
    async with app.transactions(SYSTEM) as tx:
        results = await record_events(tx, [note, make.event(who)], "host")
        assert [r.status for r in results] == ["accepted", "accepted"]
        erasure = asyncio.create_task(make.erase(who))
        await until_waiting(database)
    await erasure
    assert await left_of(app, who.id) == (0, 0)
    assert await tables_that_hold(database, "Zebulon") == set()
    assert [f.type for f in await facts_of(app.transactions, who.id)] == [
        "person_added",
        "note_recorded",
        "practice_completed",
        "person_erased",
    ]


async def test_what_comes_in_during_an_erasure_finds_nobody(app: App, make: Make, database: Database) -> None:
    who = await make.person()
    async with app.transactions(SYSTEM) as tx:
        await erase_person(tx, who.external_id)
        taking = asyncio.create_task(take_in(app.transactions, SYSTEM, [make.event(who)]))
        await until_waiting(database)
    (result,) = await taking
    assert (result.status, result.reason) == ("rejected", "unknown_person")
    assert await left_of(app, who.id) == (0, 0)


async def test_erasures_in_a_stream_leave_nothing_and_lose_nobody_elses(app: App, make: Make) -> None:
    for _ in range(3):
        who, other = await make.person(), await make.person()
        batch = [
            make.event(person, "note_recorded", properties={"text": "Zebulon"}) if n % 2 else make.event(person)
            for n in range(30)
            for person in (who, other)
        ]
        batches = [take_in(app.transactions, SYSTEM, batch[start::3]) for start in range(3)]
        taking = asyncio.gather(*batches)
        await make.erase(who)
        answers = await taking
        assert await left_of(app, who.id) == (0, 0)
        assert await left_of(app, other.id) == (15, 15)
        taken = sum(r.status == "accepted" for answer in answers for r in answer)
        told = [f.type for f in await facts_of(app.transactions, who.id)]
        told += [f.type for f in await facts_of(app.transactions, other.id)]
        assert sum(kind in ("note_recorded", "practice_completed") for kind in told) == taken


async def test_saving_and_erasing_at_once_ends_in_one_of_the_two(app: App, make: Make) -> None:
    for _ in range(3):
        who = await make.person(external_id="p-1", name="Zebulon Quixworth")
        again = PersonInput(external_id="p-1", name="Ada Byron")
        saved, _ = await asyncio.gather(make.run(SYSTEM, save_person, again), make.erase(who))
        async with app.transactions.read() as db:
            rows = (await db.execute(select(User))).scalars().all()
        assert [row.name for row in rows] in ([], ["Ada Byron"])
        assert not rows or rows[0].id == saved.id != who.id
        async with app.transactions(SYSTEM) as tx:
            await tx.db.execute(delete(User))
