"""Every answer to a nudge, at every moment, by everybody; and what stands in the queue of it, live."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from core.errors import TandemError
from core.nudges.commands import accept, expire, ignore, mute, show
from core.nudges.live import Notifications, unread
from core.nudges.queries import mutes_of, wishes_of
from core.nudges.queue import Notice, add_notices, open_notification, see
from core.principal import SYSTEM
from data.tables import User
from tests.factories import Make
from tests.nudges.kit import all_notes_of, given, here, look, notes_of, nudges_of, two_friends


async def refused(what: Any) -> str:
    with pytest.raises(TandemError) as found:
        await what
    return str(found.value.body()["error"]["type"])


@pytest.mark.req("ND-8", "ND-1")
async def test_accepting_leads_to_the_friend_and_is_kept(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    me = await make.principal(ada)
    together = await make.run(me, accept, (await given(app, leo, ada)).id)
    assert (together.status, together.href) == ("accepted", f"/practice/co-session?with={leo.id}&skill=algebra")
    room = await make.run(me, accept, (await given(app, leo, ada, skill=None)).id)
    assert room.href == "/subjects/math"
    streak = await make.run(me, accept, (await given(app, ada, ada, "streak_rescue", subject=None, skill=None)).id)
    assert streak.href == "/practice"
    challenge = await make.run(me, accept, (await given(app, leo, ada, "challenge", score=85)).id)
    assert challenge.href == "/practice?subject=math&skill=algebra"
    rows = await nudges_of(app, ada)
    assert {row.status for row in rows} == {"accepted"}
    assert all(row.answered_at and row.shown_at for row in rows)


@pytest.mark.req("ND-8", "ND-12", "ND-13")
async def test_every_answer_at_the_wrong_time_is_clear(app: App, make: Make, clock: FakeClock) -> None:
    leo, ada = await two_friends(make)
    me, him = await make.principal(ada), await make.principal(leo)
    nudge = await given(app, leo, ada)
    assert await refused(make.run(him, accept, nudge.id)) == "not_found", "it is not his"
    assert await refused(make.run(me, accept, uuid4())) == "not_found"
    await make.run(me, accept, nudge.id)
    assert await refused(make.run(me, accept, nudge.id)) == "already_accepted"
    assert await refused(make.run(me, ignore, nudge.id)) == "already_accepted"
    late = await given(app, leo, ada)
    clock.advance(3600)
    assert await refused(make.run(me, accept, late.id)) == "expired", "though nobody has cleaned up yet"
    assert await make.run(SYSTEM, expire) == 1
    assert await make.run(SYSTEM, expire) == 0
    assert await refused(make.run(me, accept, late.id)) == "expired"
    assert [row.status for row in await nudges_of(app, ada)] == ["accepted", "expired"]
    third = await given(app, leo, ada)
    await make.block(leo, ada)
    assert await refused(make.run(me, accept, third.id)) == "not_found", "of who blocks one there is nothing"


@pytest.mark.req("ND-8")
async def test_of_two_answers_at_once_one_counts(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    me, nudge = await make.principal(ada), await given(app, leo, ada)
    answers = [make.run(me, command, nudge.id) for command in (accept, ignore, accept, accept)]
    done = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1


@pytest.mark.req("ND-8", "ND-11")
async def test_muting_a_friend_or_a_kind_answers_and_is_told_to_nobody(app: App, make: Make, clock: FakeClock) -> None:
    leo, ada = await two_friends(make)
    me, nudge = await make.principal(ada), await given(app, leo, ada)
    assert (await make.run(me, mute, nudge.id, "friend")).status == "ignored"
    async with app.transactions.read() as db:
        assert [who.name for _, who in await mutes_of(db, ada.id, clock.now())] == [leo.username]
    assert not await notes_of(app, leo)
    assert {note.kind for note in await all_notes_of(app, leo)} <= {"friend_accepted"}
    clock.advance(3 * 3600)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    assert await look(app) == 0
    clock.advance(7 * 24 * 3600)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    assert await look(app) == 1, "a week later it is over"
    await make.run(me, mute, (await nudges_of(app, ada))[-1].id, "kind")
    async with app.transactions.read() as db:
        wishes = await wishes_of(db, ada.id, clock.now(), posted=True)
    assert wishes is not None
    assert "friend_online" not in wishes.may.app | wishes.may.mail
    own = await given(app, ada, ada, "streak_rescue")
    assert await refused(make.run(me, mute, own.id, "friend")) == "your_own"


async def queue(app: App, person: User) -> Any:
    async with app.transactions.read() as db:
        return await Notifications().snapshot(db, {"user_id": str(person.id)})


@pytest.mark.req("ND-15")
async def test_a_queue_is_ordered_holds_nothing_twice_and_knows_what_was_seen(app: App, make: Make) -> None:
    ada = await make.person()
    me = await make.principal(ada)

    async def put(key: str) -> int:
        notice = Notice(user_id=ada.id, cohort_id=None, kind="badge", key=key, name="Early Bird")
        made: int = await make.run(SYSTEM, add_notices, [notice])
        return made

    made = await asyncio.gather(*(put(key) for key in ("a", "b", "a", "c", "b", "a")))
    assert sum(made) == 3
    state = await queue(app, ada)
    assert [item.seq for item in state] == sorted((item.seq for item in state), reverse=True)
    assert unread(state) == 3
    assert await make.run(me, see, state[1].seq) == 2
    assert [item.seen for item in await queue(app, ada)] == [False, True, True]
    await make.run(me, open_notification, state[0].id)
    after = await queue(app, ada)
    assert (unread(after), [item.opened for item in after]) == (0, [True, False, False])
    assert (
        await refused(make.run(await make.principal(await make.person()), open_notification, state[0].id))
        == "not_found"
    )
    assert await make.run(me, see, 2**63) == 0


@pytest.mark.req("ND-16")
async def test_shown_counts_once(app: App, make: Make, clock: FakeClock) -> None:
    leo, ada = await two_friends(make)
    me, nudge = await make.principal(ada), await given(app, leo, ada)
    await make.run(me, show, nudge.id)
    clock.advance(60)
    await make.run(me, show, nudge.id)
    assert (await nudges_of(app, ada))[0].shown_at == nudge.inserted_at
