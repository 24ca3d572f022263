"""One's own results and days, read by nobody else."""

from __future__ import annotations

import csv
import io

import pytest

from core.achievements.history import COLUMNS
from tests.factories import Make
from tests.rest_kit import Api


@pytest.mark.req("HUB-26")
async def test_ones_own_results_are_a_table_to_keep(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    await make.fact(ada, properties={"score": 85.5, "wpm": 41.5, "seconds": 60}, subject="typing", skill="home-row")
    await make.fact(leo)
    reply = await api("GET", "/api/v1/achievements/results", bearer=make.token(ada, "api"))
    assert reply.headers["Content-Disposition"] == 'attachment; filename="my-results.csv"'
    rows = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row[1:] for row in rows[1:]] == [["typing", "home-row", "practice_completed", "85.5", "26", "41.5", "60"]]
    assert (await api("GET", "/api/v1/achievements/results")).status == 403, "a key has no results of its own"
    mine = (await api("GET", "/api/v1/achievements", bearer=make.token(ada, "api"))).json
    assert (mine["this_week"], mine["level"]["level"], mine["level"]["next_at"]) == (26, 1, 60)
    days = await api("GET", "/api/v1/achievements/days?month=2026-13", bearer=make.token(ada, "api"))
    assert days.status == 422
