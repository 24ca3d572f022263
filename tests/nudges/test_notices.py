"""What else comes into a queue, and reminders of streaks that end today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.activity.challenging import challenge_back
from core.app import App
from core.clock import FakeClock
from core.nudges.choosing import Choices, choose_nudges
from core.nudges.cohort_challenges import remind
from core.nudges.rescuing import rescue
from core.principal import SYSTEM
from core.settings import Settings
from core.social.challenges import challenge_cohort, close_due, join_challenge
from data.tables import User
from tests.factories import Make
from tests.nudges.kit import all_notes_of, gone, here, nudges_of, two_friends


async def kinds(app: App, person: User) -> list[str]:
    return [note.kind for note in await all_notes_of(app, person)]


@pytest.mark.req("ND-1", "ND-5", "ND-13")
async def test_a_friends_challenge_is_a_nudge_while_one_more_may_come(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    stranger = await make.person(cohort="blue")
    await here(app, ada)
    for who in (leo, stranger):
        done = await make.fact(ada)
        await make.run(await make.principal(who), challenge_back, app.gate, done.event_id)
        await app.settle()
    (nudge,) = await nudges_of(app, ada)
    assert (nudge.nudge_type, nudge.sender_id, nudge.details) == (
        "challenge",
        leo.id,
        {"skill": "algebra", "score": 85},
    )
    assert (await kinds(app, ada))[-1] == "challenge_back", "of who is no friend it waits without a word"
    again = await make.fact(ada)
    app.clock.advance(660)  # type: ignore[attr-defined]
    await make.run(await make.principal(leo), challenge_back, app.gate, again.event_id)
    await app.settle()
    assert len(await nudges_of(app, ada)) == 1, "one an hour, whatever they are"


@pytest.mark.req("ND-5", "ND-6", "CO-7")
async def test_a_cohorts_challenge_is_told_when_it_starts_ends_soon_and_is_over(
    app: App, make: Make, clock: FakeClock
) -> None:
    leo, ada, ben, eve, zoe = [await make.person(cohort="blue") for _ in range(5)]
    await make.block(leo, eve)
    await make.run(await make.principal(zoe), choose_nudges, Choices(app={"challenge": False}))
    await app.settle()
    await here(app, ada)
    made = await make.run(await make.principal(leo), challenge_cohort, app.gate, "algebra")
    await app.settle()

    async def stages(person: User) -> list[tuple[str, bool]]:
        return [(one.details["stage"], one.sender_id == person.id) for one in await nudges_of(app, person)]

    assert await stages(ada) == await stages(ben) == [("starts", False)]
    assert await stages(leo) == await stages(eve) == await stages(zoe) == []
    assert [one.data["stage"] for one in await all_notes_of(app, ada) if one.nudge_id] == ["starts"]
    for person in (ada, ben):
        await make.run(await make.principal(person), join_challenge, app.gate, made.challenge_id)
    clock.advance(3600)
    for person, score in ((ada, 90), (leo, 70)):
        await make.fact(person, properties={"score": score})
    await app.settle()
    clock.advance(21 * 3600 - 60)
    assert await app.transactions.run(SYSTEM, remind) == 0, "it is not time yet"
    clock.advance(120)
    assert await app.transactions.run(SYSTEM, remind) == 1, "of who has a result there is nothing to remind"
    assert await app.transactions.run(SYSTEM, remind) == 0, "once"
    assert (await stages(ben))[1:] == [("ends", True)]
    clock.advance(2 * 3600)
    assert await app.transactions.run(SYSTEM, close_due) == 1
    await app.settle()
    assert (await stages(ada))[1:] == [("won", True)]
    assert await stages(leo) == [("over", False)]
    assert len(await stages(ben)) == 2, "who had no result hears no more of it"


@pytest.mark.req("ND-15")
async def test_cheers_requests_and_answers_stand_in_the_queue_once(app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    assert await kinds(app, ada) == ["friend_request"]
    assert await kinds(app, leo) == ["friend_accepted"]
    done = await make.fact(ada)
    stranger = await make.person()
    for who in (stranger, leo, leo, leo):
        await make.reaction(who, done.event_id)
    await app.settle()
    cheers = [note for note in await all_notes_of(app, ada) if note.kind == "cheer"]
    assert [(cheer.about_id, cheer.skill) for cheer in cheers] == [(leo.id, "algebra")]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, rewards="on")


async def streak(make: Make, clock: FakeClock, person: User, days: int) -> None:
    """So many days in a row up to yesterday, each at noon."""
    now = clock.now()
    for ago in range(days, 0, -1):
        clock.set(now - timedelta(days=ago))
        await make.fact(person, at=clock.now() - timedelta(seconds=1))
    clock.set(now)


@pytest.mark.req("ND-14")
async def test_a_streak_that_ends_today_is_told_of_once_in_time(app: App, make: Make, clock: FakeClock) -> None:
    clock.set(datetime(2026, 3, 12, 12, 0, tzinfo=UTC))
    ada, free = await make.person(), await make.person()
    await make.run(await make.principal(ada), choose_nudges, Choices(quiet=False))
    # A week's freeze is used up by a day missed before; without that, today may be missed too.
    await streak_with_a_gap(make, clock, ada)
    await streak(make, clock, free, 3)
    await app.settle()
    told = []
    for hour, minute in ((20, 50), (21, 0), (21, 5), (23, 0)):
        clock.set(datetime(2026, 3, 12, hour, minute, tzinfo=UTC))
        told.append(await make.run(SYSTEM, rescue, app.nudging))
    assert told == [0, 1, 0, 0]
    (nudge,) = await nudges_of(app, ada)
    assert nudge.nudge_type == "streak_rescue"
    assert nudge.expires_at == datetime(2026, 3, 13, tzinfo=UTC)
    assert not await nudges_of(app, free)


async def streak_with_a_gap(make: Make, clock: FakeClock, person: User) -> None:
    """Monday and Wednesday: the week's freeze went on Tuesday."""
    now = clock.now()
    for day in (9, 11):
        clock.set(datetime(2026, 3, day, 12, 0, tzinfo=UTC))
        await make.fact(person, at=clock.now() - timedelta(seconds=1))
    clock.set(now)


@pytest.mark.req("ND-14", "ND-5")
async def test_quiet_hours_bring_the_reminder_forward(app: App, make: Make, clock: FakeClock) -> None:
    clock.set(datetime(2026, 3, 12, 12, 0, tzinfo=UTC))
    ada = await make.person()
    await streak_with_a_gap(make, clock, ada)
    await app.settle()
    await here(app, ada, subject=None)
    told = []
    for hour, minute in ((20, 30), (20, 50), (21, 10)):
        clock.set(datetime(2026, 3, 12, hour, minute, tzinfo=UTC))
        told.append(await make.run(SYSTEM, rescue, app.nudging))
    assert told == [0, 1, 0]
    await gone(app, ada)
