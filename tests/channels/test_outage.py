"""The database goes away while people are connected, and comes back: nobody is sent away, nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url

from core.app import App
from core.clock import FakeClock
from core.errors import Unavailable
from core.principal import SYSTEM
from core.settings import Settings
from core.workshop.commands import mark_away
from core.workshop.upkeep import sweep
from data.database import Database
from tests.channel_kit import ChannelServer
from tests.factories import Make
from tests.workshop.house import House


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
        ends, ways = [writer], list[asyncio.Task[None]]()
        try:
            there, back = await self._open()
            ends.append(back)
            ways += [asyncio.create_task(pass_on(reader, back)), asyncio.create_task(pass_on(there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in ends:
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


@pytest.mark.req("WS-11", "WS-23", "WS-62", "OPS-2")
async def test_a_workshop_waits_for_the_database(app: App, line: Line, clock: FakeClock) -> None:
    """Nothing is lost, nobody is taken for gone, and what was asked meanwhile is refused with a sentence."""
    house = House(app)
    first, second = await house.open(2, skip_intro=True)
    await house.to_question()
    await house.score(first, 3)
    server = ChannelServer(app.sockets)
    topic = f"workshop:{house.id}"
    async with (
        server.client(app.guests.socket_token(first.guest)[0]) as lena,
        server.client(app.guests.socket_token(second.guest)[0]) as tom,
    ):
        here, there = await lena.join(topic), await tom.join(topic)
        await app.attendance.look()
        looked = clock.now()
        await line.cut()
        clock.advance(40)
        score = {"move": "submit", "version": here.response["workshop"]["version"], "question": 1, "value": -2}
        refused = await there.push("move", score)
        assert (refused.status, refused.response["temporary"]) == ("error", True)
        with pytest.raises(Unavailable):
            await app.attendance.look()
        # Otherwise the door would cut them off as silent, if it happened to look just then.
        await lena.heartbeat()
        clock.advance(40)
        for client in (lena, tom):
            await client.heartbeat()

        await line.mend()
        # The house looks for silent ones before it has noted who is connected.
        assert (await sweep(app.transactions, clock.now(), looked))["away"] == 0
        await app.attendance.look()
        clock.advance(31)
        await app.attendance.look()
        assert (await sweep(app.transactions, clock.now(), clock.now()))["away"] == 0
        state = await house.state()
        assert (state.stage, [p.status for p in state.people]) == ("awaiting", ["active", "active"])
        assert (await there.push("move", score)).status == "ok"
        revealed = await here.expect("scores_revealed")
        assert sorted(value for _, value in revealed["votes"]) == [-2, 3]
    await server.close()


@pytest.mark.req("WS-11")
async def test_who_comes_while_the_database_is_away_is_here_when_it_is_back(
    app: App, line: Line, clock: FakeClock
) -> None:
    house = House(app)
    first, second = await house.open(2)
    await app.transactions.run(SYSTEM, mark_away, house.id, second.guest.participant_id)
    server = ChannelServer(app.sockets)
    async with server.client(app.guests.socket_token(first.guest)[0]) as lena:
        await app.attendance.look()
        async with server.client(app.guests.socket_token(second.guest)[0]) as tom:
            await tom.heartbeat()
            await line.cut()
            with pytest.raises(Unavailable):
                await app.attendance.look()
            await line.mend()
            await app.attendance.look()
            assert [p.status for p in (await house.state()).people] == ["active", "active"]
        await lena.heartbeat()
    await server.close()
