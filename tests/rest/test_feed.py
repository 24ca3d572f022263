"""The feed's own doors: one's people for a day, what one hid, what staff look at, and a challenge with its refusals."""

from __future__ import annotations

import pytest

from core.clock import FakeClock
from tests.factories import Make
from tests.rest.test_activities import befriend, ids
from tests.rest_kit import Api


@pytest.mark.req("AF-10", "BG-22")
async def test_ones_network_is_a_day_of_what_came_of_work(api: Api, make: Make, clock: FakeClock) -> None:
    me, mate, friend = await make.person(cohort="blue"), await make.person(cohort="blue"), await make.person()
    stranger, alone = await make.person(), await make.person()
    await befriend(make, me, friend)
    old = (await make.fact(mate)).event_id
    clock.advance(86_400 - 60)
    theirs = [(await make.fact(who)).event_id for who in (mate, friend)]
    badge = (await make.fact(mate, "achievement_earned", properties={"name": "Steady"}, skill=None)).event_id
    for other, type in ((mate, "practice_started"), (mate, "level_up"), (stranger, "practice_completed")):
        await make.fact(other, type)
    token = make.token(me, "api")
    wanted = [str(id) for id in (badge, *theirs[::-1], old)]
    assert await ids(api, "scope=network", token) == wanted
    clock.advance(120)
    assert await ids(api, "scope=network", token) == wanted[:3], "a day is over"
    assert await ids(api, "scope=network&type=practice_completed", token) == wanted[1:3]
    assert await ids(api, "scope=network&type=level_up", token) == []
    assert await ids(api, "scope=network", make.token(alone, "api")) == [], "nobody to look at is no fault"
    assert await ids(api, "scope=friends&type=practice_completed", token) == [str(theirs[1])]
    mine = str((await make.fact(me)).event_id)
    assert await ids(api, "scope=me&type=practice_completed", token) == [mine]
    for scope in ("friends", "me"):
        assert (await api("GET", f"/api/v1/activities?scope={scope}")).status == 403, "a key is nobody"


@pytest.mark.req("AF-23", "BG-22")
async def test_hiding_and_reports_by_rest(api: Api, make: Make) -> None:
    owner, me, admin = await make.person(), await make.person(), await make.person(role="admin")
    one, other = [str((await make.fact(owner)).event_id) for _ in range(2)]
    token, staff = make.token(me, "api"), make.token(admin, "api")
    path = f"/api/v1/activities/{one}"
    assert (await api("POST", f"{path}/hidden", bearer=token)).status == 204
    assert await ids(api, "", token) == [other]
    hidden = (await api("GET", "/api/v1/hidden-activities", bearer=token)).json
    assert (hidden["ids"], [a["id"] for a in hidden["activities"]]) == ([one], [one])
    assert (await api("DELETE", f"{path}/hidden", bearer=token)).status == 204
    assert await ids(api, "", token) == [other, one]
    assert (await api("POST", f"{path}/reports", {"reason": "because"}, bearer=token)).status == 422
    assert (await api("POST", f"{path}/reports", {"reason": "unkind"}, bearer=token)).status == 204
    assert (await api("GET", "/api/v1/reports", bearer=token)).status == 403
    (waiting,) = (await api("GET", "/api/v1/reports", bearer=staff)).json["reports"]
    assert (waiting["activity"]["id"], waiting["reasons"]) == (one, {"unkind": 1})
    assert (await api("DELETE", path, bearer=token)).error["type"] == "not_yours"
    answer = await api("POST", f"/api/v1/reports/{one}/decision", {"verdict": "remove"}, bearer=staff)
    assert answer.json == {"activity_id": one, "verdict": "remove", "answered": 1}
    assert await ids(api, "", make.token(owner, "api")) == [other]
    for method, what in (("DELETE", ""), ("POST", "/hidden"), ("POST", "/challenge")):
        assert (await api(method, path + what, bearer=token)).status == 404
    reaction = await api("POST", f"{path}/reactions", {"reaction": "like"}, bearer=token)
    assert reaction.status == 404, "a reaction to what was removed"


@pytest.mark.req("AF-16", "AF-19", "AF-18")
async def test_challenges_clicks_and_shares_by_rest(api: Api, make: Make) -> None:
    owner, me = await make.person(), await make.person()
    one, other = [str((await make.fact(owner)).event_id) for _ in range(2)]
    token = make.token(me, "api")
    made = await api("POST", f"/api/v1/activities/{one}/challenge", bearer=token)
    assert (made.status, made.json["target_user_id"], made.json["skill"]) == (201, str(owner.id), "algebra")
    again = await api("POST", f"/api/v1/activities/{one}/challenge", bearer=token)
    assert (again.status, again.error["type"]) == (409, "already_challenged")
    assert (await api("POST", f"/api/v1/activities/{other}/challenge", bearer=token)).status == 429
    own = await api("GET", f"/api/v1/reactions?activities={one},{other}", bearer=token)
    assert own.json["challenged"] == [one]
    batch = {"viewed": [one, other, one], "clicks": [{"target": "menu", "activity_id": other}, {"target": "nonsense"}]}
    counted = await api("POST", "/api/v1/engagement", batch, bearer=token)
    assert counted.json == {"viewed": 2, "clicks": 1}
    many = {"viewed": [one] * 101}
    assert (await api("POST", "/api/v1/engagement", many, bearer=token)).status == 422
    pack = await api("POST", "/api/v1/share-packs", {"source": "activity_feed"}, bearer=token)
    assert (pack.status, pack.json["outcome"], pack.json["text"]) == (200, "nothing_yet", "")


@pytest.mark.req("AF-19")
async def test_a_page_that_tells_too_often_is_told_to_wait(api: Api, make: Make) -> None:
    token = make.token(await make.person(), "api")
    statuses = [(await api("POST", "/api/v1/engagement", {}, bearer=token)).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]
