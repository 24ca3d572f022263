"""Hidden means hidden: whole workshops, everything that anybody receives, and no secret score in any of it."""

from __future__ import annotations

import pytest

from core.settings import Settings
from tests.workshop.twins import differences, twins


@pytest.mark.slow
@pytest.mark.req("WS-32", "WS-39", "WS-41", "BG-67")
@pytest.mark.parametrize("template", ["six_criteria", "team_health"])
@pytest.mark.parametrize("disclosure", ["named", "anonymous", "turns"])
async def test_nothing_that_anybody_receives_tells_a_secret_score(
    settings: Settings, database_url: str, disclosure: str, template: str
) -> None:
    one, other = await twins(settings, database_url, 7, disclosure, template)
    found = differences(one, other)
    print(f"\n{disclosure}, {template}: {one.size + other.size:,} bytes, {len(found)} leaks")
    assert one.size > 300_000, "everything was listened to"
    assert found == [], "\n".join(found[:10])
