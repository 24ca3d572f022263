"""Running a route: the handler in its transaction, its result as status and bytes, and errors in the one shape."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    TandemError,
    TooLarge,
    Unauthorized,
    Unavailable,
)
from core.transaction import Transaction
from core.web.idempotency import Answer, Body, Once, once, recall
from core.web.routes import Call, Raw, Route

JSON = "application/json"
WAIT = 2


class MethodNotAllowed(TandemError):
    type, status, default = "method_not_allowed", 405, "This address does not answer to that method."


BY_STATUS: dict[int, type[TandemError]] = {
    e.status: e for e in (BadRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, TooLarge, Unavailable)
}
"""What the server itself may refuse before a route is reached."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


async def run(route: Route, call: Call[Any, Any], request: Once | None) -> Response:
    """The route's answer; given only after the commit of what it changed."""
    if request is None:
        if route.writes:
            return _response(route, await call.app.transactions.run(call.principal, route.handler, call))
        return _response(route, await route.handler(call))
    answer = await (_write_once if route.writes else _note_once)(route, call, request)
    if not answer.replayed:
        return Response(answer.status, _encoded(route, answer))
    return Response(answer.status, _encoded(route, answer), JSON, {"Idempotency-Replayed": "true"})


def _encoded(route: Route, answer: Answer) -> bytes:
    """The same bytes each time: the database keeps an answer's fields in an order of its own."""
    if answer.status == 204:
        return b""
    try:
        return msgspec.json.encode(msgspec.convert(answer.body, route.answer))
    except msgspec.ValidationError:
        # Kept by a version that answered in another form: what was said then still stands.
        return msgspec.json.encode(answer.body)


async def _write_once(route: Route, call: Call[Any, Any], request: Once) -> Answer:
    async def command(tx: Transaction) -> Answer:
        async def effect() -> tuple[int, Body]:
            return _plain(route, await route.handler(tx, call))

        return await once(tx, request, effect)

    return await call.app.transactions.run(call.principal, command)


async def _note_once(route: Route, call: Call[Any, Any], request: Once) -> Answer:
    """For handlers with transactions of their own, whose effects are idempotent: only the answer is kept."""
    earlier = await call.app.transactions.run(call.principal, recall, request)
    if earlier is not None:
        return earlier
    result = _plain(route, await route.handler(call))

    async def effect() -> tuple[int, Body]:
        return result

    return await call.app.transactions.run(call.principal, once, request, effect)


def _plain(route: Route, result: Any) -> tuple[int, Body]:
    return route.status, {} if result is None else msgspec.to_builtins(result)


def _response(route: Route, result: Any) -> Response:
    if isinstance(result, Raw):
        headers = {"Content-Disposition": f'attachment; filename="{result.file_name}"'} if result.file_name else {}
        return Response(result.status, result.data, result.content_type, headers)
    if result is None:
        return Response(204, b"")
    return Response(route.status, msgspec.json.encode(result))


def refusal(error: TandemError, request_id: str) -> Response:
    body = error.body()
    headers: dict[str, str] = {}
    if error.status >= 500:
        body["error"]["details"]["request_id"] = request_id
    if error.status in (429, 503):
        wait = error.details.get("retry_after", WAIT)
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="tandem"'
    return Response(error.status, msgspec.json.encode(body, enc_hook=str), JSON, headers)
