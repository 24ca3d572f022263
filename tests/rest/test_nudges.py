"""Nudges over REST: lists, settings, a parent's limits, measures; each for its owner alone."""

from __future__ import annotations

from uuid import uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from tests.factories import Make
from tests.nudges.kit import given, here, look, nudges_of, two_friends
from tests.rest_kit import Api, Reply


@pytest.mark.req("ND-11", "ND-8", "ND-15")
async def test_lists_by_status_with_names_as_they_may_be_shown(api: Api, app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    mine = make.token(ada, "api")
    ids = [str((await given(app, leo, ada)).id) for _ in range(3)]
    done = await api("POST", f"/api/v1/nudges/{ids[0]}/accept", bearer=mine)
    assert done.json["href"] == f"/practice/co-session?with={leo.id}&skill=algebra"
    assert (await api("POST", f"/api/v1/nudges/{ids[0]}/accept", bearer=mine)).error["type"] == "already_accepted"
    assert (await api("POST", f"/api/v1/nudges/{ids[1]}/ignore", bearer=mine)).json["status"] == "ignored"
    found = (await api("GET", "/api/v1/nudges?status=pending", bearer=mine)).json
    assert found["counts"] == {"pending": 1, "accepted": 1, "ignored": 1, "expired": 0}
    assert [(n["id"], n["user_name"]) for n in found["nudges"]] == [(ids[2], leo.username)]
    page = (await api("GET", "/api/v1/nudges?limit=2", bearer=mine)).json
    rest = (await api("GET", f"/api/v1/nudges?limit=2&cursor={page['next_cursor']}", bearer=mine)).json
    assert [n["id"] for n in (*page["nudges"], *rest["nudges"])] == ids[::-1]
    other = make.token(leo, "api")
    assert (await api("POST", f"/api/v1/nudges/{ids[2]}/accept", bearer=other)).status == 404
    assert (await api("GET", "/api/v1/nudges?status=lost", bearer=mine)).fields == ["status"]
    queue = (await api("GET", "/api/v1/notifications?limit=1", bearer=mine)).json
    assert (queue["notifications"][0]["nudge_id"], queue["notifications"][0]["user_name"]) == (ids[2], leo.username)
    await make.block(leo, ada)
    await app.settle()
    assert (await api("GET", "/api/v1/nudges", bearer=mine)).json["nudges"] == []
    assert leo.username not in str((await api("GET", "/api/v1/notifications", bearer=mine)).json)


@pytest.mark.req("ND-8", "ND-11")
async def test_muting_reporting_and_hearing_of_somebody_again(api: Api, app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    mine = make.token(ada, "api")
    nudge = await given(app, leo, ada)
    await api("POST", f"/api/v1/nudges/{nudge.id}/mute", {"what": "friend"}, bearer=mine)
    assert [m["user_id"] for m in (await api("GET", "/api/v1/nudges/mutes", bearer=mine)).json["muted"]] == [
        str(leo.id)
    ]
    assert (await api("DELETE", f"/api/v1/nudges/mutes/{leo.id}", bearer=mine)).status == 204
    assert (await api("DELETE", f"/api/v1/nudges/mutes/{leo.id}", bearer=mine)).status == 404
    again = await given(app, leo, ada)
    assert (await api("POST", f"/api/v1/nudges/{again.id}/report", bearer=mine)).json["status"] == "ignored"
    assert (await api("GET", "/api/v1/nudges/mutes", bearer=mine)).json["muted"][0]["until"] is None


@pytest.mark.req("ND-11", "TS-7")
async def test_a_report_waits_for_staff_who_may_keep_somebody_out_for_a_while(
    api: Api, app: App, make: Make, clock: FakeClock
) -> None:
    leo, ada = await two_friends(make)
    mine, staff = make.token(ada, "api"), make.token(await make.person(role="admin"), "api")
    first, second = await given(app, leo, ada), await given(app, leo, ada, kind="challenge")
    for nudge in (first, second, second):
        assert (await api("POST", f"/api/v1/nudges/{nudge.id}/report", bearer=mine)).status == 200
    assert (await api("GET", "/api/v1/nudge-reports", bearer=mine)).status == 403
    waiting = (await api("GET", "/api/v1/nudge-reports", bearer=staff)).json["reports"]
    assert [(one["user_id"], one["nudge_type"]) for one in waiting] == [
        (str(leo.id), "friend_online"),
        (str(leo.id), "challenge"),
    ]
    assert str(ada.id) not in str(waiting), "staff are not told who reported"

    async def decide(report: dict[str, str], verdict: str, bearer: str = staff) -> Reply:
        path = f"/api/v1/nudge-reports/{report['report_id']}/decision"
        return await api("POST", path, {"verdict": verdict}, bearer=bearer)

    assert (await decide(waiting[0], "pause", mine)).status == 403
    assert (await decide(waiting[0], "keep")).json["until"] is None
    assert (await decide(waiting[0], "pause")).status == 404, "it is answered once"
    ben = await make.person(name="Ben Field", cohort="blue")
    await make.friends(leo, ben)
    await app.settle()
    await here(app, leo, skill="algebra")
    await here(app, ben)
    assert (await decide(waiting[1], "pause")).json["until"] is not None
    assert (await api("GET", "/api/v1/nudge-reports", bearer=staff)).json["reports"] == []
    assert await look(app) == 0
    clock.advance(7 * 24 * 3600)
    await here(app, leo, skill="algebra")
    await here(app, ben)
    assert await look(app) == 1
    assert (await nudges_of(app, ben))[0].sender_id == leo.id


@pytest.mark.req("ND-10", "ND-5")
async def test_a_parents_limits_hold_and_carry_their_name(api: Api, make: Make) -> None:
    anna = await make.person(name="Anna Berger", role="parent")
    mia = await make.person(name="Mia Berger", age_band="13_17", guardian=anna.external_id)
    stranger = make.token(await make.person(role="parent"), "api")
    parent, child = make.token(anna, "api"), make.token(mia, "api")
    assert [c["name"] for c in (await api("GET", "/api/v1/children", bearer=parent)).json["children"]] == ["Mia"]
    path = f"/api/v1/children/{mia.id}/nudge-limits"
    limits = {"daily_cap": 2, "mail": False, "kinds_off": ["challenge"], "quiet_from": 1200, "quiet_to": 480}
    assert (await api("PUT", path, limits, bearer=stranger)).status == 404
    assert (await api("GET", path, bearer=stranger)).status == 404
    assert (await api("PUT", path, limits, bearer=parent)).status == 204
    chosen = {"daily_cap": 9, "app": {"challenge": True}, "mail": {"friend_online": True}}
    assert (await api("PUT", "/api/v1/nudges/settings", chosen, bearer=child)).status == 204
    seen = (await api("GET", "/api/v1/nudges/settings", bearer=child)).json
    assert seen["limits"] == limits | {"parent": "Anna"}
    assert (seen["daily_cap"], seen["app"]["challenge"], seen["mail"]["friend_online"]) == (2, False, False)
    assert seen["mail_locked"]
    assert (await api("PUT", path, limits | {"quiet_to": None}, bearer=parent)).fields == ["quiet_from"]
    assert (await api("PUT", path, limits | {"kinds_off": ["all"]}, bearer=parent)).fields == ["kinds_off"]
    bad = {"email": "not an address", "app": {"gossip": True}}
    assert set((await api("PUT", "/api/v1/nudges/settings", bad, bearer=child)).fields) == {"email", "gossip"}


@pytest.mark.req("ND-16")
async def test_measures_by_kind_for_analysts_alone(api: Api, app: App, make: Make) -> None:
    leo, ada = await two_friends(make)
    mine = make.token(ada, "api")
    answers = ["accept", "ignore", "shown", "mute"]
    for answer in answers:
        nudge = await given(app, leo, ada)
        body = {"what": "friend"} if answer == "mute" else None
        assert (await api("POST", f"/api/v1/nudges/{nudge.id}/{answer}", body, bearer=mine)).status < 300
    analyst = make.token(await make.person(role="analyst"), "api")
    found = (await api("GET", "/api/v1/nudges/measures", bearer=analyst)).json
    assert found["target"] == 0.15
    kinds = {m.pop("nudge_type"): m for m in found["measures"]}
    assert kinds["friend_online"] == {
        "sent": 4, "shown": 3, "accepted": 1, "ignored": 2, "expired": 0, "muted": 1, "accepted_share": 0.25,
    }  # fmt: skip
    assert kinds["challenge"]["accepted_share"] is None
    assert (await api("GET", "/api/v1/nudges/measures", bearer=mine)).status == 403
    assert (await api("POST", f"/api/v1/nudges/{uuid4()}/accept", bearer=mine)).status == 404
