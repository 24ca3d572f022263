"""Everybody who waits for one event: plain sockets, pages' own lines and real browsers, each saying when it saw what.

An event is known by its number, which its skill carries; a page that shows no skill is told by the event's moment.
All clocks are those of this one machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.async_api import Page, async_playwright, expect
from websockets.asyncio.client import ClientConnection, connect

from tests.e2e.conftest import FLAGS, chromium
from tests.load.pages import Visits, ask
from tests.process_kit import Server

SKILL = re.compile(r"bench-(\d{4})")
MOMENT = re.compile(r"\.(\d{4})\d\d\+00:00")
WATCH = """() => {
  const list = document.querySelector("tandem-feed").shadowRoot;
  new MutationObserver((changes) => {
    const now = performance.timeOrigin + performance.now();
    for (const change of changes) for (const node of change.addedNodes)
      for (const [, number] of (node.textContent ?? "").matchAll(/bench.(\\d{4})/gi)) seen(Number(number), now / 1000);
  }).observe(list, {childList: true, subtree: true});
}"""


@dataclass
class Audience:
    """Who saw which number when, and whether everybody has."""

    posted: dict[int, float] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[tuple[int, str], dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def join(self, kind: str) -> int:
        self.members[kind] += 1
        return self.members[kind]

    async def saw(self, kind: str, member: int, number: int, at: float) -> None:
        if number in self.posted:
            seen = self.seen[number, kind]
            seen.setdefault(member, at)
            # Whoever waits does so for all: to be woken by each would cost what is measured more than the others do.
            if len(seen) == self.members[kind]:
                async with self._changed:
                    self._changed.notify_all()

    async def complete(self, numbers: range) -> None:
        """Until everybody has seen all of them."""

        def done() -> bool:
            return all(len(self.seen[n, kind]) == size for n in numbers for kind, size in self.members.items())

        try:
            async with asyncio.timeout(60), self._changed:
                await self._changed.wait_for(done)
        except TimeoutError:
            last = {kind: len(self.seen[numbers[-1], kind]) for kind in self.members}
            raise AssertionError(f"of {dict(self.members)} only {last} saw number {numbers[-1]}") from None

    def latencies(self, kind: str, numbers: range) -> list[float]:
        return [(at - self.posted[n]) * 1000 for n in numbers for at in self.seen[n, kind].values()]


async def state(server: Server, audience: Audience, number: int) -> None:
    """Post one event; its moment's first four decimals and its skill both say which it is."""
    at = datetime.now(UTC).replace(microsecond=number * 100)
    event = {
        "id": f"bench-{number}",
        "type": "practice_completed",
        "external_id": "demo-adult-student",
        "at": at.isoformat(),
        "subject": "math",
        "skill": f"bench-{number:04}",
        "properties": {"score": 80},
    }
    audience.posted[number] = time.time()
    answer = await ask(server, "POST", "/api/v1/events", {"events": [event]})
    assert answer["results"][0]["status"] == "accepted", answer


@asynccontextmanager
async def gathered(
    server: Server, audience: Audience, sockets: int, pages: Visits, lines: int, windows: int
) -> AsyncIterator[None]:
    """So many plain sockets, pages' lines and browser windows, all looking at what everybody may see."""
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as readers:
        tasks = [
            readers.create_task(_read(audience, s, "sockets", SKILL)) for s in await _sockets(server, stack, sockets)
        ]
        for _ in range(lines):
            line = await pages.line(stack)
            tasks.append(readers.create_task(_read(audience, line, "pages' lines", MOMENT)))
        await stack.enter_async_context(_windows(server, audience, windows))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _sockets(server: Server, stack: AsyncExitStack, number: int) -> list[ClientConnection]:
    found = []
    for n in range(number):
        person = {"external_id": f"bench-{n}", "name": f"Bench {n}", "role": "student", "age_band": "18_plus"}
        token = (await ask(server, "POST", "/api/v1/tokens", person))["token"]
        url = f"ws://127.0.0.1:{server.port}/socket/websocket?vsn=2.0.0&token={token}"
        socket = await stack.enter_async_context(connect(url, max_queue=None))
        await socket.send(json.dumps(["1", "1", "activity:global", "phx_join", {}]))
        while '"phx_reply"' not in (reply := str(await socket.recv())):
            pass
        assert '"status":"ok"' in reply, reply
        found.append(socket)
    return found


async def _read(audience: Audience, socket: ClientConnection, kind: str, pattern: re.Pattern[str]) -> None:
    member = audience.join(kind)
    async for part in socket:
        at = time.time()
        text = part if isinstance(part, str) else part.decode("utf-8", "replace")
        for number in set(pattern.findall(text)):
            await audience.saw(kind, member, int(number), at)


@asynccontextmanager
async def _windows(server: Server, audience: Audience, number: int) -> AsyncIterator[None]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for _ in range(number):
            await _window(server, audience, await (await browser.new_context()).new_page())
        yield
        await browser.close()


async def _window(server: Server, audience: Audience, page: Page) -> None:
    member = audience.join("browsers")

    async def seen(number: int, at: float) -> None:
        await audience.saw("browsers", member, number, at)

    await page.expose_function("seen", seen)
    await page.goto(f"{server.base}/enter?next=/")
    await page.locator('form:has(input[value="demo-tutor"]) button').click()
    await page.wait_for_url(f"{server.base}/")
    await expect(page.locator("tandem-connection").first).to_contain_text("Live", timeout=15_000)
    await page.evaluate(WATCH)
