"""A file that is made rather than kept: the same bytes for everybody, packed once, asked for again only to be compared.

Pages of any origin may load it: it holds no data, and what it opens later is judged by its origin and its token.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Callable
from functools import cached_property

from tornado.web import RequestHandler

KEPT = "public, max-age=600, stale-while-revalidate=86400"
"""Ten minutes without asking; a day in which it is used while it is asked for again."""


class Made:
    """The bytes, made when they are first asked for."""

    def __init__(self, make: Callable[[], str], content_type: str) -> None:
        self._make, self.content_type = make, content_type

    @cached_property
    def plain(self) -> bytes:
        return self._make().encode()

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.plain, 9, mtime=0)

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.plain).hexdigest()[:32]}"'


class MadeFile(RequestHandler):
    def initialize(self, made: Made) -> None:
        self._made = made

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.set_header("X-Content-Type-Options", "nosniff")

    def compute_etag(self) -> str:
        return self._made.etag

    async def get(self) -> None:
        # The first time takes a moment, in which everybody else is served.
        await asyncio.to_thread(lambda: self._made.packed)
        self.set_header("Content-Type", self._made.content_type)
        self.set_header("Cache-Control", KEPT)
        self.set_header("Vary", "Accept-Encoding")
        packed = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(self._made.packed if packed else self._made.plain)

    async def head(self) -> None:
        await self.get()
