"""People as the host makes them known: added once, brought up to date, told of in facts without a name."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.accounts.access import ROLES, STAFF_ROLES
from core.accounts.commands import PersonInput, refresh_audiences, save_person
from core.accounts.rules import PICTURES
from core.app import App
from core.clock import FakeClock
from core.errors import Forbidden, Invalid
from core.principal import SYSTEM, Principal
from data.database import Database
from data.tables import Cohort, User
from tests.accounts.people_kit import facts, facts_of, until_waiting
from tests.factories import Make

HOST = Principal(kind="key", name="host", scopes=frozenset({"people:write"}))
HEAD = Principal(kind="key", name="head office", scopes=frozenset({"people:write", "tokens:staff"}))


async def save(make: Make, actor: Principal = SYSTEM, **given: Any) -> User:
    user: User = await make.run(actor, save_person, PersonInput(**({"external_id": "p-1"} | given)))
    return user


async def stored(app: App) -> list[User]:
    async with app.transactions.read() as db:
        return list((await db.execute(select(User).order_by(User.id))).scalars())


async def types(app: App) -> list[str]:
    return [fact.type for fact in await facts(app.transactions)]


@pytest.mark.req("SC-18")
async def test_everything_that_the_host_says_is_kept(app: App, make: Make) -> None:
    parent = await save(make, external_id="p-0", name="Anna Berger", role="parent")
    user = await save(
        make,
        name=" Mia Berger ",
        role="student",
        birth_date=date(2013, 5, 1),
        nickname="Starlight",
        avatar_url="https://host.example.org/mia.png",
        cohort="blue",
        guardian="p-0",
        timezone="Europe/Berlin",
        grade_level="7b",
    )
    assert (user.name, user.first_name, user.display_name, user.username) == (
        "Mia Berger",
        "Mia",
        "Starlight",
        "Starlight",
    )
    assert (user.birth_date, user.timezone, user.grade_level) == (date(2013, 5, 1), "Europe/Berlin", "7b")
    assert (user.parent_id, user.audience) == (parent.id, "nobody")
    assert user.avatar_url == "https://host.example.org/mia.png"
    async with app.transactions.read() as db:
        cohort = await db.get(Cohort, user.cohort_id)
    assert cohort is not None
    assert cohort.external_id == "blue"


async def test_what_is_left_out_stays_and_an_empty_text_clears(app: App, make: Make) -> None:
    await save(make, external_id="p-0", name="Anna Berger")
    full: dict[str, Any] = {
        "name": "Mia Berger",
        "nickname": "Star",
        "cohort": "blue",
        "guardian": "p-0",
        "timezone": "Europe/Berlin",
    }
    await save(make, **full, grade_level="7b", avatar_url="https://h.example/m.png", age_band="18_plus", role="tutor")
    same = await save(make)
    assert (same.name, same.display_name, same.grade_level, same.role) == ("Mia Berger", "Star", "7b", "tutor")
    assert None not in (same.cohort_id, same.parent_id, same.timezone, same.avatar_url, same.age_band)
    empty: dict[str, Any] = dict.fromkeys(
        ("nickname", "cohort", "guardian", "timezone", "grade_level", "avatar_url", "age_band"), ""
    )
    cleared = await save(make, **empty)
    assert (cleared.name, cleared.role) == ("Mia Berger", "tutor")
    assert {cleared.display_name, cleared.cohort_id, cleared.parent_id, cleared.timezone} == {None}
    assert {cleared.grade_level, cleared.avatar_url, cleared.age_band} == {None}
    # Without a band the age is unknown, and the person a child.
    assert (cleared.username, cleared.audience) == ("Mia", "nobody")


@pytest.mark.req("CP-12")
async def test_facts_tell_of_people_without_a_name(app: App, make: Make) -> None:
    user = await save(make, name="Ada Byron", age_band="18_plus", cohort="blue")
    blue = user.cohort_id
    await save(make, nickname="Countess")
    await save(make, grade_level="12")
    await save(make, cohort="green", role="tutor")
    told = await facts_of(app.transactions, user.id)
    assert [fact.type for fact in told] == [
        "person_added",
        "person_updated",
        "person_updated",
        "access_changed",
    ]
    assert told[0].properties == {"role": "student"}
    assert told[2].properties == {"cohort_from": str(blue)}
    assert told[2].cohort_id not in (None, blue)
    assert not any("Ada" in str(f) or "Byron" in str(f) or "Countess" in str(f) for f in told)


async def test_a_new_person_is_told_once_and_nothing_has_changed_for_anybody(app: App, make: Make) -> None:
    await save(make, name="Ada Byron", age_band="18_plus")
    assert await types(app) == ["person_added"]


async def test_a_change_of_age_reaches_the_audience_and_the_name_at_once(app: App, make: Make) -> None:
    user = await save(make, name="Ada Byron", age_band="18_plus")
    assert (user.username, user.audience) == ("Ada Byron", "public")
    user = await save(make, age_band="under_13")
    assert (user.username, user.audience) == ("Ada", "nobody")
    (change,) = await facts(app.transactions, "audience_changed")
    assert change.properties == {"before": "public", "after": "nobody"}
    # The birth date is the better witness.
    assert (await save(make, birth_date=date(1990, 1, 1))).audience == "public"


async def test_first_requests_at_once_make_one_person(app: App, make: Make) -> None:
    for round_ in range(3):
        saves = [
            save(make, external_id=f"new-{round_}", name=f"Ada Byron{n}", age_band="18_plus", cohort=f"c-{round_}")
            for n in range(8)
        ]
        users = await asyncio.gather(*saves)
        assert len({user.id for user in users}) == 1
    assert len(await stored(app)) == 3
    assert len(await facts(app.transactions, "person_added")) == 3
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(Cohort))).scalar_one() == 3


async def test_the_second_first_request_waits_for_the_first(app: App, make: Make, database: Database) -> None:
    async with app.transactions(SYSTEM) as tx:
        first = await save_person(tx, PersonInput(external_id="p-1", name="Ada Byron", age_band="18_plus"))
        second = asyncio.create_task(save(make, name="Ada Lovelace"))
        await until_waiting(database)
    assert (await second).id == first.id
    assert [user.name for user in await stored(app)] == ["Ada Lovelace"]
    assert await types(app) == ["person_added", "person_updated"]


async def test_a_second_request_becomes_the_first_when_that_one_fails(app: App, make: Make, database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with app.transactions(SYSTEM) as tx:
            await save_person(tx, PersonInput(external_id="p-1", name="Ada Byron"))
            second = asyncio.create_task(save(make, name="Ada Lovelace"))
            await until_waiting(database)
            raise RuntimeError("the first fails")
    assert (await second).name == "Ada Lovelace"
    assert await types(app) == ["person_added"]


# --- who may say what


async def test_people_are_made_known_by_those_who_may(app: App, make: Make) -> None:
    await save(make, HOST, name="Ada Byron")
    with pytest.raises(Forbidden):
        await save(make, Principal(kind="key", scopes=frozenset({"events:write"})), name="Eve")
    with pytest.raises(Forbidden):
        await save(make, await make.principal((await stored(app))[0]), external_id="p-2", name="Eve")
    assert [user.name for user in await stored(app)] == ["Ada Byron"]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_staff_are_made_and_touched_with_the_scope_for_it_only(app: App, make: Make, role: str) -> None:
    for attempt in ({"name": "Eve", "role": role}, {"external_id": "p-9", "name": "Eve", "role": role}):
        with pytest.raises(Forbidden) as refusal:
            await save(make, HOST, **attempt)
        assert refusal.value.details == {"scope": "tokens:staff"}
    assert await stored(app) == []
    await save(make, HEAD, name="Grace Hopper", role=role)
    # Nor may a key without it touch them afterwards: not even to take the role away, or to change nothing.
    for change in ({"name": "Eve"}, {"role": "student"}, {"nickname": "x"}, {}):
        with pytest.raises(Forbidden):
            await save(make, HOST, **change)
    (user,) = await stored(app)
    assert (user.name, user.role, user.display_name) == ("Grace Hopper", role, None)
    await save(make, HEAD, role="student")
    await save(make, HOST, nickname="x")
    # Raising somebody who is known asks for it, too.
    with pytest.raises(Forbidden):
        await save(make, HOST, role=role)


def test_every_role_is_either_staff_or_anybodys_to_give() -> None:
    assert {"student", "parent", "tutor"} == ROLES.keys() - STAFF_ROLES


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"role": "emperor"}, "role"),
    ({"role": ""}, "role"),
    ({"age_band": "12"}, "age_band"),
    ({"birth_date": date(2026, 3, 3)}, "birth_date"),
    ({"birth_date": date(1899, 12, 31)}, "birth_date"),
    ({"name": ""}, "name"),
    ({"name": " \t"}, "name"),
    ({"name": "x" * 121}, "name"),
    ({"name": "a\0b"}, "name"),
    ({"name": "\ud800"}, "name"),
    ({"nickname": "x" * 61}, "nickname"),
    ({"nickname": "\0"}, "nickname"),
    ({"grade_level": "x" * 33}, "grade_level"),
    ({"avatar_url": "javascript:alert(1)"}, "avatar_url"),
    ({"avatar_url": "https://" + "x" * 500}, "avatar_url"),
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"timezone": "../../etc/passwd"}, "timezone"),
    ({"cohort": "x" * 201}, "cohort"),
    ({"cohort": "a\0"}, "cohort"),
    ({"guardian": "p-1"}, "guardian"),
    ({"guardian": "nobody-knows"}, "guardian"),
    ({"external_id": "x" * 201}, "external_id"),
    ({"external_id": "\0"}, "external_id"),
    ({"external_id": " "}, "external_id"),
]


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
async def test_what_cannot_be_is_refused_with_its_field(app: App, make: Make, known: bool) -> None:
    if known:
        await save(make, name="Ada Byron")
    for given, field in WRONG:
        with pytest.raises(Invalid) as problem:
            await save(make, **({"name": "Ada Byron"} | given))
        assert [p["field"] for p in problem.value.details["fields"]] == [field], given
    assert [user.name for user in await stored(app)] == ["Ada Byron"] * known


async def test_a_new_person_needs_a_name(app: App, make: Make) -> None:
    with pytest.raises(Invalid):
        await save(make, age_band="18_plus")
    assert await stored(app) == []


async def test_everything_wrong_is_told_at_once(app: App, make: Make) -> None:
    with pytest.raises(Invalid) as problem:
        await save(make, name="", role="emperor", age_band="old", timezone="Mars/Olympus")
    assert {p["field"] for p in problem.value.details["fields"]} == {"name", "role", "age_band", "timezone"}


async def test_hostile_names_are_kept_as_they_are(app: App, make: Make) -> None:
    hostile = "<img src=x onerror=alert(1)> '; DROP TABLE users; --"
    user = await save(make, name=hostile, nickname="{{7*7}}", age_band="18_plus")
    assert (user.name, user.username) == (hostile, "{{7*7}}")
    assert [u.name for u in await stored(app)] == [hostile]


# --- birthdays


@pytest.mark.req("CP-2", "CP-12")
async def test_birthdays_pass_child_to_teenager_to_adult(app: App, make: Make, clock: FakeClock) -> None:
    user = await save(make, name="Mia Berger", birth_date=date(2013, 3, 3))
    await save(make, external_id="p-2", name="Unknown Age")
    await save(make, external_id="p-3", name="Told Band", age_band="under_13")

    async def seen_on(day: date) -> tuple[int, str, str]:
        clock.set(clock.now().replace(year=day.year, month=day.month, day=day.day))
        changed = await make.run(SYSTEM, refresh_audiences)
        found = next(u for u in await stored(app) if u.id == user.id)
        return changed, found.audience, found.username

    assert await seen_on(date(2026, 3, 2)) == (0, "nobody", "Mia")
    assert await seen_on(date(2026, 3, 3)) == (1, "cohort", "Mia")
    assert await seen_on(date(2026, 3, 4)) == (0, "cohort", "Mia")
    assert await seen_on(date(2031, 3, 2)) == (0, "cohort", "Mia")
    assert await seen_on(date(2031, 3, 3)) == (1, "public", "Mia Berger")
    assert await seen_on(date(2031, 3, 4)) == (0, "public", "Mia Berger")
    changes = [fact.properties for fact in await facts_of(app.transactions, user.id) if fact.type == "audience_changed"]
    assert changes == [{"before": "nobody", "after": "cohort"}, {"before": "cohort", "after": "public"}]
    # A band that was told does not grow older by itself, and no age is no birthday.
    assert [u.audience for u in await stored(app)] == ["public", "nobody", "nobody"]


@pytest.mark.req("CP-2")
async def test_who_was_born_on_a_leap_day_grows_older_on_the_first_of_march(
    app: App, make: Make, clock: FakeClock
) -> None:
    clock.set(clock.now().replace(year=2025, month=2, day=27))
    await save(make, name="Mia Berger", birth_date=date(2012, 2, 29))
    for day, audience in ((date(2025, 2, 28), "nobody"), (date(2025, 3, 1), "cohort")):
        clock.set(clock.now().replace(month=day.month, day=day.day))
        await make.run(SYSTEM, refresh_audiences)
        assert [user.audience for user in await stored(app)] == [audience]


@pytest.mark.req("CP-2")
async def test_a_principal_is_of_age_on_the_day_itself(app: App, make: Make, clock: FakeClock) -> None:
    user = await save(make, name="Mia Berger", birth_date=date(2008, 3, 3))
    assert (await make.principal(user)).minor
    clock.advance(86_400)
    assert not (await make.principal(user)).minor


async def test_nobody_of_a_cohort_looks_like_another(make: Make) -> None:
    people = [await make.person(cohort="blue") for _ in range(PICTURES)]
    assert len({person.avatar for person in people}) == PICTURES
    one = await make.person(cohort="blue")
    assert one.avatar, "when every picture is taken there are two alike, and nobody is turned away"
    kept = await make.person(external_id=people[0].external_id, name="Other Name")
    assert kept.avatar == people[0].avatar
    moved = await make.person(external_id=people[1].external_id, cohort="green")
    assert moved.avatar == people[1].avatar, "a picture stays with its person while nobody else has it"
