"""A room that several facts of one transaction touch is told of a change once."""

from __future__ import annotations

from sqlalchemy import func, select, update

from core.app import App
from core.principal import SYSTEM
from core.social.rooms import refresh_room
from core.transaction import Transaction
from data.tables import CohortRoomRow, EventRow
from tests.factories import Make


async def test_a_room_is_told_once_of_what_several_facts_say(app: App, make: Make) -> None:
    ada = await make.person(cohort="blue")
    await app.settle()
    cohort_id = ada.cohort_id
    assert cohort_id
    told = select(func.count()).where(EventRow.type == "cohort_chat_changed")
    async with app.database.begin() as db:
        await db.execute(update(CohortRoomRow).values(chat_open=False, reason="consent_missing"))
        before = (await db.execute(told)).scalar_one()

    async def twice(tx: Transaction) -> list[bool]:
        return [await refresh_room(tx, cohort_id), await refresh_room(tx, cohort_id)]

    assert await app.transactions.run(SYSTEM, twice) == [True, False]
    async with app.transactions.read() as db:
        assert (await db.execute(told)).scalar_one() == before + 1
