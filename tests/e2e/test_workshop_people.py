"""Who is who in a workshop, in real browsers: coming back in, handing on, the big screen, turns, hands on actions."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import Trouble, guarded
from tests.e2e.test_workshop import lawful
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SLOW = 15_000
LAPTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


class Table:
    """A workshop that was opened over REST, and the pages of those who sit in it."""

    def __init__(self, browser: Browser, tandem: Server, trouble: Trouble) -> None:
        self.browser, self.tandem, self.trouble = browser, tandem, trouble
        self.entries: dict[str, dict[str, Any]] = {}
        self.code = ""

    async def page(self, name: str = "", query: str = "", **options: object) -> Page:
        """A window of its own; with a name it holds that person's place already."""
        context = await guarded(self.browser, self.tandem, self.trouble, **options)
        if name:
            kept = json.dumps({**self.entries[name], "name": name, "pinSeen": True})
            key = json.dumps(f"tandem-workshop:{self.code}")
            seat = f"localStorage.getItem({key}) ?? localStorage.setItem({key}, {json.dumps(kept)})"
            # A window is empty before its page, and an empty one has nothing to keep things in.
            await context.add_init_script(f"if (location.protocol === 'http:') {seat}")
        page = await context.new_page()
        await page.goto(f"{self.tandem.base}/workshop/{self.code}{query}")
        return page

    async def ask(self, path: str, body: dict[str, Any], name: str = "") -> dict[str, Any]:
        context = await self.browser.new_context()
        headers = {"X-Tandem": "1"} | ({"Authorization": f"Bearer {self.entries[name]['token']}"} if name else {})
        answer = await context.request.post(f"{self.tandem.base}/api/v1/workshops{path}", data=body, headers=headers)
        assert answer.ok, await answer.text()
        told: dict[str, Any] = await answer.json()
        await context.close()
        return told

    async def seat(self, *names: str, **settings: object) -> None:
        first, *others = names
        template = {"template": "six_criteria", "skip_intro": True, **settings}
        self.entries[first] = await self.ask("", {"name": first, **template})
        self.code = self.entries[first]["code"]
        for name in others:
            self.entries[name] = await self.ask(f"/{self.code}/participants", {"name": name})

    async def move(self, name: str, move: str, version: int, **rest: object) -> dict[str, Any]:
        return await self.ask(f"/{self.code}/moves", {"move": move, "version": version, **rest}, name)


@pytest_asyncio.fixture(loop_scope="session")
async def table(browser: Browser, tandem: Server, trouble: Trouble) -> Table:
    return Table(browser, tandem, trouble)


def forgive(trouble: Trouble, *paths: str) -> None:
    """Take back what was refused on purpose; the browser says it a second time without the address."""
    refused = re.compile(rf"^4\d\d .*/({'|'.join(paths)})$|Failed to load resource.* 4\d\d ")
    trouble[:] = [line for line in trouble if not refused.search(line)]


async def begins(*pages: Page) -> None:
    for page in pages:
        await page.locator("ws-dock").get_by_role("button", name="I am ready").click()
    for page in pages:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Elbow room", timeout=SLOW)


@pytest.mark.req("WS-7", "WS-9", "WS-10", "WS-69")
async def test_people_come_back_by_number_or_by_word_and_the_lead_is_handed_on(table: Table, trouble: Trouble) -> None:
    await table.seat("Noor", "Lena", "Tom")
    noor = await table.page("Noor", **LAPTOP)
    lena, tom = await table.page(**PHONE), await table.page(**PHONE)
    for page, name in ((lena, "Lena"), (tom, "Tom")):
        await page.get_by_label("Your first name").fill(name)
        await page.get_by_role("button", name="Join the workshop").click()
        await expect(page.get_by_text(f"{name} is already here.")).to_be_visible(timeout=SLOW)
    pin = table.entries["Lena"]["pin"]
    await lena.get_by_label("Your four figures").fill(f"{(int(pin) + 1) % 10_000:04}")
    await lena.get_by_role("button", name="Come back in").click()
    await expect(lena.get_by_text("That is not it. Four more tries")).to_be_visible()
    await lena.get_by_label("Your four figures").fill(pin)
    await lena.get_by_role("button", name="Come back in").click()
    await expect(lena.get_by_role("heading", level=1)).to_have_text("You are in, Lena.", timeout=SLOW)
    await tom.get_by_role("button", name="I have lost them, please ask").click()
    await expect(tom.get_by_role("status").first).to_contain_text("Tom has been asked.")
    await expect(noor.get_by_role("dialog")).to_contain_text("Tom wants to come back in", timeout=SLOW)
    await noor.get_by_role("button", name="Yes, let them in").click()
    await expect(tom.get_by_role("heading", level=1)).to_have_text("You are in, Tom.", timeout=SLOW)
    await noor.locator("ws-dock").get_by_role("button", name="Hand over").click()
    await noor.get_by_role("dialog").get_by_role("button", name="Lena").click()
    await expect(noor.locator("ws-dock").get_by_role("button", name="Hand over")).to_have_count(0)
    await begins(noor, lena, tom)
    await lena.get_by_role("button", name="More").click()
    await expect(lena.get_by_role("dialog").get_by_role("button", name="Hand over")).to_be_visible()
    screen = await table.page("Noor", "?screen", **LAPTOP)
    await expect(screen.locator("ws-dock")).to_contain_text("0 of 3 have scored", timeout=SLOW)
    await noor.locator('ws-scale [data-value="4"]').click()
    await noor.keyboard.press("Enter")
    await expect(screen.locator("ws-dock")).to_contain_text("1 of 3 have scored", timeout=SLOW)
    assert await screen.locator("ws-dock button").count() == 0
    assert await screen.locator('ws-scale [aria-checked="true"]').count() == 0
    forgive(trouble, "participants", "reentries", "screen")


@pytest.mark.req("WS-20", "WS-31", "WS-39", "WS-51")
async def test_numbers_in_turn_and_actions_moved_by_hand(table: Table) -> None:
    await table.seat("Noor", "Tom", "Lena", disclosure="turns")
    noor, tom = await table.page("Noor", **LAPTOP), await table.page("Tom", **LAPTOP)
    lena = await table.page("Lena", **PHONE)
    await begins(noor, tom, lena)
    for page, words in ((noor, "It is your turn"), (lena, "It is Noor\u2019s turn")):
        await expect(page.locator(".ws-turn")).to_contain_text(words)
    await expect(lena.locator("ws-dock").get_by_role("button", name="Your turn will come")).to_be_visible()
    await noor.locator('ws-scale [data-value="-2"]').click()
    await noor.keyboard.press("Enter")
    await expect(lena.get_by_role("radio", name="minus 2, chosen by Noor")).to_be_visible(timeout=SLOW)
    await expect(lena.locator(".ws-turn")).to_contain_text("It is Tom\u2019s turn")
    await expect(lena.get_by_role("button", name="Pass, Tom comes later")).to_have_count(0)
    await noor.get_by_role("button", name="Pass, Tom comes later").click()
    await expect(lena.locator(".ws-turn")).to_contain_text("It is your turn", timeout=SLOW)
    await lena.reload()
    await expect(lena.locator(".ws-turn")).to_contain_text("It is your turn", timeout=SLOW)
    for page in (noor, lena):
        await lawful(page)
    await lena.locator('ws-scale [data-value="1"]').click()
    await lena.keyboard.press("Enter")
    await expect(tom.locator(".ws-turn")).to_contain_text("You can give yours whenever you like.", timeout=SLOW)
    await noor.locator("ws-dock").get_by_role("button", name="Reveal anyway").click()
    await noor.get_by_role("button", name="Go on", exact=True).click()
    await expect(lena.locator("ws-reveal")).to_contain_text("Without Tom, who had not scored.", timeout=SLOW)
    await lena.reload()
    await expect(lena.locator("ws-reveal")).to_contain_text("Without Tom, who had not scored.", timeout=SLOW)
    await by_hand(table, noor, lena)


async def by_hand(table: Table, noor: Page, lena: Page) -> None:
    """The second of two actions is taken by its handle and put first; everybody sees it there."""
    context = noor.context.request
    headers = {"Authorization": f"Bearer {table.entries['Noor']['token']}", "X-Tandem": "1"}
    shown = await (
        await context.get(f"{table.tandem.base}/api/v1/workshops/{table.code}/screen", headers=headers)
    ).json()
    stands = {"state": "scoring", "version": shown["workshop"]["version"]}
    while stands["state"] != "actions":
        stands = await table.move("Noor", "advance", stands["version"], override=True)
    for text in ("Agree what needs no asking", "Tell each other soon"):
        await table.move("Noor", "add_action", stands["version"], action_id=str(uuid4()), content=text)
    cards = noor.locator("ws-actions .card")
    await expect(cards).to_have_count(2, timeout=SLOW)
    handle, first = noor.locator("ws-actions .handle").last, cards.first
    await handle.scroll_into_view_if_needed()
    start, goal = await handle.bounding_box(), await first.bounding_box()
    assert start is not None
    assert goal is not None
    middle = start["x"] + start["width"] / 2
    await noor.mouse.move(middle, start["y"] + start["height"] / 2)
    await noor.mouse.down()
    await noor.mouse.move(middle, goal["y"] + 4, steps=6)
    await noor.mouse.up()
    await expect(lena.locator("ws-actions .card").first).to_contain_text("Tell each other soon", timeout=SLOW)
    await expect(cards.first).to_contain_text("Tell each other soon")
