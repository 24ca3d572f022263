"""Nudges as people meet them: a toast in every tab, its answer in all, what a parent limits, and the bell's number."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.e2e.shared import SLOW, Visit, ask, befriend, house, live, tell, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

STUDENT, FRIEND = "demo-student", "demo-adult-student"


async def awake(page: Page) -> None:
    """Whatever hour it is where the test runs: nobody sleeps."""
    quiet = page.get_by_role("switch", name="Quiet hours", exact=True)
    await expect(quiet).to_be_visible(timeout=SLOW)
    if await quiet.get_attribute("aria-checked") == "true":
        await quiet.click()
    await expect(page.locator("tandem-nudge-settings")).to_contain_text("at any hour", timeout=SLOW)


@pytest.mark.req("ND-7", "ND-8", "ND-9", "ND-11", "ND-15", "AF-17")
async def test_a_friend_who_begins_is_told_of_in_every_tab_and_the_answer_counts_in_all(
    house: Server, visit: Visit
) -> None:
    page, second = await visit(STUDENT, "/nudges"), await visit(STUDENT, "/nudges")
    await awake(page)
    await befriend(house, STUDENT, FRIEND)
    number = second.locator("tandem-bell .number")
    await expect(number).to_have_text("1", timeout=SLOW)
    await second.get_by_role("button", name="Notifications, 1 new").click()
    await expect(page.locator("tandem-bell .number")).to_be_hidden(timeout=SLOW)
    await expect(second.locator("tandem-bell .panel")).to_contain_text("and you are friends now")
    await second.keyboard.press("Escape")
    begun = {"id": "begins", "type": "practice_started", "external_id": FRIEND, "subject": "math", "skill": "algebra"}
    await tell(house, begun)
    for tab in (page, second):
        toast = tab.locator("tandem-toasts li", has_text="is practising")
        await expect(toast).to_contain_text("Daniel Okafor is practising Algebra", timeout=SLOW)
        await expect(toast).to_contain_text("There is room for one more.")
        await expect(tab.locator("tandem-nudges .nudge").first).to_contain_text("Open for another")
    await page.locator("tandem-toasts li", has_text="is practising").get_by_role("button", name="Not now").click()
    await expect(second.locator("tandem-toasts li", has_text="is practising")).to_have_count(0, timeout=SLOW)
    await expect(second.locator("tandem-nudges .count")).to_have_count(0, timeout=SLOW)
    await expect(second.locator("tandem-nudges")).to_contain_text("That makes 1 of at most 3 nudges today")
    await second.get_by_role("tab", name="Not now").click()
    await expect(second.locator("tandem-nudges .nudge")).to_contain_text("Not now was your answer.")


@pytest.mark.req("ND-10", "ND-5")
async def test_a_parents_limit_is_there_at_once_with_their_name(visit: Visit) -> None:
    child, parent = await visit(STUDENT, "/nudges"), await visit("demo-parent", "/nudges")
    await live(child)
    await parent.get_by_role("switch", name="Limit a day, Mia").click()
    await parent.get_by_role("switch", name="Streak reminder, Mia").click()
    await expect(child.locator("tandem-nudge-settings")).to_contain_text("Limit 3, from Anna", timeout=SLOW)
    await expect(child.locator("tandem-nudge-settings")).to_contain_text("set by Anna, your parent", timeout=SLOW)
    await expect(child.get_by_role("button", name="One more")).to_be_disabled()
    await child.get_by_role("button", name="One fewer").click()
    await expect(child.locator("tandem-nudge-settings .stepper b")).to_have_text("2", timeout=SLOW)
    await expect(child.get_by_role("switch", name="Streak reminder, in the app")).to_be_disabled()


@pytest.mark.req("ND-11", "TS-7", "LB-13")
async def test_a_reported_nudge_is_answered_by_staff_and_so_is_a_nickname(house: Server, visit: Visit) -> None:
    tutor, admin = await visit("demo-tutor", "/nudges"), await visit("demo-admin", "/review/activities")
    await awake(tutor)
    await live(admin)
    token = await befriend(house, "demo-tutor", FRIEND)
    assert (await ask(house, "PUT", "/api/v1/me/nickname", {"nickname": "Comet"}, token)).code == 200
    begun = {"id": "again", "type": "practice_started", "external_id": FRIEND, "subject": "math", "skill": "geometry"}
    await tell(house, begun)
    await tutor.get_by_role("button", name="More about: Comet is practising Geometry").click(timeout=SLOW)
    await tutor.get_by_role("menuitem", name="Report Comet").click()
    waiting = admin.locator("tandem-reports li", has_text="(Geometry)")
    await expect(waiting).to_contain_text("A nudge about Comet who practised", timeout=SLOW)
    await expect(waiting).not_to_contain_text("Tom")
    await waiting.get_by_role("button", name="More about Comet").click()
    await admin.get_by_role("menuitem", name="Take back nickname").click()
    await expect(admin.get_by_role("dialog")).to_contain_text("cannot be given back from here")
    await admin.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    await expect(waiting).to_contain_text("A nudge about Daniel Okafor who practised", timeout=SLOW)
    await expect(waiting.get_by_role("button", name="More about")).to_have_count(0)
    await waiting.get_by_role("button", name="Pause nudges").click()
    await expect(admin.get_by_role("dialog")).to_contain_text("For a week nobody is nudged about them")
    await admin.get_by_role("dialog").get_by_role("button", name="Pause nudges").click()
    await expect(admin.locator("tandem-reports")).to_contain_text("Nothing waits", timeout=SLOW)
