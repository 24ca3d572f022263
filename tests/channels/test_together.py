"""What a crowd shares: one welcome for all who came meanwhile, and memory that is given back once they are here."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.event import listen

from core.app import App
from core.social.friendships import block_person
from core.web.channels.leftovers import CROWD, QUIET, Leftovers
from tests.channels.conftest import Connect
from tests.factories import Make

WELCOME = ("cohort_info", "activity_feed", "leaderboards")
CLASS = 12


@pytest.mark.req("CO-1", "RT-10")
async def test_a_class_that_comes_at_once_is_welcomed_together(app: App, make: Make, enter: Connect) -> None:
    people = [await make.person(cohort="blue") for _ in range(CLASS)]
    await make.fact(people[0], "practice_completed", properties={"score": 60})
    topic = f"cohort:{people[0].cohort_id}"
    clients = [await enter(person) for person in people]
    asked: list[str] = []
    listen(app.database.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    channels = await asyncio.gather(*(client.join(topic) for client in clients))
    heard: list[dict[str, Any]] = []
    for channel in channels:
        told = [await channel.client.until(lambda m: m.event in WELCOME) for _ in WELCOME]
        assert [one.event for one in told] == list(WELCOME)
        assert len(told[1].payload["activities"]) == 1
        heard.append(told[0].payload)
    assert {one["total_members"] for one in heard} == {CLASS}
    assert heard[-1]["members_online"] == CLASS
    assert sum("cohort_challenges" in one for one in asked if "count" in one) <= 3, "read for all, not for each"


@pytest.mark.req("CO-1", "PR-18")
async def test_who_is_behind_a_block_has_a_welcome_of_their_own(make: Make, enter: Connect) -> None:
    ada, leo, eve = [await make.person(cohort="blue") for _ in range(3)]
    await make.fact(leo, "practice_completed", properties={"score": 60})
    await make.run(await make.principal(ada), block_person, make.app.gate, leo.id)
    topic = f"cohort:{ada.cohort_id}"
    clients = [await enter(person) for person in (ada, eve)]
    channels = await asyncio.gather(*(client.join(topic) for client in clients))
    feeds = [await channel.expect("activity_feed") for channel in channels]
    assert [len(feed["activities"]) for feed in feeds] == [0, 1]


def test_what_a_crowd_left_is_given_back_once_and_when_it_is_quiet() -> None:
    given: list[float] = []
    now = 0.0
    leftovers = Leftovers(lambda: given.append(now))

    def look(moves: int, seconds: int) -> None:
        nonlocal now
        for _ in range(seconds):
            now += 1.0
            leftovers.look(moves, now)

    look(CROWD - 1, 20)
    assert given == [], "a few are no crowd"
    for more in range(10):
        look(CROWD + more, 1)
    assert given == [], "they are still coming"
    began = now
    look(CROWD + 9, 60)
    assert given == [began + QUIET]
    look(2 * CROWD + 9, 60)
    assert len(given) == 2
