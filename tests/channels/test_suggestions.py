"""What the orchestrator suggests, as its person hears it on their own topic: in every tab, once, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import App
from core.settings import Settings
from tests.channels.conftest import Connect
from tests.factories import Make


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, suggestions="on")


@pytest.mark.req("SB-6", "RT-10", "BG-52")
async def test_a_good_result_brings_one_suggestion_on_ones_own_topic(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    await make.friends(ada, leo)
    hers, second, his = await enter(ada), await enter(ada), await enter(leo)
    own, everywhere = await hers.join("user:me"), await second.join(f"user:{ada.id}")
    room = await hers.join("subject:math")
    for topic in ("user:me", f"cohort:{ada.cohort_id}", "activity:global", "subject:math"):
        await his.join(topic)
    for score in (62, 87.5, 95):
        await room.push("practice_started", {"skill": "algebra"})
        assert (await room.push("practice_completed", {"skill": "algebra", "score": score})).status == "ok"
    await app.settle()
    told = await own.expect("viral_suggestion")
    assert told == await everywhere.expect("viral_suggestion")
    assert (told["type"], told["cta"]) == ("buddy_challenge", "Challenge a friend")
    assert told["context"] == {"skill": "algebra", "subject": "math", "score": 87.5}
    assert "88%" in told["message"]
    assert "algebra" in told["message"]
    assert leo.username not in str(told)
    for client in (hers, second, his):
        await client.heartbeat()
        assert not [one for one in client.waiting if one.event == "viral_suggestion"], "once, and to nobody else"
