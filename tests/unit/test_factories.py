"""Every kind of thing there is can be made in a line: a new table without a factory is noticed here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.app import App
from core.settings import Settings
from data.tables import Base
from tests.factories import Make

MACHINERY = {
    "idempotency_keys",
    "job_runs",
    "meta",
    "parked_events",
    "presence_sessions",
    "reaction_cursors",
    "switches",
}
"""What the product writes about itself; nobody makes one."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With badges, since those are given and not made."""
    return replace(settings, rewards="on")


@pytest.mark.req("QA-7")
async def test_every_entity_has_a_factory(app: App, make: Make) -> None:
    one, other, third = [await make.person(cohort="blue") for _ in range(3)]
    await make.child("collection")
    await make.friends(one, other)
    await make.block(one, third)
    await make.reaction(other, (await make.fact(one)).event_id)
    await make.answers(other, (await make.fact(one)).event_id)
    await make.message(one, reporter=other)
    await make.challenge(one)
    await make.muted(one)
    await make.nudge(one, other, reported=True)
    await make.choices(one, other)
    await make.limits()
    await make.listed()
    await make.listing(one)
    await make.key()
    await make.staff()
    await make.ticket(one)
    await make.workshop()
    await make.pair(one, other, 100)
    await make.moved(one, "Europe/Zurich")
    async with app.transactions.read() as db:
        empty = [t.name for t in Base.metadata.sorted_tables if (await db.execute(select(t).limit(1))).first() is None]
    assert set(empty) - MACHINERY == set(), "make one of these in tests/factories.py"
