"""Results of fifty people in the same moment: every one counts once, whoever is erased or recalculates meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select

from core.activity.commands import take_in
from core.app import App
from core.errors import Unavailable
from core.leaderboards.keeping import recalculate
from core.principal import SYSTEM
from data.tables import EntryRow
from tests.factories import Make


async def entries(app: App) -> set[tuple[Any, ...]]:
    async with app.transactions.read() as db:
        # The overall board is a recalculation's alone.
        rows = (await db.execute(select(EntryRow).where(EntryRow.subject_id != "overall"))).scalars()
        return {(e.user_id, e.subject_id, e.period, e.period_start, e.score, e.results, e.shown) for e in rows}


async def as_recalculated(app: App) -> set[tuple[Any, ...]]:
    """What the tables hold, which must be what one statement makes of the results."""
    kept = await entries(app)
    await app.transactions.run(SYSTEM, recalculate)
    await app.settle()
    assert await entries(app) == kept
    return kept


async def insist(doing: Callable[..., Awaitable[Any]], *given: Any) -> None:
    """As a client does: where nothing was free in time, nothing happened, and one asks again."""
    while True:
        with suppress(Unavailable):
            await doing(*given)
            return


@pytest.mark.req("LB-3", "LB-6", "SC-3")
async def test_results_of_fifty_in_the_same_moment_add_up(app: App, make: Make) -> None:
    people = [await make.person(cohort="blue") for _ in range(50)]
    await app.settle()
    facts = {person.id: [make.event(person, properties={"score": 80}) for _ in range(3)] for person in people}
    # Each of the fifty sends theirs twice, as a client does that got no answer; some are erased meanwhile.
    sent = [insist(take_in, app.transactions, SYSTEM, batch) for batch in facts.values() for _ in range(2)]
    erased = people[::10]
    ended = [insist(make.erase, person) for person in erased]
    await asyncio.gather(*sent, *ended, insist(app.transactions.run, SYSTEM, recalculate))
    await app.settle()
    kept = await as_recalculated(app)
    board = {row[0]: row[5] for row in kept if row[1:3] == ("math", "all_time")}
    assert board == {person.id: 3 for person in people if person not in erased}
