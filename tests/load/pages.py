"""Pages of a server in another process, opened as browsers open them but without drawing: document, line, data."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import psutil
from tornado.httpclient import AsyncHTTPClient

from panel_app import Node
from tests.dashboards.test_pages import pull, until
from tests.node_kit import Browser, ClientConnection, open_page, page_token
from tests.process_kit import KEY, Server

PAUSE = 0.5
ADMINS = 12


@dataclass(frozen=True)
class Remote:
    """A node in another process: all that is known of it is its port."""

    port: int

    @property
    def server(self) -> Remote:
        return self


def browser_of(port: int) -> Browser:
    return Browser(cast(Node, Remote(port)))


async def ask(server: Server, method: str, path: str, body: object) -> Any:
    """As the host platform asks, with its key."""
    response = await AsyncHTTPClient().fetch(
        f"{server.base}{path}",
        method=method,
        body=json.dumps(body),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    return json.loads(response.body)


async def admins_of(server: Server) -> list[Browser]:
    """So many administrators, each in a browser of their own, that none of them loads pages too often."""
    found = []
    for n in range(ADMINS):
        person = {"external_id": f"bench-admin-{n}", "name": f"Admin {n}", "role": "admin", "age_band": "18_plus"}
        entrance = urlsplit((await ask(server, "POST", "/api/v1/tokens", person))["enter_url"]).path
        browser = browser_of(server.port)
        await browser.get(entrance)
        found.append(browser)
    return found


async def gauge(server: Server, name: str) -> float:
    body = (await AsyncHTTPClient().fetch(f"{server.base}/metrics")).body.decode()
    found = re.search(rf"^tandem_{name} (\S+)$", body, re.MULTILINE)
    assert found, f"no gauge is called {name}"
    return float(found[1])


async def come_true(condition: Callable[[], Awaitable[bool]], seconds: float = 120) -> None:
    """Ask another process again and again until something is so, with a pause that leaves it time to work."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(PAUSE)


@dataclass
class Visits:
    """Opens one path of one server again and again, as one person after the other."""

    browsers: Sequence[Browser]
    path: str
    ready: str
    number: int = 0

    async def open(self, stack: AsyncExitStack) -> float:
        """One page, open until the stack ends; the seconds until its first data were there."""
        began = time.perf_counter()
        await self.line(stack)
        return time.perf_counter() - began

    async def line(self, stack: AsyncExitStack) -> ClientConnection:
        """The line of one page that has its first data."""
        self.number += 1
        browser = self.browsers[self.number % len(self.browsers)]
        page = await browser.get(self.path)
        assert page.code == 200, page.code
        socket = await stack.enter_async_context(open_page(browser, self.path, page_token(page.body)))
        await pull(socket)
        if self.ready:
            await until(socket, self.ready)
        return socket


@dataclass(frozen=True)
class Usage:
    """What a process holds and has spent."""

    memory: float
    seconds: float

    @classmethod
    def of(cls, pid: int) -> Usage:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return cls(process.memory_info().rss / 1024, times.user + times.system)
