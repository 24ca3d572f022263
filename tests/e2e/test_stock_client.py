"""The recipe of docs/integrators.md, run as it stands there: in a host's own page and in Node, beside Tandem's."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.e2e.conftest import Enter, Trouble
from tests.e2e.shared import SLOW, ask, practice, send, tell
from tests.process_kit import Server, server
from tests.recipe_kit import CLIENTS, DOC, Service, asleep, recipe, service
from tools.programs import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ONLINE = "header tandem-presence button.open"
RETURNS = 40_000
PAGE = """<!DOCTYPE html><title>A host's page</title><link rel="icon" href="data:,">
<script type="importmap">{"imports": {"phoenix": "/phoenix.mjs", "phoenix-1.7": "/phoenix-1.7.mjs",
 "phoenix-1.6": "/phoenix-1.6.mjs"}}</script>"""
IN_PAGE = """async ([url, token, client]) => {
    const {follow} = await import(`/recipe-${client}.mjs`);
    window.heard = {activities: [], resets: 0, people: [], signedOut: false};
    window.socket = follow(url, token, {
        onActivity: (item) => window.heard.activities.push(item.id),
        onReset: () => { window.heard.resets += 1; },
        onPeople: (people) => { window.heard.people = people.map((one) => one.name); },
        onSignedOut: () => { window.heard.signedOut = true; },
    });
}"""


def requests() -> list[tuple[str, dict[str, Any]]]:
    """What the page's curl lines send: path and body."""
    found = re.findall(r'curl -s "\$TANDEM(/\S+)".*?-d \'(.*?)\'', DOC, re.DOTALL)
    return [(path, json.loads(body)) for path, body in found]


class Host:
    """A host platform's own web server: a page of its origin, the npm packages' files, and the recipe for each."""

    def __init__(self) -> None:
        files = {"/": ("text/html", PAGE)}
        for client in CLIENTS:
            package = ROOT / "node_modules" / client / "priv" / "static" / "phoenix.mjs"
            files[f"/{client}.mjs"] = ("text/javascript", package.read_text())
            files[f"/recipe-{client}.mjs"] = ("text/javascript", recipe(client))

        class File(RequestHandler):
            def get(self) -> None:
                kind, text = files[self.request.path]
                self.set_header("Content-Type", f"{kind}; charset=utf-8")
                self.finish(text)

        self.server = HTTPServer(Application([(path, File) for path in files]))
        bound = bind_sockets(0, "127.0.0.1")
        self.server.add_sockets(bound)
        self.origin = f"http://127.0.0.1:{bound[0].getsockname()[1]}"


@pytest_asyncio.fixture(loop_scope="session")
async def host() -> AsyncIterator[Host]:
    host = Host()
    yield host
    host.server.stop()
    await host.server.close_all_connections()


@pytest_asyncio.fixture(loop_scope="session")
async def tandem(fresh_database: str, tmp_path: Path, host: Host) -> AsyncIterator[Server]:
    # Without badges, which would be items of their own among those that are counted here.
    given = {"DATABASE_URL": fresh_database, "TANDEM_ALLOWED_ORIGINS": host.origin, "TANDEM_REWARDS": "off"}
    async with server(tmp_path / "var", **given) as running:
        yield running


async def hosts_page(browser: Browser, host: Host, tandem: Server, token: str, client: str = "phoenix") -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(host.origin)
    await page.evaluate(IN_PAGE, [tandem.base, token, client])
    return page


async def heard(page: Page, condition: str) -> None:
    await page.wait_for_function(condition, timeout=RETURNS)


@pytest.mark.node
@pytest.mark.req("RT-1", "RT-10", "RT-15", "RT-16", "RT-17", "PR-1", "PR-16", "AF-9")
async def test_stock_clients_and_pages_meet_and_miss_nothing_over_a_power_cut(
    enter: Enter, browser: Browser, tandem: Server, host: Host, trouble: Trouble, tmp_path: Path
) -> None:
    (tokens, lena), (events, first) = requests()
    # One person does it all: that somebody else leads a board would be an item of its own.
    who = lena["external_id"]
    token = (await send(tandem, "POST", tokens, lena))["token"]
    other = (await send(tandem, "POST", tokens, lena | {"external_id": "pupil-18", "name": "Jonas Adler"}))["token"]
    pages = [await enter("demo-tutor"), await enter("demo-adult-student")]
    web = await hosts_page(browser, host, tandem, other)
    async with service(tmp_path, tandem.base, token) as script:
        # Everybody sees everybody.
        everybody = {"Lena Fischer", "Jonas Adler", "Tom Hale", "Daniel Okafor"}
        await script.until(lambda s: set(s.people) == everybody)
        await heard(web, "window.heard.people.length === 4")
        assert set(await web.evaluate("window.heard.people")) == everybody
        for page in pages:
            await expect(page.locator(ONLINE)).to_have_attribute("title", "4 students online", timeout=SLOW)
        # What the host posts is everywhere.
        assert (await send(tandem, "POST", events, first))["results"][0]["status"] == "accepted"
        await script.until(lambda s: len(s.activities) == 1)
        await heard(web, "window.heard.activities.length === 1")
        # What was acknowledged right before a power cut, and what comes right after it, too: once, and in order.
        await tell(tandem, practice("before", who, score=71))
        await tandem.kill()
        await tandem.start()
        await tell(tandem, *(practice(f"after-{n}", who, score=80 + n) for n in range(3)))
        await script.until(lambda s: len(s.activities) >= 5 and len(s.people) == 4)
        await heard(web, "window.heard.activities.length >= 5 && window.heard.people.length === 4")
        await everything_once(pages, tandem, script, web)
    # Whoever goes is gone for the others.
    await heard(web, "window.heard.people.length === 3")
    for page in pages:
        await expect(page.locator(ONLINE)).to_have_attribute("title", "3 students online", timeout=RETURNS)
    await web.context.close()
    trouble[:] = [line for line in trouble if not re.search("ERR_CONNECTION_(REFUSED|RESET)", line)]


async def everything_once(pages: list[Page], tandem: Server, script: Service, web: Page) -> None:
    kept = await send(tandem, "GET", "/api/v1/activities?scope=global")
    in_order = [item["id"] for item in reversed(kept["activities"])]
    assert len(in_order) == 5
    assert script.activities == in_order
    assert await web.evaluate("window.heard.activities") == in_order
    assert script.resets == await web.evaluate("window.heard.resets") == 1, "recovered, not started afresh"
    for page in pages:
        rows = page.locator("tandem-feed .item")
        await expect(rows).to_have_count(5, timeout=RETURNS)
        shown = await rows.evaluate_all("rows => rows.map((row) => row.dataset.id)")
        assert shown == in_order[::-1]


@pytest.mark.node
@pytest.mark.req("RT-2", "RT-5", "RT-15", "RT-17", "PR-8", "HUB-25", "BG-64")
@pytest.mark.parametrize("client", CLIENTS)
async def test_who_was_asleep_or_offline_over_a_restart_misses_nothing(
    browser: Browser, tandem: Server, host: Host, tmp_path: Path, client: str
) -> None:
    (tokens, lena), _ = requests()
    token = (await send(tandem, "POST", tokens, lena))["token"]
    other = (await send(tandem, "POST", tokens, lena | {"external_id": "pupil-18", "name": "Jonas Adler"}))["token"]
    web = await hosts_page(browser, host, tandem, other, client)
    async with service(tmp_path, tandem.base, token, client) as script:
        await script.until(lambda s: set(s.people) == {"Lena Fischer", "Jonas Adler"})
        await heard(web, "window.heard.people.length === 2")
        await tell(tandem, practice("first", score=70))
        await script.until(lambda s: len(s.activities) == 1)
        await heard(web, "window.heard.activities.length === 1")
        await web.context.set_offline(True)
        with asleep(script):
            await tell(tandem, practice("before", score=71))
            await tandem.kill()
            await tandem.start()
            await tell(tandem, *(practice(f"after-{n}", score=80 + n) for n in range(3)))
        await web.context.set_offline(False)
        await script.until(lambda s: len(s.activities) >= 5 and set(s.people) == {"Lena Fischer", "Jonas Adler"})
        await heard(web, "window.heard.activities.length >= 5 && window.heard.people.length === 2")
        await everything_once([], tandem, script, web)
        # Whoever is signed out is told so, and is not seen to come back.
        assert (await ask(tandem, "DELETE", "/api/v1/people/pupil-17")).code == 204
        await script.until(lambda s: s.signed_out)
        await heard(web, "window.heard.people.length === 1")
        assert not await web.evaluate("window.heard.signedOut")
    await web.context.close()
