"""From the log to those who watch: nothing missed, nothing twice, in order; whatever is lost, slow, broken or away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from sqlalchemy import insert, text, update

from core.clock import FakeClock
from core.errors import Unavailable
from core.events.catalog import AccessChanged, LevelUp, PersonErased
from core.events.fact import Draft
from core.live import relay as relays
from core.live.liveview import Delivery
from core.principal import SYSTEM
from data.database import Database
from data.tables import EventRow, Meta
from tests.events.kit import NOON, PID, kill
from tests.live.kit import PATIENCE, Inbox, Node, Other, Tally, running


@pytest.mark.req("RT-12", "QA-3")
async def test_a_poke_brings_the_fact_at_once(node: Node) -> None:
    inbox = Inbox(node.hub, "tally:math", "tally:science")
    (seq,) = await node.state(3)
    (message,) = await inbox.count(1)
    assert (message.topic, message.name, message.payload, message.seq) == ("tally:math", "counted", {"level": 3}, seq)
    assert message.delivery is not None
    assert message.delivery.fact.event == LevelUp(level=3)
    assert node.hub.seq == seq


@pytest.mark.req("RT-17")
async def test_a_lost_poke_costs_a_slow_poll_and_no_fact(database: Database, clock: FakeClock) -> None:
    async with running(Node(database, clock, poll=0.02)) as node:
        node.pokes = False
        inbox = Inbox(node.hub, "tally:math")
        seqs = [*await node.state(1), *await node.state(2, 3)]
        await inbox.count(3)
        assert inbox.seqs == seqs
    assert relays.POLL <= 1.0, "a lost poke costs a second at most"


@pytest.mark.req("RT-16")
async def test_facts_of_many_batches_come_once_and_in_order(node: Node) -> None:
    inbox = Inbox(node.hub, "tally:math", "tally:science")
    seqs = []
    for start in range(0, 1200, 300):
        seqs += await node.state(*range(1, 301), subject="math" if start % 600 else "science")
    assert await node.relay.catch_up() == seqs[-1]
    assert inbox.seqs == seqs


async def test_pokes_while_it_reads_are_not_lost(node: Node) -> None:
    inbox = Inbox(node.hub, "tally:math")

    async def another() -> None:
        await node.state(2)

    node.decorations = [another]
    await node.state(1)
    await inbox.count(2)
    assert inbox.seqs == [1, 2]


async def test_two_who_ask_it_to_read_do_not_tell_twice(node: Node) -> None:
    inbox = Inbox(node.hub, "tally:math")
    node.pokes = False
    await node.state(1, 2, 3)
    await asyncio.gather(*(node.relay.catch_up() for _ in range(5)))
    assert inbox.seqs == [1, 2, 3]


@pytest.mark.req("RT-17")
@pytest.mark.parametrize("method", ["topics", "resumable", "message"])
async def test_one_view_s_failure_is_its_own(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    broken, whole = Tally(), Other()
    broken.fails_on = {method: {2}}
    async with running(Node(database, clock, broken, whole)) as node:
        watched = await node.replicas.get("tally:math")
        inbox = Inbox(node.hub, "other:math")
        fresh = Inbox(node.hub, "tally:math")
        await node.state(1)
        seqs = await node.state(2, 3)
        await inbox.count(3)
        assert inbox.seqs == [1, *seqs], "the other view hears of everything"
        assert "a view failed on a fact" in caplog.text
        # Its own watchers get a new state instead of the message that could not be made, and nobody a gap with a hole.
        await fresh.until(lambda messages: messages[-1].name == "snapshot")
        assert watched.state == (1, *seqs)
        assert node.hub.since("tally:math", 1) is None
        if method == "message":
            assert node.hub.since("other:math", 1) is not None


@pytest.mark.req("RT-17")
async def test_a_topic_nobody_watched_has_no_hole_either(database: Database, clock: FakeClock) -> None:
    broken = Tally()
    broken.fails_on = {"topics": {2}}
    async with running(Node(database, clock, broken)) as node:
        await node.state(1)
        await node.relay.catch_up()
        await node.state(2, subject="science")
        await node.relay.catch_up()
        assert node.hub.since("tally:science", 1) is None


async def test_a_listener_that_fails_stops_nobody(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[int] = []

    def broken(delivery: Delivery) -> None:
        raise RuntimeError("broken")

    node.relay.listeners += [broken, lambda delivery: heard.append(delivery.fact.seq)]
    await node.state(1, 2)
    await node.relay.catch_up()
    assert heard == [1, 2]
    assert "a listener failed" in caplog.text


async def test_old_news_is_counted_and_not_shown(node: Node) -> None:
    inbox = Inbox(node.hub, "tally:math")
    heard: list[int] = []
    node.relay.listeners.append(lambda delivery: heard.append(delivery.fact.seq))
    await node.state(1, backfill=True)
    await node.state(2)
    await node.relay.catch_up()
    assert inbox.seqs == [2]
    assert heard == [1, 2], "those who follow rights and figures hear of everything"
    assert node.hub.seq == 2


@pytest.mark.req("CP-8")
async def test_who_is_erased_is_forgotten_before_anybody_is_told(node: Node) -> None:
    ada = uuid4()
    await node.state(1, user_id=ada)
    await node.state(2)
    await node.relay.catch_up()
    assert node.hub.since("tally:math", 0) is not None
    async with node.transactions(SYSTEM) as tx:
        tx.emit(PersonErased(), user_id=ada)
        tx.emit(AccessChanged(reason="erased"), user_id=ada)
    await node.relay.catch_up()
    assert node.hub.since("tally:math", 0) is None
    assert node.hub.since("tally:math", 3) == []


async def test_a_fact_that_cannot_be_read_is_passed_over(
    node: Node, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox(node.hub, "tally:math")
    bad = Draft(event=LevelUp(level=1), at=NOON, subject="math").row(NOON) | {"properties": {}}
    async with database.begin() as db:
        await db.execute(insert(EventRow).values(bad))
    (seq,) = await node.state(2)
    await inbox.until(lambda messages: messages[-1].seq == seq)
    assert "a fact cannot be read" in caplog.text


@pytest.mark.req("RT-17")
async def test_a_node_that_starts_again_can_still_tell_the_gap(database: Database, clock: FakeClock) -> None:
    async with running(Node(database, clock)) as first:
        seqs = await first.state(*range(1, 21))
    async with running(Node(database, clock, past=10)) as again:
        assert again.hub.seq == seqs[-1]
        missed = again.hub.since("tally:math", seqs[14])
        assert missed is not None
        assert [m.seq for m in missed] == seqs[15:]
        assert again.hub.since("tally:math", seqs[9]) is not None
        assert again.hub.since("tally:math", seqs[8]) is None, "that far back only the log knows"
        assert again.relay.epoch == first.relay.epoch


async def test_a_database_that_is_away_is_waited_for(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    other = Database(database.engine.url.render_as_string(hide_password=False))
    async with running(Node(other, clock, poll=0.02)) as node:
        inbox = Inbox(node.hub, "tally:math")
        writer = Node(database, clock)
        await writer.state(1)
        await inbox.count(1)

        # Read, but cut off before it is told: it is read again, and told once.
        async def cut() -> None:
            raise Unavailable

        node.decorations = [cut, cut]
        await writer.state(2, 3)
        await inbox.count(3)
        assert inbox.seqs == [1, 2, 3]
        assert caplog.text.count("the relay could not read the log") == 1, "loud once, not every second"
        await _close_all(other)
        await writer.state(4)
        await inbox.count(4)
        assert inbox.seqs == [1, 2, 3, 4]
        assert not node.relay.behind
    await other.close()


async def _close_all(database: Database) -> None:
    """Cut every connection of this pool that rests."""
    async with database.begin() as db:
        pid = (await db.execute(PID)).scalar_one()
    admin = Database(database.engine.url.render_as_string(hide_password=False))
    await kill(admin, pid)
    await admin.close()


@pytest.mark.req("RT-17")
async def test_another_history_under_a_running_node(database: Database, clock: FakeClock) -> None:
    async with running(Node(database, clock)) as node:
        replica = await node.replicas.get("tally:math")
        inbox = Inbox(node.hub, "tally:math")
        await node.state(*range(1, 11))
        await inbox.count(10)
        before = node.relay.epoch
        # A backup of an earlier day is put back: fewer facts, another epoch.
        async with database.begin() as db:
            await db.execute(text("DELETE FROM event_log WHERE seq > 4"))
            await db.execute(text("ALTER SEQUENCE event_log_seq_seq RESTART WITH 5"))
            await db.execute(update(Meta).where(Meta.key == "log_epoch").values(value=str(uuid4())))
        await node.relay.catch_up()
        assert node.relay.epoch != before
        await inbox.until(lambda messages: messages[-1].name == "snapshot")
        assert replica.state == (1, 2, 3, 4)
        assert node.hub.since("tally:math", 10) is None
        await node.state(99)
        await inbox.until(lambda messages: messages[-1].name == "counted")
        assert replica.state == (1, 2, 3, 4, 5)


async def test_it_stops_in_the_middle_of_its_work(database: Database, clock: FakeClock) -> None:
    node = Node(database, clock)
    reading, never = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reading.set()
        await never.wait()

    held: list[Callable[[], Awaitable[None]]] = [hold]
    await node.relay.start()
    node.decorations = held
    await node.state(1)
    async with asyncio.timeout(PATIENCE):
        await reading.wait()
        await node.stop()
    assert node.hub.seq == 0
