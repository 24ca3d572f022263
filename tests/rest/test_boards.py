"""Boards by REST: the first of a table, one's own place, one's wish, and results to look at again."""

from __future__ import annotations

from typing import Any

import pytest

from core.app import App
from core.clock import FakeClock
from core.leaderboards.keeping import hold_boards
from core.principal import SYSTEM
from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api, Reply

PATH = "/api/v1/leaderboards"


async def read(api: Api, make: Make, viewer: User | None, query: str = "", board: str = "math") -> Any:
    reply = await api("GET", f"{PATH}/{board}?{query}", bearer=make.token(viewer, "api") if viewer else "")
    assert reply.status == 200, reply
    return reply.json


async def practise(make: Make, person: User, score: float = 100, **given: Any) -> Any:
    return await make.fact(person, properties={"score": score}, **given)


@pytest.mark.req("LB-13", "CP-12", "TS-7")
async def test_a_nickname_is_judged_and_stands_on_every_board(api: Api, app: App, make: Make) -> None:
    dana = await make.person(name="Dana Okafor", cohort="blue")
    mia = await make.person(name="Mia Berger", cohort="blue", age_band="13_17", birth_date=None)
    await make.fact(dana)
    mine, hers = make.token(dana, "api"), make.token(mia, "api")

    async def choose(nickname: str | None, bearer: str = mine) -> Reply:
        return await api("PUT", "/api/v1/me/nickname", {"nickname": nickname}, bearer=bearer)

    async def listed() -> list[str]:
        entries = (await api("GET", "/api/v1/leaderboards/math?period=daily&scope=global", bearer=hers)).json["entries"]
        return [row["user_name"] for row in entries]

    assert await listed() == ["Dana Okafor"]
    assert (await choose("Comet")).json == {"nickname": "Comet", "public_name": "Comet"}
    await app.settle()
    assert await listed() == ["Comet"]
    refusals = {"x": "length", "a" * 25: "length", "\u200b \u200b": "length", "call 0171 1234567": "contact"}
    refusals |= {
        "dana@mail.org": "contact",
        "you loser": "unkind",
        "The T u t o r": "official",
        "Tandem Staff": "official",
    }
    for text, reason in refusals.items():
        assert (await choose(text)).error["type"] == reason, text
    assert (await choose("Mia Berger", hers)).error["type"] == "own_name"
    assert (await choose("comet", hers)).error["type"] == "taken"
    child = await make.person(name="Tim Small", age_band="under_13", birth_date=None)
    assert (await choose("Rocket", make.token(child, "api"))).status == 403
    # The host's word does not undo the person's own; staff's does.
    await make.person(external_id=dana.external_id, name="Dana Okafor", cohort="blue", nickname="Dee")
    assert (await api("GET", "/api/v1/me/nickname", bearer=mine)).json["public_name"] == "Comet"
    assert (await api("DELETE", f"/api/v1/nicknames/{dana.id}", bearer=hers)).status == 403
    staff = make.token(await make.person(role="admin"), "api")
    assert (await api("DELETE", f"/api/v1/nicknames/{dana.id}", bearer=staff)).status == 204
    await app.settle()
    assert await listed() == ["Dee"]


@pytest.mark.req("API-1", "LB-2", "LB-3")
async def test_every_board_says_what_it_is_and_how_it_ranks(api: Api) -> None:
    said = (await api("GET", PATH)).json
    boards = {board["board"]: board for board in said["boards"]}
    assert {"math", "math_accuracy", "typing_wpm", "overall"} <= boards.keys()
    assert "share a rank" in said["rule"]
    assert boards["math_accuracy"]["least"] == 3
    assert (boards["math"]["divisor"], boards["math_accuracy"]["divisor"]) == (1, 100)
    daily, weekly, ever = boards["math"]["periods"]
    assert (daily["period_start"], daily["ends_at"]) == ("2026-03-02", "2026-03-03T00:00:00Z")
    assert (weekly["period_start"], weekly["ends_at"]) == ("2026-03-02", "2026-03-09T00:00:00Z")
    assert (ever["period_start"], ever["ends_at"]) == ("2025-01-01", None)


@pytest.mark.req("LB-11", "LB-3", "HUB-12")
async def test_the_first_ten_and_oneself_among_ones_neighbours(api: Api, make: Make) -> None:
    people = [await make.person() for _ in range(16)]
    for number, person in enumerate(people):
        await practise(make, person, 100 - 4 * (number // 2))
    table = await read(api, make, people[12])
    assert [entry["rank"] for entry in table["entries"]] == [1, 1, 3, 3, 5, 5, 7, 7, 9, 9]
    assert table["people"] == 16
    assert (table["me"]["entry"]["rank"], table["me"]["listed"]) == (13, True)
    assert [(e["rank"], e["user_id"]) for e in table["around"]] == [
        (rank, str(people[n].id)) for rank, n in ((9, 9), (11, 10), (11, 11), (13, 12), (13, 13), (15, 14), (15, 15))
    ]
    assert len((await read(api, make, None, "limit=3"))["entries"]) == 3
    assert (await read(api, make, None))["me"] is None
    top = await read(api, make, people[0])
    assert [e["user_id"] for e in top["around"]] == [str(person.id) for person in people[:4]]


@pytest.mark.req("LB-12", "LB-13", "CP-12")
async def test_everybody_sees_the_boards_they_may_and_nobody_outside_them(api: Api, make: Make) -> None:
    adult, teen = await make.person(cohort="7b"), await make.person(cohort="7b", age_band="13_17")
    child, hidden = await make.child("social_visibility", cohort="7b"), await make.child(cohort="7b")
    friend, elsewhere = await make.person(), await make.person(cohort="8a", age_band="13_17")
    await make.friends(adult, friend)
    everybody = (adult, teen, child, hidden, friend, elsewhere)
    for number, person in enumerate(everybody):
        await practise(make, person, 100 - 5 * number)
    names = {str(person.id): number for number, person in enumerate(everybody)}

    async def seen(viewer: User | None, scope: str) -> list[int]:
        return [names[entry["user_id"]] for entry in (await read(api, make, viewer, f"scope={scope}"))["entries"]]

    assert await seen(None, "global") == await seen(hidden, "global") == [0, 4]
    for viewer in (adult, teen, child, hidden):
        assert await seen(viewer, "cohort") == [0, 1, 2]
    assert await seen(elsewhere, "cohort") == [5]
    assert await seen(adult, "friends") == [0, 4]
    assert await seen(teen, "friends") == [1]
    own = (await read(api, make, hidden, "scope=cohort"))["me"]
    assert (own["entry"]["rank"], own["listed"]) == (4, False), "for their own eyes"
    reply = await api("GET", f"{PATH}/math?scope=cohort", bearer=make.token(friend, "api"))
    assert (reply.status, reply.error["type"]) == (403, "not_in_cohort")
    for scope in ("cohort", "friends"):
        assert (await api("GET", f"{PATH}/math?scope={scope}")).status == 403


@pytest.mark.req("LB-13")
async def test_whoever_opts_out_is_not_listed_and_still_sees_their_own_place(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    for person in (ada, leo):
        await practise(make, person)
    mine = make.token(ada, "api")
    assert (await api("GET", f"{PATH}/me", bearer=mine)).json == {"listed": True}
    assert (await api("PUT", f"{PATH}/me", {"listed": False}, bearer=mine)).json == {"listed": False}
    assert (await api("GET", f"{PATH}/me", bearer=mine)).json == {"listed": False}
    table = await read(api, make, leo)
    assert ([e["user_id"] for e in table["entries"]], table["people"]) == ([str(leo.id)], 1)
    own = (await read(api, make, ada))["me"]
    assert (own["entry"]["rank"], own["entry"]["score"], own["listed"]) == (1, 30, False)
    await practise(make, ada)
    assert [e["user_id"] for e in (await read(api, make, leo))["entries"]] == [str(leo.id)], "nor by a new result"
    await api("PUT", f"{PATH}/me", {"listed": True}, bearer=mine)
    assert len((await read(api, make, leo))["entries"]) == 2


@pytest.mark.req("LB-6", "BG-26", "BG-7")
async def test_one_perfect_result_does_not_lead_an_average(api: Api, make: Make) -> None:
    steady, lucky = await make.person(), await make.person()
    for score in (80, 90, 85):
        await practise(make, steady, score)
    await practise(make, lucky, 100)
    table = await read(api, make, lucky, board="math_accuracy")
    assert [(e["user_id"], e["score"], e["results"]) for e in table["entries"]] == [(str(steady.id), 8_500, 3)]
    assert table["me"] is None, "two more results"
    points = await read(api, make, lucky)
    assert [e["score"] for e in points["entries"]] == [24 + 27 + 26, 30]


@pytest.mark.req("LB-15")
async def test_a_table_of_the_past_is_read_by_its_first_day(api: Api, app: App, make: Make, clock: FakeClock) -> None:
    ada = await make.person()
    await practise(make, ada)
    clock.advance(86_400)
    await app.transactions.run(SYSTEM, hold_boards)
    assert (await read(api, make, ada, "period=daily"))["entries"] == []
    past = await read(api, make, ada, "period=daily&start=2026-03-02")
    assert (past["frozen"], [e["rank"] for e in past["entries"]], past["me"]["entry"]["rank"]) == (True, [1], 1)
    assert (await read(api, make, ada, "period=weekly"))["frozen"] is False


@pytest.mark.req("LB-14", "LB-4")
async def test_what_is_too_good_waits_for_staff_and_counts_when_they_say_so(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    fast = await make.fact(ada, properties={"score": 100, "seconds": 2})
    fair = await practise(make, leo, 50)
    assert [e["user_id"] for e in (await read(api, make, None))["entries"]] == [str(leo.id)]
    admin = make.token(await make.person(role="admin"), "api")
    (waiting,) = (await api("GET", "/api/v1/results/reviews", bearer=admin)).json["results"]
    assert (waiting["result_id"], waiting["reason"], waiting["status"]) == (str(fast.event_id), "too_fast", "review")

    async def judge(result: Any, verdict: str) -> Any:
        return await api("POST", f"/api/v1/results/{result}/review", {"verdict": verdict}, bearer=admin)

    assert (await judge(fast.event_id, "accepted")).json["status"] == "counted"
    assert (await judge(fast.event_id, "accepted")).status == 200, "the same again changes nothing"
    assert [e["score"] for e in (await read(api, make, None))["entries"]] == [30, 15]
    assert (await api("GET", "/api/v1/results/reviews", bearer=admin)).json["results"] == []
    assert (await judge(fair.event_id, "voided")).json["status"] == "voided"
    assert [e["user_id"] for e in (await read(api, make, None))["entries"]] == [str(ada.id)]
    of_leo = (await api("GET", f"/api/v1/results/reviews?user_id={leo.id}", bearer=admin)).json["results"]
    assert [(r["result_id"], r["status"]) for r in of_leo] == [(str(fair.event_id), "voided")]
    assert (await judge(ada.id, "voided")).status == 404
    assert (await judge("nonsense", "voided")).status == 404
    assert (await judge(fair.event_id, "praised")).fields == ["verdict"]
    assert (await api("GET", "/api/v1/results/reviews", bearer=make.token(ada, "api"))).status == 403


@pytest.mark.req("LB-14", "API-4")
async def test_the_queue_comes_in_pages(api: Api, make: Make) -> None:
    ada = await make.person()
    for _ in range(5):
        await make.fact(ada, properties={"score": 100, "seconds": 2})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        reply = (await api("GET", f"/api/v1/results/reviews?limit=2{cursor}")).json
        seen += [result["result_id"] for result in reply["results"]]
        cursor = f"&cursor={reply['next_cursor']}" if reply["next_cursor"] else None
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("query", "field"),
    [("scope=everybody", "scope"), ("period=yearly", "period"), ("start=soon", "start"), ("limit=x", "limit")],
)
async def test_questions_that_make_no_sense(api: Api, query: str, field: str) -> None:
    assert (await api("GET", f"{PATH}/math?{query}")).fields == [field]


async def test_boards_and_tables_that_are_not_there(api: Api, make: Make) -> None:
    assert (await api("GET", f"{PATH}/knitting")).status == 404
    assert (await api("GET", f"{PATH}/math?period=all_time&start=2026-03-02")).fields == ["start"]
    assert (await read(api, make, None, "period=daily&start=1999-01-01"))["entries"] == []


@pytest.mark.req("LB-12")
async def test_an_erased_person_is_on_no_board(api: Api, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    for person in (ada, leo):
        await practise(make, person)
    await make.erase(ada)
    table = await read(api, make, leo)
    assert ([e["user_id"] for e in table["entries"]], table["people"]) == ([str(leo.id)], 1)
