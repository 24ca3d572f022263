"""A fact's way: taken in, kept, relayed, shown; and the rule that an old snapshot plus events is a new snapshot."""

from __future__ import annotations

import pytest

from core.app import App
from core.live.hub import Message
from tests.factories import Make


@pytest.mark.req("AF-5", "RT-12", "QA-3")
async def test_a_fact_reaches_those_who_watch_its_topics(app: App, make: Make) -> None:
    ada = await make.person(cohort="blue")
    await app.settle()
    seen: list[Message] = []
    for topic in ("activity:global", "activity:subject:math", f"cohort:{ada.cohort_id}", "activity:subject:science"):
        app.hub.subscribe(topic, seen.append)
    result = await make.fact(ada)
    assert sorted(m.topic for m in seen) == ["activity:global", "activity:subject:math", f"cohort:{ada.cohort_id}"]
    assert {m.seq for m in seen} == {result.seq}
    assert seen[0].payload["properties"] == {"score": 85}
    assert seen[0].payload["user_name"] == ada.username
