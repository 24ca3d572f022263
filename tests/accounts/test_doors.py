"""Keys, tickets and passwords: kept as hashes, good for what they are for, and refused alike."""

from __future__ import annotations

import asyncio
from time import perf_counter
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from core.accounts.access import KEY_SCOPES
from core.accounts.commands import revoke_tokens
from core.accounts.keys import create_key, revoke_key
from core.accounts.principals import hash_secret
from core.accounts.staff import disable_staff, save_staff, sign_in
from core.accounts.tickets import make_ticket, use_ticket
from core.app import App, ensure_first_key
from core.clock import FakeClock
from core.errors import Forbidden, Invalid, NotFound, Unauthorized
from core.ids import new_id
from core.principal import SYSTEM, Principal
from core.transaction import Transactions
from data.database import Database
from data.tables import ApiKey, StaffAccount
from tests.accounts.people_kit import tables_that_hold
from tests.factories import Make

ADMIN = Principal(kind="staff", name="root", scopes=frozenset({"keys:write"}))
FIRST, SECOND = "first-key-0123456789-abcdefgh", "second-key-0123456789-abcdefgh"


async def refused(app: App, key: str) -> dict[str, object]:
    with pytest.raises(Unauthorized) as refusal:
        await app.principals.from_key(key)
    return refusal.value.body()


# --- API keys


async def test_a_key_is_kept_as_a_hash_and_opens_its_scopes(app: App, make: Make, database: Database) -> None:
    row, secret = await make.run(ADMIN, create_key, "school", ["events:write", "people:write"])
    principal = await app.principals.from_key(secret)
    assert (principal.kind, principal.id, principal.name) == ("key", row.id, "school")
    assert principal.scopes == {"events:write", "people:write"}
    assert row.key_hash == hash_secret(secret)
    assert await tables_that_hold(database, "school") == {"api_keys"}
    assert await tables_that_hold(database, secret) == set()


async def test_unknown_revoked_and_strange_keys_are_refused_alike(app: App, make: Make) -> None:
    row, secret = await make.run(ADMIN, create_key, "school", ["events:write"])
    await make.run(ADMIN, revoke_key, row.id)
    answers = [await refused(app, key) for key in (secret, secret[:-1], "", "\0", "\ud800", "k" * 10_000)]
    assert all(answer == answers[0] for answer in answers)
    with pytest.raises(NotFound):
        await make.run(ADMIN, revoke_key, row.id)


async def test_a_key_holds_no_scope_that_keys_cannot_have(app: App, database: Database, clock: FakeClock) -> None:
    planted = {"id": new_id(), "name": "planted", "key_hash": hash_secret("planted"), "created_at": clock.now()}
    async with database.begin() as db:
        await db.execute(insert(ApiKey).values(**planted, scopes=["admin:read", "events:write"]))
    assert (await app.principals.from_key("planted")).scopes == {"events:write"}


async def test_keys_hand_on_only_what_they_hold(app: App, make: Make) -> None:
    _, secret = await make.run(ADMIN, create_key, "school", ["keys:write", "events:write"])
    holder = await app.principals.from_key(secret)
    await make.run(holder, create_key, "class", ["events:write"])
    with pytest.raises(Forbidden):
        await make.run(holder, create_key, "class", ["tokens:staff"])
    with pytest.raises(Invalid):
        await make.run(ADMIN, create_key, "class", ["admin:read"])
    with pytest.raises(Forbidden):
        await make.run(Principal(kind="staff", name="intern"), create_key, "class", ["events:write"])


async def test_a_new_key_in_the_environment_voids_the_one_before(app: App, make: Make) -> None:
    await make.run(SYSTEM, ensure_first_key, FIRST)
    assert (await app.principals.from_key(FIRST)).scopes == KEY_SCOPES
    await make.run(SYSTEM, ensure_first_key, FIRST)
    await make.run(SYSTEM, ensure_first_key, SECOND)
    assert (await app.principals.from_key(SECOND)).scopes == KEY_SCOPES
    await refused(app, FIRST)
    async with app.transactions.read() as db:
        assert len((await db.execute(select(ApiKey))).scalars().all()) == 1


# --- tickets


async def ticket(make: Make, user_id: UUID) -> str:
    secret: str = await make.run(SYSTEM, make_ticket, user_id)
    return secret


async def test_a_ticket_lets_in_once(app: App, make: Make, database: Database) -> None:
    person = await make.person()
    secret = await ticket(make, person.id)
    assert await tables_that_hold(database, secret) == set()
    assert await make.run(SYSTEM, use_ticket, secret) == person.id
    with pytest.raises(Unauthorized):
        await make.run(SYSTEM, use_ticket, secret)


async def test_a_ticket_is_good_for_a_minute(app: App, make: Make, clock: FakeClock) -> None:
    person = await make.person()
    early, late = await ticket(make, person.id), await ticket(make, person.id)
    clock.advance(59.9)
    assert await make.run(SYSTEM, use_ticket, early) == person.id
    clock.advance(0.1)
    with pytest.raises(Unauthorized):
        await make.run(SYSTEM, use_ticket, late)


async def test_of_many_who_use_one_ticket_at_once_one_gets_in(app: App, make: Make) -> None:
    person = await make.person()
    for _ in range(3):
        secret = await ticket(make, person.id)
        uses = [make.run(SYSTEM, use_ticket, secret) for _ in range(8)]
        answers = await asyncio.gather(*uses, return_exceptions=True)
        assert [a for a in answers if not isinstance(a, Unauthorized)] == [person.id]


async def test_used_old_unknown_and_revoked_tickets_are_refused_alike(app: App, make: Make, clock: FakeClock) -> None:
    revoked, person = await make.person(), await make.person()
    used, old = await ticket(make, person.id), await ticket(make, person.id)
    await make.run(SYSTEM, use_ticket, used)
    clock.advance(61)
    void = await ticket(make, revoked.id)
    await make.run(SYSTEM, revoke_tokens, revoked.id)
    bodies = []
    for secret in (used, old, void, "enter_unknown", "", "\ud800"):
        with pytest.raises(Unauthorized) as refusal:
            await make.run(SYSTEM, use_ticket, secret)
        bodies.append(refusal.value.body())
    assert all(body == bodies[0] for body in bodies)


async def test_nobody_enters_with_the_ticket_of_somebody_erased(app: App, make: Make) -> None:
    person = await make.person()
    secret = await ticket(make, person.id)
    await make.erase(person)
    with pytest.raises(Unauthorized):
        await make.run(SYSTEM, use_ticket, secret)


# --- staff


PASSWORD = "correct horse battery"


@pytest.fixture
async def ada(app: App, make: Make) -> None:
    await make.run(SYSTEM, save_staff, "ada", PASSWORD, "admin")


@pytest.mark.usefixtures("ada")
async def test_a_password_is_kept_as_argon2id_and_nothing_else(transactions: Transactions, database: Database) -> None:
    async with transactions.read() as db:
        (account,) = (await db.execute(select(StaffAccount))).scalars()
    assert account.password_hash.startswith("$argon2id$")
    assert await tables_that_hold(database, PASSWORD) == set()
    assert await sign_in(transactions, "ada", PASSWORD) == "admin"


@pytest.mark.usefixtures("ada")
async def test_every_wrong_sign_in_gets_the_same_answer(make: Make, transactions: Transactions) -> None:
    await make.run(SYSTEM, save_staff, "bob", PASSWORD, "analyst")
    await make.run(SYSTEM, disable_staff, "bob")
    tries = [
        ("ada", PASSWORD + "!"),
        ("ada", ""),
        ("ADA", PASSWORD),
        ("nobody", PASSWORD),
        ("nobody", "nobody's password"),
        ("", ""),
        ("bob", PASSWORD),
        ("ada\0", PASSWORD),
        ("\ud800", PASSWORD),
        ("ada", "\ud800"),
        ("x" * 5000, PASSWORD),
        ("' OR '1'='1", PASSWORD),
    ]
    bodies = []
    for username, password in tries:
        with pytest.raises(Unauthorized) as refusal:
            await sign_in(transactions, username, password)
        bodies.append(refusal.value.body())
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.usefixtures("ada")
async def test_an_unknown_name_takes_as_long_as_a_known_one(transactions: Transactions) -> None:
    async def least(username: str) -> float:
        times = []
        for _ in range(3):
            began = perf_counter()
            with pytest.raises(Unauthorized):
                await sign_in(transactions, username, "wrong password")
            times.append(perf_counter() - began)
        return min(times)

    known, unknown = await least("ada"), await least("nobody")
    # Without a password to check, the answer would come some twenty times sooner.
    assert unknown > known / 4


async def test_accounts_that_make_no_sense_are_refused(app: App, make: Make) -> None:
    for username, password, role, field in (
        ("", PASSWORD, "admin", "username"),
        ("a\0b", PASSWORD, "admin", "username"),
        ("x" * 121, PASSWORD, "admin", "username"),
        ("ada", "too short", "admin", "password"),
        ("ada", PASSWORD, "emperor", "role"),
    ):
        with pytest.raises(Invalid) as problem:
            await make.run(SYSTEM, save_staff, username, password, role)
        assert [p["field"] for p in problem.value.details["fields"]] == [field]


@pytest.mark.usefixtures("ada")
async def test_saving_again_changes_password_and_role_and_enables(make: Make, transactions: Transactions) -> None:
    await make.run(SYSTEM, disable_staff, "ada")
    await make.run(SYSTEM, save_staff, "ada", "another good password", "analyst")
    assert await sign_in(transactions, "ada", "another good password") == "analyst"
    with pytest.raises(Unauthorized):
        await sign_in(transactions, "ada", PASSWORD)
    with pytest.raises(NotFound):
        await make.run(SYSTEM, disable_staff, "nobody")


async def test_a_role_that_left_the_catalogue_opens_nothing(app: App, make: Make, database: Database) -> None:
    person = await make.person()
    async with database.begin() as db:
        await db.execute(update(type(person)).values(role="emperor"))
    assert (await make.principal(person)).scopes == frozenset()
