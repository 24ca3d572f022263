"""Friends and blocks in one's own name, every refusal telling no more than it must."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.web.rest.fields import make_cursor
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api, Reply

PATH = "/api/v1/friendships"
BLOCKS = "/api/v1/blocks"


class As:
    """REST in one person's name."""

    def __init__(self, api: Api, make: Make, person: User) -> None:
        self.api, self.person, self.token = api, person, make.token(person, "api")

    async def ask(self, other: User | UUID) -> Reply:
        body = {"user_id": str(other if isinstance(other, UUID) else other.id)}
        return await self.api("POST", PATH, body, bearer=self.token)

    async def answer(self, other: User, word: str) -> Reply:
        return await self.api("POST", f"{PATH}/{other.id}/{word}", bearer=self.token)

    async def block(self, other: User) -> Reply:
        return await self.api("POST", BLOCKS, {"user_id": str(other.id)}, bearer=self.token)

    async def unblock(self, other: User) -> Reply:
        return await self.api("DELETE", f"{BLOCKS}/{other.id}", bearer=self.token)

    async def friends(self, query: str = "") -> Reply:
        return await self.api("GET", f"{PATH}?{query}", bearer=self.token)


@pytest.mark.req("API-1")
async def test_asking_accepting_and_ending(api: Api, make: Make) -> None:
    one, other = As(api, make, await make.person()), As(api, make, await make.person())
    asked = await one.ask(other.person)
    assert (asked.status, asked.json) == (201, {"user_id": str(other.person.id), "status": "pending"})
    (seen,) = (await other.friends()).json["friendships"]
    assert (seen["user_id"], seen["status"], seen["asked_by_me"]) == (str(one.person.id), "pending", False)
    assert seen["name"] == one.person.username
    assert (await one.answer(other.person, "accept")).status == 409, "only who was asked may accept"
    assert (await other.answer(one.person, "accept")).json["status"] == "accepted"
    (seen,) = (await one.friends()).json["friendships"]
    assert (seen["status"], seen["asked_by_me"]) == ("accepted", True)
    assert (await one.answer(other.person, "decline")).json["status"] == "declined"
    assert (await one.friends()).json["friendships"] == []


async def test_nobody_to_be_reached_looks_always_the_same(api: Api, make: Make) -> None:
    me, blocker = As(api, make, await make.person()), As(api, make, await make.person())
    assert (await blocker.block(me.person)).status == 201
    unknown = await me.ask(UUID(int=7))
    refused = await me.ask(blocker.person)
    assert (unknown.status, unknown.body) == (refused.status, refused.body)
    assert (await me.ask(me.person)).status == 404
    for path in (f"{PATH}/nonsense/accept", f"{PATH}/{blocker.person.id}/accept", f"{PATH}/{UUID(int=7)}/decline"):
        assert (await api("POST", path, bearer=me.token)).status == 404
    assert (await api("POST", PATH, {"user_id": "nonsense"}, bearer=me.token)).fields == ["user_id"]


async def test_a_block_ends_a_friendship_and_can_be_taken_back(api: Api, make: Make) -> None:
    one, other = As(api, make, await make.person()), As(api, make, await make.person())
    await one.ask(other.person)
    await other.answer(one.person, "accept")
    assert (await one.block(other.person)).status == 201
    assert (await one.block(other.person)).status == 201
    assert (await one.friends()).json["friendships"] == (await other.friends()).json["friendships"] == []
    assert (await other.unblock(one.person)).status == 404, "the other's block is not one's own"
    assert (await one.unblock(other.person)).status == 204
    assert (await one.unblock(other.person)).status == 404


@pytest.mark.req("TS-1", "CP-12")
async def test_a_child_without_consent_is_told_why(api: Api, make: Make) -> None:
    child, adult = As(api, make, await make.child(cohort="7b")), await make.person(cohort="7b")
    refused = await child.ask(adult)
    assert (refused.status, refused.error["type"]) == (403, "coppa_no_consent")


@pytest.mark.req("TS-3", "SEC-2")
async def test_asking_too_often_has_to_wait(api: Api, make: Make) -> None:
    me = As(api, make, await make.person())
    others = [await make.person() for _ in range(21)]
    replies = [await me.ask(other) for other in others]
    assert [r.status for r in replies] == [201] * 20 + [429]
    assert int(replies[-1].headers["Retry-After"]) > 60


@pytest.mark.req("API-4")
async def test_friends_come_in_pages(api: Api, make: Make) -> None:
    me = As(api, make, await make.person())
    others = [await make.person() for _ in range(5)]
    for other in others:
        make.app.clock.advance(1)  # type: ignore[attr-defined]
        await me.ask(other)
    reply = (await me.friends("limit=2")).json
    seen = [f["user_id"] for f in reply["friendships"]]
    while reply["next_cursor"]:
        reply = (await me.friends(f"limit=2&cursor={reply['next_cursor']}")).json
        seen += [f["user_id"] for f in reply["friendships"]]
    assert seen == [str(o.id) for o in reversed(others)]
    assert (await me.friends("cursor=x")).status == 400


async def test_a_key_has_no_friends(api: Api) -> None:
    assert (await api("GET", PATH)).status == 403


@pytest.mark.req("API-4")
async def test_a_cursor_with_a_time_of_nowhere_is_not_ours(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    token = make.token(ada, "api")
    await api("POST", "/api/v1/friendships", {"user_id": str(leo.id)}, bearer=token)
    for time in ("2026-03-02T12:00:00", "2026-03-02", ""):
        cursor = make_cursor(time, leo.id)
        assert (await api("GET", f"/api/v1/friendships?cursor={cursor}", bearer=token)).status == 400


@pytest.mark.req("CO-11", "API-1")
async def test_whom_one_has_blocked_is_listed_for_oneself_alone(api: Api, make: Make) -> None:
    one, other = As(api, make, await make.person()), As(api, make, await make.person(name="Leo Marsh"))
    await one.block(other.person)
    (listed,) = (await api("GET", BLOCKS, bearer=one.token)).json["blocks"]
    assert (listed["user_id"], listed["name"]) == (str(other.person.id), other.person.username)
    assert (await api("GET", BLOCKS, bearer=other.token)).json == {"blocks": []}
    child = As(api, make, await make.child(cohort="7b"))
    await one.block(child.person)
    assert [b["name"] for b in (await api("GET", BLOCKS, bearer=one.token)).json["blocks"]].count("Somebody") == 1
    await make.erase(other.person)
    assert len((await api("GET", BLOCKS, bearer=one.token)).json["blocks"]) == 1
    assert (await api("GET", BLOCKS)).status == 403
