"""Hidden means hidden: whole workshops, everything that anybody receives, and no secret score in any of it.

Every way of showing scores with every kind of workshop is played in the bench (`tests/load/test_hidden.py`).
"""

from __future__ import annotations

import pytest

from core.settings import Settings
from tests.workshop.twins import differences, twins


@pytest.mark.req("WS-32", "WS-39", "WS-41", "BG-67")
@pytest.mark.parametrize(
    ("disclosure", "template"),
    [("named", "six_criteria"), ("turns", "team_health")],
)
async def test_nothing_that_anybody_receives_tells_a_secret_score(
    settings: Settings, database_url: str, disclosure: str, template: str
) -> None:
    one, other = await twins(settings, database_url, 7, disclosure, template)
    found = differences(one, other)
    print(f"\n{disclosure}, {template}: {one.size + other.size:,} bytes, {len(found)} leaks")
    assert one.size > 300_000, "everything was listened to"
    assert found == [], "\n".join(found[:10])
