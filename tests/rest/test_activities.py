"""What happened lately: only what the reader may see, in pages that never repeat or skip."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.social.friendships import answer_friendship, block_person, request_friendship
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api

PATH = "/api/v1/activities"


async def ids(api: Api, query: str = "", bearer: str = "") -> list[str]:
    reply = await api("GET", f"{PATH}?{query}", bearer=bearer)
    assert reply.status == 200, reply
    return [a["id"] for a in reply.json["activities"]]


async def befriend(make: Make, one: User, other: User) -> None:
    await make.run(await make.principal(one), request_friendship, make.app.gate, other.id)
    await make.run(await make.principal(other), answer_friendship, make.app.gate, one.id, True)


@pytest.mark.req("AF-7", "AF-3")
async def test_newest_first_in_the_one_shape(api: Api, make: Make) -> None:
    person = await make.person()
    first, second = await make.fact(person), await make.fact(person, "level_up", subject=None, skill=None)
    reply = await api("GET", PATH)
    assert reply.json["next_cursor"] is None
    newest, oldest = reply.json["activities"]
    assert [newest["id"], oldest["id"]] == [str(second.event_id), str(first.event_id)]
    assert oldest == {
        "id": str(first.event_id),
        "seq": first.seq,
        "type": "practice_completed",
        "user_id": str(person.id),
        "user_name": person.username,
        "user_avatar": oldest["user_avatar"],
        "subject": "math",
        "skill": "algebra",
        "properties": {"score": 85},
        "visibility": "public",
        "timestamp": oldest["timestamp"],
        "simulated": False,
        "reactions": {},
    }
    assert person.external_id not in reply.body.decode()


@pytest.mark.req("AF-8", "API-4")
async def test_pages_repeat_and_skip_nothing_while_more_arrives(api: Api, make: Make) -> None:
    person = await make.person()
    before = [str((await make.fact(person)).event_id) for _ in range(25)]
    seen: list[str] = []
    cursor = ""
    while True:
        reply = (await api("GET", f"{PATH}?limit=7{cursor}")).json
        seen += [a["id"] for a in reply["activities"]]
        await make.fact(person)
        if reply["next_cursor"] is None:
            break
        cursor = f"&cursor={reply['next_cursor']}"
    assert seen == before[::-1]


@pytest.mark.req("API-4", "AF-7")
async def test_fifty_to_a_page_and_a_hundred_at_most(api: Api, make: Make) -> None:
    person = await make.person()
    batch = {"events": [make.event(person) for _ in range(120)]}
    assert (await api("POST", "/api/v1/events", batch)).status == 202
    assert len(await ids(api)) == 50
    assert len(await ids(api, "limit=100")) == 100
    assert len(await ids(api, "limit=5000")) == 100
    assert len(await ids(api, "limit=1")) == 1
    assert len(await ids(api, "limit=0")) == 1
    assert len(await ids(api, "limit=-3")) == 1


@pytest.mark.parametrize("cursor", ["x", "YQ", "YS0x", "%F0%9F%A6%8A", "a" * 300, "' OR 1=1 --"])
async def test_a_cursor_that_is_not_ours(api: Api, cursor: str) -> None:
    from urllib.parse import quote

    reply = await api("GET", f"{PATH}?cursor={quote(cursor, safe='%')}")
    assert reply.status == 400


@pytest.mark.req("AF-7", "AF-15")
async def test_by_type_and_by_subject(api: Api, make: Make) -> None:
    person = await make.person()
    practice, level = await make.fact(person), await make.fact(person, "level_up", subject="science")
    assert await ids(api, "type=level_up") == [str(level.event_id)]
    assert await ids(api, "type=session.ended") == [str(practice.event_id)]
    assert len(await ids(api, "type=level_up,practice_completed")) == 2
    assert await ids(api, "subject=science") == [str(level.event_id)]
    assert await ids(api, "scope=subject:math") == [str(practice.event_id)]
    for query, field in (("type=levitated", "type"), ("subject=alchemy", "subject"), ("scope=subject:x", "scope")):
        assert (await api("GET", f"{PATH}?{query}")).fields == [field]
    for scope in ("everything", "cohort", "subject:", "subject", "network:x", "global:x", ""):
        reply = await api("GET", f"{PATH}?scope={scope}")
        assert reply.status in (403, 422), scope


@pytest.mark.req("AF-6", "SEC-4", "CP-12")
async def test_everybody_sees_what_they_may_and_nothing_more(api: Api, make: Make) -> None:
    people = {
        "adult": await make.person(cohort="7b"),
        "teen": await make.person(cohort="7b", age_band="13_17"),
        "child": await make.child("social_visibility", cohort="7b"),
        "hidden child": await make.child(cohort="7b"),
        "adult elsewhere": await make.person(cohort="8a"),
        "friend": await make.person(),
    }
    facts = {name: str((await make.fact(person)).event_id) for name, person in people.items()}
    me = await make.person(cohort="7b")
    await befriend(make, me, people["friend"])
    names = {event_id: name for name, event_id in facts.items()}

    async def seen(scope: str, viewer: User | None) -> set[str]:
        bearer = make.token(viewer, "api") if viewer else ""
        return {names[found] for found in await ids(api, f"scope={scope}", bearer) if found in names}

    public = {"adult", "adult elsewhere", "friend"}
    cohort = {"adult", "teen", "child"}
    assert await seen("global", me) == await seen("global", None) == public
    assert await seen(f"cohort:{me.cohort_id}", me) == cohort
    assert await seen("network", me) == cohort | {"friend"}
    assert await seen("network", None) == set(), "a key has no people of its own"
    stranger = await make.person(cohort="9c")
    assert await seen("global", stranger) == public
    assert await seen("network", stranger) == set()
    assert "hidden child" not in await seen(f"cohort:{me.cohort_id}", people["hidden child"])


@pytest.mark.req("SEC-4")
async def test_other_peoples_cohorts_are_shut(api: Api, make: Make) -> None:
    me, other = await make.person(cohort="7b"), await make.person(cohort="8a")
    bodies = set()
    for cohort in (other.cohort_id, UUID(int=5), "8a", "", "'; DROP TABLE users"):
        reply = await api("GET", f"{PATH}?scope=cohort:{str(cohort).replace(' ', '%20')}", bearer=make.token(me, "api"))
        assert reply.status == 403
        assert reply.error["type"] == "not_in_cohort"
        bodies.add(reply.body)
    assert len(bodies) == 1, "one that exists and one that does not look the same"
    assert (await api("GET", f"{PATH}?scope=cohort:{me.cohort_id}")).status == 403, "nor has a key a cohort"


@pytest.mark.req("SEC-4")
async def test_a_block_hides_both_from_each_other(api: Api, make: Make) -> None:
    one, other, third = [await make.person() for _ in range(3)]
    facts = [str((await make.fact(p)).event_id) for p in (one, other, third)]
    await make.run(await make.principal(one), block_person, make.app.gate, other.id)
    assert set(await ids(api, bearer=make.token(one, "api"))) == {facts[0], facts[2]}
    assert set(await ids(api, bearer=make.token(other, "api"))) == {facts[1], facts[2]}
    assert set(await ids(api, bearer=make.token(third, "api"))) == set(facts)


async def test_an_erased_person_is_in_no_list(api: Api, make: Make) -> None:
    one, other = await make.person(), await make.person()
    await make.fact(one)
    left = await make.fact(other)
    await make.erase(one)
    assert await ids(api) == [str(left.event_id)]


@pytest.mark.req("AF-14", "API-1")
async def test_one_reads_ones_own_reactions_and_nobody_elses(api: Api, make: Make) -> None:
    owner, me, other = [await make.person() for _ in range(3)]
    first, second = (await make.fact(owner)).event_id, (await make.fact(owner)).event_id
    await make.reaction(me, first, "celebrate")
    await make.reaction(other, second, "like")
    token = make.token(me, "api")
    reply = await api("GET", f"/api/v1/reactions?activities={first},{second}", bearer=token)
    assert reply.json == {"reactions": {str(first): "celebrate"}, "challenged": []}
    assert (await api("GET", "/api/v1/reactions?activities=x", bearer=token)).status == 422
    many = ",".join([str(first)] * 101)
    assert (await api("GET", f"/api/v1/reactions?activities={many}", bearer=token)).status == 422
    done = await api("POST", f"/api/v1/activities/{second}/reactions", {"reaction": "wow"}, bearer=token)
    assert done.json == {"activity_id": str(second), "mine": "wow", "reactions": {"like": 1, "wow": 1}}
    wrong = await api("POST", f"/api/v1/activities/{second}/reactions", {"reaction": "boo"}, bearer=token)
    assert wrong.status == 422
