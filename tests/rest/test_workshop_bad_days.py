"""Bad input and bad days in a workshop: each is answered with a clear sentence, and nothing is lost or told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.app import App
from core.clock import FakeClock
from tests.party_kit import WORKSHOPS, Party, Web
from tests.rest_kit import Api

NAMES = ("Lena", "Tom", "Mia")


@pytest.fixture
async def web(api: Api) -> AsyncIterator[Web]:
    web = Web(api.url)
    yield web
    web.close()


@pytest.fixture
async def party(web: Web) -> Party:
    """Three people at the first question."""
    party = await Party(web).open(*NAMES, skip_intro=True, total_duration_minutes=120)
    await party.to("scoring", "awaiting", 1)
    return party


@pytest.mark.req("WS-30", "WS-31", "WS-64", "BG-70")
async def test_every_score_that_does_not_count_says_why_and_changes_nothing(web: Web, party: Party) -> None:
    other = await Party(web).open("Ida", "Ben", skip_intro=True)
    await other.to("scoring", "awaiting", 1)
    await party.join("Olga", observer=True)
    before = await party.lead.shown()
    version = before["version"]
    tom, olga, ida = party.players["Tom"], party.players["Olga"], other.lead
    good = {"version": version, "question": 1, "value": 2}
    for who, given, status, reason in (
        (tom, {"value": 6}, 422, "invalid_score"),
        (tom, {"value": "2"}, 422, "invalid_score"),
        (tom, {"value": 1e300}, 422, "invalid_score"),
        (tom, {"question": 2}, 409, "invalid_state"),
        (tom, {"question": -1}, 409, "invalid_state"),
        (tom, {"version": version + 1}, 409, "invalid_state"),
        (olga, {}, 403, "unauthorized"),
    ):
        answer = await who.move("submit", **good | given)
        assert (answer.status, answer.reason) == (status, reason), (given, answer)
        assert len(answer.json["error"]["message"]) > 10
    path = f"{WORKSHOPS}/{tom.code}/moves"
    strange = await web("Ida", "POST", path, {"move": "submit", **good}, ida.token)
    assert (strange.status, strange.reason) == (403, "unauthorized")
    assert await party.lead.shown() == before
    for player in party.players.values():
        if player is not olga:
            await player.does("submit", **good)
    late = await tom.move("submit", **good | {"value": -2})
    assert (late.status, late.reason) == (409, "invalid_state")
    shown = await party.lead.shown()
    assert [score["value"] for score in shown["results"][0]["scores"]] == [2, 2, 2]


@pytest.mark.req("WS-25", "WS-33", "WS-58")
async def test_everybody_submits_in_the_same_moment(web: Web) -> None:
    party = await Party(web).open(*(f"Person {n}" for n in range(20)), skip_intro=True)
    await party.to("scoring", "awaiting", 1)
    version = (await party.lead.shown())["version"]
    given = {player.id: n % 11 - 5 for n, player in enumerate(party.players.values())}
    answers = await asyncio.gather(
        *(
            player.move("submit", version=version, question=1, value=given[player.id])
            for player in party.players.values()
        )
    )
    assert [answer.status for answer in answers] == [200] * 20
    scores = (await party.lead.shown())["results"][0]["scores"]
    assert {score["participant_id"]: score["value"] for score in scores} == given


@pytest.mark.req("WS-25", "WS-9")
async def test_two_who_lead_press_next_at_once(party: Party) -> None:
    """One has just handed the lead over; both still see the button."""
    lena, tom = party.players["Lena"], party.players["Tom"]
    await party.to("scoring", "revealed", 1)
    await lena.does("hand_over", participant_id=tom.id)
    version = (await lena.shown())["version"]
    both = await asyncio.gather(*(one.move("advance", version=version, override=True) for one in (lena, tom, tom)))
    assert sorted(answer.status for answer in both)[0] == 200
    assert sum(answer.status == 200 for answer in both) == 1
    assert (await lena.shown())["current_question"] == 2


@pytest.mark.req("WS-3", "WS-66")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("👩‍👩‍👧‍👦 Ada", "👩‍👩‍👧‍👦 Ada"),
        ("ليلى حسن", "ليلى حسن"),
        ("\u202eevil\u202c", "evil"),
        ("x" * 40, "x" * 40),
        ("  Ada \t Lovelace  ", "Ada Lovelace"),
        ("x" * 41, None),
        ("\u200b\u2060", None),
        ("tom", None),
    ],
)
async def test_names_are_text(web: Web, given: str, kept: str | None) -> None:
    party = await Party(web).open("Lena", "Tom")
    answer = await party.join(given)
    if kept is None:
        assert answer.status in (409, 422), answer
        assert answer.reason in ("already_exists", "validation_failed")
    people = [person["name"] for person in (await party.lead.shown())["participants"]]
    assert people == ["Lena", "Tom"] + ([kept] if kept else [])


@pytest.mark.req("WS-4", "WS-64")
async def test_the_twenty_first_is_told_and_may_watch(web: Web) -> None:
    party = await Party(web).open(*(f"Person {n}" for n in range(20)))
    answer = await party.join("Person 20")
    assert (answer.status, answer.reason) == (409, "session_full")
    assert (await party.join("Person 20", observer=True)).status == 201


@pytest.mark.req("WS-50", "WS-64")
async def test_a_note_of_a_hundred_thousand_characters_is_refused_and_what_stands_stays(party: Party) -> None:
    note = {"note_id": str(uuid4()), "content": "short"}
    await party.lead.does("add_note", **note)
    for kind, given in (
        ("add_note", {"note_id": str(uuid4()), "content": "x" * 100_000}),
        ("update_note", {"note_id": note["note_id"], "base": "short", "content": "x" * 100_000}),
    ):
        answer = await party.lead.move(kind, **given)
        assert (answer.status, answer.reason) == (422, "validation_failed")
        assert "5000" in answer.json["error"]["message"].replace(",", "")
    huge = await party.lead.move("add_note", note_id=str(uuid4()), content="x" * 900_000)
    assert huge.status == 413
    assert [one["content"] for one in (await party.lead.shown())["notes"]] == ["short"]


@pytest.mark.req("WS-24", "SEC-7")
async def test_a_guess_at_a_code_learns_nothing_by_any_door(web: Web, party: Party, clock: FakeClock) -> None:
    """Wrong, made up and expired: the same answer at the door, at coming in, by number and by knocking."""
    clock.advance(timedelta(days=14, seconds=1).total_seconds())
    doors: tuple[tuple[str, str, Any], ...] = (
        ("GET", "", None),
        ("POST", "/participants", {"name": "Eve"}),
        ("POST", "/reentries", {"name": "Tom", "pin": "0000"}),
        ("POST", "/knocks", {"name": "Tom"}),
    )
    answers = set()
    for method, way, body in doors:
        for code in (party.lead.code, "ZZZZZZ"):
            answer = await web("Eve", method, f"{WORKSHOPS}/{code}{way}", body)
            answers.add((answer.status, answer.reason, answer.json["error"]["message"]))
    assert len(answers) == 1
    assert answers.pop()[:2] == (404, "not_found")
    for _ in range(2):
        await web("Eve", "GET", f"{WORKSHOPS}/ZZZZZZ")
    for code in (party.lead.code, "ZZZZZZ"):
        assert (await web("Eve", "GET", f"{WORKSHOPS}/{code}")).status == 429


@pytest.mark.req("WS-47", "WS-48")
async def test_a_client_whose_clock_is_wrong_counts_by_the_server_s(party: Party, clock: FakeClock) -> None:
    """All that a client needs is said in the server's time; a client's own time is never asked for."""
    for _ in range(3):
        clock.advance(61.5)
        told = (await party.lead.screen())["time"]
        left = datetime.fromisoformat(told["deadline"]) - datetime.fromisoformat(told["server_time"])
        assert left == timedelta(milliseconds=told["section_remaining_ms"])


@pytest.mark.req("WS-47", "WS-48")
async def test_clocks_run_on_when_the_country_s_clocks_are_changed(web: Web, clock: FakeClock) -> None:
    """In Berlin it is 02:00 and then 03:00; for a workshop ten minutes have passed."""
    change = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    clock.advance((change - clock.now()).total_seconds() - 300)
    party = await Party(web).open(*NAMES, skip_intro=True, total_duration_minutes=120)
    before = (await party.lead.screen())["time"]["overall_remaining_ms"]
    await party.to("scoring", "awaiting", 1)
    clock.advance(600)
    after = (await party.lead.screen())["time"]
    assert datetime.fromisoformat(after["server_time"]) > change
    assert before - after["overall_remaining_ms"] == 600_000


@pytest.mark.req("WS-32", "WS-64")
async def test_no_answer_repeats_what_was_refused(app: App, party: Party) -> None:
    for value in ("unmistakable-17", {"unmistakable-17": 1}, ["unmistakable-17"]):
        answer = await party.lead.move("submit", question=1, value=value)
        assert answer.status == 422
        assert b"unmistakable" not in answer.body
