"""A cohort's room as its members have it before them: said, held, hidden and taken down, live in every open page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.e2e.shared import Trouble, Visit, house, live, practice, send, tell, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

PATH = "/cohort"
CUT = """() => {
    const client = globalThis[Symbol.for("tandem.client")];
    Object.assign(client, {given: client.token, token: () => Promise.reject(new Error("no line"))});
    client.drop(client.socket);
}"""
"""The line is cut, and there is no other."""
BACK = """() => {
    const client = globalThis[Symbol.for("tandem.client")];
    client.token = client.given;
    client.hurry();
}"""


async def say(page: Page, text: str) -> None:
    field = page.get_by_label("Your message")
    await field.fill(text)
    await field.press("Enter")
    await expect(field).to_have_value("")


@pytest.mark.req("CO-4", "CO-5", "SEC-3", "UI-4")
async def test_what_is_said_is_there_at_once_as_text_and_without_what_is_private(
    house: Server, visit: Visit, worry: Trouble
) -> None:
    mia, tutor = await visit("demo-student", PATH), await visit("demo-tutor", PATH)
    for page in (mia, tutor):
        await live(page)
    await say(mia, "<img src=x onerror=alert(1)> call 0171 1234567")
    heard = tutor.locator("tandem-chat .bubble", has_text="<img src=x onerror=alert(1)>")
    await expect(heard).to_contain_text("number hidden")
    await expect(mia.locator("tandem-chat .kind")).to_contain_text("Phone numbers stay private here")
    await expect(tutor.locator("tandem-chat .kind")).to_have_count(0)
    await say(mia, "you are stupid")
    await expect(mia.locator("tandem-chat .waiting")).to_contain_text("A person looks at this first")
    await expect(tutor.locator("tandem-chat .bubble", has_text="stupid")).to_have_count(0)
    await tutor.get_by_role("button", name="1 to look at").click()
    await tutor.get_by_role("button", name="Take it down").click()
    # What is gone cannot be brought back: it is asked first.
    asked = tutor.get_by_role("dialog", name="Take this message down?")
    await expect(asked).to_contain_text("you are stupid")
    await asked.get_by_role("button", name="Take it down").click()
    await expect(mia.locator("tandem-chat .waiting")).to_have_count(0)
    # Taken down by staff, in every open page.
    line = tutor.locator("tandem-chat .line", has_text="onerror")
    await line.hover()
    await line.get_by_role("button", name="More about the message").click()
    await tutor.get_by_role("menuitem", name="Take it down").click()
    await asked.get_by_role("button", name="Not now").click()
    await expect(line).to_be_visible()
    await line.get_by_role("button", name="More about the message").click()
    await tutor.get_by_role("menuitem", name="Take it down").click()
    await asked.get_by_role("button", name="Take it down").click()
    for page in (mia, tutor):
        await expect(page.locator("tandem-chat .gone")).to_have_text("A message was taken down")
    await tutor.get_by_role("switch", name="Chat").click()
    await expect(mia.locator("tandem-chat .note")).to_contain_text("Chat is off in this room")
    await expect(mia.get_by_label("Your message")).to_be_hidden()
    await tutor.get_by_role("switch", name="Chat").click()
    await expect(mia.get_by_label("Your message")).to_be_visible()


@pytest.mark.req("CO-5", "TS-7")
async def test_who_is_muted_reads_along_and_is_told_until_when(house: Server, visit: Visit, worry: Trouble) -> None:
    daniel, tutor = await visit("demo-adult-student", PATH), await visit("demo-tutor", PATH)
    for page in (daniel, tutor):
        await live(page)
    await say(daniel, "First, first, first")
    line = tutor.locator("tandem-chat .line", has_text="First, first, first")
    await line.hover()
    await line.get_by_role("button", name="More about the message").click()
    await tutor.get_by_role("menuitem", name="Mute Daniel").click()
    asked = tutor.get_by_role("dialog", name="Mute Daniel")
    await asked.get_by_label("For ten minutes").check()
    await asked.get_by_role("button", name="Mute", exact=True).click()
    await expect(daniel.locator("tandem-chat .note")).to_contain_text("paused your writing here until")
    await expect(daniel.get_by_label("Your message")).to_be_hidden()
    await say(tutor, "Everybody gets a turn")
    await expect(daniel.locator("tandem-chat .bubble", has_text="Everybody gets a turn")).to_be_visible()
    await tutor.get_by_role("button", name="1 muted").click()
    await tutor.get_by_role("button", name="Let Daniel").click()
    await expect(daniel.get_by_label("Your message")).to_be_visible()


@pytest.mark.req("CO-6", "CO-7", "CO-3")
async def test_a_challenge_is_set_joined_and_ranked_live(house: Server, visit: Visit, worry: Trouble) -> None:
    mia, daniel = await visit("demo-student", PATH), await visit("demo-adult-student", PATH)
    for page in (mia, daniel):
        await live(page)
    await mia.get_by_role("button", name="New", exact=True).click()
    await mia.get_by_label("A challenge in").select_option("math algebra")
    await mia.get_by_role("button", name="Open it for a day").click()
    await expect(mia.locator("tandem-challenges .one")).to_contain_text("You are in")
    await expect(daniel.locator("tandem-chat .system")).to_contain_text("Mia opened the challenge Algebra")
    await daniel.get_by_role("button", name="Join").click()
    await expect(daniel.locator("tandem-challenges .one")).to_contain_text("You are in")
    await mia.get_by_role("button", name="2 take part").click()
    await tell(house, practice("challenge-1", "demo-adult-student", 92), practice("challenge-2", "demo-student", 97))
    places = mia.locator("tandem-challenges .places li")
    await expect(places.first).to_contain_text("You")
    await expect(places.first).to_contain_text("97%")
    await expect(places.nth(1)).to_contain_text("92%")
    await expect(mia.locator("tandem-feed .item").first).to_contain_text("Mia")


@pytest.mark.req("CO-5", "RT-17")
async def test_what_is_written_without_a_line_goes_out_once_when_it_is_back(
    house: Server, visit: Visit, worry: Trouble
) -> None:
    mia, daniel = await visit("demo-student", PATH), await visit("demo-adult-student", PATH)
    for page in (mia, daniel):
        await live(page)
    await mia.evaluate(CUT)
    await expect(mia.locator("tandem-connection")).to_have_attribute("data-state", "reconnecting")
    await say(mia, "Back at seven")
    await expect(mia.locator("tandem-chat .waiting")).to_contain_text("Goes out when you are back online")
    await mia.evaluate(BACK)
    await expect(daniel.locator("tandem-chat .bubble", has_text="Back at seven")).to_have_count(1)
    await expect(mia.locator("tandem-chat .waiting")).to_have_count(0)
    await expect(mia.locator("tandem-chat .bubble", has_text="Back at seven")).to_have_count(1)


@pytest.mark.req("CO-1", "CO-5")
async def test_no_cohort_and_a_room_that_is_shut_say_so_kindly(house: Server, visit: Visit, worry: Trouble) -> None:
    parent = await visit("demo-parent", PATH)
    await expect(parent.locator("tandem-cohort")).to_contain_text("You are in no cohort yet")
    daniel = await visit("demo-adult-student", PATH, viewport={"width": 390, "height": 844})
    await live(daniel)
    child = {"name": "Ben Field", "age_band": "under_13", "cohort": "Maple class (simulated)"}
    await send(house, "PUT", "/api/v1/people/small-one", child)
    await expect(daniel.locator("tandem-chat .note")).to_contain_text("Chat opens when a parent says yes")
    await daniel.get_by_role("tab", name="Challenges").click()
    await expect(daniel.get_by_role("button", name="New", exact=True)).to_be_visible()
    yes = {"consents": [{"scope": "social_visibility", "given": True, "method": "signed_form"}]}
    await send(house, "PUT", "/api/v1/people/small-one/consents", yes)
    await daniel.get_by_role("tab", name="Chat").click()
    await expect(daniel.get_by_label("Your message")).to_be_visible()
