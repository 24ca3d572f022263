"""Workshops over the socket: everybody in one sees all of it at once, and nothing that is hidden."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from core.live.pubsub import LocalPubSub
from core.settings import Settings
from core.workshop.commands import Entry
from core.workshop.rules import moves as m
from data.database import Database
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


@pytest.mark.req("WS-6", "WS-31", "WS-63")
async def test_two_tabs_of_one_person_are_one_person(house: House, come: Come) -> None:
    _, tom = await house.open(2, skip_intro=True)
    await house.to_question()
    one, other = await come(tom), await come(tom)
    version = one.response["workshop"]["version"]
    for tab, value in ((one, 3), (other, -2)):
        assert (await said(tab, "submit", version=version, question=1, value=value)).status == "ok"
    for tab in (one, other):
        await tab.expect("score_updated")
    view = await house.view(tom)
    assert view["me"]["my_score"] == -2, "what was said last"
    assert view["workshop"]["scored"] == [str(tom.guest.participant_id)]
    assert [person["name"] for person in view["workshop"]["participants"]] == ["Person 0", "Person 1"]


@pytest.mark.req("WS-50", "WS-51", "WS-59")
async def test_what_is_written_is_told_as_it_is_written(house: House, come: Come) -> None:
    first, second = await house.open(2, skip_intro=True)
    lena, tom = await come(first), await come(second)
    note, action, later = (str(uuid4()) for _ in range(3))
    for kind, given, event, told in (
        ("add_note", {"note_id": note, "content": "Calm"}, "note_added", {"note_id": note, "content": "Calm"}),
        (
            "update_note",
            {"note_id": note, "base": "Calm", "content": "Calm and clear"},
            "note_updated",
            {"content": "Calm and clear", "edition": 1},
        ),
        ("delete_note", {"note_id": note}, "note_deleted", {"note_id": note}),
        ("add_action", {"action_id": action, "content": "Talk", "owner": "Tom"}, "action_added", {"owner": "Tom"}),
        ("update_action", {"action_id": action, "done": True}, "action_updated", {"done": True, "content": "Talk"}),
        ("add_action", {"action_id": later, "content": "Write"}, "action_added", {"action_id": later}),
        ("move_action", {"action_id": later, "position": 0}, "actions_reordered", {"order": [later, action]}),
        ("delete_action", {"action_id": action}, "action_deleted", {"action_id": action}),
    ):
        assert (await said(lena, kind, version=0, **given)).status == "ok", kind
        heard = await tom.expect(event)
        assert told.items() <= heard.items(), (event, heard)
        assert heard["by"] == str(first.guest.participant_id)


@pytest.mark.req("WS-8", "WS-61")
async def test_everybody_is_listed_once_with_how_they_stand(
    app: App, house: House, come: Come, clock: FakeClock
) -> None:
    first, second = await house.open(2)
    lena = await come(first)
    await said(lena, "ready", version=0)
    tabs = [await come(second), await come(second)]
    people = tabs[1].response["workshop"]["participants"]
    told = [(p["name"], p["status"], p["ready"]) for p in people]
    assert told == [("Person 0", "active", True), ("Person 1", "active", False)]
    assert all(p["joined_at"] == clock.now().isoformat() for p in people)
    # One tab closes: the person is there by the other, and is away when that is gone too.
    await app.attendance.look()
    for tab, status in ((tabs[0], "active"), (tabs[1], "inactive")):
        sockets = app.sockets.guests()
        await tab.client.websocket.close()
        await lena.client.heartbeat()
        while status == "inactive" and second.guest.participant_id in app.sockets.guests():
            await lena.client.heartbeat()
        assert first.guest.participant_id in sockets
        await app.attendance.look()
        clock.advance(31)
        await app.attendance.look()
        people = (await house.view(first))["workshop"]["participants"]
        assert [p["status"] for p in people] == ["active", status]


@pytest.mark.req("WS-62", "WS-71")
async def test_a_screen_has_all_that_it_shows(house: House, come: Come) -> None:
    first, second = await house.open(2, skip_intro=True, total_duration_minutes=120)
    await house.to_question()
    await house.score(second, 4)
    lena, view = await come(first), await house.view(second)
    shown = lena.response["workshop"]
    assert shown == view["workshop"], "by socket and by REST, and the same for all"
    wanted = {
        *("workshop_id", "code", "template", "settings", "state", "stage", "current_question", "scores_revealed"),
        *("participants", "scored", "results", "waiting_for", "can_advance", "notes", "actions", "timers", "version"),
    }
    assert wanted <= shown.keys()
    assert {"participant_id", "is_facilitator", "ready", "my_score"} <= view["me"].keys()
    assert {"section_remaining_ms", "overall_remaining_ms", "is_paused", "deadline"} <= view["time"].keys()
    assert view["me"]["my_score"] == 4


@pytest.mark.req("WS-70")
async def test_twenty_people_see_every_change(house: House, come: Come) -> None:
    """All of them, in one order and nothing twice; the middle one within the time that a team does not notice."""
    entries = await house.open(20, skip_intro=True)
    people = [await come(entry) for entry in entries]
    took = []

    async def seen(person: Channel, kind: str, note: str, since: float) -> None:
        await person.expect(kind, lambda payload: payload["note_id"] == note)
        took.append(time.perf_counter() - since)

    notes = [str(uuid4()) for _ in range(20)]
    for person, note in zip(people, notes, strict=True):
        since = time.perf_counter()
        assert (await said(person, "add_note", version=0, note_id=note, content="Calm")).status == "ok"
        await asyncio.gather(*(seen(one, "note_added", note, since) for one in people))
    for person in people:
        assert (await person.client.heartbeat()).status == "ok"
        assert not [message for message in person.client.waiting if message.event == "note_added"], "nothing twice"
    assert len(took) == 400
    assert statistics.median(took) < 0.15


@pytest.mark.req("WS-73")
async def test_the_broadcaster_and_the_clock_are_others_in_a_test(
    settings: Settings, database: Database, clock: FakeClock
) -> None:
    """A workshop moves only by the clock that it is given, and is told by the broadcaster that it is given."""

    class Counting(LocalPubSub):
        pokes = 0

        def poke(self) -> None:
            self.pokes += 1
            super().poke()

    carrier = Counting()
    app = App(settings, database, clock=clock, pubsub=carrier)
    await app.start()
    try:
        house = House(app)
        first, _ = await house.open(2, skip_intro=True, total_duration_minutes=120)
        await house.to_question()
        before, pokes = (await house.view(first))["time"], carrier.pokes
        clock.advance(60)
        after = (await house.view(first))["time"]
        assert before["section_remaining_ms"] - after["section_remaining_ms"] == 60_000
        await house.score(first, 1)
        assert carrier.pokes > pokes
    finally:
        await app.stop()
