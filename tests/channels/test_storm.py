"""What one person or one address can ask of a node is bounded, and honest crowds do not notice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from core.app import App
from core.clock import FakeClock
from core.live.replica import LINGER, SWEEP
from core.presence.entries import Entry, State, encoded
from core.presence.tracker import SHOWN, Tracker
from core.safety.limiter import Rate
from core.web.channels.connection import CROWDED, REVOKED
from core.web.channels.door import BY_PERSON, Door
from tests.channel_kit import ChannelServer
from tests.channels.conftest import Connect
from tests.factories import Make

LOBBY = "presence:lobby"


@pytest.mark.req("RT-6", "RT-9")
async def test_made_up_subjects_are_refused_and_cost_nothing(app: App, make: Make, enter: Connect) -> None:
    client = await enter(await make.person())
    await app.settle()
    before, held = app.hub.subscribers(), len(app.replicas)
    for n in range(50):
        assert (await client.refused(f"activity:subject:made-up-{n}"))["reason"] == "unknown_subject"
    assert app.hub.subscribers() == before
    assert len(app.replicas) == held
    await client.join("activity:subject:math")


async def test_states_that_nobody_watches_go_though_nobody_joins(
    app: App, clock: FakeClock, make: Make, enter: Connect
) -> None:
    channel = await (await enter(await make.person())).join("activity:subject:math")
    await channel.leave()
    assert len(app.replicas) == 1
    for wait in (SWEEP, LINGER + SWEEP):
        clock.advance(wait)
        app.sockets.tick()
    assert len(app.replicas) == 0
    assert "activity:subject:math" not in app.hub.subscribers()


@pytest.mark.req("RT-2")
async def test_the_oldest_of_too_many_connections_makes_room(app: App, make: Make, server: ChannelServer) -> None:
    ada, leo = await make.person(), await make.person()
    await app.settle()
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(server.client(make.token(leo)))
        tabs = [await stack.enter_async_context(server.client(make.token(ada))) for _ in range(22)]
        assert [await tab.closed() for tab in tabs[:2]] == [CROWDED] * 2
        assert len(app.sockets.of(ada.id)) == 20
        assert app.sockets.counts()["crowded"] == 2
        for client in (other, tabs[2], tabs[-1]):
            assert (await client.heartbeat()).status == "ok"


@pytest.mark.req("RT-2")
async def test_who_comes_too_often_is_refused_before_anything_is_looked_up(
    app: App, clock: FakeClock, make: Make, server: ChannelServer
) -> None:
    ada, leo = await make.person(), await make.person()
    token, asked = make.token(ada), 0

    async def counted(user_id: UUID) -> Any:
        nonlocal asked
        asked += 1
        return await app.principals.present(user_id)

    app.sockets.door = Door(app.limiter, lambda t: app.tokens.read(t, "socket"), counted)
    for _ in range(BY_PERSON.count):
        async with server.client(token):
            pass
    status, body = await server.refusal(server.url(token))
    assert (status, json.loads(body)["error"]["type"]) == (429, "rate_limited")
    assert asked == BY_PERSON.count
    async with server.client(make.token(leo)) as client:
        assert (await client.heartbeat()).status == "ok", "somebody else at the same address"
    clock.advance(BY_PERSON.seconds)
    async with server.client(token) as client:
        assert (await client.heartbeat()).status == "ok"


@pytest.mark.req("RT-2")
async def test_an_address_that_guesses_is_refused_and_its_neighbours_are_not(
    app: App, make: Make, server: ChannelServer
) -> None:
    door = Door(app.limiter, lambda t: app.tokens.read(t, "socket"), app.principals.present, bad_by_address=Rate(5))
    app.sockets.door = door
    server.receive(proxies=("127.0.0.1",))
    there, elsewhere = ({"additional_headers": {"X-Forwarded-For": a}} for a in ("10.1.1.1", "10.1.1.2"))
    bad = server.url("a.b.c")
    assert [(await server.refusal(bad, **there))[0] for _ in range(6)] == [403] * 5 + [429]
    good = make.token(await make.person())
    assert (await server.refusal(server.url(good), **there))[0] == 429
    async with server.client(good, **elsewhere) as client:
        assert (await client.heartbeat()).status == "ok"


@pytest.mark.req("RT-2")
async def test_a_class_behind_one_address_gets_in_at_once(app: App, make: Make, server: ChannelServer) -> None:
    people = [await make.person() for _ in range(40)]
    async with AsyncExitStack() as stack:
        came = (stack.enter_async_context(server.client(make.token(p))) for p in people for _ in range(3))
        for client in await asyncio.gather(*came):
            assert (await client.heartbeat()).status == "ok"
        assert len(app.sockets) == 120


@pytest.mark.req("RT-2")
async def test_a_connection_ends_with_its_token(app: App, clock: FakeClock, make: Make, server: ChannelServer) -> None:
    ada = await make.person()
    await app.settle()
    async with server.client(make.token(ada, ttl=30)) as short, server.client(make.token(ada)) as long:
        for client in (short, long):
            await client.heartbeat()
        clock.advance(29)
        app.sockets.tick()
        assert (await short.heartbeat()).status == "ok"
        assert (await long.heartbeat()).status == "ok"
        clock.advance(1)
        app.sockets.tick()
        assert await short.closed() == REVOKED
        assert (await long.heartbeat()).status == "ok"


@pytest.mark.req("RT-3")
async def test_many_tabs_of_one_are_one_person_with_a_few_entries(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    watching = await (await enter(leo)).join(LOBBY)
    await watching.expect("presence_state")
    tabs = [await (await enter(ada)).join(LOBBY) for _ in range(SHOWN + 4)]
    for tab in tabs:
        await tab.expect("presence_state")
    fresh = await (await enter(leo)).join(LOBBY)
    state = await fresh.expect("presence_state")
    assert len(state[str(ada.id)]["metas"]) == SHOWN
    assert app.presence.count(LOBBY) == 2
    (here,) = [person for person in app.presence.people(LOBBY) if person.user_id == str(ada.id)]
    assert here.connections == SHOWN + 4


def follow(state: State, diff: dict[str, State]) -> None:
    """What a client makes of a diff."""
    for user_id, came in diff["joins"].items():
        state.setdefault(user_id, {"metas": []})["metas"].extend(came["metas"])
    for user_id, went in diff["leaves"].items():
        gone = {meta["phx_ref"] for meta in went["metas"]}
        left = [meta for meta in state[user_id]["metas"] if meta["phx_ref"] not in gone]
        assert len(left) == len(state[user_id]["metas"]) - len(gone), "only what was told is taken back"
        if left:
            state[user_id]["metas"] = left
        else:
            del state[user_id]


def refs(state: State) -> dict[str, set[str]]:
    return {user_id: {meta["phx_ref"] for meta in here["metas"]} for user_id, here in state.items()}


def in_steps(tracker: Tracker) -> Iterator[int]:
    """Nine tabs open and close again, one after the other; how many are open."""
    for n in range(9):
        tracker.join(f"c{n}", LOBBY, "ada", {"online_at": n})
        yield n + 1
    for n in reversed(range(9)):
        tracker.leave(f"c{n}", LOBBY)
        yield n


def test_diffs_of_a_few_entries_add_up_to_the_state() -> None:
    tracker, held = Tracker("n1"), State()
    for open_now in in_steps(tracker):
        diff = tracker.flush(LOBBY)
        if diff:
            follow(held, diff.wire())
        assert refs(held) == refs(tracker.state(LOBBY))
        assert sum(map(len, refs(held).values())) == min(open_now, SHOWN)
        assert tracker.count(LOBBY) == (1 if open_now else 0)
    assert held == {}


def test_every_node_shows_the_same_few() -> None:
    entries = [Entry("n1", f"c{n}", LOBBY, "ada", f"n1.{n}", *encoded({"online_at": n % 3})) for n in range(12)]
    one, other = Tracker("n2"), Tracker("n3")
    one.replace("n1", 1, entries)
    other.replace("n1", 1, entries[::-1])
    assert refs(one.state(LOBBY)) == refs(other.state(LOBBY))
