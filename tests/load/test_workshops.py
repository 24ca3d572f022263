"""Workshops at work: twenty people in one, then fifty workshops of ten on one node; from a press to everybody's screen.

A change is a move of one person by their socket; it counts for each of those who are there, from the moment it is sent
to the moment their frame is read. The clients are sockets of this process, so their reading is in the figures; beside
them stands what a plain echo costs here, and how long the mover waited for the answer.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from tornado.httpclient import AsyncHTTPClient

from core.metrics import percentile
from tests.channel_kit import Channel
from tests.load.test_delivery import echo, show
from tests.party_kit import Party, Web
from tests.process_kit import Server, server

pytestmark = pytest.mark.bench

PEOPLE, CHANGES = 20, 200
WORKSHOPS, EACH, ROUNDS = 50, 10, 6
PAUSE = 2.0
"""Seconds between two changes in each workshop: far more than people make, who talk most of the time."""
GATE = 150.0
OPENERS = 4


class Room:
    """A workshop's people at their sockets; who saw which note when."""

    def __init__(self, code: str, channels: list[Channel]) -> None:
        self.code, self.channels = code, channels
        self.sent: dict[str, float] = {}
        self.latencies: list[float] = []
        self.answers: list[float] = []
        self.done = asyncio.Event()
        self.missing = 0

    async def read(self, channel: Channel) -> None:
        async for frame in channel.client.websocket:
            now = time.perf_counter()
            _, ref, _, event, payload = json.loads(frame)
            if event == "note_added" and payload["note_id"] in self.sent:
                self._saw(self.latencies, payload["note_id"], now)
            elif event == "phx_reply" and ref in self.sent:
                assert payload["status"] == "ok", payload
                self._saw(self.answers, ref, now)

    def _saw(self, where: list[float], id: str, now: float) -> None:
        where.append((now - self.sent[id]) * 1000)
        self.missing -= 1
        if not self.missing:
            self.done.set()

    async def change(self, by: int) -> None:
        """One writes a note; until everybody has it, and the writer the answer."""
        channel, note = self.channels[by % len(self.channels)], str(uuid4())
        ref = note.upper()
        move = {"move": "add_note", "version": 0, "note_id": note, "content": "seen by all"}
        self.done.clear()
        self.missing = len(self.channels) + 1
        self.sent[note] = self.sent[ref] = time.perf_counter()
        await channel.client.websocket.send(json.dumps([channel.join_ref, ref, channel.topic, "move", move]))
        async with asyncio.timeout(30):
            await self.done.wait()


@asynccontextmanager
async def room(tandem: Server, number: int, people: int) -> AsyncIterator[Room]:
    """A workshop of so many; each opened from an address of its own, as workshops are."""
    web = Web(tandem.base, address=f"192.0.2.{number}")
    party = await Party(web).open(*(f"Person {n}" for n in range(people)), total_duration_minutes=120)
    async with AsyncExitStack() as stack:
        channels = [await stack.enter_async_context(one.watching()) for one in party.players.values()]
        web.close()
        found = Room(next(iter(party.players.values())).code, channels)
        readers = [asyncio.create_task(found.read(channel)) for channel in channels]
        try:
            yield found
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)


async def test_twenty_in_one_workshop(tmp_path: Path) -> None:
    async with (
        server(tmp_path / "var", TANDEM_TRUSTED_PROXIES="127.0.0.1") as tandem,
        room(tandem, 1, PEOPLE) as one,
    ):
        for n in range(10):
            await one.change(n)
        one.latencies.clear()
        one.answers.clear()
        for n in range(CHANGES):
            await one.change(n)
    plain = await echo()
    base = percentile(plain, 50)
    print(f"\n{PEOPLE} people in one workshop, ms{'':<6}{'n':>7}{'P50':>9}{'P95':>9}{'max':>9}{'to an echo':>11}")
    show("a plain echo, there and back", plain, base)
    show("a move, to its answer", one.answers, base)
    show("a change, on everybody's screen", one.latencies, base)
    assert len(one.latencies) == CHANGES * PEOPLE
    assert percentile(one.latencies, 95) < GATE


async def test_fifty_workshops_of_ten(tmp_path: Path) -> None:
    async with server(tmp_path / "var", TANDEM_TRUSTED_PROXIES="127.0.0.1") as tandem, AsyncExitStack() as stack:
        assert tandem.process is not None
        process = psutil.Process(tandem.process.pid)
        warm = await stack.enter_async_context(room(tandem, 250, EACH))
        await warm.change(0)
        before, began = process.memory_info().rss, time.perf_counter()
        rooms = [await stack.enter_async_context(room(tandem, n + 1, EACH)) for n in range(WORKSHOPS)]
        opened, after = time.perf_counter() - began, process.memory_info().rss
        for n in range(ROUNDS):
            await at_once(rooms, n)
        active = process.memory_info().rss
    plain = await echo()
    base, people = percentile(plain, 50), WORKSHOPS * EACH
    latencies = [value for one in rooms for value in one.latencies]
    answers = [value for one in rooms for value in one.answers]
    print(f"\n{WORKSHOPS} workshops of {EACH}, ms{'':<12}{'n':>7}{'P50':>9}{'P95':>9}{'max':>9}{'to an echo':>11}")
    show("a plain echo, there and back", plain, base)
    show("a move, to its answer", answers, base)
    show("a change, on everybody's screen", latencies, base)
    print(f"  {WORKSHOPS / PAUSE:.0f} changes a second; {people} people came in and joined in {opened:.1f} s")
    grown, used = ((size - before) / people / 1024 for size in (after, active))
    print(f"  memory of a participant {grown:.1f} KiB, after use {used:.1f} KiB; load {os.getloadavg()[0]:.1f}")
    assert len(latencies) == ROUNDS * people
    assert percentile(latencies, 95) < GATE


async def test_pages_are_opened_meanwhile(tmp_path: Path) -> None:
    """One workshop goes on while four browsers' worth of people open its page, with all it names, over and over."""
    async with (
        server(tmp_path / "var", TANDEM_TRUSTED_PROXIES="127.0.0.1") as tandem,
        room(tandem, 1, EACH) as one,
    ):
        code = one.code
        opened: list[float] = []
        openers = [asyncio.create_task(open_pages(tandem.base, code, n, opened)) for n in range(OPENERS)]
        began = time.perf_counter()
        for n in range(CHANGES):
            await one.change(n)
        took = time.perf_counter() - began
        for opener in openers:
            opener.cancel()
        await asyncio.gather(*openers, return_exceptions=True)
        alone = list(one.latencies)
        one.latencies.clear()
        for n in range(CHANGES):
            await one.change(n)
    base = percentile(one.latencies, 50)
    print(f"\n{EACH} people, pages opened meanwhile, ms{'':<4}{'n':>7}{'P50':>9}{'P95':>9}{'max':>9}{'to none':>11}")
    show("a change, nobody opens a page", one.latencies, base)
    show("a change, pages opened meanwhile", alone, base)
    show("a page with all that it names", opened, base)
    print(f"  {len(opened) / took:.1f} pages a second; load {os.getloadavg()[0]:.1f}")
    assert opened


async def open_pages(base: str, code: str, number: int, opened: list[float]) -> None:
    """As a browser that has nothing yet: the page, and the scripts and styles that stand in it, side by side."""
    client = AsyncHTTPClient(force_instance=True)
    try:
        for turn in itertools.count():
            # Somebody else each time: one address may open so many a minute.
            headers = {"X-Forwarded-For": f"198.51.100.{(number * 60 + turn) % 250 + 1}"}
            began = time.perf_counter()
            page = await client.fetch(f"{base}/workshop/{code}", headers=headers)
            named = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.body.decode()))
            await asyncio.gather(*(client.fetch(base + path, headers=headers) for path in named))
            opened.append((time.perf_counter() - began) * 1000)
    finally:
        client.close()


async def at_once(rooms: list[Room], number: int) -> None:
    """In each workshop one change, spread over the pause as people are who do not know of each other."""
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def later(place: int, one: Room) -> None:
        await asyncio.sleep(max(0.0, begin + PAUSE * place / len(rooms) - loop.time()))
        await one.change(number)

    await asyncio.gather(*(later(place, one) for place, one in enumerate(rooms)))
