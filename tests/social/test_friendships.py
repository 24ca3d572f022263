"""Friendships: asked for, answered by the other side, ended by either; and who may meet at all."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.activity.queries import network_of, page
from core.app import App
from core.clock import FakeClock
from core.errors import Conflict, Forbidden, NotFound, TandemError
from core.principal import SYSTEM, Principal
from core.safety.commands import list_subject
from core.social.friendships import (
    answer_friendship,
    block_person,
    friends_of,
    request_friendship,
    unblock_person,
)
from data.database import Database
from data.tables import Block, Friendship, User
from tests.accounts.people_kit import facts, until_waiting
from tests.factories import Make


class Circle:
    """People who act in their own name."""

    def __init__(self, app: App, make: Make) -> None:
        self.app, self.make = app, make

    async def ask(self, one: User, other: User | UUID) -> str:
        status: str = await self._run(one, request_friendship, self.app.gate, _id(other))
        return status

    async def accept(self, one: User, other: User | UUID) -> str:
        status: str = await self._run(one, answer_friendship, self.app.gate, _id(other), True)
        return status

    async def decline(self, one: User, other: User | UUID) -> str:
        status: str = await self._run(one, answer_friendship, self.app.gate, _id(other), False)
        return status

    async def block(self, one: User, other: User | UUID) -> None:
        await self._run(one, block_person, self.app.gate, _id(other))

    async def unblock(self, one: User, other: User | UUID) -> None:
        await self._run(one, unblock_person, _id(other))

    async def befriend(self, one: User, other: User) -> None:
        await self.ask(one, other)
        assert await self.accept(other, one) == "accepted"

    async def _run(self, one: User, command: Any, *args: Any) -> Any:
        return await self.make.run(await self.make.principal(one), command, *args)

    async def status(self, one: User, other: User) -> str | None:
        async with self.app.transactions.read() as db:
            rows = (await db.execute(select(Friendship))).scalars().all()
        found = [row for row in rows if {row.user_id, row.friend_id} == {one.id, other.id}]
        assert len(found) <= 1, "one row a pair"
        return found[0].status if found else None

    async def listed(self, one: User) -> dict[UUID, str]:
        async with self.app.transactions.read() as db:
            pairs = await friends_of(db, one.id)
        return {pair.friend_id if pair.user_id == one.id else pair.user_id: pair.status for pair in pairs}

    async def network(self, one: User) -> set[UUID]:
        """Whose doings one sees as those of one's own people."""
        viewer = await self.make.principal(one)
        async with self.app.transactions.read() as db:
            return {item.user_id for item in (await page(db, viewer, network_of(viewer))).items}


def _id(person: User | UUID) -> UUID:
    return person if isinstance(person, UUID) else person.id


@pytest.fixture
def circle(app: App, make: Make) -> Circle:
    return Circle(app, make)


async def told(app: App) -> list[tuple[str, UUID | None]]:
    """What the commands stated, without what followed from it."""
    kinds = ("friendship_requested", "friendship_accepted", "friendship_declined")
    return [(f.type, f.user_id) for f in await facts(app.transactions, *kinds)]


# --- one step after the other


@pytest.mark.req("CO-11")
async def test_a_request_waits_until_the_other_side_accepts(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    assert await circle.ask(ada, leo) == "pending"
    assert await circle.ask(ada, leo) == "pending"
    with pytest.raises(Conflict):
        await circle.accept(ada, leo)
    assert await circle.status(ada, leo) == "pending"
    assert await circle.accept(leo, ada) == "accepted"
    assert await circle.accept(leo, ada) == "accepted"
    assert await circle.ask(ada, leo) == "accepted"
    assert await circle.listed(ada) == {leo.id: "accepted"}
    assert await circle.listed(leo) == {ada.id: "accepted"}
    assert await told(app) == [("friendship_requested", ada.id), ("friendship_accepted", leo.id)]


@pytest.mark.req("CO-11")
async def test_either_side_can_say_no_and_ask_again_later(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    await circle.ask(ada, leo)
    assert await circle.decline(leo, ada) == "declined"
    for person, other in ((leo, ada), (ada, leo)):
        assert await circle.listed(person) == {}
        for answer in (circle.accept, circle.decline):
            with pytest.raises(NotFound):
                await answer(person, other)
    assert await circle.ask(leo, ada) == "pending"
    # Who asks takes it back.
    assert await circle.decline(leo, ada) == "declined"
    await circle.befriend(ada, leo)
    assert await circle.decline(ada, leo) == "declined"
    assert [kind for kind, _ in await told(app)] == [
        "friendship_requested",
        "friendship_declined",
        "friendship_requested",
        "friendship_declined",
        "friendship_requested",
        "friendship_accepted",
        "friendship_declined",
    ]


@pytest.mark.req("CO-11")
async def test_asking_back_accepts(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    await circle.ask(ada, leo)
    assert await circle.ask(leo, ada) == "accepted"


async def test_there_is_nothing_to_answer_without_a_request(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    for target in (leo, uuid4(), ada):
        for answer in (circle.accept, circle.decline):
            with pytest.raises(NotFound):
                await answer(ada, target)
    for target in (uuid4(), ada.id):
        with pytest.raises(NotFound):
            await circle.ask(ada, target)
        with pytest.raises(NotFound):
            await circle.block(ada, target)
        with pytest.raises(NotFound):
            await circle.unblock(ada, target)


@pytest.mark.req("TS-4")
async def test_a_listed_address_is_refused_whoever_comes_from_it(app: App, make: Make, clock: FakeClock) -> None:
    ada, leo = await make.person(), await make.person()
    actor = await make.principal(ada)
    staff = Principal(kind="staff", name="root", scopes=frozenset({"blocklist:write"}))
    await make.run(staff, list_subject, "ip", "203.0.113.7", "scraping")
    clock.advance(1)
    acts = ((request_friendship, ()), (answer_friendship, (True,)), (block_person, ()))
    for command, more in acts:
        with pytest.raises(Forbidden) as refusal:
            await make.run(actor, command, app.gate, leo.id, *more, ip="203.0.113.7")
        assert refusal.value.body()["error"]["type"] == "listed_ip"
    assert await make.run(actor, request_friendship, app.gate, leo.id, ip="203.0.113.8") == "pending"


async def test_only_people_have_friends(app: App, make: Make) -> None:
    ada = await make.person()
    analyst = await make.principal(await make.person(role="analyst"))
    for actor in (analyst, SYSTEM, Principal(kind="key", id=uuid4(), scopes=frozenset({"friends:write"}))):
        for command in (request_friendship, block_person):
            with pytest.raises(Forbidden):
                await make.run(actor, command, app.gate, ada.id)
        with pytest.raises(Forbidden):
            await make.run(actor, unblock_person, ada.id)


# --- only `accepted` counts


@pytest.mark.req("CO-11", "AF-6", "BG-28")
async def test_only_accepted_friends_count_and_for_both(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    for person in (ada, leo):
        await make.fact(person)

    async def networks() -> tuple[bool, bool]:
        return leo.id in await circle.network(ada), ada.id in await circle.network(leo)

    assert await networks() == (False, False)
    await circle.ask(ada, leo)
    assert await networks() == (False, False)
    await circle.decline(leo, ada)
    assert await networks() == (False, False)
    await circle.befriend(ada, leo)
    assert await networks() == (True, True)
    await circle.block(leo, ada)
    assert await networks() == (False, False)
    await circle.unblock(leo, ada)
    assert await networks() == (False, False)
    await circle.befriend(leo, ada)
    assert await networks() == (True, True)


@pytest.mark.req("AF-1", "CO-11")
async def test_new_friends_are_told_of_once_for_each_of_them(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person()
    await circle.befriend(ada, leo)
    await app.settle()
    await app.settle()
    joined = await facts(app.transactions, "friend_joined")
    assert sorted(f.user_id for f in joined if f.user_id) == sorted([ada.id, leo.id])
    # Whoever may see one of them need not be one who may know of the other.
    assert [dict(f.properties) for f in joined] == [{}, {}]
    assert {(f.user_id, f.cohort_id) for f in joined} == {(ada.id, ada.cohort_id), (leo.id, None)}
    viewer = await make.principal(ada)
    async with app.transactions.read() as db:
        items = (await page(db, viewer, network_of(viewer))).items
    assert [(item.type, dict(item.properties)) for item in items] == [("friend_joined", {})] * 2


@pytest.mark.req("CP-12")
async def test_a_new_friend_is_told_of_only_as_far_as_both_are_seen(app: App, make: Make, circle: Circle) -> None:
    adult, teen = await make.person(cohort="blue"), await make.person(cohort="blue", age_band="13_17")
    await circle.befriend(adult, teen)
    await app.settle()
    joined = await facts(app.transactions, "friend_joined")
    # The adult's news would tell everybody that there is a minor among their friends.
    assert {(f.user_id, f.visibility) for f in joined} == {(adult.id, "cohort"), (teen.id, "cohort")}


async def test_a_friendship_that_has_ended_meanwhile_is_no_news(app: App, make: Make, circle: Circle) -> None:
    ada, leo, mia = await make.person(), await make.person(), await make.person()
    await app.reactions.stop()
    await circle.befriend(ada, leo)
    await circle.befriend(ada, mia)
    await circle.block(leo, ada)
    await make.erase(mia)
    await app.settle()
    assert await facts(app.transactions, "friend_joined") == []
    assert app.reactions.parked == 0


# --- at once


@pytest.mark.req("CO-11")
async def test_requests_that_cross_make_friends_once(app: App, make: Make, circle: Circle) -> None:
    for _ in range(3):
        ada, leo = await make.person(), await make.person()
        answers = await asyncio.gather(
            *(circle.ask(ada, leo) for _ in range(3)), *(circle.ask(leo, ada) for _ in range(3))
        )
        assert "accepted" in answers
        assert await circle.status(ada, leo) == "accepted"
    await app.settle()
    kinds = [kind for kind, _ in await told(app)]
    assert (kinds.count("friendship_requested"), kinds.count("friendship_accepted")) == (3, 3)
    assert len(await facts(app.transactions, "friend_joined")) == 6


@pytest.mark.req("CO-11")
async def test_the_request_that_crosses_waits_for_the_first_and_accepts_it(
    app: App, make: Make, circle: Circle, database: Database
) -> None:
    ada, leo = await make.person(), await make.person()
    async with app.transactions(await make.principal(ada)) as tx:
        assert await request_friendship(tx, app.gate, leo.id) == "pending"
        crossing = asyncio.create_task(circle.ask(leo, ada))
        await until_waiting(database)
    assert await crossing == "accepted"


@pytest.mark.req("CO-11", "TS-1")
async def test_a_request_that_crosses_a_block_finds_it(
    app: App, make: Make, circle: Circle, database: Database
) -> None:
    ada, leo = await make.person(), await make.person()
    async with app.transactions(await make.principal(ada)) as tx:
        await block_person(tx, app.gate, leo.id)
        request = asyncio.create_task(circle.ask(leo, ada))
        await until_waiting(database)
    with pytest.raises(NotFound):
        await request
    assert await circle.status(ada, leo) is None
    async with app.transactions(await make.principal(leo)) as tx:
        await block_person(tx, app.gate, ada.id)
        other_block = asyncio.create_task(circle.unblock(ada, leo))
        await until_waiting(database)
    await other_block
    assert (await make.principal(ada)).hidden == {leo.id}


async def test_everything_at_once_ends_in_a_state_that_makes_sense(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    steps = [circle.ask, circle.accept, circle.decline, circle.block, circle.unblock]
    for _ in range(4):
        acts = [step(one, other) for one, other in ((ada, leo), (leo, ada)) for step in steps]
        answers = await asyncio.gather(*acts, return_exceptions=True)
        assert all(not isinstance(a, BaseException) or isinstance(a, NotFound | Conflict) for a in answers), answers
        async with app.transactions.read() as db:
            blocked = bool((await db.execute(select(Block))).all())
        status = await circle.status(ada, leo)
        assert status == "blocked" if blocked and status else status != "blocked"


async def test_who_is_erased_meanwhile_is_nobody(app: App, make: Make, circle: Circle, database: Database) -> None:
    ada, leo = await make.person(), await make.person()
    erasing, step = make.erase(leo), circle.ask(ada, leo)
    answers = await asyncio.gather(erasing, step, return_exceptions=True)
    assert answers[0] is None
    assert answers[1] == "pending" or isinstance(answers[1], NotFound)
    async with app.transactions.read() as db:
        assert (await db.execute(select(Friendship))).all() == []
    async with app.transactions(await make.principal(ada)) as tx:
        mia = await make.person()
        await request_friendship(tx, app.gate, mia.id)
        gone = asyncio.create_task(make.erase(mia))
        await until_waiting(database)
    await gone
    assert await circle.listed(ada) == {}


# --- blocks


@pytest.mark.req("CO-11")
async def test_a_block_ends_a_friendship_and_only_its_maker_takes_it_back(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    await circle.befriend(ada, leo)
    await circle.block(ada, leo)
    await circle.block(ada, leo)
    assert await circle.status(ada, leo) == "blocked"
    assert await circle.listed(ada) == await circle.listed(leo) == {}
    with pytest.raises(NotFound):
        await circle.unblock(leo, ada)
    await circle.block(leo, ada)
    await circle.unblock(ada, leo)
    # The other block stands.
    assert await circle.status(ada, leo) == "blocked"
    with pytest.raises(NotFound):
        await circle.ask(ada, leo)
    await circle.unblock(leo, ada)
    assert await circle.status(ada, leo) == "declined"
    assert await circle.ask(ada, leo) == "pending"
    changes = await facts(app.transactions, "person_blocked", "person_unblocked")
    assert [(f.type, f.user_id) for f in changes] == [
        ("person_blocked", ada.id),
        ("person_blocked", leo.id),
        ("person_unblocked", ada.id),
        ("person_unblocked", leo.id),
    ]
    # Each time, both sides' open sockets and pages are judged again.
    judged = [f.user_id for f in await facts(app.transactions, "access_changed")]
    assert (judged.count(ada.id), judged.count(leo.id)) == (4, 4)


async def test_who_is_blocked_hears_what_is_heard_of_nobody(app: App, make: Make, circle: Circle) -> None:
    ada, leo = await make.person(), await make.person()
    await circle.ask(leo, ada)
    await circle.block(ada, leo)
    for act in (circle.ask, circle.accept, circle.decline):
        answers = []
        for target in (ada.id, uuid4()):
            with pytest.raises(TandemError) as refusal:
                await act(leo, target)
            answers.append((refusal.value.status, refusal.value.body()))
        assert answers[0] == answers[1]


# --- who may meet


MEET = """
one     other   together  apart
public  public  yes       yes
public  cohort  yes       no
cohort  public  yes       no
cohort  cohort  yes       no
public  nobody  no        no
cohort  nobody  no        no
"""
PEOPLE: dict[str, dict[str, Any]] = {
    "public": {"age_band": "18_plus"},
    "cohort": {"age_band": "13_17"},
    "nobody": {"age_band": "under_13"},
}


@pytest.mark.req("CP-12", "CO-11")
async def test_minors_are_met_in_their_own_cohort_only(app: App, make: Make, circle: Circle) -> None:
    _, *rows = [line.split() for line in MEET.strip().splitlines()]
    for one, other, *answers in rows:
        for cohort, answer in zip(("blue", "green"), answers, strict=True):
            asking = await make.person(**PEOPLE[one], cohort="blue")
            asked = await make.person(**PEOPLE[other], cohort=cohort)
            if answer == "yes":
                assert await circle.ask(asking, asked) == "pending"
                continue
            with pytest.raises(NotFound) as refusal:
                await circle.ask(asking, asked)
            with pytest.raises(NotFound) as nobody:
                await circle.ask(asking, uuid4())
            assert refusal.value.body() == nobody.value.body(), (one, other, cohort)
    # Without a cohort, a minor shares none.
    lonely, other_lonely = await make.person(age_band="13_17"), await make.person(age_band="13_17")
    with pytest.raises(NotFound):
        await circle.ask(lonely, other_lonely)


@pytest.mark.req("CP-12")
async def test_nobody_accepts_who_cannot_be_seen_any_more(app: App, make: Make, circle: Circle) -> None:
    ada, child = await make.person(cohort="blue"), await make.child("social_visibility", cohort="blue")
    await circle.ask(child, ada)
    await make.consent(child, "social_visibility", given=False)
    assert await circle.listed(ada) == {}
    with pytest.raises(NotFound):
        await circle.accept(ada, child)
    await make.consent(child, "social_visibility")
    assert await circle.listed(ada) == {child.id: "pending"}
    assert await circle.accept(ada, child) == "accepted"
    await make.consent(child, "social_visibility", given=False)
    assert await circle.listed(ada) == {}
    assert await circle.decline(ada, child) == "declined"


# --- any order of steps


class Model:
    """The state machine of one pair, written apart from the product's."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.asked_by: int | None = None
        self.blocks: set[int] = set()

    def step(self, name: str, who: int) -> str:
        if name == "B":
            if who not in self.blocks:
                self.blocks.add(who)
                self.status = "blocked" if self.status else None
            return "ok"
        if name == "U":
            if who not in self.blocks:
                return "refused"
            self.blocks.discard(who)
            if self.status and not self.blocks:
                self.status = "declined"
            return "ok"
        if self.blocks:
            return "refused"
        return self._ask(who) if name == "R" else self._answer(who, accept=name == "A")

    def _ask(self, who: int) -> str:
        if self.status in (None, "declined"):
            self.status, self.asked_by = "pending", who
        elif self.status == "pending" and self.asked_by != who:
            self.status = "accepted"
        return str(self.status)

    def _answer(self, who: int, *, accept: bool) -> str:
        if self.status not in ("pending", "accepted"):
            return "refused"
        if accept and self.status == "pending" and self.asked_by == who:
            return "refused"
        self.status = "accepted" if accept else "declined"
        return self.status


@pytest.mark.req("CO-11", "QA-6")
async def test_any_order_of_steps_ends_where_the_rules_say(app: App, make: Make, circle: Circle) -> None:
    acts = {"R": circle.ask, "A": circle.accept, "D": circle.decline, "B": circle.block, "U": circle.unblock}
    random = Random(20260302)
    for _ in range(12):
        pair = await make.person(), await make.person()
        model = Model()
        done = []
        for _ in range(12):
            name, who = random.choice("RRADBU"), random.randrange(2)
            done.append((name, who))
            try:
                answer = await acts[name](pair[who], pair[1 - who]) or "ok"
            except (NotFound, Conflict):
                answer = "refused"
            assert answer == model.step(name, who), done
            assert await circle.status(*pair) == model.status, done
