"""The rule of the house: an old snapshot plus what was told since is a fresh snapshot, over every view and every event.

It runs over the registries, so that a new view or a new event cannot be forgotten: a parameter that no sample is known
for fails, and so does an event that nothing in `world.OPERATIONS` states. Three who follow are held against the truth:
a node's replicas, a node that reads the log in long intervals and therefore late, and clients that come and go.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.accounts.commands import set_consents
from core.accounts.inputs import ConsentInput
from core.accounts.queries import Decorator
from core.accounts.rules import WIDTH
from core.activity.commands import take_in
from core.activity.queries import WINDOW
from core.app import App
from core.clock import FakeClock
from core.content import subjects
from core.events.catalog import CATALOG
from core.events.log import last_seq
from core.live.hub import Hub, Message
from core.live.liveview import RESYNC, LiveView, Resync, Topics
from core.live.relay import Relay
from core.live.replica import Replica, Replicas
from core.principal import SYSTEM
from core.settings import Settings
from data.tables import Cohort, EventRow, PracticeRun, User, WorkshopRow
from tests.live.kit import NEVER, PATIENCE
from tests.live.world import COHORTS, NAME, OPERATIONS, WEIGHTS, World

STRANGE = uuid4()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Everything that can happen does: badges are given, and good results answered."""
    return replace(settings, rewards="on", suggestions="on")


async def new_topics(app: App, world: World) -> list[str]:
    """The topics of people and workshops that came after everybody began to watch."""
    async with app.transactions.read() as db:
        # Those who came and were erased again are among those whom the world knows.
        people = {*world.ids.values(), *(await db.execute(select(User.id))).scalars()}
        sessions = list((await db.execute(select(PracticeRun.session_id).distinct())).scalars())
        workshops = [f"workshop:{id}" for id in (await db.execute(select(WorkshopRow.id))).scalars()]
    own = ("activity:user:{}", "user:{}:achievements", "notifications:{}")
    theirs = [topic.format(id) for id in people for topic in own]
    runs = [topic for id in sessions for topic in (f"session:{id}:live", f"session:{id}:competitors")]
    return theirs + runs + workshops


async def topics_of(app: App, views: Sequence[LiveView[Any]]) -> list[str]:
    """Every topic there is, those of some people, and for each parameter one that belongs to nobody."""
    async with app.transactions.read() as db:
        cohorts = (await db.execute(select(Cohort.id))).scalars().all()
        workshops = (await db.execute(select(WorkshopRow.id))).scalars().all()
        people = (await db.execute(select(User.id).order_by(User.id).limit(12))).scalars().all()
        sessions = (await db.execute(select(PracticeRun.session_id).distinct().limit(3))).scalars().all()
    known: dict[str, list[str]] = {
        "cohort_id": [*map(str, cohorts), str(STRANGE)],
        "subject_id": [*subjects(), "knitting"],
        "session_id": [*map(str, sessions), str(STRANGE)],
        "user_id": [*map(str, people), str(STRANGE)],
        "workshop_id": [*map(str, workshops), str(STRANGE)],
        "board_id": ["math", "typing_wpm", "reading_comprehension", "overall", "knitting"],
    }
    found: list[str] = []
    for view in views:
        made = [view.pattern]
        for part in view.pattern.split(":"):
            if part.startswith("{"):
                samples = known.get(part[1:-1])
                assert samples, f"{view.pattern} has a parameter that this test knows no values for: add them here"
                made = [topic.replace(part, value) for topic in made for value in samples]
        found += made
    return found


class Follower:
    """A node of its own beside the App's: it reads the log only when it is told to."""

    def __init__(self, app: App, clock: FakeClock) -> None:
        self.hub = Hub()
        self.topics = Topics(app.topics.views)
        # It never reads by itself: what it tells was joined to people while nobody wrote.
        self.relay = Relay(app.transactions, self.hub, self.topics, Decorator(app.transactions), poll=NEVER)
        self.replicas = Replicas(app.transactions, self.hub, self.topics, clock)
        self.open: dict[str, Replica] = {}

    async def start(self, topics: Sequence[str]) -> None:
        await self.relay.start()
        await self.watch(topics)

    async def watch(self, topics: Sequence[str]) -> None:
        for topic in topics:
            if topic not in self.open:
                self.open[topic] = await self.replicas.get(topic)
                self.open[topic].watch(lambda *_: None)

    async def stop(self) -> None:
        await self.relay.stop()
        await self.replicas.close()


class Client:
    """Somebody on a topic who only has what comes over the wire: a state, messages, and its last position.

    It folds with the view's own reducer, but cannot read the database: where the reducer gives up it needs a snapshot.
    """

    def __init__(self, hub: Hub, replica: Replica) -> None:
        self.hub, self.replica = hub, replica
        self.state: Any = RESYNC
        self.seq = -1
        self.resumed = self.renewed = 0
        self._leave: Any = None
        self.come()

    def come(self) -> None:
        """Join, as the socket does it: the gap if that is certain, or else the whole state."""
        missed = self.hub.since(self.replica.topic, self.seq) if self.seq >= 0 else None
        self._leave = self.hub.subscribe(self.replica.topic, self.hear)
        if missed is None:
            self.renewed += 1
            self.state, self.seq = self.replica.state, max(self.replica.seq, self.hub.seq)
            return
        self.resumed += 1
        for message in missed:
            self.hear(message)
        self.seq = self.hub.seq

    def go(self) -> None:
        self._leave()
        self._leave = None

    @property
    def here(self) -> bool:
        return self._leave is not None

    def hear(self, message: Message) -> None:
        if message.name == "snapshot" and message.seq is not None:
            self.state, self.seq = self.replica.state, message.seq
        elif message.delivery is not None and message.seq is not None and message.seq > self.seq:
            self.seq = message.seq
            if self.state is RESYNC:
                return
            state: Any | Resync = self.replica.view.apply(self.state, message.delivery, self.replica.params)
            if state is RESYNC:
                assert not self.replica.view.resumable(message.delivery), "a view must say which facts break its chain"
            self.state = state


class Watchdog:
    """Hears everything that is told on any topic, and what each node remembers, and knows who may be seen there."""

    def __init__(self, world: World, follower: Follower) -> None:
        self.world, self.follower = world, follower
        self.told: list[Message] = []
        self._heard: set[str] = set()
        self._read: dict[int, tuple[Message, str, list[str]]] = {}
        """What each message shows, and the names in that: it stays the same as long as it is remembered."""

    def listen(self, topics: Sequence[str]) -> None:
        for topic in set(topics) - self._heard:
            self._heard.add(topic)
            self.follower.hub.subscribe(topic, self.told.append)

    async def check(self) -> None:
        """Nobody writes at this moment, so that the public people who were joined are those of now."""
        users = await self.world.whole()
        remembered = [m for ring in self.follower.hub._rings.values() for m in ring]
        unheard = {m.topic for m in remembered} - self._heard
        assert not unheard, f"topics that this test does not know: {unheard}"
        fresh = {id(m): m for m in self.told}
        self._read = {id(m): self._shown(m) for m in (*remembered, *self.told)}
        by_id = {user.id: user for user in users.values()}
        for key, (message, shown, names) in self._read.items():
            self._check(message, shown, names, users, by_id, fresh=key in fresh)
        self.told.clear()

    def _shown(self, message: Message) -> tuple[Message, str, list[str]]:
        known = self._read.get(id(message))
        if known is not None and known[0] is message:
            return known
        shown = json.dumps([message.payload, str(message.about)])
        return message, shown, NAME.findall(shown)

    def _check(
        self,
        message: Message,
        shown: str,
        names: list[str],
        users: dict[str, User],
        by_id: dict[UUID, User],
        fresh: bool,
    ) -> None:
        if message.name == "activity_removed":
            assert message.payload.keys() == {"activity_id"}, "what is gone is named by an id that means nothing"
        if message.name == "person_removed":
            assert message.payload.keys() == {"user_id"}, "who is gone is named by an id that means nothing"
        elif message.name == "":
            assert message.payload == {}, "without a name it says only that something is different"
        elif (
            message.name != "snapshot" and message.about is not None and not message.topic.startswith("notifications:")
        ):
            person = by_id.get(message.about)
            assert person is not None, f"{message.topic} speaks of somebody who is erased"
            assert may_be_seen(person, message.topic), f"{message.topic} speaks of {person.audience} {message.name}"
        for name in names:
            user = users.get(self.world.names[name])
            assert user is not None, f"{message.topic} names somebody who is erased"
            assert may_be_seen(user, message.topic), f"{message.topic} names somebody who may not be seen there"
            assert user.audience == "public" or not name.startswith("Zed"), "a minor's family name is given away"
        for child in self.world.hidden:
            own = (f"user:{self.world.ids[child]}", f"notifications:{self.world.ids[child]}", "session:")
            # Staff look at everybody's held results.
            if not fresh or message.topic.startswith((*own, "reviews:")):
                continue
            assert str(self.world.ids[child]) not in shown, "of who was never visible, not even the id"


def may_be_seen(user: User, topic: str) -> bool:
    kind, _, which = topic.partition(":")
    if kind == "user":
        # One's own topics: whoever else may not see somebody, they themselves may.
        return which.startswith(str(user.id))
    if kind == "notifications":
        # Friends are named, each as the other may see them; one's own name may stand there too.
        return which == str(user.id) or user.audience != "nobody"
    if kind == "session":
        # Only those who practise in it may join, and nobody is named.
        return True
    if kind == "reviews":
        # For staff alone: a number, and nobody's name.
        return True
    if kind == "leaderboard" and ":" in which:
        kind, which = "cohort", which.partition(":")[2]
    if kind == "cohort":
        return WIDTH[user.audience] >= WIDTH["cohort"] and str(user.cohort_id) == which
    return user.audience == "public"


async def settled(*replicas: Replica) -> None:
    """Wait for snapshots that are being taken anew."""
    async with asyncio.timeout(PATIENCE):
        for replica in replicas:
            await replica.ready()


async def agree(app: App, replicas: dict[str, Replica], who: str, clients: dict[str, Client] | None = None) -> None:
    """Every state that is held is the one that the database has now."""
    async with app.transactions.read() as db:
        seq = await last_seq(db)
        for topic, replica in replicas.items():
            fresh = await replica.view.snapshot(db, replica.params)
            assert replica.state == fresh, f"{who} disagrees with a fresh snapshot of {topic} at {seq}"
            wire = json.dumps(replica.view.wire(fresh), sort_keys=True)
            assert json.dumps(replica.view.wire(replica.state), sort_keys=True) == wire
            client = (clients or {}).get(topic)
            if client and client.here:
                assert client.state == fresh, f"a client disagrees with a fresh snapshot of {topic} at {seq}"


@pytest.fixture
async def follower(app: App, clock: FakeClock) -> AsyncIterator[Follower]:
    follower = Follower(app, clock)
    yield follower
    await follower.stop()


@pytest.fixture
async def late(app: App, clock: FakeClock) -> AsyncIterator[Follower]:
    late = Follower(app, clock)
    yield late
    await late.stop()


AT_ONCE, SELDOM = 5, 6
MORE = 8
"""So often, at most, everything is done once more until each kind of fact was stated."""
TURNS = 6
"""Of topics that nothing was told of, each is compared once in so many turns, and all of them at the end."""


@pytest.mark.req("RT-15", "RT-16", "RT-17", "CP-12")
@pytest.mark.parametrize(("seed", "rounds"), [(1, 15), pytest.param(2, 60, marks=pytest.mark.bench)])
async def test_snapshot_and_events_agree_whatever_happens(
    app: App, clock: FakeClock, follower: Follower, late: Follower, seed: int, rounds: int
) -> None:
    world = World(app, clock, seed)
    for cohort in COHORTS:
        await world.save(f"member of {cohort}", name="Some Body", cohort=cohort)
    await world.begin()
    topics = await topics_of(app, app.topics.views)
    await follower.start(topics)
    await late.start(topics)
    watchdog = Watchdog(world, follower)
    watchdog.listen(topics)
    clients = {topic: Client(follower.hub, follower.open[topic]) for topic in topics}
    chance, fullest = world.chance, 0
    showed: set[str] = set()
    names = [*OPERATIONS, *(n for n, weight in WEIGHTS.items() for _ in range(weight))]
    script = [*OPERATIONS, *(chance.choice(names) for _ in range(rounds * AT_ONCE))]
    turn, more = 0, MORE
    while script:
        burst, script = script[:AT_ONCE], script[AT_ONCE:]
        turn += 1
        await world_goes_on(world, burst)
        await app.settle()
        watchdog.listen(await new_topics(app, world))
        await follower.relay.catch_up()
        for client in clients.values():
            if client.here and chance.random() < 0.2:
                # Cut off at once: what is told from here on, a snapshot under way included, it does not hear.
                client.go()
        await settled(*follower.open.values())
        for client in clients.values():
            if not client.here and chance.random() < 0.5:
                client.come()
        touched = {message.topic for message in watchdog.told}
        await watchdog.check()
        due = {
            topic: replica
            for number, (topic, replica) in enumerate(follower.open.items())
            if not script or topic in touched or (number + turn) % TURNS == 0
        }
        await agree(app, due, "a replica", clients)
        fullest = max(fullest, len(follower.open["activity:global"].state))
        showed |= {client.replica.view.pattern for client in clients.values() if client.state}
        if turn % SELDOM == 0:
            await late.relay.catch_up()
            await settled(*late.open.values())
            await agree(app, late.open, "a node that reads late")
        if not script and more and (fullest < WINDOW or await unstated(app)):
            # Some can only be once others were: a report needs something to report.
            script, more = list(OPERATIONS), more - 1
    await all_was_seen(app, clients, showed)
    assert fullest == WINDOW, "windows were full, so that a removal needs what was behind them"


async def world_goes_on(world: World, burst: Sequence[str]) -> None:
    """All of it at once or one after the other."""
    if world.chance.random() < 0.5:
        await asyncio.gather(*(world.happen(name) for name in burst))
    else:
        for name in burst:
            await world.happen(name)


async def unstated(app: App) -> set[str]:
    """The types of which no fact is in the log."""
    async with app.transactions.read() as db:
        return CATALOG.keys() - set((await db.execute(select(EventRow.type).distinct())).scalars())


async def all_was_seen(app: App, clients: dict[str, Client], showed: set[str]) -> None:
    """The test is worth something: everything happened, something showed, and clients came back both ways."""
    assert not await unstated(app), "nothing states these: add an operation to tests/live/world.py"
    async with app.transactions.read() as db:
        backfills = (await db.execute(select(EventRow.seq).where(EventRow.backfill).limit(1))).all()
    assert backfills
    for view in app.topics.views:
        assert view.pattern in showed, f"{view.pattern} never showed anything"
    assert sum(c.resumed for c in clients.values()) > 10
    assert sum(c.renewed for c in clients.values()) > len(clients) + 5


AGES: tuple[tuple[str, bool], ...] = (
    ("under_13", False),
    ("under_13", True),
    ("13_17", False),
    ("18_plus", False),
    ("under_13", True),
    ("18_plus", True),
    ("13_17", False),
    ("under_13", False),
    ("18_plus", False),
    ("under_13", False),
    ("13_17", False),
)
"""A walk over every change from one audience to another, by age and by consent."""


@pytest.mark.req("RT-17", "CP-12", "CP-8")
async def test_every_change_of_an_audience_in_every_place(app: App, clock: FakeClock, follower: Follower) -> None:
    world = World(app, clock, 5)
    for cohort in COHORTS:
        await world.save(f"member of {cohort}", name="Some Body", cohort=cohort)
    topics = await topics_of(app, app.topics.views)
    await follower.start(topics)
    watchdog = Watchdog(world, follower)
    watchdog.listen(topics)
    clients = {topic: Client(follower.hub, follower.open[topic]) for topic in topics}
    one = await world.add(age_band="unknown", birth_date=None, cohort=COHORTS[0])
    watchdog.listen(await new_topics(app, world))
    seen: set[tuple[str, str]] = set()

    async def step(band: str, given: bool, cohort: str | None) -> None:
        before = (await world.whole())[one].audience
        consent = ConsentInput(scope="social_visibility", given=given, method="signed_form")
        await app.transactions.run(SYSTEM, set_consents, one, [consent])
        await world.save(one, age_band=band, cohort=cohort, **world.name(one))
        seen.add((before, (await world.whole())[one].audience))
        for client in clients.values():
            client.go()
        await follower.relay.catch_up()
        for client in clients.values():
            client.come()
        await settled(*follower.open.values())
        await take_in(app.transactions, SYSTEM, [world.fact("level_up") | {"subject": "math"} for _ in range(2)])
        await app.settle()
        await follower.relay.catch_up()
        await settled(*follower.open.values())
        await watchdog.check()
        await agree(app, follower.open, "a replica", clients)

    for band, given in AGES:
        await step(band, given, None)
    assert len({pair for pair in seen if pair[0] != pair[1]}) == 6
    # The same with a move from cohort to cohort in one stroke, and back to where the earlier doings are.
    for place, (band, given) in enumerate(AGES):
        await step(band, given, (*COHORTS[:2], "")[place % 3])
