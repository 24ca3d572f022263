"""Whatever is wrong with a request, the answer has the one form and the status that fits, and tells no internals."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from core.app import App
from core.web.rest import ROUTES
from core.web.routes import Call, Routes
from tests.rest_kit import Api, serve_rest

PERSON = "/api/v1/people/learner-1"


@pytest.mark.req("API-2")
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"{}{}", 400),
        (b"\xff\xfe", 400),
        (b'{"name": "\xff"}', 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": ' + b"[" * 50_000, 400),
        (b'{"nickname": {"a": ' + b"[" * 20_000 + b"]" * 20_000 + b"}}", 400),
        (b"NaN", 400),
        (b'{"name": "A", "name": }', 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"name": 5}', 422),
        (b'{"name": null, "role": "owner"}', 422),
        (b'{"name": "A\\u0000B"}', 422),
    ],
)
async def test_a_bad_body_is_told_apart(api: Api, raw: bytes, status: int) -> None:
    reply = await api("PUT", PERSON, raw=raw)
    assert reply.status == status
    assert reply.error["type"] == {400: "bad_request", 422: "validation_failed"}[status]
    assert reply.error["temporary"] is False


@pytest.mark.req("API-2")
async def test_every_wrong_field_is_named(api: Api) -> None:
    body = {"name": "", "role": 7, "birth_date": "yesterday", "colour": "red", "timezone": "x" * 65}
    reply = await api("PUT", PERSON, body)
    assert sorted(reply.fields) == ["birth_date", "colour", "name", "role", "timezone"]
    assert all(problem["message"] for problem in reply.error["details"]["fields"])


async def test_fields_inside_are_named_by_their_path(api: Api) -> None:
    body = {"consents": [{"scope": "collection", "method": "form"}, {"scope": "all", "method": "form"}]}
    assert (await api("PUT", f"{PERSON}/consents", body)).fields == ["consents[1].scope"]
    assert (await api("PUT", f"{PERSON}/consents", {})).fields == ["consents"]


async def test_the_commands_own_checks_come_in_the_same_form(api: Api) -> None:
    assert (await api("PUT", PERSON, {"name": "A", "birth_date": "1850-01-01"})).fields == ["birth_date"]
    assert (await api("PUT", PERSON, {"name": "A", "timezone": "Mars/Olympus"})).fields == ["timezone"]
    assert (await api("PUT", PERSON, {})).fields == ["name"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": ""},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_only_plain_json_is_read(api: Api, headers: dict[str, str]) -> None:
    reply = await api("PUT", PERSON, {"name": "A"}, headers=headers)
    assert reply.status == 415
    assert reply.error["type"] == "unsupported_media_type"


async def test_json_may_name_its_charset(api: Api) -> None:
    reply = await api("PUT", PERSON, {"name": "A"}, headers={"Content-Type": "application/json; charset=UTF-8"})
    assert reply.status == 200


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024, 20 * 1024 * 1024])
async def test_a_body_that_is_too_large_is_refused_however_large(api: Api, size: int) -> None:
    raw = b'{"name": "' + b"a" * size + b'"}'
    if size < 8 * 1024 * 1024:
        reply = await api("PUT", PERSON, raw=raw)
        assert reply.status == 413
        assert reply.error["details"] == {"limit": 64 * 1024}
    else:
        head = f"PUT {PERSON} HTTP/1.1\r\nHost: {api.host}\r\nContent-Length: {len(raw)}\r\n\r\n"
        assert b" 400 " in await talk(api, head.encode())


async def test_chunks_without_a_length_are_counted_too(api: Api) -> None:
    head = (
        f"PUT {PERSON} HTTP/1.1\r\nHost: {api.host}\r\nAuthorization: Bearer {api.app.settings.api_key}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    answer = await talk(api, head.encode() + chunk * 3 + b"0\r\n\r\n")
    assert b" 413 " in answer.partition(b"\r\n")[0]
    assert b'"too_large"' in answer


async def test_events_take_up_to_a_mebibyte(api: Api) -> None:
    batch = b'{"events": [{"id": "a", "type": "' + b"x" * 900_000 + b'"}]}'
    assert (await api("POST", "/api/v1/events", raw=batch)).status == 202
    batch = b'{"events": [{"id": "a", "type": "' + b"x" * 1_100_000 + b'"}]}'
    assert (await api("POST", "/api/v1/events", raw=batch)).status == 413


async def talk(api: Api, sent: bytes) -> bytes:
    """Say something on a bare connection and hear everything that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(sent)
    async with asyncio.timeout(10):
        heard = await reader.read()
    writer.close()
    return heard


@pytest.mark.req("API-2")
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2", "/api/v1/people", "/nothing", "/api/v1/keys/a/b"])
async def test_unknown_addresses(api: Api, path: str) -> None:
    reply = await api("GET", path)
    assert reply.status == 404
    assert reply.error["type"] == "not_found"


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "OPTIONS", "TRACE", "BREW"])
async def test_methods_that_an_address_does_not_know(api: Api, method: str) -> None:
    reply = await api(method, PERSON)
    assert reply.status == 405
    assert reply.error["type"] == "method_not_allowed"
    assert reply.headers["Allow"] == "DELETE, PUT"


@pytest.mark.parametrize("path", ["/api/v1/people/" + "x" * 201, "/api/v1/people/a%00b"])
async def test_ids_that_cannot_be(api: Api, path: str) -> None:
    assert (await api("PUT", path, {"name": "A"})).status == 404
    assert (await api("DELETE", path)).status == 404


async def test_an_address_that_is_not_text(api: Api) -> None:
    reply = await api("DELETE", "/api/v1/people/%ff%fe")
    assert reply.status == 400
    assert reply.error["type"] == "bad_request"


async def test_ids_may_hold_anything_else(api: Api) -> None:
    for path in ("a%2Fb", "%D0%96", "..", "x%27%22%3B--", "%F0%9F%A6%8A"):
        assert (await api("PUT", f"/api/v1/people/{path}", {"name": "A"})).status == 200, path


@pytest.mark.parametrize(
    ("query", "fields"),
    [("limit=ten", ["limit"]), ("limit=1&limit=2", ["limit"]), ("colour=red", ["colour"]), ("type=%00", ["type"])],
)
async def test_bad_queries(api: Api, query: str, fields: list[str]) -> None:
    assert (await api("GET", f"/api/v1/activities?{query}")).fields == fields


async def test_a_route_without_a_body_takes_an_empty_object_and_nothing_more(api: Api) -> None:
    await api("PUT", PERSON, {"name": "A"})
    assert (await api("DELETE", PERSON, {"why": "because"})).fields == ["why"]
    assert (await api("DELETE", PERSON, {})).status == 204


# --- what is our own fault

broken = Routes("Broken")


@broken("GET", "/api/v1/broken", scope=None, summary="Fails.")
async def get_broken(call: Call[None, None]) -> None:
    raise RuntimeError("a secret: hunter2")


@broken("POST", "/api/v1/broken", scope=None, summary="Answers what cannot be written.")
async def post_broken(call: Call[None, None]) -> Any:
    return object()


@pytest.mark.req("API-2")
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_fault_of_ours_tells_its_id_and_nothing_else(
    app: App, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    async with serve_rest(app, [*ROUTES, *broken.found]) as api:
        reply = await api(method, "/api/v1/broken", bearer=None)
        assert reply.status == 500
        assert reply.error["type"] == "internal"
        assert reply.error["details"] == {"request_id": reply.headers["X-Request-Id"]}
        assert b"hunter2" not in reply.body
        assert b"Error" not in reply.body
    assert [r.exc_info is not None for r in caplog.records if r.name == "core.web.http" and r.levelname == "ERROR"] == [
        True
    ]


async def test_a_request_keeps_the_id_that_its_sender_gave(api: Api) -> None:
    reply = await api("GET", "/healthz", headers={"X-Request-Id": "host-42.abcdef"})
    assert reply.headers["X-Request-Id"] == "host-42.abcdef"
    for strange in ("short", "x" * 65, 'a"b<script>', "spaces are not fine"):
        reply = await api("GET", "/healthz", headers={"X-Request-Id": strange})
        assert reply.headers["X-Request-Id"] != strange


async def test_head_answers_like_get_without_a_body(api: Api) -> None:
    reply = await api("HEAD", "/healthz", bearer=None)
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["Content-Length"]) == len(json.dumps({"status": "alive"}, separators=(",", ":")))


@pytest.mark.req("SEC-3")
async def test_every_answer_carries_the_headers(api: Api) -> None:
    for method, path in (("GET", "/healthz"), ("GET", "/nothing"), ("PATCH", "/healthz"), ("PUT", PERSON)):
        headers = (await api(method, path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers
        assert "Server" not in headers
        assert "Etag" not in headers


async def test_connections_that_break_off_leave_nothing_behind(api: Api) -> None:
    before = len(asyncio.all_tasks())
    head = f"PUT {PERSON} HTTP/1.1\r\nHost: {api.host}\r\nAuthorization: Bearer {api.app.settings.api_key}\r\n"
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write((head + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{").encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    async with asyncio.timeout(10):
        while len(asyncio.all_tasks()) > before + 2:
            await asyncio.sleep(0)
    assert (await api("GET", "/healthz")).status == 200
