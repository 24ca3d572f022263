"""Workshops over the socket: everybody in one sees all of it at once, and nothing that is hidden."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from core.app import App
from core.clock import FakeClock
from core.workshop.commands import Entry
from core.workshop.rules import moves as m
from tests.channel_kit import Channel, ChannelServer
from tests.workshop.house import House

Come = Callable[[Entry], Awaitable[Channel]]


@pytest.fixture
def house(app: App) -> House:
    return House(app)


@pytest.fixture
async def come(app: App, house: House, server: ChannelServer) -> AsyncIterator[Come]:
    """`await come(entry)` puts a participant on the workshop's topic."""
    async with AsyncExitStack() as stack:

        async def come(entry: Entry) -> Channel:
            token, _ = app.guests.socket_token(entry.guest)
            client = await stack.enter_async_context(server.client(token))
            return await client.join(f"workshop:{house.id}")

        yield come


async def said(channel: Channel, kind: str, **given: Any) -> Any:
    return await channel.push("move", {"move": kind, **given})


@pytest.mark.req("WS-17", "WS-32", "WS-57", "WS-58", "WS-62")
async def test_moves_are_seen_by_all_and_a_score_by_nobody(house: House, come: Come) -> None:
    first, second = await house.open(2, skip_intro=True)
    lena, tom = await come(first), await come(second)
    assert [p["name"] for p in lena.response["workshop"]["participants"]] == ["Person 0", "Person 1"]
    for channel in (lena, tom):
        assert (await said(channel, "ready", version=0)).status == "ok"
    assert (await lena.expect("phase_changed"))["state"] == "scoring"
    version = (await house.state()).version
    reply = await said(tom, "submit", version=version, question=1, value=-4)
    assert reply.response["stage"] == "awaiting"
    told = await lena.expect("score_submitted")
    assert told["participant_id"] == str(second.guest.participant_id)
    assert not {"value", "score", "votes"} & told.keys()
    again = await lena.client.join(f"session:{house.id}")
    shown = again.response["workshop"]
    assert (shown["results"], shown["open_scores"]) == ([], [])
    await said(lena, "submit", version=version, question=1, value=3)
    revealed = await tom.expect("scores_revealed")
    assert sorted(value for _, value in revealed["votes"]) == [-4, 3]


@pytest.mark.req("WS-25", "WS-30", "WS-64")
async def test_a_refused_move_is_answered_and_nothing_more(house: House, come: Come) -> None:
    (first, *_) = await house.open(2, skip_intro=True)
    lena = await come(first)
    late = await said(lena, "advance", version=99)
    assert (late.status, late.response["reason"]) == ("error", "invalid_state")
    assert (await said(lena, "fly", version=0)).response["reason"] == "validation_failed"
    assert (await lena.client.heartbeat()).status == "ok"


@pytest.mark.req("WS-11", "WS-21", "WS-62")
async def test_who_goes_is_marked_away_after_the_grace_time_and_is_back_at_once(
    app: App, house: House, come: Come, clock: FakeClock
) -> None:
    first, second = await house.open(2)
    lena, tom = await come(first), await come(second)
    await app.attendance.look()
    await tom.client.websocket.close()
    while second.guest.participant_id in app.sockets.guests():
        await lena.client.heartbeat()
    await app.attendance.look()
    clock.advance(29)
    await app.attendance.look()
    assert (await house.state()).people[1].status == "active"
    clock.advance(2)
    await app.attendance.look()
    await lena.expect("participant_left")
    assert (await house.state()).people[1].status == "inactive"
    await come(second)
    await app.attendance.look()
    await lena.expect("participant_returned")


@pytest.mark.req("WS-48", "WS-60")
async def test_clocks_tick_for_those_who_watch_them(app: App, house: House, come: Come, clock: FakeClock) -> None:
    first, second = await house.open(2, skip_intro=True, total_duration_minutes=30)
    lena = await come(first)
    timer = await lena.client.join(f"timer:{house.id}")
    for entry in (first, second):
        await house.do(entry, m.Ready)
    await app.settle()
    await app.ticking.look()
    tick = await timer.expect("timer_tick")
    assert (tick["section"], tick["is_exceeded"]) == ("question_1", False)
    clock.advance(tick["section_remaining_ms"] / 1000 + 1)
    await app.ticking.look()
    over = await timer.expect("timer_exceeded")
    assert over["is_exceeded"] is True
    await timer.expect("timer_tick")


@pytest.mark.req("WS-7", "RT-7")
async def test_who_is_taken_out_is_off_the_topic_and_off_the_socket(house: House, come: Come) -> None:
    first, second = await house.open(2)
    lena, tom = await come(first), await come(second)
    assert (await said(lena, "drop", version=0, participant_id=str(second.guest.participant_id))).status == "ok"
    assert await tom.client.closed() == 4003
