"""Who hears of whom: friends who are online, within caps, hours and cooldowns, and nobody who is not to be seen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.accounts.visibility import appear_offline
from core.app import App
from core.clock import FakeClock
from core.nudges.choosing import Choices, choose_nudges
from core.nudges.commands import ignore, mute_friend
from core.nudges.sending import EXPIRES, detect
from core.practice.catalogue import what_of
from core.practice.commands import start_practice
from core.principal import SYSTEM
from core.settings import Settings
from tests.factories import Make
from tests.nudges.kit import counted, gone, here, look, notes_of, nudges_of, two_friends


@pytest.mark.req("ND-1", "ND-2", "ND-7", "BG-32")
async def test_a_friend_who_practises_is_told_of_with_their_subject_for_an_hour(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    await here(app, leo, skill="algebra")
    await here(app, ada, subject="reading")
    assert await look(app) == 1
    (nudge,) = await nudges_of(app, ada)
    assert (nudge.sender_id, nudge.nudge_type, nudge.status) == (leo.id, "friend_online", "pending")
    assert (nudge.subject_id, nudge.details, nudge.delivery) == ("math", {"skill": "algebra"}, "live")
    assert nudge.expires_at == nudge.inserted_at + EXPIRES == app.clock.now() + timedelta(hours=1)
    (note,) = await notes_of(app, ada)
    assert (note.kind, note.about_id, note.nudge_id) == ("friend_online", leo.id, nudge.id)
    assert note.seq, "its place is that of its fact"
    assert not await nudges_of(app, leo), "nobody hears of who only is there while they practise themselves"


@pytest.mark.req("ND-2", "ND-7", "AF-17")
async def test_who_begins_to_practise_is_told_of_at_once(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    await here(app, ada, subject="math")
    await make.run(await make.principal(leo), start_practice, app.gate, what_of("math", "algebra"))
    await app.settle()
    (nudge,) = await nudges_of(app, ada)
    assert (nudge.sender_id, nudge.subject_id, nudge.details) == (leo.id, "math", {"skill": "algebra"})


@pytest.mark.req("ND-3")
async def test_the_same_friend_again_only_after_an_hour(app: App, make: Make, clock: FakeClock) -> None:
    leo, ada = await two_friends(make)
    for wait, made in ((0, 1), (60, 0), (3539, 0), (1, 1)):
        clock.advance(wait)
        await here(app, leo, skill="algebra")
        await here(app, ada, subject=None)
        assert await look(app) == made, wait


@pytest.mark.req("ND-5", "BG-30")
async def test_at_most_one_an_hour_and_three_a_day_over_all_senders(app: App, make: Make, clock: FakeClock) -> None:
    clock.set(datetime(2026, 3, 2, 7, 30, tzinfo=UTC))
    ada = await make.person(cohort="blue")
    friends = [await make.person(cohort="blue") for _ in range(6)]
    for friend in friends:
        await make.friends(friend, ada)
    made = []
    for _ in range(13):
        await here(app, *friends, skill="algebra")
        await here(app, ada, subject=None)
        made.append(await look(app))
        assert await look(app) == 0
        clock.advance(3600)
    assert made == [1, 1, 1, *[0] * 10]
    nudges = await nudges_of(app, ada)
    assert len({n.sender_id for n in nudges}) == 3, "not the same friend each time"


@pytest.mark.req("ND-5")
async def test_two_who_look_at_the_same_moment_send_one(app: App, make: Make) -> None:
    ada = await make.person(cohort="blue")
    friends = [await make.person(cohort="blue") for _ in range(4)]
    for friend in friends:
        await make.friends(friend, ada)
    await here(app, *friends, skill="algebra")
    await here(app, ada)
    assert sum(await asyncio.gather(*(look(app) for _ in range(4)))) == 1


@pytest.mark.req("ND-5")
async def test_nothing_in_quiet_hours_of_the_recipients_own_clock(app: App, make: Make, clock: FakeClock) -> None:
    leo, ada = await two_friends(make, timezone="America/New_York")
    for hour, made in ((1, 1), (2, 0), (3, 0), (11, 0), (12, 1)):
        clock.set(datetime(2026, 3, 3, hour, 30, tzinfo=UTC))
        await here(app, leo, skill="algebra")
        await here(app, ada)
        assert await look(app) == made, f"{hour}:30 UTC is {(hour - 5) % 24}:30 there"


PLACES: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"subject": "math"}, "live"),
    ({"subject": "reading"}, "live"),
    ({"subject": None}, "live"),
    ({"subject": None, "status": "away"}, "live"),
    ({"subject": "math", "skill": "geometry"}, None),
    ({"subject": "math", "status": "in_quiz"}, None),
)


@pytest.mark.req("ND-4", "BG-29")
async def test_what_the_recipient_does_decides_whether_it_comes(app: App, make: Make) -> None:
    for number, (place, way) in enumerate(PLACES):
        leo = await make.person(cohort=f"class {number}")
        ada = await make.person(cohort=f"class {number}")
        await make.friends(leo, ada)
        await here(app, ada, **place)
        await here(app, leo, skill="algebra")
        await look(app)
        assert [n.delivery for n in await nudges_of(app, ada)] == ([way] if way else []), place
        await gone(app, leo, ada)


@pytest.mark.req("ND-4", "ND-10", "BG-29")
async def test_who_is_offline_hears_by_mail_if_they_can_and_want(app: App, make: Make, clock: FakeClock) -> None:
    leo, ada = await two_friends(make)
    await here(app, leo, skill="algebra")
    assert await look(app) == 0, "no address is known: there is no way to reach her"
    await make.run(await make.principal(ada), choose_nudges, Choices(email="ada@example.org"))
    assert await look(app) == 1
    assert [n.delivery for n in await nudges_of(app, ada)] == ["mail"]
    clock.advance(3601)
    await here(app, leo, skill="algebra")
    await make.run(await make.principal(ada), choose_nudges, Choices(mail={"friend_online": False}))
    assert await look(app) == 0


class TestConfigured:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, nudge_ways=("same_subject=none", "practising=live"))

    @pytest.mark.req("ND-4")
    async def test_by_which_way_is_the_deployments_choice(self, app: App, make: Make) -> None:
        leo, ada = await two_friends(make)
        await here(app, leo, skill="algebra")
        await here(app, ada, subject="math")
        await look(app)
        assert not await nudges_of(app, ada)
        await here(app, ada, subject="math", skill="geometry")
        await look(app)
        assert [n.delivery for n in await nudges_of(app, ada)] == ["live"]


@pytest.mark.req("ND-13", "ND-8")
async def test_only_friends_who_may_see_each_other(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    mate = await make.person(cohort="blue")
    blocked, muted = await make.person(cohort="blue"), await make.person(cohort="blue")
    for friend in (blocked, muted):
        await make.friends(friend, ada)
    await make.block(blocked, ada)
    await make.run(await make.principal(ada), mute_friend, muted.id)
    await here(app, mate, blocked, muted, skill="algebra")
    await here(app, ada)
    assert await look(app) == 0
    await here(app, leo, skill="algebra")
    assert await look(app) == 1


@pytest.mark.req("ND-13")
async def test_who_appears_offline_is_never_given_away(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    await make.run(await make.principal(leo), appear_offline, True)
    await app.settle()
    assert await look(app) == 0
    await make.run(await make.principal(leo), start_practice, app.gate, what_of("math", "algebra"))
    await app.settle()
    assert not await nudges_of(app, ada)
    await make.run(await make.principal(leo), appear_offline, False)
    assert await look(app) == 1
    await make.run(await make.principal(leo), appear_offline, True)
    await app.settle()
    assert [n.status for n in await nudges_of(app, ada)] == ["expired"]
    assert not await notes_of(app, ada), "what told of him is taken back"


@pytest.mark.req("ND-13", "CP-8")
async def test_minors_need_consent_and_stay_in_their_cohort(app: App, make: Make) -> None:
    kim = await make.child("social_visibility", cohort="blue")
    max_, far = await make.child("social_visibility", cohort="blue"), await make.person(cohort="green")
    await make.friends(kim, max_)
    await here(app, kim, far, skill="algebra")
    await here(app, max_)
    assert await look(app) == 1
    await make.consent(kim, "social_visibility", given=False)
    await app.settle()
    assert [n.status for n in await nudges_of(app, max_)] == ["expired"]
    assert not await notes_of(app, max_)
    app.clock.advance(3601)  # type: ignore[attr-defined]
    await here(app, kim, skill="algebra")
    await here(app, max_)
    assert await look(app) == 0


@pytest.mark.req("ND-13")
async def test_a_block_or_the_end_of_a_friendship_takes_back_what_is_there(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    await look(app)
    await make.block(ada, leo)
    await app.settle()
    assert [n.status for n in await nudges_of(app, ada)] == ["expired"]
    assert not await notes_of(app, ada)


@pytest.mark.req("ND-13", "CP-4")
async def test_who_is_erased_is_in_nobodys_queue(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    await look(app)
    await make.erase(leo)
    await app.settle()
    assert not await nudges_of(app, ada)
    assert not await notes_of(app, ada)


async def test_not_now_is_final_for_the_day(app: App, make: Make, clock: FakeClock) -> None:
    clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    leo, ada = await two_friends(make)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    await look(app)
    (nudge,) = await nudges_of(app, ada)
    await make.run(await make.principal(ada), ignore, nudge.id)
    for _ in range(3):
        clock.advance(4000)
        await here(app, leo, skill="algebra")
        await here(app, ada)
        assert await look(app) == 0
    clock.advance(24 * 3600)
    await here(app, leo, skill="algebra")
    await here(app, ada)
    assert await look(app) == 1


@pytest.mark.req("ND-6", "BG-31")
async def test_a_run_asks_as_often_whoever_is_there(app: App, make: Make) -> None:
    asked = []
    for circle in range(3):
        ada = await make.person(cohort="blue")
        friends = [await make.person(cohort="blue") for _ in range(1 + 4 * circle)]
        for friend in friends:
            await make.friends(friend, ada)
        await here(app, *friends, skill="algebra")
        await here(app, ada)
        async with app.transactions(SYSTEM) as tx, counted(tx) as said:
            assert await detect(tx, app.nudging) == 1
        asked.append(len(said))
        assert sum("FROM presence_sessions" in text for text in said) == 1
        assert sum("FROM nudges" in text for text in said) == 1
        await gone(app, ada, *friends)
    assert asked[0] == asked[1] == asked[2] <= 10, asked
