"""Age and consent against every action: one table, written by hand, for the rule and for the gate with real people."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.accounts.commands import ConsentInput, set_consents
from core.accounts.rules import CONSENT_SCOPES, Band
from core.app import App
from core.errors import Forbidden
from core.principal import SYSTEM
from core.safety.gate import ActionRequest
from core.safety.rules import ACTIONS, Looked, decide
from core.social.friendships import request_friendship
from data.tables import User
from tests.factories import Make

TABLE = """
age      none              given   withdrawn
unknown  coppa_no_consent  ok      coppa_no_consent
0        coppa_no_consent  ok      coppa_no_consent
12       coppa_no_consent  ok      coppa_no_consent
13       ok                ok      consent_withdrawn
17       ok                ok      consent_withdrawn
18       ok                ok      ok
"""
NEEDS = {
    "show_presence": "social_visibility",
    "react": "social_visibility",
    "friend_request": "social_visibility",
    "friend_answer": "social_visibility",
    "send_message": "social_visibility",
    "challenge": "social_visibility",
    "choose_name": "social_visibility",
    "join_challenge": "social_visibility",
    "co_practice": "social_visibility",
    "co_answer": "social_visibility",
    "social_sharing": "sharing_outside",
    "send_invite": "sharing_outside",
    "practise": None,
    "block_person": None,
    "report": None,
    "report_message": None,
}
"""The consent that each action asks for. To practise alone, and to defend oneself, asks for none."""

AGES: dict[str, dict[str, Any]] = {
    "unknown": {"age_band": "unknown"},
    "0": {"birth_date": date(2026, 3, 2)},
    "12": {"birth_date": date(2013, 3, 3)},
    "13": {"birth_date": date(2013, 3, 2)},
    "17": {"birth_date": date(2008, 3, 3)},
    "18": {"birth_date": date(2008, 3, 2)},
}
"""On the day of the tests' clock; the ages next to a limit are a day from it."""


def expected() -> dict[tuple[str, str], str]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {(row[0], state): reason for row in rows for state, reason in zip(head[1:], row[1:], strict=True)}


def test_no_action_is_missing_in_the_table() -> None:
    assert ACTIONS.keys() == NEEDS.keys()
    assert {key[0] for key in expected()} == AGES.keys()


async def decide_for(make: Make, age: str, state: str, scope: str | None) -> User:
    person = await make.person(**({"age_band": None} | AGES[age]))
    scopes = [scope] if scope else list(CONSENT_SCOPES)
    for given in {"none": [], "given": [True], "withdrawn": [True, False]}[state]:
        consents = [ConsentInput(scope=s, given=given, method="signed_form") for s in scopes]
        await make.run(SYSTEM, set_consents, person.external_id, consents)
    return person


async def ask(app: App, make: Make, person: User, action: str) -> str:
    actor = await make.principal(person)
    async with app.transactions(actor) as tx:
        decision = await app.gate.check_action(tx, ActionRequest(actor=actor, action=action))
    assert decision.allowed == (decision.reason == "ok")
    return decision.reason


@pytest.mark.req("TS-1", "CP-2", "CP-5", "TS-10")
@pytest.mark.parametrize("scope", sorted({scope or "" for scope in NEEDS.values()}))
async def test_the_gate_decides_by_the_table(app: App, make: Make, scope: str) -> None:
    for (age, state), reason in expected().items():
        person = await decide_for(make, age, state, scope or None)
        for action in (action for action, needed in NEEDS.items() if (needed or "") == scope):
            answer = await ask(app, make, person, action)
            assert answer == (reason if scope else "ok"), (age, state, action)


@pytest.mark.req("CP-5")
async def test_another_consent_is_no_consent(app: App, make: Make) -> None:
    for scope in {scope for scope in NEEDS.values() if scope}:
        child = await make.child(*(s for s in CONSENT_SCOPES if s != scope))
        for action in (action for action, needed in NEEDS.items() if needed == scope):
            assert await ask(app, make, child, action) == "coppa_no_consent", action


@pytest.mark.req("TS-1", "CP-5")
@pytest.mark.parametrize("band", ["child", "teen", "adult"])
def test_the_rule_alone_says_the_same(band: Band) -> None:
    age = {"child": "12", "teen": "17", "adult": "18"}[band]
    for action, scope in NEEDS.items():
        for state, given in (("none", None), ("given", True), ("withdrawn", False)):
            consents = {scope: given} if scope and given is not None else {}
            reason = expected()[age, state] if scope else "ok"
            assert decide(action, Looked(band, consents)).reason == reason


@pytest.mark.req("TS-10")
def test_a_child_of_twelve_who_shares_is_told_why_not() -> None:
    decision = decide("social_sharing", Looked("child", {}))
    assert (decision.allowed, decision.reason) == (False, "coppa_no_consent")


@pytest.mark.req("CP-18", "TS-1")
async def test_a_command_is_refused_allowed_and_refused_again(app: App, make: Make) -> None:
    child, friend = await make.child(cohort="blue"), await make.person(cohort="blue")

    async def request() -> str:
        status: str = await make.run(await make.principal(child), request_friendship, app.gate, friend.id)
        return status

    async def refused() -> None:
        with pytest.raises(Forbidden) as refusal:
            await request()
        assert refusal.value.body()["error"]["type"] == "coppa_no_consent"

    await refused()
    await make.consent(child, "social_visibility")
    assert await request() == "pending"
    await make.consent(child, "social_visibility", given=False)
    await refused()


async def test_a_birthday_opens_the_gate_on_the_day(app: App, make: Make) -> None:
    for age, reason in (("12", "coppa_no_consent"), ("13", "ok")):
        person = await make.person(**({"age_band": None} | AGES[age]))
        assert await ask(app, make, person, "react") == reason
