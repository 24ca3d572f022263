"""Rights that change while somebody is connected count within the second, without a new connection or page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from core.accounts.commands import revoke_tokens
from core.app import App
from core.errors import Unavailable
from core.principal import SYSTEM, Principal
from core.social.friendships import block_person, unblock_person
from tests.channel_kit import ChannelServer, told_by
from tests.channels.conftest import Connect
from tests.factories import Make


@pytest.mark.req("RT-2")
async def test_a_revoked_person_is_out_within_a_second(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    tabs = [await enter(ada) for _ in range(3)]
    other = await enter(leo)
    for client in (*tabs, other):
        await client.join("activity:global")
    began = time.monotonic()
    await make.run(SYSTEM, revoke_tokens, ada.id)
    assert [await client.closed() for client in tabs] == [4003] * 3
    assert time.monotonic() - began < 1
    assert (await other.heartbeat()).status == "ok"
    assert not app.sockets.of(ada.id)


@pytest.mark.req("RT-2", "RT-3")
async def test_an_erased_person_is_out_and_listed_nowhere(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    gone, watching = await enter(ada), await enter(leo)
    lost = await enter(ada)
    lobby = await watching.join("presence:lobby")
    await gone.join("presence:lobby")
    await lost.join("presence:lobby")
    await lobby.expect("presence_diff", lambda diff: str(ada.id) in diff["joins"])
    lost.cut()
    await make.erase(ada)
    assert await gone.closed() == 4003
    await lobby.expect("presence_diff", lambda diff: str(ada.id) in diff["leaves"])
    while app.presence.count("presence:lobby") > 1:
        await lobby.expect("presence_diff")


@pytest.mark.req("RT-7")
async def test_who_leaves_a_cohort_leaves_its_room(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    room = await client.join(f"cohort:{ada.cohort_id}")
    lobby = await client.join("presence:lobby")
    await lobby.expect("presence_state")
    await make.person(external_id=ada.external_id, cohort="red")
    closed = await client.until(lambda m: m.event == "phx_close")
    assert (closed.topic, closed.join_ref) == (room.topic, room.join_ref)
    assert (await room.push("update_status", {"status": "away"})).response["reason"] == "unmatched topic"
    assert (await client.refused(room.topic))["reason"] == "not_in_cohort"
    assert (await lobby.push("update_status", {"status": "away"})).status == "ok", "the other topics stay"
    assert app.presence.count(room.topic) == 0


async def test_rights_that_change_during_a_join_count(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    async with app.relay._reading:
        ref = await client.send(f"cohort:{ada.cohort_id}", "phx_join", {"since": 10**9, "epoch": app.relay.epoch}, "1")
        # The join now waits for the relay, and the relay brings the change first.
        await client.heartbeat()
        task = make.person(external_id=ada.external_id, cohort="red")
        await task
    reply = await client.reply_to(ref)
    if reply.status == "ok":
        await client.until(lambda m: m.event == "phx_close")
    else:
        assert reply.response["reason"] == "not_in_cohort"
    assert app.hub.subscribers().get(f"cohort:{ada.cohort_id}", 1) == 1


async def test_a_new_name_is_shown_at_once(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    await (await enter(ada)).join("presence:lobby")
    lobby = await (await enter(leo)).join("presence:lobby")
    await lobby.expect("presence_state")
    await make.person(external_id=ada.external_id, name="Augusta King", nickname="Gus")
    diff = await lobby.expect("presence_diff", lambda diff: str(ada.id) in diff["leaves"])
    assert diff["joins"][str(ada.id)]["metas"][0]["username"] == "Gus"


async def test_a_narrower_audience_takes_somebody_off_the_list(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    mine = await (await enter(ada)).join("presence:lobby")
    lobby = await (await enter(leo)).join("presence:lobby")
    await lobby.expect("presence_state", lambda state: str(ada.id) in state)
    await make.person(external_id=ada.external_id, age_band="13_17")
    await lobby.expect("presence_diff", lambda diff: str(ada.id) in diff["leaves"])
    assert (await mine.push("update_status", {"status": "away"})).status == "ok"
    await make.person(external_id=ada.external_id, age_band="18_plus")
    diff = await lobby.expect("presence_diff", lambda diff: str(ada.id) in diff["joins"])
    assert diff["joins"][str(ada.id)]["metas"][0]["status"] == "away"
    assert app.presence.count("presence:lobby") == 2


def _only(people: set[str]) -> Callable[[Any], bool]:
    return lambda state: set(state) == people


async def test_people_on_two_sides_of_a_block_see_nothing_of_each_other(make: Make, enter: Connect) -> None:
    ada, leo, mia = [await make.person() for _ in range(3)]
    await make.fact(leo)
    await make.fact(mia)
    clients = {person.id: await enter(person) for person in (ada, leo, mia)}
    feeds = {key: await client.join("activity:global") for key, client in clients.items()}
    lobbies = {key: await client.join("presence:lobby") for key, client in clients.items()}
    await lobbies[mia.id].expect("presence_state", lambda state: len(state) == 3)

    await make.run(await make.principal(ada), block_person, make.app.gate, leo.id)
    snapshot = await feeds[ada.id].expect("snapshot")
    assert {item["user_id"] for item in snapshot["activities"]} == {str(mia.id)}
    for one in (ada, leo):
        await lobbies[one.id].expect("presence_state", _only({str(one.id), str(mia.id)}))

    await make.fact(leo)
    fact = await make.fact(mia)
    assert (await feeds[ada.id].expect("new_activity"))["seq"] == fact.seq
    held = {"since": 0, "epoch": snapshot["epoch"]}
    back = await clients[ada.id].join("activity:global", held)
    told_of = {e["payload"]["user_id"] for e in back.response["events"]}
    assert str(mia.id) in told_of
    assert str(leo.id) not in told_of
    fresh = await clients[ada.id].join("activity:global")
    assert {item["user_id"] for item in fresh.response["activities"]} == {str(mia.id)}

    clients[ada.id].waiting.clear()
    await lobbies[leo.id].push("update_status", {"status": "studying"})
    diff = await lobbies[mia.id].expect("presence_diff", lambda d: str(leo.id) in d["joins"])
    assert diff["joins"][str(leo.id)]["metas"][0]["status"] == "studying"
    await clients[ada.id].heartbeat()
    assert str(leo.id) not in str([m.payload for m in clients[ada.id].waiting])

    await make.run(await make.principal(ada), unblock_person, leo.id)
    state = await lobbies[ada.id].expect("presence_state", lambda s: str(leo.id) in s)
    assert len(state) == 3


async def test_what_cannot_be_judged_is_shut_and_what_is_only_checked_waits(
    app: App, make: Make, enter: Connect
) -> None:
    ada = await make.person()
    await app.settle()
    client = await enter(ada)
    await client.heartbeat()

    async def away(user_id: UUID, generation: int) -> Principal:
        raise Unavailable

    app.sockets.rights.ask = away
    await app.sockets.reauthorize(ada.id, patient=True)
    assert (await client.heartbeat()).status == "ok"
    await app.sockets.reauthorize(ada.id)
    assert await client.closed() == 1013


@pytest.mark.req("RT-2")
async def test_a_token_that_runs_out_ends_the_connection_in_time(app: App, make: Make, server: ChannelServer) -> None:
    ada = await make.person()
    await app.settle()
    async with server.client(make.token(ada, ttl=60)) as client:
        await client.heartbeat()
        (connection,) = app.sockets.of(ada.id)
        app.clock.advance(600)  # type: ignore[attr-defined]
        connection.alive()
        app.sockets.tick()
        assert await client.closed() == 4003


async def test_rights_that_changed_during_the_handshake_count(app: App, make: Make, server: ChannelServer) -> None:
    """The token was good when it was looked at, and void before the connection was known here."""
    ada = await make.person()
    token = make.token(ada)
    door = app.sockets.door
    look_up = door._look_up

    async def late(user_id: UUID) -> Principal:
        principal = await look_up(user_id)
        door._look_up = look_up
        await make.run(SYSTEM, revoke_tokens, ada.id)
        await app.settle()
        return principal

    # One at a time, and as crowds are asked about.
    door._look_up, door.tell = late, door.tell and told_by(late)
    async with server.client(token) as client:
        assert await client.closed() == 4003
