"""One state for everybody on a node: read once, kept without gap or double, taken anew where events do not suffice."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from typing import Any

import pytest

from core.clock import FakeClock
from core.errors import NotFound, Unavailable
from core.live.hub import Message
from core.live.replica import AT_ONCE, LINGER, SWEEP, OnChange, Replica, Replicas
from data.database import Database
from tests.events.kit import PID, kill
from tests.live.kit import PATIENCE, Inbox, Node, Other, Seqs, Tally, running

MATH = "tally:math"


async def has(replica: Replica, *seqs: int) -> None:
    """Wait for a state."""
    changed = asyncio.Event()
    unwatch = replica.watch(lambda *_: changed.set())
    async with asyncio.timeout(PATIENCE):
        while replica.state != seqs or not replica.fresh:
            changed.clear()
            await changed.wait()
    unwatch()


@pytest.mark.req("RT-15", "RT-16")
async def test_a_snapshot_and_then_every_fact_once(node: Node) -> None:
    before = await node.state(1, 2)
    replica = await node.replicas.get(MATH)
    assert (replica.state, replica.seq) == (tuple(before), before[-1])
    told: list[tuple[Seqs, int | None]] = []
    unwatch = replica.watch(lambda state, message: told.append((state, message.seq)))
    after = await node.state(3, 4)
    await node.relay.catch_up()
    assert told == [((*before, after[0]), after[0]), ((*before, *after), after[1])]
    unwatch()
    unwatch()
    (last,) = await node.state(5)
    await node.relay.catch_up()
    assert len(told) == 2
    assert replica.state == (*before, *after, last)
    assert node.tally.snapshots == 1


def into(states: list[Seqs]) -> OnChange:
    return lambda state, _: states.append(state)


async def test_no_such_topic(node: Node) -> None:
    with pytest.raises(NotFound):
        await node.replicas.get("weather:tomorrow")
    assert len(node.replicas) == 0


async def test_many_who_come_at_once_share_one_reading(node: Node) -> None:
    node.tally.gate.clear()
    asking = [asyncio.create_task(node.replicas.get(MATH)) for _ in range(200)]
    await reading(node, 1)
    node.tally.gate.set()
    found = await asyncio.gather(*asking)
    assert len({id(replica) for replica in found}) == 1
    assert await node.replicas.get(MATH) is found[0]
    assert node.tally.snapshots == 1


async def reading(node: Node, number: int) -> None:
    """Wait until so many snapshots were begun."""
    async with asyncio.timeout(PATIENCE):
        while node.tally.snapshots < number:
            await asyncio.sleep(0)


@pytest.mark.req("RT-15", "RT-17")
async def test_facts_between_the_reading_and_its_end_are_neither_lost_nor_doubled(node: Node) -> None:
    first = await node.state(1)
    node.tally.gate.clear()
    asking = asyncio.create_task(node.replicas.get(MATH))
    await reading(node, 1)
    second = await node.state(2)
    await node.relay.catch_up()
    node.tally.gate.set()
    replica = await asking
    assert replica.state == (*first, *second)
    assert replica.seq == second[0]


@pytest.mark.req("RT-15", "RT-17")
async def test_a_reading_ahead_of_the_relay_is_not_told_again(node: Node) -> None:
    node.pokes = False
    seqs = await node.state(1, 2)
    replica = await node.replicas.get(MATH)
    told: list[Any] = []
    replica.watch(lambda state, message: told.append(message))
    await node.relay.catch_up()
    assert replica.state == tuple(seqs)
    assert told == []


@pytest.mark.req("RT-15", "RT-16", "RT-17", "QA-3")
async def test_readers_that_come_and_go_while_eight_write(database: Database, clock: FakeClock) -> None:
    everything: list[int] = []
    async with running(Node(database, clock)) as node:
        chance = random.Random(3)
        writing, ended = asyncio.Event(), list[Seqs]()

        async def writer() -> None:
            for _ in range(25):
                everything.extend(await node.state(*range(1, chance.randint(2, 4))))

        async def viewer() -> None:
            """Comes, watches some turns and goes, again and again; never a gap, never a double."""
            while not writing.is_set():
                replicas = Replicas(node.transactions, node.hub, node.topics, clock)
                replica = await replicas.get(MATH)
                states: list[Seqs] = [replica.state]
                replica.watch(into(states))
                for _ in range(chance.randint(1, 20)):
                    await asyncio.sleep(0)
                await replicas.close()
                for earlier, later in pairwise(states):
                    assert later[: len(earlier)] == earlier
                    assert len(later) == len(earlier) + 1
                assert list(states[-1]) == sorted(set(states[-1]))
                ended.append(states[-1])

        viewers = [asyncio.create_task(viewer()) for _ in range(5)]
        await asyncio.gather(*(writer() for _ in range(8)))
        writing.set()
        await asyncio.gather(*viewers)
        await node.relay.catch_up()
        whole = tuple(sorted(everything))
        assert (await node.replicas.get(MATH)).state == whole
        # What each saw at its end is the beginning of what is: a hole anywhere would show.
        assert all(state == whole[: len(state)] for state in ended)
        assert len(ended) > 10


@pytest.mark.req("RT-17")
async def test_what_events_cannot_carry_comes_as_a_snapshot(node: Node) -> None:
    node.tally.resync_on = {7}
    replica = await node.replicas.get(MATH)
    on_hub = Inbox(node.hub, MATH)
    told: list[tuple[Seqs, str]] = []
    replica.watch(lambda state, message: told.append((state, message.name)))
    await node.state(1)
    await node.relay.catch_up()
    node.tally.gate.clear()
    (broke,) = await node.state(7)
    await node.relay.catch_up()
    assert not replica.fresh
    later = await node.state(2, 3)
    await node.relay.catch_up()
    assert node.hub.since(MATH, 1) is None
    assert node.hub.since(MATH, broke) is None
    late = asyncio.create_task(node.replicas.get(MATH))
    await reading(node, 2)
    node.tally.gate.set()
    assert await late is replica
    state = (1, broke, *later)
    assert replica.state == state
    # Watchers were told of what was applied on top of the reading, and at the last of the whole.
    assert told[0] == ((1,), "counted")
    assert told[-1] == (state, "snapshot")
    snapshot = on_hub.messages[-1]
    assert (snapshot.name, snapshot.payload, snapshot.seq) == ("snapshot", {"snapshot": {"seqs": [*state]}}, later[-1])
    assert [m.name for m in on_hub.messages] == ["counted"] * 4 + ["snapshot"]
    # Whoever heard the facts of the meantime but not the snapshot must get a state.
    assert node.hub.since(MATH, later[-1]) is None
    (last,) = await node.state(4)
    await node.relay.catch_up()
    assert replica.state == (*state, last)
    assert node.tally.snapshots == 2


@pytest.mark.req("RT-17")
async def test_a_position_after_the_snapshot_is_good_where_it_is_certain(node: Node) -> None:
    node.tally.resync_on = {7}
    replica = await node.replicas.get(MATH)
    inbox = Inbox(node.hub, MATH)
    async with asyncio.timeout(PATIENCE):
        await node.state(7)
        (elsewhere,) = await node.state(1, subject="science")
        await inbox.until(lambda messages: messages[-1].name == "snapshot")
    await node.relay.catch_up()
    if replica.seq == elsewhere:
        assert node.hub.since(MATH, elsewhere) == [], "nobody has this position without the snapshot"
    (after,) = await node.state(2)
    await node.relay.catch_up()
    missed = node.hub.since(MATH, elsewhere)
    assert missed is not None
    assert [m.seq for m in missed] == [after]


async def test_one_break_after_the_other_ends_in_one_good_state(node: Node) -> None:
    node.tally.resync_on = {7}
    replica = await node.replicas.get(MATH)
    inbox = Inbox(node.hub, MATH)
    node.tally.gate.clear()
    seqs = await node.state(7)
    await node.relay.catch_up()
    await reading(node, 2)
    # The second break comes after the reading of the first began: it holds only the first.
    seqs += await node.state(7, 1)
    await node.relay.catch_up()
    node.tally.gate.set()
    await inbox.until(lambda messages: messages[-1].name == "snapshot")
    assert replica.state == tuple(seqs)
    assert [m.name for m in inbox.messages].count("snapshot") == 1


async def test_a_view_that_fails_to_apply_gets_a_new_snapshot(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    node.tally.fails_on = {"apply": {2}}
    replica = await node.replicas.get(MATH)
    inbox = Inbox(node.hub, MATH)
    seqs = await node.state(1, 2, 3)
    await inbox.until(lambda messages: messages[-1].name == "snapshot")
    assert replica.state == tuple(seqs)
    assert "a view could not apply a fact" in caplog.text


async def test_a_new_snapshot_is_tried_until_it_is_there(node: Node) -> None:
    node.tally.resync_on = {7}
    replica = await node.replicas.get(MATH)
    inbox = Inbox(node.hub, MATH)
    node.tally.breaks = 3
    seqs = await node.state(7)
    await inbox.until(lambda messages: messages[-1].name == "snapshot")
    assert replica.state == tuple(seqs)
    assert node.tally.snapshots == 5


async def test_a_watcher_that_fails_stops_nobody(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    replica = await node.replicas.get(MATH)
    told: list[Seqs] = []

    def broken(state: Seqs, _: Message) -> None:
        raise RuntimeError("broken")

    replica.watch(broken)
    replica.watch(lambda state, _: told.append(state))
    await node.state(1)
    await node.relay.catch_up()
    assert told == [(1,)]
    assert "a viewer failed" in caplog.text


async def test_a_first_snapshot_that_fails_is_said_to_all_who_wait_and_tried_by_the_next(node: Node) -> None:
    node.tally.breaks = 1
    node.tally.gate.clear()
    asking = [asyncio.create_task(node.replicas.get(MATH)) for _ in range(5)]
    await reading(node, 1)
    node.tally.gate.set()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(r) for r in results] == ["the snapshot failed on purpose"] * 5
    assert len(node.replicas) == 0, "nothing is left that would gather messages for ever"
    assert node.hub.subscribers() == {}
    seqs = await node.state(1)
    assert (await node.replicas.get(MATH)).state == tuple(seqs)


async def test_a_database_that_is_away_is_unavailable_and_not_for_ever(database: Database, clock: FakeClock) -> None:
    other = Database(database.engine.url.render_as_string(hide_password=False))

    class Cut(Tally):
        async def snapshot(self, db: Any, params: Any) -> Seqs:
            if self.snapshots == 0:
                self.snapshots = 1
                await kill(database, (await db.execute(PID)).scalar_one())
            return await super().snapshot(db, params)

    async with running(Node(other, clock, Cut())) as node:
        with pytest.raises(Unavailable):
            await node.replicas.get(MATH)
        assert (await node.replicas.get(MATH)).state == ()
    await other.close()


async def test_whoever_gives_up_waiting_does_not_take_it_from_others(node: Node) -> None:
    node.tally.gate.clear()
    impatient = asyncio.create_task(node.replicas.get(MATH))
    patient = asyncio.create_task(node.replicas.get(MATH))
    await reading(node, 1)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    node.tally.gate.set()
    assert (await patient).fresh
    assert node.tally.snapshots == 1


async def test_a_snapshot_that_fails_after_everybody_left_is_swept_away(node: Node, clock: FakeClock) -> None:
    node.tally.breaks = 1
    node.tally.gate.clear()
    alone = asyncio.create_task(node.replicas.get(MATH))
    await reading(node, 1)
    alone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone
    node.tally.gate.set()
    async with asyncio.timeout(PATIENCE):
        while node.tally.breaks:
            await asyncio.sleep(0)
    await node.state(1)
    await node.relay.catch_up()
    for _ in range(2):
        clock.advance(LINGER + SWEEP)
        await node.replicas.get("tally:science")
    assert MATH not in node.hub.subscribers()


async def test_what_nobody_watches_is_let_go_after_a_while(node: Node, clock: FakeClock) -> None:
    replica = await node.replicas.get(MATH)
    unwatch = replica.watch(lambda *_: None)
    clock.advance(10 * LINGER)
    science = await node.replicas.get("tally:science")
    assert len(node.replicas) == 2, "somebody watches the first"
    science.watch(lambda *_: None)
    unwatch()
    clock.advance(SWEEP)
    await node.replicas.get("tally:science")
    clock.advance(LINGER - 1)
    assert await node.replicas.get(MATH) is replica, "it lingers, and whoever comes back finds it"
    clock.advance(SWEEP)
    await node.replicas.get("tally:science")
    clock.advance(LINGER + 1)
    await node.replicas.get("tally:science")
    assert len(node.replicas) == 1
    assert MATH not in node.hub.subscribers()
    again = await node.replicas.get(MATH)
    assert again is not replica
    seqs = await node.state(1)
    await node.relay.catch_up()
    assert again.state == tuple(seqs)
    assert replica.state == ()


async def test_a_few_states_are_read_at_once_and_the_others_wait(database: Database, clock: FakeClock) -> None:
    async with running(Node(database, clock)) as node:
        most = now = 0
        full = asyncio.Event()

        async def counted(db: Any, params: Any) -> Seqs:
            nonlocal most, now
            now += 1
            most = max(most, now)
            if now == AT_ONCE:
                full.set()
            await node.tally.gate.wait()
            now -= 1
            return ()

        node.tally.snapshot = counted  # type: ignore[method-assign]
        node.tally.gate.clear()
        asking = [asyncio.create_task(node.replicas.get(f"tally:subject-{n}")) for n in range(3 * AT_ONCE)]
        async with asyncio.timeout(PATIENCE):
            await full.wait()
            assert await node.relay.catch_up() >= 0, "the pool has connections left for others"
            node.tally.gate.set()
            replicas = await asyncio.gather(*asking)
        assert most == AT_ONCE
        assert all(replica.fresh for replica in replicas)


async def test_who_waits_too_long_for_a_turn_is_told_to_come_again(node: Node, clock: FakeClock) -> None:
    few = Replicas(node.transactions, node.hub, node.topics, clock, at_once=1, patience=0.01)
    node.tally.gate.clear()
    first = asyncio.create_task(few.get(MATH))
    await reading(node, 1)
    try:
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(Unavailable):
                await few.get("tally:science")
        assert len(few) == 1
    finally:
        node.tally.gate.set()
        await first
    await few.get("tally:science")
    await few.close()


async def test_a_sweep_needs_nobody_who_joins(node: Node, clock: FakeClock) -> None:
    await node.replicas.get(MATH)
    for _ in range(2):
        clock.advance(LINGER + SWEEP)
        node.replicas.sweep()
    assert len(node.replicas) == 0
    assert node.hub.subscribers() == {}


async def test_a_socket_on_the_topic_keeps_its_replica(node: Node, clock: FakeClock) -> None:
    await node.replicas.get(MATH)
    leave = node.hub.subscribe(MATH, lambda _: None)
    for _ in range(3):
        clock.advance(2 * LINGER)
        await node.replicas.get("tally:science")
    assert node.hub.subscribers()[MATH] == 2
    leave()
    for _ in range(2):
        clock.advance(2 * LINGER)
        await node.replicas.get("tally:science")
    assert MATH not in node.hub.subscribers()


async def test_closing_lets_go_of_everything_even_in_the_middle(database: Database, clock: FakeClock) -> None:
    async with running(Node(database, clock, Tally(), Other())) as node:
        await node.replicas.get("other:math")
        node.tally.gate.clear()
        waiting = asyncio.create_task(node.replicas.get(MATH))
        await reading(node, 1)
        async with asyncio.timeout(PATIENCE):
            await node.replicas.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert node.hub.subscribers() == {}
        assert len(node.replicas) == 0


async def test_a_closed_replica_starts_nothing_any_more(node: Node) -> None:
    node.tally.resync_on = {7}
    replica = await node.replicas.get(MATH)
    first = replica.close
    node.hub._subscribers[MATH].insert(0, lambda _: first())
    await node.state(7)
    await node.relay.catch_up()
    assert not replica.loading
    assert node.tally.snapshots == 1
