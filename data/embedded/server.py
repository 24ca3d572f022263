"""`EmbeddedPostgres`: a process's hold on the embedded database.

`start()` joins the keeper of the folder, or begins one, and returns the address once people can connect. While it
holds on, a thread hears from the keeper how the server stands, and begins another keeper should that one be killed; the
pool of connections mends itself meanwhile. `stop()` lets go; the last to do so waits until the server has shut down.
Any number of processes may hold the same folder at the same time.
"""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

from data.embedded.cluster import environment
from data.embedded.errors import EmbeddedPostgresError, explain_os
from data.embedded.homes import find_home
from data.embedded.places import PORT, Places, discard, find_sockets, keeper_address, prepare

State = Literal["stopped", "starting", "ready", "down"]
PROJECT = Path(__file__).parents[2]
BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from data.embedded.keeper import main; main(*sys.argv[2:])"
STOP_SECONDS = 60.0

log = logging.getLogger(__name__)


class Line:
    """The socket to a keeper, and what came over it so far."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self._rest = b""

    def hear(self, seconds: float | None) -> dict[str, Any] | None:
        """Wait for the next message; none when the keeper is gone."""
        self.socket.settimeout(seconds)
        while b"\n" not in self._rest:
            try:
                more = self.socket.recv(4096)
            except ConnectionError:
                more = b""
            if not more:
                return None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def let_go(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)


class EmbeddedPostgres:
    def __init__(self, root: Path, *, programs: Path | None = None, database: str = "tandem") -> None:
        self.root = root
        self.database = database
        self.state: State = "stopped"
        self.reason = ""
        """Why the server is down, while it is."""
        self.pid = 0
        """The server's process."""
        self._programs = programs
        self._line: Line | None = None
        self._leaving = threading.Event()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def home(self) -> Path:
        """The folder that holds the data and the log."""
        return find_home(self.root)

    @property
    def url(self) -> str:
        sockets = find_sockets(self.root)
        if sockets is None:
            raise EmbeddedPostgresError(f"No database was started in {self.root} yet.")
        return f"postgresql+asyncpg://tandem@/{quote(self.database)}?host={quote(sockets, safe='/')}&port={PORT}"

    def start(self, timeout: float = 120.0) -> str:
        """Have the server running and return its address; raises `EmbeddedPostgresError` when that cannot be."""
        if self._thread is None:
            self._leaving.clear()
            self.state = "starting"
            try:
                line = self._join(time.monotonic() + timeout)
            except (OSError, EmbeddedPostgresError) as error:
                self.state = "stopped"
                if isinstance(error, OSError):
                    raise EmbeddedPostgresError(explain_os(error, str(self.root))) from error
                raise
            self._thread = threading.Thread(target=self._watch, args=(line,), name="postgres", daemon=True)
            self._thread.start()
        return self.url

    def stop(self) -> None:
        """Let go of the server. If nobody else holds it, return when it has shut down."""
        line, thread = self._line, self._thread
        if line is None or thread is None:
            return
        self._leaving.set()
        with suppress(OSError):  # a keeper that is gone is seen by the thread as well
            (self._line or line).let_go()
        thread.join(STOP_SECONDS)
        self._line = self._thread = None
        self.state, self.pid = "stopped", 0

    def wait(self, until: Callable[[], bool], timeout: float) -> bool:
        """Wait until something is true of `state`, `reason` or `pid`; asks again whenever they change."""
        with self._news:
            return self._news.wait_for(until, timeout)

    def discard(self) -> bool:
        """Stop, and delete all data for good; not if another process still holds the server. For tests and trials."""
        self.stop()
        return discard(self.root)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _join(self, deadline: float) -> Line:
        """Reach a keeper, beginning one if need be, and wait until its server is ready."""
        while True:
            line = self._line = self._call() or self._begin()
            try:
                if self._leaving.is_set() or self._await_ready(line, deadline):
                    return line
            except BaseException:
                line.socket.close()
                raise
            line.socket.close()  # that keeper was just leaving, or another one was quicker
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"Another process holds {self.home} and does not let go: end it first.")
            self._leaving.wait(0.02)

    def _await_ready(self, line: Line, deadline: float) -> bool:
        try:
            while message := line.hear(max(0.1, deadline - time.monotonic())):
                self._note(message)
                if message["state"] == "failed":
                    line.hear(STOP_SECONDS)  # it ends now, and with it all that it held
                    raise EmbeddedPostgresError(message["reason"])
                if message["state"] == "ready":
                    return True
        except TimeoutError as error:
            raise EmbeddedPostgresError(
                f"The embedded database is not ready yet: see {self.home / 'postgres.log'}, and start Tandem again."
            ) from error
        return False

    def _call(self) -> Line | None:
        """Reach the keeper that serves this folder, if there is one."""
        sockets = find_sockets(self.root)
        if sockets is None:
            return None
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            end.connect(keeper_address(sockets))
        except (FileNotFoundError, ConnectionError):
            end.close()
            return None
        except OSError:
            end.close()
            raise
        return Line(end)

    def _begin(self) -> Line:
        """Begin a keeper, which leaves this process at once and lives on its own."""
        places: Places = prepare(self.root, self._programs)
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", "-S", "-c", BEGIN, str(PROJECT), places.dump(), str(theirs.fileno())]
            subprocess.run(
                command,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=environment(),
                check=True,
            )
        return Line(ours)

    def _note(self, message: dict[str, Any]) -> None:
        state: State = {"ready": "ready", "down": "down"}.get(message["state"], "starting")  # type: ignore[assignment]
        if state == "down":
            log.warning("the embedded database is down: %s", message["reason"])
        elif state == "ready" and self.state == "down":
            log.info("the embedded database is back")
        with self._news:
            self.state, self.reason, self.pid = state, message.get("reason", ""), message.get("pid", 0)
            self._news.notify_all()

    def _watch(self, line: Line) -> None:
        """Hear how the server stands until we let go; replace a keeper that was killed."""
        while True:
            while message := line.hear(None):
                self._note(message)
            line.socket.close()
            if self._leaving.is_set():
                return
            self._note({"state": "down", "reason": "its keeper was ended"})
            again = self._join_again()
            if again is None:
                return
            line = again
            if self._leaving.is_set():
                with suppress(OSError):
                    line.let_go()

    def _join_again(self) -> Line | None:
        pause = 0.02
        while not self._leaving.is_set():
            try:
                return self._join(time.monotonic() + STOP_SECONDS)
            except (EmbeddedPostgresError, OSError, subprocess.SubprocessError) as error:
                self._note({"state": "down", "reason": str(error)})
            self._leaving.wait(pause)
            pause = min(pause * 4, 10.0)
        return None
