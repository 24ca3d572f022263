"""One part of a cluster on this machine: a program that is started, waited for, and ended by its own process id.

A part says when it is ready by a line of its output, which is also kept in a file. A part that ends before that is an
error with its last words. On Linux no part outlives whoever started it, however that one ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 90.0
STOP_SECONDS = 20.0
LAST_WORDS = 12
PR_SET_PDEATHSIG = 1


class ClusterError(Exception):
    """The cluster cannot run, in one sentence for whoever started it."""


def free_port() -> int:
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(eq=False)
class Part:
    """A program of the cluster."""

    name: str
    command: Sequence[str]
    ready: re.Pattern[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    on_end: Callable[[Part], None] = lambda _part: None
    """Called when it ends without being told to."""
    process: Process | None = None
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS))
    _reader: asyncio.Task[None] | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _ending: bool = False

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ClusterError(f"{self.name} does not run.")
        return self.process.pid

    async def start(self) -> None:
        """Start it, and return when it says that it is ready."""
        self._ready, self._ending = asyncio.Event(), False
        self.lines.clear()
        try:
            # In a group of its own: Ctrl-C is for whoever ends the parts in their order.
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=dict(self.environment),
                stdout=PIPE,
                stderr=STDOUT,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        except OSError as error:
            raise ClusterError(f"{self.name} cannot be started: {error.strerror}.") from None
        self._reader = asyncio.create_task(self._read(self.process), name=f"output of {self.name}")
        ready = asyncio.create_task(self._ready.wait())
        done, _ = await asyncio.wait({ready, self._reader}, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if ready not in done:
            ready.cancel()
            await self.stop()
            words = "\n  ".join(self.lines) or "(it said nothing)"
            raise ClusterError(f"{self.name} did not start. Its last words, from {self.log}:\n  {words}")

    async def _read(self, process: Process) -> None:
        if process.stdout is None:
            return
        with self.log.open("a") as log:
            while line := (await process.stdout.readline()).decode(errors="replace"):
                log.write(line)
                log.flush()
                self.lines.append(line.rstrip())
                if self.ready.search(line):
                    self._ready.set()
        await process.wait()
        if self._ready.is_set() and not self._ending:
            self.on_end(self)

    def send(self, what: signal.Signals) -> None:
        """A signal to this one process, if it runs."""
        if self.running and self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(what)

    async def kill(self) -> None:
        """As a power cut does: no goodbye."""
        self._ending = True
        self.send(signal.SIGKILL)
        await self._ended()

    async def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        self._ending = True
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._ended()
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self._ended()

    async def _ended(self) -> None:
        if self.process is not None:
            await self.process.wait()
        if self._reader is not None:
            await asyncio.wait({self._reader})
