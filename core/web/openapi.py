"""The OpenAPI 3.1 document, made from the routes themselves: what is served is what is described."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    TandemError,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedMedia,
)
from core.web.idempotency import HEADER
from core.web.routes import Raw, Route

TITLE = "Tandem"
VERSION = "1.0"
ABOUT = """The live layer for learning communities and teams: what a host platform's back end and its people may ask.

Send an API key or a person's token as `Authorization: Bearer …`. Bodies are JSON; unknown fields are refused.

Every refusal has the form `{"error": {"type", "message", "temporary", "details"}}`; where `temporary` is true, the same
request may pass later, after `Retry-After` seconds where that header is given.

Lists come in pages: send `cursor` with the `next_cursor` of the page before. A POST that carries an `Idempotency-Key`
has one effect however often it is sent, and gets the same answer each time for a day."""

REF = "#/components/schemas/{name}"
ERRORS: dict[int, type[TandemError]] = {
    e.status: e
    for e in (
        BadRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        Conflict,
        TooLarge,
        UnsupportedMedia,
        Invalid,
        RateLimited,
        TandemError,
        Unavailable,
    )
}


class ErrorBody(msgspec.Struct, kw_only=True):
    """What went wrong."""

    type: str
    message: str
    temporary: bool
    details: dict[str, Any]


class ErrorAnswer(msgspec.Struct, kw_only=True):
    """The one form of every refusal."""

    error: ErrorBody


def document(routes: Iterable[Route]) -> dict[str, Any]:
    listed = list(routes)
    types = _types(listed)
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    by_type = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in listed:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_type)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in listed)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key or a person's token."}
            },
        },
    }


def _types(routes: list[Route]) -> list[Any]:
    """Every type that is sent or answered, once."""
    found: dict[int, Any] = {id(ErrorAnswer): ErrorAnswer}
    for route in routes:
        for kind in (route.shown_body or route.body, route.answer, *route.media.values()):
            if kind is not None and kind is not Raw:
                found[id(kind)] = kind
    return list(found.values())


def _operation(route: Route, by_type: dict[int, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": _parameters(route),
        "responses": _answers(route, by_type),
        "security": [{"bearer": [route.scope]}] if route.scope else [],
    }
    if route.handler.__doc__:
        made["description"] = route.handler.__doc__.strip()
    body = route.shown_body or route.body
    if body is not None:
        made["requestBody"] = {"required": True, "content": _json(by_type[id(body)], route.example)}
    return made


def _json(schema: Any, example: Any = None) -> dict[str, Any]:
    content = {"schema": schema} | ({"example": example} if example is not None else {})
    return {"application/json": content}


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "maxLength": 200}}
        for name in route.parameters
    ]
    if route.query is not None:
        schema = msgspec.json.schema(route.query, ref_template=REF)
        fields = schema["$defs"][route.query.__name__]["properties"]
        for f in msgspec.structs.fields(route.query):
            told = fields[f.encode_name]
            about = {"description": told["description"]} if "description" in told else {}
            found.append({"name": f.encode_name, "in": "query", "required": f.required, "schema": told, **about})
    if route.method == "POST":
        told = {"type": "string", "minLength": 1, "maxLength": 200}
        found.append({"name": HEADER, "in": "header", "required": False, "schema": told})
    return found


def _answers(route: Route, by_type: dict[int, Any]) -> dict[str, Any]:
    fine: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.media:
        fine["content"] = {kind: {"schema": _schema(by_type, told)} for kind, told in route.media.items()}
    elif route.answer is Raw:
        fine["content"] = {"text/plain": {"schema": {"type": "string"}}}
    elif route.answer is not None:
        fine["content"] = _json(by_type[id(route.answer)], route.answer_example)
    refused = _json(by_type[id(ErrorAnswer)])
    return {str(route.status): fine} | {
        str(status): {"description": ERRORS[status].default, "content": refused} for status in statuses(route)
    }


def _schema(by_type: dict[int, Any], told: Any) -> Any:
    """A type's own schema, or that of a file."""
    return {"type": "string", "format": "binary"} if told is None else by_type[id(told)]


def statuses(route: Route) -> list[int]:
    """Every status with which the route may refuse."""
    found = {429, 500, *route.errors}
    if route.scope:
        found |= {401, 403, 503}
    if route.parameters:
        found |= {404}
    if route.body is not None:
        found |= {400, 413, 415, 422}
    if route.query is not None:
        found |= {400, 422}
    if route.method == "POST":
        found |= {400, 409}
    return sorted(found)
