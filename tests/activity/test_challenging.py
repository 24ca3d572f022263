"""A challenge back: to whom, how often, and who hears of it; what readers do in a feed."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from core.activity.challenging import challenge_back, challenged_by
from core.activity.engagement import record_engagement
from core.app import App
from core.clock import FakeClock
from core.errors import Conflict, Forbidden, NotFound, RateLimited
from data.tables import EventRow, User
from tests.factories import Make


async def facts(app: App, type: str) -> list[dict[str, object]]:
    async with app.transactions.read() as db:
        wanted = select(EventRow.properties).where(EventRow.type == type).order_by(EventRow.seq)
        return list((await db.execute(wanted)).scalars())


async def done(make: Make, person: User, type: str = "practice_completed") -> UUID:
    event_id = (await make.fact(person, type)).event_id
    assert event_id
    return event_id


@pytest.mark.req("AF-16")
async def test_others_results_are_answered_once_and_not_in_a_row(app: App, make: Make, clock: FakeClock) -> None:
    owner, fan = await make.person(), await make.person()
    first, second = await done(make, owner), await done(make, owner, "challenge_won")
    level, me = await done(make, owner, "level_up"), await make.principal(fan)
    row = await make.run(me, challenge_back, app.gate, first)
    assert (row.user_id, row.skill) == (owner.id, "algebra")
    with pytest.raises(Conflict):
        await make.run(me, challenge_back, app.gate, first)
    with pytest.raises(RateLimited):
        await make.run(me, challenge_back, app.gate, second)
    with pytest.raises(Conflict):
        await make.run(me, challenge_back, app.gate, level)
    with pytest.raises(Conflict):
        await make.run(await make.principal(owner), challenge_back, app.gate, first)
    clock.advance(601)
    await make.run(me, challenge_back, app.gate, second)
    told = await facts(app, "challenge_initiated")
    assert told == [{"activity_id": str(id), "target_user_id": str(owner.id)} for id in (first, second)]
    async with app.transactions.read() as db:
        assert set(await challenged_by(db, fan.id, [first, second, level])) == {first, second}


@pytest.mark.req("AF-16")
async def test_two_devices_at_once_make_one_challenge(app: App, make: Make) -> None:
    activity, me = await done(make, await make.person()), await make.principal(await make.person())
    sent = [make.run(me, challenge_back, app.gate, activity) for _ in range(5)]
    answers = await asyncio.gather(*sent, return_exceptions=True)
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert len(await facts(app, "challenge_initiated")) == 1


@pytest.mark.req("AF-16", "CP-12")
async def test_a_challenge_goes_no_further_than_both_may_be_seen(app: App, make: Make) -> None:
    teen, mate = [await make.person(age_band="13_17", cohort="blue") for _ in range(2)]
    outside, blocked = await make.person(), await make.person(cohort="blue")
    me = await make.principal(teen)
    await make.run(me, challenge_back, app.gate, await done(make, mate))
    with pytest.raises(Forbidden) as refused:
        await make.run(me, challenge_back, app.gate, await done(make, outside))
    assert refused.value.details["reason"] == "outside_cohort"
    activity = await done(make, blocked)
    await make.block(blocked, teen)
    with pytest.raises(NotFound):
        await make.run(await make.principal(teen), challenge_back, app.gate, activity)
    child = await make.child(cohort="blue")
    with pytest.raises(Forbidden):
        await make.run(await make.principal(child), challenge_back, app.gate, await done(make, mate))


@pytest.mark.req("AF-19")
async def test_what_is_seen_counts_unless_it_is_ones_own_private_or_out_of_sight(app: App, make: Make) -> None:
    person, reader = await make.person(), await make.person()
    teen, child = await make.person(age_band="13_17", cohort="blue"), await make.child(cohort="blue")
    seen, own = await done(make, person), await done(make, reader)
    unseen = [await done(make, teen), await done(make, child)]
    me = await make.principal(reader)
    given = [seen, own, *unseen, seen]
    clicks = [("menu", seen), ("filter", None), ("menu", own), ("x", None)]
    assert await make.run(me, record_engagement, given, clicks) == (1, 2)
    assert await facts(app, "feed_viewed") == [{"activity_ids": [str(seen)]}]
    assert await facts(app, "feed_clicked") == [{"target": "menu", "activity_id": str(seen)}, {"target": "filter"}]
    assert await make.run(me, record_engagement, [own], []) == (0, 0)
    assert len(await facts(app, "feed_viewed")) == 1
