"""A whole workshop in two real browsers, a laptop and a phone: from the start page to the team room.

And what must survive on the way: a reload, a lost line, somebody else's step while one is typing.
"""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Trouble, guarded
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SLOW = 15_000
LAPTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}
TITLES = (
    "Elbow room",
    "Setting goals",
    "Getting feedback",
    "Variety",
    "Mutual support and respect",
    "Socially useful",
    "Seeing the whole product",
    "A desirable future",
)
SCORES = ((-4, 4), (-2, -2), (1, 0), (3, 1), (9, 8), (7, 7), (2, 9), (5, 4))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


class Team:
    """Noor, who leads on a laptop, and Lena on her phone."""

    def __init__(self, base: str, noor: Page, lena: Page) -> None:
        self.base, self.noor, self.lena = base, noor, lena
        self.code = ""

    @property
    def both(self) -> tuple[Page, Page]:
        return self.noor, self.lena

    async def begin(self) -> None:
        await self.noor.goto(f"{self.base}/workshop")
        await self.noor.get_by_role("link", name="Start a new workshop").click()
        await self.noor.get_by_label("2 hours").check()
        await self.noor.get_by_label("Your first name").fill("Noor")
        await self.noor.get_by_role("button", name="Start the workshop").click()
        await self.noor.wait_for_url(re.compile(r"/workshop/[A-Z2-9]{6}$"))
        self.code = self.noor.url[-6:]
        await self.lena.goto(f"{self.base}/workshop")
        await self.lena.get_by_label("Workshop code").fill(self.code.lower())
        await self.lena.get_by_label("Your first name").fill("Lena")
        await self.lena.get_by_role("button", name="Join the workshop").click()
        await expect(self.lena.get_by_role("heading", level=1)).to_have_text("You are in, Lena.", timeout=SLOW)
        await expect(self.noor.locator("ws-lobby")).to_contain_text("Lena")

    async def press(self, button: str) -> None:
        for page in self.both:
            await bar(page).get_by_role("button", name=button).click()

    async def see(self, heading: str) -> None:
        for page in self.both:
            await expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=SLOW)

    async def score(self, number: int) -> None:
        """Noor by keys, Lena by touch."""
        keys, tapped = SCORES[number - 1]
        await self.noor.locator("ws-scale .cell").first.focus()
        for key in str(keys):
            await self.noor.keyboard.press(key)
        await expect(bar(self.noor).get_by_role("button", name="Give my score")).to_be_visible()
        await self.noor.keyboard.press("Enter")
        await self.lena.locator(f'ws-scale [data-value="{tapped}"]').tap()
        await bar(self.lena).get_by_role("button", name="Give my score").click()
        for page in self.both:
            await expect(page.locator("ws-reveal")).to_be_visible(timeout=SLOW)


def bar(page: Page) -> Locator:
    return page.locator("ws-dock")


async def lawful(page: Page) -> None:
    await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    found = (await Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})).response["violations"]
    assert not found, [(one["id"], one["nodes"][0]["target"], one["nodes"][0]["failureSummary"]) for one in found]


@pytest_asyncio.fixture(loop_scope="session")
async def team(browser: Browser, tandem: Server, trouble: Trouble) -> Team:
    pages = []
    for options in (LAPTOP, PHONE):
        context = await guarded(browser, tandem, trouble, **options)
        pages.append(await context.new_page())
    return Team(tandem.base, *pages)


@pytest.mark.req(
    "WS-13",
    "WS-17",
    "WS-18",
    "WS-19",
    "WS-33",
    "WS-50",
    "WS-51",
    "WS-52",
    "WS-55",
    "WS-56",
    "WS-67",
    "WS-69",
    "WS-76",
    "BG-77",
)
async def test_a_team_plays_a_whole_workshop_and_finds_it_again(team: Team) -> None:
    await team.begin()
    for page in team.both:
        await lawful(page)
    await team.press("I am ready")
    await team.see("Today we look at how our work is set up, with our own eyes.")
    await lawful(team.noor)
    await team.press("I am ready")
    for number, title in enumerate(TITLES, start=1):
        if number == 5:
            await team.see("From here on, another scale")
            await lawful(team.lena)
            await team.press("I have got it")
        await team.see(title)
        if number == 1:
            for page in team.both:
                await lawful(page)
                assert await page.locator('ws-scale [aria-checked="true"]').count() == 0
        await team.score(number)
        if number == 1:
            for page in team.both:
                await expect(page.locator("ws-reveal")).to_contain_text("We are split.")
                await lawful(page)
        await team.press("I am ready to go on")
    await team.see("What we see together")
    for page in team.both:
        await lawful(page)
    await team.press("On to our actions")
    await team.see("What will we change?")
    await agree(team)
    await team.see("Thank you.")
    await lawful(team.noor)
    for label in ("For us: everything: PDF", "For others: without names: CSV"):
        kind, ending = ("full", "pdf") if "us" in label.split(":")[0] else ("team", "csv")
        assert re.fullmatch(rf"workshop-six-criteria-[\d-]+-{kind}\.{ending}", await downloaded(team.noor, label))
    await team.noor.get_by_label("Name of the team").fill("Kiln team")
    await team.noor.get_by_role("button", name="Keep it").click()
    await team.noor.get_by_role("link", name="Open the team room").click()
    await expect(team.noor.get_by_role("heading", level=1)).to_have_text("Kiln team", timeout=SLOW)
    await expect(team.noor.locator("ws-team")).to_contain_text("Agree what needs no asking")
    assert (await downloaded(team.noor, "Export: PDF")).startswith("team-kiln-team-")
    await team.lena.goto(team.noor.url)
    await expect(team.lena.get_by_role("button", name="Export: JSON")).to_be_visible(timeout=SLOW)
    assert await team.lena.evaluate("document.documentElement.scrollWidth") <= 390
    await lawful(team.noor)


async def downloaded(page: Page, button: str) -> str:
    """What a button's file is called; it is a whole file, whatever it is."""
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name=button).click()
    file = await waiting.value
    assert (await file.path()).stat().st_size > 500
    await expect(page.get_by_text(f"Saved as {file.suggested_filename}")).to_be_visible()
    return file.suggested_filename


async def agree(team: Team) -> None:
    """Two actions, one of them with a name and a date, put in order by keys; then the end."""
    noor, lena = team.both
    for page, text in ((noor, "Agree what needs no asking"), (lena, "Tell each other within two days")):
        await page.get_by_label("Add something we will do").fill(text)
        await page.keyboard.press("Enter")
        for other in team.both:
            await expect(other.locator("ws-actions")).to_contain_text(text)
    await lawful(noor)
    await noor.locator("ws-actions .owner").first.click()
    await noor.keyboard.type("Lena")
    await noor.keyboard.press("Enter")
    await expect(lena.locator("ws-actions .owner").first).to_contain_text("Lena")
    await noor.locator("ws-actions .due").first.focus()
    await noor.keyboard.press("Enter")
    await noor.locator("ws-actions input[type=date]").fill("2099-12-05")
    await noor.keyboard.press("Enter")
    await expect(lena.locator("ws-actions .due").first).to_contain_text("5 Dec 2099")
    await noor.locator("ws-actions .handle").last.focus()
    for key in ("Space", "ArrowUp", "Space"):
        await noor.keyboard.press(key)
    await expect(noor.get_by_role("status").last).to_have_text("Put down at place 1 of 2")
    await expect(lena.locator("ws-actions .card").first).to_contain_text("Tell each other")
    await bar(noor).get_by_role("button", name="Finish the workshop").click()
    await noor.get_by_role("button", name="Finish", exact=True).click()


@pytest.mark.req("WS-32", "WS-50", "WS-62", "WS-66", "WS-75")
async def test_what_one_types_and_chooses_survives_reload_step_and_cut(team: Team, trouble: Trouble) -> None:
    noor, lena = team.both
    await team.begin()
    await bar(noor).get_by_role("button", name="I am ready").click()
    await bar(lena).get_by_role("button", name="I am ready").click()
    await bar(noor).get_by_role("button", name="Go on anyway").click()
    await noor.get_by_role("button", name="Go on", exact=True).click()
    await team.see("Elbow room")
    await lena.locator('ws-scale [data-value="3"]').tap()
    await lena.reload()
    await team.see("Elbow room")
    await expect(lena.locator('ws-scale [data-value="3"]')).to_have_attribute("aria-checked", "true")
    # The browser cuts lines that stand, not one that is being opened while it goes offline.
    await expect(lena.locator("tandem-workshop")).to_have_js_property("line", "live", timeout=SLOW)
    await lena.context.set_offline(True)
    await expect(bar(lena)).to_contain_text("No connection, trying again", timeout=SLOW)
    await bar(lena).get_by_role("button", name="Give my score").click()
    await expect(bar(lena)).to_contain_text("Your score of +3 is kept here")
    await lena.context.set_offline(False)
    await expect(bar(noor)).to_contain_text("1 of 2 have scored", timeout=SLOW)
    assert "3" not in await noor.locator("ws-dock").inner_text()
    await noor.locator('ws-scale [data-value="-1"]').click()
    await noor.keyboard.press("Enter")
    for page in team.both:
        await expect(page.locator("ws-reveal")).to_be_visible(timeout=SLOW)
    await noor.get_by_label("Write a note for everyone").fill("<img src=x onerror=alert(1)> first")
    await noor.keyboard.press("Enter")
    await expect(lena.locator("ws-notes")).to_contain_text("<img src=x onerror=alert(1)> first")
    await lena.get_by_label("Write a note for everyone").fill("half a thought")
    await lena.reload()
    field = lena.get_by_label("Write a note for everyone")
    await expect(field).to_have_value("half a thought", timeout=SLOW)
    await bar(lena).get_by_role("button", name="I am ready to go on").click()
    await field.click()
    await lena.keyboard.press("End")
    await bar(noor).get_by_role("button", name="I am ready to go on").click()
    await expect(lena.get_by_text("We have moved on. Your note is kept here.")).to_be_visible(timeout=SLOW)
    await lena.keyboard.type(", now whole")
    await lena.keyboard.press("Enter")
    await noor.get_by_role("button", name=re.compile("^Notes")).click()
    await expect(noor.locator("ws-dialog")).to_contain_text("half a thought, now whole")
    trouble[:] = [line for line in trouble if "ERR_INTERNET_DISCONNECTED" not in line]
