"""Reactions: one a person, and a counter that is always the number of rows, whoever reacts at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.activity.queries import PUBLIC, latest
from core.activity.reacting import Reacted, react, reactions_of
from core.app import App
from core.errors import Forbidden, NotFound, Unavailable
from core.events.catalog import Reaction
from core.principal import SYSTEM, Principal
from core.social.friendships import block_person
from data.database import Database
from data.tables import ActivityReaction, ActivityRow, User
from tests.factories import Make

KINDS: tuple[Reaction, ...] = ("like", "celebrate", "wow", "support")


async def activity_of(make: Make, person: User) -> UUID:
    event_id = (await make.fact(person)).event_id
    assert event_id
    return event_id


async def counter(database: Database, activity_id: UUID) -> tuple[int, int]:
    """What the row says, and how many there are."""
    async with database.snapshot() as db:
        kept = select(ActivityRow.reactions_count).where(ActivityRow.id == activity_id)
        rows = select(func.count()).where(ActivityReaction.activity_event_id == activity_id)
        return (await db.execute(kept)).scalar_one(), (await db.execute(rows)).scalar_one()


@pytest.mark.req("AF-4", "AF-14", "SC-3")
async def test_another_reaction_replaces_and_the_same_again_takes_back(
    app: App, make: Make, database: Database
) -> None:
    owner, fan = await make.person(), await make.person()
    activity, me = await activity_of(make, owner), await make.principal(fan)
    seen: list[tuple[str | None, Mapping[Reaction, int]]] = []
    for kind in ("like", "wow", "wow"):
        done: Reacted = await make.run(me, react, app.gate, activity, kind)
        seen.append((done.mine, done.counts))
        assert len(set(await counter(database, activity))) == 1
    assert seen == [("like", {"like": 1}), ("wow", {"wow": 1}), (None, {})]


@pytest.mark.req("AF-4", "AF-14")
async def test_lists_show_what_there_is_of_each_kind_and_ones_own(app: App, make: Make) -> None:
    owner = await make.person()
    activity, other = await activity_of(make, owner), await activity_of(make, owner)
    fans = [await make.person() for _ in range(3)]
    for fan, kind in zip(fans, ("like", "like", "support"), strict=True):
        await make.run(await make.principal(fan), react, app.gate, activity, kind)
    async with app.transactions.read() as db:
        items = {item.id: dict(item.reactions) for item in await latest(db, PUBLIC)}
        mine = await reactions_of(db, fans[2].id, [activity, other])
    assert items == {activity: {"like": 2, "support": 1}, other: {}}
    assert mine == {activity: "support"}


@pytest.mark.req("AF-14")
async def test_fifty_people_at_once_leave_a_true_counter(app: App, make: Make, database: Database) -> None:
    activity = await activity_of(make, await make.person())
    fans = [await make.principal(await make.person()) for _ in range(50)]

    async def insist(fan: Principal, kind: Reaction) -> None:
        """As a client does: where nothing was free in time, nothing happened, and one asks again."""
        while True:
            with contextlib.suppress(Unavailable):
                await make.run(fan, react, app.gate, activity, kind)
                return

    turns = [insist(fan, KINDS[i % 4]) for i, fan in enumerate(fans)]
    await asyncio.gather(*turns, *(insist(fan, "like") for fan in fans[:20]))
    kept, rows = await counter(database, activity)
    assert kept == rows > 0


@pytest.mark.req("AF-14", "BG-23")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(KINDS)), max_size=25))
async def test_any_sequence_is_what_a_dictionary_says(
    app: App, make: Make, database: Database, moves: list[tuple[int, int, Reaction]]
) -> None:
    owner = await make.person()
    activities = [await activity_of(make, owner) for _ in range(2)]
    fans = [await make.principal(await make.person()) for _ in range(3)]
    told: dict[tuple[int, int], str] = {}
    for fan, which, kind in moves:
        done: Reacted = await make.run(fans[fan], react, app.gate, activities[which], kind)
        if told.get((fan, which)) == kind:
            del told[fan, which]
        else:
            told[fan, which] = kind
        assert done.mine == told.get((fan, which))
        theirs = [k for (_, w), k in told.items() if w == which]
        assert dict(done.counts) == {k: theirs.count(k) for k in set(theirs)}
        assert await counter(database, activities[which]) == (len(theirs), len(theirs))


@pytest.mark.req("AF-6", "AF-14")
async def test_nobody_reacts_to_what_they_may_not_see(app: App, make: Make) -> None:
    teen = await make.person(age_band="13_17", cohort="blue")
    hidden, open_one = await activity_of(make, teen), await activity_of(make, await make.person())
    stranger = await make.principal(await make.person(cohort="green"))
    refused: list[tuple[Principal, UUID, type[Exception]]] = [
        (stranger, hidden, NotFound),
        (stranger, uuid4(), NotFound),
        (await make.principal(await make.child()), open_one, Forbidden),
        (SYSTEM, open_one, Forbidden),
    ]
    for actor, activity, error in refused:
        with pytest.raises(error):
            await make.run(actor, react, app.gate, activity, "like")
    classmate = await make.principal(await make.person(cohort="blue"))
    assert (await make.run(classmate, react, app.gate, hidden, "like")).mine == "like"


@pytest.mark.req("AF-14")
async def test_a_block_ends_reacting_both_ways(app: App, make: Make) -> None:
    one, other = await make.person(), await make.person()
    activity = await activity_of(make, one)
    await make.run(await make.principal(one), block_person, app.gate, other.id)
    with pytest.raises(NotFound):
        await make.run(await make.principal(other), react, app.gate, activity, "like")


@pytest.mark.req("AF-14", "CP-4")
async def test_the_reactions_of_an_erased_person_count_no_more(app: App, make: Make, database: Database) -> None:
    activity = await activity_of(make, await make.person())
    fans = [await make.person() for _ in range(2)]
    for fan in fans:
        await make.run(await make.principal(fan), react, app.gate, activity, "like")
    heard: list[Any] = []
    app.hub.subscribe("activity:global", lambda message: heard.append((message.name, message.payload)))
    await make.erase(fans[0])
    await app.settle()
    assert await counter(database, activity) == (1, 1)
    assert ("activity_reacted", {"activity_id": str(activity), "reactions": {"like": 1}}) in heard
