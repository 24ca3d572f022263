"""Messages of plain bytes, in the serializer's binary frames: both ways, as the stock client reads and makes them."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from typing import Any

import pytest

from core.app import App
from core.live.hub import Message
from core.web.channels import protocol
from core.web.channels.protocol import Incoming
from core.web.channels.topics import TOPICS, MessageSpec, Push, PushSpec, TopicSpec
from tests.channel_kit import ChannelServer
from tests.factories import Make
from tests.wire_kit import RawClient, masked, raw, request
from tools.programs import ROOT, node

TEXT, BINARY = 0x1, 0x2


async def mirror(push: Push) -> bytes:
    return bytes(reversed(push.payload))


BOARD = TopicSpec(
    "board:{name}",
    "A board of pictures.",
    "socket:connect",
    pushes=(PushSpec("draw", bytes, mirror, "socket:connect"),),
    messages=(MessageSpec("drawn", bytes),),
)


async def joined(client: RawClient, token: str) -> None:
    client.send(request(token) + masked(TEXT, b'["7","7","board:a","phx_join",{}]'))
    await client.head()
    opcode, payload = await client.frame()
    assert (opcode, json.loads(payload)[4]["status"]) == (TEXT, "ok")


@pytest.mark.req("RT-9", "RT-11")
async def test_bytes_are_pushed_answered_and_broadcast(app: App, make: Make, server: ChannelServer) -> None:
    app.sockets.joining._specs = (*TOPICS, BOARD)
    async with raw(server.port) as client:
        await joined(client, make.token(await make.person()))
        client.send(masked(BINARY, b"\x00\x01\x01\x07\x0478board:adraw\x00\xffabc"))
        assert await client.frame() == (BINARY, b"\x01\x01\x01\x07\x0278board:aokcba\xff\x00")
        app.hub.signal(Message("board:a", "drawn", b"\x00picture"))
        assert await client.frame() == (BINARY, b"\x02\x07\x05board:adrawn\x00picture")
        client.send(masked(TEXT, b'["7","9","board:a","draw",{}]'))
        assert json.loads((await client.frame())[1])[4]["response"]["reason"] == "binary_not_supported"
        client.send(masked(BINARY, b"\x00\x01\x02\x07\x08710board:aphx_join"))
        assert json.loads((await client.frame())[1])[4]["response"]["reason"] == "payload must be an object"


@pytest.mark.node
@pytest.mark.req("RT-11")
@pytest.mark.parametrize("client", ["phoenix", "phoenix-1.7", "phoenix-1.6"])
async def test_the_stock_serializer_reads_and_makes_the_same(client: str) -> None:
    data = b"\x00\xff{}"
    asked: list[dict[str, Any]] = [
        {"decode": protocol.reply_frame("1", "9", "room", "ok", data)[2:].hex()},
        {"decode": protocol.broadcast_frame("room", "say", data)[2:].hex()},
        {"decode": protocol.push_frame("1", "room", "say", data)[2:].hex()},
        {"encode": {"join_ref": "1", "ref": "9", "topic": "room", "event": "say", "payload": data.hex()}},
    ]
    reply, broadcast, push, made = await serializer(client, asked)
    said = {"hex": data.hex()}
    answer = {"status": "ok", "response": said}
    assert reply == {"join_ref": "1", "ref": "9", "topic": "room", "event": "phx_reply", "payload": answer}
    assert broadcast == {"join_ref": None, "ref": None, "topic": "room", "event": "say", "payload": said}
    assert push == {"join_ref": "1", "ref": None, "topic": "room", "event": "say", "payload": said}
    assert protocol.parse(bytes.fromhex(made)) == Incoming("1", "9", "room", "say", data)


async def serializer(client: str, asked: list[dict[str, Any]]) -> list[Any]:
    """What a version of the stock client makes of these."""
    program = node()
    assert program is not None, "Node is needed: make setup"
    process = await asyncio.create_subprocess_exec(
        str(program), str(ROOT / "tests/js/serializer.mjs"),
        cwd=ROOT, env={"PATH": os.environ["PATH"], "PHOENIX": client}, stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            output, _ = await process.communicate("\n".join(map(json.dumps, asked)).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return [json.loads(line) for line in output.decode().splitlines()]
