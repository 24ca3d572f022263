"""Tandem as its own process, as an operator runs it: started, asked, killed, started again on the same data.

Where the fixture `mother` is in use, a process that has imported Tandem already becomes each of them.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from tornado.httpclient import AsyncHTTPClient

ROOT = Path(__file__).parent.parent
READY = re.compile(r"Tandem is ready: (http://\S+)")
KEY = "key-for-tests-0123456789abcdef"
START_SECONDS = 60


class Child:
    """A process that somebody else started for us, to be used like one of our own."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, news: asyncio.StreamReader) -> None:
        self.pid, self.stdout = pid, stdout
        self.returncode: int | None = None
        self._end = asyncio.create_task(self._learn(news), name=f"end of {pid}")

    async def _learn(self, news: asyncio.StreamReader) -> int:
        self.returncode = int(await news.read())
        return self.returncode

    def send_signal(self, signal: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal)

    async def wait(self) -> int:
        return await asyncio.shield(self._end)


class Mother:
    """See tests/mother.py."""

    def __init__(self, place: Path) -> None:
        self._path = place / "mother.sock"
        command = [sys.executable, "-m", "tests.mother", str(self._path)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        assert self._process.stdout.readline() == b"ready\n"

    async def child(self, environment: dict[str, str]) -> Child:
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self._path))
        reading, writing = os.pipe()
        socket.send_fds(line, [msgspec.json.encode(environment)], [writing])
        os.close(writing)
        news = await _reader(line)
        return Child(int(await news.readline()), await _reader(os.fdopen(reading, "rb")), news)

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(START_SECONDS)
        assert self._process.stdout
        self._process.stdout.close()


async def _reader(source: socket.socket | BinaryIO) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), source)
    return reader


class Server:
    mother: Mother | None = None
    """Set for all where starts are not what is tested; set to None on one that needs an interpreter of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = settings
        self.process: Process | Child | None = None
        self.base = ""
        self.seconds = 0.0
        self.output: list[str] = []
        self._reader: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        return int(self.base.rsplit(":", 1)[1])

    @property
    def environment(self) -> dict[str, str]:
        """A clean environment: only what a process needs, and the settings given."""
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        told = {
            "TANDEM_MODE": "demo",
            "TANDEM_SIMULATOR": "off",
            "TANDEM_DATA": str(self.folder),
            "TANDEM_PORT": self.base.rsplit(":", 1)[1] if self.base else "0",
            "TANDEM_API_KEY": KEY,
            "TANDEM_LOG_LEVEL": "WARNING",
        }
        return kept | told | self.settings

    async def start(self) -> None:
        began = time.monotonic()
        self.process = await (self.mother.child(self.environment) if self.mother else self._fresh())
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            while line := (await self.process.stdout.readline()).decode():
                self.output.append(line)
                found = READY.search(line)
                if found:
                    self.seconds, self.base = time.monotonic() - began, found[1]
                    break
            else:
                raise AssertionError("Tandem did not start:\n" + "".join(self.output))
        self._reader = asyncio.create_task(self._read(self.process.stdout))

    async def _fresh(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "panel_app.py"), cwd=ROOT, env=self.environment, stdout=PIPE, stderr=STDOUT
        )

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.output.append(line.decode(errors="replace"))

    async def kill(self) -> None:
        """As a power cut does: no goodbye."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(how)
        async with asyncio.timeout(30):
            code = await process.wait()
        if self._reader:
            await self._reader
        return code


@asynccontextmanager
async def server(folder: Path, **settings: str) -> AsyncIterator[Server]:
    running = Server(folder, **settings)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def cluster(folder: Path, number: int, **settings: str) -> AsyncIterator[list[Server]]:
    """So many nodes on one database; they share the folder's secrets, and a Redis if the settings name one."""
    nodes = [Server(folder, **settings) for _ in range(number)]
    try:
        for node in nodes:
            await node.start()
        yield nodes
    finally:
        for node in nodes:
            await node.stop()


async def call(server: Server, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Ask a node's REST door with the key; status and answer."""
    response = await AsyncHTTPClient().fetch(
        f"{server.base}{path}",
        method=method,
        body=None if body is None else msgspec.json.encode(body),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        raise_error=False,
        allow_nonstandard_methods=True,
        request_timeout=20,
    )
    return response.code, msgspec.json.decode(response.body) if response.body else None


async def token_for(server: Server, external_id: str, **given: Any) -> dict[str, Any]:
    """A host's way to a person: known by this id, with a token."""
    person = {"external_id": external_id, "name": "Lena Fischer", "age_band": "18_plus"} | given
    status, answer = await call(server, "POST", "/api/v1/tokens", person)
    assert status in (200, 201), answer
    found: dict[str, Any] = answer
    return found


def practice(id: str, external_id: str, score: int = 85) -> dict[str, Any]:
    return {
        "id": id,
        "type": "practice_completed",
        "external_id": external_id,
        "subject": "math",
        "skill": "algebra",
        "properties": {"score": score},
    }


async def post_events(server: Server, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """Tell a node what happened; the results, once it has acknowledged."""
    status, answer = await call(server, "POST", "/api/v1/events", {"events": list(events)})
    assert status == 202, answer
    results: list[dict[str, Any]] = answer["results"]
    return results
