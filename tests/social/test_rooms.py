"""A cohort's room under load, on bad days, and against people who mean it badly."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from core.app import App
from core.clock import FakeClock
from core.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from core.principal import SYSTEM
from core.social.challenges import Made, challenge_cohort, close_due, join_challenge
from core.social.chat import Sent, decide_message, remove_message, report_message, send_message
from core.social.friendships import block_person
from core.social.room_queries import desk_of, info_of, latest_messages, mates_of, open_challenges
from core.social.rooms import refresh_all, switch_chat
from core.social.upkeep import forget_messages
from data.tables import ChallengeEntry, CohortMessage, CohortRoomRow, EventRow, User
from tests.factories import Make


class Class:
    """Some members of a cohort, and what they do there."""

    def __init__(self, app: App, make: Make) -> None:
        self.app, self.make = app, make

    async def person(self, **given: Any) -> User:
        person = await self.make.person(**({"cohort": "blue"} | given))
        await self.app.settle()
        return person

    async def say(self, person: User, text: str, **more: Any) -> Sent:
        actor = await self.make.principal(person)
        sent: Sent = await self.make.run(actor, send_message, self.app.gate, text, **more)
        return sent

    async def report(self, person: User, message_id: UUID) -> None:
        actor = await self.make.principal(person)
        await self.make.run(actor, report_message, self.app.gate, message_id, "unkind")

    async def remove(self, person: User, message_id: UUID) -> None:
        await self.make.run(await self.make.principal(person), remove_message, message_id)

    async def challenge(self, person: User, skill: str = "algebra") -> UUID:
        actor = await self.make.principal(person)
        made: Made = await self.make.run(actor, challenge_cohort, self.app.gate, skill)
        return made.challenge_id

    async def join(self, person: User, challenge_id: UUID) -> bool:
        actor = await self.make.principal(person)
        joined: bool = await self.make.run(actor, join_challenge, self.app.gate, challenge_id)
        return joined

    async def texts(self, cohort_id: UUID | None) -> list[str | None]:
        assert cohort_id is not None
        async with self.app.transactions.read() as db:
            return [said.text for said in await latest_messages(db, cohort_id)]

    async def logged(self) -> str:
        """Everything personal that the log holds."""
        async with self.app.transactions.read() as db:
            return str((await db.execute(select(EventRow.personal, EventRow.properties))).all())


@pytest.fixture
def room(app: App, make: Make) -> Class:
    return Class(app, make)


# --- chat


@pytest.mark.req("CO-5", "API-5")
async def test_the_same_key_says_it_once_however_often_and_at_once(room: Class) -> None:
    ada = await room.person()
    sent = await asyncio.gather(*(room.say(ada, "Hello", key="k") for _ in range(8)))
    assert len({one.message_id for one in sent}) == 1
    assert await room.texts(ada.cohort_id) == ["Hello"]
    assert (await room.say(ada, "Something else", key="k")).text == "Hello"


@pytest.mark.req("CO-5", "SEC-2")
async def test_a_burst_has_to_wait_and_says_how_long(room: Class, clock: FakeClock) -> None:
    ada = await room.person()
    sent = await asyncio.gather(*(room.say(ada, f"Line {n}") for n in range(9)), return_exceptions=True)
    refused = [one for one in sent if isinstance(one, RateLimited)]
    assert (len(refused), len(await room.texts(ada.cohort_id))) == (4, 5)
    assert 0 < refused[0].details["retry_after"] <= 10
    clock.advance(10)
    await room.say(ada, "Calmly now")


@pytest.mark.req("CO-1", "CO-5", "RT-7")
async def test_what_is_elsewhere_is_nowhere(room: Class) -> None:
    """Somebody else's cohort, nobody's id, no cohort at all, a place one has left: the same answer."""
    ada, spy, loner = await room.person(), await room.person(cohort="red", role="admin"), await room.make.person()
    said, challenge = (await room.say(ada, "Ours")).message_id, await room.challenge(ada)
    for message_id in (said, uuid4()):
        for act in (room.report(spy, message_id), room.remove(spy, message_id)):
            with pytest.raises(NotFound):
                await act
        with pytest.raises(NotFound):
            await room.make.run(await room.make.principal(spy), decide_message, message_id, False)
    for challenge_id in (challenge, uuid4()):
        with pytest.raises(NotFound):
            await room.join(spy, challenge_id)
    tries: tuple[Awaitable[object], ...] = (room.say(loner, "Hi"), room.challenge(loner), room.join(loner, challenge))
    for attempt in tries:
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert refused.value.body()["error"]["type"] == "not_in_cohort"
    before = await room.make.principal(ada)
    await room.person(external_id=ada.external_id, cohort="red")
    # A connection that does not know yet that its person has moved.
    for stale in (
        room.make.run(before, send_message, room.app.gate, "Still here?"),
        room.make.run(before, challenge_cohort, room.app.gate, "geometry"),
    ):
        with pytest.raises(Forbidden):
            await stale


@pytest.mark.req("CO-5", "TS-7")
async def test_reports_take_a_message_out_of_sight_until_staff_have_looked(room: Class) -> None:
    ada, leo, mia = [await room.person() for _ in range(3)]
    tutor = await room.person(role="tutor")
    said = (await room.say(ada, "Something odd")).message_id
    with pytest.raises(NotFound):
        await room.report(ada, said)
    for _ in range(3):
        await room.report(leo, said)
    assert await room.texts(ada.cohort_id) == ["Something odd"], "one person alone hides nothing"
    await room.report(mia, said)
    assert await room.texts(ada.cohort_id) == [None]
    assert "Something odd" not in await room.logged()
    async with room.app.transactions.read() as db:
        (waiting,) = await desk_of(db, ada.cohort_id or uuid4())
    assert (waiting.message.body, waiting.reports, waiting.reasons) == ("Something odd", 2, ("unkind",))
    actor = await room.make.principal(tutor)
    assert await room.make.run(actor, decide_message, said, True) == "shown"
    await room.report(tutor, said)
    assert await room.texts(ada.cohort_id) == ["Something odd"], "what staff let stand, stands"
    assert await room.make.run(actor, decide_message, said, False) == "removed"
    with pytest.raises(NotFound):
        await room.make.run(actor, decide_message, said, True)
    assert await room.texts(ada.cohort_id) == [None]


@pytest.mark.req("CO-5", "CP-8")
async def test_words_leave_with_age_with_their_person_and_when_taken_back(
    room: Class, app: App, clock: FakeClock
) -> None:
    ada, leo = await room.person(), await room.person()
    await room.say(ada, "An old word")
    clock.advance(91 * 86_400)
    await room.say(ada, "A word of mine")
    await room.remove(leo, (await room.say(leo, "A hasty word")).message_id)
    assert await app.transactions.run(SYSTEM, forget_messages) == 1
    assert await room.texts(ada.cohort_id) == ["A word of mine", None]
    kept = await room.logged()
    assert "An old word" not in kept
    assert "A hasty word" not in kept
    assert "A word of mine" in kept
    await room.make.erase(ada)
    assert "A word of mine" not in await room.logged()
    assert await room.texts(leo.cohort_id) == [None]


@pytest.mark.req("CO-5", "CP-12", "TS-1")
async def test_children_and_refusals_decide_who_may_chat(room: Class, app: App, make: Make) -> None:
    ada, teen = await room.person(), await room.person(age_band="13_17")
    refused = await room.person(age_band="13_17")
    await make.consent(refused, "social_visibility", given=False)
    await app.settle()
    # A parent's no to a teenager keeps that teenager out, not the others.
    with pytest.raises(Forbidden) as no:
        await room.say(refused, "Hello")
    assert no.value.body()["error"]["type"] == "consent_withdrawn"
    await room.say(teen, "Hello")
    child = await make.child("social_visibility", cohort="blue")
    await app.settle()
    await room.say(child, "Hello too")
    await make.consent(child, "social_visibility", given=False)
    with pytest.raises(Forbidden) as shut:
        # At once, before the room itself has heard of it.
        await room.say(ada, "And now?")
    assert shut.value.body()["error"]["type"] == "consent_missing"
    await app.settle()
    staff = await make.principal(await room.person(role="tutor"))
    assert not (await make.run(staff, switch_chat, True)).chat_open
    await room.person(external_id=child.external_id, cohort="red")
    await room.say(ada, "Open again")


@pytest.mark.req("CO-5")
async def test_a_room_that_fell_out_of_line_is_put_right(room: Class, app: App) -> None:
    ada = await room.person()
    async with app.transactions(SYSTEM) as tx:
        (await tx.db.get_one(CohortRoomRow, ada.cohort_id)).chat_open = False
    with pytest.raises(Forbidden):
        await room.say(ada, "Shut by mistake")
    assert await app.transactions.run(SYSTEM, refresh_all) == 1
    assert await app.transactions.run(SYSTEM, refresh_all) == 0
    await room.say(ada, "Open")


@pytest.mark.req("CO-5", "SEC-3")
async def test_hostile_words_are_words(room: Class) -> None:
    ada = await room.person()
    texts = ["<script>alert(1)</script>", "'; DROP TABLE cohort_messages; --", "{{7*7}} ${x} %s", "[number hidden]"]
    for text in texts:
        assert (await room.say(ada, text)).text == text
    assert await room.texts(ada.cohort_id) == texts
    for text in ("\u200b", "\0", "x" * 501):
        with pytest.raises(Invalid):
            await room.say(ada, text)


# --- challenges


@pytest.mark.req("CO-7", "SC-9")
async def test_fifty_who_join_at_once_are_fifty(room: Class, app: App, make: Make) -> None:
    people = [await make.person(cohort="blue") for _ in range(25)]
    await app.settle()
    challenge = await room.challenge(people[0])
    joined = await asyncio.gather(*(room.join(person, challenge) for person in people for _ in range(2)))
    assert sum(joined) == 24, "whoever set it was in already"
    async with app.transactions.read() as db:
        (one,) = await open_challenges(db, people[0].cohort_id or uuid4())
        assert one.wire()["participant_count"] == 25
        assert (await db.execute(select(func.count()).select_from(ChallengeEntry))).scalar_one() == 25
    await make.erase(people[3])
    async with app.transactions.read() as db:
        (one,) = await open_challenges(db, people[0].cohort_id or uuid4())
    assert one.wire()["participant_count"] == 24


@pytest.mark.req("CO-6")
async def test_challenges_set_at_once_are_not_too_many(room: Class) -> None:
    ada, leo = await room.person(), await room.person()
    made = await asyncio.gather(*(room.challenge(p) for p in (ada, leo) for _ in range(3)), return_exceptions=True)
    kinds = Counter(type(one) for one in made)
    assert kinds == {UUID: 1, Conflict: 5}
    skills = ("geometry", "fractions", "statistics", "biology")
    more = await asyncio.gather(*(room.challenge(ada, skill) for skill in skills), return_exceptions=True)
    mine = sum(isinstance(one, UUID) for one in (*made[:3], *more))
    assert mine == 3
    with pytest.raises(Invalid):
        await room.challenge(leo, "knitting")


@pytest.mark.req("CO-7")
async def test_a_challenge_ends_once_and_alone_nobody_wins(room: Class, app: App, make: Make, clock: FakeClock) -> None:
    ada, leo = await room.person(), await room.person()
    first, second = await room.challenge(ada), await room.challenge(ada, "geometry")
    for challenge in (first, second):
        await room.join(leo, challenge)
    clock.advance(10)
    await make.fact(ada, properties={"score": 70})
    await make.fact(leo, properties={"score": 90})
    await make.fact(leo, properties={"score": 100}, skill="geometry")
    clock.advance(86_400)
    await make.fact(ada, properties={"score": 100})
    ended = await asyncio.gather(*(app.transactions.run(SYSTEM, close_due) for _ in range(3)))
    assert sum(ended) == 2
    await app.settle()
    async with app.transactions.read() as db:
        won = select(EventRow.user_id, EventRow.skill).where(EventRow.type == "challenge_won")
        facts = (await db.execute(won)).all()
    assert [tuple(fact) for fact in facts] == [(leo.id, "algebra")]


@pytest.mark.req("CO-7", "TS-1")
async def test_across_a_block_nobody_joins(room: Class, make: Make, app: App) -> None:
    ada, leo = await room.person(), await room.person()
    challenge = await room.challenge(ada)
    await make.run(await make.principal(ada), block_person, app.gate, leo.id)
    with pytest.raises(NotFound):
        await room.join(leo, challenge)
    viewer = await make.principal(ada)
    async with app.transactions.read() as db:
        assert await mates_of(db, ada.id, ada.cohort_id or uuid4(), hidden=viewer.hidden) == []


# --- members


@pytest.mark.req("CO-9")
async def test_how_many_members_there_are_is_right_at_every_moment(room: Class, app: App, make: Make) -> None:
    chance = Random(20261121)
    people = [await make.person(cohort=chance.choice(["blue", "red"])) for _ in range(12)]
    cohorts = {person.cohort_id for person in people}

    async def move(person: User) -> None:
        if chance.random() < 0.1:
            await make.erase(person)
        else:
            await make.person(external_id=person.external_id, cohort=chance.choice(["blue", "red", ""]))

    async def right() -> None:
        for cohort_id in filter(None, cohorts):
            async with app.transactions.read() as db:
                info = await info_of(db, cohort_id, app.clock.now())
                rows = (await db.execute(select(User.id).where(User.cohort_id == cohort_id))).all()
            assert info is not None
            assert info.total_members == len(rows)

    for _ in range(4):
        moves = [move(person) for person in chance.sample(people, 8)]
        await asyncio.gather(*moves, *(right() for _ in range(4)), return_exceptions=False)
    await app.settle()
    await right()


async def test_rows_of_messages_go_with_their_person(room: Class, app: App, make: Make) -> None:
    ada, leo = await room.person(), await room.person()
    said = (await room.say(ada, "Hello")).message_id
    await room.report(leo, said)
    await make.erase(ada)
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(CohortMessage))).scalar_one() == 0
