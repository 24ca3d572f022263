"""A second look at results: what was decided can be taken back, and names are told on record only."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.app import App
from data.tables import AuditRow, ResultRow
from tests.factories import Make
from tests.rest_kit import Api


@pytest.mark.req("LB-14", "LB-4")
async def test_a_decision_has_a_reason_and_can_be_taken_back(api: Api, app: App, make: Make) -> None:
    ada = await make.person()
    held = await make.fact(ada, properties={"score": 100, "seconds": 2, "items": 40})
    admin = make.token(await make.person(role="admin"), "api")

    async def decide(verdict: str, note: str = "") -> Any:
        body = {"verdict": verdict, "note": note}
        return await api("POST", f"/api/v1/results/{held.event_id}/review", body, bearer=admin)

    async def listed(query: str = "") -> list[Any]:
        found = (await api("GET", f"/api/v1/results/reviews{query}", bearer=admin)).json["results"]
        return [(one["status"], one["items"], one["note"]) for one in found]

    async def on_board() -> list[int]:
        table = (await api("GET", "/api/v1/leaderboards/math")).json
        return [entry["score"] for entry in table["entries"]]

    assert (await listed(), await on_board()) == ([("review", 40, None)], [])
    assert (await decide("accepted", "They do that every day.")).json["status"] == "counted"
    assert (await listed(), await on_board()) == ([], [30])
    assert await listed("?decided=true") == [("counted", 40, "They do that every day.")]
    assert (await decide("reopened")).json["status"] == "review"
    assert (await listed(), await on_board(), await listed("?decided=true")) == ([("review", 40, None)], [], [])
    assert (await decide("voided", "40 items in 2 seconds.")).json["status"] == "voided"
    assert (await decide("voided", "x" * 301)).fields == ["note"]
    async with app.transactions.read() as db:
        row = (await db.execute(select(ResultRow))).scalar_one()
    assert (row.note, row.status) == ("40 items in 2 seconds.", "voided")


@pytest.mark.req("LB-13", "CP-12")
async def test_staff_see_names_on_record_only(api: Api, app: App, make: Make) -> None:
    child = await make.child(name="Mia Berger", nickname="Mia")
    await make.fact(child, properties={"score": 100, "seconds": 2})
    admin = await make.person(role="admin")
    token = make.token(admin, "api")
    reply = await api("GET", "/api/v1/results/reviews", bearer=token)
    assert reply.json["results"][0]["alias"] == f"Student {child.id.hex[-3:]}"
    assert "Mia" not in reply.body.decode()
    asked = {"user_id": str(child.id), "why": "A result that was held."}
    said = (await api("POST", "/api/v1/names", asked, bearer=token)).json
    assert (said["name"], said["public_name"]) == ("Mia Berger", "Mia")
    async with app.transactions.read() as db:
        rows = (await db.execute(select(AuditRow).where(AuditRow.action == "name_revealed"))).scalars().all()
    assert [(r.actor_id, r.target_id, r.details) for r in rows] == [(admin.id, child.id, {"why": asked["why"]})]
    assert (await api("POST", "/api/v1/names", asked, bearer=make.token(child, "api"))).status == 403
    assert (await api("POST", "/api/v1/names", asked)).status == 403, "a key has nobody to put on record"
    assert (await api("POST", "/api/v1/names", asked | {"why": ""}, bearer=token)).fields == ["why"]
