"""A cohort's room by REST: one's own, whoever asks; lists that neither repeat nor skip; staff's doors for staff."""

from __future__ import annotations

from uuid import uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from core.social.friendships import block_person
from core.web.rest.fields import make_cursor
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api, Reply

ROOM = "/api/v1/cohort"


class As:
    """REST in one person's name."""

    def __init__(self, api: Api, make: Make, person: User) -> None:
        self.api, self.person, self.token = api, person, make.token(person, "api")

    async def get(self, path: str = "") -> Reply:
        return await self.api("GET", ROOM + path, bearer=self.token)

    async def post(self, path: str, body: object = None) -> Reply:
        return await self.api("POST", ROOM + path, body, bearer=self.token)

    async def say(self, text: str) -> str:
        reply = await self.post("/messages", {"text": text})
        assert reply.status == 201, reply
        return str(reply.json["message_id"])


@pytest.fixture
async def members(api: Api, app: App, make: Make) -> list[As]:
    """A learner, a friend of hers in her grade, another learner, and a tutor."""
    given = ({"grade_level": "8"}, {"grade_level": "8"}, {"grade_level": "9"}, {"role": "tutor", "name": "Hanna Wells"})
    found = [As(api, make, await make.person(cohort="blue", **more)) for more in given]
    await make.friends(found[0].person, found[1].person)
    await make.friends(found[0].person, found[2].person)
    await app.settle()
    return found


@pytest.mark.req("CO-3", "CO-9", "CO-10", "API-1")
async def test_how_a_room_stands(app: App, make: Make, members: list[As]) -> None:
    ada, leo, mia, _ = members
    for one in (leo, mia):
        principal = await make.principal(one.person)
        app.presence.enter(f"test-{one.person.id}", f"cohort:{one.person.cohort_id}", principal)
    found = (await ada.get()).json
    assert (found["name"], found["grade_level"], found["total_members"], found["members_online"]) == ("blue", "8", 4, 2)
    assert found["chat"] == {"open": True, "reason": None}
    assert found["leads"] == ["Hanna Wells"]
    assert set(found["friends"]) == {str(leo.person.id), str(mia.person.id)}
    assert (found["same_grade"], found["friends_online"]) == ([str(leo.person.id)], 1)
    assert found["may_moderate"] is False
    await make.run(await make.principal(ada.person), block_person, app.gate, leo.person.id)
    found = (await ada.get()).json
    assert (found["friends"], found["friends_online"]) == ([str(mia.person.id)], 0)


@pytest.mark.req("CO-5", "API-4")
async def test_what_was_said_comes_in_pages(clock: FakeClock, app: App, make: Make, members: list[As]) -> None:
    ada, leo, _, _ = members
    ids = []
    for n in range(7):
        clock.advance(4)
        ids.append(await (ada if n % 2 else leo).say(f"Line {n}"))
    clock.advance(4)
    held = await ada.say("you idiot")
    page = (await ada.get("/messages?limit=3")).json
    assert [one["message_id"] for one in page["held"]] == [held]
    seen = [one["message_id"] for one in page["messages"]]
    while page["next_cursor"]:
        clock.advance(4)
        await leo.say(f"Meanwhile {len(seen)}")
        page = (await ada.get(f"/messages?limit=3&cursor={page['next_cursor']}")).json
        assert page["held"] == []
        seen += [one["message_id"] for one in page["messages"]]
    assert seen == ids[::-1]
    assert (await leo.get("/messages")).json["held"] == []
    for cursor in ("x", make_cursor("1"), make_cursor(1, 2), make_cursor(2**80)):
        assert (await ada.get(f"/messages?cursor={cursor}")).status == 400, cursor
    await make.run(await make.principal(ada.person), block_person, app.gate, leo.person.id)
    shown = (await ada.get("/messages")).json["messages"]
    assert {one["user_id"] for one in shown} == {str(ada.person.id)}


@pytest.mark.req("CO-5", "TS-7", "SEC-4")
async def test_staff_look_at_what_is_held_or_reported_and_decide(clock: FakeClock, members: list[As]) -> None:
    ada, leo, _, tutor = members
    held = await ada.say("what a loser")
    odd = await ada.say("Something odd")
    assert (await leo.post(f"/messages/{odd}/reports", {"reason": "unsafe"})).status == 204
    assert (await leo.post(f"/messages/{odd}/reports", {"reason": "ugly"})).status == 422
    assert (await leo.get("/desk")).status == 403
    items = (await tutor.get("/desk")).json["items"]
    assert [(one["message_id"], one["held"], one["reason"], one["reported_as"]) for one in items] == [
        (held, True, "unkind", []),
        (odd, False, None, ["unsafe"]),
    ]
    assert (await leo.post(f"/messages/{held}/decision", {"show": True})).status == 403
    assert (await tutor.post(f"/messages/{held}/decision", {"show": False})).json["status"] == "removed"
    assert (await tutor.post(f"/messages/{odd}/decision", {"show": True})).json["status"] == "shown"
    assert (await tutor.get("/desk")).json["items"] == []
    for path in (f"/messages/{uuid4()}/decision", "/messages/nonsense/decision"):
        assert (await tutor.post(path, {"show": True})).status == 404
    taken = await leo.api("DELETE", f"{ROOM}/messages/{odd}", bearer=leo.token)
    assert taken.status == 403
    assert (await ada.api("DELETE", f"{ROOM}/messages/{odd}", bearer=ada.token)).status == 204
    (gone,) = (await leo.get("/messages")).json["messages"]
    assert (gone["removed"], gone["text"], gone["user_id"], gone["user_name"]) == (True, "", None, "")
    switched = await tutor.api("PUT", f"{ROOM}/chat", {"on": False}, bearer=tutor.token)
    assert switched.json == {"open": False, "reason": "switched_off"}
    assert (await leo.get("/messages")).json["messages"] == []
    refused = await leo.post("/messages", {"text": "Hello?"})
    assert (refused.status, refused.error["type"]) == (403, "switched_off")


@pytest.mark.req("CO-5", "TS-7")
async def test_staff_mute_a_member_for_a_stated_time(clock: FakeClock, members: list[As], make: Make) -> None:
    ada, leo, _, tutor = members

    async def mute(who: As, person: User, minutes: object = 60) -> Reply:
        return await who.api("PUT", f"{ROOM}/mutes/{person.id}", {"minutes": minutes}, bearer=who.token)

    assert (await mute(leo, ada.person)).status == 403
    assert [(await mute(tutor, ada.person, odd)).status for odd in (0, -1, 10_081, "60")] == [422] * 4
    stranger = await make.person(cohort="green")
    assert (await mute(tutor, stranger)).status == 404
    assert (await mute(tutor, tutor.person)).error["type"] == "is_staff"
    until = (await mute(tutor, ada.person)).json["until"]
    assert (await ada.get()).json["muted_until"] == until
    refused = await ada.post("/messages", {"text": "Hello?"})
    assert (refused.status, refused.error["type"]) == (403, "muted")
    assert refused.error["details"]["until"].startswith(until[:19])
    assert await leo.say("She reads along")
    assert len((await ada.get("/messages")).json["messages"]) == 1
    assert [one["user_id"] for one in (await tutor.get("/desk")).json["muted"]] == [str(ada.person.id)]
    # It ends by itself, or when staff say so.
    clock.advance(60 * 60)
    await ada.say("Here again")
    assert (await mute(tutor, ada.person)).status == 200
    assert (await tutor.api("DELETE", f"{ROOM}/mutes/{ada.person.id}", bearer=tutor.token)).status == 204
    assert (await ada.get()).json["muted_until"] is None
    await ada.say("And again")
    assert (await tutor.get("/desk")).json["muted"] == []


@pytest.mark.req("CO-6", "CO-7", "API-1")
async def test_challenges_from_setting_one_to_its_end(members: list[As], make: Make, clock: FakeClock) -> None:
    ada, leo, _, tutor = members
    made = await tutor.post("/challenges", {"skill": "Sight reading"})
    assert (made.status, made.json["subject"], made.json["skill"]) == (201, "piano", "sight-reading")
    assert (await ada.post("/challenges", {"skill": "sight-reading"})).error["type"] == "already_open"
    assert (await ada.post("/challenges", {"skill": "knitting"})).status == 422
    path = f"/challenges/{made.json['challenge_id']}/join"
    assert [(await ada.post(path)).json["joined"] for _ in range(2)] == [True, False]
    clock.advance(5)
    await make.fact(ada.person, subject="piano", skill="sight-reading", properties={"score": 77.5})
    (one,) = (await ada.get("/challenges")).json["challenges"]
    assert (one["participant_count"], one["joined"], one["creator_name"]) == (1, True, "Hanna Wells")
    assert [(place["rank"], place["score"]) for place in one["participants"]] == [(1, 77.5)]
    (one,) = (await leo.get("/challenges")).json["challenges"]
    assert one["joined"] is False
    assert (await leo.post(f"/challenges/{uuid4()}/join")).status == 404
    clock.advance(86_400)
    late = As(leo.api, make, leo.person)
    assert (await late.post(path)).error["type"] == "challenge_over"


@pytest.mark.req("CO-11", "CP-12", "SEC-3")
async def test_whom_one_may_know(app: App, make: Make, members: list[As]) -> None:
    ada, leo, mia, tutor = members
    hidden = await make.child(cohort="blue")
    await make.person(cohort="red", name="Zoe Far")
    found = (await ada.get("/members")).json["members"]
    names = {one["user_id"]: one["status"] for one in found}
    assert names == {str(leo.person.id): "accepted", str(mia.person.id): "accepted", str(tutor.person.id): None}
    assert str(hidden.id) not in names
    by_name = (await ada.get("/members?search=hAnNa")).json["members"]
    assert [one["name"] for one in by_name] == ["Hanna Wells"]
    for text in ("\0", "a\0b"):
        assert (await ada.get(f"/members?cursor={make_cursor(text, uuid4())}")).status == 400, ascii(text)
    assert (await ada.get("/members?search=%00")).status in (200, 400, 422)
    for search in ("%25", "_", "'", "%5C"):
        assert (await ada.get(f"/members?search={search}")).json["members"] == [], search
    pages, cursor = [], ""
    for _ in names:
        page = (await ada.get(f"/members?limit=1{cursor}")).json
        pages += [one["user_id"] for one in page["members"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert cursor.endswith("=None")
    assert sorted(pages) == sorted(names)
    await make.run(await make.principal(leo.person), block_person, app.gate, ada.person.id)
    assert str(leo.person.id) not in {one["user_id"] for one in (await ada.get("/members")).json["members"]}


@pytest.mark.req("CO-1")
async def test_without_a_cohort_every_door_says_so(api: Api, make: Make) -> None:
    loner = As(api, make, await make.person(role="admin"))
    for path in ("", "/members", "/messages", "/challenges", "/desk"):
        assert (await loner.get(path)).error["type"] == "not_in_cohort", path
    for path, body in (("/messages", {"text": "x"}), ("/challenges", {"skill": "algebra"})):
        assert (await loner.post(path, body)).error["type"] == "not_in_cohort"
    assert (await api("GET", ROOM)).status == 403
