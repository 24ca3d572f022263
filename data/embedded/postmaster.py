"""One PostgreSQL server as a child process: started, watched, started again with growing pauses, shut down.

The first start may fail and is then an error for people to read, after three tries; a server that was ready once is
started again for ever, since what ended it (a full disk, a kill) may pass. Nothing here blocks but `stop`.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import IO

from data.embedded.cluster import configure, environment, run_as
from data.embedded.errors import EmbeddedPostgresError, explain, explain_os
from data.embedded.places import Places
from data.embedded.processes import PATIENCE, die_with_parent, end_leftovers, is_ready

LOG_BYTES = 10_000_000
STEADY_SECONDS = 30.0
FIRST_TRIES = 3
SHORTEST, LONGEST = 0.02, 10.0


def pause_after(deaths: int) -> float:
    """Return how long to wait before the next start, after so many deaths in a row."""
    return min(LONGEST, SHORTEST * 4.0 ** (deaths - 1))


class Postmaster:
    def __init__(self, places: Places) -> None:
        self.places = places
        self.state = "starting"
        self.reason = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._once_ready = False
        self._deaths = 0
        self._started_at = 0.0
        self._retry_at = 0.0
        self._log_start = 0

    @property
    def pid(self) -> int:
        return self._child.pid if self._child else 0

    @property
    def wait(self) -> float | None:
        """Seconds until `look` should be called again; none while all is well, for the child's end gives a signal."""
        if self.state == "down":
            return max(0.0, self._retry_at - time.monotonic())
        return 0.01 if self.state == "starting" else None

    def look(self) -> bool:
        """See how the server is and do what is due; tells whether there is news for those who wait."""
        before = (self.state, self.reason)
        if self.state == "down":
            if time.monotonic() >= self._retry_at:
                self.start()
        elif self._child is None or self._child.poll() is not None:
            signal = -min(0, self._child.returncode) if self._child else 0
            self._mourn(explain(self._last_words(), self.places.home, signal))
        elif self.state == "starting" and is_ready(self.places.data, self._child.pid):
            self.state, self.reason, self._once_ready = "ready", "", True
        return (self.state, self.reason) != before

    def start(self) -> None:
        self._started_at = time.monotonic()
        self.state = "starting"
        try:
            end_leftovers(self.places.data, Path(self.places.sockets))
            configure(self.places)
            tidy_log(self.places)
            self._child = self._spawn()
        except (OSError, subprocess.SubprocessError) as error:
            self._child = None
            reason = explain_os(error, self.places.home) if isinstance(error, OSError) else str(error)
            self._mourn(reason)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with open_log(self.places) as log:
            self._log_start = os.fstat(log.fileno()).st_size
            return subprocess.Popen(
                [f"{self.places.programs}/postgres", "-D", str(self.places.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment(),
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 (the keeper has no threads)
                **run_as(self.places),
            )

    def _mourn(self, reason: str) -> None:
        """The server is dead: plan its next start, or give up on a first one."""
        lived = time.monotonic() - self._started_at
        self._deaths = 1 if lived > STEADY_SECONDS else self._deaths + 1
        if not self._once_ready and self._deaths >= FIRST_TRIES:
            raise EmbeddedPostgresError(reason)
        self.state, self.reason = "down", reason
        self._retry_at = time.monotonic() + pause_after(self._deaths)

    def _last_words(self) -> str:
        with open(self.places.log, errors="replace") as log:
            log.seek(self._log_start)
            return log.read()[-20_000:]

    def stop(self) -> None:
        """Shut the server down and wait for it: properly, and only if it will not, less so."""
        for how, seconds in PATIENCE:
            if self._child is None or self._child.poll() is not None:
                return
            self._child.send_signal(how)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                continue


def open_log(places: Places) -> IO[bytes]:
    descriptor = os.open(places.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        os.fchown(descriptor, *places.owner)
    return os.fdopen(descriptor, "ab", buffering=0)


def tidy_log(places: Places) -> None:
    """Keep one old log and begin a new one when the present one has grown large."""
    log = places.log
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
