"""The host's stream: each event judged by itself, kept before it is answered, known by its id for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.app import App
from data.tables import EventRow
from tests.factories import Make
from tests.rest_kit import Api

EVENTS = "/api/v1/events"


async def kept(app: App, type: str = "practice_completed") -> int:
    async with app.transactions.read() as db:
        count: int = (await db.execute(select(func.count()).where(EventRow.type == type))).scalar_one()
    return count


async def send(api: Api, *events: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await api("POST", EVENTS, {"events": list(events)})
    assert reply.status == 202, reply
    found: list[dict[str, Any]] = reply.json["results"]
    assert [r["id"] for r in found] == [e.get("id", "") for e in events if isinstance(e.get("id", ""), str)]
    return found


@pytest.mark.req("API-1")
async def test_each_event_is_judged_by_itself(api: Api, app: App, make: Make) -> None:
    person = await make.person()
    now = app.clock.now()
    results = await send(
        api,
        make.event(person, id="good"),
        make.event("stranger", id="stranger"),
        make.event(person, id="type", type="person_erased"),
        make.event(person, id="what", type="levitated"),
        make.event(person, id="range", properties={"score": 101}),
        make.event(person, id="extra", properties={"score": 1, "grade": "A"}),
        make.event(person, id="ahead", at=now + timedelta(minutes=6)),
        make.event(person, id="naive", at="2026-03-02T11:00:00"),
        make.event(person, id="field") | {"colour": "red"},
        make.event(person, id="number", external_id=5),
        make.event(person, id="nul", properties={"score": 1, "x": {"y": ["a\0b"]}}),
        make.event(person, id="alias", type="session.ended", properties={"score": 4}),
        make.event(person, id="old", at=now - timedelta(days=400)),
    )
    judged = {r["id"]: (r["status"], r["reason"]) for r in results}
    assert judged == {
        "good": ("accepted", None),
        "stranger": ("rejected", "unknown_person"),
        "type": ("rejected", "unknown_type"),
        "what": ("rejected", "unknown_type"),
        "range": ("rejected", "validation_failed"),
        "extra": ("rejected", "validation_failed"),
        "ahead": ("rejected", "in_future"),
        "naive": ("rejected", "validation_failed"),
        "field": ("rejected", "validation_failed"),
        "number": ("rejected", "validation_failed"),
        "nul": ("rejected", "validation_failed"),
        "alias": ("accepted", None),
        "old": ("accepted", None),
    }
    accepted = [r["seq"] for r in results if r["status"] == "accepted"]
    assert accepted == sorted(accepted)
    assert all(r["message"] for r in results if r["status"] == "rejected")
    assert await kept(app) == 3


async def test_an_event_without_a_readable_id_is_answered_in_its_place(api: Api, make: Make) -> None:
    person = await make.person()
    nameless = {k: v for k, v in make.event(person).items() if k != "id"}
    reply = await api("POST", EVENTS, {"events": [nameless, make.event(person, id=7), make.event(person, id="a\0")]})
    assert [(r["id"], r["status"]) for r in reply.json["results"]] == [
        ("", "rejected"),
        ("", "rejected"),
        ("a", "rejected"),
    ]


@pytest.mark.req("API-5")
async def test_the_first_body_of_an_id_wins_and_keeps_its_place(api: Api, app: App, make: Make) -> None:
    person = await make.person()
    (first,) = await send(api, make.event(person, id="one"))
    (again,) = await send(api, make.event(person, id="one", properties={"score": 3}))
    assert (again["status"], again["seq"]) == ("duplicate", first["seq"])
    twice = await send(api, make.event(person, id="two"), make.event(person, id="two"))
    assert [r["status"] for r in twice] == ["accepted", "duplicate"]
    assert await kept(app) == 2


@pytest.mark.req("API-5")
async def test_the_same_batch_many_times_at_once_is_kept_once(api: Api, app: App, make: Make) -> None:
    people = [await make.person() for _ in range(3)]
    batch = {"events": [make.event(person, id=f"e{n}") for n in range(40) for person in people[n % 3 : n % 3 + 1]]}
    shuffled = {"events": list(reversed(batch["events"]))}
    replies = await asyncio.gather(*(api("POST", EVENTS, b) for b in [batch, shuffled] * 4))
    assert {r.status for r in replies} == {202}
    accepted = [r["id"] for reply in replies for r in reply.json["results"] if r["status"] == "accepted"]
    assert sorted(accepted) == sorted(e["id"] for e in batch["events"])
    assert await kept(app) == 40


@pytest.mark.parametrize("events", [[], "all", None, [1], ["a"], [[]], {}])
async def test_a_batch_is_a_list_of_events(api: Api, events: Any) -> None:
    reply = await api("POST", EVENTS, {"events": events})
    assert reply.status == 422
    assert reply.fields[0].startswith("events")


async def test_a_batch_holds_one_to_five_hundred(api: Api, app: App, make: Make) -> None:
    person = await make.person()
    many = [make.event(person, id=f"e{n}", type="practice_started", properties={}) for n in range(501)]
    assert (await api("POST", EVENTS, {"events": many})).fields == ["events"]
    assert await kept(app, "practice_started") == 0
    results = await send(api, *many[:500])
    assert {r["status"] for r in results} == {"accepted"}
    assert await kept(app, "practice_started") == 500


async def test_what_was_answered_is_kept(api: Api, app: App, make: Make) -> None:
    """The answer comes after the commit: another connection sees the row as soon as it is there."""
    person = await make.person()
    for n in range(5):
        (result,) = await send(api, make.event(person, id=f"e{n}"))
        async with app.transactions.read() as db:
            row = (await db.execute(select(EventRow).where(EventRow.seq == result["seq"]))).scalar_one()
        assert (row.user_id, row.type, row.source) == (person.id, "practice_completed", "host")


async def test_an_erased_person_is_a_stranger(api: Api, make: Make) -> None:
    person = await make.person()
    await make.erase(person)
    (result,) = await send(api, make.event(person, id="late"))
    assert (result["status"], result["reason"]) == ("rejected", "unknown_person")


@pytest.mark.req("API-1", "SEC-3")
@pytest.mark.parametrize("depth", [20, 200, 480, 700])
async def test_one_event_that_is_nested_beyond_reason_costs_the_others_nothing(
    api: Api, app: App, make: Make, depth: int
) -> None:
    person = await make.person()
    deep: Any = 1
    for _ in range(depth):
        deep = {"a": deep}
    crooked = make.event(person, id="deep", properties={"score": 1, "x": deep})
    results = await send(api, make.event(person, id="first"), crooked, make.event(person, id="last"))
    assert [(r["status"], r["reason"]) for r in results] == [
        ("accepted", None),
        ("rejected", "validation_failed"),
        ("accepted", None),
    ]
    assert await kept(app) == 2
    keyed = await api("POST", EVENTS, {"events": [crooked]}, headers={"Idempotency-Key": "k"})
    assert keyed.status in (202, 400)
