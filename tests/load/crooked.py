"""A server with rooms that does some things wrong on purpose, so that whoever measures it can be measured."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

LATE = 0.25
NUMBER = re.compile(r"load-\w+-0-0-(\d+)")


@dataclass
class Crooked:
    """Loses 3, says 5 twice, 8 before 7, 9 with a wrong room, 20 late: each for one member.

    Number 11 comes in fragments and with a ping, which is no mistake and must not be taken for one.
    """

    crooked: bool = True
    members: list[ServerConnection] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)
    waiting: dict[int, str] = field(default_factory=dict)
    """What came before its turn: members speak by sockets of their own, and a busy server reads those in any order."""
    following: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def handle(self, socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self.listen(socket)

    async def listen(self, socket: ServerConnection) -> None:
        async for message in socket:
            told = json.loads(message)
            if "join" in told:
                self.members.append(socket)
                await socket.send(json.dumps({"joined": told["join"]}))
            else:
                await self.broadcast(json.dumps({"message": told["message"]}))

    async def broadcast(self, text: str) -> None:
        async with self.turn:
            if found := NUMBER.search(text):
                self.waiting[int(found[1])] = text
            while (number := self.following) in self.waiting:
                self.following += 1
                await self.tell(number, self.waiting.pop(number))

    async def tell(self, number: int, text: str) -> None:
        for place, member in enumerate(self.members):
            for said in self.said(number, place, text) if self.crooked else [text]:
                if number == 11:
                    await member.ping()
                    await member.send([said[:9], said[9:]])
                elif self.crooked and (number, place) == (20, 4):
                    asyncio.get_running_loop().call_later(LATE, asyncio.ensure_future, member.send(said))
                else:
                    await member.send(said)

    def said(self, number: int, place: int, text: str) -> list[str]:
        match number, place:
            case (3, 0):
                return []
            case (5, 1):
                return [text, text]
            case (7, 2):
                self.held[place] = text
                return []
            case (8, 2):
                return [text, self.held.pop(place)]
            case (9, 3):
                return [text.replace("-0-0-9", "-0-1-9")]
        return [text]


@asynccontextmanager
async def crooked_server(crooked: bool) -> AsyncIterator[int]:
    """Its port, while it runs."""
    async with serve(Crooked(crooked).handle, "127.0.0.1", 0, compression=None, close_timeout=0.1) as server:
        yield next(iter(server.sockets)).getsockname()[1]
