"""Tokens, and the one answer to everything that is not a good one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.accounts.access import ROLES
from core.accounts.commands import revoke_tokens
from core.accounts.tokens import DAY, PURPOSES, Purpose, Tokens
from core.app import App
from core.clock import FakeClock
from core.errors import Unauthorized
from core.principal import SYSTEM
from core.social.friendships import block_person
from tests.accounts.people_kit import facts
from tests.factories import SECRET, Make

REFUSAL = {
    "error": {
        "type": "unauthorized",
        "message": "A valid sign-in is needed.",
        "temporary": False,
        "details": {},
    }
}
ANOTHER = "another-secret-0123456789-abcdefghijklmn"
USER = UUID("01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e")


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def unsigned(token: str, algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims_of(token))}."


def resigned(token: str, secret: str = SECRET, algorithm: str = "HS256", **changed: Any) -> str:
    claims = {name: value for name, value in (claims_of(token) | changed).items() if value is not ...}
    return jwt.encode(claims, secret, algorithm=algorithm)


def other_body(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{encoded(claims_of(token) | {'sub': str(uuid4())})}.{signature}"


FORGERIES: dict[str, Callable[[str], Any]] = {
    "nothing": lambda token: "",
    "no token at all": lambda token: None,
    "a number": lambda token: 7,
    "bytes that are no text": lambda token: b"\xff\xfe",
    "noise": lambda token: "x" * 5000,
    "half a character": lambda token: "\ud800.\ud800.\ud800",
    "alg none": lambda token: unsigned(token, "none"),
    "alg None": lambda token: unsigned(token, "None"),
    "alg nOnE with its signature": lambda token: unsigned(token, "nOnE") + token.rpartition(".")[2],
    "no algorithm": lambda token: f"{encoded({'typ': 'JWT'})}.{token.partition('.')[2]}",
    "another algorithm": lambda token: resigned(token, SECRET * 2, "HS512"),
    "another secret": lambda token: resigned(token, ANOTHER),
    "stripped of its signature": lambda token: token.rpartition(".")[0] + ".",
    "stripped of its last part": lambda token: token.rpartition(".")[0],
    "cut short": lambda token: token[:-3],
    "another body": other_body,
    "another issuer": lambda token: resigned(token, iss="somebody"),
    "no issuer": lambda token: resigned(token, iss=...),
    "no purpose": lambda token: resigned(token, aud=...),
    "another purpose": lambda token: resigned(token, aud=["page", "api"]),
    "no end": lambda token: resigned(token, exp=...),
    "an end in words": lambda token: resigned(token, exp="tomorrow"),
    "no person": lambda token: resigned(token, sub=...),
    "a person who is no id": lambda token: resigned(token, sub="root"),
    "no generation": lambda token: resigned(token, gen=...),
    "a generation in words": lambda token: resigned(token, gen="0"),
    "no time of issue": lambda token: resigned(token, iat=...),
}


@pytest.fixture
def tokens(clock: FakeClock) -> Tokens:
    return Tokens(SECRET, clock)


@pytest.mark.req("RT-2")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_every_bad_token_gets_the_same_refusal(tokens: Tokens, forgery: str) -> None:
    good, _ = tokens.make(USER, 0, ("socket",))
    assert tokens.read(good, "socket").user_id == USER
    with pytest.raises(Unauthorized) as refusal:
        tokens.read(FORGERIES[forgery](good), "socket")
    assert refusal.value.body() == REFUSAL
    assert refusal.value.__cause__ is None


@pytest.mark.req("RT-2")
@given(st.data())
@settings(deadline=None, max_examples=200)
def test_no_changed_character_goes_unnoticed(data: st.DataObject) -> None:
    tokens = Tokens(SECRET, FakeClock())
    good, _ = tokens.make(USER, 0, ("socket",))
    at = data.draw(st.integers(0, len(good) - 1))
    character = data.draw(st.sampled_from("ABCxyz019-_."))
    changed = good[:at] + character + good[at + 1 :]
    # The last character of a part has bits that no byte uses: another spelling of the same token.
    assume(character != good[at] and at + 1 < len(good) and good[at + 1] != ".")
    with pytest.raises(Unauthorized):
        tokens.read(changed, "socket")


@pytest.mark.req("RT-2", "SEC-1")
def test_a_token_is_good_for_a_day_and_not_a_second_more(tokens: Tokens, clock: FakeClock) -> None:
    token, ends = tokens.make(USER, 0, ("socket",))
    assert DAY == 86_400
    assert (ends - clock.now()).total_seconds() == DAY
    clock.advance(DAY - 1)
    assert tokens.read(token, "socket").user_id == USER
    clock.advance(1)
    with pytest.raises(Unauthorized) as refusal:
        tokens.read(token, "socket")
    assert refusal.value.body() == REFUSAL


@pytest.mark.req("RT-2")
@pytest.mark.parametrize(("ttl", "lifetime"), [(60, 60), (DAY, DAY), (DAY + 1, DAY), (10 * DAY, DAY), (-5, -5)])
def test_nobody_gets_a_longer_one(tokens: Tokens, clock: FakeClock, ttl: int, lifetime: int) -> None:
    token, ends = tokens.make(USER, 0, ("socket",), ttl)
    assert (ends - clock.now()).total_seconds() == lifetime
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == lifetime


@pytest.mark.req("RT-2")
@pytest.mark.parametrize("made_for", [(p,) for p in PURPOSES] + [("socket", "api")])
def test_a_token_opens_what_it_was_made_for(tokens: Tokens, made_for: tuple[Purpose, ...]) -> None:
    token, _ = tokens.make(USER, 3, made_for)
    for purpose in PURPOSES:
        if purpose in made_for:
            claims = tokens.read(token, purpose)
            assert (claims.user_id, claims.generation) == (USER, 3)
        else:
            with pytest.raises(Unauthorized) as refusal:
                tokens.read(token, purpose)
            assert refusal.value.body() == REFUSAL


# --- from a token to a person


@pytest.mark.req("RT-2", "RT-3")
async def test_the_token_of_nobody_is_refused_like_a_forged_one(app: App, make: Make) -> None:
    person = await make.person()
    erased, never = make.token(person), app.tokens.make(uuid4(), 0, ("socket",))[0]
    assert (await app.principals.from_token(erased, "socket")).id == person.id
    await make.erase(person)
    for token in (erased, never):
        with pytest.raises(Unauthorized) as refusal:
            await app.principals.from_token(token, "socket")
        assert refusal.value.body() == REFUSAL


@pytest.mark.req("RT-2")
async def test_revoking_voids_every_earlier_token_and_says_so(app: App, make: Make) -> None:
    person, other = await make.person(), await make.person()
    old, others = make.token(person), make.token(other)
    await make.run(SYSTEM, revoke_tokens, person.id, reason="signed_out")
    with pytest.raises(Unauthorized) as refusal:
        await app.principals.from_token(old, "socket")
    assert refusal.value.body() == REFUSAL
    assert (await app.principals.from_token(others, "socket")).id == other.id
    renewed = make.token(person, generation=person.token_generation + 1)
    assert (await app.principals.from_token(renewed, "socket")).generation == 1
    changes = await facts(app.transactions, "access_changed")
    assert [(f.user_id, f.properties) for f in changes] == [(person.id, {"reason": "signed_out"})]


@pytest.mark.req("RT-3")
@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_principal_is_the_person_as_they_are_now(app: App, make: Make, role: str) -> None:
    person = await make.person(role=role, cohort="blue", timezone="Europe/Berlin", name="Ada Byron")
    principal = await app.principals.from_token(make.token(person), "socket")
    assert (principal.kind, principal.id, principal.name, principal.role) == ("person", person.id, "Ada Byron", role)
    assert principal.scopes == ROLES[role]
    assert (principal.cohort_id, principal.cohort_name) == (person.cohort_id, "blue")
    assert (principal.minor, principal.audience, principal.timezone) == (False, "public", "Europe/Berlin")
    await make.person(external_id=person.external_id, name="Ada Byron", role=role, cohort="green", age_band="13_17")
    later = await app.principals.from_token(make.token(person), "socket")
    assert later.cohort_id not in (None, person.cohort_id)
    assert (later.name, later.minor, later.audience) == ("Ada", True, "cohort")


@pytest.mark.req("RT-3")
async def test_both_sides_of_a_block_are_hidden_from_each_other(app: App, make: Make) -> None:
    one, other, third = await make.person(), await make.person(), await make.person()
    await make.run(await make.principal(one), block_person, app.gate, other.id)
    assert (await make.principal(one)).hidden == {other.id}
    assert (await make.principal(other)).hidden == {one.id}
    assert (await make.principal(third)).hidden == frozenset()


@pytest.mark.req("CP-2")
async def test_a_person_of_unknown_age_is_a_minor_whom_nobody_sees(app: App, make: Make) -> None:
    unknown = await make.principal(await make.person(age_band="unknown"))
    assert (unknown.minor, unknown.audience) == (True, "nobody")


async def test_people_have_the_scopes_of_their_role_and_no_more(app: App, make: Make) -> None:
    for role in ROLES:
        assert (await make.principal(await make.person(role=role))).scopes == ROLES[role]
