"""The servers that are measured, each a process of its own on a core of its own: started, ready, ended by its id."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt

from data.embedded.homes import find_home
from data.embedded.processes import postmaster_of
from tools.load.client import Member
from tools.load.machine import family, prefer
from tools.load.publisher import RestDoor
from tools.programs import ROOT, node

READY = re.compile(r"Tandem is ready: http://127\.0\.0\.1:(\d+)|\{\"port\": ?(\d+)\}")
START, END, SEED = 90.0, 25.0, 600.0
HOST = "127.0.0.1"
KEYS = 12
FRESH = 6 * 3600.0
KIND_OF_TOPIC = {"message": "load:{room}", "event": "activity:global", "presence": "presence:lobby"}


class ServerError(Exception):
    """A server did not start, or ended by itself."""


@dataclass(frozen=True, slots=True)
class Person:
    external_id: str
    token: str
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """One that is ready: where, which process, who may come."""

    dialect: str
    host: str
    port: int
    people: tuple[Person, ...]
    pid: int | None = None
    keys: tuple[str, ...] = ()
    beside: int = 0
    """Its database's process, which belongs to a keeper of its own."""

    def members(self, conns: int, listens: Sequence[tuple[str, int]]) -> list[Member]:
        """So many, each listening to a topic of every kind that is named with its number of rooms."""
        if conns > len(self.people):
            raise ServerError(f"there are tokens for {len(self.people)} people, not for {conns}")
        found = []
        for index in range(conns):
            topics = tuple(self._topic(kind, index, rooms) for kind, rooms in listens)
            found.append(Member(index, self.people[index].token, topics))
        return found

    def _topic(self, kind: str, index: int, rooms: int) -> str:
        if self.dialect != "tandem":
            return f"room:{index % rooms}"
        if kind != "message" and rooms > 1:
            return f"cohort:{self.people[index].cohort}"
        return KIND_OF_TOPIC[kind].format(room=index % rooms)

    def door(self, rooms: int) -> RestDoor:
        return RestDoor(self.host, self.port, self.keys, tuple(p.external_id for p in self.people[:rooms]))


@contextmanager
def started(
    command: Sequence[str], env: Mapping[str, str], core: int | None, expected: re.Pattern[str] = READY
) -> Iterator[tuple[int, int]]:
    """A process that says its port; process id and port, as long as the block lasts.

    It has a group of its own: whoever interrupts the tool interrupts the tool, which then ends it in good order.
    """
    with _on(core):
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
    prefer(process.pid)
    said: list[str] = []
    reader = threading.Thread(target=_drain, args=(process, said), daemon=True)
    watchdog = threading.Timer(START, process.kill)
    watchdog.start()
    try:
        port = _port(process, said, expected)
        watchdog.cancel()
        reader.start()
        yield process.pid, port
    finally:
        watchdog.cancel()
        _end(process)
        if reader.is_alive():
            reader.join(END)
        if process.stdout is not None:
            process.stdout.close()


def _port(process: subprocess.Popen[str], said: list[str], expected: re.Pattern[str]) -> int:
    for line in process.stdout or ():
        said.append(line)
        if found := expected.search(line):
            return int(next(group for group in found.groups() if group))
    raise ServerError("the server did not start:\n" + "".join(said[-20:]))


def _drain(process: subprocess.Popen[str], said: list[str]) -> None:
    for line in process.stdout or ():
        said.append(line)
        del said[:-200]


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _on(core: int | None) -> Iterator[None]:
    """What is started in this block stays on one core, with everything it starts."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return kept | {"PYTHONPATH": str(ROOT)} | more


@contextmanager
def tandem(folder: Path, people: int, cohorts: int, core: int | None, **settings: str) -> Iterator[Server]:
    """Tandem with so many people known; the folder keeps its database for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    env = _environment(
        TANDEM_MODE="demo", TANDEM_SIMULATOR="off", TANDEM_DATA=str(folder), TANDEM_PORT="0",
        # Badges would be items of their own among those that are sent, counted and judged here.
        TANDEM_LOG_LEVEL="WARNING", TANDEM_REWARDS="off", **settings,
    )  # fmt: skip
    command = [sys.executable, "-m", "tools.load.node"]
    known, keys = _seeded(folder, people, cohorts) or ((), ())
    if not known:
        seeding = [*command, "seed", str(people), str(cohorts), str(KEYS)]
        done = subprocess.run(seeding, cwd=ROOT, env=env, capture_output=True, text=True, timeout=SEED, check=False)
        if done.returncode:
            raise ServerError("the people could not be made known:\n" + (done.stdout + done.stderr)[-2000:])
        known, keys = _seeded(folder, people, cohorts) or ((), ())
    with started([*command, "serve"], env, core) as (pid, port):
        beside = postmaster_of(find_home(folder / "postgres") / "data") or 0
        for helper in family(beside) if beside else ():
            prefer(helper)
        yield Server("tandem", HOST, port, known, pid, keys, beside)


def _seeded(folder: Path, people: int, cohorts: int) -> tuple[tuple[Person, ...], tuple[str, ...]] | None:
    """Those who are known from before, if there are enough of them and their tokens last."""
    file = folder / f"load-{cohorts}.json"
    if not file.is_file() or time.time() - file.stat().st_mtime > FRESH:
        return None
    told = json.loads(file.read_text())
    known = tuple(Person(*row) for row in told["people"])
    return (known, tuple(told["keys"])) if len(known) >= people else None


@contextmanager
def rival(name: str, people: int, core: int | None) -> Iterator[Server]:
    """A server to compare with, and tokens that it checks."""
    secret = secrets.token_hex(32)
    command = [sys.executable, "-m", "tools.load.rivals.plain"]
    if name == "socket.io":
        runtime = node()
        if runtime is None:
            raise ServerError("Node is missing")
        command = [str(runtime), "tools/load/rivals/socketio.mjs"]
    until = int(time.time()) + 86_400
    known = tuple(
        Person(f"load-{n}", jwt.encode({"sub": f"load-{n}", "exp": until}, secret, algorithm="HS256"))
        for n in range(people)
    )
    with started(command, _environment(LOAD_SECRET=secret), core) as (pid, port):
        yield Server(name, HOST, port, known, pid)
