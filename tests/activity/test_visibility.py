"""Who sees what somebody did: one table by hand, for every reader, every list and every live topic."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, update

from core.accounts.access import ROLES
from core.activity.queries import PUBLIC, in_cohort, network_of, page, visible_to
from core.app import App
from core.events.catalog import AudienceChanged, Event, PersonErased, PersonUpdated, PracticeCompleted
from core.events.fact import Fact
from core.ids import new_id
from core.live.liveview import Delivery
from core.principal import NOBODY, SYSTEM, Principal, PublicPerson
from core.social.friendships import answer_friendship, block_person, request_friendship
from data.database import Database
from data.tables import ActivityRow, User
from tests.factories import Make

VISIBILITIES = ("public", "cohort", "friends", "private")
AUDIENCES: dict[str, dict[str, Any]] = {
    "public": {"age_band": "18_plus"},
    "cohort": {"age_band": "13_17"},
    "nobody": {"age_band": "under_13"},
}

TABLE = """
audience  visibility  oneself  friend_here  cohort  friend_away  stranger  nobody
public    public      yes      yes          yes     yes          yes       yes
public    cohort      yes      yes          yes     yes          no        no
public    friends     yes      yes          no      yes          no        no
public    private     yes      no           no      no           no        no
cohort    public      yes      yes          yes     no           no        no
cohort    cohort      yes      yes          yes     no           no        no
cohort    friends     yes      yes          no      no           no        no
cohort    private     yes      no           no      no           no        no
nobody    public      yes      no           no      no           no        no
nobody    cohort      yes      no           no      no           no        no
nobody    friends     yes      no           no      no           no        no
nobody    private     yes      no           no      no           no        no
"""
"""`cohort` is somebody of the same cohort, `stranger` of another one or none, `nobody` keys and jobs."""


def table() -> dict[tuple[str, str, str], bool]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (row[0], row[1], reader): cell == "yes" for row in rows for reader, cell in zip(head[2:], row[2:], strict=True)
    }


class Town:
    """Three people, one of each audience, who did something of each visibility; and those who read of it."""

    def __init__(self, app: App, make: Make, database: Database) -> None:
        self.app, self.make, self.database = app, make, database
        self.people: dict[str, User] = {}
        self.items: dict[UUID, tuple[str, str]] = {}
        self.readers: dict[str, list[Principal]] = {}

    async def build(self) -> None:
        for audience in AUDIENCES:
            # They were befriended while everybody was of age and in one cohort.
            self.people[audience] = await self.make.person(cohort="blue")
        here, away = await self.make.person(cohort="blue"), await self.make.person(cohort="blue")
        for person in self.people.values():
            for friend in (here, away):
                await self.make.run(await self._principal(friend), request_friendship, self.app.gate, person.id)
                gate, of = self.app.gate, friend.id
                await self.make.run(await self._principal(person), answer_friendship, gate, of, True)
        await self.app.settle()
        async with self.database.begin() as db:
            await db.execute(ActivityRow.__table__.delete())  # type: ignore[attr-defined]
        for audience, age in AUDIENCES.items():
            person = self.people[audience]
            for visibility in VISIBILITIES:
                result = await self.make.fact(person)
                assert result.event_id
                self.items[result.event_id] = (audience, visibility)
                async with self.database.begin() as db:
                    row = update(ActivityRow).where(ActivityRow.id == result.event_id)
                    await db.execute(row.values(visibility=visibility))
            await self.make.person(external_id=person.external_id, name=person.name, **age)
        await self.make.person(external_id=away.external_id, cohort="green")
        await self._read(here, away)

    async def _read(self, here: User, away: User) -> None:
        cohort = [await self._principal(await self.make.person(cohort="blue", role=role)) for role in ROLES]
        strangers = [await self._principal(await self.make.person(cohort="green", role=role)) for role in ROLES]
        strangers += [await self._principal(await self.make.person(role=role)) for role in ROLES]
        key = Principal(kind="key", id=uuid4(), scopes=frozenset({"activity:read"}))
        self.readers = {
            "friend_here": [await self._principal(here)],
            "friend_away": [await self._principal(away)],
            "cohort": cohort,
            "stranger": strangers,
            "nobody": [key, SYSTEM, NOBODY],
        }

    async def _principal(self, person: User) -> Principal:
        return await self.make.principal(person)

    async def seen(self, reader: Principal, condition: ColumnElement[bool]) -> set[tuple[str, str]]:
        async with self.app.transactions.read() as db:
            found = await page(db, reader, condition, limit=100)
        return {self.items[item.id] for item in found.items}


@pytest.fixture
async def town(app: App, make: Make, database: Database) -> Town:
    town = Town(app, make, database)
    await town.build()
    return town


def expected(reader: str) -> set[tuple[str, str]]:
    return {(audience, visibility) for (audience, visibility, who), yes in table().items() if who == reader and yes}


@pytest.mark.req("AF-6", "AF-7", "CP-12")
async def test_everybody_sees_what_the_table_says(town: Town) -> None:
    for kind, readers in town.readers.items():
        for reader in readers:
            assert await town.seen(reader, visible_to(reader)) == expected(kind), (kind, reader.kind, reader.role)
    for audience, person in town.people.items():
        reader = await town.make.principal(person)
        own = {key for key in await town.seen(reader, visible_to(reader)) if key[0] == audience}
        assert own == {key for key in expected("oneself") if key[0] == audience}


@pytest.mark.req("AF-6", "CP-12")
async def test_the_lists_of_everybody_hold_what_everybody_may_see(town: Town) -> None:
    blue = town.people["public"].cohort_id
    assert blue is not None
    for readers in town.readers.values():
        for reader in readers:
            assert await town.seen(reader, PUBLIC) == expected("stranger")
            assert await town.seen(reader, in_cohort(blue)) == expected("cohort")


@pytest.mark.req("AF-6", "CO-11", "CP-12")
async def test_ones_network_is_ones_cohort_and_friends(town: Town) -> None:
    public = {("public", visibility) for visibility in ("public", "cohort", "friends")}
    networks = {
        "friend_here": expected("friend_here"),
        "friend_away": public,
        "cohort": expected("cohort"),
        "stranger": set(),
        "nobody": set(),
    }
    for kind, readers in town.readers.items():
        for reader in readers:
            assert await town.seen(reader, network_of(reader)) == networks[kind], (kind, reader.role)


@pytest.mark.req("AF-6")
@pytest.mark.parametrize("who_blocks", ["reader", "person"])
async def test_a_block_hides_everything_both_ways(town: Town, who_blocks: str) -> None:
    app, make = town.app, town.make
    person, reader = town.people["public"], await make.person(cohort="blue")
    await make.fact(reader)
    one, other = (reader, person) if who_blocks == "reader" else (person, reader)
    await make.run(await make.principal(one), block_person, app.gate, other.id)
    for me, them in ((person, reader), (reader, person)):
        viewer = await make.principal(me)
        for condition in (visible_to(viewer), PUBLIC, network_of(viewer)):
            async with app.transactions.read() as db:
                found = await page(db, viewer, condition, limit=100)
            assert them.id not in {item.user_id for item in found.items}


@pytest.mark.req("AF-6", "CP-4")
async def test_consent_and_its_end_count_for_what_happened_before(town: Town) -> None:
    child = town.people["nobody"]
    reader = town.readers["cohort"][0]
    await town.make.consent(child, "social_visibility")
    shown = {("nobody", "public"), ("nobody", "cohort")}
    assert await town.seen(reader, visible_to(reader)) == expected("cohort") | shown
    await town.make.consent(child, "social_visibility", given=False)
    assert await town.seen(reader, visible_to(reader)) == expected("cohort")


@pytest.mark.req("AF-6")
async def test_a_cohort_sees_its_present_members_only(town: Town) -> None:
    reader = town.readers["cohort"][0]
    moved = town.people["public"]
    await town.make.person(external_id=moved.external_id, cohort="green")
    left = {key for key in expected("cohort") if key[0] != "public"}
    assert await town.seen(reader, visible_to(reader)) == left | {("public", "public")}
    # Nor does the new cohort see what they did in the old one.
    green = (await town.make.principal(moved)).cohort_id
    assert green is not None
    assert await town.seen(reader, in_cohort(green)) == set()


# --- live topics


BLUE, GREEN = new_id(), new_id()
LIVE = """
audience  visibility  topics
public    public      activity:global activity:subject:math person cohort
public    cohort      cohort
public    friends
public    private
cohort    public      cohort
cohort    cohort      cohort
cohort    friends
cohort    private
nobody    public
nobody    cohort
nobody    friends
nobody    private
"""


def delivery(event: Event, visibility: str, audience: str | None, cohort: UUID | None = BLUE, **more: Any) -> Delivery:
    user_id = new_id()
    given = {"subject": "math", "skill": None, "source": "host", "backfill": False} | more
    fact = Fact(
        seq=1,
        event_id=new_id(),
        type=event.type,
        version=1,
        at=None,  # type: ignore[arg-type]
        received_at=None,  # type: ignore[arg-type]
        user_id=user_id,
        cohort_id=BLUE,
        visibility=visibility,
        event=event,
        **given,
    )
    who = PublicPerson(user_id, "Mia", "", audience, cohort) if audience else None
    return Delivery(fact, who)


def topics(app: App, given: Delivery) -> set[str]:
    found = [topic for view in app.topics.views for topic in view.topics(given)]
    names = {f"cohort:{BLUE}": "cohort", f"cohort:{GREEN}": "green", f"activity:user:{given.fact.user_id}": "person"}
    return {names.get(topic, topic) for topic in found if topic.startswith(("activity:", "cohort:"))}


@pytest.mark.req("AF-6", "CP-12")
async def test_an_activity_goes_live_where_all_may_see_it(app: App) -> None:
    for line in LIVE.strip().splitlines()[1:]:
        audience, visibility, *wanted = line.split()
        practice = PracticeCompleted(score=85)
        assert topics(app, delivery(practice, visibility, audience)) == set(wanted), line
        assert topics(app, delivery(practice, visibility, None)) == set()
        # Who has left the cohort since is no news there.
        away = set(wanted) - {"cohort"}
        assert topics(app, delivery(practice, visibility, audience, GREEN)) == away
    other = delivery(PracticeCompleted(score=85), "public", "public", subject="alchemy")
    assert topics(app, other) == {"activity:global", "person", "cohort"}


@pytest.mark.req("AF-6", "CP-12")
async def test_nobody_hears_of_a_person_whom_they_could_not_see(app: App) -> None:
    everywhere = {"activity:global", *(f"activity:subject:{s}" for s in ("math", "reading", "science"))}
    for event in (PersonUpdated(cohort_from=BLUE), AudienceChanged(before="x", after="x"), PersonErased()):
        assert topics(app, delivery(event, "private", "nobody")) == set()
        assert topics(app, delivery(event, "cohort", "nobody")) == {"cohort"}
        assert everywhere | {"cohort"} <= topics(app, delivery(event, "public", "nobody"))
    moved = PersonUpdated(cohort_from=GREEN)
    assert topics(app, delivery(moved, "cohort", "cohort")) == {"cohort", "green"}
    assert topics(app, delivery(moved, "private", "nobody")) == set()


@pytest.mark.req("CP-12", "CP-4")
async def test_a_hidden_child_is_in_no_message_whatever_happens_to_them(app: App, make: Make) -> None:
    child = await make.child(cohort="blue", name="Mia Berger")
    heard: list[str] = []
    await app.settle()
    for topic in ("activity:global", "activity:subject:math", f"cohort:{child.cohort_id}"):
        app.hub.subscribe(topic, lambda message: heard.append(f"{message.name} {message.payload}"))
    await make.fact(child)
    await make.person(external_id=child.external_id, name="Mia Quick", age_band=None, nickname="Star")
    await make.person(external_id=child.external_id, name="Mia Quick", age_band=None, cohort="green")
    await make.consent(child, "collection")
    await make.erase(child)
    await app.settle()
    # That the cohort's chat opens again, for there is no child without consent in it any more, names nobody; nor do
    # the room's own figures, which come every now and then.
    assert [said for said in heard if not said.startswith(("chat_changed ", "cohort_info "))] == []
    assert not [said for said in heard if "Mia" in said or "Star" in said or str(child.id) in said]


@pytest.mark.req("CP-12", "CP-4")
async def test_who_becomes_hidden_is_taken_out_without_a_name(app: App, make: Make) -> None:
    teen = await make.person(cohort="blue", age_band="13_17", name="Mia Berger")
    await make.fact(teen)
    heard: list[tuple[str, dict[str, Any]]] = []
    app.hub.subscribe(f"cohort:{teen.cohort_id}", lambda message: heard.append((message.name, message.payload)))
    await make.consent(teen, "social_visibility", given=False)
    await app.settle()
    assert heard == [("person_removed", {"user_id": str(teen.id)})]
