"""Subscribing a connection by its name from outside of it: on this node, or on the one that holds it.

A load balancer sends a request to any node, so what names a connection that is not here is passed on as a signal, and
the node that holds it answers. A connection is its person's: for anybody else there is none of that name.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from core.errors import Forbidden, NotFound, RateLimited, TandemError, Unavailable
from core.ids import new_id
from core.live.signals import Signals
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.envelope import JOINED, SUBSCRIBE, UNSUBSCRIBE, reference
from core.web.channels.protocol import Incoming
from core.web.channels.registry import Sockets

log = logging.getLogger(__name__)

PATIENCE = 2.0
KINDS: dict[int, type[TandemError]] = {e.status: e for e in (Forbidden, NotFound, RateLimited, Unavailable)}


class Note(msgspec.Struct, frozen=True, array_like=True):
    """A question to the node that holds a connection, or its answer: done, or an error in its parts."""

    id: str
    answer: bool
    connection: str = ""
    user_id: UUID | None = None
    join: bool = True
    channel: str = ""
    data: dict[str, Any] = {}
    status: int = 0
    reason: str = ""
    message: str = ""


_decode = msgspec.msgpack.Decoder(Note).decode
_encode = msgspec.msgpack.Encoder().encode


class Subscriptions:
    def __init__(self, sockets: Sockets, signals: Signals, others: Callable[[], int]) -> None:
        self._sockets, self._signals, self._others = sockets, signals, others
        self._waiting: dict[str, asyncio.Future[Note]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        signals.on("subscriptions", self._receive)

    async def subscribe(self, who: Principal, connection: str, channel: str, data: dict[str, Any]) -> None:
        await self._act(Note(new_id().hex, False, connection, who.id, True, channel, data))

    async def unsubscribe(self, who: Principal, connection: str, channel: str) -> None:
        await self._act(Note(new_id().hex, False, connection, who.id, False, channel))

    async def _act(self, note: Note) -> None:
        if await self._do(note):
            return
        answer = await self._ask(note) if self._others() else None
        if answer is None:
            raise NotFound("You have no such connection.", reason="unknown_connection")
        if answer.status:
            raise KINDS.get(answer.status, TandemError)(answer.message, reason=answer.reason)

    async def _do(self, note: Note) -> bool:
        """Do it if the connection is here and that person's; what the channel says to it is said on the connection."""
        connection = self._sockets.find(note.connection)
        if connection is None or note.user_id is None or connection.principal.id != note.user_id:
            return False
        event, kind = (protocol.JOIN, SUBSCRIBE) if note.join else (protocol.LEAVE, UNSUBSCRIBE)
        await self._sockets.handle(connection, Incoming(JOINED, reference(kind), note.channel, event, note.data))
        return True

    # --- the other nodes

    async def _ask(self, note: Note) -> Note | None:
        waiting: asyncio.Future[Note] = asyncio.get_running_loop().create_future()
        self._waiting[note.id] = waiting
        self._signals.send("subscriptions", _encode(note))
        try:
            async with asyncio.timeout(PATIENCE):
                return await waiting
        except TimeoutError:
            return None
        finally:
            del self._waiting[note.id]

    def _receive(self, data: bytes) -> None:
        try:
            note = _decode(data)
        except msgspec.MsgspecError:
            # A node of another version, in the middle of a rolling deployment.
            return
        if not note.answer:
            if self._sockets.find(note.connection) is not None:
                task = asyncio.create_task(self._answer(note), name="subscription from another node")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return
        waiting = self._waiting.get(note.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(note)

    async def _answer(self, note: Note) -> None:
        try:
            if not await self._do(note):
                return
            said = Note(note.id, True)
        except TandemError as error:
            said = Note(note.id, True, status=error.status, reason=error.body()["error"]["type"], message=error.message)
        except Exception:
            log.exception("a subscription for another node failed")
            said = Note(note.id, True, status=TandemError.status, reason=TandemError.type)
        self._signals.send("subscriptions", _encode(said))

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
