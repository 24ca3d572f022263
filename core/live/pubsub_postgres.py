"""Pokes and signals over PostgreSQL's LISTEN and NOTIFY: several nodes without Redis.

A notification holds less than 8,000 bytes of text, so a signal goes in numbered parts and is put together again on the
other side; a signal with a part missing is dropped. The link is a connection of its own, outside the pool, and needs a
direct line to the server: a pooler in transaction mode does not carry LISTEN.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from typing import Any

import asyncpg

from core.live.pubsub_remote import LinkLost, RemotePubSub
from data.database_url import normalise

PART = 5_400
"""Bytes in one part: 7,200 characters as text, with room for what stands before them."""

ALIVE_EVERY = 5.0
PATIENCE = 5.0
NOTIFY = "SELECT pg_notify($1, part) FROM unnest($2::text[]) WITH ORDINALITY AS parts (part, place) ORDER BY place"


class PostgresPubSub(RemotePubSub):
    """`prefix` keeps the deployments that share a database apart."""

    def __init__(self, url: str, prefix: str = "tandem", *, alive_every: float = ALIVE_EVERY) -> None:
        super().__init__()
        self._alive_every = alive_every
        self._url, self._channel = url, f"{prefix}_bus"
        self._connection: asyncpg.Connection
        self._lost = asyncio.Event()
        self._count = 0
        self._parts: dict[str, tuple[str, list[bytes]]] = {}
        self._busy = asyncio.Lock()

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        address, arguments = normalise(self._url)
        arguments = {"timeout": PATIENCE, **arguments}
        dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = await asyncpg.connect(dsn, **arguments)
        stack.push_async_callback(self._close, self._connection)
        self._lost.clear()
        self._parts.clear()
        self._connection.add_termination_listener(lambda _connection: self._lost.set())
        await self._connection.add_listener(self._channel, self._heard)

    @staticmethod
    async def _close(connection: asyncpg.Connection) -> None:
        try:
            with contextlib.suppress(Exception):
                await connection.close(timeout=1)
        finally:
            if not connection.is_closed():
                connection.terminate()

    async def _receive(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._alive_every):
                    await self._lost.wait()
            except TimeoutError:
                self.questions += 1
                async with self._busy:
                    await self._connection.execute("SELECT 1", timeout=PATIENCE)
                continue
            raise LinkLost

    async def _send(self, poke: bool, signals: list[bytes]) -> None:
        sender = self.sender.hex()
        notes = [f"p {sender}"] if poke else []
        for data in signals:
            self._count += 1
            cuts = range(0, max(1, len(data)), PART)
            for place, cut in enumerate(cuts, 1):
                text = base64.b64encode(data[cut : cut + PART]).decode()
                notes.append(f"s {sender} {self._count} {place}/{len(cuts)} {text}")
        async with self._busy:
            await self._connection.execute(NOTIFY, self._channel, notes, timeout=PATIENCE)

    def _heard(self, _connection: Any, _pid: int, _channel: str, note: str) -> None:
        kind, sender, *rest = note.split(" ")
        if kind == "p":
            self._heard_poke(bytes.fromhex(sender))
        elif kind == "s" and sender != self.sender.hex():
            self._heard_part(sender, *rest)

    def _heard_part(self, sender: str, number: str, place: str, text: str) -> None:
        """Parts of one signal come one after the other: each sender has one line and one place to put them."""
        at, _, of = place.partition("/")
        held, parts = self._parts.get(sender, ("", []))
        if held != number:
            parts = []
        if int(at) != len(parts) + 1:
            self._parts.pop(sender, None)
            return
        parts.append(base64.b64decode(text))
        if at == of:
            self._parts.pop(sender, None)
            self._heard_signal(bytes.fromhex(sender), b"".join(parts))
        else:
            self._parts[sender] = (number, parts)
