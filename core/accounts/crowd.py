"""Who people are, asked for one by one and read together: what a crowd that comes at once costs the database.

Whoever asks while others wait is read with them, in one transaction for some hundreds, and each hears only of
themselves. Without a crowd nothing waits: a reading begins in the same turn of the loop. It begins after it was asked
for, so that what it answers is never older than the question. There is room for so many who wait, and no more.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from core.errors import Unauthorized, Unavailable
from core.principal import Principal

log = logging.getLogger(__name__)

Told = Callable[[Principal | Exception], None]
"""Is called with the answer: somebody, or why nobody can be named. It belongs to one who asked."""
Read = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Principal]]]

TOGETHER = 200
AT_ONCE = 2
"""Readings side by side: few of the pool's connections, so that everything else goes on."""
WAITING = 20_000


class Crowd:
    def __init__(self, read: Read, together: int = TOGETHER, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._read, self._together, self._at_once, self._limit = read, together, at_once, waiting
        self._waiting: dict[UUID, list[Told]] = {}
        self._readers: set[asyncio.Task[None]] = set()

    async def ask(self, user_id: UUID) -> Principal:
        """Somebody as they are now; Unauthorized when there is no such person any more."""
        answer: asyncio.Future[Principal] = asyncio.get_running_loop().create_future()
        self.tell(user_id, partial(_settle, answer))
        return await answer

    def tell(self, user_id: UUID, told: Told) -> None:
        """The same for whoever wants to be called with the answer, soon and never before this returns."""
        waiting = self._waiting.get(user_id)
        if waiting is not None:
            waiting.append(told)
            return
        if len(self._waiting) >= self._limit:
            raise Unavailable
        self._waiting[user_id] = [told]
        if len(self._readers) < (self._at_once if len(self._waiting) >= self._together // 4 else 1):
            reader = asyncio.create_task(self._work(), name="read people")
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)

    async def _work(self) -> None:
        try:
            await self._answer()
        finally:
            # In the turn in which nobody waits any more: whoever asks in the next one finds no reader that is gone.
            self._readers.discard(asyncio.current_task())

    async def _answer(self) -> None:
        while self._waiting:
            wanted = self._next()
            try:
                found = await self._read(list(wanted))
            except BaseException as error:
                failed = error if isinstance(error, Exception) else Unavailable()
                for waiting in wanted.values():
                    _tell(waiting, failed)
                if not isinstance(error, Exception):
                    raise
                continue
            for user_id, waiting in wanted.items():
                _tell(waiting, found.get(user_id) or Unauthorized())

    def _next(self) -> dict[UUID, list[Told]]:
        """Those who are read together next, first come first; mostly that is everybody."""
        if len(self._waiting) <= self._together:
            wanted, self._waiting = self._waiting, {}
            return wanted
        wanted = dict(itertools.islice(self._waiting.items(), self._together))
        for user_id in wanted:
            del self._waiting[user_id]
        return wanted


def _tell(waiting: Sequence[Told], answer: Principal | Exception) -> None:
    for told in waiting:
        try:
            told(answer)
        except Exception:
            log.exception("an answer could not be taken")


def _settle(waiting: asyncio.Future[Principal], answer: Principal | Exception) -> None:
    if waiting.done():
        # Whoever waited has gone.
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
