"""Rooms and broadcasts as one writes them first with Tornado's websocket handler: run as a process by the load tool."""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict

import jwt
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

ROOMS: dict[str, set[Socket]] = defaultdict(set)
SECRET = os.environ.get("LOAD_SECRET", "")


class Socket(WebSocketHandler):
    user = ""

    async def get(self, *args: str, **kwargs: str) -> None:
        try:
            self.user = jwt.decode(self.get_argument("token"), SECRET, algorithms=["HS256"])["sub"]
        except jwt.InvalidTokenError:
            self.set_status(403)
            self.finish()
            return
        await super().get(*args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> None:
        self.rooms: set[str] = set()

    async def on_message(self, message: str | bytes) -> None:
        told = json.loads(message)
        if "join" in told:
            self.rooms.add(told["join"])
            ROOMS[told["join"]].add(self)
            await self.write_message({"joined": told["join"]})
        else:
            for other in list(ROOMS[told["publish"]]):
                other.write_message({"room": told["publish"], "message": told["message"]})

    def on_close(self) -> None:
        for room in self.rooms:
            ROOMS[room].discard(self)


async def main() -> None:
    server = HTTPServer(Application([(r"/ws", Socket)]))
    sockets = bind_sockets(0, "127.0.0.1", backlog=4096)
    server.add_sockets(sockets)
    print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
