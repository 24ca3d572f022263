"""Killing Tandem while workshops stand at every phase: what was answered is there, to the millisecond of their clocks.

One round opens a workshop for each place that a workshop can stand at, lets people write in all of them at once, ends
the server as a power cut does, starts it again on the same data and compares. Those who watch by socket come back by
themselves, by the documented recipe: the same token, the last position that they heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.party_kit import Party, Player, Web
from tests.process_kit import Server

PLACES = ("lobby", "intro", "awaiting", "revealed", "transition", "summary", "actions", "paused")
NAMES = ("Lena", "Tom", "Mia")
PAUSE = 0.05
"""Seconds between two tries to reach a server that is starting."""


@dataclass
class Tally:
    rounds: int = 0
    kills: int = 0
    acknowledged: int = 0
    recovered: int = 0
    restarts: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def bring(party: Party, place: str) -> None:
    """To one of the places, with something in it that a restart could lose."""
    match place:
        case "lobby":
            await party.players["Tom"].does("ready")
        case "awaiting" | "paused":
            await party.to("scoring", "awaiting", 2)
            await party.players["Tom"].does("submit", question=2, value=-3)
            await party.lead.does("adjust", seconds=1234)
            if place == "paused":
                await party.lead.does("pause")
        case "revealed" | "transition":
            await party.to("scoring", place)
            await party.players["Tom"].does("ready")
        case _:
            await party.to(place)
            await party.lead.does("add_action", action_id=str(uuid4()), content="Talk", owner="Tom")


class Follower:
    """Somebody's screen by socket: it comes back by itself and says where it stopped."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.at: dict[str, Any] = {}
        self.notes: set[str] = set()
        self.joins = 0
        self.recovered = 0
        self.changed = asyncio.Event()
        self.failed: Exception | None = None

    async def run(self) -> None:
        while True:
            try:
                async with self.player.watching(**self.at) as channel:
                    self._start(channel.response)
                    while True:
                        message = await channel.client.read()
                        if message.topic == channel.topic:
                            self._hear(message.event, message.payload)
            except (ConnectionClosed, InvalidHandshake, OSError) as error:
                self.failed = error
                await asyncio.sleep(PAUSE)
            except Exception as error:
                self.failed = error
                raise

    def _start(self, response: dict[str, Any]) -> None:
        self.joins += 1
        self.recovered += response["recovered"]
        for missed in response.get("events", ()):
            self._hear(missed["event"], missed["payload"])
        if "workshop" in response:
            self.notes = {note["id"] for note in response["workshop"]["notes"]}
        self.at = {"since": response["seq"], "epoch": response["epoch"]}
        self.changed.set()

    def _hear(self, event: str, payload: dict[str, Any]) -> None:
        if event == "note_added":
            self.notes.add(payload["note_id"])
        if isinstance(payload.get("seq"), int):
            self.at["since"] = payload["seq"]
        self.changed.set()

    async def until(self, notes: set[str], joins: int) -> None:
        try:
            async with asyncio.timeout(60):
                while not (notes <= self.notes and self.joins >= joins):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            missing = len(notes - self.notes)
            raise AssertionError(f"{self.joins} joins, {missing} notes missing, last: {self.failed!r}") from None


@dataclass
class Stand:
    """A workshop at its place, who watches it, and what it was before the kill."""

    place: str
    party: Party
    follower: Follower
    before: list[Any] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    """Those that were answered."""

    async def writes(self, stop: asyncio.Event) -> None:
        """Write notes until the server is gone."""
        while not stop.is_set():
            id = str(uuid4())
            try:
                answer = await self.party.lead.move("add_note", note_id=id, content="kept", version=0)
            except (ConnectionError, OSError):
                return
            assert answer.status == 200, answer
            self.notes.add(id)

    async def screens(self) -> list[Any]:
        return [await player.screen() for player in self.party.players.values()]


def lasting(screen: dict[str, Any]) -> dict[str, Any]:
    """What a restart may not change. Who is connected, and a note without an answer, are not among it."""
    shown = {name: value for name, value in screen["workshop"].items() if name != "notes"}
    return {"workshop": shown, "my_score": screen["me"]["my_score"], "version": shown["version"]}


def clock_error(before: dict[str, Any], after: dict[str, Any]) -> float:
    """By how many milliseconds a clock is wrong: what passed on the wall is what passed on it, unless it stands."""
    if before["time"] is None or after["time"] is None:
        return 0.0 if before["time"] == after["time"] else 1e9
    one, other = before["time"], after["time"]
    passed = datetime.fromisoformat(other["server_time"]) - datetime.fromisoformat(one["server_time"])
    ran = passed.total_seconds() * 1000 if one["deadline"] else 0.0
    took: int = one["overall_remaining_ms"] - other["overall_remaining_ms"]
    return abs(took - ran)


async def rounds(folder: Path, number: int, seed: int = 11) -> Tally:
    chance, tally = Random(seed), Tally()
    server = Server(folder)
    await server.start()
    try:
        for _ in range(number):
            await _round(server, tally, chance.uniform(0.05, 0.5))
    finally:
        await server.stop()
    return tally


async def _round(server: Server, tally: Tally, seconds: float) -> None:
    web = Web(server.base)
    async with _stands(web) as stands:
        await _load_and_kill(server, stands, seconds)
        await server.start()
        tally.rounds += 1
        tally.kills += len(stands)
        tally.restarts.append(server.seconds)
        for stand in stands:
            await _check(stand, tally)
    web.close()


@asynccontextmanager
async def _stands(web: Web) -> AsyncIterator[list[Stand]]:
    stands = await asyncio.gather(*(_stand(web, place) for place in PLACES))
    followers = [asyncio.create_task(stand.follower.run()) for stand in stands]
    try:
        for stand in stands:
            await stand.follower.until(set(), 1)
        yield stands
    finally:
        for task in followers:
            task.cancel()
        await asyncio.gather(*followers, return_exceptions=True)


async def _stand(web: Web, place: str) -> Stand:
    party = await Party(web).open(*NAMES, total_duration_minutes=120)
    await bring(party, place)
    return Stand(place, party, Follower(party.players["Mia"]))


async def _load_and_kill(server: Server, stands: list[Stand], seconds: float) -> None:
    for stand in stands:
        stand.before = await stand.screens()
    stop = asyncio.Event()
    writers = [asyncio.create_task(stand.writes(stop)) for stand in stands]
    async with asyncio.timeout(60):
        while not all(stand.notes for stand in stands):
            await asyncio.wait(writers, timeout=PAUSE)
    await asyncio.wait(writers, timeout=seconds)
    await server.kill()
    stop.set()
    await asyncio.gather(*writers)


async def _check(stand: Stand, tally: Tally) -> None:
    await stand.follower.until(stand.notes, 2)
    after = await stand.screens()
    kept = {note["id"] for note in after[0]["workshop"]["notes"]}
    tally.acknowledged += len(stand.notes)
    tally.recovered += stand.follower.joins > 1
    if lost := stand.notes - kept:
        tally.wrong.append(f"{stand.place}: {len(lost)} notes that were answered are gone")
    for one, other in zip(stand.before, after, strict=True):
        if lasting(one) != lasting(other):
            tally.wrong.append(f"{stand.place}: {_changed(lasting(one)['workshop'], lasting(other)['workshop'])}")
        if clock_error(one, other) > 1:
            tally.wrong.append(f"{stand.place}: a clock is wrong by {clock_error(one, other)} ms")
    state = after[0]["workshop"]["state"]
    moved = await stand.party.lead.move("advance", override=True)
    if moved.status != 200:
        tally.wrong.append(f"{stand.place}: {state} does not go on: {moved}")


def _changed(one: dict[str, Any], other: dict[str, Any]) -> str:
    return "; ".join(f"{name} {one[name]!r} {other[name]!r}" for name in one if one[name] != other[name])
