"""The incremental way and the one statement both come to what a slow, obvious model says, whatever happens meanwhile.

Days of 23 and 25 hours, results that are late, doubled, from the future, held and voided, people who change cohort, age
and wish, and people who are erased.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.activity.commands import take_in
from core.app import App
from core.clock import FakeClock
from core.content import boards
from core.leaderboards.keeping import ensure_boards, hold_boards, recalculate
from core.leaderboards.people import choose_listing
from core.leaderboards.queries import read_board
from core.leaderboards.reviewing import Verdict, review_result
from core.leaderboards.rules import PERIODS
from core.principal import SYSTEM, Principal
from core.transaction import Transaction
from data.tables import BoardRow, ChoiceRow, EntryRow, Friendship, ResultRow, TallyRow, User
from tests.factories import Make
from tests.leaderboards.model import EPOCH, Model, Taken, least, ranked, utc

Rows = dict[UUID, tuple[int, int, datetime]]
SUBJECTS = ("math", "typing")
MADE_OF_RESULTS = [board for board in boards().values() if board.subject in SUBJECTS]


class Community:
    """People who practise, and the model beside them."""

    def __init__(self, app: App, make: Make, clock: FakeClock, zone: str, chance: random.Random) -> None:
        self.app, self.make, self.clock, self.chance = app, make, clock, chance
        self.model = Model(ZoneInfo(zone))
        self.people: list[User] = []
        self.sent: list[dict[str, Any]] = []
        self.kept: dict[tuple[str, str, Any], Rows] = {}

    async def begin(self) -> None:
        ages = ("18_plus", "18_plus", "13_17", "13_17", "under_13", "18_plus", "18_plus")
        for number, age in enumerate(ages):
            self.people.append(await self.make.person(age_band=age, cohort=("blue", "red", "")[number % 3]))
        await self.make.friends(self.people[0], self.people[1])
        await self.make.friends(self.people[0], self.people[5])

    async def results(self) -> None:
        batch = [self._result() for _ in range(self.chance.randint(1, 6))]
        if self.sent and self.chance.random() < 0.3:
            batch.append(self.chance.choice(self.sent))
        answers = await take_in(self.app.transactions, SYSTEM, batch)
        self.sent += batch
        for item, answer in zip(batch, answers, strict=True):
            if (
                answer.status == "accepted"
                and answer.event_id
                and item["type"] in ("practice_completed", "quiz_completed")
            ):
                said = item["properties"]
                self.model.results[answer.event_id] = Taken(
                    answer.event_id,
                    next(p.id for p in self.people if p.external_id == item["external_id"]),
                    item["subject"],
                    item["type"],
                    said["score"],
                    said.get("wpm"),
                    item["at"],
                    self.clock.now(),
                )
        await self.app.settle()
        async with self.app.transactions.read() as db:
            held = (await db.execute(select(ResultRow.id).where(ResultRow.status == "review"))).scalars()
        for id in held:
            self.model.results[id].status = "review"

    def _result(self) -> dict[str, Any]:
        chance = self.chance
        ago = chance.choice([0, 30, 3_600, 7_200, 80_000, 200_000, 900_000, -200])
        score = chance.choice([0, 1, 50, 80, 80, 99.5, 100, round(chance.uniform(0, 100), 2)])
        properties: dict[str, Any] = {"score": score}
        type = chance.choice(["practice_completed", "practice_completed", "quiz_completed", "level_up"])
        if type == "practice_completed" and chance.random() < 0.5:
            properties |= {"wpm": chance.choice([20, 41.5, 60, 300]), "seconds": chance.choice([2, 60])}
        return self.make.event(
            chance.choice(self.people),
            type,
            at=self.clock.now() - timedelta(seconds=ago),
            subject=chance.choice(SUBJECTS),
            properties={"level": 2} if type == "level_up" else properties,
        )

    async def later(self) -> None:
        self.clock.advance(self.chance.choice([600, 3_600, 20_000, 86_400, 90_000]))

    async def midnight(self) -> None:
        await self.app.transactions.run(SYSTEM, hold_boards)

    async def review(self) -> None:
        if self.model.results:
            one = self.chance.choice(list(self.model.results.values()))
            verdict: Verdict = self.chance.choice(["accepted", "voided"])
            await self.app.transactions.run(SYSTEM, review_result, one.id, verdict)
            one.status = "counted" if verdict == "accepted" else "voided"

    async def move(self) -> None:
        one = self.chance.choice(self.people)
        age = self.chance.choice(["under_13", "13_17", "18_plus"])
        cohort = self.chance.choice(["blue", "red", ""])
        await self.make.person(external_id=one.external_id, name=one.name, age_band=age, cohort=cohort)

    async def choose(self) -> None:
        one = await self.make.principal(self.chance.choice(self.people))
        await self.app.transactions.run(one, choose_listing, self.chance.random() < 0.6)

    async def erase(self) -> None:
        if len(self.people) > 4:
            one = self.people.pop(self.chance.randrange(2, len(self.people)))
            await self.make.erase(one)
            for id in [t.id for t in self.model.results.values() if t.user_id == one.id]:
                del self.model.results[id]

    async def recalculate(self) -> None:
        await self.app.transactions.run(SYSTEM, recalculate)

    # --- comparing

    async def check(self) -> None:
        await self.app.settle()
        async with self.app.transactions.read() as db:
            rows = {row.id: row for row in (await db.execute(select(BoardRow))).scalars()}
            entries = (await db.execute(select(EntryRow))).scalars().all()
            tallies = (await db.execute(select(TallyRow))).scalars().all()
            users = {user.id: user for user in (await db.execute(select(User))).scalars()}
            out = {c.user_id for c in (await db.execute(select(ChoiceRow))).scalars() if not c.listed}
        for board in MADE_OF_RESULTS:
            row = rows[board.id]
            starts: dict[str, Any] = {"daily": row.day, "weekly": row.week, "all_time": EPOCH}
            seen = {(e.period, e.period_start) for e in entries if e.subject_id == board.id}
            for period, start in seen | set(starts.items()):
                found = {
                    e.user_id: (e.score, e.results, e.reached_at)
                    for e in entries
                    if (e.subject_id, e.period, e.period_start) == (board.id, period, start)
                }
                assert found == self.model.table(board.id, period, start), (board.id, period, start)
        seen_by_all = Counter((e.subject_id, e.period, e.period_start, e.score) for e in entries if e.shown == "public")
        for width in (1, 256):
            spans = Counter[tuple[Any, ...]]()
            for (board_id, period, start, score), people in seen_by_all.items():
                spans[board_id, period, start, score // width] += people
            kept = {(t.subject_id, t.period, t.period_start, t.bucket): t.people for t in tallies if t.width == width}
            assert {place: people for place, people in kept.items() if people} == spans
        for entry in entries:
            user = users[entry.user_id]
            enough = entry.results >= least(entry.subject_id)
            assert entry.shown == ("nobody" if user.id in out or not enough else user.audience)
            assert entry.cohort_id == user.cohort_id

    async def check_reading(self) -> None:
        async with self.app.transactions.read() as db:
            users = {user.id: user for user in (await db.execute(select(User))).scalars()}
            out = {c.user_id for c in (await db.execute(select(ChoiceRow))).scalars() if not c.listed}
            pairs = (await db.execute(select(Friendship.user_id, Friendship.friend_id))).all()
        for person in self.people:
            viewer = await self.make.principal(person)
            board = self.chance.choice(MADE_OF_RESULTS).id
            period = self.chance.choice(PERIODS)
            for scope in ("global", "cohort", "friends"):
                if scope == "cohort" and viewer.cohort_id is None:
                    continue
                async with self.app.transactions.read() as db:
                    read = await read_board(db, viewer, board, scope=scope, period=period)
                every = self.model.table(board, period, read.period_start)
                every = {who: row for who, row in every.items() if row[1] >= least(board)}
                circle = {other for pair in pairs if viewer.id in pair for other in pair}
                shown = {
                    who: row
                    for who, row in every.items()
                    if (who not in out and may_see(viewer, users[who], scope, circle))
                    or (scope == "friends" and who == viewer.id)
                }
                self._compare(read, shown, every, viewer)

    def _compare(self, read: Any, shown: Rows, every: Rows, viewer: Principal) -> None:
        wanted = ranked(shown)
        assert [(p.rank, p.row.user_id) for p in read.top] == wanted[:10]
        assert read.people == len(shown)
        assert viewer.id is not None
        if viewer.id not in every:
            assert read.own is None
            return
        with_me = ranked({**shown, viewer.id: every[viewer.id]})
        mine = next(n for n, (_, who) in enumerate(with_me) if who == viewer.id)
        own_rank = 1 + sum(row[0] > every[viewer.id][0] for row in shown.values())
        assert read.own is not None
        assert (read.own.placed.rank, read.own.listed) == (own_rank, viewer.id in shown) or not read.own.listed
        near = [
            (1 + sum(o[0] > every[w][0] for o in shown.values()), w) for _, w in with_me[max(0, mine - 3) : mine + 4]
        ]
        assert [(p.rank, p.row.user_id) for p in read.around] == near


def may_see(viewer: Principal, user: User, scope: str, circle: set[UUID]) -> bool:
    together = user.cohort_id is not None and user.cohort_id == viewer.cohort_id
    if scope == "global":
        return user.audience == "public"
    if scope == "cohort":
        return together and user.audience != "nobody"
    return user.id in circle and (user.audience == "public" or (user.audience == "cohort" and together))


STEPS = ("results",) * 4 + ("later", "midnight", "review", "review", "move", "choose", "erase", "recalculate")


@pytest.mark.req("LB-1", "LB-2", "LB-3", "LB-4", "LB-6", "LB-11", "LB-12", "LB-13", "LB-14", "LB-15")
@pytest.mark.req("BG-7", "BG-24", "BG-26", "SC-4", "SC-19")
@pytest.mark.parametrize(
    ("zone", "begin", "seed"),
    [
        ("Europe/Berlin", "2026-03-28T20:00", 1),  # a day of 23 hours, at the end of a week
        ("America/Havana", "2026-10-31T12:00", 2),  # a day of 25 hours, whose midnight comes twice
        ("Africa/Cairo", "2026-04-23T10:00", 3),  # a day that begins at one o'clock
        ("Pacific/Auckland", "2026-04-04T06:00", 4),
    ],
)
async def test_both_ways_agree_with_the_obvious_one(
    app: App, make: Make, clock: FakeClock, zone: str, begin: str, seed: int
) -> None:
    clock.set(utc(begin))
    await app.transactions.run(SYSTEM, moved_to, zone)
    community = Community(app, make, clock, zone, random.Random(seed))
    await community.begin()
    for turn in range(24):
        await getattr(community, community.chance.choice(STEPS))()
        await community.check()
        if turn % 6 == 5:
            await community.check_reading()
    before = await all_entries(app)
    await app.transactions.run(SYSTEM, recalculate)
    assert await all_entries(app) == before, "the one statement comes to what the many small ones came to"


async def moved_to(tx: Transaction, zone: str) -> None:
    await ensure_boards(tx, zone, EPOCH)


async def all_entries(app: App) -> set[tuple[Any, ...]]:
    async with app.transactions.read() as db:
        entries = (await db.execute(select(EntryRow).where(EntryRow.subject_id != "overall"))).scalars()
        return {
            (e.user_id, e.subject_id, e.period, e.period_start, e.score, e.total, e.results, e.reached_at, e.shown)
            for e in entries
        }
