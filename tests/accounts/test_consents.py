"""Consents: given, withdrawn and given again, scope by scope, in force at once."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.accounts.commands import POLICY_VERSION, ConsentInput, refresh_audiences, set_consents
from core.accounts.rules import CONSENT_SCOPES
from core.app import App
from core.clock import FakeClock
from core.errors import Forbidden, Invalid, NotFound
from core.principal import SYSTEM, Principal
from data.tables import ParentalConsent, User
from tests.accounts.people_kit import facts_of
from tests.factories import Make

SOCIAL = "social_visibility"


def consent(**given: Any) -> ConsentInput:
    values: dict[str, Any] = {"scope": SOCIAL, "given": True, "method": "signed_form"}
    return ConsentInput(**(values | given))


async def say(make: Make, person: User, given: bool, scope: str = SOCIAL, **more: Any) -> User:
    decided = consent(scope=scope, given=given, **more)
    user: User = await make.run(SYSTEM, set_consents, person.external_id, [decided])
    return user


async def records(app: App, person: User) -> dict[str, ParentalConsent]:
    async with app.transactions.read() as db:
        rows = await db.execute(select(ParentalConsent).where(ParentalConsent.user_id == person.id))
        return {row.scope: row for row in rows.scalars()}


@pytest.mark.req("CP-4", "SC-13")
async def test_the_record_tells_who_decided_what_how_and_when(app: App, make: Make, clock: FakeClock) -> None:
    parent = await make.person(name="Anna Berger", role="parent")
    child = await make.child(guardian=parent.external_id)
    given_at = clock.now()
    await say(make, child, True, evidence="archive 17/4", method="video_call")
    row = (await records(app, child))[SOCIAL]
    assert (row.user_id, row.parent_id, row.consent_given) == (child.id, parent.id, True)
    assert (row.method, row.evidence, row.policy_version) == ("video_call", "archive 17/4", POLICY_VERSION)
    assert (row.given_at, row.withdrawn_at) == (given_at, None)
    clock.advance(3600)
    await say(make, child, False, method="phone_call")
    row = (await records(app, child))[SOCIAL]
    assert (row.consent_given, row.method) == (False, "phone_call")
    assert (row.given_at, row.withdrawn_at) == (given_at, given_at + timedelta(hours=1))
    clock.advance(3600)
    await say(make, child, True)
    row = (await records(app, child))[SOCIAL]
    assert (row.given_at, row.withdrawn_at) == (given_at + timedelta(hours=2), None)


@pytest.mark.req("CP-4", "CP-12")
async def test_a_consent_acts_at_once_and_so_does_its_end(app: App, make: Make) -> None:
    child = await make.child(cohort="blue")
    assert child.audience == "nobody"
    for given in (True, False, True, True, False):
        assert (await say(make, child, given)).audience == ("cohort" if given else "nobody")
    told = [(f.type, dict(f.properties)) for f in await facts_of(app.transactions, child.id)]
    narrow, wide = {"before": "cohort", "after": "nobody"}, {"before": "nobody", "after": "cohort"}
    assert [properties for kind, properties in told if kind == "audience_changed"] == [wide, narrow, wide, narrow]
    assert [kind for kind, _ in told if kind.startswith("consent_")] == [
        "consent_given",
        "consent_withdrawn",
        "consent_given",
        "consent_withdrawn",
    ]
    # Open sockets and pages are judged again each time.
    assert sum(kind == "access_changed" for kind, _ in told) == 5


@pytest.mark.req("CP-5")
async def test_each_scope_is_a_consent_of_its_own(app: App, make: Make) -> None:
    assert set(CONSENT_SCOPES) == {
        "collection",
        "social_visibility",
        "sharing_outside",
        "audio_transcripts",
        "third_party_disclosure",
    }
    child = await make.child()
    for scope in CONSENT_SCOPES:
        user = await say(make, child, True, scope)
        given = {name for name, row in (await records(app, child)).items() if row.consent_given}
        assert given == {scope}
        assert user.audience == ("cohort" if scope == SOCIAL else "nobody")
        await say(make, child, False, scope)


@pytest.mark.req("CP-5", "CP-12")
async def test_a_teenager_needs_no_yes_but_a_no_holds_until_they_are_of_age(
    app: App, make: Make, clock: FakeClock
) -> None:
    teen = await make.person(birth_date=date(2008, 3, 3), age_band=None)
    assert teen.audience == "cohort"
    assert (await say(make, teen, False)).audience == "nobody"
    assert await make.run(SYSTEM, refresh_audiences) == 0
    assert (await say(make, teen, True)).audience == "cohort"
    await say(make, teen, False)
    clock.advance(86_400)
    assert await make.run(SYSTEM, refresh_audiences) == 1
    assert (await make.principal(teen)).audience == "public"


async def test_refusing_what_was_never_given_is_kept_and_told_to_nobody(app: App, make: Make) -> None:
    child = await make.child()
    await say(make, child, False)
    row = (await records(app, child))[SOCIAL]
    assert (row.consent_given, row.given_at) == (False, None)
    assert [f.type for f in await facts_of(app.transactions, child.id)] == ["person_added", "access_changed"]


async def test_the_guardian_of_a_consent_may_be_named_or_is_the_childs(app: App, make: Make) -> None:
    mother, father = await make.person(), await make.person()
    child = await make.child(guardian=mother.external_id)
    await say(make, child, True)
    assert (await records(app, child))[SOCIAL].parent_id == mother.id
    await say(make, child, True, guardian=father.external_id)
    assert (await records(app, child))[SOCIAL].parent_id == father.id
    await say(make, child, False)
    assert (await records(app, child))[SOCIAL].parent_id == father.id
    # The record outlives who decided.
    await make.erase(father)
    row = (await records(app, child))[SOCIAL]
    assert (row.parent_id, row.consent_given) == (None, False)


async def test_what_makes_no_sense_is_refused_whole(app: App, make: Make) -> None:
    child = await make.child()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"scope": "everything"}, "scope"),
        ({"method": "Signed form!"}, "method"),
        ({"method": ""}, "method"),
        ({"guardian": child.external_id}, "guardian"),
        ({"guardian": "nobody-knows"}, "guardian"),
        ({"guardian": "\0"}, "guardian"),
        ({"at": datetime.fromisoformat("0001-01-01T00:00:00+14:00")}, "at"),
        ({"at": datetime(2026, 3, 2)}, "at"),
        ({"at": datetime.fromisoformat("9999-12-31T23:59:59-14:00")}, "at"),
        ({"evidence": "\0"}, "evidence"),
        ({"evidence": "x" * 2001}, "evidence"),
    ]
    for given, field in wrong:
        with pytest.raises(Invalid) as problem:
            await make.run(SYSTEM, set_consents, child.external_id, [consent(scope="collection"), consent(**given)])
        assert [p["field"] for p in problem.value.details["fields"]] == [field]
    assert await records(app, child) == {}
    # The log holds nothing that its readers could stumble over.
    await app.settle()


async def test_only_who_may_attests_and_only_for_somebody_known(app: App, make: Make) -> None:
    child = await make.child()
    given = [consent()]
    with pytest.raises(Forbidden):
        await make.run(await make.principal(child), set_consents, child.external_id, given)
    with pytest.raises(Forbidden):
        key = Principal(kind="key", scopes=frozenset({"people:write"}))
        await make.run(key, set_consents, child.external_id, given)
    with pytest.raises(NotFound):
        await make.run(SYSTEM, set_consents, "nobody-knows", given)
    assert await records(app, child) == {}
    key = Principal(kind="key", scopes=frozenset({"consents:write"}))
    assert (await make.run(key, set_consents, child.external_id, given)).audience == "cohort"


async def test_decisions_at_once_leave_the_last_one_in_force(app: App, make: Make) -> None:
    child = await make.child()
    for _ in range(3):
        await asyncio.gather(*(say(make, child, n % 2 == 0) for n in range(6)))
        row = (await records(app, child))[SOCIAL]
        assert (await make.principal(child)).audience == ("cohort" if row.consent_given else "nobody")
    changes = [f for f in await facts_of(app.transactions, child.id) if f.type == "audience_changed"]
    # Told in the order in which they were decided: each begins where the one before ended.
    ends = ["nobody", *(f.properties["after"] for f in changes)]
    assert [f.properties["before"] for f in changes] == ends[:-1]


async def test_a_decision_keeps_the_time_the_host_gives_and_an_older_one_changes_nothing(app: App, make: Make) -> None:
    child = await make.child()
    now = app.clock.now()

    async def decide(given: bool, at: datetime | None) -> User:
        consent = ConsentInput(scope="social_visibility", given=given, method="signed_form", at=at)
        user: User = await make.run(SYSTEM, set_consents, child.external_id, [consent])
        return user

    assert (await decide(True, now - timedelta(days=30))).audience == "cohort"
    assert (await decide(False, now - timedelta(days=10))).audience == "nobody"
    assert (await decide(True, now - timedelta(days=20))).audience == "nobody", "told late, decided before"
    async with app.transactions.read() as db:
        row = (await db.execute(select(ParentalConsent).where(ParentalConsent.user_id == child.id))).scalar_one()
    assert (row.given_at, row.withdrawn_at) == (now - timedelta(days=30), now - timedelta(days=10))
    with pytest.raises(Invalid):
        await decide(True, now + timedelta(hours=1))
    assert (await decide(True, None)).audience == "cohort"


async def test_a_no_is_never_lost_to_a_clock_that_errs(app: App, make: Make, clock: FakeClock) -> None:
    child = await make.child()
    # The host's clock is ahead when the parent says yes, and its later no is told without a time.
    await say(make, child, True, at=clock.now() + timedelta(minutes=4))
    assert (await records(app, child))[SOCIAL].given_at == clock.now()
    clock.advance(30)
    assert (await say(make, child, False)).audience == "nobody"
    await say(make, child, True)
    # Or it is behind, and its no seems to come before the yes.
    clock.advance(30)
    assert (await say(make, child, False, at=clock.now() - timedelta(minutes=3))).audience == "nobody"
    # A yes in doubt does not count.
    assert (await say(make, child, True, at=clock.now() - timedelta(minutes=3))).audience == "nobody"
