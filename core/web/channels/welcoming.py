"""What follows a join, where it is the same for all who join: made once for everybody who came meanwhile.

A class that comes in at eight asks thirty times the same within a second. Whoever joins while a welcome is being made
waits for the next one, so that what they are told is never older than their join; there are two at most for a topic,
and no task for anybody who waits. Without a welcome the join stands all the same.
"""

from __future__ import annotations

import asyncio
import logging

from core.errors import Unavailable
from core.web.channels import protocol
from core.web.channels.connection import Connection
from core.web.channels.topics import Found, Services

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Connections that are told in one turn of the loop."""


class Welcomes:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: dict[str, list[tuple[Connection, Found]]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    @staticmethod
    def shared(connection: Connection, found: Found) -> bool:
        """Whether somebody is told the same as all others who join."""
        return found.spec.same_welcome and not connection.principal.hidden

    def ask(self, connection: Connection, found: Found) -> None:
        """Have a connection told, soon."""
        topic = found.canonical
        self._waiting.setdefault(topic, []).append((connection, found))
        if topic not in self._running:
            self._running[topic] = asyncio.create_task(self._work(topic), name=f"welcome to {topic}")

    async def _work(self, topic: str) -> None:
        try:
            while waiting := self._waiting.pop(topic, None):
                await self._welcome(waiting)
        finally:
            del self._running[topic]

    async def _welcome(self, waiting: list[tuple[Connection, Found]]) -> None:
        found, make = waiting[0][1], waiting[0][1].spec.welcome
        try:
            told = await make(self._services, waiting[0][0].principal, found.params) if make else []
        except Unavailable:
            return
        except Exception:
            log.exception("a welcome could not be made", extra={"topic": found.canonical})
            return
        frames: dict[str, list[bytes]] = {}
        for number, (connection, joined) in enumerate(waiting, 1):
            name = joined.topic
            if name not in frames:
                frames[name] = [protocol.broadcast_frame(name, event, payload) for event, payload in told]
            member = connection.member(name)
            for frame in frames[name] if member else ():
                connection.send(frame, member)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def stop(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
