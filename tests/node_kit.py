"""A whole node in the test's own process, on a free port, and a browser's manners for talking to it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from websockets.asyncio.client import ClientConnection, connect

from core.app import App
from core.settings import Settings
from data.database import Database
from panel_app import Node
from tests import database_kit


@asynccontextmanager
async def running(settings: Settings, database_url: str) -> AsyncIterator[Node]:
    """A started node on an empty database."""
    database = Database(database_url)
    await database_kit.empty(database.engine)
    await database.close()
    node = Node(replace(settings, database_url=database_url), database_url)
    try:
        await node.start()
        yield node
    finally:
        await node.stop(5)


class Browser:
    """Keeps cookies, follows nothing by itself, and names its origin as browsers do."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.base = f"http://127.0.0.1:{node.server.port}"
        self.cookies: dict[str, str] = {}

    @property
    def app(self) -> App:
        return self.node.app

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def ask(
        self, method: str, path: str, *, body: Any = None, headers: dict[str, str] | None = None
    ) -> HTTPResponse:
        sent = {"Cookie": self.cookie, **(headers or {})}
        if method != "GET":
            sent.setdefault("Origin", self.base)
        if isinstance(body, dict) and sent.get("Content-Type") != "application/json":
            data: Any = urlencode(body)
        else:
            data = body if body is None or isinstance(body, str | bytes) else msgspec.json.encode(body)
        request = HTTPRequest(
            self.base + path,
            method=method,
            body=data if data is not None or method == "GET" else "",
            headers=sent,
            follow_redirects=False,
            request_timeout=15,
            allow_nonstandard_methods=True,
        )
        response = await AsyncHTTPClient().fetch(request, raise_error=False)
        for line in response.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return response

    async def get(self, path: str, **headers: str) -> HTTPResponse:
        return await self.ask("GET", path, headers=headers)

    async def submit(self, path: str, **fields: str) -> HTTPResponse:
        """Send a form as its page would: with the page's own token."""
        page = (await self.get(path)).body.decode()
        found = re.search(r'name="_xsrf" value="([^"]+)"', page)
        return await self.ask("POST", path, body=fields | {"_xsrf": found[1] if found else ""})

    async def enter(self, persona: str) -> HTTPResponse:
        return await self.submit("/enter", persona=persona)

    def carry(self, name: str, value: str) -> None:
        self.cookies[name] = value


def page_token(body: bytes) -> str:
    """The signed token that a page's source carries for its own websocket."""
    found = re.search(rb'"token":"([^"]+)"', body)
    assert found, "the page carries no token"
    return found[1].decode()


def open_page(browser: Browser, path: str, token: str, origin: str | None = "own") -> connect:
    """A page's own websocket, as the browser would open it."""
    address = f"ws://127.0.0.1:{browser.node.server.port}{path.rstrip('/')}/ws"
    return connect(
        address,
        subprotocols=["bokeh", token],  # type: ignore[list-item]
        origin=browser.base if origin == "own" else origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": browser.cookie},
        max_size=2**24,
        max_queue=None,  # unread messages must not hold up the closing handshake
    )


__all__ = ["Browser", "ClientConnection", "open_page", "page_token", "running"]
