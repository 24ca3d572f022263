"""More people than a list can hold: each is told of themselves, their friends and the same few, and of how many."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.app import App
from core.ids import new_id
from core.live.hub import Hub, Message
from core.presence.announcer import Announcer
from core.presence.crowd import LIMIT, OTHERS
from core.presence.tracker import Tracker
from core.principal import Principal
from data.database import Database
from tests.channels.conftest import Connect
from tests.channels.test_presence import LOBBY
from tests.factories import Make
from tests.patience import until

# --- the rule, whatever happens

NAMES = "abcdefghij"
FRIENDS = {"a": {"b", "j"}, "b": {"a"}, "c": set[str](), "j": {"a"}}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "change", "listen", "turn", "friend"]),
        st.sampled_from(NAMES),
        st.integers(0, 5),
    ),
    max_size=60,
)


class Room:
    """Listeners as clients are: what each holds, and how many they were last told there are."""

    def __init__(self) -> None:
        self.tracker, self.hub = Tracker("n1"), Hub()
        self.held: dict[str, dict[str, set[str]]] = {}
        self.counts: dict[str, tuple[int, bool]] = {}
        self.listening: dict[str, str] = {}
        self.friends = {one: frozenset(FRIENDS.get(one, ())) for one in NAMES}
        self.announcer = Announcer(self.tracker, self.hub, self.friends_of, self)
        self.announcer.limit, self.announcer.pace = 4, 0.0
        self.announcer.outlet = self.hear
        self.hub.subscribe("t", self.hear_all)

    async def friends_of(self, viewers: Iterable[str]) -> dict[str, frozenset[str]]:
        await asyncio.sleep(0)
        return {one: self.friends[one] for one in viewers}

    def listeners(self, topic: str) -> Iterator[tuple[str, str]]:
        yield from self.listening.items()

    def connections_of(self, viewer: str, topic: str) -> Iterator[str]:
        return (conn for conn, who in self.listening.items() if who == viewer)

    def before_turn(self) -> None: ...

    def changed(self, topic: str) -> None: ...

    def hear_all(self, message: Message) -> None:
        for conn in list(self.held):
            self.hear(conn, message)

    def hear(self, conn: str, message: Message) -> None:
        payload: Any = msgspec.json.decode(message.payload)
        if message.name == "presence_state":
            self.held[conn] = refs(payload)
        elif conn in self.held and message.name == "presence_diff":
            apply(self.held[conn], payload)
        elif conn in self.held:
            self.counts[conn] = (payload["count"], payload["complete"])

    async def step(self, what: str, name: str, value: int) -> None:
        if what == "join":
            self.tracker.join(name, "t", name, {"value": 0})
        elif what == "change" and any(entry.conn == name for entry in self.tracker.own()):
            self.tracker.join(name, "t", name, {"value": value})
        elif what == "leave":
            self.tracker.leave(name, "t")
        elif what == "listen":
            self.listening[name] = name
            self.announcer.welcome("t", name, name)
        elif what == "friend" and name != (other := NAMES[value]):
            self.friends[name] ^= {other}
            if name in self.listening:
                self.announcer.friends_changed(name, "t", name)
        else:
            await self.settle()
        self.announcer.schedule_dirty()

    async def settle(self) -> None:
        self.announcer.schedule_dirty()
        await until(lambda: self.announcer.settled and not self.tracker.dirty())

    def check(self) -> None:
        truth = refs(self.tracker.state("t"))
        crowded = self.announcer.crowded("t")
        for conn in self.listening:
            if not crowded:
                assert self.held[conn] == truth
                assert self.counts.get(conn, (len(truth), True))[1]
                continue
            held = self.held[conn]
            assert self.counts[conn] == (len(truth), False)
            assert {who: truth[who] for who in held} == held, "what is told is true"
            assert (self.friends[conn] | {conn}) & truth.keys() <= held.keys()
            assert len(held) >= min(len(truth), OTHERS)


def refs(state: dict[str, Any]) -> dict[str, set[str]]:
    return {who: {meta["phx_ref"] for meta in found["metas"]} for who, found in state.items()}


def apply(held: dict[str, set[str]], diff: dict[str, Any]) -> None:
    for who, came in refs(diff["joins"]).items():
        held[who] = held.get(who, set()) | came
    for who, went in refs(diff["leaves"]).items():
        held[who] = held.get(who, set()) - went
        if not held[who]:
            del held[who]


@pytest.mark.req("PR-8", "PR-19")
@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)), STEPS, st.integers(1, 4))
def test_everybody_holds_the_truth_about_those_whom_they_are_told_of(
    first: set[str], listening: set[str], steps: list[tuple[str, str, int]], shown: int
) -> None:
    async def run() -> None:
        room = Room()
        start = [("join", name, 0) for name in sorted(first)] + [("listen", name, 0) for name in sorted(listening)]
        for step in (*start, *steps):
            await room.step(*step)
        await room.settle()
        room.check()
        await room.announcer.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.presence.crowd.OTHERS", shown)
        patch.setattr("tests.channels.test_crowd.OTHERS", shown)
        asyncio.run(run())


@pytest.mark.req("PR-8")
async def test_whose_friends_change_while_they_are_asked_for_is_asked_for_again() -> None:
    room, asked = Room(), list[set[str]]()
    reading, answer = asyncio.Event(), asyncio.Event()

    async def slowly(viewers: Iterable[str]) -> dict[str, frozenset[str]]:
        found = {one: room.friends[one] for one in viewers}
        asked.append(set(found))
        reading.set()
        await answer.wait()
        return found

    room.announcer._friends_of = slowly
    # Everybody is told of the first fifty; of who came later, only their friends.
    for name in (*(f"early{n}" for n in range(OTHERS)), *NAMES):
        await room.step("join", name, 0)
    for name in ("c", "d"):
        await room.step("listen", name, 0)
    async with asyncio.timeout(5):
        await reading.wait()
    await room.step("friend", "c", NAMES.index("j"))
    assert room.held == {}, "nobody is told before it is known whom of"
    answer.set()
    await room.settle()
    assert asked == [{"c", "d"}, {"c"}], "the other's answer stood"
    assert {"c", "j"} <= room.held["c"].keys()
    assert "j" not in room.held["d"]
    await room.announcer.stop()


# --- on sockets


def crowd(number: int) -> list[Principal]:
    return [Principal(kind="person", id=new_id(), name=f"p{n}", audience="public") for n in range(number)]


async def settled(app: App) -> None:
    await until(lambda: app.presence.settled)


@pytest.mark.req("PR-8")
async def test_in_a_crowd_one_hears_of_oneself_friends_and_fifty_others(app: App, make: Make, enter: Connect) -> None:
    people = crowd(LIMIT)
    for n, who in enumerate(people):
        app.presence.enter(f"c{n}", LOBBY, who)
    await settled(app)
    ada, leo, mia = [await make.person() for _ in range(3)]
    await make.friends(ada, leo)
    theirs = await (await enter(leo)).join(LOBBY)
    await settled(app)
    lobby = await (await enter(ada)).join(LOBBY)
    state = await lobby.expect("presence_state")
    assert {str(ada.id), str(leo.id)} < set(state)
    assert len(state) == OTHERS + 2
    assert await lobby.expect("presence_count") == {"count": LIMIT + 2, "complete": False}
    untold = [str(who.id) not in state for who in people].index(True)
    app.presence.change(f"c{untold}", status="in_quiz")
    await theirs.push("update_status", {"status": "studying"})
    diff = await lobby.expect("presence_diff")
    assert set(diff["joins"]) == {str(leo.id)}, "of a stranger nothing is told"
    await (await enter(mia)).join(LOBBY)
    assert await lobby.expect("presence_count") == {"count": LIMIT + 3, "complete": False}
    told = [str(who.id) in state for who in people].index(True)
    app.presence.leave(f"c{told}")
    diff = await lobby.expect("presence_diff")
    assert (set(diff["leaves"]), len(diff["joins"])) == ({str(people[told].id)}, 1), "the place goes to another"
    for n in range(40):
        app.presence.leave(f"c{n}")
    whole = await lobby.expect("presence_state")
    count = await lobby.expect("presence_count", lambda payload: payload["complete"])
    assert count["count"] == len(whole) == app.presence.count(LOBBY)


async def test_up_to_the_limit_everybody_is_told_of(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    lobby = await client.join(LOBBY)
    await lobby.expect("presence_state")
    for n, who in enumerate(crowd(LIMIT - 1)):
        app.presence.enter(f"c{n}", LOBBY, who)
    diff = await lobby.expect("presence_diff")
    assert len(diff["joins"]) == LIMIT - 1
    await client.heartbeat()
    assert not [m for m in client.waiting if m.event == "presence_count"]
    app.presence.enter("one more", LOBBY, crowd(1)[0])
    state = await lobby.expect("presence_state")
    assert len(state) == OTHERS + (str(ada.id) not in list(state)[:OTHERS])
    assert (await lobby.expect("presence_count"))["count"] == LIMIT + 1


async def test_a_new_friend_in_a_crowd_is_told_of_and_a_lost_one_is_not(app: App, make: Make, enter: Connect) -> None:
    for n, who in enumerate(crowd(LIMIT)):
        app.presence.enter(f"c{n}", LOBBY, who)
    await settled(app)
    ada, leo = await make.person(), await make.person()
    await (await enter(leo)).join(LOBBY)
    await settled(app)
    lobby = await (await enter(ada)).join(LOBBY)
    assert str(leo.id) not in await lobby.expect("presence_state")
    await make.friends(ada, leo)
    await app.settle()
    assert str(leo.id) in await lobby.expect("presence_state")


async def test_friends_are_asked_for_again_when_the_database_is_back(
    app: App, make: Make, enter: Connect, database: Database
) -> None:
    for n, who in enumerate(crowd(LIMIT)):
        app.presence.enter(f"c{n}", LOBBY, who)
    await settled(app)
    lobby = await (await enter(await make.person())).join(LOBBY)
    await lobby.expect("presence_state")
    asked = app.presence.announcer._friends_of

    async def away(viewers: Iterable[str]) -> dict[str, frozenset[str]]:
        raise ConnectionError

    app.presence.announcer._friends_of = away
    late = await (await enter(await make.person())).join(LOBBY)
    await until(lambda: bool(app.presence.announcer._strangers))
    app.presence.announcer._friends_of = asked
    app.presence.tick()
    assert len(await late.expect("presence_state")) == OTHERS + 1
