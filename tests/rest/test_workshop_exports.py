"""Exports over REST: the team's own file for whoever takes part, the name-free one to show, the team's comparison."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from core.app import App
from core.clock import FakeClock
from core.principal import SYSTEM
from core.workshop.rules import moves as m
from core.workshop.teams import create_team
from core.workshop.templates import get_template
from tests.rest_kit import Api, Reply
from tests.workshop.house import House

MEDIA = {
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


async def play(house: House, **given: Any) -> None:
    """A workshop of three, from its start to its end, with a note and an action."""
    lena, tom, mia = await house.open(3, skip_intro=True, **given)
    await house.to_question(1)
    for entry, value in ((lena, -4), (tom, 4), (mia, 5)):
        await house.score(entry, value)
    await house.do(tom, m.AddNote, note_id=uuid4(), question=1, content="Who signs for parts?")
    state = await house.state()
    while state.phase != "actions":
        state = await house.do(lena, m.Advance, override=True)
    given_action = {"content": "Ask the landlord", "owner": "Person 1", "due_on": date(2027, 1, 5), "question": 1}
    await house.do(mia, m.AddAction, action_id=uuid4(), **given_action)
    await house.to_end()


def told(reply: Reply) -> str:
    if reply.headers["Content-Type"] != "application/pdf":
        return reply.body.decode("utf-8-sig")
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(reply.body)).pages)


@pytest.mark.req("WS-55", "API-1")
@pytest.mark.parametrize("format", MEDIA)
async def test_a_team_takes_its_workshop_home(app: App, api: Api, format: str) -> None:
    house = House(app)
    await play(house)
    entry = house.entries[2]
    path = f"/api/v1/workshops/{entry.guest.code}/export?format={format}"
    full = await api("GET", path, bearer=entry.token)
    assert (full.status, full.headers["Content-Type"]) == (200, MEDIA[format])
    day = (await house.state()).completed_at
    assert day is not None
    name = f"workshop-six-criteria-{day:%Y-%m-%d}"
    assert full.headers["Content-Disposition"] == f'attachment; filename="{name}-full.{format}"'
    assert full.headers["Cache-Control"] == "no-store"
    for wanted in ("Person 1", "Who signs for parts?", "Ask the landlord"):
        assert wanted in told(full)
    team = await api("GET", f"{path}&for=team", bearer=entry.token)
    assert f'filename="{name}-team.{format}"' in team.headers["Content-Disposition"]
    assert "Ask the landlord" in told(team)
    for secret in ("Person", "Who signs", entry.guest.code, str(house.id)):
        assert secret not in told(team), secret


@pytest.mark.req("WS-41", "WS-55", "SEC-4")
async def test_only_who_is_in_a_workshop_exports_it(app: App, api: Api) -> None:
    house, other = House(app), House(app)
    await house.open(2)
    (stranger, _) = await other.open(2)
    path = f"/api/v1/workshops/{house.entries[0].guest.code}/export"
    assert (await api("GET", path, bearer=None)).status == 401
    assert (await api("GET", path, bearer=stranger.token)).status == 403
    assert (await api("GET", path)).status == 403
    watcher = await house.join("Watcher", observer=True)
    assert (await api("GET", f"{path}?format=md", bearer=watcher.token)).status == 200
    assert (await api("GET", f"{path}?format=exe&for=all", bearer=watcher.token)).fields == ["format", "for"]


@pytest.mark.req("WS-56", "WS-41")
async def test_a_team_takes_its_comparison_home(app: App, api: Api, clock: FakeClock) -> None:
    team_id, secret = await app.transactions.run(SYSTEM, create_team, "Kiln crew")
    for _ in range(2):
        await play(House(app), team_id=team_id)
        clock.advance(timedelta(days=1).total_seconds())
    question = get_template("six_criteria").question(1)
    for format, media in MEDIA.items():
        reply = await api("GET", f"/api/v1/teams/export?format={format}", bearer=secret)
        if format == "md":
            assert reply.fields == ["format"]
            continue
        assert (reply.status, reply.headers["Content-Type"]) == (200, media)
        assert 'filename="team-kiln-crew-' in reply.headers["Content-Disposition"]
        assert question.short_title in told(reply)
        assert "Ask the landlord" in told(reply)
        assert "Person" not in told(reply)
    data = (await api("GET", "/api/v1/teams/export?format=json", bearer=secret)).json
    (kind,) = data["kinds"]
    assert len(kind["trends"][0]["marks"]) == 2
    assert kind["trends"][0]["verdict"] == "same"
    table = (await api("GET", "/api/v1/teams/export?format=csv", bearer=secret)).body.decode("utf-8-sig")
    assert [row["row"] for row in csv.DictReader(io.StringIO(table, newline=""))].count("trend") == 2


@pytest.mark.req("WS-56", "SEC-4")
async def test_a_comparison_is_for_the_bearer_of_the_teams_secret(api: Api) -> None:
    assert (await api("GET", "/api/v1/teams/export", bearer=None)).status == 401
    wrong = await api("GET", "/api/v1/teams/export", bearer="team_wrong")
    assert (wrong.status, wrong.error["type"]) == (404, "not_found")


async def test_the_description_shows_each_kind_of_file(api: Api) -> None:
    found = (await api("GET", "/api/v1/openapi.json", bearer=None)).json
    answer = found["paths"]["/api/v1/workshops/{code}/export"]["get"]["responses"]["200"]["content"]
    assert set(answer) == set(MEDIA.values())
    assert answer["application/pdf"]["schema"] == {"type": "string", "format": "binary"}
    name = answer["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert {"questions", "strengths", "actions"} <= set(found["components"]["schemas"][name]["properties"])
