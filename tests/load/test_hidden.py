"""Whole workshops in every mode and from every template, each twice: bytes searched, and secrets found in them."""

from __future__ import annotations

import pytest

from core.settings import Settings
from tests.workshop.twins import differences, twins

pytestmark = pytest.mark.bench

SEED = 23


async def test_bytes_searched_for_hidden_scores(settings: Settings, database_url: str) -> None:
    size, leaks = 0, list[str]()
    for template in ("six_criteria", "team_health"):
        for disclosure in ("named", "anonymous", "turns"):
            one, other = await twins(settings, database_url, SEED, disclosure, template, closely=True)
            found = differences(one, other)
            print(f"\n  {disclosure}, {template}: {one.size + other.size:,} bytes, {len(found)} leaks", end="")
            size += one.size + other.size
            leaks += found
    print(f"\nhidden scores: {size:,} bytes received by everybody, logged and remembered; {len(leaks)} leaks")
    assert leaks == []
