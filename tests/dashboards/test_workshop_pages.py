"""The workshop's pages: open to anybody, alike for every wrong code, and holding nothing that is not for all."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from core.principal import SYSTEM
from core.settings import Settings
from core.workshop.commands import create_workshop, join_workshop, make_move
from core.workshop.rules import moves as m
from core.workshop.templates import get_template, list_templates
from dashboards.pages.workshop import kind_of, scale_facts
from panel_app import Node
from tests.node_kit import Browser, running


def told(body: bytes) -> dict[str, Any]:
    found = re.search(rb'<script type="application/json" id="tandem-workshop">(.*?)</script>', body, re.S)
    assert found
    values: dict[str, Any] = json.loads(found[1])
    return values


async def opened(house: Node, name: str = "Noor") -> str:
    entry = await house.app.transactions.run(SYSTEM, create_workshop, get_template("six_criteria"), name)
    return entry.guest.code


@pytest.mark.req("WS-29", "WS-35", "WS-36")
def test_a_scale_is_told_as_data_for_every_template() -> None:
    for template in list_templates():
        for question, values in zip(template.questions, kind_of(template)["questions"], strict=True):
            facts = values["scale"]
            assert facts == scale_facts(question)
            for value in range(facts["low"], facts["high"] + 1):
                assert facts["lights"][str(value)] == question.scale.light(value, question.bounds)
            low, high = facts["well"]
            for average in (low, high, facts["best"]):
                assert question.scale.average_light(average, question.bounds) == "green"
            for beyond in (low - 0.1, high + 0.1):
                if facts["low"] <= beyond <= facts["high"]:
                    assert question.scale.average_light(round(beyond, 1), question.bounds) != "green"


@pytest.mark.req("WS-1", "WS-24", "WS-74")
async def test_one_address_opens_a_workshop_and_every_wrong_one_leads_to_the_start(
    settings: Settings, database_url: str
) -> None:
    async with running(settings, database_url) as house:
        browser = Browser(house)
        code = await opened(house, name="Noor <script>")
        page = await browser.get(f"/workshop/{code}")
        assert page.code == 200
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        values = told(page.body)
        assert (values["code"], values["state"], values["full"]) == (code, "lobby", False)
        assert values["link"] == f"{browser.base}/workshop/{code}"
        assert b"Noor" not in page.body
        typed = await browser.get(f"/workshop/{code.lower()}")
        assert (typed.code, typed.headers["Location"]) == (302, f"/workshop/{code}")
        for wrong in ("AAAAAA", "short", "not-a-code-at-all", "%3Cb%3E"):
            answer = await browser.get(f"/workshop/{wrong}")
            assert (answer.code, answer.headers["Location"], answer.body) == (302, "/workshop", b"")
        screen = await browser.get(f"/workshop/{code}?screen")
        assert b"<tandem-workshop" in screen.body
        assert re.search(rb"<tandem-workshop[^>]* screen", screen.body)


@pytest.mark.req("WS-32", "WS-41")
async def test_a_page_of_a_running_workshop_holds_no_score_and_no_name(settings: Settings, database_url: str) -> None:
    async with running(settings, database_url) as house:
        run = house.app.transactions.run
        first = await run(SYSTEM, create_workshop, get_template("six_criteria"), "Noor")
        id = first.guest.workshop_id
        second = await run(SYSTEM, join_workshop, id, "Lena")
        who = (first.guest.principal(), second.guest.principal())
        state = await run(who[0], make_move, id, m.Ready(version=0))
        state = await run(who[1], make_move, id, m.Ready(version=state.version))
        state = await run(who[0], make_move, id, m.Advance(version=state.version, override=True))
        before = (await Browser(house).get(f"/workshop/{first.guest.code}")).body
        await run(who[0], make_move, id, m.Submit(version=state.version, question=1, value=-4))
        after = (await Browser(house).get(f"/workshop/{first.guest.code}")).body
        assert before == after
        assert b"Lena" not in after


@pytest.mark.req("WS-26", "WS-76")
async def test_the_pages_around_a_workshop_open_to_anybody(settings: Settings, database_url: str) -> None:
    async with running(settings, database_url) as house:
        browser = Browser(house)
        for path, tag in (("/workshop", "start"), ("/workshop/new", "new"), ("/team", "team")):
            page = await browser.get(path)
            assert page.code == 200
            assert f'page="{tag}"'.encode() in page.body
            assert [one["slug"] for one in told(page.body)["templates"]] == [one.slug for one in list_templates()]
        assert set(told((await browser.get("/team")).body)["kinds"]) == {one.slug for one in list_templates()}
        for template in list_templates():
            preview = (await browser.get(f"/workshop/templates/{template.slug}")).body.decode()
            for question in template.questions:
                assert question.title in preview
        assert (await browser.get("/workshop/templates/no_such_thing")).code == 404
