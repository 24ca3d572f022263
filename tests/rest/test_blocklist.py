"""The block-list's doors: for admins and keys that hold the scope; in force for every other door at once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.app import App
from data.tables import BlocklistRow
from tests.factories import Make
from tests.rest_kit import Api

PATH = "/api/v1/blocklist"


def listing(value: object, kind: str = "user", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "value": str(value), "reason": "insults"} | more


async def listed(app: App) -> list[tuple[str, str]]:
    async with app.transactions.read() as db:
        return [(row.kind, row.value) for row in (await db.execute(select(BlocklistRow))).scalars()]


@pytest.mark.req("SEC-4")
async def test_a_listed_person_is_signed_out_and_does_nothing_social(api: Api, app: App, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    admin = make.token(await make.person(role="admin"), "api")
    token = make.token(ada, "api")
    reply = await api("POST", PATH, listing(str(ada.id).upper()), bearer=admin)
    assert (reply.status, reply.json) == (201, {"kind": "user", "value": str(ada.id), "expires_at": None})
    assert (await api("GET", "/api/v1/friendships", bearer=token)).status == 401
    later = make.token(ada, "api", generation=ada.token_generation + 1)
    refused = await api("POST", "/api/v1/friendships", {"user_id": str(leo.id)}, bearer=later)
    assert (refused.status, refused.error["type"]) == (403, "listed_user")
    for _ in range(2):
        assert (await api("DELETE", f"{PATH}/user/{ada.id}", bearer=admin)).status == 204
    assert await listed(app) == []
    app.clock.advance(2)  # type: ignore[attr-defined]
    assert (await api("POST", "/api/v1/friendships", {"user_id": str(leo.id)}, bearer=later)).status == 201


async def test_devices_and_addresses_come_and_go_however_they_are_spelled(api: Api, app: App) -> None:
    key = (await api("POST", "/api/v1/keys", {"name": "guard", "scopes": ["blocklist:write"]})).json["key"]
    assert (await api("POST", PATH, listing("::ffff:203.0.113.7", "ip"), bearer=key)).json["value"] == "203.0.113.7"
    assert (await api("POST", PATH, listing("tablet/7 ä", "device"), bearer=key)).status == 201
    assert sorted(await listed(app)) == [("device", "tablet/7 ä"), ("ip", "203.0.113.7")]
    assert (await api("DELETE", f"{PATH}/device/tablet%2F7%20%C3%A4", bearer=key)).status == 204
    assert (await api("DELETE", f"{PATH}/ip/203.0.113.7", bearer=key)).status == 204
    assert await listed(app) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (listing("x"), "value"),
        (listing("x", "ip"), "value"),
        (listing("x", "planet"), "kind"),
        (listing("x", "device", reason=" "), "reason"),
        (listing("x", "device", expires_at="2020-01-01T00:00:00Z"), "expires_at"),
        (listing("x", "device", expires_at="2099-01-01T00:00:00"), "expires_at"),
    ],
)
async def test_what_a_listing_must_be(api: Api, body: dict[str, Any], field: str) -> None:
    assert (await api("POST", PATH, body)).fields == [field]


async def test_what_is_no_subject_is_not_taken_off(api: Api) -> None:
    assert (await api("DELETE", f"{PATH}/planet/{uuid4()}")).fields == ["value"]
