"""Counters under concurrency: reactions, points and badges, members and who takes part; how many came out wrong.

Everything goes through the product's own commands, as fast as the pool of connections lets it, with three runners of
the reactions racing. What is kept is held against what its rows say.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text

from core.accounts.commands import PersonInput, save_person
from core.achievements.reactions import PROGRESS
from core.activity.commands import take_in
from core.activity.reacting import react
from core.app import App
from core.errors import Unavailable
from core.events.catalog import Reaction
from core.principal import SYSTEM
from core.reactions import Reactions
from core.settings import Settings
from core.social.challenges import join_challenge
from core.social.room_queries import info_of
from data.tables import User
from tests.factories import Make

pytestmark = pytest.mark.bench

KINDS: tuple[Reaction, ...] = ("like", "celebrate", "wow", "support")
PEOPLE, MOVES, ITEMS = 50, 20, 5
BATCHES, IN_BATCH = 40, 10

DRIFTED = text(
    """
    SELECT count(*) FROM activity_events a WHERE a.reactions_count <>
        (SELECT count(*) FROM activity_reactions r WHERE r.activity_event_id = a.id)
    """
)
TOLD_WRONG = text(
    """
    WITH last AS (
        SELECT DISTINCT ON (properties ->> 'activity_id') CAST(properties ->> 'activity_id' AS uuid) AS id,
            properties -> 'counts' AS counts
        FROM event_log WHERE type = 'activity_reacted' ORDER BY properties ->> 'activity_id', seq DESC
    )
    SELECT count(*) FROM last WHERE (SELECT coalesce(sum(CAST(value AS integer)), 0) FROM jsonb_each_text(counts))
        <> (SELECT count(*) FROM activity_reactions r WHERE r.activity_event_id = last.id)
    """
)
WRONG_POINTS = text(
    """
    SELECT count(*) FROM learner_progress p
    CROSS JOIN LATERAL (SELECT sum(points) AS points, count(*) AS n FROM results WHERE user_id = p.user_id) r
    WHERE p.points <> r.points OR p.practices <> r.n
    """
)
BADGES = text(
    """
    SELECT (SELECT count(*) FROM achievements) AS kept, (SELECT count(*) FROM event_log
        WHERE type = 'achievement_unlocked' AND source = 'tandem') AS told
    """
)
TAKES_PART = text("SELECT count(*) FROM cohort_challenge_entries WHERE challenge_id = :id")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, rewards="on")


async def at_once(moves: Sequence[Callable[[], Awaitable[object]]]) -> float:
    """Do all of them, fifty at any time; where no connection was free in time nothing happened, and one asks again."""
    turns, began = asyncio.Semaphore(PEOPLE), time.perf_counter()

    async def insist(move: Callable[[], Awaitable[object]]) -> None:
        while True:
            with suppress(Unavailable):
                async with turns:
                    await move()
                return

    await asyncio.gather(*map(insist, moves))
    return time.perf_counter() - began


async def count(app: App, question: object, **given: object) -> int:
    async with app.transactions.read() as db:
        return int((await db.execute(question, given)).scalar_one())  # type: ignore[call-overload]


def told(what: str, operations: int, seconds: float, wrong: int) -> None:
    print(f"  {what:<64}{operations:>8,}{seconds:>8.1f}{wrong:>8}")
    assert wrong == 0


@pytest.mark.req("AF-14", "HUB-21", "CO-7")
async def test_no_counter_is_wrong_afterwards(app: App, make: Make) -> None:
    chance = random.Random(1)
    people = [await make.person(cohort="blue") for _ in range(PEOPLE)]
    print(f"\ncounters under concurrency (load {os.getloadavg()[0]:.1f}){'operations':>44}{'s':>8}{'wrong':>8}")
    await reactions(app, make, people, chance)
    await badges(app, make, people, chance)
    await members(app, make, people, chance)


async def reactions(app: App, make: Make, people: list[User], chance: random.Random) -> None:
    items = [(await make.fact(people[0])).event_id for _ in range(ITEMS)]
    fans = [await make.principal(person) for person in people]

    def move(n: int) -> Callable[[], Awaitable[object]]:
        item, kind = chance.choice(items), chance.choice(KINDS)
        return lambda: make.run(fans[n % PEOPLE], react, app.gate, item, kind)

    seconds = await at_once([move(n) for n in range(PEOPLE * MOVES)])
    told("reactions of 50 people to 5 activities: counters", PEOPLE * MOVES, seconds, await count(app, DRIFTED))
    told("the last that was told of each of the 5", PEOPLE * MOVES, seconds, await count(app, TOLD_WRONG))


async def badges(app: App, make: Make, people: list[User], chance: random.Random) -> None:
    app.clock.advance(86_400)  # type: ignore[attr-defined]
    batches = [
        [make.event(chance.choice(people), properties={"score": chance.randint(40, 100)}) for _ in range(IN_BATCH)]
        for _ in range(BATCHES)
    ]
    racing = [Reactions(app.transactions, [PROGRESS]) for _ in range(2)]
    began = time.perf_counter()
    await asyncio.gather(
        *(take_in(app.transactions, SYSTEM, batch) for batch in batches),
        *(runner.drain() for runner in [*racing, app.reactions] * 5),
    )
    await app.settle()
    seconds = time.perf_counter() - began
    told("results with three nodes racing: points and practices", 400, seconds, await count(app, WRONG_POINTS))
    async with app.transactions.read() as db:
        kept, said = (await db.execute(BADGES)).one()
    told(f"badges of these, {kept} kept and told once each", BATCHES * IN_BATCH, seconds, abs(kept - said))


async def members(app: App, make: Make, people: list[User], chance: random.Random) -> None:
    challenge = await make.challenge(people[0])
    actors = [await make.principal(person) for person in people]
    joins = [partial(make.run, actor, join_challenge, app.gate, challenge) for actor in actors for _ in range(4)]
    seconds = await at_once(joins)
    wrong = await count(app, TAKES_PART, id=challenge) - PEOPLE
    told("50 people join a challenge, four times each: who takes part", len(joins), seconds, abs(wrong))
    await moves_between_cohorts(app, people, chance)


async def moves_between_cohorts(app: App, people: list[User], chance: random.Random) -> None:
    def move(n: int) -> Callable[[], Awaitable[object]]:
        person = people[n % PEOPLE]
        given = PersonInput(
            external_id=person.external_id,
            name=person.name,
            role="student",
            age_band="18_plus",
            cohort=chance.choice(("blue", "green", "red")),
        )
        return lambda: app.transactions.run(SYSTEM, save_person, given)

    seconds = await at_once([move(n) for n in range(PEOPLE * 8)])
    async with app.transactions.read() as db:
        rooms: list[UUID] = list((await db.execute(text("SELECT id FROM cohorts"))).scalars())
        infos = [await info_of(db, room, app.clock.now()) for room in rooms]
    total = sum(info.total_members for info in infos if info)
    told("moves of 50 people between three cohorts: members", PEOPLE * 8, seconds, abs(total - PEOPLE))
