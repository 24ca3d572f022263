"""The front door: what is not for the socket goes on untouched, and whoever only begins to ask holds up nobody."""

from __future__ import annotations

import asyncio
import gc
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import UUID

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from core.app import App
from core.principal import Principal
from core.settings import Settings
from core.web.channels.connection import Connection
from core.web.channels.wire.front import FrontDoor
from core.web.channels.wire.reception import Reception
from core.web.channels.wire.upgrade import socket_routes
from tests.channel_kit import ours, told_by
from tests.factories import Make
from tests.node_kit import Browser, open_page, page_token, running
from tests.wire_kit import masked, raw, request


class Echo(RequestHandler):
    def post(self) -> None:
        self.write(self.request.body)

    def get(self) -> None:
        self.write(f"{self.request.method} {self.request.uri}")


class House:
    """The socket and something else on one port, with a door of one's own."""

    def __init__(self, app: App, **limits: float) -> None:
        reception = Reception(app.sockets, ours)
        self.server = HTTPServer(Application([*socket_routes(reception), (r"/.*", Echo)]))
        (bound,) = bind_sockets(0, "127.0.0.1")
        self.server.add_sockets([bound])
        self.port: int = bound.getsockname()[1]
        self.front = FrontDoor(self.server, reception, lambda host: host != "elsewhere", **limits)  # type: ignore[arg-type]

    async def __aenter__(self) -> House:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.stop()
        await self.server.close_all_connections()
        self.front.close()


@pytest.mark.parametrize("path", ["/", "/socket/other", "/socket/websocke", "/socket/websocketx?vsn=2.0.0"])
async def test_other_requests_reach_the_server_as_they_were_sent(app: App, path: str) -> None:
    async with House(app) as house, raw(house.port) as client:
        for byte in f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode():
            client.send(bytes((byte,)))
            await asyncio.sleep(0)
        assert b" 200 " in await client.head()
        assert (await client.reader.readexactly(4 + len(path))).decode() == f"GET {path}"
        # The connection stays the server's own, whatever is asked on it next.
        client.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
        await client.head()
        assert await client.reader.readexactly(5) == b"hello"


async def test_a_large_body_is_handed_on_whole(app: App) -> None:
    body = bytes(range(256)) * 4096
    async with House(app) as house, raw(house.port) as client:
        client.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await client.head()
        async with asyncio.timeout(5):
            assert await client.reader.readexactly(len(body)) == body


async def test_a_request_for_another_host_is_the_servers_to_judge(app: App, make: Make) -> None:
    async with House(app) as house, raw(house.port) as client:
        client.send(request(make.token(await make.person())).replace(b"Host: 127.0.0.1", b"Host: elsewhere"))
        assert b" 101 " in await client.head()
        assert len(house.front.descriptors) == 0, "the server carries it, by the rules of its own routes"


async def test_half_a_handshake_is_let_go_after_a_while(app: App, make: Make) -> None:
    async with House(app, patience=1.5) as house, AsyncExitStack() as stack:
        beginnings = [b"", b"G", request("x")[:30], request("x" * 3000)[:-2], b"GET /socket/websocket HTTP/1.1\r\n"]
        clients = [await stack.enter_async_context(raw(house.port)) for _ in beginnings]
        for client, beginning in zip(clients, beginnings, strict=True):
            client.send(beginning)
        for client in clients:
            assert await client.end() == b""
        assert len(house.front.descriptors) == 0
        whole = await stack.enter_async_context(raw(house.port))
        whole.send(request(make.token(await make.person())))
        assert b" 101 " in await whole.head()


async def test_only_so_many_may_be_in_the_middle_of_asking(app: App, make: Make) -> None:
    async with House(app, asking=3) as house, AsyncExitStack() as stack:
        clients = []
        for _ in range(6):
            clients.append(await stack.enter_async_context(raw(house.port)))
            clients[-1].send(request("x")[:40])
        for client in clients[:3]:
            assert await client.end() == b""
        assert len(house.front.descriptors) == 3
        clients[5].send(request("x")[40:])
        assert b" 403 " in await clients[5].head()


@pytest.mark.req("RT-19")
async def test_more_than_can_be_judged_are_told_to_come_again_each_at_its_time(app: App, make: Make) -> None:
    async with House(app, judged=0) as house:
        waits = set()
        for _ in range(12):
            async with raw(house.port) as client:
                client.send(request("x"))
                head = (await client.head()).decode()
                assert " 503 " in head
                waits.add(head.partition("Retry-After: ")[2].partition("\r\n")[0])
        assert len(waits) > 1
        assert all(1 <= int(wait) <= 10 for wait in waits)


@pytest.mark.req("RT-19")
async def test_a_crowd_that_comes_back_in_step_is_let_in_and_joins(app: App, make: Make) -> None:
    tokens = [make.token(await make.person()) for _ in range(20)]
    join = masked(0x1, b'["1","1","activity:global","phx_join",{}]')
    async with House(app) as house, AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(raw(house.port)) for _ in range(300)]
        for n, client in enumerate(crowd):
            client.send(request(tokens[n % 20]) + join)
        for client in crowd:
            assert b" 101 " in await client.head()
            assert json.loads((await client.frame())[1])[4]["status"] == "ok"
        assert app.sockets.joining.counts() == {"activity:global": 300}


@pytest.mark.req("RT-19")
@pytest.mark.parametrize("crowd_is_read_together", [True, False])
async def test_few_are_judged_side_by_side_and_the_others_wait_their_turn(
    app: App, make: Make, crowd_is_read_together: bool
) -> None:
    token, opened, most, now = make.token(await make.person()), asyncio.Event(), 0, 0
    look_up = app.sockets.door._look_up

    async def slowly(user_id: UUID) -> Principal:
        nonlocal most, now
        now += 1
        most = max(most, now)
        try:
            await opened.wait()
            return await look_up(user_id)
        finally:
            now -= 1

    app.sockets.door._look_up = slowly
    app.sockets.door.tell = told_by(slowly) if crowd_is_read_together else None
    async with House(app, together=2) as house, AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(raw(house.port)) for _ in range(7)]
        async with raw(house.port) as impatient:
            for client in (*crowd, impatient):
                client.send(request(token))
            async with asyncio.timeout(5):
                while len(house.front._asked) < 6:
                    await asyncio.sleep(0)
        opened.set()
        for client in crowd:
            assert b" 101 " in await client.head()
        assert most == 2
        async with asyncio.timeout(5):
            while len(house.front.descriptors) != 7:
                await asyncio.sleep(0)


async def test_who_leaves_while_being_judged_leaves_nothing(app: App, make: Make) -> None:
    async with House(app) as house:
        async with raw(house.port) as client:
            client.send(request(make.token(await make.person())))
        async with asyncio.timeout(5):
            while len(house.front.descriptors) or len(app.sockets):
                await asyncio.sleep(0)


@pytest.mark.req("RT-22")
async def test_a_server_that_stops_listening_accepts_nobody(app: App) -> None:
    async with House(app) as house:
        house.server.stop()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", house.port)


async def test_a_whole_node_serves_pages_and_their_sockets_behind_the_door(
    settings: Settings, database_url: str
) -> None:
    async with running(settings, database_url) as node:
        assert node.front is not None
        browser = Browser(node)
        assert (await browser.get("/healthz")).code == 200
        await browser.enter("demo-admin")
        page = await browser.get("/admin")
        async with open_page(browser, "/admin", page_token(page.body)) as socket:
            async with asyncio.timeout(10):
                assert await socket.recv()
        token = json.loads((await browser.ask("POST", "/auth/socket-token", headers={"X-Tandem": "1"})).body)["token"]
        async with raw(node.server.port) as client:
            client.send(request(token))
            assert b" 101 " in await client.head()
            assert len(node.front.descriptors) == 1


async def test_a_node_may_do_without_the_door(settings: Settings, database_url: str) -> None:
    async with running(replace(settings, wire="stream"), database_url) as node:
        assert node.front is None
        browser = Browser(node)
        await browser.enter("demo-adult-student")
        token = json.loads((await browser.ask("POST", "/auth/socket-token", headers={"X-Tandem": "1"})).body)["token"]
        async with raw(node.server.port) as client:
            client.send(request(token))
            assert b" 101 " in await client.head()
            assert len(node.app.sockets) == 1


@pytest.mark.req("RT-20")
async def test_a_connection_that_went_leaves_nothing_for_the_collector(app: App, make: Make) -> None:
    """What only it could let go would wait for its next round, and a crowd that goes is much."""
    async with House(app) as house:
        gc.collect()
        gc.disable()
        try:
            async with raw(house.port) as client:
                client.send(request(make.token(await make.person())))
                await client.head()
                client.send(masked(0x1, b'["1","1","activity:global","phx_join",{}]'))
                await client.frame()
                assert connections() == 1
            async with asyncio.timeout(5):
                while connections():
                    await asyncio.sleep(0)
        finally:
            gc.enable()


def connections() -> int:
    return sum(isinstance(found, Connection) for found in gc.get_objects())


@pytest.mark.req("RT-19")
async def test_who_is_judged_for_too_long_is_let_go_and_the_late_answer_harms_nobody(app: App, make: Make) -> None:
    person = await make.person()
    answer: asyncio.Future[Principal] = asyncio.get_running_loop().create_future()
    app.sockets.door.tell = told_by(lambda _id: answer)
    async with House(app, patience=0.3) as house:
        async with raw(house.port) as client:
            client.send(request(make.token(person)))
            assert await client.end() == b""
        answer.set_result(await make.principal(person))
        await asyncio.sleep(0)
        assert (len(app.sockets), len(house.front.descriptors)) == (0, 0)
        async with raw(house.port) as other:
            other.send(request(make.token(person)))
            assert b" 101 " in await other.head()


async def test_the_door_closes_on_those_who_are_being_judged(app: App, make: Make) -> None:
    app.sockets.door.tell = lambda _id, _told: None
    async with House(app) as house, raw(house.port) as client:
        client.send(request(make.token(await make.person())))
        async with asyncio.timeout(5):
            while not house.front._known:
                await asyncio.sleep(0)
        house.front.close()
        assert await client.end() == b""
        house.front = FrontDoor(house.server, house.front.reception)
