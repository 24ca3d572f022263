"""People who are asked for together are read together, each hears of themselves, and nobody hears of the past."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from core.accounts.commands import revoke_tokens
from core.accounts.crowd import Crowd
from core.app import App
from core.errors import Unauthorized, Unavailable
from core.ids import new_id
from core.principal import SYSTEM, Principal
from tests.factories import Make


def person(user_id: UUID) -> Principal:
    return Principal("person", user_id)


class Book:
    """Reads when it is told to, and remembers what it was asked."""

    def __init__(self, *unknown: UUID) -> None:
        self.asked: list[list[UUID]] = []
        self.unknown = unknown
        self.open = asyncio.Event()
        self.broken: Exception | None = None

    async def read(self, user_ids: Sequence[UUID]) -> dict[UUID, Principal]:
        self.asked.append(list(user_ids))
        await self.open.wait()
        if self.broken:
            raise self.broken
        return {user_id: person(user_id) for user_id in user_ids if user_id not in self.unknown}


@pytest.mark.req("RT-19")
async def test_whoever_asks_meanwhile_is_read_together() -> None:
    book, people = Book(), [new_id() for _ in range(25)]
    crowd = Crowd(book.read, together=10, at_once=2)
    asking = [asyncio.create_task(crowd.ask(user_id)) for user_id in [*people, people[24]]]
    async with asyncio.timeout(5):
        while len(book.asked) < 2:
            await asyncio.sleep(0)
        book.open.set()
        found = await asyncio.gather(*asking)
    assert [principal.id for principal in found] == [*people, people[24]]
    assert [len(asked) for asked in book.asked] == [10, 10, 5]


async def test_a_question_is_never_answered_with_what_was_read_before_it() -> None:
    book, ada = Book(), new_id()
    crowd = Crowd(book.read)
    first = asyncio.create_task(crowd.ask(ada))
    async with asyncio.timeout(5):
        while not book.asked:
            await asyncio.sleep(0)
        second = asyncio.create_task(crowd.ask(ada))
        book.open.set()
        await asyncio.gather(first, second)
    assert book.asked == [[ada], [ada]]


async def test_nobody_is_refused_and_a_failure_is_told_to_those_it_concerns() -> None:
    nobody, ada = new_id(), new_id()
    book = Book(nobody)
    book.open.set()
    crowd = Crowd(book.read, waiting=2)
    with pytest.raises(Unauthorized):
        await crowd.ask(nobody)
    book.broken = Unavailable()
    with pytest.raises(Unavailable):
        await crowd.ask(ada)
    book.broken = None
    assert (await crowd.ask(ada)).id == ada


async def test_there_is_room_for_so_many_and_no_more() -> None:
    book = Book()
    crowd = Crowd(book.read, together=1, at_once=1, waiting=2)
    async with asyncio.timeout(5):
        asking = [asyncio.create_task(crowd.ask(new_id()))]
        while not book.asked:
            await asyncio.sleep(0)
        asking += [asyncio.create_task(crowd.ask(new_id())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await crowd.ask(new_id())
        book.open.set()
        await asyncio.gather(*asking)


async def test_who_gives_up_takes_nobody_along() -> None:
    book, ada = Book(), new_id()
    crowd = Crowd(book.read)
    one, other = asyncio.create_task(crowd.ask(ada)), asyncio.create_task(crowd.ask(ada))
    async with asyncio.timeout(5):
        while not book.asked:
            await asyncio.sleep(0)
        one.cancel()
        book.open.set()
        assert (await other).id == ada


@pytest.mark.req("RT-2", "RT-3")
async def test_a_crowd_of_real_people_is_who_they_are(app: App, make: Make) -> None:
    people = [await make.person(cohort="blue" if n % 2 else None) for n in range(12)]
    tokens = [make.token(person) for person in people]
    await make.erase(people[3])
    await make.run(SYSTEM, revoke_tokens, people[5].id)
    found = await asyncio.gather(
        *(app.principals.from_token(token, "socket") for token in tokens), return_exceptions=True
    )
    for n, principal in enumerate(found):
        if n in (3, 5):
            assert isinstance(principal, Unauthorized)
        else:
            assert principal == await make.principal(people[n])
            assert isinstance(principal, Principal)
            assert principal.cohort_name == ("blue" if n % 2 else "")


async def test_who_asks_in_the_turn_in_which_a_reading_ends_is_read_too() -> None:
    book, one, other = Book(), new_id(), new_id()
    crowd = Crowd(book.read)
    book.open.set()
    loop = asyncio.get_running_loop()
    first: asyncio.Future[Principal | Exception] = loop.create_future()
    later: asyncio.Future[Principal | Exception] = loop.create_future()
    crowd.tell(one, first.set_result)
    # Called before anything else that follows from the end of the reading.
    first.add_done_callback(lambda _: crowd.tell(other, later.set_result))
    async with asyncio.timeout(5):
        await first
        found = await later
    assert isinstance(found, Principal)
    assert found.id == other
