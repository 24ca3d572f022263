"""Practising in a real browser, from the choice to the result: typing, lost lines, and two who practise together."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.shared import SLOW, Trouble, Visit, befriend, house, live, practice, tell, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]


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


@pytest.mark.req("HUB-16", "RT-15")
async def test_a_lost_line_costs_nothing_and_the_result_counts_once(
    house: Server, visit: Visit, worry: Trouble
) -> None:
    page = await visit("demo-parent", "/practice")
    await live(page)
    text = await begin(page)
    await page.keyboard.type(text[:20])
    await page.context.set_offline(True)
    await page.keyboard.type(text[20:])
    await expect(page.locator(".hero b")).to_be_visible(timeout=SLOW)
    await expect(page.locator(".outcome .note")).to_contain_text("counts as soon as you are back")
    await page.context.set_offline(False)
    await expect(page.locator(".sentence")).to_contain_text("first one of these", timeout=SLOW)
    assert [run["status"] for run in await own_runs(page)] == ["completed"]
    await page.goto(f"{house.base}/practice")
    await live(page)
    assert [run["status"] for run in await own_runs(page)] == ["completed"], "sent once"
    worry.forgive(r"INTERNET_DISCONNECTED|Failed to (load resource|fetch)")


@pytest.mark.req("HUB-16")
async def test_a_practice_can_be_left_and_gone_on_with(house: Server, visit: Visit, worry: Trouble) -> None:
    page = await visit("demo-tutor", "/practice")
    await page.goto(f"{house.base}/practice?subject=math&skill=algebra")
    await live(page)
    await page.get_by_label("What is x?").fill("1")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Next").click()
    await expect(page.locator(".fig.second .value")).to_have_text("1 of 10")
    await page.goto(f"{house.base}/practice")
    await expect(page.locator(".left-open")).to_contain_text("Algebra is still open, 10% through.", timeout=SLOW)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("Paused. Nothing is counted meanwhile.")).to_be_visible()
    await page.locator(".cover").get_by_role("button", name="Go on").click()
    await expect(page.locator(".count")).to_have_text("2 of 10")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Stop here").click()
    await expect(page.locator(".app").first).to_be_visible()
    assert [run["reason"] for run in await own_runs(page)] == ["given_up"]


async def make_friends(house: Server, one: Page, other: Page) -> None:
    ask = """(id) => fetch('/api/v1/friendships', {method: 'POST', body: JSON.stringify({user_id: id}),
        headers: {'X-Tandem': '1', 'Content-Type': 'application/json'}}).then((answer) => answer.status)"""
    ids = [await page.locator("tandem-practice").get_attribute("me") for page in (one, other)]
    assert await one.evaluate(ask, ids[1]) == 201
    assert await other.evaluate(ask, ids[0]) == 201


@pytest.mark.req("SB-9", "AF-17", "BG-27")
async def test_two_browsers_practise_together(house: Server, visit: Visit, worry: Trouble) -> None:
    ada, dan = await visit("demo-tutor", "/practice"), await visit("demo-adult-student", "/practice")
    for page in (ada, dan):
        await live(page)
    await make_friends(house, ada, dan)
    await begin(dan)
    await ada.goto(f"{house.base}/subjects/typing")
    card = ada.locator("tandem-friend-card")
    await expect(card).to_contain_text("is practising Speed. There is room for one more.", timeout=SLOW)
    whose = await dan.locator("tandem-practice").get_attribute("me")
    await expect(ada.locator(f'.lane[data-person="{whose}"]')).to_have_count(1, timeout=SLOW)
    await card.get_by_role("link", name="Practise together").click()
    await expect(ada.get_by_text("Waiting for")).to_be_visible(timeout=SLOW)
    await dan.goto(f"{house.base}/practice")
    await expect(dan.locator(".left-open").filter(has_text="asks you to practise")).to_be_visible(timeout=SLOW)
    await dan.get_by_role("link", name="Have a look").click()
    await dan.get_by_role("button", name="Practise together").click()
    texts = [await copy_of(page) for page in (ada, dan)]
    assert texts[0] == texts[1], "both have the same exercise"
    half = len(texts[0]) // 2
    await dan.keyboard.type(texts[1][:half])
    await expect(ada.locator(".together .pal .fill")).to_have_attribute(
        "style", re.compile(r"width: (4|5)\d%"), timeout=SLOW
    )
    await dan.reload()
    await dan.locator(".cover").get_by_role("button", name="Go on").click(timeout=SLOW)
    await dan.keyboard.type(texts[1][half:])
    await expect(dan.locator(".hero b")).to_be_visible(timeout=SLOW)
    await expect(ada.locator(".together")).to_contain_text("is done.", timeout=SLOW)
    await ada.keyboard.type(texts[0])
    for page in (ada, dan):
        await expect(page.locator(".together .joint")).to_contain_text("100% together", timeout=SLOW)
    (run, *_) = await own_runs(ada)
    assert run["status"] == "completed"


@pytest.mark.req("SB-9")
async def test_an_invitation_can_be_turned_down_and_taken_back(house: Server, visit: Visit, worry: Trouble) -> None:
    ada, dan = await visit("demo-tutor", "/practice"), await visit("demo-adult-student", "/practice")
    for page in (ada, dan):
        await live(page)
    who = await dan.locator("tandem-practice").get_attribute("me")
    to = f"{house.base}/practice/co-session?with={who}&subject=math&skill=geometry"
    await ada.goto(to)
    await expect(dan.locator(".left-open").filter(has_text="Geometry")).to_be_visible(timeout=SLOW)
    await dan.locator(".left-open").get_by_role("button", name="Not now").click()
    await expect(ada.get_by_text("Not this time.")).to_be_visible(timeout=SLOW)
    await expect(dan.locator(".left-open").filter(has_text="Geometry")).to_have_count(0)
    await ada.goto(
        f"{house.base}/practice/co-session?with=019ab000-0000-7000-8000-000000000000&subject=math&skill=algebra"
    )
    await expect(ada.get_by_text("There is nobody to be reached here just now.")).to_be_visible(timeout=SLOW)
    worry.forgive(r"404")


@pytest.mark.req("SB-8")
async def test_a_room_shows_what_is_popular_and_unknown_ones_do_not_exist(
    house: Server, visit: Visit, worry: Trouble
) -> None:
    await tell(house, *[practice(f"room-{n}") for n in range(3)], practice("room-g", skill="geometry"))
    page = await visit("demo-tutor", "/subjects/math")
    await live(page)
    await expect(page.locator(".popular li")).to_have_count(2, timeout=SLOW)
    await expect(page.locator(".popular li").first).to_have_text(re.compile("Algebra.*3"))
    await expect(page.locator(".finished li").first).to_contain_text("Geometry")
    await expect(page.locator(".counts")).to_have_text("1 here now, 0 practising")
    await page.goto(f"{house.base}/subjects/knitting")
    await expect(page.get_by_role("link", name="Go to the start page")).to_be_visible()
    worry.forgive(r"404")


@pytest.mark.req("SB-6")
async def test_a_good_result_suggests_a_challenge_once_and_leads_to_a_friend(house: Server, visit: Visit) -> None:
    await befriend(house, "demo-student", "demo-adult-student")
    page = await visit("demo-student", "/practice")
    await live(page)
    home = await page.context.new_page()
    await home.goto(f"{house.base}/")
    await live(home)
    await page.keyboard.type(await begin(page))
    said = page.locator(".challenge")
    await expect(said).to_contain_text("You scored 100% on typing speed. Can a friend beat that?", timeout=SLOW)
    await expect(page.locator("tandem-toasts li", has_text="Can a friend")).to_have_count(0)
    toast = home.locator("tandem-toasts li", has_text="Can a friend beat that?")
    await expect(toast).to_have_count(1, timeout=SLOW)
    await toast.get_by_role("button", name="Challenge a friend").click()
    await home.wait_for_url(re.compile("/practice/co-session"))
    await expect(home.locator(".meeting")).to_contain_text("Typing: speed, 100% to beat.")
    await said.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("button", name="Challenge a friend")).to_be_focused()
    await tell(house, practice("again", "demo-student", 99))
    await home.locator(".meeting .friends a").first.click()
    await expect(home.get_by_text("Waiting for")).to_be_visible(timeout=SLOW)
    await expect(page.locator("tandem-toasts li", has_text="Can a friend")).to_have_count(0)
