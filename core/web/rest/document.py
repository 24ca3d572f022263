"""The descriptions for machines: of all routes, and of the socket's topics. The readable pages show the same."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from core.web.answers import JSON
from core.web.channels.topics import describe
from core.web.openapi import document
from core.web.routes import Call, Raw, Route, Routes


def document_routes(listed: Callable[[], tuple[Route, ...]]) -> list[Route]:
    """The route that describes all routes, itself among them, and the one that describes the socket."""
    routes = Routes("This description")
    made: list[bytes] = []
    topics: list[bytes] = []

    @routes("GET", "/api/v1/openapi.json", scope=None, summary="This description, as OpenAPI 3.1.")
    async def get_openapi(call: Call[None, None]) -> Raw:
        if not made:
            made.append(msgspec.json.encode(document(listed())))
        return Raw(made[0], JSON)

    @routes("GET", "/api/v1/topics.json", scope=None, summary="Every topic and message of the socket.")
    async def get_topics(call: Call[None, None]) -> Raw:
        """Who may join, what may be said and heard: each message with its version, JSON schema and an example."""
        if not topics:
            topics.append(msgspec.json.encode({"topics": describe()}))
        return Raw(topics[0], JSON)

    return routes.found
