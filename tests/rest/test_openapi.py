"""The description and the routes are the same thing, and its examples are true."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from core.web.openapi import ERRORS, document, statuses
from core.web.rest import ROUTES
from core.web.routes import Raw, Route
from tests.rest_kit import Api

NAMES = [route.name for route in ROUTES]


@pytest.mark.req("API-1")
async def test_every_route_is_described_where_machines_look(api: Api) -> None:
    reply = await api("GET", "/api/v1/openapi.json", bearer=None)
    assert reply.headers["Content-Type"] == "application/json"
    found = reply.json
    assert found["openapi"] == "3.1.0"
    listed = {f"{method.upper()} {path}" for path, methods in found["paths"].items() for method in methods}
    assert listed == set(NAMES)
    assert len(NAMES) == len(set(NAMES))
    assert found == msgspec.json.decode(msgspec.json.encode(document(ROUTES)))


@pytest.mark.req("API-1")
@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_route_says_what_it_takes_answers_and_asks_for(route: Route) -> None:
    about = document(ROUTES)["paths"][route.path][route.method.lower()]
    assert about["summary"].endswith(".")
    assert about["security"] == ([{"bearer": [route.scope]}] if route.scope else [])
    assert ("requestBody" in about) == (route.body is not None)
    assert {p["name"] for p in about["parameters"] if p["in"] == "path"} == set(route.parameters)
    assert set(about["responses"]) == {str(route.status), *map(str, statuses(route))}
    if route.method == "POST":
        assert "Idempotency-Key" in {p["name"] for p in about["parameters"]}


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_examples_are_true(route: Route) -> None:
    if route.body is not None:
        assert route.example is not None, "a body is shown by example"
        msgspec.convert(dict(route.example), route.shown_body or route.body)
    if route.answer_example is not None:
        msgspec.convert(dict(route.answer_example), route.answer)


def test_every_reference_leads_somewhere() -> None:
    found = document(ROUTES)

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                assert value["$ref"].removeprefix("#/components/schemas/") in found["components"]["schemas"]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(found)
    assert "$defs" not in str(found)


def test_operations_have_names_of_their_own() -> None:
    ids = [m["operationId"] for methods in document(ROUTES)["paths"].values() for m in methods.values()]
    assert len(ids) == len(set(ids)) == len(ROUTES)


def test_types_say_what_they_are_for() -> None:
    schemas = document(ROUTES)["components"]["schemas"]
    for route in ROUTES:
        for kind in (*(get_args(route.body) or (route.body,)), route.answer):
            if kind is not None and kind is not Raw and kind.__name__ in schemas:
                assert schemas[kind.__name__].get("description"), kind.__name__


@pytest.mark.req("API-4")
def test_lists_have_a_cursor_and_a_limit() -> None:
    for route in ROUTES:
        if route.answer is not None and "next_cursor" in getattr(route.answer, "__struct_fields__", ()):
            assert {"cursor", "limit"} <= set(route.query.__struct_fields__), route.name


@pytest.mark.req("API-2")
def test_every_refusal_has_its_error() -> None:
    assert {status for route in ROUTES for status in statuses(route)} <= set(ERRORS)
