"""Counting one fact into what its person has reached: days, totals, bests, and what that earns.

The person's row of totals is held while it changes and says which fact it counted last, so a fact counts once however
often it comes. A badge is a row that can stand there only once: whoever inserts it tells of it. Old news counts and
earns nothing; what the host said itself is not said again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.doings import add_activity
from core.achievements.catalogue import catalogue
from core.achievements.queries import badges_of, calendar_of, days_of
from core.achievements.rules import BadgeSpec, due, level_of, streak_of
from core.content import hundredths, points_for
from core.events.catalog import (
    AchievementUnlocked,
    Badge,
    CoPracticeCompleted,
    DiagnosticCompleted,
    Event,
    HighScore,
    LearnerProgressed,
    LevelUp,
    PracticeCompleted,
    QuizCompleted,
    StreakMilestone,
)
from core.events.fact import HOUSE, Fact
from core.ids import new_id
from core.transaction import Transaction
from data.tables import Achievement, EventRow, LearnerProgress, PracticeDay, SkillBest, User

RESULTS = (PracticeCompleted, QuizCompleted, DiagnosticCompleted)
NEWS = timedelta(hours=24)
"""What lies longer back when it is counted earns nothing."""
SAID = timedelta(minutes=10)
"""A host that told of a high score or level this close to a result has told of it."""
PERFECT = 10_000


@dataclass(slots=True)
class Counting:
    """One fact on its way into its person's row."""

    tx: Transaction
    fact: Fact
    user: User
    row: LearnerProgress
    fresh: bool
    unlocked: list[Badge] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        """State what the fact earned, as the person's own doing."""
        fact = self.fact
        add_activity(self.tx, self.user, event, at=fact.at, subject=fact.subject, skill=fact.skill)


async def begin(tx: Transaction, fact: Fact) -> Counting | None:
    """The person and their totals, held; None for nobody, or when the fact is counted already."""
    if fact.user_id is None:
        return None
    wanted = select(User).where(User.id == fact.user_id).with_for_update(read=True, key_share=True)
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is None:
        return None
    await tx.db.execute(insert(LearnerProgress).values(user_id=user.id).on_conflict_do_nothing())
    mine = select(LearnerProgress).where(LearnerProgress.user_id == user.id).with_for_update()
    row = (await tx.db.execute(mine.execution_options(populate_existing=True))).scalar_one()
    if fact.seq <= row.seq:
        return None
    row.seq = fact.seq
    old = fact.backfill or tx.now - fact.received_at > NEWS
    return Counting(tx, fact, user, row, fresh=not old)


async def finish(counting: Counting, before: tuple[object, ...]) -> None:
    """Tell the person how they stand now, if anything is different."""
    if counting.unlocked or totals(counting.row) != before:
        row = counting.row
        event = LearnerProgressed(
            points=row.points,
            practices=row.practices,
            perfect=row.perfect,
            pairs=row.pairs,
            subjects=dict(row.subjects),
            streak=row.streak,
            longest=row.longest,
            last_day=row.last_day,
            unlocked=list(counting.unlocked),
        )
        counting.tx.emit(event, user_id=row.user_id, at=counting.fact.at)
    await counting.tx.db.flush()


def totals(row: LearnerProgress) -> tuple[object, ...]:
    return (row.points, row.practices, row.perfect, row.pairs, row.subjects, row.streak, row.longest, row.last_day)


async def count_result(counting: Counting) -> None:
    """A practice, quiz or diagnostic: points, level, best, day and streak, and the badges of all that."""
    fact, row = counting.fact, counting.row
    event = fact.event
    if not isinstance(event, RESULTS):
        return
    score = hundredths(event.score)
    earned = points_for(catalogue().worth.get(fact.type, 0), score)
    row.points += earned
    row.practices += 1
    row.perfect += score == PERFECT
    levels = await _level(counting, earned)
    await _best(counting, score)
    await _day(counting)
    figures = {"points": row.points, "practices": row.practices, "perfect": row.perfect, "streak": row.streak}
    await reward(counting, due(catalogue().badges.values(), figures | {"level": levels}))


async def _level(counting: Counting, earned: int) -> int:
    """Add to the subject's points; the highest level of all subjects."""
    row, subject = counting.row, counting.fact.subject
    levels = catalogue().levels
    if subject is not None:
        before = row.subjects.get(subject, 0)
        row.subjects = row.subjects | {subject: before + earned}
        level = level_of(before + earned, levels)
        if counting.fresh and level > level_of(before, levels) and not await _host_says(counting, LevelUp.type):
            counting.tell(LevelUp(level=level))
    return max((level_of(points, levels) for points in row.subjects.values()), default=1)


async def _best(counting: Counting, score: int) -> None:
    """A result better than all before it is a high score; the first one is only the first."""
    fact, tx = counting.fact, counting.tx
    if fact.subject is None or fact.skill is None:
        return
    key = (counting.user.id, fact.subject, fact.skill)
    best = await tx.db.get(SkillBest, key, with_for_update=True, populate_existing=True)
    if best is None:
        tx.db.add(SkillBest(user_id=key[0], subject_id=key[1], skill=key[2], score=score, at=fact.at))
        await tx.db.flush()
    elif score > best.score:
        best.score, best.at = score, fact.at
        if counting.fresh and not await _host_says(counting, HighScore.type):
            counting.tell(HighScore(score=fact.event.score))  # type: ignore[attr-defined]


async def _host_says(counting: Counting, kind: str) -> bool:
    """Whether the host told of it itself around the time of this result."""
    fact = counting.fact
    near = EventRow.at.between(fact.at - SAID, fact.at + SAID)
    said = select(EventRow.seq).where(EventRow.user_id == fact.user_id, near, EventRow.type == kind)
    said = said.where(EventRow.source.not_in(HOUSE), EventRow.subject == fact.subject).limit(1)
    return (await counting.tx.db.execute(said)).first() is not None


async def _day(counting: Counting) -> None:
    """Enter the day; one that is new changes the streak, also when it comes late and closes a gap."""
    tx, fact, row = counting.tx, counting.fact, counting.row
    calendar = await calendar_of(tx.db, counting.user)
    number = calendar.number(min(fact.at, fact.received_at))
    values = {"user_id": row.user_id, "number": number, "day": calendar.day(number), "results": 1}
    added = insert(PracticeDay).values(values)
    counted = added.on_conflict_do_update(
        index_elements=["user_id", "number"], set_={"results": PracticeDay.results + 1}
    )
    if (await tx.db.execute(counted.returning(PracticeDay.results))).scalar_one() > 1:
        return
    # As it stood on its last day: what becomes of it without another one is for whoever asks later.
    numbers = await days_of(tx.db, row.user_id)
    streak = streak_of(numbers, numbers[-1], calendar.day)
    row.streak, row.longest = streak.days, max(streak.longest, row.longest)
    row.last_day = calendar.day(numbers[-1])


async def reward(counting: Counting, specs: Iterable[BadgeSpec], scope: str = "") -> None:
    """Grant what is due and not held yet. Days in a row are told of beside their badge."""
    wanted = list(specs)
    if not wanted or not counting.fresh:
        return
    held = await badges_of(counting.tx.db, counting.user.id, scope)
    for spec in wanted:
        if spec.id not in held and await grant(counting, spec.id, spec.title, spec.points, scope):
            if spec.measure == "streak" and spec.at in (7, 30, 100):
                counting.tell(StreakMilestone(days=spec.at))  # type: ignore[arg-type]
            counting.tell(AchievementUnlocked(name=spec.title, achievement=spec.id, points=spec.points))


async def grant(counting: Counting, badge: str, title: str, points: int, scope: str = "") -> bool:
    """Give a badge; False when they have it."""
    at = counting.fact.at
    values = {"id": new_id(), "user_id": counting.user.id, "achievement": badge, "scope": scope, "title": title}
    row = insert(Achievement).values(values | {"points": points, "earned_at": at}).on_conflict_do_nothing()
    if (await counting.tx.db.execute(row.returning(Achievement.id))).scalar_one_or_none() is None:
        return False
    counting.unlocked.append(Badge(achievement=badge, scope=scope, title=title, points=points))
    return True


async def count_pair(counting: Counting) -> None:
    """A practice that was finished together."""
    if isinstance(counting.fact.event, CoPracticeCompleted):
        counting.row.pairs += 1
        await reward(counting, due(catalogue().badges.values(), {"pairs": counting.row.pairs}))
