"""A host platform's own page, on another origin, with our three embeds in it, in real browsers.

The page and its server are the example of the docs. What is asked of the embeds here is what an integrator asks.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from tornado.httpclient import AsyncHTTPClient

from dashboards.embed.made import MEMBERS
from tests.e2e.shared import SETTINGS, SLOW, emptied, practice, send, tell
from tests.process_kit import KEY, ROOT, Server, server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EXAMPLE = ROOT / "docs" / "examples" / "host_page" / "host.py"
HOSTILE = '<img src=x onerror="window.struck=1">'


@dataclass(frozen=True, slots=True)
class Platform:
    """A Tandem, and a host platform that embeds it."""

    tandem: Server
    base: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def platform(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    await emptied(database_url)
    folder: Path = tmp_path_factory.mktemp("platform")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    allowed = {"TANDEM_ALLOWED_ORIGINS": base, "DATABASE_URL": database_url, **SETTINGS}
    async with server(folder, **allowed) as tandem:
        told = {"PATH": os.environ["PATH"], "TANDEM": tandem.base, "TANDEM_API_KEY": KEY}
        host = await asyncio.create_subprocess_exec(sys.executable, str(EXAMPLE), str(port), env=told, stdout=PIPE)
        try:
            assert host.stdout is not None
            async with asyncio.timeout(20):
                assert base in (await host.stdout.readline()).decode()
            yield Platform(tandem, base)
        finally:
            host.terminate()
            await host.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def open_host(browser: Browser, platform: Platform, pupil: str, **options: object) -> tuple[Page, list[str]]:
    """The host's page as one of its pupils sees it, and all that went wrong in it."""
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    await context.add_cookies([{"name": "pupil", "value": pupil, "url": platform.base}])
    trouble: list[str] = []
    context.on("weberror", lambda error: trouble.append(f"script: {error.error}"))
    context.on("console", lambda m: trouble.append(f"console: {m.text}") if m.type == "error" else None)
    page = await context.new_page()
    page.set_default_timeout(SLOW)
    await page.goto(platform.base)
    return page, trouble


async def live(page: Page) -> None:
    for name in ("presence", "feed", "board"):
        await expect(page.locator(f"tandem-{name} .line")).to_have_text("Live", timeout=SLOW)


@pytest.mark.req("DM-6")
async def test_two_pupils_see_each_other_and_what_happens_at_once(browser: Browser, platform: Platform) -> None:
    lena, trouble = await open_host(browser, platform, "Lena")
    await live(lena)
    mila, more = await open_host(browser, platform, "Mila")
    await live(mila)
    for page in (lena, mila):
        await expect(page.locator("tandem-presence .title")).to_have_text("2 students online", timeout=SLOW)
        await expect(page.locator("tandem-presence .row")).to_have_count(2)
        await expect(page.locator("tandem-feed")).to_contain_text("Quiet here just now")
        await expect(page.locator("tandem-board")).to_contain_text("opens the board")
    await expect(lena.locator("tandem-presence")).to_contain_text("(you)")
    await tell(platform.tandem, practice("p-1", "pupil-mila", 90), practice("p-2", "pupil-lena", 70))
    for page in (lena, mila):
        await expect(page.locator("tandem-feed .item")).to_have_count(2, timeout=SLOW)
        await expect(page.locator("tandem-feed")).to_contain_text("scored 90% on Algebra")
        await expect(page.locator("tandem-board tbody tr")).to_have_count(2, timeout=SLOW)
        await expect(page.locator("tandem-board .title")).to_have_text("Maths, this week")
    await expect(lena.locator("tandem-board tr.you")).to_contain_text("(you)")
    await expect(lena.locator("tandem-board tr.you")).to_contain_text("21")
    await mila.context.close()
    await expect(lena.locator("tandem-presence .title")).to_have_text("1 student online", timeout=SLOW)
    await lena.context.close()
    assert not trouble + more


@pytest.mark.req("UI-4", "SEC-3")
async def test_the_embeds_have_no_barrier_and_words_stay_words(browser: Browser, platform: Platform) -> None:
    person = {"name": HOSTILE, "nickname": HOSTILE, "role": "student", "age_band": "18_plus"}
    await send(platform.tandem, "PUT", "/api/v1/people/evil", person)
    await tell(platform.tandem, practice("evil-1", "evil", 99))
    for width, theme in ((1440, "light"), (390, "dark")):
        options = {"viewport": {"width": width, "height": 800}, "color_scheme": theme, "reduced_motion": "reduce"}
        page, trouble = await open_host(browser, platform, "Lena", **options)
        await live(page)
        await expect(page.locator("tandem-feed")).to_contain_text(HOSTILE, timeout=SLOW)
        await expect(page.locator("tandem-board")).to_contain_text(HOSTILE, timeout=SLOW)
        assert await page.evaluate("window.struck") is None
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{width} {theme}\n{found.generate_report()}"
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{wide} px too wide at {width}"
        await page.context.close()
        assert not trouble


@pytest.mark.req("SEC-1", "RT-7")
async def test_a_token_that_is_revoked_is_asked_for_again_and_nothing_is_lost(
    browser: Browser, platform: Platform
) -> None:
    page, _ = await open_host(browser, platform, "Ida")
    await live(page)
    await page.evaluate("""() => {
        window.asked = [];
        document.addEventListener("tandem-token", ({detail}) => window.asked.push(detail.reason), true);
    }""")
    await send_away(platform, "pupil-ida")
    await page.wait_for_function("window.asked.includes('expired')")
    await live(page)
    await tell(platform.tandem, practice("ida-1", "pupil-ida", 64))
    await expect(page.locator("tandem-feed")).to_contain_text("scored 64%", timeout=SLOW)
    await page.context.close()


async def send_away(platform: Platform, external_id: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    address = f"{platform.tandem.base}/api/v1/people/{external_id}/tokens"
    response = await AsyncHTTPClient().fetch(address, method="DELETE", headers=headers)
    assert response.code == 204


@pytest.mark.req("SEC-3")
async def test_a_page_of_another_origin_is_told_why_nothing_comes(browser: Browser, platform: Platform) -> None:
    elsewhere = platform.base.replace("127.0.0.1", "localhost")
    context = await browser.new_context()
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(elsewhere)
    await expect(page.locator("tandem-feed")).to_contain_text("may not show", timeout=SLOW)
    assert any("is not among the origins" in line for line in said)
    await context.close()


async def test_attributes_change_what_is_shown_and_removed_elements_leave_the_line(
    browser: Browser, platform: Platform
) -> None:
    page, trouble = await open_host(browser, platform, "Noa")
    await live(page)
    board = page.locator("tandem-board")
    await board.evaluate("one => { one.setAttribute('scope', 'cohort'); one.setAttribute('period', 'daily'); }")
    await expect(board.locator(".title")).to_have_text("Maths, today, my cohort")
    await tell(platform.tandem, practice("noa-1", "pupil-noa", 100))
    await expect(board.locator("tr.you")).to_contain_text("30", timeout=SLOW)
    await page.locator("tandem-presence").evaluate("one => one.setAttribute('scope', 'cohort')")
    await expect(page.locator("tandem-presence .row")).to_have_count(1)
    await page.locator("tandem-feed").evaluate("one => one.setAttribute('subject', 'science')")
    await expect(page.locator("tandem-feed")).to_contain_text("Quiet here just now")
    await board.evaluate("one => one.setAttribute('subject', 'no-such-board')")
    await expect(board.locator(".state")).to_be_visible()
    await page.evaluate("document.querySelectorAll('main > *').forEach((one) => one.remove())")
    async with asyncio.timeout(20):
        while (await send(platform.tandem, "GET", "/api/v1/presence"))["count"]:
            await asyncio.sleep(0)
    await page.context.close()
    # The board that does not exist is the one thing that was not found.
    assert [line for line in trouble if "404" not in line] == []


@pytest.mark.req("SEC-3")
async def test_rest_may_be_read_by_pages_of_allowed_origins_and_written_by_none(platform: Platform) -> None:
    board = f"{platform.tandem.base}/api/v1/leaderboards"
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    client = AsyncHTTPClient()
    fine = await client.fetch(board, method="OPTIONS", headers={"Origin": platform.base, **asks}, raise_error=False)
    assert fine.code == 204
    assert fine.headers["Access-Control-Allow-Origin"] == platform.base
    assert "Authorization" in fine.headers["Access-Control-Allow-Headers"]
    assert fine.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Access-Control-Allow-Credentials" not in fine.headers
    for origin in ("http://elsewhere.example", "null", f"{platform.base}.evil.example"):
        other = await client.fetch(board, method="OPTIONS", headers={"Origin": origin, **asks}, raise_error=False)
        assert "Access-Control-Allow-Origin" not in other.headers
        assert other.code == 405
    events = f"{platform.tandem.base}/api/v1/events"
    write = await client.fetch(events, method="OPTIONS", headers={"Origin": platform.base, **asks}, raise_error=False)
    assert write.code == 405


async def test_no_name_that_was_made_short_is_a_browsers_own(browser: Browser, platform: Platform) -> None:
    page = await browser.new_page()
    await page.goto(platform.base)
    known = await page.evaluate("""() => Object.getOwnPropertyNames(window).filter((name) => /^[A-Z]/.test(name))
        .flatMap((name) => Object.getOwnPropertyNames(window[name]?.prototype ?? {}))""")
    await page.close()
    # Of fonts, graphics, places, devices and phones' doors: nothing that the script has to do with.
    elsewhere = {"again", "draw", "forget", "heading", "loaded", "opened"}
    assert MEMBERS & set(known) <= elsewhere
