"""Who is here, on real sockets: people, not connections; told in batches; over several nodes; kept as history."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen

from core.app import App
from core.clock import FakeClock
from core.ids import new_id
from core.live.hub import Message
from core.live.pubsub import LocalBus, LocalPubSub
from core.presence.peers import SILENT
from core.presence.rules import STATUSES, is_activity, is_status, present
from core.presence.store import PresenceStore
from core.principal import Principal
from core.settings import Settings
from core.social.friendships import block_person
from data.database import Database
from data.tables import PresenceRow, User
from tests.channel_kit import Channel, ChannelServer
from tests.channels.conftest import Connect
from tests.factories import Make
from tests.patience import until

LOBBY = "presence:lobby"


def joined(person: User) -> Any:
    return lambda diff: str(person.id) in diff["joins"]


def left(person: User) -> Any:
    return lambda diff: str(person.id) in diff["leaves"]


def meta(diff: dict[str, Any], person: User) -> dict[str, Any]:
    found: dict[str, Any] = diff[str(person.id)]["metas"][-1]
    return found


@pytest.mark.req("PR-1", "RT-8", "BG-15")
async def test_the_lobby_tracks_who_joins_it(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    channel = await (await enter(ada)).join(LOBBY)
    assert channel.response == {}
    mine = meta(await channel.expect("presence_state"), ada)
    assert mine.pop("phx_ref")
    assert mine == {
        "user_id": str(ada.id),
        "username": ada.username,
        "online_at": int(app.clock.now().timestamp()),
        "avatar_url": f"/assets/avatars/{ada.avatar}.svg",
        "current_subject": "",
        "status": "online",
        "current_activity": "",
    }


@pytest.mark.req("PR-4")
async def test_a_cohort_tracks_its_members(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue", age_band="13_17")
    topic = f"cohort:{ada.cohort_id}"
    channel = await (await enter(ada)).join(topic)
    await channel.expect("presence_state")
    await (await enter(leo)).join(topic)
    theirs = meta((await channel.expect("presence_diff", joined(leo)))["joins"], leo)
    assert set(theirs) == {
        "phx_ref", "user_id", "name", "avatar", "online_at", "current_subject", "status", "current_activity"
    }  # fmt: skip
    assert theirs["name"] == leo.first_name
    assert leo.name.split()[1] not in str(theirs)
    assert app.presence.count(topic) == 2


@pytest.mark.req("PR-8", "PR-16")
async def test_several_tabs_are_one_person(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    watcher = await (await enter(leo)).join(LOBBY)
    tabs = [await enter(ada) for _ in range(3)]
    for tab in tabs:
        await tab.join(LOBBY)
        await watcher.expect("presence_diff", joined(ada))
    assert app.presence.count(LOBBY) == 2
    (mine,) = [p for p in app.presence.people(LOBBY) if p.user_id == str(ada.id)]
    assert (mine.name, mine.connections) == (ada.username, 3)
    for tab in tabs[:2]:
        await tab.websocket.close()
        await watcher.expect("presence_diff", left(ada))
    assert app.presence.count(LOBBY) == 2
    await tabs[2].websocket.close()
    await watcher.expect("presence_diff", left(ada))
    assert [p.user_id for p in app.presence.people(LOBBY)] == [str(leo.id)]


@pytest.mark.req("PR-5", "PR-6", "RT-9")
async def test_statuses_and_activities_are_those_listed(make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    lobby, room = await client.join(LOBBY), await client.join(f"cohort:{ada.cohort_id}")
    for status in ("away", "studying", "in_quiz", "online"):
        assert (await lobby.push("update_status", {"status": status})).status == "ok"
        for channel in (lobby, room):
            diff = await channel.expect("presence_diff", lambda d, s=status: meta(d["joins"], ada)["status"] == s)  # type: ignore[misc]
            assert str(ada.id) in diff["leaves"]
    wrong: tuple[Any, ...] = ("busy", "", "ONLINE", None, 1, ["online"])
    for given in wrong:
        assert (await lobby.push("update_status", {"status": given})).response["reason"] == "invalid_status"
    for activity in ("browsing", "practicing_long-division", ""):
        assert (await lobby.push("update_activity", {"activity": activity})).status == "ok"
    wrong = ("sleeping", "practicing_", "practicing_" + "x" * 80, "practicing_<b>", None)
    for given in wrong:
        reply = await lobby.push("update_activity", {"activity": given})
        assert reply.response["reason"] == "invalid_activity"


@pytest.mark.req("PR-2", "PR-20")
async def test_a_subject_tracks_who_is_in_it(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    lobby = await client.join(LOBBY)
    await lobby.expect("presence_state")
    channel = await client.join("presence:subject:math")
    mine = meta(await channel.expect("presence_state"), ada)
    assert mine.pop("phx_ref")
    assert mine == {
        "user_id": str(ada.id),
        "username": ada.username,
        "avatar_url": f"/assets/avatars/{ada.avatar}.svg",
        "subject_id": "math",
        "online_at": int(app.clock.now().timestamp()),
        "status": "online",
        "current_activity": "browsing",
    }
    there = await lobby.expect("presence_diff", joined(ada))
    assert meta(there["joins"], ada)["current_subject"] == "math", "who is in a subject is so everywhere"
    await channel.leave()
    back = await lobby.expect("presence_diff", joined(ada))
    assert meta(back["joins"], ada)["current_subject"] == ""
    assert (await client.refused("presence:subject:made-up"))["reason"] == "unknown_subject"


@pytest.mark.req("PR-3", "PR-20")
@pytest.mark.parametrize(("nickname", "name"), [("", "Mia"), ("Countess of M", "Countess of M")])
async def test_a_practice_subject_tracks_first_names_and_grades(
    app: App, make: Make, enter: Connect, nickname: str, name: str
) -> None:
    mia = await make.person(name="Mia Stone", nickname=nickname, grade_level="7")
    channel = await (await enter(mia)).join("subject:science")
    mine = meta(await channel.expect("presence_state"), mia)
    assert mine.pop("phx_ref")
    assert mine == {
        "user_id": str(mia.id),
        "name": name,
        "grade": "7",
        "avatar": f"/assets/avatars/{mia.avatar}.svg",
        "online_at": int(app.clock.now().timestamp()),
        "status": "online",
        "current_activity": "",
    }


# --- who does not want to be seen


@pytest.mark.req("PR-18")
async def test_who_appears_offline_is_here_for_nobody_from_that_moment(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    room = f"cohort:{ada.cohort_id}"
    theirs = await enter(leo)
    watching = [await theirs.join(topic) for topic in (LOBBY, room)]
    first, second = await enter(ada), await enter(ada)
    lobby = await first.join(LOBBY)
    await second.join(room)
    for channel in watching:
        await channel.expect("presence_diff", joined(ada))
    assert (await lobby.push("appear_offline", {"offline": True})).status == "ok"
    for channel in watching:
        await channel.expect("presence_diff", left(ada))
    assert app.presence.here(ada.id) is False
    assert (await lobby.push("update_status", {"status": "studying"})).status == "ok"
    third = await (await enter(ada)).join(LOBBY)
    assert str(ada.id) not in await third.expect("presence_state"), "a new connection is no way around it"
    assert (await lobby.push("appear_offline", {"offline": "yes"})).response["reason"] == "invalid_payload"
    assert (await lobby.push("appear_offline", {"offline": False})).status == "ok"
    for channel in watching:
        await channel.expect("presence_diff", joined(ada))


@pytest.mark.req("PR-18")
async def test_a_parents_or_hosts_switch_is_not_the_persons_to_turn(app: App, make: Make, enter: Connect) -> None:
    teen, leo = await make.person(cohort="blue", age_band="13_17"), await make.person(cohort="blue")
    room = f"cohort:{teen.cohort_id}"
    watching = await (await enter(leo)).join(room)
    channel = await (await enter(teen)).join(room)
    await watching.expect("presence_diff", joined(teen))
    await make.person(external_id=teen.external_id, age_band="13_17", keep_offline=True)
    await watching.expect("presence_diff", left(teen))
    await channel.push("appear_offline", {"offline": False})
    await app.settle()
    await until(lambda: app.presence.settled)
    assert app.presence.here(teen.id) is False
    await make.person(external_id=teen.external_id, age_band="13_17", keep_offline=False)
    await watching.expect("presence_diff", joined(teen))


@pytest.mark.req("PR-18")
async def test_people_on_two_sides_of_a_block_never_see_each_other(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    lobby = await (await enter(ada)).join(LOBBY)
    await lobby.expect("presence_state")
    theirs = await (await enter(leo)).join(LOBBY)
    await lobby.expect("presence_diff", joined(leo))
    await make.run(await make.principal(ada), block_person, app.gate, leo.id)
    for channel, hidden in ((lobby, leo), (theirs, ada)):
        await channel.expect("presence_state", lambda state, one=hidden: str(one.id) not in state)  # type: ignore[misc]
    assert (await theirs.push("update_status", {"status": "away"})).status == "ok"
    diff = await lobby.expect("presence_diff")
    assert str(leo.id) not in diff["joins"]


async def test_of_who_is_erased_not_even_the_leave_tells_a_name(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(name="Ada Lovelace"), await make.person()
    lobby = await (await enter(leo)).join(LOBBY)
    await (await enter(ada)).join(LOBBY)
    await lobby.expect("presence_diff", joined(ada))
    await make.erase(ada)
    diff = await lobby.expect("presence_diff", left(ada))
    [meta] = diff["leaves"][str(ada.id)]["metas"]
    assert meta.keys() == {"phx_ref"}
    await until(lambda: app.presence.settled)
    assert not app.presence.here(ada.id)


def test_the_lists_of_statuses_and_activities() -> None:
    assert STATUSES == ("online", "away", "studying", "in_quiz")
    assert not is_status("busy")
    assert is_activity("practicing_algebra")
    assert not is_activity("practicing_algebra\n")


@pytest.mark.req("PR-5")
async def test_who_gives_no_sign_for_five_minutes_is_away(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    lobby = await client.join(LOBBY)
    await lobby.expect("presence_state")
    for _ in range(10):
        app.clock.advance(30)  # type: ignore[attr-defined]
        assert (await client.heartbeat()).status == "ok", "a heartbeat is no sign of a person"
    app.presence.tick()
    await lobby.expect("presence_diff", lambda d: meta(d["joins"], ada)["status"] == "away")
    await lobby.push("update_activity", {"activity": "browsing"})
    await lobby.expect("presence_diff", lambda d: meta(d["joins"], ada)["status"] == "online")
    await lobby.push("update_status", {"status": "studying"})
    app.clock.advance(301)  # type: ignore[attr-defined]
    await client.heartbeat()
    app.presence.tick()
    (mine,) = app.presence.people(LOBBY)
    assert mine.status == "studying", "whoever says so is doing it"


async def test_who_says_by_another_door_that_they_are_here_is_not_away_a_moment_later(
    app: App, make: Make, enter: Connect
) -> None:
    ada, leo = await make.person(), await make.person()
    clients = [await enter(ada), await enter(leo)]
    ours, theirs = [await client.join(LOBBY) for client in clients]
    await ours.expect("presence_state")

    async def later(seconds: float) -> dict[str, str]:
        for _ in range(round(seconds / 25)):
            app.clock.advance(25)  # type: ignore[attr-defined]
            for client in clients:
                await client.heartbeat()
        app.presence.tick()
        return {person.user_id: person.status for person in app.presence.people(LOBBY)}

    await later(100)
    await theirs.push("update_activity", {"activity": "browsing"})
    assert await later(200) == {str(ada.id): "away", str(leo.id): "online"}
    app.presence.say(ada.id, status="online")
    assert await later(100) == {str(ada.id): "online", str(leo.id): "away"}
    assert (await later(200))[str(ada.id)] == "away"


async def test_a_child_is_here_and_listed_for_nobody(app: App, make: Make, enter: Connect) -> None:
    child, teen, ada = await make.child(), await make.person(age_band="13_17"), await make.person()
    for person in (child, teen):
        lobby = await (await enter(person)).join(LOBBY)
        assert (await lobby.push("update_status", {"status": "studying"})).status == "ok"
        assert await lobby.expect("presence_state") == {}
    lobby = await (await enter(ada)).join(LOBBY)
    assert set(await lobby.expect("presence_state")) == {str(ada.id)}
    assert app.presence.count(LOBBY) == 1
    assert app.presence.connections() == 3


@pytest.mark.req("PR-9", "RT-21")
async def test_a_lost_connection_is_gone_after_the_grace_time_and_a_return_within_it_is_silent(
    app: App, make: Make, enter: Connect
) -> None:
    ada, leo = await make.person(), await make.person()
    lobby = await (await enter(leo)).join(LOBBY)
    lost = await enter(ada)
    await lost.join(LOBBY)
    await lobby.expect("presence_diff", joined(ada))
    await cut(app, ada, lost)
    app.clock.advance(5)  # type: ignore[attr-defined]
    app.presence.tick()
    assert app.presence.count(LOBBY) == 2
    back = await enter(ada)
    await back.join(LOBBY)
    swapped = await lobby.expect("presence_diff", left(ada))
    assert str(ada.id) in swapped["joins"], "the same breath takes the old and brings the new"
    assert app.presence.count(LOBBY) == 2
    await cut(app, ada, back)
    app.clock.advance(10)  # type: ignore[attr-defined]
    app.presence.tick()
    gone = await lobby.expect("presence_diff", left(ada))
    assert str(ada.id) not in gone["joins"]
    assert app.presence.count(LOBBY) == app.presence.connections() == 1


@pytest.mark.req("PR-9")
@pytest.mark.parametrize(("code", "seconds"), [(1000, 0), (1001, 5), (1011, 10)])
async def test_a_goodbye_counts_at_once_and_a_page_that_loads_again_does_not_flap(
    app: App, make: Make, enter: Connect, code: int, seconds: int
) -> None:
    ada = await make.person()
    client = await enter(ada)
    await (await client.join(LOBBY)).expect("presence_state")
    await client.websocket.close(code)
    await until_gone(app, ada, 0)
    assert app.presence.count(LOBBY) == (1 if seconds else 0)
    app.clock.advance(seconds - 1)  # type: ignore[attr-defined]
    app.presence.tick()
    assert app.presence.count(LOBBY) == (1 if seconds else 0)
    app.clock.advance(1)  # type: ignore[attr-defined]
    app.presence.tick()
    assert app.presence.count(LOBBY) == 0


async def cut(app: App, person: User, client: Any) -> None:
    client.cut()
    await until_gone(app, person, 0)


async def test_a_storm_of_changes_is_told_in_few_diffs(app: App, make: Make, enter: Connect) -> None:
    watcher = await (await enter(await make.person())).join(LOBBY)
    await watcher.expect("presence_state")
    diffs: list[Message] = []
    app.hub.subscribe(LOBBY, diffs.append)
    app.presence.announcer.limit = 2_000
    crowd = [Principal(kind="person", id=new_id(), name=f"p{n}", audience="public") for n in range(1000)]
    began = asyncio.get_running_loop().time()
    for n, who in enumerate(crowd):
        app.presence.enter(f"c{n}", LOBBY, who)
    # The storm lasts until several diffs were told in the middle of it.
    statuses = cycle(("away", "in_quiz"))
    async with asyncio.timeout(10):
        while len(diffs) < 3:
            status = next(statuses)
            for n in range(0, 1000, 10):
                app.presence.change(f"c{n}", status=status)
            await asyncio.sleep(0)
    for n in range(1000):
        app.presence.change(f"c{n}", status="studying")
    await until(lambda: app.presence.settled)
    spent = asyncio.get_running_loop().time() - began
    assert len(diffs) <= spent * 10 + 2
    assert app.presence.count(LOBBY) == 1001
    assert {p.status for p in app.presence.people(LOBBY)} == {"studying", "online"}


@pytest.mark.req("PR-8")
async def test_a_joiner_in_a_storm_ends_up_with_the_truth(app: App, make: Make, enter: Connect) -> None:
    """Whoever joins while others come and go holds no ghost: its state and the diffs after it add up."""
    crowd = [Principal(kind="person", id=new_id(), name=f"p{n}", audience="public") for n in range(30)]
    channels: list[tuple[Channel, set[str]]] = []
    for round_ in range(6):
        for n, who in enumerate(crowd):
            if (n + round_) % 3:
                app.presence.enter(f"c{n}", LOBBY, who)
            else:
                app.presence.leave(f"c{n}")
        channel = await (await enter(await make.person())).join(LOBBY)
        for n in range(0, 30, 4):
            app.presence.leave(f"c{n}")
        state = await channel.expect("presence_state")
        channels.append((channel, {m["phx_ref"] for p in state.values() for m in p["metas"]}))
    await until(lambda: app.presence.settled)
    truth = {m["phx_ref"] for p in app.presence.tracker.state(LOBBY).values() for m in p["metas"]}
    for channel, refs in channels:
        await channel.client.heartbeat()
        for message in channel.client.waiting:
            if message.event == "presence_diff":
                refs |= {m["phx_ref"] for p in message.payload["joins"].values() for m in p["metas"]}
                refs -= {m["phx_ref"] for p in message.payload["leaves"].values() for m in p["metas"]}
        assert refs == truth


async def test_a_watcher_is_told_of_changes_until_it_lets_go(app: App) -> None:
    told: list[int] = []
    unwatch = app.presence.watch(LOBBY, lambda: told.append(app.presence.count(LOBBY)))
    who = Principal(kind="person", id=new_id(), name="Ada", audience="public")
    app.presence.enter("c1", LOBBY, who)
    await until(lambda: told == [1])
    unwatch()
    app.presence.leave("c1")
    await until(lambda: app.presence.settled)
    assert told == [1]
    assert app.presence.people(LOBBY) == ()


def test_one_person_is_made_of_all_their_connections() -> None:
    metas = [
        {"username": "Ada", "status": "away", "online_at": 5, "current_activity": "browsing", "avatar_url": "a"},
        {"username": "Ada", "status": "in_quiz", "online_at": 9, "current_activity": "", "avatar_url": "a"},
    ]
    who = present("1", metas)
    assert (who.status, who.current_activity, who.online_at, who.connections) == ("in_quiz", "browsing", 5, 2)


# --- several nodes


@pytest.fixture
async def nodes(settings: Settings, database: Database, clock: FakeClock) -> AsyncIterator[list[App]]:
    bus = LocalBus()
    nodes = [App(settings, database, clock=clock, pubsub=LocalPubSub(bus)) for _ in range(3)]
    for node in nodes:
        await node.start()
    clock.advance(1)
    for node in nodes:
        node.presence.tick()
    yield nodes
    for node in nodes:
        await node.stop()


async def settle(*nodes: App) -> None:
    await until(lambda: all(node.presence.settled for node in nodes))


@pytest.mark.req("RT-13", "PR-8")
async def test_people_on_three_nodes_are_listed_on_all(nodes: list[App]) -> None:
    make = Make(nodes[0])
    ada, leo = await make.person(), await make.person()
    servers = [ChannelServer(node.sockets) for node in nodes]
    try:
        async with servers[0].client(make.token(ada)) as one, servers[1].client(make.token(leo)) as two:
            lobby = await one.join(LOBBY)
            await lobby.expect("presence_state")
            await two.join(LOBBY)
            await lobby.expect("presence_diff", joined(leo))
            await settle(*nodes)
            assert [node.presence.count(LOBBY) for node in nodes] == [2, 2, 2]
            async with servers[2].client(make.token(ada)) as three:
                state = await (await three.join(LOBBY)).expect("presence_state")
                assert set(state) == {str(ada.id), str(leo.id)}
                assert len(state[str(ada.id)]["metas"]) == 2
        await settle(*nodes)
        await lobby_empties(nodes)
    finally:
        for server in servers:
            await server.close()


async def lobby_empties(nodes: list[App]) -> None:
    await until(lambda: not any(node.presence.count(LOBBY) for node in nodes))


@pytest.mark.req("PR-19", "RT-21")
async def test_a_node_that_dies_leaves_no_ghosts_and_one_that_stops_says_so(nodes: list[App], clock: FakeClock) -> None:
    first, second, third = nodes
    who = Principal(kind="person", id=new_id(), name="Ada", audience="public")
    second.presence.enter("c1", LOBBY, who)
    third.presence.enter("c2", LOBBY, who)
    await settle(*nodes)
    assert [len(n.presence.tracker.state(LOBBY)[str(who.id)]["metas"]) for n in nodes] == [2, 2, 2]
    await third.presence.stop()
    await settle(first, second)
    assert [len(n.presence.tracker.state(LOBBY)[str(who.id)]["metas"]) for n in (first, second)] == [1, 1]
    # The second dies without a word.
    second.presence.peers._send = lambda data: None
    clock.advance(SILENT + 1)
    first.presence.tick()
    await settle(first)
    assert first.presence.count(LOBBY) == 0


@pytest.mark.req("RT-13")
async def test_lost_signals_are_made_up_for(nodes: list[App], clock: FakeClock) -> None:
    first, second, _ = nodes
    people = [Principal(kind="person", id=new_id(), name="Ada", audience="public") for _ in range(3)]
    send = second.presence.peers._send
    second.presence.peers._send = lambda data: None
    second.presence.enter("c1", LOBBY, people[0])
    await settle(second)
    assert first.presence.count(LOBBY) == 0
    second.presence.peers._send = send
    # A later change shows that one is missing; then the whole is asked for.
    second.presence.enter("c2", LOBBY, people[1])
    await settle(first, second)
    clock.advance(3)
    for node in (second, first, second):
        node.presence.tick()
    await settle(first, second)
    assert first.presence.count(LOBBY) == 2
    # A loss with nothing after it is found by the beat.
    second.presence.peers._send = lambda data: None
    second.presence.leave("c1")
    await settle(second)
    second.presence.peers._send = send
    clock.advance(3)
    second.presence.tick()
    await settle(first, second)
    assert first.presence.count(LOBBY) == 1


async def test_garbage_between_nodes_is_passed_over(nodes: list[App]) -> None:
    for data in (b"", b"presence\n", b"presence\n\xff\xff", b"presence\n\x95\x01\x02\x03\x04\x05", b"other\nx", b"\n"):
        nodes[0].signals.receive(data)
    assert nodes[0].presence.count(LOBBY) == 0


# --- history


async def rows(database: Database) -> list[PresenceRow]:
    async with database.snapshot() as db:
        return list((await db.execute(select(PresenceRow).order_by(PresenceRow.connected_at))).scalars())


@pytest.mark.req("PR-10", "PR-13")
async def test_one_row_for_each_connection_while_it_lasts(
    app: App, make: Make, enter: Connect, database: Database
) -> None:
    ada = await make.person()
    tabs = [await enter(ada), await enter(ada)]
    lobbies = [await tab.join(LOBBY) for tab in tabs]
    await app.presence._store.flush()  # type: ignore[union-attr]
    written = await rows(database)
    assert [row.user_id for row in written] == [ada.id, ada.id]
    assert len({row.session_id for row in written}) == 2
    await lobbies[0].push("update_status", {"status": "in_quiz"})
    before = app.clock.now()
    app.clock.advance(10)  # type: ignore[attr-defined]
    await tabs[1].heartbeat()
    await app.presence._store.flush()  # type: ignore[union-attr]
    later = {row.session_id: row for row in await rows(database)}
    assert sorted(row.status for row in later.values()) == ["in_quiz", "online"]
    assert {row.last_seen_at for row in later.values()} == {before}, "a sign of life is written every 30 s at most"
    app.clock.advance(21)  # type: ignore[attr-defined]
    await tabs[1].heartbeat()
    await app.presence._store.flush()  # type: ignore[union-attr]
    assert max(row.last_seen_at for row in await rows(database)) == app.clock.now()
    await tabs[0].websocket.close()
    await until_gone(app, ada, 1)
    await app.presence._store.flush()  # type: ignore[union-attr]
    assert len(await rows(database)) == 1


@pytest.mark.req("PR-13")
async def test_statements_of_the_history_do_not_grow_with_its_rows(
    database: Database, make: Make, clock: FakeClock
) -> None:
    """One that did would be made and kept anew for every number of rows, at a crowd's cost."""
    ada, store, said = await make.person(), PresenceStore(database, clock), []
    listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    texts = []
    for many in (1, 3):
        said.clear()
        for n in range(many):
            store.enter(f"many-{many}-{n}", ada.id, clock.now())
        await store.flush()
        clock.advance(60)
        for n in range(many):
            store.touch(f"many-{many}-{n}")
        await store.flush()
        assert [row.last_seen_at for row in await rows(database)] == [clock.now()] * many
        for n in range(many):
            store.leave(f"many-{many}-{n}")
        await store.flush()
        texts.append([text for text in said if "presence_sessions" in text and not text.startswith("SELECT")])
    assert texts[0] == texts[1]
    assert [text.split()[0] for text in texts[0]] == ["INSERT", "UPDATE", "DELETE"]


async def until_gone(app: App, person: User, left_over: int) -> None:
    await until(lambda: len(app.sockets.of(person.id)) <= left_over)


@pytest.mark.req("PR-10")
async def test_history_waits_for_a_database_that_is_away_and_stays_small(
    app: App, make: Make, clock: FakeClock, database: Database
) -> None:
    ada = await make.person()
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    store = PresenceStore(nowhere, clock, departures=3)
    store.enter("s1", ada.id, clock.now())
    store.enter("s2", ada.id, clock.now())
    await store._try()
    assert store.behind is True
    for number in range(500):
        store.change("s1", "away" if number % 2 else "online", "")
        store.enter(f"t{number}", ada.id, clock.now())
        store.leave(f"t{number}")
    store.leave("s2")
    assert store.waiting == 1
    store._database = database
    await store._try()
    assert [row.session_id for row in await rows(database)] == ["s1"]
    for number in range(10):
        store.enter(f"u{number}", ada.id, clock.now())
    await store.flush()
    for number in range(10):
        store.leave(f"u{number}")
    assert store.waiting == 3
    await nowhere.close()


async def test_an_erased_person_has_no_history_and_holds_nobody_up(
    app: App, make: Make, clock: FakeClock, database: Database
) -> None:
    ada, leo = await make.person(), await make.person()
    store = PresenceStore(database, clock)
    store.enter("s1", ada.id, clock.now())
    store.enter("s2", leo.id, clock.now())
    await make.erase(ada)
    await store.flush()
    assert [row.session_id for row in await rows(database)] == ["s2"]
    await store.stop()
    assert await rows(database) == []


@pytest.mark.req("PR-10", "SC-1")
async def test_a_row_says_where_its_person_is_and_on_which_node(
    app: App, make: Make, enter: Connect, database: Database
) -> None:
    ada = await make.person()
    channel = await (await enter(ada)).join("presence:subject:math")
    await channel.push("update_activity", {"activity": "practicing_algebra"})
    await flush(app)
    (row,) = await rows(database)
    assert (row.subject_id, row.status, row.current_activity) == ("math", "online", "practicing_algebra")
    assert row.details == {"node": app.presence.tracker.node}
    await channel.leave()
    await flush(app)
    assert (await rows(database))[0].subject_id is None


async def flush(app: App) -> None:
    assert app.presence._store is not None
    await app.presence._store.flush()


@pytest.mark.req("PR-13")
async def test_five_hundred_signs_of_life_are_one_statement(app: App, make: Make, clock: FakeClock) -> None:
    ada, store = await make.person(), PresenceStore(app.database, clock)
    for n in range(500):
        store.enter(f"s{n}", ada.id, clock.now())
    await store.flush()
    said: list[str] = []
    listen(app.database.engine.sync_engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    for _ in range(3):
        clock.advance(31)
        for n in range(500):
            store.touch(f"s{n}")
        await store.flush()
        assert {row.last_seen_at for row in await rows(app.database)} == {clock.now()}
    # The clock drives the app's own jobs too, whose statements are theirs.
    assert len([statement for statement in said if statement.startswith("UPDATE presence_sessions")]) == 3
    assert store.waiting == 0


@pytest.mark.req("PR-10", "PR-19")
async def test_the_rows_of_a_dead_node_go_and_what_is_true_is_written_again(
    nodes: list[App], clock: FakeClock, database: Database
) -> None:
    first, second, _ = nodes
    make = Make(first)
    ada, leo = await make.person(), await make.person()
    first.presence.enter("c1", LOBBY, await make.principal(ada))
    second.presence.enter("c2", LOBBY, await make.principal(leo))
    await settle(*nodes)
    await flush(first)
    await flush(second)
    assert [row.session_id for row in await rows(database)] == ["c1", "c2"]
    send, second.presence.peers._send = second.presence.peers._send, lambda data: None
    clock.advance(SILENT + 1)
    first.presence.tick()
    await flush(first)
    assert [row.session_id for row in await rows(database)] == ["c1"]
    # It was not dead: only its line was cut.
    second.presence.peers._send = send
    clock.advance(31)
    second.presence.touch("c2", by_person=False)
    await flush(second)
    await flush(second)
    assert sorted(row.session_id for row in await rows(database)) == ["c1", "c2"]


@pytest.mark.req("PR-15", "RT-13")
async def test_what_is_said_at_one_node_counts_for_ones_connections_on_all(nodes: list[App]) -> None:
    make = Make(nodes[0])
    ada = await make.person()
    for n, node in enumerate(nodes[1:]):
        node.presence.enter(f"c{n}", LOBBY, await make.principal(ada))
    await settle(*nodes)
    nodes[0].presence.say(ada.id, status="in_quiz", activity="taking_quiz")
    await settle(*nodes)
    for node in nodes:
        (mine,) = node.presence.people(LOBBY)
        assert (mine.status, mine.current_activity, mine.connections) == ("in_quiz", "taking_quiz", 2)
