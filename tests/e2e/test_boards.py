"""The page of boards: one's own place always in sight, rows that glide, and what is hidden at once."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.shared import SLOW, Trouble, Visit, house, live, practice, send, tell, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

COHORT = "Maple class (simulated)"


async def fellows(house: Server, number: int = 14) -> None:
    """So many of the demo's class, each with a few points more than the next."""
    for n in range(number):
        person = {"name": f"Pal{n} Example", "role": "student", "age_band": "18_plus", "cohort": COHORT}
        await send(house, "PUT", f"/api/v1/people/pal-{n}", person)
    await tell(house, *(practice(f"pal{n}", f"pal-{n}", 99 - 3 * n) for n in range(number)))


@pytest.mark.req("LB-9", "LB-10", "LB-11", "LB-15", "HUB-24")
async def test_ones_place_among_others_live_in_every_tab(house: Server, visit: Visit) -> None:
    await fellows(house)
    await tell(house, practice("own", "demo-adult-student", 20))
    page, second = await visit("demo-adult-student", "/boards"), await visit("demo-student", "/boards")
    await live(page)
    mine = page.locator("tandem-boards .line.mine")
    await expect(mine.locator(".rank b")).to_have_text("15", timeout=SLOW)
    await expect(page.locator("tandem-boards .gap")).to_have_text("Left out: 11 to 12")
    await page.set_viewport_size({"width": 390, "height": 700})
    await expect(mine).to_be_in_viewport(ratio=0.9)
    await expect(page.locator("tandem-boards .line.pin")).to_have_count(2)
    await page.set_viewport_size({"width": 1440, "height": 900})
    await tell(house, *(practice(f"more{n}", "demo-adult-student", 100) for n in range(2)))
    await expect(mine.locator(".rank b")).to_have_text("1", timeout=SLOW)
    await expect(mine.locator(".score")).to_have_text("66")
    await expect(second.locator("tandem-boards .body .called").first).to_have_text("Daniel Okafor", timeout=SLOW)
    await page.locator("tandem-boards .called", has_text="Pal0").click()
    await expect(page.locator("tandem-boards .profile")).to_contain_text("In your cohort")
    await page.keyboard.press("Escape")
    await page.get_by_role("switch", name="Show me on boards").click()
    await expect(second.locator("tandem-boards .body")).not_to_contain_text("Daniel", timeout=SLOW)
    await expect(page.locator("tandem-boards .side")).to_contain_text("Others do not see you here", timeout=SLOW)
    await page.get_by_role("switch", name="Show me on boards").click()
    await expect(second.locator("tandem-boards .body")).to_contain_text("Daniel", timeout=SLOW)


@pytest.mark.req("LB-9", "LB-15", "AF-20")
async def test_the_address_keeps_the_table_and_an_ended_week_is_read_as_it_was(house: Server, visit: Visit) -> None:
    page = await visit("demo-student", "/boards")
    await page.get_by_role("button", name="All time").click()
    await page.get_by_role("combobox", name="Board").select_option("typing_wpm")
    assert "period=all_time" in page.url
    assert "board=typing_wpm" in page.url
    await expect(page.locator("tandem-boards .state")).to_contain_text("The first practice opens this board")
    await page.reload()
    await expect(page.get_by_role("button", name="All time")).to_have_attribute("aria-pressed", "true")
    await page.go_back()
    await expect(page.get_by_role("combobox", name="Board")).to_have_value("math")
    await page.get_by_role("button", name="Weekly").click()
    await page.get_by_role("button", name="Last week, as it ended").click()
    await expect(page.locator("tandem-boards .frozen")).to_contain_text("as it ended")
    await page.get_by_role("button", name="This week").click()
    await expect(page.locator("tandem-boards .frozen")).to_have_count(0)


@pytest.mark.req("LB-13", "CP-12", "TS-7")
async def test_a_nickname_is_chosen_in_the_field_and_taken_back_by_staff(
    house: Server, visit: Visit, worry: Trouble
) -> None:
    await tell(house, practice("named", "demo-adult-student", 70))
    page, admin = await visit("demo-adult-student", "/boards"), await visit("demo-admin", "/boards")
    await admin.goto(f"{house.base}/boards?board=math&scope=global")
    for one in (page, admin):
        await live(one)
    await page.get_by_role("button", name="Change").click()
    field = page.get_by_label("Your nickname")
    await field.fill("tutor Dan")
    await page.get_by_role("button", name="Use it").click()
    await expect(page.locator("tandem-boards .problem", has_text="as if you worked here")).to_be_visible(timeout=SLOW)
    await field.fill("Comet")
    await page.get_by_role("button", name="Use it").click()
    await expect(page.locator("tandem-boards .side .called b")).to_have_text("Comet")
    await admin.locator("tandem-boards .body .called", has_text="Comet").click(timeout=SLOW)
    await admin.locator("tandem-boards .profile").get_by_role("button", name="Take back nickname").click()
    await expect(admin.get_by_role("dialog", name="Take back the nickname Comet?")).to_be_visible()
    await admin.get_by_role("button", name="Take it back").click()
    for one in (page, admin):
        await expect(one.locator("tandem-boards .body .called", has_text="Daniel Okafor")).to_be_visible(timeout=SLOW)
    await page.locator("tandem-boards .body .called", has_text="Daniel").click()
    await expect(page.locator("tandem-boards .profile")).to_contain_text("This is you")
    worry.forgive(r"422")
    await expect(page.get_by_role("button", name="Take back nickname")).to_have_count(0)


@pytest.mark.req("LB-14", "LB-13")
async def test_a_held_result_is_weighed_decided_and_taken_back(house: Server, visit: Visit) -> None:
    page = await visit("demo-admin", "/review")
    await live(page)
    review = page.locator("tandem-review")
    await expect(review.locator(".state")).to_contain_text("Nothing waits", timeout=SLOW)
    hasty = {"score": 99, "seconds": 12, "items": 40}
    for n in range(2):
        await send(house, "PUT", f"/api/v1/people/hasty-{n}", {"name": f"Ann{n} Example", "role": "student"})
    await tell(house, *(practice(f"hasty{n}", f"hasty-{n}", properties=hasty) for n in range(2)))
    await expect(review.locator(".item")).to_have_count(2, timeout=SLOW)
    await expect(review.locator("dl")).to_contain_text("0.3 s")
    await expect(review).not_to_contain_text("Example")
    await review.get_by_role("button", name="Show name, on record").click()
    await expect(review).to_contain_text(re.compile("Ann[01] Example"))
    await page.keyboard.press("j")
    await expect(review.locator(".item").nth(1)).to_have_attribute("aria-current", "true")
    await page.keyboard.press("2")
    await review.get_by_role("button", name="Decide", exact=True).click()
    await expect(review).to_contain_text("A reason belongs to it")
    await review.get_by_label("Reason").fill("Forty items in twelve seconds.")
    await review.get_by_role("button", name="Decide", exact=True).click()
    await expect(review.locator(".item")).to_have_count(1, timeout=SLOW)
    await review.get_by_role("button", name="Undo").click()
    await expect(review.locator(".item")).to_have_count(2, timeout=SLOW)
