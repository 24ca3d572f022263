"""Killing Tandem under load: what was acknowledged must be there, once; what was not may be asked for again."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from tests.process_kit import KEY, Server

POSTERS = 4
BATCH = 5
LEAST = 20
"""So many are acknowledged before a kill, however slow the machine is."""


@dataclass
class Tally:
    rounds: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    """The id of each event that was answered, and the `seq` it was promised."""
    unanswered: list[str] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    moved: int = 0
    """Acknowledged events that a retry gave another `seq`."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: int = 0

    def expect(self, more: int) -> None:
        """Say when so many more were acknowledged."""
        self.enough.clear()
        self._wanted = len(self.acknowledged) + more

    def acknowledge(self, id: str, seq: int) -> None:
        self.acknowledged[id] = seq
        if len(self.acknowledged) >= self._wanted:
            self.enough.set()


def event(id: str) -> dict[str, Any]:
    return {
        "id": id,
        "type": "practice_completed",
        "external_id": "demo-adult-student",
        "subject": "math",
        "skill": "algebra",
        "properties": {"score": 80},
    }


async def post(server: Server, ids: list[str]) -> list[dict[str, Any]]:
    response = await AsyncHTTPClient().fetch(
        f"{server.base}/api/v1/events",
        method="POST",
        body=msgspec.json.encode({"events": [event(id) for id in ids]}),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        request_timeout=20,
    )
    results: list[dict[str, Any]] = msgspec.json.decode(response.body)["results"]
    return results


async def load(server: Server, tally: Tally, ids: count[int], stop: asyncio.Event) -> None:
    """Post until told to stop or cut off; remember what was answered and what was not."""
    while not stop.is_set():
        batch = [f"kill-{next(ids)}" for _ in range(BATCH)]
        try:
            results = await post(server, batch)
        except (HTTPClientError, OSError):
            tally.unanswered += batch
            return
        for result in results:
            assert result["status"] == "accepted", result
            tally.acknowledge(result["id"], result["seq"])


async def rounds(folder: Path, number: int, seed: int = 7) -> Tally:
    """So many kills of a server with its embedded database, each at a random moment under load."""
    random_ = random.Random(seed)
    tally, ids = Tally(), count()
    server = Server(folder)
    await server.start()
    try:
        for _ in range(number):
            await _round(server, tally, ids, random_.uniform(0.05, 0.6))
        await check(server, tally)
    finally:
        await server.stop()
    return tally


async def _round(server: Server, tally: Tally, ids: count[int], seconds: float) -> None:
    stop = asyncio.Event()
    tally.expect(LEAST)
    posters = [asyncio.create_task(load(server, tally, ids, stop)) for _ in range(POSTERS)]
    async with asyncio.timeout(60):
        await tally.enough.wait()
    await asyncio.wait(posters, timeout=seconds)
    await server.kill()
    stop.set()
    await asyncio.gather(*posters)
    await server.start()
    tally.restarts.append(server.seconds)
    tally.rounds += 1


async def check(server: Server, tally: Tally) -> None:
    """Ask for everything again: an acknowledged event is a duplicate with the `seq` it was promised."""
    ids = sorted(tally.acknowledged)
    for start in range(0, len(ids), 100):
        for result in await post(server, ids[start : start + 100]):
            if result["status"] != "duplicate":
                tally.lost += 1
            elif result["seq"] != tally.acknowledged[result["id"]]:
                tally.moved += 1
    for start in range(0, len(tally.unanswered), 100):
        await post(server, tally.unanswered[start : start + 100])
    seen = Counter(item["seq"] for item in await everything(server))
    expected = set(tally.acknowledged.values())
    tally.lost += len(expected - set(seen))
    tally.doubled = sum(number - 1 for number in seen.values()) + len(seen) - len(ids) - len(tally.unanswered)


async def everything(server: Server) -> list[dict[str, Any]]:
    """Every activity there is, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        response = await AsyncHTTPClient().fetch(
            f"{server.base}/api/v1/activities?scope=global&limit=100{cursor}",
            headers={"Authorization": f"Bearer {KEY}"},
        )
        page = msgspec.json.decode(response.body)
        found += page["activities"]
        if not page.get("next_cursor"):
            return found
        cursor = f"&cursor={page['next_cursor']}"
