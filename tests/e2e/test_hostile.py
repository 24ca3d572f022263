"""What people wrote, met by a real browser on every page and as every role: it is read, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from websockets.asyncio.client import connect

from core.accounts.access import PAGES, ROLES
from core.accounts.staff import save_staff
from core.clock import SystemClock
from core.principal import SYSTEM
from core.transaction import Transactions
from data.database import Database
from tests.channel_kit import ChannelClient
from tests.e2e.shared import SLOW, Trouble, Visit, ask, house, live, send, tell, visit, worry
from tests.process_kit import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["house", "visit", "worry"]

RUNS = (
    '<img src=x onerror="window.__pwned=1">',
    '"><svg/onload="window.__pwned=1">',
    "<svg><script>window.__pwned=1</script>",
    "</script><img src=x onerror=alert(1)>",
    "<details open ontoggle=window.__pwned=1>",
)
"""Texts that act as soon as a browser takes them for markup."""
HOSTILE = (
    *RUNS,
    "<script>window.__pwned=1</script>",
    "' onfocus='window.__pwned=1' autofocus='",
    "<iframe src=javascript:parent.__pwned=1>",
    "javascript:window.__pwned=1",
    "{{7*7}} ${7*7} #{7*7}",
    "{% raw %}{{ 7 }}",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\u202egnp.exe\u202c",
    "🧑🏽‍🚀🦊 e\u0301\u0323",
    "W" * 60,
    "null",
    "undefined",
    "[object Object]",
)
ACTIVE = "[onerror], [onload], [ontoggle], [onfocus], iframe, img[src='x'], a[href^='javascript:']"
STAFF_PASSWORD = "a long enough password"


def plain(text: str) -> str:
    """As a page may show it: one space for several, and its own star where a star would mean bold."""
    return " ".join(text.split()).replace("∗", "*")


async def unharmed(page: Page) -> None:
    """Nothing ran, and nothing stands there that could."""
    assert await page.evaluate("window.__pwned") is None
    assert await page.locator(ACTIVE).count() == 0


async def shown(page: Page, selector: str) -> list[str]:
    return [plain(text) for text in await page.locator(selector).all_text_contents()]


def watch(page: Page, worry: Trouble) -> None:
    page.on("dialog", lambda dialog: worry.append(f"a dialog opened: {dialog.message}"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(house: Server) -> AsyncIterator[None]:
    """Everybody is called something hostile, is here, and has just earned a badge that is called so too."""
    async with AsyncExitStack() as stack:
        for number, text in enumerate(HOSTILE):
            await come(house, stack, f"name-{number}", {"name": text}, text)
        for number, text in enumerate(RUNS):
            await come(house, stack, f"nickname-{number}", {"name": "Ada Byron", "nickname": text}, text)
        yield


async def come(house: Server, stack: AsyncExitStack, id: str, names: dict[str, str], badge: str) -> None:
    who = {"external_id": id, "role": "student", "age_band": "18_plus"} | names
    token = (await send(house, "POST", "/api/v1/tokens", who))["token"]
    url = f"ws://127.0.0.1:{house.port}/socket/websocket?vsn=2.0.0&token={token}"
    client = ChannelClient(await stack.enter_async_context(connect(url, ping_interval=None, compression=None)))
    stack.callback(client.cut)
    await client.join("presence:lobby")
    earned: dict[str, Any] = {"id": f"e-{id}", "type": "achievement_unlocked", "external_id": id, "subject": "math"}
    await tell(house, earned | {"properties": {"name": badge}})


async def viewer(house: Server, role: str, text: str) -> str:
    """Where somebody of this role, called so and in a cohort called so, comes in."""
    who = {"external_id": f"viewer-{role}", "name": text, "cohort": text, "role": role, "age_band": "18_plus"}
    url: str = (await send(house, "POST", "/api/v1/tokens", who))["enter_url"]
    return url


async def test_the_texts_do_strike_where_nothing_stops_them(browser: Browser) -> None:
    """Without this, a page that shows nothing at all would pass."""
    for text in RUNS:
        context = await browser.new_context()
        await context.add_init_script("window.alert = () => { window.__pwned = 1; }")
        page = await context.new_page()
        await page.set_content(f"<p>{text}</p>")
        await page.wait_for_function("window.__pwned === 1", timeout=SLOW)
        await context.close()


@pytest.mark.req("SEC-3", "PR-16")
@pytest.mark.parametrize("role", list(ROLES))
async def test_every_page_shows_hostile_words_as_words(
    crowd: None, house: Server, visit: Visit, worry: Trouble, role: str
) -> None:
    text = RUNS[list(ROLES).index(role) % len(RUNS)]
    page = await visit(path="/logout")
    watch(page, worry)
    await page.goto(await viewer(house, role, text))
    await home_is_unharmed(page, text)
    for path in ("/admin", "/enter", "/login", "/logout", "/api/v1/", f"/{quote(text)}"):
        await page.goto(house.base + path)
        if path == "/admin" and PAGES[path] in ROLES[role]:
            await admin_is_unharmed(page, text)
        await expect(page.locator("h1").first).to_be_attached()
        await unharmed(page)
    worry.forgive(r"^(401|403|404) http|status of (401|403|404) ")


async def home_is_unharmed(page: Page, own: str) -> None:
    await live(page)
    await expect(page.locator("tandem-feed .item")).to_have_count(len(HOSTILE) + len(RUNS), timeout=SLOW)
    said = [line.casefold() for line in await shown(page, "tandem-feed .item")]
    for one in HOSTILE:
        text = plain(one).casefold()
        rows = [line for line in said if line.startswith(text) and f"earned the {text} badge" in line]
        assert len(rows) == (2 if one in RUNS else 1), one
    await page.locator("header tandem-presence button.open").click()
    here = await shown(page, "tandem-presence .panel .name")
    assert {plain(text) for text in HOSTILE} <= set(here)
    assert plain(own) in plain(await page.locator(".head .lead").inner_text())
    assert plain(own.partition(" ")[0]) in plain(await page.locator("h1").inner_text()), "greeted by the first name"
    assert plain(own) in plain(await page.locator("[data-menu]").inner_text())
    assert await page.locator("[data-menu]").get_attribute("aria-label") == f"{own}, your menu"
    await unharmed(page)


async def admin_is_unharmed(page: Page, own: str) -> None:
    await live(page)
    latest = page.locator("tandem-table").filter(has_text="achievement unlocked")
    await expect(latest).to_contain_text("[object Object]", timeout=SLOW)
    assert plain(own) in plain(await page.locator("[data-menu]").inner_text())


@pytest.mark.req("SEC-3")
async def test_what_stands_in_an_address_is_read_and_not_followed(house: Server, visit: Visit, worry: Trouble) -> None:
    page = await visit(path="/enter")
    watch(page, worry)
    await page.goto(f"{house.base}/enter/{'x' * 20}")
    for text in RUNS:
        asked = quote(text, safe="")
        await page.goto(f"{house.base}/login?next=/{asked}&error={asked}&username={asked}&oidc_url={asked}")
        assert await page.locator('input[name="next"]').input_value() in (f"/{text}", f"/{' '.join(text.split())}")
        assert await page.locator('[role="alert"]').count() == 0, "an address says nothing in our name"
        await unharmed(page)
        await page.goto(f"{house.base}/enter?next=/{asked}&error={asked}")
        await unharmed(page)
    worry.forgive(r"^410 http.*/enter/x|status of 410 ")


ELSEWHERE = (
    "javascript:window.__pwned=1",
    "data:text/html,<script>window.__pwned=1</script>",
    "//elsewhere.example/",
    "https://elsewhere.example/",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "/.//elsewhere.example",
    "\x0b//elsewhere.example",
)


@pytest.mark.req("SEC-3")
async def test_nobody_is_sent_elsewhere_after_coming_in(house: Server, visit: Visit, worry: Trouble) -> None:
    page = await visit(path="/enter")
    watch(page, worry)
    for away in ELSEWHERE:
        await page.goto(f"{house.base}/enter?next={quote(away, safe='')}")
        await page.locator('form:has(input[value="demo-tutor"]) button').click()
        await page.wait_for_url(house.base + "/")
        await expect(page.locator("h1")).to_contain_text("Tom")
        await unharmed(page)


@pytest.mark.req("SEC-3")
async def test_staff_may_be_called_anything(house: Server, database_url: str, visit: Visit, worry: Trouble) -> None:
    name = RUNS[0]
    database = Database(database_url)
    transactions = Transactions(database, SystemClock(), lambda: None)
    await transactions.run(SYSTEM, save_staff, name, STAFF_PASSWORD, "admin")
    await database.close()
    page = await visit(path="/login?next=/admin")
    watch(page, worry)
    await sign_in(page, name, "a wrong password at first")
    await expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong")
    assert await page.locator("#username").input_value() == name
    await unharmed(page)
    await sign_in(page, name, STAFF_PASSWORD)
    await page.wait_for_url(house.base + "/admin")
    await expect(page.locator("[data-menu]")).to_have_attribute("aria-label", f"{name}, your menu")
    await unharmed(page)
    worry.forgive(r"^401 http.*/login|status of 401 ")


async def sign_in(page: Page, name: str, password: str) -> None:
    await page.locator("#username").fill(name)
    await page.locator("#password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.req("SEC-3")
async def test_answers_that_repeat_a_text_are_never_taken_for_a_page(
    house: Server, visit: Visit, worry: Trouble
) -> None:
    page = await visit(path="/logout")
    watch(page, worry)
    for text in RUNS:
        for path in (f"/api/v1/{quote(text)}", f"/api/v1/activities?scope={quote(text)}", f"/assets/{quote(text)}"):
            answer = await ask(house, "GET", path)
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            await page.goto(house.base + path)
            await unharmed(page)
    worry.forgive(r"^4\d\d http|status of 4\d\d ")
