"""Everybody at every door, and nobody is seen by whom they must not be seen: pages, REST and sockets, byte for byte."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from core.settings import Settings
from panel_app import Node
from tests.factories import Make
from tests.node_kit import Browser, running
from tests.sweep.town import NAMES, Eyes, Town


async def sweep(node: Node, lines: AsyncExitStack) -> tuple[list[Eyes], int]:
    """All eyes open while people become what must not be seen, and once more afterwards; how many doors were tried."""
    town = Town(Make(node.app))
    await town.build()
    await town.come(Browser(node).base, lines)
    everybody = [Eyes(town, name, Browser(node), lines) for name in town.viewers]
    for eyes in everybody:
        await eyes.join_all()
    seen = {kind for kind, name in NAMES.items() for eyes in everybody if any(name in text for _, text in eyes.heard)}
    assert seen == set(NAMES), "whoever is looked for was seen before"
    await town.hide()
    for eyes in everybody:
        await eyes.listen()
        eyes.heard.clear()
    for kind in town.people:
        if kind != "gone":
            await town.live(kind)
    tried = sum([await eyes.join_all() for eyes in everybody])
    tried += sum(await asyncio.gather(*(eyes.look() for eyes in everybody)))
    return everybody, tried


PLACES = {
    "GET /api/v1/activities",
    "GET /api/v1/co-sessions",
    "GET /api/v1/cohort",
    "GET /api/v1/cohort/challenges",
    "GET /api/v1/cohort/members",
    "GET /api/v1/cohort/messages",
    "GET /api/v1/friendships",
    "GET /api/v1/leaderboards/{board_id}",
    "GET /api/v1/notifications",
    "GET /api/v1/nudges",
    "GET /api/v1/presence",
    "GET /api/v1/presence/online",
    "GET /api/v1/profiles/{user_id}",
    "GET /api/v1/subjects/{subject_id}/stats",
    "activity:feed",
    "activity_feed:cohort",
    "cohort_challenge_created on activity_feed:cohort",
    "leaderboard:typing_wpm",
    "leaderboard:typing_wpm:cohort",
    "leaderboard_update on activity_feed:cohort",
    "new_activity on activity:feed",
    "new_message on activity_feed:cohort",
    "presence_diff on presence:lobby",
    "presence_state on presence:cohort",
    "race on race:typing",
    "subject_stats on subject:typing",
}
"""Where somebody who may be seen is seen: a place that shows nobody would prove nothing."""


@pytest.mark.req("AF-6", "CO-5", "CO-11", "CP-12", "LB-7", "SB-1", "SEC-4")
async def test_nobody_is_seen_by_whom_they_must_not_be_seen(settings: Settings, database_url: str) -> None:
    async with running(replace(settings, rewards="on"), database_url) as node, AsyncExitStack() as lines:
        everybody, tried = await sweep(node, lines)
        leaks = [leak for eyes in everybody for leak in eyes.leaks()]
        answers = sum(len(eyes.heard) for eyes in everybody)
        print(f"{len(everybody)} people at {tried} doors, {answers} answers: {len(leaks)} leaks")
        assert leaks == []
        shown = {door for eyes in everybody for door, text in eyes.heard if NAMES["seen"] in text}
        assert PLACES - shown == set()
        acting = [eyes for eyes in everybody if eyes.name in ACTING]
        found = [await eyes.try_on(kind) for eyes in acting for kind in UNKNOWN]
        apart = [one for differing, _ in found for one in differing]
        print(f"{sum(count for _, count in found)} deeds tried on {', '.join(UNKNOWN)}: {len(apart)} told apart")
        assert not apart, "\n".join(apart)


ACTING = ("parent", "unlisted")
UNKNOWN = ("blocked", "child", "teen")
"""To do anything with these gets, word for word, what doing it with nobody gets."""
