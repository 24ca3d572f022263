"""API keys: made with scopes, shown once, kept as a hash, revoked at once, never more than their maker."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.app import App
from data.tables import ApiKey, AuditRow
from tests.factories import Make
from tests.rest_kit import Api

PATH = "/api/v1/keys"
EVENTS = {"name": "school", "scopes": ["events:write", "activity:read"]}


@pytest.mark.req("SEC-1", "API-1")
async def test_a_key_is_shown_once_works_and_is_revoked(api: Api, app: App) -> None:
    made = await api("POST", PATH, EVENTS)
    assert made.status == 201
    secret = made.json["key"]
    assert (await api("GET", "/api/v1/activities", bearer=secret)).status == 200
    assert (await api("PUT", "/api/v1/people/x", {"name": "A"}, bearer=secret)).status == 403
    listed = await api("GET", PATH)
    assert secret not in listed.body.decode()
    assert {k["name"]: k["scopes"] for k in listed.json["keys"]}["school"] == ["activity:read", "events:write"]
    async with app.transactions.read() as db:
        row = (await db.execute(select(ApiKey).where(ApiKey.name == "school"))).scalar_one()
    assert secret.encode() not in row.key_hash
    assert len(row.key_hash) == 32
    gone = f"{PATH}/{made.json['id']}"
    assert (await api("DELETE", gone)).status == 204
    assert (await api("GET", "/api/v1/activities", bearer=secret)).status == 401
    assert (await api("DELETE", gone)).status == 404
    async with app.transactions.read() as db:
        actions = (await db.execute(select(AuditRow.action).order_by(AuditRow.at))).scalars().all()
    assert sorted(actions) == ["key_created", "key_revoked"]


@pytest.mark.req("SEC-4")
async def test_a_key_hands_on_only_what_it_holds(api: Api) -> None:
    weak = (await api("POST", PATH, {"name": "weak", "scopes": ["keys:write", "events:write"]})).json["key"]
    assert (await api("POST", PATH, {"name": "x", "scopes": ["events:write"]}, bearer=weak)).status == 201
    refused = await api("POST", PATH, {"name": "x", "scopes": ["events:write", "people:erase"]}, bearer=weak)
    assert (refused.status, refused.error["details"]) == (403, {"scope": "people:erase"})


async def test_admins_make_keys_and_others_do_not(api: Api, make: Make) -> None:
    admin, student = make.token(await make.person(role="admin"), "api"), make.token(await make.person(), "api")
    assert (await api("POST", PATH, EVENTS, bearer=admin)).status == 201
    assert (await api("POST", PATH, EVENTS, bearer=student)).status == 403
    assert (await api("GET", PATH, bearer=student)).status == 403


@pytest.mark.req("SEC-4")
async def test_what_makes_admins_is_handed_on_by_keys_that_hold_it_alone(api: Api, make: Make) -> None:
    admin = make.token(await make.person(role="admin"), "api")
    body = {"name": "staff", "scopes": ["tokens:staff"]}
    refused = await api("POST", PATH, body, bearer=admin)
    assert (refused.status, refused.error["details"]) == (403, {"scope": "tokens:staff"})
    assert (await api("POST", PATH, body)).status == 201


async def test_the_key_of_the_environment_stays(api: Api) -> None:
    (own,) = (await api("GET", PATH)).json["keys"]
    assert own["name"] == "environment"
    assert (await api("DELETE", f"{PATH}/{own['id']}")).status == 409
    assert (await api("POST", PATH, {"name": "environment", "scopes": ["events:write"]})).fields == ["name"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes"),
        ({"name": "x", "scopes": ["admin:read"]}, "scopes"),
        ({"name": "", "scopes": ["events:write"]}, "name"),
        ({"name": "  ", "scopes": ["events:write"]}, "name"),
        ({"scopes": ["events:write"]}, "name"),
    ],
)
async def test_what_a_key_must_be(api: Api, body: dict[str, object], field: str) -> None:
    assert (await api("POST", PATH, body)).fields == [field]


@pytest.mark.req("API-4")
async def test_keys_come_in_pages(api: Api) -> None:
    for n in range(4):
        await api("POST", PATH, EVENTS | {"name": f"k{n}"})
    reply = (await api("GET", f"{PATH}?limit=2")).json
    names = [k["name"] for k in reply["keys"]]
    while reply["next_cursor"]:
        reply = (await api("GET", f"{PATH}?limit=2&cursor={reply['next_cursor']}")).json
        names += [k["name"] for k in reply["keys"]]
    assert sorted(names) == ["environment", "k0", "k1", "k2", "k3"]
    assert (await api("GET", f"{PATH}?cursor=x")).status == 400
    assert (await api("DELETE", f"{PATH}/x")).status == 404
