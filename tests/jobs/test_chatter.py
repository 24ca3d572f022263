"""Simulated people talk, set challenges and join them: through the same doors, now and then, each thing once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from core.activity.commands import take_in
from core.app import App
from core.clock import FakeClock
from core.live.liveview import Delivery
from core.principal import SYSTEM
from data.tables import CohortMessage, User
from jobs.chatter import APART, Chatter, lines
from tests.factories import Make


@pytest.mark.req("DM-4")
async def test_people_who_are_made_up_talk_now_and_then_and_say_each_thing_once(
    app: App, make: Make, clock: FakeClock
) -> None:
    people = [await make.person(cohort="blue", simulated=True, name=f"Robot{n} Made") for n in range(4)]
    await make.person(cohort="blue")
    await app.settle()
    heard: list[Delivery] = []
    app.relay.listeners.append(heard.append)
    for n in range(24):
        clock.advance(APART + 1)
        type = "practice_started" if n % 2 else "practice_completed"
        await take_in(app.transactions, SYSTEM, [make.event(people[n % 4], type)], "simulator")
    await app.settle()
    chatters = [Chatter(app.relay, app.transactions, app.principals, app.gate, clock) for _ in range(2)]
    for delivery in heard:
        clock.advance(APART + 1)
        for chatter in chatters:
            chatter.on_delivery(delivery)
            await asyncio.gather(*chatter._tasks)
    async with app.transactions.read() as db:
        rows = (await db.execute(select(CohortMessage, User).join(User, User.id == CohortMessage.user_id))).all()
    assert 2 <= len(rows) <= 20
    assert all(user.simulated and message.status in ("shown", "held") for message, user in rows)
    assert len({message.key for message, _ in rows}) == len(rows)


def test_what_is_said_reads_as_a_sentence_whatever_the_skill() -> None:
    for kind, texts in lines().items():
        for text in texts:
            assert "{" not in text.format(skill="sight reading"), kind
