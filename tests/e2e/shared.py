"""One running Tandem for all tests of a module, where the tests leave each other alone.

Starting one takes seconds; a page takes a fraction of one. What a test does to the shared Tandem stays for the next.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from data.database import Database
from tests import database_kit
from tests.e2e import conftest as kit
from tests.process_kit import KEY, Server, server

SLOW = 15_000
SETTINGS = {"TANDEM_SECRET_KEY": "secret-for-shared-pages-0123456789abcdef"}

Visit = Callable[..., Awaitable[Page]]


class Trouble(kit.Trouble):
    """What went wrong in any page; `forgive` takes back what a test provoked on purpose."""

    def forgive(self, pattern: str) -> None:
        self[:] = [line for line in self if not re.search(pattern, line)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """Tandem as its own process, on this worker's database."""
    await emptied(database_url)
    folder: Path = tmp_path_factory.mktemp("house")
    async with server(folder, DATABASE_URL=database_url, **SETTINGS) as running:
        yield running


async def emptied(database_url: str) -> None:
    database = Database(database_url)
    await database_kit.empty(database.engine)
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def worry() -> AsyncIterator[Trouble]:
    found = Trouble()
    yield found
    assert not found, "\n".join(found)


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, house: Server, worry: Trouble, signs: dict[str, Any]) -> AsyncIterator[Visit]:
    """Open a page in a window of its own, as a persona or as nobody; all windows close after the test."""
    contexts = []

    async def open_as(persona: str = "", path: str = "/", **options: object) -> Page:
        context = await kit.guarded(browser, house, worry, storage_state=signs.get(persona), **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(SLOW)
        if persona in signs or not persona:
            await page.goto(house.base + path)
        if persona and page.url != house.base + path:
            # For the first time, or signed out since.
            await enter(page, house, persona, path)
            signs[persona] = await context.storage_state()
        return page

    yield open_as
    for context in contexts:
        await context.close()


async def enter(page: Page, house: Server, persona: str, path: str = "/") -> None:
    await page.goto(f"{house.base}/enter?next={path}")
    await page.locator(f'form:has(input[value="{persona}"]) button').click()
    await page.wait_for_url(house.base + path)


async def live(page: Page) -> None:
    """The page's lines are up."""
    await expect(page.locator("tandem-connection")).to_have_attribute("data-state", "live", timeout=SLOW)


async def ask(house: Server, method: str, path: str, body: object = None, bearer: str = KEY) -> HTTPResponse:
    """One request as a host's back end makes it, whatever the answer."""
    return await AsyncHTTPClient().fetch(
        house.base + path,
        method=method,
        body=None if body is None else msgspec.json.encode(body),
        headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
        raise_error=False,
        request_timeout=20,
    )


async def send(house: Server, method: str, path: str, body: object = None) -> dict[str, Any]:
    """The same, for a request that must be fine."""
    response = await ask(house, method, path, body)
    assert response.code < 300, response.body
    answer: dict[str, Any] = msgspec.json.decode(response.body)
    return answer


async def befriend(house: Server, one: str, other: str) -> str:
    """Make two personas friends; the token of the other."""
    made = [await send(house, "POST", "/api/v1/tokens", {"external_id": who}) for who in (one, other)]
    mine, theirs = made
    await ask(house, "POST", "/api/v1/friendships", {"user_id": theirs["user_id"]}, mine["token"])
    answer = await ask(house, "POST", f"/api/v1/friendships/{mine['user_id']}/accept", {}, theirs["token"])
    assert answer.code == 200, answer.body
    return str(theirs["token"])


async def tell(house: Server, *events: dict[str, Any]) -> list[int]:
    """Post events, all of them accepted; their places in the log."""
    answer = await send(house, "POST", "/api/v1/events", {"events": list(events)})
    assert {result["status"] for result in answer["results"]} <= {"accepted"}, answer
    return [result["seq"] for result in answer["results"]]


def practice(id: str, who: str = "demo-adult-student", score: int = 85, **more: object) -> dict[str, Any]:
    event: dict[str, Any] = {"id": id, "type": "practice_completed", "external_id": who, "subject": "math"}
    return event | {"skill": "algebra", "properties": {"score": score}} | more
