"""REST over a real server on a free port: a client that asks and answers with status, headers and decoded body."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import bind_sockets

from core.app import App
from core.web.http import application
from core.web.rest import ROUTES
from core.web.routes import Route

AS_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The error of a refusal, which must have the one form."""
        assert self.headers["Content-Type"] == "application/json", self
        body = self.json
        assert list(body) == ["error"], self
        assert set(body["error"]) == {"type", "message", "temporary", "details"}, self
        return body["error"]

    @property
    def fields(self) -> list[str]:
        assert self.status == 422, self
        return [problem["field"] for problem in self.error["details"]["fields"]]


class Api:
    """`await api("PUT", "/api/v1/people/x", {...})`, with the environment's key unless told otherwise."""

    def __init__(self, app: App, port: int) -> None:
        self.app, self.port = app, port
        self.url = f"http://127.0.0.1:{port}"
        self.host = f"127.0.0.1:{port}"
        self._client = AsyncHTTPClient(force_instance=True, max_clients=100)

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        bearer: str | None = "",
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """`bearer` is a key or token; empty means the environment's key, None none at all."""
        sent = {} if bearer is None else {"Authorization": f"Bearer {bearer or self.app.settings.api_key}"}
        data = raw
        if body is not None:
            data = json.dumps(body, default=str).encode()
        if data is not None:
            sent |= AS_JSON
        request = HTTPRequest(
            self.url + path,
            method,
            headers=sent | (headers or {}),
            body=data,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=30,
        )
        answer = await self._client.fetch(request, raise_error=False)
        # 599 is the client's own word for an answer that never came.
        assert answer.code != 599, answer.error
        return Reply(answer.code, answer.headers, answer.body)

    def close(self) -> None:
        self._client.close()


@asynccontextmanager
async def serve_rest(app: App, routes: Iterable[Route] = ROUTES) -> AsyncIterator[Api]:
    """A server of these routes; it and its connections are gone when the block ends."""
    server = HTTPServer(application(app, routes))
    (socket,) = bind_sockets(0, "127.0.0.1")
    server.add_socket(socket)
    api = Api(app, socket.getsockname()[1])
    try:
        yield api
    finally:
        api.close()
        server.stop()
        await server.close_all_connections()
