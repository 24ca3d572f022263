"""A POST with a key has one effect and one answer, however often, how simultaneously and to which node it is sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from core.app import App
from core.nudges.reporting import report
from core.practice.catalogue import what_of
from core.practice.commands import start_practice
from core.practice.pairs import invite
from core.principal import SYSTEM
from core.social.challenges import challenge_cohort
from core.social.chat import send_message
from core.social.friendships import request_friendship
from core.transaction import Transaction
from core.web.rest import ROUTES
from core.web.rest.fields import Input, Output
from core.web.routes import Call, Routes
from core.workshop.guests import TAKE_PART
from data.tables import ApiKey, EventRow, IdempotencyKey, NudgeReport, User
from tests.factories import Make
from tests.nudges.kit import given, notes_of
from tests.rest_kit import Api, serve_rest

KEYS = "/api/v1/keys"
OF_OTHERS = ("/reports", "/challenge")
"""What one does to others' activities only."""
KEY = {"name": "school", "scopes": ["events:write"]}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def count(app: App, table: Any) -> int:
    async with app.transactions.read() as db:
        found: int = (await db.execute(select(func.count()).select_from(table))).scalar_one()
    return found


@pytest.mark.req("API-5")
async def test_a_retry_gets_the_same_answer_and_has_no_second_effect(api: Api, app: App) -> None:
    first = await api("POST", KEYS, KEY, headers=keyed("a"))
    again = await api("POST", KEYS, KEY, headers=keyed("a"))
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert first.json["key"].startswith("key_")
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await count(app, ApiKey) == 2, "that of the environment, and this one"


@pytest.mark.req("API-5")
async def test_the_spacing_and_order_of_a_body_do_not_matter_but_what_it_says_does(api: Api) -> None:
    first = await api("POST", KEYS, KEY, headers=keyed("a"))
    spaced = b'{ "scopes" : ["events:write"],\n "name" : "school" }'
    again = await api("POST", KEYS, raw=spaced, headers=keyed("a"))
    assert again.json == first.json
    other = await api("POST", KEYS, KEY | {"name": "another"}, headers=keyed("a"))
    assert other.status == 409
    assert other.error["type"] == "idempotency_conflict"


async def test_a_key_belongs_to_its_route_and_its_caller(api: Api, make: Make) -> None:
    assert (await api("POST", KEYS, KEY, headers=keyed("a"))).status == 201
    body = {"external_id": "x", "name": "X"}
    assert (await api("POST", "/api/v1/tokens", body, headers=keyed("a"))).status == 409
    token = make.token(await make.person(role="admin"), "api")
    mine = await api("POST", KEYS, KEY, headers=keyed("a"), bearer=token)
    assert mine.status == 201
    assert "Idempotency-Replayed" not in mine.headers


@pytest.mark.req("API-5")
async def test_duplicates_at_the_same_time_have_one_effect(api: Api, app: App, make: Make) -> None:
    one, other = await make.person(), await make.person()
    token = make.token(one, "api")
    body = {"user_id": other.id}
    sent = [api("POST", "/api/v1/friendships", body, headers=keyed("a"), bearer=token) for _ in range(12)]
    replies = await asyncio.gather(*sent)
    assert [r.status for r in replies] == [201] * 12
    assert len({r.body for r in replies}) == 1
    assert sum("Idempotency-Replayed" not in r.headers for r in replies) == 1
    async with app.transactions.read() as db:
        asked = select(func.count()).where(EventRow.type == "friendship_requested")
        assert (await db.execute(asked)).scalar_one() == 1


@pytest.mark.req("API-5")
async def test_three_nodes_have_one_effect(app: App) -> None:
    others = [App(replace(app.settings, node=f"n{n}"), app.database, clock=app.clock) for n in range(2)]
    async with serve_rest(app) as a, serve_rest(others[0]) as b, serve_rest(others[1]) as c:
        sent = [api("POST", KEYS, KEY, headers=keyed("a")) for api in (a, b, c) for _ in range(4)]
        replies = await asyncio.gather(*sent)
    assert len({r.json["key"] for r in replies}) == 1
    assert await count(app, ApiKey) == 2


async def test_a_refusal_is_not_kept(api: Api, app: App, make: Make) -> None:
    one, other = await make.person(), await make.person()
    path = f"/api/v1/friendships/{one.id}/accept"
    early = await api("POST", path, headers=keyed("a"), bearer=make.token(other, "api"))
    assert early.status == 404
    await api("POST", "/api/v1/friendships", {"user_id": other.id}, bearer=make.token(one, "api"))
    later = await api("POST", path, headers=keyed("a"), bearer=make.token(other, "api"))
    assert (later.status, later.json["status"]) == (200, "accepted")


async def test_an_answer_with_a_secret_is_kept_sealed(api: Api, app: App) -> None:
    secret = (await api("POST", KEYS, KEY, headers=keyed("a"))).json["key"]
    token = await api("POST", "/api/v1/tokens", {"external_id": "x", "name": "X"}, headers=keyed("b"))
    async with app.transactions.read() as db:
        kept = (await db.execute(select(IdempotencyKey.body))).scalars().all()
    assert [list(body) for body in kept] == [["sealed"], ["sealed"]]
    assert secret not in str(kept)
    assert token.json["token"] not in str(kept)
    other = App(
        replace(app.settings, secret_key="another-secret-0123456789-abcdefghijk"), app.database, clock=app.clock
    )
    async with serve_rest(other) as elsewhere:
        reply = await elsewhere("POST", KEYS, KEY, headers=keyed("a"))
    assert (reply.status, reply.error["type"]) == (409, "idempotency_conflict")


@pytest.mark.req("API-5")
async def test_the_stream_of_events_keeps_its_first_answer(api: Api, app: App, make: Make) -> None:
    batch = {"events": [make.event(await make.person())]}
    first = await api("POST", "/api/v1/events", batch, headers=keyed("a"))
    again = await api("POST", "/api/v1/events", batch, headers=keyed("a"))
    assert (first.status, again.status) == (202, 202)
    assert again.json == first.json
    assert again.json["results"][0]["status"] == "accepted"
    without = await api("POST", "/api/v1/events", batch)
    assert without.json["results"][0]["status"] == "duplicate"
    other = {"events": [make.event("nobody")]}
    assert (await api("POST", "/api/v1/events", other, headers=keyed("a"))).status == 409


@pytest.mark.parametrize("key", ["x" * 201, "schlüssel", "a\tb"])
async def test_a_key_must_be_plain(api: Api, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    assert (await api("POST", KEYS, KEY, headers=headers)).status == 400


async def test_every_post_takes_a_key(api: Api, app: App, make: Make) -> None:
    """Whatever a POST answers, asking again with the key answers the same."""
    one, other = await make.person(role="admin", cohort="blue"), await make.person()
    mate = await make.person(cohort="blue")
    activity, foreign = (await make.fact(one)).event_id, (await make.fact(mate)).event_id
    guest = (await api("POST", "/api/v1/workshops", {"name": "Lena"}, bearer=None)).json
    away = (await api("POST", "/api/v1/workshops", {"name": "Lena"}, bearer=None)).json
    workshop = f"/api/v1/workshops/{guest['code']}"
    bodies = {
        f"/api/v1/activities/{activity}/reactions": {"reaction": "wow"},
        f"/api/v1/activities/{foreign}/reports": {"reason": "other"},
        f"/api/v1/reports/{activity}/decision": {"verdict": "keep"},
        "/api/v1/engagement": {"viewed": [str(foreign)]},
        "/api/v1/share-packs": {"source": "activity_feed"},
        "/api/v1/tokens": {"external_id": "x", "name": "X"},
        "/api/v1/events": {"events": [make.event(one)]},
        "/api/v1/friendships": {"user_id": str(other.id)},
        "/api/v1/blocks": {"user_id": str(other.id)},
        "/api/v1/blocklist": {"kind": "device", "value": "tablet-7", "reason": "many accounts"},
        "/api/v1/keys": KEY,
        "/api/v1/workshops": {"name": "Ida"},
        "/api/v1/teams": {"name": "Support crew"},
        "/api/v1/feedback": {"content": "Calm.", "category": "bug"},
        f"{workshop}/participants": {"name": "Tom"},
        f"/api/v1/workshops/{away['code']}/reentries": {"name": "Lena", "pin": away["pin"]},
        f"{workshop}/knocks": {"name": "Lena"},
        f"{workshop}/moves": {"move": "ready", "version": 0},
        f"/api/v1/results/{activity}/review": {"verdict": "voided"},
        "/api/v1/names": {"user_id": str(other.id), "why": "A result that was held."},
        "/api/v1/practice": {"subject": "math", "skill": "algebra"},
        "/api/v1/co-sessions": {"user_id": str(mate.id), "subject": "math", "skill": "algebra"},
    }
    said, challenge = await room_of(app, make, one, mate)
    bodies |= {
        "/api/v1/cohort/messages": {"text": "Well done"},
        f"/api/v1/cohort/messages/{said}/reports": {"reason": "unkind"},
        f"/api/v1/cohort/messages/{said}/decision": {"show": True},
        "/api/v1/cohort/challenges": {"skill": "algebra"},
    }
    paths = await practice_paths(app, make, one, mate)
    bodies[paths["/api/v1/practice/{practice_id}/complete"]] = {"score": 90}
    own = await nudge_paths(app, make, one)
    bodies |= {"/api/v1/notifications/seen": {"up_to": 9}, own["/api/v1/nudges/{nudge_id}/mute"]: {"what": "friend"}}
    bodies[own["/api/v1/nudge-reports/{report_id}/decision"]] = {"verdict": "keep"}
    # The hub's forms create nothing: they speak for a connection that is open, and say the same twice by themselves.
    posts = [r for r in ROUTES if r.method == "POST" and not r.path.startswith("/api/ws/")]
    await make.run(await make.principal(other), ask, app, one.id)
    for n, route in enumerate(posts):
        path = (
            (paths | own)
            .get(route.path, route.path)
            .replace("{user_id}", str(other.id))
            .replace("{activity_id}", str(foreign if route.path.endswith(OF_OTHERS) else activity))
            .replace("{message_id}", str(said))
            .replace("{challenge_id}", str(challenge))
        )
        path = path.replace("{result_id}", str(activity))
        # Coming back makes the token of the browser before void, so that happens in a workshop of its own.
        path = path.replace("{code}", (away if path.endswith("/reentries") else guest)["code"])
        person = make.token(one, "api")
        bearers = {"friends:write": person, "activity:react": person, TAKE_PART: guest["token"]}
        bearers |= {"activity:read": person, "activity:moderate": person}
        bearers |= dict.fromkeys(("cohort:write", "chat:moderate", "nudges:write", "results:review"), person)
        bearers["practice:write"] = make.token(mate, "api") if route.path in paths else person
        bearer = bearers.get(str(route.scope), "")
        sent = [await api("POST", path, bodies.get(path), headers=keyed(f"k{n}"), bearer=bearer) for _ in range(2)]
        assert sent[0].status < 300, (route.name, sent[0])
        assert sent[0].body == sent[1].body, route.name
        assert sent[1].headers.get("Idempotency-Replayed") == "true", route.name


async def room_of(app: App, make: Make, one: User, mate: User) -> tuple[UUID, UUID]:
    """A message and a challenge of one's mate, in a room that is open."""
    await app.settle()
    them = await make.principal(mate)
    said = await make.run(them, send_message, app.gate, "Hello")
    made = await make.run(them, challenge_cohort, app.gate, "biology")
    return said.message_id, made.challenge_id


async def practice_paths(app: App, make: Make, one: User, mate: User) -> dict[str, str]:
    """A run of one's mate, and invitations to them that can be answered."""
    me = await make.principal(one)
    begun = await make.run(await make.principal(mate), start_practice, app.gate, what_of("math", "algebra"))
    run = str(begun.id)
    pairs = [
        await make.run(me, invite, app.gate, mate.id, what_of("math", skill)) for skill in ("geometry", "fractions")
    ]
    return {
        "/api/v1/practice/{practice_id}/complete": f"/api/v1/practice/{run}/complete",
        "/api/v1/co-sessions/{session_id}/accept": f"/api/v1/co-sessions/{pairs[0].id}/accept",
        "/api/v1/co-sessions/{session_id}/decline": f"/api/v1/co-sessions/{pairs[1].id}/decline",
    }


async def nudge_paths(app: App, make: Make, one: User) -> dict[str, str]:
    """A nudge for each answer, of somebody else each, and what stands of one in the queue."""
    found = {}
    for answer in ("accept", "ignore", "mute", "report", "shown"):
        nudge = await given(app, await make.person(), one)
        found[f"/api/v1/nudges/{{nudge_id}}/{answer}"] = f"/api/v1/nudges/{nudge.id}/{answer}"
    wrong = await given(app, await make.person(), one)
    await make.run(await make.principal(one), report, app.gate, wrong.id)
    async with app.transactions.read() as db:
        reported = (await db.execute(select(NudgeReport.id))).scalar_one()
    found["/api/v1/nudge-reports/{report_id}/decision"] = f"/api/v1/nudge-reports/{reported}/decision"
    note = (await notes_of(app, one))[0]
    found["/api/v1/notifications/{notification_id}/open"] = f"/api/v1/notifications/{note.id}/open"
    return found


async def ask(tx: Transaction, app: App, other_id: Any) -> None:
    await request_friendship(tx, app.gate, other_id)


# --- an effect that fails half-way

flaky = Routes("Flaky")


class Fails(Input, frozen=True, kw_only=True):
    """How often to fail first."""

    times: int


class Done(Output, frozen=True, kw_only=True):
    """That it worked."""

    tries: int


tries: list[int] = []


@flaky("POST", "/api/v1/flaky", scope="keys:write", summary="Fails, then works.")
async def post_flaky(tx: Transaction, call: Call[Fails, None]) -> Done:
    tries.append(1)
    if len(tries) <= call.body.times:
        raise RuntimeError("not yet")
    return Done(tries=len(tries))


async def test_an_effect_that_failed_leaves_its_key_free(app: App) -> None:
    tries.clear()
    async with serve_rest(app, flaky.found) as api:
        statuses = [(await api("POST", "/api/v1/flaky", {"times": 2}, headers=keyed("a"))).status for _ in range(5)]
    assert statuses == [500, 500, 200, 200, 200]
    assert len(tries) == 3
    await app.transactions.run(SYSTEM, _nothing)


async def _nothing(tx: Transaction) -> None:
    """The connections are fit for use afterwards."""


@pytest.mark.req("API-5")
async def test_no_kept_answer_outlives_the_person_it_is_about(api: Api, app: App, make: Make) -> None:
    other = await make.person()
    who = {"external_id": "host-77", "name": "Zebulon Quixworth", "age_band": "18_plus"}
    first = await api("POST", "/api/v1/tokens", who, headers=keyed("token"))
    await api("POST", "/api/v1/friendships", {"user_id": str(other.id)}, bearer=first.json["token"], headers=keyed("f"))
    events = [make.event("host-77", id="opaque-1"), make.event(other, id="opaque-2")]
    await api("POST", "/api/v1/events", {"events": events}, headers=keyed("events"))
    await api("POST", "/api/v1/events", {"events": events[1:]}, headers=keyed("others"))
    crooked = make.event("host-77", id="of host-77", subject="nothing")
    await api("POST", "/api/v1/events", {"events": [crooked]}, headers=keyed("crooked"))
    await api("POST", KEYS, KEY, headers=keyed("key"))
    assert await count(app, IdempotencyKey) == 6
    assert (await api("DELETE", "/api/v1/people/host-77")).status == 204
    async with app.transactions.read() as db:
        assert sorted((await db.execute(select(IdempotencyKey.key))).scalars()) == ["key", "others"]
    again = await api("POST", "/api/v1/tokens", who, headers=keyed("token"))
    assert "Idempotency-Replayed" not in again.headers
    assert again.json["user_id"] != first.json["user_id"]
    told = await api("POST", "/api/v1/events", {"events": events[1:]}, headers=keyed("others"))
    assert told.headers["Idempotency-Replayed"] == "true"
