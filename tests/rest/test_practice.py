"""Practice, practising together and what one has reached, by REST."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from core.settings import Settings
from tests.factories import Make
from tests.rest_kit import Api

MATH = {"subject": "Math", "skill": "Algebra"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, rewards="on")


@pytest.mark.req("SB-8", "HUB-10")
async def test_the_catalogue(api: Api) -> None:
    found = (await api("GET", "/api/v1/subjects")).json
    assert {"math", "reading", "science"} <= {one["id"] for one in found["subjects"]}
    apps = {app["id"]: app for app in found["apps"]}
    assert set(apps) == {"typing", "math", "reading", "piano"}
    assert (apps["typing"]["rank_by"], apps["typing"]["better"]) == ("wpm", "higher")


@pytest.mark.req("SB-4", "SB-5", "HUB-16", "API-5")
async def test_a_run_from_beginning_to_end(api: Api, app: App, make: Make, clock: FakeClock) -> None:
    ada, leo = await make.person(), await make.person()
    me, him = make.token(ada, "api"), make.token(leo, "api")
    begun = await api("POST", "/api/v1/practice", MATH, bearer=me)
    assert (begun.status, begun.json["subject"], begun.json["skill"], begun.json["app"]) == (
        201,
        "math",
        "algebra",
        "math",
    )
    path = f"/api/v1/practice/{begun.json['practice_id']}"
    assert (await api("PUT", f"{path}/progress", {"accuracy": 90}, bearer=me)).status == 204
    assert (await api("PUT", f"{path}/progress", {"accuracy": 90}, bearer=him)).error["type"] == "unknown_practice"
    assert (await api("PUT", f"{path}/progress", {"accuracy": 101}, bearer=me)).fields == ["accuracy"]
    assert (await api("POST", f"{path}/complete", {"score": 101}, bearer=me)).fields == ["score"]
    assert (await api("POST", f"{path}/complete", {"score": 50}, bearer=him)).status == 404
    clock.advance(66)
    done = (await api("POST", f"{path}/complete", {"score": 97.5, "wpm": 54}, bearer=me)).json
    assert (done["status"], done["score"], done["wpm"], done["seconds"]) == ("completed", 97.5, 54.0, 66)
    assert (await api("POST", f"{path}/complete", {"score": 3}, bearer=me)).error["type"] == "already_completed"
    assert (await api("PUT", f"{path}/progress", {"accuracy": 1}, bearer=me)).error["type"] in (
        "not_live", "already_completed",
    )  # fmt: skip
    assert (await api("DELETE", path, bearer=me)).status == 409
    await app.settle()
    items = (await api("GET", "/api/v1/activities", bearer=him)).json["activities"]
    assert [item["type"] for item in items] == ["practice_completed", "practice_started"]


@pytest.mark.req("SB-8")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"subject": "knitting", "skill": "algebra"}, "unknown_subject"),
        ({"subject": "math", "skill": "rhythm"}, "unknown_skill"),
        ({"subject": "math", "skill": "algebra", "app": "typing"}, "unknown_app"),
    ],
)
async def test_what_is_not_in_the_catalogue_is_refused(api: Api, make: Make, body: Any, reason: str) -> None:
    refused = await api("POST", "/api/v1/practice", body, bearer=make.token(await make.person(), "api"))
    assert (refused.status, refused.error["type"]) == (422, reason)
    stats = await api("GET", "/api/v1/subjects/knitting/stats")
    assert (stats.status, stats.error["type"]) == (404, "unknown_subject")


async def test_ones_own_runs_page_by_page(api: Api, make: Make, clock: FakeClock) -> None:
    me = make.token(await make.person(), "api")
    begun = []
    for _ in range(5):
        begun.append((await api("POST", "/api/v1/practice", MATH, bearer=me)).json["practice_id"])
        clock.advance(10)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await api("GET", f"/api/v1/practice?limit=2{cursor}", bearer=me)).json
        seen += [run["practice_id"] for run in page["runs"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == begun[::-1]
    assert (await api("GET", "/api/v1/practice?cursor=x", bearer=me)).status == 400
    last = f"/api/v1/practice/{begun[-1]}"
    assert (await api("DELETE", last, bearer=me)).status == 204


@pytest.mark.req("SB-1", "SB-2", "SB-7")
async def test_a_subjects_figures(api: Api, app: App, make: Make) -> None:
    ada = await make.person(cohort="blue")
    for skill in ("algebra", "algebra", "geometry"):
        await make.fact(ada, skill=skill)
    mine = (await api("GET", "/api/v1/subjects/MATH/stats", bearer=make.token(ada, "api"))).json
    assert mine["popular_skills"] == [{"skill": "algebra", "count": 2}, {"skill": "geometry", "count": 1}]
    assert [item["type"] for item in mine["cohort_activity"]].count("practice_completed") == 3
    assert (await api("GET", "/api/v1/subjects/math/stats")).json["cohort_activity"] == [], "a key has no cohort"


@pytest.mark.req("SB-9")
async def test_two_together(api: Api, make: Make) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    me, him, other = make.token(ada, "api"), make.token(leo, "api"), make.token(await make.person(), "api")
    asked = await api("POST", "/api/v1/co-sessions", MATH | {"user_id": str(leo.id)}, bearer=me)
    assert (asked.status, asked.json["status"]) == (201, "invited")
    path = f"/api/v1/co-sessions/{asked.json['session_id']}"
    assert [one["session_id"] for one in (await api("GET", "/api/v1/co-sessions", bearer=him)).json["sessions"]] == [
        asked.json["session_id"]
    ]
    assert (await api("GET", path, bearer=other)).status == 404
    assert (await api("POST", f"{path}/accept", bearer=me)).error["type"] == "not_yours_to_answer"
    live = (await api("POST", f"{path}/accept", bearer=him)).json
    assert (live["status"], [seat["name"] for seat in live["people"]]) == ("live", [ada.username, leo.username])
    for token, seat, score in ((me, 0, 90), (him, 1, 71)):
        run = live["people"][seat]["practice_id"]
        assert (await api("POST", f"/api/v1/practice/{run}/complete", {"score": score}, bearer=token)).status == 200
    done = (await api("GET", path, bearer=me)).json
    assert (done["status"], done["score"]) == ("completed", 80.5)
    assert (await api("POST", f"{path}/decline", bearer=him)).error["type"] == "already_completed"
    nobody = await api("POST", "/api/v1/co-sessions", MATH | {"user_id": str(uuid4())}, bearer=me)
    assert nobody.status == 404


@pytest.mark.req("HUB-20", "HUB-22")
async def test_what_one_has_reached(api: Api, make: Make) -> None:
    ada = await make.person(timezone="Europe/Zurich")
    token = make.token(ada, "api")
    nothing = (await api("GET", "/api/v1/achievements", bearer=token)).json
    assert (nothing["points"], nothing["streak"]["days"], nothing["streak"]["ends_at"]) == (0, 0, None)
    for _ in range(4):
        await make.fact(ada, properties={"score": 100})
    mine = (await api("GET", "/api/v1/achievements", bearer=token)).json
    assert mine["levels"] == [{"subject": "math", "points": 120, "level": 2, "next_at": 150}]
    earned = [badge["achievement"] for badge in mine["achievements"] if badge["earned"]]
    assert set(earned) == {"100-points", "perfect-accuracy", "level-2"}
    assert mine["next"][0] == "10-practices"
    streak = mine["streak"]
    assert (streak["days"], streak["practised_today"], streak["today"]) == (1, True, "2026-03-02")
    assert streak["ends_at"] == "2026-03-04T23:00:00Z", "tomorrow, and one day that is saved"


@pytest.mark.req("HUB-10")
async def test_an_exercise_is_the_same_for_the_same_seed(api: Api, make: Make) -> None:
    me = make.token(await make.person(), "api")
    first = await api("GET", "/api/v1/exercises/math/algebra?level=1&seed=s", bearer=me)
    assert (first.status, first.json["kind"], len(first.json["questions"])) == (200, "answers", 10)
    assert (await api("GET", "/api/v1/exercises/Math/Algebra?level=1&seed=s", bearer=me)).json == first.json
    for path, status in (
        ("math/rhythm", 404),
        ("knitting/purl", 404),
        ("science/biology", 422),
        ("math/algebra?level=9", 422),
    ):
        assert (await api("GET", f"/api/v1/exercises/{path}", bearer=me)).status == status, path


async def test_a_practice_stands_beside_ones_own_past(api: Api, make: Make, clock: FakeClock) -> None:
    ada, leo, child = await make.person(), await make.person(), await make.child()
    me = make.token(ada, "api")
    ends = []
    for score, wpm in ((70, 41), (90, 49), (85, 47)):
        run = (await api("POST", "/api/v1/practice", {"subject": "typing", "skill": "speed"}, bearer=me)).json
        clock.advance(60)
        path = f"/api/v1/practice/{run['practice_id']}"
        await api("POST", f"{path}/complete", {"score": score, "wpm": wpm, "seconds": 48}, bearer=me)
        ends.append((await api("GET", path, bearer=me)).json)
    assert [end["past"]["times"] for end in ends] == [0, 1, 2]
    assert (ends[2]["past"]["best"]["wpm"], ends[2]["past"]["last"]["wpm"]) == (49.0, 49.0)
    assert [end["run"]["seconds"] for end in ends] == [48, 48, 48], "pauses are left out"
    assert [end["challenge"] for end in ends] == [False, True, True]
    assert ends[1]["points"] == 27
    assert (await api("GET", path, bearer=make.token(leo, "api"))).status == 404
    hers = make.token(child, "api")
    run = (await api("POST", "/api/v1/practice", {"subject": "typing", "skill": "speed"}, bearer=hers)).json
    clock.advance(60)
    path = f"/api/v1/practice/{run['practice_id']}"
    done = (await api("POST", f"{path}/complete", {"score": 95, "seconds": 4000}, bearer=hers)).json
    assert done["seconds"] == 60, "no longer than it was"
    assert (await api("GET", path, bearer=hers)).json["challenge"] is False, (
        "a child is offered nothing without consent"
    )
