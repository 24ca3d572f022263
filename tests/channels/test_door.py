"""The handshake: who is let in, and what those who are not are told."""

from __future__ import annotations

import asyncio
import json
import logging
import struct

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from core.app import App
from tests.channel_kit import ORIGIN, ChannelServer, bearer
from tests.channels.conftest import Connect
from tests.factories import SECRET, Make

pytestmark = pytest.mark.parametrize("wire", ["bare", "stream"])


def forged(token: str, **changes: object) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims | changes, SECRET, algorithm="HS256")


@pytest.mark.req("RT-1", "RT-3")
async def test_a_token_binds_the_connection_to_its_person(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    assert (await client.heartbeat()).response == {}
    (connection,) = app.sockets.of(ada.id)
    assert connection.identity == f"user_socket:{ada.id}"
    assert connection.principal.cohort_id == ada.cohort_id


@pytest.mark.req("RT-1", "RT-2")
async def test_every_bad_token_gets_the_same_answer(server: ChannelServer, make: Make) -> None:
    ada = await make.person()
    gone = await make.person()
    good, of_gone = make.token(ada), make.token(gone)
    await make.erase(gone)
    head, body, signature = good.split(".")
    unsigned = jwt.encode(jwt.decode(good, options={"verify_signature": False}), "", algorithm="none")
    bad = {
        "none at all": None,
        "empty": "",
        "not a token": "x" * 40,
        "tampered": f"{head}.{body[:-2]}AA.{signature}",
        "signature stripped": f"{head}.{body}.",
        "alg=none": unsigned,
        "another secret": jwt.encode(jwt.decode(good, options={"verify_signature": False}), "s" * 40),
        "another purpose": make.token(ada, "page"),
        "expired": make.token(ada, ttl=-1),
        "revoked generation": make.token(ada, generation=ada.token_generation + 1),
        "nobody": of_gone,
        "no such person": forged(good, sub="00000000-0000-7000-8000-000000000000"),
        "no id": forged(good, sub="1 OR 1=1"),
        "huge": "a." * 5000,
        "not ascii": "%FF%FE",
    }
    answers = {name: await server.refusal(server.url(token)) for name, token in bad.items()}
    assert set(answers.values()) == {answers["expired"]}
    assert answers["expired"][0] == 403
    by_protocol = await server.refusal(server.url(None), subprotocols=bearer(bad["expired"] or ""))
    assert by_protocol == answers["expired"]


@pytest.mark.req("RT-2")
async def test_the_token_may_come_in_the_sub_protocol(server: ChannelServer, make: Make) -> None:
    ada = await make.person()
    async with server.client("", subprotocols=bearer(make.token(ada))) as client:
        assert client.websocket.subprotocol == "phoenix"
        assert (await client.heartbeat()).status == "ok"


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://school.example.evil.example", "null", "http://school.example", "x"]
)
async def test_a_foreign_page_is_refused_though_its_token_is_good(
    server: ChannelServer, make: Make, origin: str
) -> None:
    token = make.token(await make.person())
    status, _ = await server.refusal(server.url(token), origin=origin)
    assert status == 403
    async with server.client(token, origin=ORIGIN) as client:
        assert (await client.heartbeat()).status == "ok"


async def test_the_host_header_makes_no_origin_ours(server: ChannelServer, make: Make) -> None:
    token = make.token(await make.person())
    status, _ = await server.refusal(server.url(token), origin=f"http://127.0.0.1:{server.port}")
    assert status == 403


@pytest.mark.parametrize("vsn", [None, "1.0.0", "3.0.0", "2.0.x", "2..", ""])
async def test_another_version_is_refused_clearly(server: ChannelServer, make: Make, vsn: str | None) -> None:
    token = make.token(await make.person())
    status, body = await server.refusal(server.url(token, vsn))
    assert status == 400
    assert "vsn=2.0.0" in json.loads(body)["error"]["message"]


@pytest.mark.req("RT-2")
async def test_no_log_line_holds_a_token(
    server: ChannelServer, make: Make, enter: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("core", "tornado", "tornado.access"):
        caplog.set_level(logging.DEBUG, name)
    ada = await make.person()
    bad = make.token(ada, "page")
    await server.refusal(server.url(bad))
    await server.refusal(server.url(make.token(ada), vsn="1.0.0"))
    client = await enter(ada)
    await client.heartbeat()
    lines = [line for line in caplog.text.splitlines() if "/socket/websocket" in line]
    assert len(lines) >= 2
    assert "token" not in " ".join(lines)
    assert bad[-20:] not in caplog.text


@pytest.mark.req("RT-4", "BG-17")
@pytest.mark.parametrize("size", [64 * 1024 + 1, 16 * 1024 * 1024])
async def test_what_is_too_large_is_told_so_and_closed(make: Make, enter: Connect, size: int) -> None:
    client = await enter(await make.person())
    with pytest.raises(ConnectionClosed):
        await client.websocket.send("x" * size)
        await client.websocket.recv()
    assert client.websocket.close_code == 1009


@pytest.mark.req("RT-4")
async def test_many_fragments_are_as_bounded_as_one_frame(make: Make, enter: Connect) -> None:
    client = await enter(await make.person())
    with pytest.raises(ConnectionClosed):
        await client.websocket.send("x" * 8192 for _ in range(9))
        await client.websocket.recv()
    assert client.websocket.close_code == 1009


async def test_no_compression_is_agreed_to(make: Make, enter: Connect) -> None:
    client = await enter(await make.person(), compression="deflate")
    assert client.websocket.response is not None
    assert "Sec-WebSocket-Extensions" not in client.websocket.response.headers


async def test_unmasked_frames_are_refused(server: ChannelServer, make: Make) -> None:
    token = make.token(await make.person())
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"GET /socket/websocket?vsn=2.0.0&token={token} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    writer.write((head + "Connection: Upgrade\r\n" + key).encode())
    async with asyncio.timeout(5):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x81\x02[]")
        header = await reader.readexactly(4)
        assert header[0] == 0x88
        assert struct.unpack("!H", header[2:])[0] == 1002
    writer.close()


@pytest.mark.req("RT-22")
async def test_a_node_that_drains_lets_nobody_in_and_sends_everybody_away(
    app: App, server: ChannelServer, make: Make, enter: Connect
) -> None:
    ada = await make.person()
    client = await enter(ada)
    await client.join("activity:global")
    away = asyncio.create_task(app.sockets.drain(60))
    assert await client.closed() == 1012
    await client.websocket.close()
    await away
    status, _ = await server.refusal(server.url(make.token(ada)))
    assert status == 503
    assert len(app.sockets) == 0
