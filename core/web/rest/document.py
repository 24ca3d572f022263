"""The description of all routes, for machines; the readable page shows the same."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from core.web.answers import JSON
from core.web.openapi import document
from core.web.routes import Call, Raw, Route, Routes


def document_routes(listed: Callable[[], tuple[Route, ...]]) -> list[Route]:
    """The route that describes all routes, itself among them."""
    routes = Routes("This description")
    made: list[bytes] = []

    @routes("GET", "/api/v1/openapi.json", scope=None, summary="This description, as OpenAPI 3.1.")
    async def get_openapi(call: Call[None, None]) -> Raw:
        if not made:
            made.append(msgspec.json.encode(document(listed())))
        return Raw(made[0], JSON)

    return routes.found
