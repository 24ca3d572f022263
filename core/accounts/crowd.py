"""Who people are, asked for one by one and read together: what a crowd that comes at once costs the database.

Whoever asks while others wait is read with them, in one transaction for some hundreds, and each hears only of
themselves. Without a crowd nothing waits: a reading begins in the same turn of the loop. It begins after it was asked
for, so that what it answers is never older than the question. There is room for so many who wait, and no more.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from core.errors import Unauthorized, Unavailable
from core.principal import Principal

Read = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Principal]]]

TOGETHER = 200
AT_ONCE = 2
"""Readings side by side: few of the pool's connections, so that everything else goes on."""
WAITING = 20_000


class Crowd:
    def __init__(self, read: Read, together: int = TOGETHER, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._read, self._together, self._at_once, self._limit = read, together, at_once, waiting
        self._waiting: dict[UUID, asyncio.Future[Principal]] = {}
        self._readers: set[asyncio.Task[None]] = set()

    async def ask(self, user_id: UUID) -> Principal:
        """Somebody as they are now; Unauthorized when there is no such person any more."""
        # Several may wait for one answer, and one of them may give up.
        return await asyncio.shield(self.asked(user_id))

    def asked(self, user_id: UUID) -> asyncio.Future[Principal]:
        """The same as an answer that comes later. It belongs to all who wait for it, and nobody may cancel it."""
        answer = self._waiting.get(user_id)
        if answer is None:
            if len(self._waiting) >= self._limit:
                raise Unavailable
            answer = self._waiting[user_id] = asyncio.get_running_loop().create_future()
            if len(self._readers) < (self._at_once if len(self._waiting) >= self._together // 4 else 1):
                reader = asyncio.create_task(self._work(), name="read people")
                self._readers.add(reader)
                reader.add_done_callback(self._readers.discard)
        return answer

    async def _work(self) -> None:
        try:
            await self._answer()
        finally:
            # In the turn in which nobody waits any more: whoever asks in the next one finds no reader that is gone.
            self._readers.discard(asyncio.current_task())

    async def _answer(self) -> None:
        while self._waiting:
            wanted = dict(itertools.islice(self._waiting.items(), self._together))
            for user_id in wanted:
                del self._waiting[user_id]
            try:
                found = await self._read(list(wanted))
            except BaseException as error:
                _fail(wanted, error)
                if not isinstance(error, Exception):
                    raise
                continue
            for user_id, answer in wanted.items():
                if user_id in found:
                    answer.set_result(found[user_id])
                else:
                    _fail({user_id: answer}, Unauthorized())


def _fail(answers: Mapping[UUID, asyncio.Future[Principal]], error: BaseException) -> None:
    for answer in answers.values():
        answer.set_exception(error if isinstance(error, Exception) else Unavailable())
        # Whoever waited may have gone.
        answer.exception()
