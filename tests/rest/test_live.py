"""What goes on at the sockets is told truly: by the endpoint, by the metrics, and over several nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from core.app import App
from core.clock import FakeClock
from core.live.pubsub import LocalBus, LocalPubSub
from core.settings import Settings
from core.web.channels.overview import SILENT
from data.database import Database
from tests.channel_kit import ChannelServer
from tests.factories import Make
from tests.rest_kit import Api, serve_rest


@pytest.fixture
async def server(app: App) -> AsyncIterator[ChannelServer]:
    server = ChannelServer(app.sockets)
    yield server
    await server.close()


async def live(api: Api) -> Any:
    answer = await api("GET", "/api/v1/live")
    assert answer.status == 200
    return answer.json


def samples(app: App) -> dict[str, float]:
    families = text_string_to_metric_families(app.metrics.exposition().decode())  # type: ignore[no-untyped-call]
    return {s.name: s.value for family in families for s in family.samples}


@pytest.mark.req("RT-23")
async def test_the_endpoint_and_the_metrics_count_what_happens(
    api: Api, app: App, make: Make, server: ChannelServer, clock: FakeClock
) -> None:
    nothing = await live(api)
    assert (nothing["connections"], nothing["people"], nothing["topics"], nothing["missing"]) == (0, 0, [], 0)
    await app.overview.stop()
    ada, leo = await make.person(), await make.person()
    connections = (server.client(make.token(who)) for who in (ada, ada, leo))
    async with next(connections) as one, next(connections) as two, next(connections) as three:
        app.overview.sample()
        before = app.sockets.counters.received
        for client in (one, two, three):
            await client.join("activity:global")
        await one.join("activity:feed")
        await three.join("presence:lobby")
        assert (await three.ask("presence:lobby", "update_status", {"status": "busy"}, "1")).status == "error"
        await one.websocket.send("garbage")
        await one.receive()
        assert app.sockets.counters.received == before + 7
        clock.advance(2)
        app.overview.sample()
        told = await live(api)
        assert (told["connections"], told["people"]) == (3, 2)
        by_topic = {t["topic"]: t["subscribers"] for t in told["topics"]}
        assert by_topic == {"activity:global": 4, "presence:lobby": 1}
        assert list(by_topic) == ["activity:global", "presence:lobby"], "the fullest first"
        assert told["received_a_second"] == 3.5
        assert told["sent_a_second"] > 3
        (node,) = told["nodes"]
        assert node["trend"] == [node["sent_a_second"]]
        assert (node["opened"], node["malformed"], node["queued"], node["slow"]) == (3, 1, 0, 0)
        metrics = samples(app)
        for name in ("opened", "received", "sent", "malformed", "dropped", "resyncs", "slow", "refused"):
            assert metrics[f"tandem_socket_{name}_total"] == node[name], name
        assert metrics["tandem_socket_people"] == 2
        assert metrics["tandem_socket_subscriptions"] == 5
        assert metrics["tandem_socket_queued"] == metrics["tandem_socket_deepest"] == 0
    await server.refusal(server.url("nonsense"))
    assert (await live(api))["refused"] == 1


@pytest.mark.req("RT-23")
async def test_a_slow_reader_shows_in_depths_and_drops(api: Api, app: App, make: Make, server: ChannelServer) -> None:
    ada = await make.person()
    async with server.client(make.token(ada)) as client:
        await client.join("activity:global")
        (connection,) = app.sockets.of(ada.id)
        connection.waits_since = app.clock.monotonic()
        (member,) = connection.members
        for _ in range(40):
            connection.send(b"\x81\x00", member)
        told = await live(api)
        assert told["queued"] == told["nodes"][0]["deepest"] == 40
        for _ in range(300):
            connection.send(b"\x81\x00", member)
        connection.drained()
        told = await live(api)
        assert told["resyncs"] == 1
        connection.close(1000)
        assert (await live(api))["dropped"] > 200


@asynccontextmanager
async def another(app: App, bus: LocalBus, name: str) -> AsyncIterator[App]:
    database = Database(app.settings.database_url)
    node = App(replace(app.settings, node=name), database, clock=app.clock, pubsub=LocalPubSub(bus))
    await node.start()
    try:
        yield node
    finally:
        await node.stop()
        await database.close()


@pytest.mark.req("RT-23")
async def test_every_node_tells_of_all_of_them(
    settings: Settings, database_url: str, app: App, make: Make, clock: FakeClock
) -> None:
    bus = LocalBus()
    app.settings = replace(app.settings, database_url=database_url)
    ada = await make.person()
    async with another(app, bus, "north") as north, another(app, bus, "south") as south, serve_rest(north) as api:
        there = ChannelServer(south.sockets)
        async with there.client(make.token(ada)) as client:
            await client.join("activity:global")
            north.presence.tick()
            south.presence.tick()
            told = await live(api)
            assert [node["node"] for node in told["nodes"]] == ["north", "south"], "who answers stands first"
            assert [node["connections"] for node in told["nodes"]] == [0, 1]
            assert told["topics"] == [{"topic": "activity:global", "subscribers": 1}]
            assert told["missing"] == 0
            # One that falls silent is missed at once, and not shown for ever.
            south.signals._handlers.pop(b"sockets")
            clock.advance(SILENT + 1)
            told = await live(api)
            assert [node["node"] for node in told["nodes"]] == ["north"]
            assert told["missing"] == 1
        await there.close()


@pytest.mark.req("RT-23")
async def test_people_are_not_told(api: Api, make: Make) -> None:
    for role in ("student", "parent", "tutor", "facilitator", "analyst"):
        person = await make.person(role=role)
        assert (await api("GET", "/api/v1/live", bearer=make.token(person, "api"))).status == 403
    admin = await make.person(role="admin")
    assert (await api("GET", "/api/v1/live", bearer=make.token(admin, "api"))).status == 200
