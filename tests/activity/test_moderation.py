"""Hiding for oneself, reporting to staff, and taking out for everybody: who may, what it changes, and what stays."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from core.activity.hiding import hidden_ids, hide_activity, show_activity
from core.activity.holding import somebody
from core.activity.queries import PUBLIC, latest, page
from core.activity.reacting import react
from core.activity.reporting import decide_reports, remove_activity, report_activity, reported
from core.app import App
from core.errors import Conflict, Forbidden, NotFound
from core.principal import Principal
from data.tables import ActivityReport, AuditRow, EventRow, User
from tests.factories import Make


async def activity_of(make: Make, person: User) -> UUID:
    event_id = (await make.fact(person)).event_id
    assert event_id
    return event_id


async def listed(app: App, viewer: Principal) -> list[UUID]:
    async with app.transactions.read() as db:
        return [item.id for item in (await page(db, viewer, PUBLIC)).items]


@pytest.mark.req("AF-23")
async def test_what_one_hides_is_gone_for_oneself_and_comes_back(app: App, make: Make) -> None:
    owner = await make.person()
    first, second = await activity_of(make, owner), await activity_of(make, owner)
    me, other = [await make.principal(await make.person()) for _ in range(2)]
    for _ in range(2):
        await make.run(me, hide_activity, first)
    assert await listed(app, me) == [second]
    assert await listed(app, other) == [second, first]
    async with app.transactions.read() as db:
        assert await hidden_ids(db, somebody(me)) == [first]
        assert await hidden_ids(db, somebody(other)) == []
    for _ in range(2):
        await make.run(me, show_activity, first)
    assert await listed(app, me) == [second, first]
    async with app.transactions.read() as db:
        told = select(EventRow.properties).where(EventRow.type == "activity_hidden").order_by(EventRow.seq)
        assert [p["hidden"] for p in (await db.execute(told)).scalars()] == [True, False]


@pytest.mark.req("AF-23", "TS-7")
async def test_a_report_waits_for_staff_once_a_person_and_hides_it_from_its_reporter(app: App, make: Make) -> None:
    owner = await make.person()
    activity, spared = await activity_of(make, owner), await activity_of(make, owner)
    fans = [await make.principal(await make.person()) for _ in range(3)]
    staff = await make.principal(await make.person(role="admin"))
    for fan, reason in zip(fans, ("unfair", "unfair", "unkind"), strict=True):
        for _ in range(2):
            await make.run(fan, report_activity, app.gate, activity, reason)
    await make.run(fans[0], report_activity, app.gate, spared, "other")
    assert await listed(app, fans[0]) == []
    async with app.transactions.read() as db:
        waiting = await reported(db, staff)
        with pytest.raises(Forbidden):
            await reported(db, fans[0])
    assert [(one.item.id, dict(one.reasons)) for one in waiting] == [
        (activity, {"unfair": 2, "unkind": 1}),
        (spared, {"other": 1}),
    ]
    assert await make.run(staff, decide_reports, spared, "keep") == 1
    assert await make.run(staff, decide_reports, activity, "remove") == 3
    async with app.transactions.read() as db:
        assert await reported(db, staff) == []
        kept = select(ActivityReport.status, ActivityReport.decided_by).order_by(ActivityReport.status)
        answers = {(status, by) for status, by in await db.execute(kept)}
    assert answers == {("kept", str(staff.id)), ("removed", str(staff.id))}
    assert await listed(app, staff) == [spared]


@pytest.mark.req("AF-23")
async def test_only_its_person_and_staff_remove_it_and_that_is_on_record(app: App, make: Make) -> None:
    owner = await make.person()
    mine, theirs = await activity_of(make, owner), await activity_of(make, owner)
    me, stranger = await make.principal(owner), await make.principal(await make.person())
    staff = await make.principal(await make.person(role="admin"))
    with pytest.raises(Forbidden) as refused:
        await make.run(stranger, remove_activity, mine)
    assert refused.value.details["reason"] == "not_yours"
    with pytest.raises(Conflict):
        await make.run(me, report_activity, app.gate, mine, "other")
    await make.run(me, remove_activity, mine)
    await make.run(staff, remove_activity, theirs)
    assert await listed(app, stranger) == []
    for gone in (mine, theirs, uuid4()):
        for who in (me, staff, stranger):
            with pytest.raises(NotFound):
                await make.run(who, remove_activity, gone)
        with pytest.raises(NotFound):
            await make.run(stranger, react, app.gate, gone, "like")
        with pytest.raises(NotFound):
            await make.run(stranger, hide_activity, gone)
    async with app.transactions.read() as db:
        record = select(AuditRow.actor_id, AuditRow.reason).where(AuditRow.action == "remove_activity")
        assert {(a, r) for a, r in await db.execute(record)} == {(owner.id, "owner"), (staff.id, "staff")}


@pytest.mark.req("AF-6", "AF-23")
async def test_what_one_may_not_see_can_be_neither_hidden_nor_reported(app: App, make: Make) -> None:
    teen = await make.person(age_band="13_17", cohort="blue")
    hidden = await activity_of(make, teen)
    stranger = await make.principal(await make.person(cohort="green"))
    for command in (hide_activity, remove_activity):
        with pytest.raises(NotFound):
            await make.run(stranger, command, hidden)
    with pytest.raises(NotFound):
        await make.run(stranger, report_activity, app.gate, hidden, "other")
    staff = replace(stranger, scopes=stranger.scopes | {"activity:moderate"})
    await make.run(staff, remove_activity, hidden)
    async with app.transactions.read() as db:
        assert await latest(db, PUBLIC) == []


@pytest.mark.req("AF-14", "AF-23")
async def test_reactions_and_a_removal_at_once_leave_nothing_half(app: App, make: Make) -> None:
    owner = await make.person()
    activity, me = await activity_of(make, owner), await make.principal(owner)
    fans = [await make.principal(await make.person()) for _ in range(6)]
    moves = [make.run(fan, react, app.gate, activity, "like") for fan in fans]
    answers = await asyncio.gather(*moves, make.run(me, remove_activity, activity), return_exceptions=True)
    assert all(not isinstance(a, BaseException) or isinstance(a, NotFound) for a in answers), answers
    assert not isinstance(answers[-1], BaseException)
    assert await listed(app, me) == []
