"""A journey through each page as somebody makes it: by eye at two widths and in two themes, and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from core.accounts.personas import personas
from tests.e2e.shared import SLOW, Trouble, Visit, house, live, practice, tell, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

LOOKS = [(width, theme) for width in (1440, 390) for theme in ("light", "dark")]
JUDGED = {(1440, "light"), (390, "dark")}
"""Where axe looks: each width and each theme once, for it takes seconds on a long page."""
SHORTEN = "document.querySelectorAll('main section.card:nth-of-type(n + 7)').forEach((one) => one.remove())"
"""Of the hundreds of entries of a reference, all made alike, axe looks at some."""
PAGES = {
    "/": "demo-tutor",
    "/people": "demo-tutor",
    "/activity": "demo-tutor",
    "/review/activities": "demo-admin",
    "/practice": "demo-tutor",
    "/subjects": "demo-tutor",
    "/subjects/math": "demo-tutor",
    "/boards": "demo-student",
    "/me": "demo-student",
    "/review": "demo-admin",
    "/nudges": "demo-student",
    "/cohort": "demo-tutor",
    "/friends": "demo-student",
    "/admin": "demo-admin",
    "/enter": "",
    "/login": "",
    "/logout": "",
    "/api/v1/": "",
    "/api/v1/topics": "",
    "/lost": "",
}
"""Every page there is, and who looks."""
GROUNDS = {"light": "rgb(247, 247, 250)", "dark": "rgb(15, 18, 32)"}
FOCUSED = """() => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const name = one.getAttribute("aria-label") ?? one.textContent;
    return {name: name.trim().replace(/\\s+/g, " "), ring};
}"""


LIVE = [path for path, who in PAGES.items() if who]
SEEN = {
    "/": ["tandem-feed .item", "tandem-week .main", "tandem-around :is(li, .state)"],
    "/people": ["tandem-directory .row"],
    "/activity": ["tandem-feed .item"],
    "/review/activities": ["tandem-reports .state"],
    "/practice": ["tandem-practice .app"],
    "/subjects": ["tandem-rooms li"],
    "/subjects/math": ["tandem-room .popular li"],
    "/boards": ["tandem-boards .main :is(.line, .state)"],
    "/friends": ["tandem-friendships .row"],
    "/me": ["tandem-progress .month", "tandem-progress .ring"],
}
"""What of a page comes later than its first bytes."""


async def drawn(page: Page, path: str) -> None:
    """Everything that comes after the first bytes is there."""
    if path in LIVE:
        await live(page)
    for place in SEEN.get(path, []):
        await expect(page.locator(place).first).to_be_visible()
    if path == "/cohort":
        await expect(page.locator("tandem-chat :is(.line, .state)").first).to_be_attached()
    if path == "/admin":
        await expect(page.locator("tandem-verdict")).to_contain_text("All is well", timeout=SLOW)
        await expect(page.locator("tandem-table").filter(has_text="Last run")).to_contain_text(
            "Presence clean-up", timeout=SLOW
        )
    await page.evaluate("document.fonts.ready.then(() => true)")


async def look(page: Page, width: int, theme: str) -> None:
    await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    await page.set_viewport_size({"width": width, "height": 844})
    await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")


@pytest.mark.req("UI-4")
@pytest.mark.parametrize("path", list(PAGES))
async def test_every_page_is_sound_at_every_width_and_in_both_themes(
    house: Server, visit: Visit, worry: Trouble, path: str
) -> None:
    await tell(house, practice(f"sound{path}"))
    page = await visit(PAGES[path], path)
    await drawn(page, path)
    for width, theme in LOOKS:
        await look(page, min(width, 360) if width < 720 else width, theme)
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == GROUNDS[theme]
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, width)
    await page.evaluate(SHORTEN)
    for width, theme in JUDGED:
        await look(page, width, theme)
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{path} {width} {theme}\n{found.generate_report()}"
    if path == "/lost":
        worry.forgive(r"^404 http.*/lost|status of 404 ")


async def tab_until(page: Page, wanted: str, most: int = 40) -> list[dict[str, Any]]:
    """Press Tab until something called so has focus; what had focus on the way."""
    way: list[dict[str, Any]] = []
    for _ in range(most):
        await page.keyboard.press("Tab")
        here = await page.evaluate(FOCUSED)
        way.append(here)
        if here and wanted in here["name"]:
            return way
    raise AssertionError(f"{wanted!r} cannot be reached: {[one and one['name'] for one in way]}")


@pytest.mark.req("UI-4")
@pytest.mark.parametrize(
    ("path", "actions"),
    [
        ("/", ["Show who", "theme", "your menu", "Home", "All", "Cohort"]),
        ("/admin", ["theme", "your menu", "Home", "Health", "API"]),
        ("/enter", ["theme", "Enter as Mia", "Enter as Ada Quinn", "Sign in with a staff account"]),
        ("/login", ["Sign in"]),
        ("/logout", ["Come in again"]),
        ("/lost", ["Go to the start page"]),
    ],
)
async def test_the_keyboard_reaches_everything_and_one_sees_where_it_is(
    house: Server, visit: Visit, worry: Trouble, path: str, actions: list[str]
) -> None:
    page = await visit(PAGES[path], path)
    if path in ("/", "/admin"):
        await live(page)
        await expect(page.locator("tandem-figures, tandem-here").first).to_be_visible()
    if path == "/":
        await expect(page.locator("tandem-presence button.open")).to_be_visible()
    for action in actions:
        await page.evaluate("document.activeElement.blur()")
        way = await tab_until(page, action)
        assert way[-1]["ring"], way[-1]
    worry.forgive(r"^404 http.*/lost|status of 404 ")


@pytest.mark.req("UI-4")
@pytest.mark.parametrize("path", ["/", "/admin", "/enter", "/api/v1/"])
async def test_the_first_tab_skips_to_the_content(house: Server, visit: Visit, path: str) -> None:
    page = await visit(PAGES[path], path)
    await page.keyboard.press("Tab")
    assert (await page.evaluate(FOCUSED))["name"] == "Skip to content"
    await expect(page.locator("a.skip")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_a_theme_that_was_chosen_stays_on_every_page(house: Server, visit: Visit) -> None:
    page = await visit("demo-tutor", "/", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(ground) == GROUNDS["light"]
    await page.locator(".tools > [data-theme-switch]").click()
    assert await page.evaluate(ground) == GROUNDS["dark"]
    for path in ("/", "/enter", "/login", "/api/v1/"):
        await page.goto(house.base + path)
        assert await page.evaluate(ground) == GROUNDS["dark"], path
    await page.goto(house.base)
    await page.locator("[data-menu]").click()
    await page.locator("#person-menu [data-theme-switch]").click()
    assert await page.evaluate(ground) == GROUNDS["light"]
    await page.reload()
    assert await page.evaluate(ground) == GROUNDS["light"]


@pytest.mark.req("API-2")
@pytest.mark.parametrize("persona", [one.id for one in personas()])
async def test_the_navigation_offers_what_the_role_may_open_and_nothing_else(
    house: Server, visit: Visit, worry: Trouble, persona: str
) -> None:
    page = await visit(persona, "/")
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    offered = [await link.get_attribute("href") for link in await links.all()]
    leads = ["/workshop"] if persona in ("demo-tutor", "demo-facilitator", "demo-admin") else []
    staff = ["/review/activities", "/review", "/admin", "/api/v1/"] if persona == "demo-admin" else []
    wide = ["/subjects", "/people", "/activity"]
    if persona == "demo-analyst":
        assert offered == ["/", "/boards", *wide]
    else:
        learner = ["/", "/practice", "/boards", "/cohort", "/me", *wide, "/friends", "/nudges"]
        assert offered == [*learner, *leads, *staff]
    await expect(page.locator('[aria-current="page"]')).to_have_text("Home")
    answer = await page.goto(house.base + "/admin")
    assert answer
    assert answer.status == (200 if persona == "demo-admin" else 403)
    worry.forgive(r"^403 http.*/admin|status of 403 ")


async def test_from_the_door_to_home_and_out_again(house: Server, visit: Visit) -> None:
    page = await visit(path="/")
    await page.wait_for_url(house.base + "/enter?next=%2F")
    await page.get_by_role("button", name="Enter as Mia").click()
    await page.wait_for_url(house.base + "/")
    await expect(page.locator("h1")).to_contain_text("Mia")
    assert "Berger" not in await page.content()
    await live(page)
    await page.locator("[data-menu]").press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.locator("#person-menu")).to_be_hidden()
    await expect(page.locator("[data-menu]")).to_be_focused()
    await page.locator("[data-menu]").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(house.base + "/logout")
    await page.get_by_role("link", name="Come in again").click()
    await page.wait_for_url(house.base + "/enter")
    await page.goto(house.base)
    await page.wait_for_url("**/enter?next=%2F")


@pytest.mark.req("AF-20", "AF-9", "UI-6")
async def test_home_switches_between_everybody_and_the_cohort(house: Server, visit: Visit) -> None:
    await tell(house, practice("everybody", "demo-parent", 64), practice("cohort", "demo-student", 63))
    page = await visit("demo-tutor")
    feed = page.locator("tandem-feed")
    await expect(feed).to_contain_text("scored 64%", timeout=SLOW)
    await expect(feed).to_contain_text("scored 63%")
    await feed.get_by_role("button", name="Cohort").click()
    await expect(feed).to_contain_text("scored 63%", timeout=SLOW)
    await expect(feed).not_to_contain_text("scored 64%")
    parent = await visit("demo-parent")
    await expect(parent.locator("tandem-feed")).to_contain_text("scored 64%", timeout=SLOW)
    await expect(parent.locator("tandem-feed")).not_to_contain_text("scored 63%")


async def test_the_health_page_is_read_as_a_table_too(visit: Visit) -> None:
    page = await visit("demo-admin", "/admin")
    bars = page.locator("tandem-bars")
    await bars.get_by_role("button", name="Show as table").click(timeout=70_000)
    await expect(bars.get_by_role("columnheader", name="Hour")).to_be_visible()
    await bars.get_by_role("button", name="Show as chart").click()
    await expect(bars.locator("svg.chart")).to_be_visible()


async def test_the_rest_page_leads_to_each_operation(visit: Visit) -> None:
    page = await visit(path="/api/v1/")
    await page.get_by_role("link", name="POST /api/v1/events").click()
    await expect(page.locator("#post-api-v1-events")).to_be_in_viewport()
    assert "`" not in await page.locator("main").inner_text()
