"""The path through every room: people see each other come and go, what happens appears everywhere, nothing is lost."""

from __future__ import annotations

import re

import msgspec
import pytest
from playwright.async_api import expect
from tornado.httpclient import AsyncHTTPClient

from tests.e2e.conftest import Enter, Trouble
from tests.process_kit import KEY, Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SLOW = 15_000
ONLINE = "header tandem-presence button.open"


async def post(tandem: Server, path: str, body: object) -> dict[str, object]:
    response = await AsyncHTTPClient().fetch(
        f"{tandem.base}{path}",
        method="POST",
        body=msgspec.json.encode(body),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        raise_error=False,
    )
    assert response.code < 300, response.body
    answer: dict[str, object] = msgspec.json.decode(response.body)
    return answer


async def practise(tandem: Server, number: int, who: str = "demo-adult-student", score: int = 85) -> None:
    event = {
        "id": f"e2e-{number}",
        "type": "practice_completed",
        "external_id": who,
        "subject": "math",
        "skill": "algebra",
        "properties": {"score": score},
    }
    answer = await post(tandem, "/api/v1/events", {"events": [event]})
    assert [r["status"] for r in answer["results"]] == ["accepted"]  # type: ignore[attr-defined]


@pytest.mark.req("PR-16", "PR-8", "UI-1")
async def test_two_people_see_each_other_come_and_go(enter: Enter) -> None:
    tutor = await enter("demo-tutor")
    here = tutor.locator(ONLINE)
    await expect(here).to_have_attribute("title", "1 student online", timeout=SLOW)
    daniel = await enter("demo-adult-student")
    await expect(here).to_have_attribute("title", "2 students online", timeout=SLOW)
    await daniel.locator(ONLINE).click()
    await expect(daniel.locator("tandem-presence .panel")).to_contain_text("Tom Hale", timeout=SLOW)
    await expect(tutor.locator("tandem-connection").first).to_contain_text("Live")
    second_tab = await daniel.context.new_page()
    await second_tab.goto(daniel.url)
    await expect(second_tab.locator(ONLINE)).to_have_attribute("title", "2 students online", timeout=SLOW)
    await daniel.context.close()
    await expect(here).to_have_attribute("title", "1 student online", timeout=30_000)


@pytest.mark.req("AF-9", "AF-12", "UI-2")
async def test_what_the_host_posts_appears_in_every_open_page(enter: Enter, tandem: Server) -> None:
    tutor, parent = await enter("demo-tutor"), await enter("demo-parent")
    for page in (tutor, parent):
        await expect(page.locator("tandem-connection").first).to_contain_text("Live", timeout=SLOW)
    await practise(tandem, 1)
    for page in (tutor, parent):
        feed = page.locator("tandem-feed")
        await expect(feed).to_contain_text("scored 85% on Algebra", timeout=SLOW)
        await expect(feed).to_contain_text("Daniel Okafor")
    await practise(tandem, 2, "demo-student", 91)
    await expect(tutor.locator("tandem-feed")).to_contain_text("scored 91% on Algebra", timeout=SLOW)
    await expect(parent.locator("tandem-feed")).not_to_contain_text("91%")


async def test_after_a_power_cut_every_page_catches_up_by_itself(
    enter: Enter, tandem: Server, trouble: Trouble
) -> None:
    page = await enter("demo-tutor")
    feed = page.locator("tandem-feed")
    await expect(page.locator("tandem-connection").first).to_contain_text("Live", timeout=SLOW)
    await practise(tandem, 1, score=71)
    await practise(tandem, 2, score=72)
    await tandem.kill()
    await tandem.start()
    await practise(tandem, 3, score=73)
    for score in (71, 72, 73):
        await expect(feed).to_contain_text(f"scored {score}% on Algebra", timeout=30_000)
        assert (await feed.inner_text()).count(f"scored {score}%") <= 1
    await expect(page.locator("tandem-connection").first).to_contain_text("Live", timeout=SLOW)
    # While it was gone the browser could not reach it, and said so; anything else would be a fault.
    trouble[:] = [line for line in trouble if not re.search("ERR_CONNECTION_(REFUSED|RESET)", line)]


@pytest.mark.req("AF-14")
async def test_a_reaction_shows_for_everybody_at_once_and_stays(enter: Enter, tandem: Server) -> None:
    daniel, tutor = await enter("demo-adult-student"), await enter("demo-tutor")
    await practise(tandem, 77, score=93)
    mine = daniel.locator("tandem-feed li.item", has_text="scored 93%")
    theirs = tutor.locator("tandem-feed li.item", has_text="scored 93%")
    await expect(theirs).to_be_visible(timeout=SLOW)
    await theirs.get_by_role("button", name="Celebrate").click()
    await expect(mine.get_by_role("button", name="Celebrate, 1")).to_have_attribute(
        "aria-pressed", "false", timeout=SLOW
    )
    await mine.get_by_role("button", name="Like").click()
    await expect(theirs.get_by_role("button", name="Like, 1")).to_be_visible(timeout=SLOW)
    await daniel.reload()
    await expect(mine.get_by_role("button", name="Like, 1")).to_have_attribute("aria-pressed", "true", timeout=SLOW)
    await mine.get_by_role("button", name="Like, 1").click()
    await expect(theirs.get_by_role("button", name="Like", exact=True)).to_be_visible(timeout=SLOW)
