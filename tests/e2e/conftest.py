"""A running Tandem and real browsers that talk to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Request, Response, async_playwright

from tests import database_kit
from tests.process_kit import Server, server
from tools import programs

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # No name leads anywhere: what is asked of another host fails, and is found out.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # What nobody looks at: a window's own bars, and what comes with the browser.
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-features=InitialWebUI,WebUIReloadButton,TopChromeWebUI,PreloadTopChromeWebUI",
]
Enter = Callable[..., Awaitable[Page]]


def chromium() -> str:
    """The browser that `make test` found or installed."""
    found = programs.chromium()
    assert found is not None, "`make test` installs a browser, or says how"
    return str(found)


@pytest.fixture(scope="session", autouse=True)
def _quick_starts(mother: None) -> None:
    """Every journey has a server of its own."""


@pytest_asyncio.fixture(loop_scope="session")
async def fresh_database(database_url: str) -> str:
    """This worker's database, empty."""
    from data.database import Database

    database = Database(database_url)
    await database_kit.empty(database.engine)
    await database.close()
    return database_url


@pytest_asyncio.fixture(loop_scope="session")
async def tandem(fresh_database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with server(tmp_path / "var", DATABASE_URL=fresh_database) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a worker: windows share nothing, and a start takes seconds."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _windows(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """No window of a test outlives it."""
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            await context.close()


@pytest.fixture(scope="module")
def signs() -> dict[str, Any]:
    """The cookies of personas who have come in before, so that the door need not be gone through each time."""
    return {}


class Trouble(list[str]):
    """What went wrong in any page: requests that failed or left for elsewhere, errors of scripts and policies."""


@pytest_asyncio.fixture(loop_scope="session")
async def trouble() -> AsyncIterator[Trouble]:
    found = Trouble()
    yield found
    assert not found, "\n".join(found)


@pytest_asyncio.fixture(loop_scope="session")
async def enter(browser: Browser, tandem: Server, trouble: Trouble) -> Enter:
    """Open a page as a persona, in a browser window of its own that cannot reach anything but Tandem."""

    async def open_as(persona: str, path: str = "/", **options: object) -> Page:
        context = await guarded(browser, tandem, trouble, **options)
        page = await context.new_page()
        await page.goto(f"{tandem.base}/enter?next={path}")
        await page.locator(f'form:has(input[value="{persona}"]) button').click()
        await page.wait_for_url(f"{tandem.base}{path}")
        return page

    return open_as


async def guarded(browser: Browser, tandem: Server, trouble: Trouble, **options: object) -> BrowserContext:
    """A window whose every step outside Tandem is trouble. Nothing is intercepted: that would cost it its cache.

    Nothing moves in it either, unless a test asks for that: what is waited for is there at once.
    """
    context = await browser.new_context(**{"reduced_motion": "reduce", **options})  # type: ignore[arg-type]
    ours = (tandem.base, "data:", "blob:")

    def failed(request: Request) -> None:
        if not request.url.startswith(ours):
            trouble.append(f"asked elsewhere: {request.url}")

    def answered(response: Response) -> None:
        if not response.url.startswith(ours):
            trouble.append(f"asked elsewhere: {response.url}")
        elif response.status >= 400:
            trouble.append(f"{response.status} {response.url}")

    context.on("requestfailed", failed)
    context.on("response", answered)
    context.on("weberror", lambda error: trouble.append(f"script: {error.error}"))
    context.on("console", lambda m: trouble.append(f"console: {m.text}") if m.type == "error" else None)
    return context
