"""The database goes away while people are connected, and comes back: nobody is sent away, nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url

from core.app import App
from core.clock import FakeClock
from core.settings import Settings
from data.database import Database
from tests.channel_kit import ChannelServer
from tests.factories import Make


class Line:
    """A line to the database that can be cut: what comes in on a port of this machine is passed on."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        here = self._url.set(host="127.0.0.1", port=self.port, query={})
        return here.render_as_string(hide_password=False)

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._link, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        links = list(self._links)
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        there, back = await self._open()
        ways = [asyncio.create_task(pass_on(reader, back)), asyncio.create_task(pass_on(there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, back):
                end.close()
            self._links.discard(task)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder = self._url.query.get("host")
        port = self._url.port or 5432
        if isinstance(folder, str) and folder.startswith("/"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{self._url.query.get('port', port)}")
        return await asyncio.open_connection(self._url.host, port)


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


@pytest.fixture
async def line(database: Database, database_url: str) -> AsyncIterator[Line]:
    line = Line(database_url)
    await line.mend()
    yield line
    await line.cut()


@pytest.fixture
async def app(settings: Settings, line: Line, clock: FakeClock) -> AsyncIterator[App]:
    database = Database(line.url)
    app = App(settings, database, clock=clock)
    await app.start()
    yield app
    await app.stop()
    await database.close()


@pytest.mark.req("RT-17")
async def test_those_who_are_connected_stay_and_miss_nothing(app: App, make: Make, line: Line) -> None:
    ada, leo = await make.person(), await make.person()
    await app.settle()
    server = ChannelServer(app.sockets)
    async with server.client(make.token(ada)) as client:
        feed, lobby = await client.join("activity:global"), await client.join("presence:lobby")
        await lobby.expect("presence_state")
        await line.cut()

        assert (await client.heartbeat()).status == "ok"
        assert (await lobby.push("update_status", {"status": "studying"})).status == "ok"
        await lobby.expect("presence_diff", lambda diff: "studying" in str(diff["joins"]))
        refused = await client.refused("activity:subject:science")
        assert (refused["reason"], refused["temporary"]) == ("unavailable", True)
        status, body = await server.refusal(server.url(make.token(leo)))
        assert status == 503
        assert b'"temporary":true' in body
        await app.sockets.reauthorize(ada.id, patient=True)
        assert (await client.heartbeat()).status == "ok"

        await line.mend()
        fact = await make.fact(leo)
        assert (await feed.expect("new_activity"))["seq"] == fact.seq
        assert (await client.join("activity:subject:math")).response["activities"][0]["seq"] == fact.seq
        async with server.client(make.token(leo)) as other:
            assert set(await (await other.join("presence:lobby")).expect("presence_state")) == {
                str(ada.id),
                str(leo.id),
            }
        assert app.presence._store is not None
        await app.presence._store.flush()
        assert not app.presence._store.waiting
    await server.close()
