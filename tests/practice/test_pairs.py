"""Practising together: who may ask whom, every answer, and the joint result."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from core.errors import TandemError
from core.practice.catalogue import what_of
from core.practice.commands import Result, complete_practice, end_gone, give_up_practice
from core.practice.live import SessionLive
from core.practice.pairs import OPEN_FOR, answer, end_unanswered, invite, runs_of
from core.principal import SYSTEM, Principal
from data.tables import CoPractice, PracticeRun, User
from tests.accounts.people_kit import facts, facts_of
from tests.factories import Make

ALGEBRA = what_of("math", "algebra")


async def two(make: Make, **given: Any) -> tuple[User, User, Principal, Principal]:
    ada, leo = await make.person(cohort="blue", **given), await make.person(cohort="blue", **given)
    return ada, leo, await make.principal(ada), await make.principal(leo)


async def ask(app: App, make: Make, who: Principal, whom: UUID | None) -> CoPractice:
    pair: CoPractice = await make.run(who, invite, app.gate, whom, ALGEBRA)
    return pair


async def together(app: App, make: Make, ada: Principal, leo: Principal) -> tuple[CoPractice, list[PracticeRun]]:
    pair = await ask(app, make, ada, leo.id)
    pair = await make.run(leo, answer, app.gate, pair.id, True)
    return pair, await make.run(SYSTEM, runs_of, pair.id)


async def state_of(app: App, session_id: UUID) -> Any:
    async with app.transactions.read() as db:
        return await SessionLive().snapshot(db, {"session_id": str(session_id)})


@pytest.mark.req("SB-9")
async def test_both_finish_and_have_a_joint_result_that_is_an_activity_of_each(app: App, make: Make) -> None:
    ada, leo, me, him = await two(make)
    pair, runs = await together(app, make, me, him)
    assert pair.status == "live"
    assert [(run.seat, run.user_id, run.status) for run in runs] == [(0, ada.id, "live"), (1, leo.id, "live")]
    state = await state_of(app, pair.id)
    assert state.people == {ada.id, leo.id}
    assert str(ada.id) not in str(SessionLive().wire(state)), "a state names nobody"
    await make.run(him, complete_practice, Result(score=80), run_id=runs[1].id)
    assert not await facts(app.transactions, "co_practice_completed"), "one of them is still at it"
    await make.run(me, complete_practice, Result(score=95.5), what=ALGEBRA)
    joint = await facts(app.transactions, "co_practice_completed")
    assert [(fact.user_id, dict(fact.properties)) for fact in joint] == [
        (ada.id, {"score": 87.75}), (leo.id, {"score": 87.75}),
    ]  # fmt: skip
    last = (await facts(app.transactions, "co_practice_changed"))[-1]
    assert (last.event.status, last.event.score) == ("completed", 87.75)  # type: ignore[attr-defined]


@pytest.mark.req("SB-9")
async def test_both_finish_in_the_same_moment_and_the_result_is_told_once(app: App, make: Make) -> None:
    for _ in range(3):
        _, _, me, him = await two(make)
        _, runs = await together(app, make, me, him)
        done = [
            make.run(who, complete_practice, Result(score=90), run_id=run.id)
            for who, run in zip((me, him), runs, strict=True)
        ]
        await asyncio.gather(*done)
        mine = await facts_of(app.transactions, me.id or uuid4())
        assert [fact.type for fact in mine].count("co_practice_completed") == 1


@pytest.mark.req("SB-9")
async def test_one_gives_up_and_there_is_no_joint_result(app: App, make: Make) -> None:
    _, _, me, him = await two(make)
    pair, runs = await together(app, make, me, him)
    await make.run(me, give_up_practice, runs[0].id)
    assert (await state_of(app, pair.id)).runs[0].reason == "given_up"
    await make.run(him, complete_practice, Result(score=90), run_id=runs[1].id)
    assert not await facts(app.transactions, "co_practice_completed")
    assert (await facts(app.transactions, "co_practice_changed"))[-1].event.status == "ended"  # type: ignore[attr-defined]


@pytest.mark.req("SB-9")
@pytest.mark.parametrize("first", [True, False])
async def test_one_loses_the_line_and_finishes_all_the_same(app: App, make: Make, first: bool) -> None:
    _, _, me, him = await two(make)
    pair, runs = await together(app, make, me, him)
    await make.run(SYSTEM, end_gone, runs[0].id)
    for who, run in ((me, runs[0]), (him, runs[1])) if first else ((him, runs[1]), (me, runs[0])):
        await make.run(who, complete_practice, Result(score=90), run_id=run.id)
    told = [fact.event.status for fact in await facts(app.transactions, "co_practice_changed")]  # type: ignore[attr-defined]
    assert told[-1] == "completed"
    mine = await facts_of(app.transactions, me.id or uuid4())
    assert [fact.type for fact in mine].count("co_practice_completed") == 1
    assert (await state_of(app, pair.id)).runs[0].status == "completed"


async def refused(what: Any) -> str:
    with pytest.raises(TandemError) as found:
        await what
    return str(found.value.body()["error"]["type"])


@pytest.mark.req("SB-9", "CO-11")
async def test_who_may_ask_whom(app: App, make: Make) -> None:
    _, leo, me, _ = await two(make)
    stranger, friend, blocked = await make.person(), await make.person(), await make.person(cohort="blue")
    await make.friends(await _user(app, me), friend)
    await make.block(blocked, await _user(app, me))
    child, teen = await make.child(cohort="blue"), await make.person(age_band="13_17", cohort="blue")
    far = await make.person(age_band="13_17", cohort="green")
    allowed = [leo.id, friend.id, teen.id]
    for user_id in allowed:
        assert (await ask(app, make, me, user_id)).status == "invited"
    nobody: list[UUID | None] = [stranger.id, blocked.id, child.id, far.id, me.id, uuid4()]
    for unknown in nobody:
        assert await refused(ask(app, make, me, unknown)) == "not_found"
    assert await refused(ask(app, make, await make.principal(child), leo.id)) == "coppa_no_consent"


async def _user(app: App, who: Principal) -> User:
    async with app.transactions.read() as db:
        return await db.get_one(User, who.id)


@pytest.mark.req("SB-9")
async def test_every_answer_at_the_wrong_time_is_clear(app: App, make: Make, clock: FakeClock) -> None:
    _, leo, me, him = await two(make)
    other = await make.principal(await make.person(cohort="blue"))
    pair = await ask(app, make, me, leo.id)
    assert (await ask(app, make, me, leo.id)).id == pair.id, "asked twice is asked once"

    def say(who: Principal, yes: bool, which: UUID = pair.id) -> Any:
        return make.run(who, answer, app.gate, which, yes)

    assert await refused(say(me, True)) == "not_yours_to_answer"
    assert await refused(say(other, True)) == "unknown_practice"
    assert await refused(say(him, True, uuid4())) == "unknown_practice"
    clock.advance(OPEN_FOR.total_seconds() + 1)
    assert await refused(say(him, True)) == "expired"
    assert await make.run(SYSTEM, end_unanswered) == 1
    assert await refused(say(him, True)) == "already_declined"
    fresh = await ask(app, make, me, leo.id)
    await say(him, True, fresh.id)
    assert await refused(say(him, True, fresh.id)) == "already_live"
    third = await ask(app, make, me, leo.id)
    assert (await say(me, False, third.id)).status == "declined", "who asked may take it back"


@pytest.mark.req("SB-9")
async def test_a_block_between_question_and_answer_ends_it(app: App, make: Make) -> None:
    ada, leo, me, him = await two(make)
    pair = await ask(app, make, me, leo.id)
    await make.block(ada, leo)
    assert await refused(make.run(him, answer, app.gate, pair.id, True)) == "not_found"


@pytest.mark.req("SB-9", "CP-4")
async def test_one_is_forgotten_while_they_practise(app: App, make: Make) -> None:
    ada, _, me, him = await two(make)
    pair, runs = await together(app, make, me, him)
    await make.erase(ada)
    done = await make.run(him, complete_practice, Result(score=90), run_id=runs[1].id)
    assert done.status == "completed"
    assert len((await state_of(app, pair.id)).runs) == 2
