"""Who is here, over REST: what the tracker says, page by page, to those who may see it."""

from __future__ import annotations

import pytest

from core.clock import FakeClock
from core.presence.rules import Here
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api

PATH = "/api/v1/presence"


async def enter(make: Make, person: User, topic: str = "presence:lobby") -> None:
    presence = make.app.presence
    presence.enter(f"conn-{person.id}", topic, await make.principal(person))


@pytest.mark.req("API-1", "API-4")
async def test_the_lobby_page_by_page(api: Api, make: Make) -> None:
    people = [await make.person() for _ in range(5)]
    for person in people:
        await enter(make, person)
    reply = (await api("GET", f"{PATH}?limit=2")).json
    assert (reply["topic"], reply["count"], len(reply["people"])) == ("presence:lobby", 5, 2)
    seen = [p["user_id"] for p in reply["people"]]
    while reply["next_cursor"]:
        reply = (await api("GET", f"{PATH}?limit=2&cursor={reply['next_cursor']}")).json
        seen += [p["user_id"] for p in reply["people"]]
    assert sorted(seen) == sorted(str(p.id) for p in people)
    assert len(set(seen)) == 5
    (first,) = (await api("GET", f"{PATH}?limit=1")).json["people"]
    assert set(first) >= {"user_id", "name", "avatar", "status", "online_at", "connections"}
    assert first["status"] == Here(0).status


@pytest.mark.req("SEC-4", "CP-12")
async def test_a_cohort_is_seen_by_its_members(api: Api, make: Make) -> None:
    one, other = await make.person(cohort="7b", age_band="13_17"), await make.person(cohort="8a")
    topic = f"cohort:{one.cohort_id}"
    await enter(make, one, topic)
    mine = await api("GET", f"{PATH}?topic={topic}", bearer=make.token(one, "api"))
    assert [p["user_id"] for p in mine.json["people"]] == [str(one.id)]
    assert (await api("GET", f"{PATH}?topic={topic}", bearer=make.token(other, "api"))).status == 403
    assert (await api("GET", f"{PATH}?topic={topic}")).status == 403


@pytest.mark.parametrize(("topic", "status"), [("activity:global", 404), ("nowhere", 404), ("user:me", 404), ("", 404)])
async def test_topics_without_presence(api: Api, make: Make, topic: str, status: int) -> None:
    token = make.token(await make.person(), "api")
    assert (await api("GET", f"{PATH}?topic={topic}", bearer=token)).status == status
    assert (await api("GET", f"{PATH}?topic={topic}")).status == status


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "bnVsbA"])
async def test_a_cursor_that_is_not_ours(api: Api, cursor: str) -> None:
    assert (await api("GET", f"{PATH}?cursor={cursor}")).status == 400


@pytest.mark.req("PR-7", "BG-12", "BG-13")
async def test_listings_have_the_present_names_of_those_who_still_exist(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    await enter(make, ada)
    await enter(make, leo)
    make.app.presence.tracker.join("odd", "presence:lobby", "no id of ours", {"username": "Nobody", "online_at": 1})
    await make.person(external_id=ada.external_id, nickname="Countess")
    await make.erase(leo)
    (only,) = (await api("GET", PATH)).json["people"]
    assert (only["user_id"], only["name"]) == (str(ada.id), "Countess")
    assert only["username"] == only["display_name"] == only["name"]
    assert only["avatar_url"] == only["avatar"]


@pytest.mark.req("PR-2", "PR-15")
async def test_one_subject(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    await enter(make, ada)
    await enter(make, ada, "presence:subject:math")
    await enter(make, leo)
    assert [p["user_id"] for p in (await api("GET", f"{PATH}?subject=math")).json["people"]] == [str(ada.id)]
    reply = await api("GET", f"{PATH}?topic=presence:subject:math")
    assert [(p["user_id"], p["current_subject"]) for p in reply.json["people"]] == [(str(ada.id), "math")]


@pytest.mark.req("PR-15", "PR-18")
async def test_ones_own_state(api: Api, make: Make) -> None:
    ada = await make.person()
    token = make.token(ada, "api")
    await enter(make, ada)
    done = await api("PUT", f"{PATH}/me", {"status": "in_quiz", "activity": "practicing_algebra"}, bearer=token)
    assert done.json == {"here": True, "appears_offline": False, "kept_offline": False}
    (mine,) = (await api("GET", PATH)).json["people"]
    assert (mine["status"], mine["current_activity"]) == ("in_quiz", "practicing_algebra")
    for wrong, field in (({"status": "busy"}, "status"), ({"activity": "<b>"}, "activity")):
        refused = await api("PUT", f"{PATH}/me", wrong, bearer=token)
        assert refused.status == 422
        assert [problem["field"] for problem in refused.json["error"]["details"]["fields"]] == [field]
    assert (await api("PUT", f"{PATH}/me", {"appear_offline": True}, bearer=token)).json["appears_offline"] is True
    assert (await api("GET", f"{PATH}/me", bearer=token)).json == {
        "here": False, "appears_offline": True, "kept_offline": False
    }  # fmt: skip
    assert (await api("PUT", f"{PATH}/me", {"status": "away"})).status == 403, "a key is nobody"


@pytest.mark.req("PR-17", "BG-16")
async def test_a_viewers_figures(api: Api, make: Make) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue", age_band="13_17")
    mia, tom = await make.person(cohort="red"), await make.person()
    for one, other in ((ada, mia), (ada, leo)):
        await make.friends(one, other)
    cohort = f"cohort:{ada.cohort_id}"
    await enter(make, ada, cohort)
    await enter(make, ada, "presence:subject:math")
    await enter(make, leo, cohort)
    await enter(make, mia)
    await enter(make, tom)
    make.app.presence.change(f"conn-{mia.id}", activity="practicing_algebra")
    make.app.presence.change(f"conn-{leo.id}", status="studying")
    found = (await api("GET", f"{PATH}/figures", bearer=make.token(ada, "api"))).json
    assert found == {"online": 4, "cohort": 2, "subject": 1, "friends": 2, "practising": 2}
    alone = (await api("GET", f"{PATH}/figures", bearer=make.token(tom, "api"))).json
    assert alone == {"online": 2, "cohort": 0, "subject": 0, "friends": 0, "practising": 1}


@pytest.mark.req("PR-11", "PR-18")
async def test_who_was_seen_in_five_minutes_and_may_be_seen(api: Api, make: Make, clock: FakeClock) -> None:
    ada, leo, child = await make.person(), await make.person(), await make.child()
    shy = await make.person(keep_offline=True)
    store = make.app.presence._store
    assert store is not None
    await enter(make, leo, "presence:subject:math")
    for person in (ada, child, shy):
        await enter(make, person)
    make.app.presence.enter("another tab", "presence:lobby", await make.principal(ada))
    await store.flush()
    first = (await api("GET", f"{PATH}/online?limit=1")).json
    rest = (await api("GET", f"{PATH}/online?cursor={first['next_cursor']}")).json
    assert [p["user_id"] for p in first["people"] + rest["people"]] == sorted([str(ada.id), str(leo.id)])
    (learner,) = (await api("GET", f"{PATH}/online?subject=math")).json["people"]
    assert learner["user_id"] == str(leo.id)
    clock.advance(301)
    assert (await api("GET", f"{PATH}/online")).json["people"] == []
