"""Pages of a server in another process, opened as browsers open them but without drawing: document, line, data."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

import psutil
from tornado.httpclient import AsyncHTTPClient

from panel_app import Node
from tests.dashboards.test_pages import pull, until
from tests.node_kit import Browser, ClientConnection, open_page, page_token
from tests.process_kit import Server

PAUSE = 0.5


@dataclass(frozen=True)
class Remote:
    """A node in another process: all that is known of it is its port."""

    port: int

    @property
    def server(self) -> Remote:
        return self


def browser_of(port: int) -> Browser:
    return Browser(cast(Node, Remote(port)))


async def admin_of(server: Server) -> Browser:
    browser = browser_of(server.port)
    await browser.enter("demo-admin")
    return browser


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
    """Opens one path of one server again and again, from a new address each time so that no limit is met."""

    browser: Browser
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
        address = f"10.0.{self.number // 250}.{self.number % 250 + 1}"
        page = await self.browser.get(self.path, **{"X-Forwarded-For": address})
        assert page.code == 200, page.code
        socket = await stack.enter_async_context(open_page(self.browser, self.path, page_token(page.body)))
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
