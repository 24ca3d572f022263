"""Twenty thousand hostile frames: no crash, no error logged, every answer well formed, healthy clients untouched."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import random
from typing import Any

import pytest

from core.app import App
from core.web.channels.connection import BAD_DATA, POLICY, Connection
from core.web.channels.door import Pass
from tests.channels.conftest import Connect
from tests.factories import Make

TOPICS = [
    "presence:lobby",
    "activity:global",
    "user:me",
    "cohort:x",
    "phoenix",
    "activity:subject:math",
    "",
    "x:y",
    "𝕏",
]
EVENTS = ["phx_join", "phx_leave", "phx_reply", "phx_close", "heartbeat", "update_status", "update_activity", "?", ""]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    1e308,
    "",
    "x",
    "\x00",
    "<img onerror=x>",
    "a" * 300,
    [],
    {},
    [[]],
    {"": {}},
]
PAYLOADS: list[Any] = [
    {}, {"status": "away"}, {"status": None}, {"since": 10**18, "epoch": "x"}, {"since": "x", "epoch": 1},
    {"activity": "practicing_x"}, {"status": "away", "more": 1}, [], None, "x", {"a": {"b": {"c": [1, 2, 3]}}},
]  # fmt: skip


class Recorder:
    """A line that remembers what went over it."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.code: int | None = None

    def write(self, data: bytes) -> bool:
        self.written += data
        return True

    def ping(self) -> None:
        raise AssertionError("nobody was silent")

    def close(self, code: int, reason: str) -> None:
        self.code = code


def hostile(chance: random.Random) -> str | bytes:
    kind = chance.random()
    if kind < 0.6:
        parts = [chance.choice(["1", "2", *VALUES]), chance.choice(["1", "2", *VALUES]), chance.choice(TOPICS)]
        return json.dumps([*parts, chance.choice(EVENTS), chance.choice(PAYLOADS)])
    if kind < 0.8:
        text = list(json.dumps(["1", "1", chance.choice(TOPICS), chance.choice(EVENTS), chance.choice(PAYLOADS)]))
        for _ in range(chance.randrange(1, 5)):
            text[chance.randrange(len(text))] = chance.choice('[]{}",:\\\x00é0')
        return "".join(text)
    if kind < 0.95:
        return json.dumps([chance.choice(VALUES) for _ in range(chance.randrange(8))])
    if kind < 0.998:
        return bytes((0, 1, 1, 14, 5)) + b"17presence:lobbyphoto" + chance.randbytes(chance.randrange(40))
    return chance.randbytes(chance.randrange(40))


def messages(written: bytes) -> list[list[Any]]:
    """The frames of a line, read as a client reads them."""
    found, at = [], 0
    while at < len(written):
        assert written[at] == 0x81
        size = written[at + 1]
        at += 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            size = int.from_bytes(written[at : at + wide])
            at += wide
        found.append(json.loads(written[at : at + size]))
        at += size
    return found


@pytest.mark.req("RT-9")
async def test_twenty_thousand_hostile_frames(
    app: App, make: Make, enter: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    chance = random.Random(11)
    ada, leo = await make.person(), await make.person()
    await app.settle()
    healthy = await (await enter(ada)).join("activity:global")
    given = Pass(await make.principal(leo), math.inf)
    line = Recorder()
    connection = app.sockets.open(line, given, app.clock.monotonic())
    codes = set()
    for turn in range(400):
        if connection.closed or turn % 2 == 0:
            # Two turns are as many messages as one connection may send in a minute.
            connection.close(1000)
            line = Recorder()
            connection = app.sockets.open(line, given, app.clock.monotonic())
        for _ in range(50):
            connection.receive(hostile(chance))
        await finished(connection)
        if connection.closed:
            codes.add(line.code)
        for message in messages(bytes(line.written)):
            assert len(message) == 5
            assert message[3] in ("phx_reply", "phx_close", "presence_state", "presence_diff")
        line.written.clear()
    connection.close(1000)
    assert codes <= {BAD_DATA, POLICY}
    assert app.sockets.counters.malformed > 2_000
    assert app.sockets.counters.received > 15_000
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    fact = await make.fact(ada)
    assert (await healthy.expect("new_activity"))["seq"] == fact.seq
    assert len(app.sockets) == 1
    assert app.sockets.joining.counts() == {"activity:global": 1}


async def finished(connection: Connection) -> None:
    """Everything that it was sent has been answered and written."""
    async with asyncio.timeout(20):
        while not connection.closed and (connection.busy or connection.awake):
            await asyncio.sleep(0)
