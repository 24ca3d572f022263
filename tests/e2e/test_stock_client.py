"""The recipe of docs/integrators.md, run as it stands there: in a host's own page and in Node, beside Tandem's."""

from __future__ import annotations

import asyncio
import json
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.e2e.conftest import Enter, Trouble
from tests.e2e.shared import SLOW, practice, send, tell
from tests.process_kit import Server, server
from tools.programs import ROOT, node

pytestmark = pytest.mark.browser

DOC = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
RETURNS = 40_000
PAGE = """<!DOCTYPE html><title>A host's page</title><link rel="icon" href="data:,">
<script type="importmap">{"imports": {"phoenix": "/phoenix.mjs"}}</script>"""
RUNNER = """
import {follow} from "./recipe.mjs";
const say = (kind) => (value) => console.log(JSON.stringify({kind, value}));
const heard = {onActivity: say("activity"), onReset: say("reset"), onPeople: say("people")};
follow(process.env.TANDEM, process.env.TOKEN, heard);
"""
IN_PAGE = """async ([url, token]) => {
    const {follow} = await import("/recipe.mjs");
    window.heard = {activities: [], resets: 0, people: []};
    window.socket = follow(url, token, {
        onActivity: (item) => window.heard.activities.push(item.id),
        onReset: () => { window.heard.resets += 1; },
        onPeople: (people) => { window.heard.people = people.map((one) => one.name); },
    });
}"""


def recipe() -> str:
    (code,) = re.findall(r"```js\n(.*?)```", DOC, re.DOTALL)
    return str(code)


def requests() -> list[tuple[str, dict[str, Any]]]:
    """What the page's curl lines send: path and body."""
    found = re.findall(r'curl -s "\$TANDEM(/\S+)".*?-d \'(.*?)\'', DOC, re.DOTALL)
    return [(path, json.loads(body)) for path, body in found]


class Host:
    """A host platform's own web server: a page of its origin, the npm package's file, and the recipe."""

    def __init__(self) -> None:
        files = {
            "/": ("text/html", PAGE),
            "/recipe.mjs": ("text/javascript", recipe()),
            "/phoenix.mjs": ("text/javascript", (ROOT / "node_modules/phoenix/priv/static/phoenix.mjs").read_text()),
        }

        class File(RequestHandler):
            def get(self) -> None:
                kind, text = files[self.request.path]
                self.set_header("Content-Type", f"{kind}; charset=utf-8")
                self.finish(text)

        self.server = HTTPServer(Application([(path, File) for path in files]))
        bound = bind_sockets(0, "127.0.0.1")
        self.server.add_sockets(bound)
        self.origin = f"http://127.0.0.1:{bound[0].getsockname()[1]}"


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    yield host
    host.server.stop()
    await host.server.close_all_connections()


@pytest.fixture
async def tandem(fresh_database: str, tmp_path: Path, host: Host) -> AsyncIterator[Server]:
    given = {"DATABASE_URL": fresh_database, "TANDEM_ALLOWED_ORIGINS": host.origin}
    async with server(tmp_path / "var", **given) as running:
        yield running


class Service:
    """A service of the host's in Node; what it heard, as it said."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.activities: list[str] = []
        self.people: list[str] = []
        self.resets = 0
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            match said["kind"]:
                case "activity":
                    self.activities.append(said["value"]["id"])
                case "people":
                    self.people = [one["name"] for one in said["value"]]
                case _:
                    self.resets += 1
            self._changed.set()

    async def until(self, fits: Callable[[Service], bool]) -> None:
        async with asyncio.timeout(RETURNS / 1000):
            while not fits(self):
                self._changed.clear()
                await self._changed.wait()

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader


@asynccontextmanager
async def service(folder: Path, tandem: Server, token: str) -> AsyncIterator[Service]:
    (folder / "recipe.mjs").write_text(recipe())
    (folder / "run.mjs").write_text(RUNNER)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    program = node()
    assert program, "Node is needed: make test sets it up"
    told = {"TANDEM": tandem.base, "TOKEN": token}
    process = await asyncio.create_subprocess_exec(program, folder / "run.mjs", env=told, stdout=PIPE, stderr=DEVNULL)
    running = Service(process)
    try:
        yield running
    finally:
        await running.end()


async def hosts_page(browser: Browser, host: Host, tandem: Server, token: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(host.origin)
    await page.evaluate(IN_PAGE, [tandem.base, token])
    return page


async def heard(page: Page, condition: str) -> None:
    await page.wait_for_function(condition, timeout=RETURNS)


@pytest.mark.node
@pytest.mark.req("RT-1", "RT-10", "RT-15", "RT-16", "RT-17", "PR-1", "PR-16", "AF-9")
async def test_stock_clients_and_pages_meet_and_miss_nothing_over_a_power_cut(
    enter: Enter, browser: Browser, tandem: Server, host: Host, trouble: Trouble, tmp_path: Path
) -> None:
    (tokens, lena), (events, first) = requests()
    token = (await send(tandem, "POST", tokens, lena))["token"]
    other = (await send(tandem, "POST", tokens, lena | {"external_id": "pupil-18", "name": "Jonas Adler"}))["token"]
    pages = [await enter("demo-tutor"), await enter("demo-adult-student")]
    web = await hosts_page(browser, host, tandem, other)
    async with service(tmp_path, tandem, token) as script:
        # Everybody sees everybody.
        everybody = {"Lena Fischer", "Jonas Adler", "Tom Hale", "Daniel Okafor"}
        await script.until(lambda s: set(s.people) == everybody)
        await heard(web, "window.heard.people.length === 4")
        assert set(await web.evaluate("window.heard.people")) == everybody
        for page in pages:
            await expect(page.locator("tandem-here")).to_contain_text("4 students online", timeout=SLOW)
        # What the host posts is everywhere.
        assert (await send(tandem, "POST", events, first))["results"][0]["status"] == "accepted"
        await script.until(lambda s: len(s.activities) == 1)
        await heard(web, "window.heard.activities.length === 1")
        # What was acknowledged right before a power cut, and what comes right after it, too: once, and in order.
        await tell(tandem, practice("before", score=71))
        await tandem.kill()
        await tandem.start()
        await tell(tandem, *(practice(f"after-{n}", score=80 + n) for n in range(3)))
        await script.until(lambda s: len(s.activities) >= 5 and len(s.people) == 4)
        await heard(web, "window.heard.activities.length >= 5 && window.heard.people.length === 4")
        await everything_once(pages, tandem, script, web)
    # Whoever goes is gone for the others.
    await heard(web, "window.heard.people.length === 3")
    for page in pages:
        await expect(page.locator("tandem-here")).to_contain_text("3 students online", timeout=RETURNS)
    await web.context.close()
    trouble[:] = [line for line in trouble if "ERR_CONNECTION_REFUSED" not in line]


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
