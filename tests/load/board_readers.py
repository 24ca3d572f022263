"""People who look at a board over REST: so many a second, begun on time whether or not those before were answered.

Runs in a thread of its own beside the generator of sockets. A look counts from the moment it was due; what no line is
free for waits and counts all the same.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

LINES = 8
PERIODS = ("daily", "weekly", "all_time")


@dataclass
class BoardReaders:
    port: int
    tokens: Sequence[str]
    board: str
    rate: float
    seconds: float
    core: int | None = None
    took: list[float] = field(default_factory=list)
    """Milliseconds that each look took."""
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._all, name="board readers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Wait for the last answer."""
        self._thread.join(self.seconds + 30)
        assert not self._thread.is_alive()

    def _all(self) -> None:
        if self.core is not None:
            os.sched_setaffinity(0, {self.core})
        asyncio.run(self._read())

    async def _read(self) -> None:
        due: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            lines = [group.create_task(self._line(due)) for _ in range(LINES)]
            loop, begin = asyncio.get_running_loop(), time.perf_counter()
            total = round(self.rate * self.seconds)
            for number in range(total):
                at = begin + number / self.rate
                loop.call_later(max(0.0, at - time.perf_counter()), due.put_nowait, (number, at))
            await asyncio.sleep(self.seconds)
            await due.join()
            for line in lines:
                line.cancel()

    async def _line(self, due: asyncio.Queue[tuple[int, float]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while True:
                number, at = await due.get()
                writer.write(self._request(number))
                head = await reader.readuntil(b"\r\n\r\n")
                size = next(int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:"))
                body = await reader.readexactly(size)
                self.took.append((time.perf_counter() - at) * 1000)
                if b" 200 " not in head[:20] or b'"around"' not in body:
                    self.refused.append(body[:200].decode())
                due.task_done()
        finally:
            writer.close()

    def _request(self, number: int) -> bytes:
        path = f"/api/v1/leaderboards/{self.board}?period={PERIODS[number % len(PERIODS)]}"
        token = self.tokens[number % len(self.tokens)]
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
