"""The hub's door and its forms over REST are the socket in another form: same topics, same rights, same limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.app import App
from core.live.pubsub import LocalBus, LocalPubSub
from core.web.channels import protocol
from core.web.channels.envelope import MALFORMED, incoming, outgoing
from core.web.channels.examples import EXAMPLES
from core.web.channels.hub_door import Translator, hub_routes, split
from core.web.channels.limits import MESSAGES_A_MINUTE
from core.web.channels.protocol import JOIN, LEAVE, ProtocolError
from core.web.channels.wire.reception import Reception
from core.web.http import handlers
from core.web.rest import ROUTES
from data.database import Database
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api

PATIENCE = 5.0
KEYS = {"type", "channel", "data", "user_id", "id", "seq", "time"}


class Hub:
    """A client of the hub; what nobody asked for yet waits in order."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.waiting: list[dict[str, Any]] = []
        self.name = ""

    async def say(self, kind: str, channel: str = "", data: Any = None, **more: Any) -> None:
        await self.websocket.send(json.dumps({"type": kind, "channel": channel, "data": data or {}, **more}))

    async def hear(self, kind: str, channel: str | None = None) -> dict[str, Any]:
        """The next envelope of that type, and of that channel if one is named."""

        def fits(said: dict[str, Any]) -> bool:
            return said["type"] == kind and channel in (None, said["channel"])

        async with asyncio.timeout(PATIENCE):
            while not (found := next((said for said in self.waiting if fits(said)), None)):
                said = json.loads(await self.websocket.recv())
                assert said.keys() >= KEYS, said
                self.waiting.append(said)
        self.waiting.remove(found)
        return found


class Node:
    """The hub's door and REST on one free port."""

    def __init__(self, app: App) -> None:
        reception = Reception(app.sockets, lambda origin, host: False)
        routes = hub_routes(reception)
        self.translator: Translator = routes[0][2]["translator"]
        self._server = HTTPServer(Application([*routes, *handlers(app, ROUTES)]))
        (socket,) = bind_sockets(0, "127.0.0.1")
        self._server.add_socket(socket)
        self.api = Api(app, socket.getsockname()[1])

    @asynccontextmanager
    async def client(self, token: str, **options: Any) -> AsyncIterator[Hub]:
        address = f"ws://127.0.0.1:{self.api.port}/api/ws?token={token}"
        async with connect(address, ping_interval=None, compression=None, **options) as websocket:
            hub = Hub(websocket)
            hub.name = (await hub.hear("connected"))["data"]["connection"]
            yield hub

    async def close(self) -> None:
        self.api.close()
        self._server.stop()
        await self._server.close_all_connections()


Enter = Callable[[User], Awaitable[Hub]]


@pytest.fixture
async def house(app: App) -> AsyncIterator[Node]:
    node = Node(app)
    yield node
    await node.close()


@pytest.fixture
async def enter(house: Node, make: Make) -> AsyncIterator[Enter]:
    async with AsyncExitStack() as stack:

        async def enter(person: User) -> Hub:
            return await stack.enter_async_context(house.client(make.token(person)))

        yield enter


@pytest.mark.req("HUB-1", "HUB-2", "HUB-9", "HUB-3")
async def test_in_band_a_client_subscribes_hears_and_unsubscribes(app: App, make: Make, enter: Enter) -> None:
    ada = await make.person()
    hub = await enter(ada)
    before = await make.fact(ada)
    await hub.say("subscribe", "activity:feed", ref="a7")
    subscribed = await hub.hear("subscribed")
    assert (subscribed["channel"], subscribed["ref"]) == ("activity:feed", "a7")
    assert [item["seq"] for item in subscribed["data"]["activities"]] == [before.seq]
    (connection,) = app.sockets.of(ada.id)
    assert connection.id == hub.name
    assert [member.room.topic for member in connection.members] == ["activity:feed"]
    fact = await make.fact(ada, "high_score", properties={"score": 99})
    heard = await hub.hear("high.score", "activity:feed")
    assert heard["user_id"] == str(ada.id)
    assert (heard["seq"], heard["id"]) == (fact.seq, str(fact.event_id))
    assert heard["time"] == heard["data"]["timestamp"]
    assert heard["data"]["properties"] == {"score": 99}
    await hub.say("unsubscribe", "activity:feed")
    await hub.hear("unsubscribed", "activity:feed")
    await hub.hear("closed", "activity:feed")
    await make.fact(ada)
    await hub.say("ping", ref="p")
    assert (await hub.hear("pong"))["ref"] == "p"
    assert hub.waiting == []
    await hub.websocket.close()


@pytest.mark.req("HUB-4", "BG-62")
def test_the_nine_types_have_their_names() -> None:
    def named(message: str, **more: Any) -> str:
        frame = json.dumps([None, None, "somewhere", message, EXAMPLES[message] | more]).encode()
        kind: str = json.loads(outgoing(frame, "2026-01-01T00:00:00.000Z"))["type"]
        return kind

    activities = ("practice_started", "practice_completed", "streak_milestone", "high_score")
    messages = ("practice_changed", "progress_update", "achievement_unlocked", "rank_changed", "leaderboard_update")
    assert [*(named("new_activity", type=one) for one in activities), *map(named, messages)] == [
        "session.started",
        "session.ended",
        "streak.milestone",
        "high.score",
        "score.updated",
        "progress.update",
        "achievement.unlocked",
        "rank.changed",
        "leaderboard.update",
    ]
    assert named("practice_changed", status="started", score=None) == "practice_changed", "nothing is scored yet"


@pytest.mark.req("HUB-2", "BG-63")
async def test_whose_message_it_is_the_server_says(make: Make, enter: Enter) -> None:
    ada, leo = await make.person(), await make.person()
    hub = await enter(ada)
    await hub.say("subscribe", "presence:lobby", user_id=str(leo.id))
    state = await hub.hear("presence_state")
    assert list(state["data"]) == [str(ada.id)], "who connected is here, whoever they say they are"
    await hub.say("update_status", "presence:lobby", {"status": "away"}, user_id=str(leo.id), ref="x")
    assert (await hub.hear("answered"))["ref"] == "x"
    diff = await hub.hear("presence_diff")
    assert list(diff["data"]["joins"]) == [str(ada.id)]
    assert diff["time"]
    assert (diff["id"], diff["seq"]) == (None, None), "what is not in the log has no place there"


@pytest.mark.req("HUB-9", "BG-61", "RT-7")
async def test_the_forms_over_rest_name_the_connection_they_act_on(house: Node, make: Make, enter: Enter) -> None:
    ada, leo = await make.person(), await make.person()
    one, two = await enter(ada), await enter(ada)
    key = make.token(ada, "api")
    wanted = {"connection": one.name, "channel": "activity:global"}
    done = await house.api("POST", "/api/ws/subscribe", wanted, bearer=key)
    assert (done.status, done.json) == (200, {**wanted, "subscribed": True})
    assert (await one.hear("subscribed"))["channel"] == "activity:global"
    await make.fact(ada)
    seen = await one.hear("session.ended")
    await two.say("ping")
    await two.hear("pong")
    assert two.waiting == [], "the other connection of the same person hears nothing of it"
    # What was seen last may be said, as in band.
    missed = [await make.fact(ada) for _ in range(2)]
    since = {"since": seen["seq"], "epoch": house.api.app.relay.epoch}
    assert (await house.api("POST", "/api/ws/subscribe", wanted | since, bearer=key)).status == 200
    recovered = (await one.hear("subscribed"))["data"]
    assert recovered["recovered"] is True
    assert [event["seq"] for event in recovered["events"]] == [result.seq for result in missed]
    assert all(event.keys() >= KEYS for event in recovered["events"])
    done = await house.api("POST", "/api/ws/unsubscribe", wanted, bearer=key)
    assert (done.status, done.json["subscribed"]) == (200, False)
    await one.hear("unsubscribed")
    # Another's connection is as unknown as one that never was; rights are those of the socket.
    for name, bearer in ((one.name, make.token(leo, "api")), (str(uuid4()), key), ("x", key)):
        refused = await house.api("POST", "/api/ws/subscribe", wanted | {"connection": name}, bearer=bearer)
        assert (refused.status, refused.error["type"]) == (404, "unknown_connection")
    refused = await house.api("POST", "/api/ws/subscribe", wanted | {"channel": f"user:{leo.id}"}, bearer=key)
    assert (refused.status, refused.error["type"]) == (403, "not_yours")
    refused = await house.api("POST", "/api/ws/subscribe", wanted | {"channel": "no:such"}, bearer=key)
    assert (refused.status, refused.error["type"]) == (404, "unmatched topic")
    assert (await house.api("POST", "/api/ws/subscribe", wanted, bearer=None)).status == 401
    assert (await house.api("POST", "/api/ws/subscribe", wanted)).status == 404, "a key has no connections"


@asynccontextmanager
async def another(app: App, database_url: str, bus: LocalBus, name: str) -> AsyncIterator[App]:
    database = Database(database_url)
    node = App(replace(app.settings, node=name), database, clock=app.clock, pubsub=LocalPubSub(bus))
    await node.start()
    try:
        yield node
    finally:
        await node.stop()
        await database.close()


@pytest.mark.req("HUB-9", "BG-61")
async def test_any_node_takes_the_form_for_a_connection_of_another(app: App, make: Make, database_url: str) -> None:
    ada = await make.person()
    bus = LocalBus()
    async with another(app, database_url, bus, "north") as north, another(app, database_url, bus, "south") as south:
        doors = [Node(north), Node(south)]
        async with doors[1].client(make.token(ada)) as hub:
            key, wanted = make.token(ada, "api"), {"connection": hub.name, "channel": "activity:global"}
            done = await doors[0].api("POST", "/api/ws/subscribe", wanted, bearer=key)
            assert done.status == 200
            assert (await hub.hear("subscribed"))["channel"] == "activity:global"
            refused = await doors[0].api("POST", "/api/ws/subscribe", wanted | {"channel": "user:x"}, bearer=key)
            assert (refused.status, refused.error["type"]) == (403, "not_yours")
            assert (await doors[0].api("POST", "/api/ws/unsubscribe", wanted, bearer=key)).status == 200
            await hub.hear("unsubscribed")
        for door in doors:
            await door.close()


@pytest.mark.req("RT-1", "RT-2", "RT-20")
async def test_the_hub_is_judged_and_limited_like_the_socket(app: App, house: Node, make: Make, enter: Enter) -> None:
    for token in ("", "nonsense"):
        with pytest.raises(InvalidStatus) as refused:
            async with house.client(token):
                pass
        assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        async with house.client(make.token(await make.person()), origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403
    ada = await make.person()
    hub = await enter(ada)
    await hub.say("subscribe", f"user:{uuid4()}")
    assert (await hub.hear("refused"))["data"]["reason"] == "not_yours"
    for text in ("", "[]", "{}", '{"type": 1}', '{"type": "phx_join", "channel": "activity:global"}', '{"type": "x"}'):
        await hub.websocket.send(text)
        assert (await hub.hear("refused"))["data"]["reason"] == "malformed", text
    await hub.websocket.send(b"\x00\x01")
    assert (await hub.hear("refused"))["data"]["reason"] == "malformed"
    for _ in range(MESSAGES_A_MINUTE - 8):
        await hub.say("hello", "activity:global")
        assert (await hub.hear("refused"))["data"]["reason"] == "unmatched topic"
    await hub.say("hello", "activity:global")
    limited = await hub.hear("refused")
    assert limited["data"]["reason"] == "rate_limited"
    assert limited["data"]["retry_after"] > 0
    app.sockets.close_user(ada.id)
    with pytest.raises(ConnectionClosed) as closed:
        await hub.hear("nothing")
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4003


@pytest.mark.req("HUB-1")
async def test_what_goes_to_many_is_made_once(house: Node, make: Make, enter: Enter) -> None:
    people = [await make.person() for _ in range(5)]
    hubs = [await enter(person) for person in people]
    for hub in hubs:
        await hub.say("subscribe", "activity:global")
        await hub.hear("subscribed")
    made = house.translator.made
    await make.fact(people[0], "high_score", properties={"score": 1})
    heard = [await hub.hear("high.score") for hub in hubs]
    assert heard == [heard[0]] * 5
    assert house.translator.made == made + 1


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
envelopes = st.fixed_dictionaries(
    {"type": anything | st.sampled_from(["subscribe", "unsubscribe", "ping", "phx_close", "react"])},
    optional={"channel": anything, "data": anything, "ref": anything, "user_id": anything},
)


@given(st.one_of(st.text(max_size=60), envelopes.map(json.dumps), anything.map(json.dumps)))
def test_whatever_comes_in_is_a_message_of_the_socket_or_is_refused_by_it(text: str) -> None:
    made = incoming(text)
    try:
        message = protocol.parse(made)
    except ProtocolError:
        return
    asked = json.loads(text)["type"]
    assert (message.event == JOIN) is (asked == "subscribe")
    assert (message.event == LEAVE) is (asked == "unsubscribe")


@given(st.lists(st.binary(max_size=70_000), max_size=4))
def test_frames_are_split_as_they_were_joined(payloads: list[bytes]) -> None:
    joined = b"".join(protocol.text_frame(payload) for payload in payloads)
    assert [payload for _, payload, _ in split(joined)] == payloads
    assert b"".join(whole for _, _, whole in split(joined)) == joined


def test_an_envelope_always_has_every_key() -> None:
    said = json.loads(outgoing(protocol.broadcast("user:1", "hello", {"n": 1}), "now"))
    assert said == {
        "type": "hello", "channel": "user:1", "data": {"n": 1}, "user_id": None, "id": None, "seq": None, "time": "now",
    }  # fmt: skip
    assert incoming('{"type": "ping"') == MALFORMED
