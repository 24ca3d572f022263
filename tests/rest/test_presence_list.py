"""Who is here, over REST: what the tracker says, page by page, to those who may see it."""

from __future__ import annotations

import pytest

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
