"""Coming back: what was missed arrives once, and where that cannot be said for sure the whole state does."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from core.app import App
from data.tables import User
from tests.channel_kit import ChannelServer
from tests.channels.conftest import Connect
from tests.factories import Make

TOPIC = "activity:global"


@pytest.fixture
async def ada(make: Make) -> User:
    return await make.person()


def position(response: dict[str, Any]) -> dict[str, Any]:
    return {"since": response["seq"], "epoch": response["epoch"]}


@pytest.mark.req("RT-17")
async def test_a_rejoin_gets_exactly_what_was_missed(make: Make, enter: Connect, ada: User) -> None:
    first = await enter(ada)
    held = position((await first.join(TOPIC)).response)
    first.cut()
    missed = [await make.fact(ada) for _ in range(3)]
    back = await (await enter(ada)).join(TOPIC, held)
    assert back.response["recovered"] is True
    assert [e["event"] for e in back.response["events"]] == ["new_activity"] * 3
    assert [e["payload"]["seq"] for e in back.response["events"]] == [m.seq for m in missed]
    assert back.response["seq"] >= missed[-1].seq
    assert "activities" not in back.response
    again = await (await enter(ada)).join(TOPIC, position(back.response))
    assert again.response["events"] == []
    later = await make.fact(ada)
    assert (await again.expect("new_activity"))["seq"] == later.seq


@pytest.mark.req("RT-17")
@pytest.mark.parametrize(
    "given",
    [
        {"epoch": "another history"},
        {"epoch": None},
        {"since": 10**15},
        {"since": -1},
        {"since": "5"},
        {"since": True},
        {"since": None},
        {"since": 1.5},
        {"since": 2**70},
    ],
)
async def test_what_cannot_be_recovered_is_said_to_be_so(
    make: Make, enter: Connect, ada: User, given: dict[str, Any]
) -> None:
    fact = await make.fact(ada)
    client = await enter(ada)
    held = position((await client.join(TOPIC)).response)
    back = await client.join(TOPIC, held | given)
    assert back.response["recovered"] is False
    assert "events" not in back.response
    assert [item["seq"] for item in back.response["activities"]] == [fact.seq]


@pytest.mark.req("RT-17")
async def test_a_gap_that_is_too_old_is_answered_with_the_state(
    app: App, make: Make, enter: Connect, ada: User
) -> None:
    app.hub._ring = 5
    client = await enter(ada)
    held = position((await client.join(TOPIC)).response)
    facts = [await make.fact(ada) for _ in range(7)]
    back = await client.join(TOPIC, held)
    assert back.response["recovered"] is False
    assert [item["seq"] for item in back.response["activities"]] == [f.seq for f in reversed(facts)]
    near = await client.join(TOPIC, held | {"since": facts[2].seq})
    assert [e["payload"]["seq"] for e in near.response["events"]] == [f.seq for f in facts[3:]]


@pytest.mark.req("RT-17")
async def test_a_node_that_started_again_knows_the_gap_from_the_log(
    app: App, make: Make, enter: Connect, ada: User, server: ChannelServer
) -> None:
    held = position((await (await enter(ada)).join(TOPIC)).response)
    missed = await make.fact(ada)
    second = App(app.settings, app.database, clock=app.clock)
    await second.start()
    elsewhere = ChannelServer(second.sockets)
    try:
        async with elsewhere.client(make.token(ada)) as client:
            back = await client.join(TOPIC, held)
            assert [e["payload"]["seq"] for e in back.response["events"]] == [missed.seq]
    finally:
        await elsewhere.close()
        await second.stop()


@pytest.mark.req("RT-15", "RT-17")
async def test_a_state_that_is_ahead_of_the_relay_is_not_told_twice(
    app: App, make: Make, enter: Connect, ada: User
) -> None:
    client = await enter(ada)
    async with app.relay._reading:
        # The node has not read it yet, the database has it.
        task = asyncio.create_task(make.fact(ada))
        while not await seqs_in_log(app):
            await asyncio.sleep(0)
        channel = await client.join(TOPIC)
    fact = await task
    assert [item["seq"] for item in channel.response["activities"]] == [fact.seq]
    await client.heartbeat()
    assert not [m for m in client.waiting if m.event == "new_activity"]


@pytest.mark.req("RT-15", "RT-17")
async def test_a_gap_ends_where_publishing_stands_though_the_state_is_ahead(
    app: App, make: Make, enter: Connect, ada: User
) -> None:
    client = await enter(ada)
    held = position((await client.join(TOPIC)).response)
    for replica in list(app.replicas._open.values()):
        replica.close()
    app.replicas._open.clear()
    async with app.relay._reading:
        before = len(await seqs_in_log(app))
        task = asyncio.create_task(make.fact(ada))
        while len(await seqs_in_log(app)) == before:
            await asyncio.sleep(0)
        channel = await client.join(TOPIC, held)
        assert channel.response["recovered"] is True
        assert channel.response["events"] == []
    fact = await task
    assert (await channel.expect("new_activity"))["seq"] == fact.seq


async def seqs_in_log(app: App) -> list[int]:
    from sqlalchemy import select

    from data.tables import EventRow

    async with app.transactions.read() as db:
        return list((await db.execute(select(EventRow.seq).where(EventRow.type == "practice_completed"))).scalars())


@pytest.mark.req("RT-17")
async def test_a_position_that_another_node_told_is_read_up_to(app: App, make: Make, enter: Connect, ada: User) -> None:
    """A client comes from a node that is ahead: this one reads on before it answers."""
    client = await enter(ada)
    held = position((await client.join(TOPIC)).response)
    async with app.relay._reading:
        task = asyncio.create_task(make.fact(ada))
        while not await seqs_in_log(app):
            await asyncio.sleep(0)
        seq = (await seqs_in_log(app))[0]
        joining = asyncio.create_task(client.join(TOPIC, held | {"since": seq}))
        await asyncio.sleep(0)
    channel = await joining
    await task
    assert channel.response["recovered"] is True
    assert channel.response["events"] == []
    assert channel.response["seq"] >= seq


@pytest.mark.req("RT-17")
async def test_a_change_that_no_event_can_tell_comes_as_a_snapshot(make: Make, enter: Connect) -> None:
    child = await make.person(age_band="under_13", cohort="blue")
    # For another child's sake the cohort's chat stays shut: its opening would be a snapshot more.
    await make.person(age_band="under_13", cohort="blue")
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    await make.fact(child)
    channel = await client.join(f"cohort:{ada.cohort_id}")
    assert channel.response["activities"] == []
    await make.consent(child, "social_visibility")
    await make.app.settle()
    snapshot = await channel.expect("snapshot")
    assert snapshot["epoch"] == channel.response["epoch"]
    assert snapshot["seq"] > channel.response["seq"]
    assert isinstance(snapshot["activities"], list)
    fact = await make.fact(child)
    assert (await channel.expect("new_activity"))["seq"] == fact.seq
    # What is held after a snapshot is a position like any other.
    back = await client.join(f"cohort:{ada.cohort_id}", position(snapshot))
    assert [e["payload"]["seq"] for e in back.response["events"]][-1] == fact.seq


@pytest.mark.req("RT-15", "RT-16", "RT-17")
async def test_two_hundred_cuts_while_publishing_lose_nothing_and_double_nothing(
    app: App, make: Make, server: ChannelServer, ada: User
) -> None:
    chance = random.Random(7)
    token = make.token(ada)
    published: list[int] = []
    stop = asyncio.Event()

    async def publish() -> None:
        while not stop.is_set():
            published.append((await make.fact(ada)).seq or 0)

    heard: list[int] = []
    held: dict[str, Any] = {}
    recovered = 0
    publisher = asyncio.create_task(publish())
    for cut in range(200):
        app.clock.advance(2)  # type: ignore[attr-defined]
        async with server.client(token) as client:
            channel = await client.join(TOPIC, held)
            if held:
                recovered += channel.response["recovered"]
                heard += [e["payload"]["seq"] for e in channel.response["events"]]
            held = position(channel.response)
            try:
                for _ in range(chance.randrange(4)):
                    message = await channel.expect("new_activity")
                    heard.append(message["seq"])
                    held["since"] = message["seq"]
            except ConnectionClosed:
                pytest.fail("the server closed it")
            client.cut()
        if cut == 0:
            first = held["since"] if not heard else heard[0] - 1
    stop.set()
    await publisher
    async with server.client(token) as client:
        channel = await client.join(TOPIC, held)
        heard += [e["payload"]["seq"] for e in channel.response["events"]]
    assert recovered == 199
    assert heard == sorted(set(heard)), "in order, each once"
    assert heard == [seq for seq in published if seq > first], "all of them"
    assert len(heard) > 200
    assert len(app.hub.subscribers()) <= 1
