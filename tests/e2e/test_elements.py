"""What readers meet on a page: nothing moves under them, everything can be reached, and hostile words stay words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from tornado.httpclient import AsyncHTTPClient

from tests.e2e.conftest import Enter
from tests.process_kit import KEY, Server, server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SLOW = 15_000
HOSTILE = '<img src=x onerror="window.struck=1">'


@pytest_asyncio.fixture(loop_scope="session")
async def tandem(fresh_database: str, tmp_path: Path) -> AsyncIterator[Server]:
    """Without rewards: what happens is what a test sends, and nothing that follows from it."""
    async with server(tmp_path / "var", DATABASE_URL=fresh_database, TANDEM_REWARDS="off") as running:
        yield running


async def send(tandem: Server, method: str, path: str, body: object) -> dict[str, Any]:
    response = await AsyncHTTPClient().fetch(
        f"{tandem.base}{path}",
        method=method,
        body=msgspec.json.encode(body),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        raise_error=False,
    )
    assert response.code < 300, response.body
    answer: dict[str, Any] = msgspec.json.decode(response.body)
    return answer


async def practise(tandem: Server, numbers: range, who: str = "demo-adult-student", **more: object) -> None:
    events = [
        {"id": f"p{n}", "type": "practice_completed", "external_id": who, "subject": "math", "skill": "algebra"}
        | {"properties": {"score": n % 101}}
        | more
        for n in numbers
    ]
    answer = await send(tandem, "POST", "/api/v1/events", {"events": events})
    assert {result["status"] for result in answer["results"]} == {"accepted"}, answer


async def at_ease(page: Page) -> None:
    """The page is live and its fonts and elements are there."""
    await expect(page.locator("tandem-connection")).to_have_attribute("data-state", "live", timeout=SLOW)
    await page.evaluate("document.fonts.ready.then(() => true)")


async def rows(page: Page) -> list[str]:
    found: list[str] = await page.locator("tandem-feed .item").evaluate_all("rows => rows.map((row) => row.dataset.id)")
    return found


@pytest.mark.req("UI-2", "AF-8", "AF-9", "BG-21")
async def test_new_rows_wait_while_somebody_reads_and_pages_stay_whole(enter: Enter, tandem: Server) -> None:
    for start in range(0, 120, 40):
        await practise(tandem, range(start, start + 40))
    page = await enter("demo-tutor")
    await at_ease(page)
    feed = page.locator("tandem-feed")
    await expect(feed.locator(".item")).to_have_count(50, timeout=SLOW)
    await feed.locator(".item").nth(20).scroll_into_view_if_needed()
    before = await feed.locator(".item").nth(20).bounding_box()
    await practise(tandem, range(120, 123))
    await expect(feed.locator(".pill")).to_have_text("Show 3 new", timeout=SLOW)
    assert await feed.locator(".item").nth(20).bounding_box() == before
    for shown in (97, 120):
        await feed.get_by_role("button", name="Load more").click()
        await expect(feed.locator(".item")).to_have_count(shown, timeout=SLOW)
    await feed.locator(".pill").click()
    await expect(feed.locator(".item")).to_have_count(123)
    ids = await rows(page)
    assert len(set(ids)) == 123
    times = await feed.locator("time").evaluate_all("all => all.map((one) => one.dateTime)")
    assert times == sorted(times, reverse=True)
    await expect(feed).to_contain_text("That is everything")


@pytest.mark.req("AF-20", "UI-6")
async def test_a_feed_says_when_it_is_empty_and_the_first_row_takes_that_place(enter: Enter, tandem: Server) -> None:
    page = await enter("demo-tutor")
    feed = page.locator("tandem-feed")
    await expect(feed).to_contain_text("Quiet here just now", timeout=SLOW)
    await practise(tandem, range(1))
    await expect(feed.locator(".item")).to_have_count(1, timeout=SLOW)
    await expect(feed).not_to_contain_text("Quiet here just now")


@pytest.mark.req("UI-4")
async def test_everything_opens_and_closes_by_keyboard_and_a_chosen_theme_stays(enter: Enter) -> None:
    page = await enter("demo-tutor", color_scheme="light")
    await at_ease(page)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"

    menu = page.locator("[data-menu]")
    await menu.press("Enter")
    await expect(page.locator("#person-menu")).to_contain_text("Tutor")
    await page.keyboard.press("Escape")
    await expect(page.locator("#person-menu")).to_be_hidden()
    await expect(menu).to_be_focused()

    names = page.locator("header tandem-presence")
    await names.locator(".open").press("Enter")
    await expect(names.get_by_role("dialog")).to_contain_text("Tom Hale")
    await page.keyboard.press("Escape")
    await expect(names.get_by_role("dialog")).to_be_hidden()
    await expect(names.locator(".open")).to_be_focused()

    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.locator(".tools > [data-theme-switch]").press("Enter")
    dark = await page.evaluate(ground)
    assert dark != light
    await page.reload()
    assert await page.evaluate(ground) == dark
    await menu.press("Enter")
    await page.get_by_role("button", name="Sign out").press("Enter")
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=SLOW)


@pytest.mark.req("SEC-3", "AF-12")
async def test_hostile_words_are_shown_as_they_were_written_on_every_page(enter: Enter, tandem: Server) -> None:
    person = {"name": HOSTILE, "nickname": HOSTILE, "role": "tutor", "age_band": "18_plus", "cohort": "blue"}
    await send(tandem, "PUT", "/api/v1/people/evil", person)
    await practise(tandem, range(1), "evil", type="achievement_unlocked", properties={"name": HOSTILE})
    page = await enter("demo-admin")
    for path, place in (("/", "tandem-feed"), ("/admin", "#main")):
        await page.goto(tandem.base + path)
        await expect(page.locator(place)).to_contain_text(HOSTILE, timeout=SLOW)
        assert await page.evaluate("window.struck") is None
