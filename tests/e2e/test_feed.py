"""A feed that several people have open at once: what one does is seen, or not, by the others at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.cluster.kit import LOBBY, socket
from tests.e2e.shared import SLOW, Visit, ask, house, live, practice, tell, visit, worry
from tests.process_kit import Server, token_for

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

DANIEL = "demo-adult-student"


def item(page: Page, score: int) -> Any:
    return page.locator("tandem-feed .item", has_text=f"scored {score}%")


async def choose(page: Page, score: int, what: str) -> None:
    await item(page, score).get_by_role("button", name="What to do about").click()
    await page.get_by_role("menuitem", name=what).click()


@pytest.mark.req("AF-14", "AF-23", "HUB-24", "UI-2")
async def test_one_hides_reports_and_staff_remove_while_everybody_looks(house: Server, visit: Visit) -> None:
    await tell(house, *(practice(f"act-{n}", score=n) for n in (31, 32, 33)))
    tutor, daniel = await visit("demo-tutor", "/activity"), await visit(DANIEL, "/")
    tab = await tutor.context.new_page()
    await tab.goto(house.base + "/")
    admin = await visit("demo-admin", "/review/activities")
    for page in (tutor, daniel, tab, admin):
        await live(page)
    for page in (tutor, daniel, tab):
        await expect(item(page, 31)).to_be_visible(timeout=SLOW)
    # One's own reaction is lit in one's other tab, and not for others.
    await item(tutor, 32).get_by_role("button", name="Wow").click()
    await expect(item(tab, 32).get_by_role("button", name="Wow, 1")).to_have_attribute("aria-pressed", "true")
    await expect(item(daniel, 32).get_by_role("button", name="Wow, 1")).to_have_attribute("aria-pressed", "false")
    # Hidden from oneself, on every tab, and back again.
    await choose(tutor, 31, "Hide from me")
    await expect(item(tab, 31)).to_have_count(0)
    await expect(tutor.locator("tandem-hidden .row")).to_contain_text("scored 31%")
    await tutor.get_by_role("button", name="Undo").click()
    await expect(item(tab, 31)).to_be_visible()
    await expect(tutor.locator("tandem-hidden .row")).to_have_count(0)
    await expect(item(daniel, 31)).to_be_visible()
    # Reported: hidden from the reporter, in front of staff at once, removed for everybody.
    await choose(tutor, 33, "Report")
    await tutor.get_by_label("It was not earned fairly").check()
    await tutor.get_by_role("dialog").get_by_role("button", name="Report").click()
    await expect(item(tab, 33)).to_have_count(0)
    waiting = admin.locator("tandem-reports li", has_text="scored 33%")
    await expect(waiting).to_contain_text("not earned fairly", timeout=SLOW)
    await waiting.get_by_role("button", name="Remove").click()
    await admin.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(item(daniel, 33)).to_have_count(0)
    await expect(admin.locator("tandem-reports")).to_contain_text("Nothing waits")
    # One's own.
    await choose(daniel, 32, "Remove for everybody")
    await daniel.get_by_role("dialog").get_by_role("button", name="Remove").click()
    for page in (tutor, daniel, tab):
        await expect(item(page, 32)).to_have_count(0)


@pytest.mark.req("AF-15", "AF-10", "AF-16")
async def test_filters_narrow_the_feed_and_a_challenge_reaches_its_person(house: Server, visit: Visit) -> None:
    await tell(house, practice("chal-1", score=61), practice("chal-2", score=62, subject="science", skill="biology"))
    await tell(house, practice("chal-3", score=0, type="level_up", properties={"level": 9}))
    tutor, daniel = await visit("demo-tutor", "/activity"), await visit(DANIEL, "/")
    for page in (tutor, daniel):
        await live(page)
        await expect(item(page, 61)).to_be_visible(timeout=SLOW)
    feed = tutor.locator("tandem-feed")
    await feed.get_by_role("button", name="Filters").click()
    await feed.get_by_role("button", name="Practices").click()
    await expect(feed.locator(".item", has_text="level 9")).to_have_count(0)
    await feed.get_by_label("Subject").select_option("science")
    await expect(item(tutor, 62)).to_be_visible()
    await expect(item(tutor, 61)).to_have_count(0)
    await tell(house, practice("chal-4", score=64), practice("chal-5", score=65, subject="science", skill="biology"))
    await expect(item(tutor, 65)).to_be_visible(timeout=SLOW)
    await expect(item(tutor, 64)).to_have_count(0)
    await feed.get_by_role("button", name="Show everything").click()
    await expect(item(tutor, 64)).to_be_visible()
    await item(tutor, 61).get_by_role("button", name="Challenge back").click()
    await expect(item(tutor, 61)).to_contain_text("Challenged")
    await expect(daniel.locator("tandem-toasts")).to_contain_text("Tom Hale challenges you in Algebra", timeout=SLOW)
    await tutor.reload()
    await expect(item(tutor, 61)).to_contain_text("Challenged", timeout=SLOW)


@pytest.mark.req("AF-17", "BG-27", "AF-5", "CP-9")
async def test_a_friend_who_practises_is_named_while_true_and_who_is_deleted_is_gone(
    house: Server, visit: Visit
) -> None:
    leo, me = await token_for(house, "leo", name="Leo Marsh"), await token_for(house, DANIEL, name="Daniel Okafor")
    asked = await ask(house, "POST", "/api/v1/friendships", {"user_id": leo["user_id"]}, me["token"])
    assert asked.code == 201, asked.body
    path = f"/api/v1/friendships/{me['user_id']}/accept"
    assert (await ask(house, "POST", path, {}, leo["token"])).code < 300
    await tell(house, practice("leo-1", "leo", score=71))
    page = await visit(DANIEL, "/")
    await live(page)
    await expect(item(page, 71)).to_be_visible(timeout=SLOW)
    invite = page.locator("tandem-invites .now")
    await expect(page.locator("tandem-friends")).to_contain_text("elsewhere just now", timeout=SLOW)
    await expect(invite).to_have_count(0)
    async with socket(house, leo["token"]) as client:
        lobby = await client.join(LOBBY)
        await lobby.push("update_activity", {"activity": "practicing_geometry"})
        await expect(invite).to_contain_text("Leo is practising Geometry", timeout=SLOW)
        join = invite.get_by_role("link", name="Join Leo")
        assert await join.get_attribute("href") == f"/practice/co-session?with={leo['user_id']}&skill=geometry"
        await expect(page.locator("tandem-friends .row")).to_contain_text("Leo Marsh")
        await lobby.push("update_activity", {"activity": ""})
        await expect(invite).to_have_count(0)
        await lobby.push("update_activity", {"activity": "practicing_algebra"})
        await expect(invite).to_contain_text("Leo is practising Algebra", timeout=SLOW)
        await invite.get_by_role("button", name="Not now").click()
        await expect(invite).to_have_count(0)
        assert (await ask(house, "DELETE", "/api/v1/people/leo")).code == 204
    await expect(item(page, 71)).to_have_count(0, timeout=SLOW)
