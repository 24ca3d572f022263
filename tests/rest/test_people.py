"""The host platform makes people known, gets tokens for them, attests consents and has them erased."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from core.accounts.keys import create_key
from core.accounts.tickets import use_ticket
from core.app import App
from core.clock import FakeClock
from core.errors import Unauthorized
from core.ids import parse_id
from core.principal import SYSTEM, Principal
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api

TOKENS = "/api/v1/tokens"
ADA = {"external_id": "learner-1", "name": "Ada Byron", "role": "student", "age_band": "18_plus", "cohort": "7b"}


async def user(app: App, external_id: str) -> User | None:
    async with app.transactions.read() as db:
        return (await db.execute(select(User).where(User.external_id == external_id))).scalar_one_or_none()


@pytest.mark.req("SEC-1", "API-1")
async def test_a_token_opens_the_socket_and_rest_for_a_day(api: Api, app: App, clock: FakeClock) -> None:
    reply = await api("POST", TOKENS, ADA)
    assert reply.status == 201
    given = reply.json
    assert set(given) == {"user_id", "token", "expires_at", "enter_url"}
    assert (datetime.fromisoformat(given["expires_at"]) - clock.now()).total_seconds() == 86_400
    principal = await app.principals.from_token(given["token"], "socket")
    assert str(principal.id) == given["user_id"]
    assert (await api("GET", "/api/v1/friendships", bearer=given["token"])).status == 200
    with pytest.raises(Unauthorized):
        await app.principals.from_token(given["token"], "page")
    clock.advance(86_400)
    assert (await api("GET", "/api/v1/friendships", bearer=given["token"])).status == 401


async def test_the_way_in_is_good_once_and_names_no_token(api: Api, app: App, clock: FakeClock) -> None:
    given = (await api("POST", TOKENS, ADA)).json
    assert given["enter_url"].startswith(f"{api.url}/enter/")
    assert given["token"] not in given["enter_url"]
    ticket = given["enter_url"].rpartition("/")[2]
    assert await app.transactions.run(SYSTEM, use_ticket, ticket) == parse_id(given["user_id"])
    with pytest.raises(Unauthorized):
        await app.transactions.run(SYSTEM, use_ticket, ticket)


@pytest.mark.parametrize(("ttl", "status"), [(59, 422), (60, 201), (86_400, 201), (86_401, 422), ("60", 422)])
async def test_a_token_lives_a_minute_to_a_day(api: Api, ttl: object, status: int) -> None:
    assert (await api("POST", TOKENS, ADA | {"ttl": ttl})).status == status


async def test_asking_again_updates_the_same_person(api: Api, app: App) -> None:
    first = (await api("POST", TOKENS, ADA)).json
    second = (await api("POST", TOKENS, {"external_id": "learner-1", "nickname": "Countess"})).json
    assert first["user_id"] == second["user_id"]
    found = await user(app, "learner-1")
    assert found is not None
    assert (found.name, found.username) == ("Ada Byron", "Countess")


async def test_a_person_is_made_known_without_a_token(api: Api) -> None:
    body = {k: v for k, v in ADA.items() if k != "external_id"}
    reply = await api("PUT", "/api/v1/people/learner-1", body)
    assert reply.status == 200
    assert reply.json | {"user_id": "", "cohort_id": ""} == {
        "external_id": "learner-1",
        "user_id": "",
        "public_name": "Ada Byron",
        "role": "student",
        "audience": "public",
        "cohort_id": "",
    }
    assert parse_id(reply.json["user_id"])
    again = await api("PUT", "/api/v1/people/learner-1", {"cohort": ""})
    assert again.json["cohort_id"] is None
    assert again.json["user_id"] == reply.json["user_id"]


@pytest.mark.req("CP-2", "CP-12")
async def test_a_child_is_seen_by_nobody_until_a_parent_agrees(api: Api) -> None:
    child = await api("PUT", "/api/v1/people/kid", {"name": "Max Power", "birth_date": "2016-01-01", "cohort": "7b"})
    assert (child.json["audience"], child.json["public_name"]) == ("nobody", "Max")
    yes = {"consents": [{"scope": "social_visibility", "given": True, "method": "signed_form"}]}
    assert (await api("PUT", "/api/v1/people/kid/consents", yes)).json["audience"] == "cohort"
    no = {"consents": [{"scope": "social_visibility", "given": False, "method": "by_phone"}]}
    assert (await api("PUT", "/api/v1/people/kid/consents", no)).json["audience"] == "nobody"
    assert (await api("PUT", "/api/v1/people/stranger/consents", yes)).status == 404


@pytest.mark.req("SEC-4")
async def test_an_erased_person_is_gone_and_their_token_opens_nothing(api: Api, app: App) -> None:
    given = (await api("POST", TOKENS, ADA)).json
    assert (await api("DELETE", "/api/v1/people/learner-1")).status == 204
    assert await user(app, "learner-1") is None
    refused = await api("GET", "/api/v1/friendships", bearer=given["token"])
    forged = await api("GET", "/api/v1/friendships", bearer="a.b.c")
    assert (refused.status, refused.body) == (401, forged.body)
    assert (await api("DELETE", "/api/v1/people/learner-1")).status == 404


async def test_staff_come_only_by_a_key_that_may_make_them(api: Api, app: App, make: Make) -> None:
    maker = Principal(kind="staff", name="root", scopes=frozenset({"keys:write"}))
    _, weak = await app.transactions.run(maker, create_key, "weak", ["tokens:write", "people:write"])
    for role in ("facilitator", "analyst", "admin"):
        body = ADA | {"external_id": role, "role": role}
        refused = await api("POST", TOKENS, body, bearer=weak)
        assert (refused.status, refused.error["details"]) == (403, {"scope": "tokens:staff"})
        assert await user(app, role) is None
        assert (await api("POST", TOKENS, body)).status == 201
        # Nor may it get a token for one who is staff already.
        assert (await api("POST", TOKENS, {"external_id": role}, bearer=weak)).status == 403
    assert (await api("POST", TOKENS, ADA, bearer=weak)).status == 201


@pytest.mark.req("SEC-4")
async def test_the_host_makes_a_persons_tokens_void(api: Api, app: App, make: Make) -> None:
    given = (await api("POST", TOKENS, ADA)).json
    assert (await api("GET", "/api/v1/friendships", bearer=given["token"])).status == 200
    assert (await api("DELETE", "/api/v1/people/learner-1/tokens")).status == 204
    assert (await api("GET", "/api/v1/friendships", bearer=given["token"])).status == 401
    again = (await api("POST", TOKENS, ADA)).json
    assert (await api("GET", "/api/v1/friendships", bearer=again["token"])).status == 200
    assert (await api("DELETE", "/api/v1/people/stranger/tokens")).status == 404
    admin = await make.person(role="admin")
    weak = (await api("POST", "/api/v1/keys", {"name": "weak", "scopes": ["people:write"]})).json["key"]
    path = f"/api/v1/people/{admin.external_id}/tokens"
    assert (await api("DELETE", path, bearer=weak)).error["details"] == {"scope": "tokens:staff"}
    assert (await api("DELETE", path)).status == 204


@pytest.mark.parametrize(
    "url", ["http://plain.example/a.png", "javascript:alert(1)", "data:text/html,x", "//x", "https://a b"]
)
async def test_pictures_have_https_addresses(api: Api, url: str) -> None:
    assert (await api("PUT", "/api/v1/people/x", {"name": "A", "avatar_url": url})).fields == ["avatar_url"]


@pytest.mark.req("SEC-6")
async def test_nothing_takes_an_upload(api: Api) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for path in ("/api/v1/people/x", "/api/v1/people/x/consents"):
        assert (await api("PUT", path, raw=b"--x--", headers=headers)).status == 415
    for path in (TOKENS, "/api/v1/events", "/api/v1/keys"):
        assert (await api("POST", path, raw=b"--x--", headers=headers)).status == 415
