"""Hostile text in every place that takes any: kept as text or refused, never run, never a fault, never in a log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from core.app import App
from core.logging_setup import JsonFormatter
from core.web.rest import ROUTES
from core.workshop.guests import TAKE_PART
from data.tables import ApiKey, User
from tests.factories import Make
from tests.rest_kit import Api, Reply

CORPUS = (
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    '" OR ""="',
    "1); SELECT pg_sleep(5); --",
    "' UNION SELECT key_hash FROM api_keys --",
    "%27%20OR%201=1",
    "\\'; --",
    "$1",
    ":name",
    "{0.__class__}",
    "%s%s%s%n",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "../../../../etc/passwd",
    "\r\nSet-Cookie: tandem=x",
    "line\nbreak\ttab",
    "\u202egnp.exe",
    "\ufeff\u200b",
    "e\u0301" * 20,
    "🦊" * 30,
    "\x7f\x1b[31m",
    "NaN",
    "null",
    "-1",
    "9" * 60,
    "",
    " ",
)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Everything that this process logs, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def bodies(text: str) -> dict[str, Any]:
    """For every route with a body: one with the text in each place that takes text."""
    person = {"name": text, "nickname": text, "cohort": text, "guardian": text, "timezone": text, "grade_level": text}
    consent = {"scope": "collection", "method": text, "guardian": text, "evidence": text}
    event = {"id": text, "type": text, "external_id": text, "at": text, "subject": text, "skill": text}
    return {
        "POST /api/v1/tokens": person | {"external_id": text or "x"},
        "PUT /api/v1/people/{external_id}": person | {"avatar_url": text, "birth_date": text, "role": text},
        "PUT /api/v1/people/{external_id}/consents": {"consents": [consent]},
        "POST /api/v1/events": {"events": [event | {"properties": {text: text}}]},
        "POST /api/v1/activities/{activity_id}/reactions": {"reaction": text},
        "POST /api/v1/activities/{activity_id}/reports": {"reason": text},
        "POST /api/v1/nudge-reports/{report_id}/decision": {"verdict": text},
        "POST /api/v1/reports/{activity_id}/decision": {"verdict": text},
        "POST /api/v1/engagement": {"viewed": [text], "clicks": [{"target": text}]},
        "POST /api/v1/share-packs": {"source": text},
        "POST /api/v1/friendships": {"user_id": text},
        "POST /api/v1/blocks": {"user_id": text},
        "POST /api/v1/cohort/messages": {"text": text, "key": text},
        "POST /api/v1/cohort/messages/{message_id}/reports": {"reason": text},
        "POST /api/v1/cohort/messages/{message_id}/decision": {"show": text},
        "PUT /api/v1/cohort/chat": {"on": text},
        "PUT /api/v1/cohort/mutes/{user_id}": {"minutes": text},
        "POST /api/v1/cohort/challenges": {"skill": text, "subject": text},
        "POST /api/v1/notifications/seen": {"up_to": text},
        "POST /api/v1/nudges/{nudge_id}/mute": {"what": text},
        "PUT /api/v1/nudges/settings": {"app": {text: True}, "email": text, "daily_cap": 2},
        "PUT /api/v1/children/{user_id}/nudge-limits": {"kinds_off": [text], "daily_cap": 2},
        "POST /api/v1/blocklist": {"kind": "device", "value": text, "reason": text},
        "PUT /api/v1/me/nickname": {"nickname": text},
        "PUT /api/v1/leaderboards/me": {"listed": text},
        "POST /api/v1/results/{result_id}/review": {"verdict": text, "note": text},
        "POST /api/v1/names": {"user_id": text, "why": text},
        "POST /api/v1/keys": {"name": text, "scopes": [text]},
        "PUT /api/v1/presence/me": {"status": text, "activity": text, "appear_offline": text},
        "POST /api/v1/workshops": {"name": text, "template": text, "time_plan": text, "team": text},
        "POST /api/v1/workshops/{code}/participants": {"name": text},
        "POST /api/v1/workshops/{code}/reentries": {"name": text, "pin": text},
        "POST /api/v1/workshops/{code}/knocks": {"name": text},
        "POST /api/v1/workshops/{code}/moves": {
            "move": "add_note",
            "version": 0,
            "note_id": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
            "content": text,
        },
        "PUT /api/v1/workshops/{code}/team": {"name": text},
        "POST /api/v1/practice": {"subject": text, "skill": text, "app": text},
        "PUT /api/v1/practice/{practice_id}/progress": {"wpm": 12.5},
        "POST /api/v1/practice/{practice_id}/complete": {"score": 90},
        "POST /api/v1/co-sessions": {"user_id": str(uuid4()), "subject": text, "skill": text, "app": text},
        "POST /api/v1/teams": {"name": text},
        "POST /api/ws/subscribe": {"connection": text, "channel": text, "epoch": text},
        "POST /api/ws/unsubscribe": {"connection": text, "channel": text},
        "POST /api/v1/feedback": {"content": text, "category": "bug", "section": text, "email": text},
    }


def test_every_route_with_a_body_is_tried() -> None:
    assert {r.name for r in ROUTES if r.body is not None} == set(bodies("x"))


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("text", CORPUS)
async def test_no_text_does_harm_anywhere(api: Api, app: App, make: Make, text: str) -> None:
    person = await make.person(role="admin", cohort="7b")
    await app.settle()
    token = make.token(person, "api")
    guest = (await api("POST", "/api/v1/workshops", {"name": "Lena"}, bearer=None)).json
    part = quote(text, safe="") or "x"
    replies: dict[str, Reply] = {}
    for route in ROUTES:
        path = route.path.replace("{code}", guest["code"]) if route.scope == TAKE_PART else route.path
        for name in route.parameters:
            path = path.replace("{" + name + "}", part)
        scopes = (
            "friends:write",
            "activity:react",
            "practice:write",
            "cohort:read",
            "cohort:write",
            "chat:moderate",
            "nudges:write",
        )
        own = dict.fromkeys(scopes, token)
        bearer = (own | {TAKE_PART: guest["token"]}).get(str(route.scope), "")
        body = bodies(text).get(route.name)
        replies[route.name] = await api(route.method, path, body, bearer=bearer)
        for name in route.query.__struct_fields__ if route.query else ():
            asked = f"{route.path}?{name}={quote(text, safe='')}"
            replies[asked] = await api(route.method, asked, bearer=bearer)
    for name, reply in replies.items():
        assert reply.status < 500, (name, text, reply)
        assert "tandem=x" not in str(dict(reply.headers.get_all()).get("Set-Cookie", ""))
    async with app.transactions.read() as db:
        assert (await db.execute(select(func.count()).select_from(ApiKey))).scalar_one() >= 1
        assert (await db.get(User, person.id)) is not None


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("text", [t for t in CORPUS if t.strip()])
async def test_a_name_comes_back_as_it_was_given(api: Api, text: str) -> None:
    reply = await api("PUT", "/api/v1/people/x", {"name": f"A {text}"[:60], "nickname": "", "age_band": "18_plus"})
    if reply.status == 200:
        assert reply.headers["Content-Type"] == "application/json"
        assert " ".join(reply.json["public_name"].split()) == " ".join(f"A {text}"[:60].split())
    else:
        assert reply.fields == ["name"]


@pytest.mark.req("SEC-1")
async def test_no_token_key_or_name_reaches_a_log(api: Api, app: App, make: Make, logged: io.StringIO) -> None:
    name = f"Zebulon{uuid4().hex[:6]}"
    person = await make.person(name=f"{name} Quirk", external_id=f"ext-{name}")
    given = (await api("POST", "/api/v1/tokens", {"external_id": person.external_id, "nickname": name})).json
    key = (await api("POST", "/api/v1/keys", {"name": name, "scopes": ["events:write"]})).json["key"]
    ticket = given["enter_url"].rpartition("/")[2]
    page = make.token(person, "page")
    secrets = [given["token"], given["token"].split(".")[2], key, ticket, page, app.settings.api_key]
    for bearer in (given["token"], key, app.settings.api_key, "key_" + "w" * 32):
        for route in ROUTES:
            path = route.path.replace("{external_id}", f"ext-{name}").replace("{user_id}", str(person.id))
            query = f"?token={given['token']}&api_key={key}&name={name}"
            headers = {"Cookie": f"tandem={page}", "X-Api-Key": key, "Referer": f"https://x/?token={page}"}
            body = {"name": name, "token": given["token"]} if route.body else None
            await api(route.method, path.replace("{id}", "x") + query, body, bearer=bearer, headers=headers)
            await api(route.method, path.replace("{id}", key) + "/nothing" + query, bearer=bearer)
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert len([line for line in lines if line["message"] == "request"]) >= 4 * 2 * len(ROUTES)
    assert all(line["request_id"] for line in lines if line["message"] == "request")
    text = logged.getvalue()
    for secret in [*secrets, name, str(person.id), "Quirk"]:
        assert secret not in text, secret
    assert f'"who":"person-{_digest(lines)}"' in text


def _digest(lines: list[dict[str, Any]]) -> str:
    """The one pseudonym of the one person who asked."""
    (found,) = {line["who"] for line in lines if line.get("who", "").startswith("person-")}
    return str(found).removeprefix("person-")


async def test_a_fault_of_the_database_logs_no_values(api: Api, app: App, make: Make, logged: io.StringIO) -> None:
    person = await make.person(name="Zebulon Quirk")
    async with app.database.begin() as db:
        await db.execute(text("ALTER TABLE users ADD CONSTRAINT broken CHECK (name <> 'Zebulon Broken')"))
    try:
        reply = await api("PUT", f"/api/v1/people/{person.external_id}", {"name": "Zebulon Broken"})
    finally:
        async with app.database.begin() as db:
            await db.execute(text("ALTER TABLE users DROP CONSTRAINT broken"))
    assert reply.status == 500
    assert "Zebulon" not in reply.body.decode()
    assert "IntegrityError" in logged.getvalue()
    assert "Zebulon" not in logged.getvalue()
