"""Workshops over REST: the same rules as on pages, the same answers, and nothing hidden is ever said."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from core.app import App
from core.clock import FakeClock
from core.workshop.upkeep import sweep
from tests.factories import Make
from tests.rest_kit import Api, Reply
from tools.programs import ROOT

WORKSHOPS = "/api/v1/workshops"


class Table:
    """A workshop and the people around it, each with the token that coming in gave them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.code = ""
        self.tokens: dict[str, str] = {}
        self.pins: dict[str, str] = {}

    async def open(self, *names: str, **given: Any) -> None:
        made = await self.api("POST", WORKSHOPS, {"name": names[0], **given}, bearer=None)
        assert made.status == 201, made
        self.code = made.json["code"]
        self._keep(names[0], made)
        for name in names[1:]:
            await self.join(name)

    async def join(self, name: str, **given: Any) -> Reply:
        reply = await self.api("POST", f"{WORKSHOPS}/{self.code}/participants", {"name": name, **given}, bearer=None)
        if reply.status == 201:
            self._keep(name, reply)
        return reply

    def _keep(self, name: str, reply: Reply) -> None:
        self.tokens[name], self.pins[name] = reply.json["token"], reply.json["pin"]

    async def ask(self, name: str, method: str, path: str, body: Any = None) -> Reply:
        return await self.api(method, f"{WORKSHOPS}/{self.code}{path}", body, bearer=self.tokens[name])

    async def screen(self, name: str) -> Any:
        reply = await self.ask(name, "GET", "/screen")
        assert reply.status == 200, reply
        return reply.json

    async def move(self, name: str, kind: str, **given: Any) -> Reply:
        version = given.pop("version", None)
        if version is None:
            version = (await self.screen(name))["workshop"]["version"]
        return await self.ask(name, "POST", "/moves", {"move": kind, "version": version, **given})

    async def all_ready(self) -> None:
        for name in self.tokens:
            assert (await self.move(name, "ready")).status == 200

    async def score(self, *values: int) -> None:
        for name, value in zip(self.tokens, values, strict=True):
            question = (await self.screen(name))["workshop"]["current_question"]
            assert (await self.move(name, "submit", question=question, value=value)).status == 200


@pytest.fixture
def table(api: Api) -> Table:
    return Table(api)


@pytest.mark.req("WS-1", "WS-3", "WS-6", "API-1")
async def test_anyone_opens_one_and_comes_in_without_an_account(api: Api, table: Table) -> None:
    await table.open("Lena", "Tom", total_duration_minutes=120)
    assert len(table.code) == 6
    door = (await api("GET", f"{WORKSHOPS}/{table.code.lower()}", bearer=None)).json
    assert (door["state"], door["people"], door["full"]) == ("lobby", 2, False)
    assert "Lena" not in str(door), "who is in it is for those who are in it"
    screen = await table.screen("Tom")
    assert [p["name"] for p in screen["workshop"]["participants"]] == ["Lena", "Tom"]
    assert screen["me"]["my_score"] is None
    assert screen["time"]["overall_remaining_ms"] == 120 * 60_000


@pytest.mark.req("WS-14", "WS-17", "WS-30", "WS-32", "WS-33", "WS-72")
async def test_a_whole_workshop_is_played_and_no_value_is_said_before_its_reveal(table: Table) -> None:
    await table.open("Lena", "Tom", "Mia", skip_intro=True)
    await table.all_ready()
    for question in range(1, 9):
        screen = await table.screen("Lena")
        if screen["workshop"]["stage"] == "transition":
            await table.all_ready()
        value = {1: -3, 5: 7}.get(question, 0)
        assert (await table.move("Tom", "submit", question=question, value=value)).status == 200
        others = await table.screen("Lena")
        assert others["workshop"]["scored"] == [others["workshop"]["participants"][1]["id"]]
        assert (others["me"]["my_score"], others["workshop"]["open_scores"]) == (None, [])
        assert question not in [result["question"] for result in others["workshop"]["results"]]
        assert (await table.screen("Tom"))["me"]["my_score"] == value
        for name in ("Lena", "Mia"):
            assert (await table.move(name, "submit", question=question, value=2)).status == 200
        shown = (await table.screen("Mia"))["workshop"]
        assert shown["stage"] == "revealed"
        assert {s["value"] for s in shown["results"][-1]["scores"]} == {value, 2}
        await table.all_ready()
    for phase in ("summary", "actions"):
        assert (await table.screen("Lena"))["workshop"]["state"] == phase
        await (table.all_ready() if phase == "summary" else table.move("Lena", "advance", override=True))
    assert (await table.screen("Tom"))["workshop"]["state"] == "completed"
    results = (await table.ask("Tom", "GET", "/results")).json
    assert [r["question_number"] for r in results["results"]] == list(range(1, 9))
    assert results["results"][0]["average"] == 0.3


@pytest.mark.req("WS-30", "WS-31", "WS-64")
@pytest.mark.parametrize("value", [6, -6, "2", 2.5, None, True, [1], 10**30])
async def test_a_score_that_is_none_of_the_scale_is_refused(table: Table, value: Any) -> None:
    await table.open("Lena", "Tom", skip_intro=True)
    await table.all_ready()
    refused = await table.move("Lena", "submit", question=1, value=value)
    assert (refused.status, refused.error["type"]) == (422, "invalid_score")
    assert (await table.move("Lena", "submit", question=2, value=0)).status in (409, 422)
    assert (await table.screen("Lena"))["workshop"]["scored"] == []


@pytest.mark.req("WS-25", "WS-33", "WS-64")
async def test_two_who_go_on_at_once_go_one_step(table: Table) -> None:
    await table.open("Lena", "Tom", skip_intro=True)
    await table.all_ready()
    await table.score(1, 2)
    version = (await table.screen("Lena"))["workshop"]["version"]
    both = await asyncio.gather(*(table.move("Lena", "advance", version=version, override=True) for _ in range(2)))
    assert sorted(reply.status for reply in both) == [200, 409]
    late = next(reply for reply in both if reply.status == 409)
    assert late.error["type"] == "invalid_state"
    assert (await table.screen("Lena"))["workshop"]["current_question"] == 2
    too_late = await table.move("Tom", "submit", question=1, value=5)
    assert too_late.status in (409, 422), "the scores of a question are locked when they are revealed"


@pytest.mark.req("WS-6", "WS-7", "SEC-7")
async def test_a_name_alone_never_opens_somebodys_place(api: Api, table: Table) -> None:
    await table.open("Lena", "Tom")
    assert (await table.join("TOM")).error["type"] == "already_exists"
    path = f"{WORKSHOPS}/{table.code}"
    wrong = f"{(int(table.pins['Tom']) + 1) % 10_000:04d}"
    refused = await api("POST", f"{path}/reentries", {"name": "Tom", "pin": wrong}, bearer=None)
    assert (refused.status, refused.error["type"]) == (403, "wrong_pin")
    back = await api("POST", f"{path}/reentries", {"name": "tom", "pin": table.pins["Tom"]}, bearer=None)
    assert back.status == 200
    assert (await table.ask("Tom", "GET", "/screen")).status == 401, "the browser before is out"
    table.tokens["Tom"] = back.json["token"]
    assert (await table.screen("Tom"))["workshop"]["participants"][1]["name"] == "Tom"
    for _ in range(5):
        await api("POST", f"{path}/reentries", {"name": "Tom", "pin": wrong}, bearer=None)
    right = await api("POST", f"{path}/reentries", {"name": "Tom", "pin": table.pins["Tom"]}, bearer=None)
    assert right.status == 403, "after five wrong numbers the right one does not help"
    knock = await api("POST", f"{path}/knocks", {"name": "Tom"}, bearer=None)
    assert knock.status == 202
    waiting = await api("GET", f"{path}/screen", bearer=knock.json["token"])
    assert waiting.status == 401
    asked = (await table.screen("Lena"))["workshop"]["reentries"][0]["knock_id"]
    assert (await table.move("Lena", "answer_knock", knock_id=asked, accepted=True)).status == 200
    assert (await api("GET", f"{path}/screen", bearer=knock.json["token"])).status == 200


@pytest.mark.req("WS-24", "SEC-7")
async def test_wrong_expired_and_made_up_codes_look_alike_and_guessing_is_slowed_down(
    api: Api, table: Table, clock: FakeClock
) -> None:
    await table.open("Lena")
    clock.advance(14 * 86_400 + 1)
    expired = await api("GET", f"{WORKSHOPS}/{table.code}", bearer=None)
    answers = [await api("GET", f"{WORKSHOPS}/{code}", bearer=None) for code in ("ZZZZZZ", "nonsense-code", "O0O0O0")]
    assert {(reply.status, reply.error["message"]) for reply in (expired, *answers)} == {
        (404, expired.error["message"])
    }
    codes = [(await api("GET", f"{WORKSHOPS}/AAAA{a}{b}", bearer=None)).status for a in "BC" for b in "BCDEFG"]
    assert codes[-1] == 429


@pytest.mark.req("WS-30", "SEC-4")
async def test_a_token_reaches_its_own_workshop_and_nothing_else(api: Api, table: Table) -> None:
    await table.open("Lena")
    other = Table(api)
    await other.open("Ida")
    token = table.tokens["Lena"]
    for method, path in (("GET", "/screen"), ("POST", "/return"), ("GET", "/results")):
        assert (await api(method, f"{WORKSHOPS}/{other.code}{path}", bearer=token)).status == 403
    assert (await api("GET", "/api/v1/activities", bearer=token)).status == 403
    assert (await api("GET", f"{WORKSHOPS}/{table.code}/screen", bearer="guest_made-up")).status == 401
    assert (await api("GET", f"{WORKSHOPS}/{table.code}/screen", bearer=None)).status == 401


@pytest.mark.req("WS-4", "WS-5", "WS-10")
async def test_full_and_late_are_told_that_they_can_watch(api: Api, table: Table) -> None:
    await table.open("Lena", "Tom", max_participants=2, skip_intro=True)
    assert (await table.join("Mia")).error["type"] == "session_full"
    assert (await api("GET", f"{WORKSHOPS}/{table.code}", bearer=None)).json["full"] is True
    await table.all_ready()
    late = await table.join("Mia")
    assert late.error["message"] == "Session already started. You can watch."
    assert (await table.join("Mia", observer=True)).status == 201
    assert (await table.move("Mia", "submit", question=1, value=0)).status == 403


@pytest.mark.req("WS-2", "WS-26")
async def test_templates_are_listed_and_settings_are_checked(api: Api) -> None:
    listed = (await api("GET", f"{WORKSHOPS}/templates", bearer=None)).json["templates"]
    assert {"six_criteria", "team_health"} <= {one["slug"] for one in listed}
    whole = (await api("GET", f"{WORKSHOPS}/templates/six_criteria", bearer=None)).json["template"]
    assert len(whole["questions"]) == 8
    assert (await api("GET", f"{WORKSHOPS}/templates/unknown", bearer=None)).status == 404
    for wrong in ({"total_duration_minutes": 31}, {"max_participants": 1}, {"disclosure": "loud"}, {"name": " "}):
        assert (await api("POST", WORKSHOPS, {"name": "Lena", **wrong}, bearer=None)).status == 422, wrong


@pytest.mark.req("WS-65", "WS-54")
async def test_opening_and_feedback_have_their_limits(api: Api) -> None:
    opened = [(await api("POST", WORKSHOPS, {"name": "Lena"}, bearer=None)).status for _ in range(11)]
    assert opened == [201] * 10 + [429]
    told = {"content": "Calm and clear.", "category": "working_well", "section": "scoring"}
    given = [(await api("POST", "/api/v1/feedback", told, bearer=None)).status for _ in range(6)]
    assert given == [201] * 5 + [429]


@pytest.mark.req("WS-56", "WS-76")
async def test_a_teams_link_finds_its_workshops_and_what_is_left_to_do(api: Api, table: Table) -> None:
    team = (await api("POST", "/api/v1/teams", {"name": "Support crew"}, bearer=None)).json["team"]
    await table.open("Lena", "Tom", team=team, skip_intro=True)
    await table.all_ready()
    await table.score(1, 2)
    await table.move("Lena", "end")
    room = await api("GET", "/api/v1/teams/room", bearer=team)
    assert room.json["name"] == "Support crew"
    assert [(w["code"], w["people"], w["actions"]) for w in room.json["workshops"]] == [(table.code, 2, 0)]
    assert (await api("GET", "/api/v1/teams/room", bearer="team_guess")).status == 404
    assert (await api("GET", "/api/v1/teams/room", bearer=None)).status == 401


@pytest.mark.req("WS-72", "API-1")
async def test_a_bot_of_thirty_lines_takes_part(api: Api, app: App, table: Table) -> None:
    await table.open("Lena", skip_intro=True)
    bot = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "docs/examples/workshop_bot.py"), api.url, table.code, "Robin", "0.02",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while not any(p["name"] == "Robin" for p in (await table.screen("Lena"))["workshop"]["participants"]):
                pass
            while (now := (await table.screen("Lena"))["workshop"])["state"] != "completed":
                if now["stage"] == "awaiting" and (await table.screen("Lena"))["me"]["my_score"] is None:
                    await table.move("Lena", "submit", question=now["current_question"], value=2)
                elif now["state"] == "actions":
                    await table.move("Lena", "advance", override=True)
                elif now["stage"] != "awaiting":
                    await table.move("Lena", "ready")
            said, _ = await bot.communicate()
    finally:
        if bot.returncode is None:
            bot.kill()
    assert said.decode().strip() == "Robin: the workshop is over."
    scores = (await table.ask("Lena", "GET", "/results")).json["results"]
    assert len(scores) == 8
    assert {s["name"] for s in scores[0]["scores"]} == {"Lena", "Robin"}


@pytest.mark.usefixtures("make")
async def test_an_interrupted_opening_is_one_workshop(api: Api, make: Make) -> None:
    headers = {"Idempotency-Key": "open-1"}
    both = [await api("POST", WORKSHOPS, {"name": "Lena"}, bearer=None, headers=headers) for _ in range(2)]
    assert both[0].json == both[1].json


@pytest.mark.req("WS-11", "WS-72")
async def test_whoever_looks_without_a_socket_is_here(app: App, table: Table, clock: FakeClock) -> None:
    await table.open("Lena", "Tom", "Mia", skip_intro=True)
    await table.all_ready()
    for _ in range(4):
        looked = clock.now()
        clock.advance(25)
        version = (await table.screen("Lena"))["workshop"]["version"]
        moved = await table.move("Tom", "submit", question=1, value=1, version=version)
        assert moved.status == 200
        await sweep(app.transactions, clock.now(), looked)
    people = (await table.screen("Lena"))["workshop"]["participants"]
    assert [person["status"] for person in people] == ["active", "active", "inactive"]
