"""Friends as two people have them before them: asked, answered, ended, blocked, each seen at once on the other's."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.shared import Trouble, Visit, house, live, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

PATH = "/friends"


@pytest.mark.req("CO-11", "CO-10", "UI-4")
async def test_two_find_each_other_and_part_again(house: Server, visit: Visit, worry: Trouble) -> None:
    mia, daniel = await visit("demo-student", PATH), await visit("demo-adult-student", PATH)
    for page in (mia, daniel):
        await live(page)
    await mia.get_by_label("Find somebody in your cohort").fill("okaf")
    await mia.get_by_role("button", name="Ask: Daniel Okafor").click()
    await expect(mia.get_by_role("region", name="You asked")).to_contain_text("Daniel Okafor")
    asked = daniel.get_by_role("region", name="They asked you")
    await expect(asked).to_contain_text("Mia")
    await daniel.get_by_role("button", name="Accept: Mia").click()
    for page, name in ((mia, "Daniel Okafor"), (daniel, "Mia")):
        friends = page.get_by_role("region", name="Your friends")
        await expect(friends).to_contain_text(name)
        await expect(friends).to_contain_text("1 of 1 here")
    # What ends can be undone for a while.
    friends = mia.get_by_role("region", name="Your friends")
    await friends.get_by_role("button", name="More about Daniel Okafor").click()
    await mia.get_by_role("menuitem", name="End the friendship").click()
    await friends.get_by_role("button", name="Undo: Daniel Okafor").click()
    await expect(friends).to_contain_text("1 of 1 here")
    # A block acts at once, on both sides, and is told to one of them only.
    await daniel.get_by_role("button", name="More about Mia").first.click()
    await daniel.get_by_role("menuitem", name="Block Mia").click()
    await expect(friends).to_contain_text("Nobody yet")
    await expect(mia.locator("tandem-friendships")).not_to_contain_text("Daniel")
    await expect(mia.get_by_role("region", name="Blocked")).to_be_hidden()
    await expect(daniel.get_by_role("region", name="Blocked")).to_contain_text("Mia")
    await daniel.get_by_role("button", name="Unblock: Mia").click()
    await mia.get_by_label("Find somebody in your cohort").fill("okafor")
    await expect(mia.get_by_role("button", name="Ask: Daniel Okafor")).to_be_visible()
