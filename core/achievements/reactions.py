"""What results, ranks and the host's own words come to: the reaction that keeps everybody's progress.

It begins with the beginning of the log, so that what people did before counts; what lies more than a day back earns no
badge and is told to nobody.
"""

from __future__ import annotations

from core.achievements.catalogue import catalogue
from core.achievements.counting import (
    RESULTS,
    Counting,
    begin,
    count_pair,
    count_result,
    finish,
    grant,
    reward,
    totals,
)
from core.achievements.rules import due, week_of
from core.events.catalog import AchievementUnlocked, CoPracticeCompleted, LeaderboardRank, StreakMilestone
from core.events.fact import HOUSE, Fact
from core.reactions import Reaction
from core.transaction import Transaction

ANSWERED = (*RESULTS, CoPracticeCompleted, LeaderboardRank, AchievementUnlocked, StreakMilestone)


async def keep_progress(tx: Transaction, fact: Fact) -> None:
    """Count one fact into its person's progress, once."""
    if fact.source in HOUSE and isinstance(fact.event, AchievementUnlocked | StreakMilestone):
        return
    counting = await begin(tx, fact)
    if counting is None:
        return
    before = totals(counting.row)
    await count_result(counting)
    await count_pair(counting)
    await _rank(counting)
    await _told_by_host(counting)
    await finish(counting, before)


async def _rank(counting: Counting) -> None:
    """A place among the first of a board, once for each board and period."""
    fact = counting.fact
    if isinstance(fact.event, LeaderboardRank):
        badges = due(catalogue().badges.values(), {"rank": fact.event.rank})
        await reward(counting, badges, rank_scope(fact, fact.event.period))


def rank_scope(fact: Fact, period: str | None) -> str:
    day = fact.at.date()
    start = {"daily": day, "weekly": week_of(day)}.get(period or "", "")
    return f"{fact.subject or 'overall'}:{period or 'all_time'}:{start}"


async def _told_by_host(counting: Counting) -> None:
    """A badge or a streak that the host gave is held like our own, and never given a second time."""
    event = counting.fact.event
    if not counting.fresh:
        return
    if isinstance(event, AchievementUnlocked):
        known = catalogue().badges.get(event.achievement or "")
        badge = event.achievement or _slug(event.name)
        if badge:
            points = event.points if event.points is not None else known.points if known else 0
            await grant(counting, badge, event.name, points)
    elif isinstance(event, StreakMilestone):
        spec = catalogue().badges[f"{event.days}-day-streak"]
        await grant(counting, spec.id, spec.title, spec.points)


def _slug(name: str) -> str:
    """An id for a badge that the host gave none."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()
    return "-".join(words)[:64]


PROGRESS = Reaction("progress", ANSWERED, keep_progress, starts="beginning")
