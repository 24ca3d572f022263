"""Practising in a real browser, from the choice to the result: typing, lost lines, and two who practise together."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.shared import SLOW, Trouble, Visit, chromium, house, live, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
__all__ = ["chromium", "house", "visit", "worry"]


async def begin(page: Page, skill: str = "speed", level: str = "Gentle") -> str:
    """Choose a skill; the text that is to be typed."""
    await page.get_by_role("button", name=level).click()
    await page.locator(f'tandem-practice [data-skill="{skill}"]').click()
    return await copy_of(page)


async def copy_of(page: Page) -> str:
    copy = page.locator("tandem-practice .copy, tandem-co-session .copy")
    await expect(copy).to_be_visible(timeout=SLOW)
    return await copy.inner_text()


async def own_runs(page: Page) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await page.evaluate(
        "fetch('/api/v1/practice', {headers: {'X-Tandem': '1'}}).then((one) => one.json()).then((page) => page.runs)"
    )
    return found


def fact(page: Page, label: str) -> Locator:
    return page.locator(".facts > div").filter(has=page.locator("dt", has_text=label)).locator("dd")


@pytest.mark.req("HUB-10", "HUB-14", "HUB-16", "SB-5")
async def test_typing_from_the_choice_to_a_result_that_is_kept(house: Server, visit: Visit, worry: Trouble) -> None:
    page = await visit("demo-adult-student", "/practice")
    await live(page)
    text = await begin(page)
    await expect(page.locator(".bar .place")).to_have_text("Typing practice")
    await page.keyboard.type(text[:8] + "#", delay=5)
    slip = page.locator('.copy [data-look="slip"]')
    await expect(slip).to_have_text("#")
    await page.keyboard.press("Backspace")
    await expect(slip).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Paused. Nothing is counted meanwhile.")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type(text[8:])
    await expect(page.locator(".hero b")).to_have_text(re.compile(r"^\d+$"), timeout=SLOW)
    await expect(page.locator(".sentence")).to_contain_text("first one of these", timeout=SLOW)
    await expect(fact(page, "Streak")).to_have_text("1 day", timeout=SLOW)
    await expect(fact(page, "Points")).to_have_text(re.compile(r"^\+\d+"))
    (run, *_) = await own_runs(page)
    assert (run["status"], run["skill"], run["app"]) == ("completed", "speed", "typing")
    assert 95 < float(str(run["score"])) < 100, "a slip counts, though it was corrected"
    assert float(str(run["wpm"])) > 0
