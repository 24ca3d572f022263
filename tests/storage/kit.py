"""Processes for the storage tests: one that holds the embedded server, ends to await, users to run as."""

from __future__ import annotations

import os
import pwd
import select
import signal
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
import pytest

from data.embedded.users import may

PROJECT = Path(__file__).parents[2]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
SECONDS = 20.0
# Making and deleting some twenty databases is most of the work here, and a disk adds nothing to what is proved.
IN_MEMORY = next((path for path in [Path("/dev/shm")] if os.access(path, os.W_OK | os.X_OK)), None)
AS_ROOT = os.geteuid() == 0
HOLD = """
import sys
from pathlib import Path
from data.embedded import EmbeddedPostgres, EmbeddedPostgresError
held = EmbeddedPostgres(Path(sys.argv[1]))
try:
    print(held.start(), flush=True)
    print(held.pid, flush=True)
    for line in sys.stdin:
        held.wait(lambda: held.state == "ready" and str(held.pid) != line.strip(), 20)
        print(held.pid, flush=True)
    held.stop()
    print("stopped", flush=True)
except EmbeddedPostgresError as error:
    print("refused:", error, flush=True)
"""


@contextmanager
def folder(mode: int = 0o755, within: Path | None = IN_MEMORY) -> Iterator[Path]:
    """Open a short-named folder of its own, which the server's user may enter unless the mode forbids it."""
    with tempfile.TemporaryDirectory(prefix="tandem-test-", dir=within) as name:
        path = Path(name).resolve()
        path.chmod(mode)
        yield path


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *site.getsitepackages()])}


def interpreter_for(user: pwd.struct_passwd | None) -> str:
    """Choose a Python that this user may run: ours may stand in somebody's private folder."""
    for python in (sys.executable, "/usr/bin/python3"):
        if user is None or may(user.pw_uid, user.pw_gid, "x", Path(python)):
            return python
    pytest.skip(f"{user.pw_name if user else ''} may run no Python here")


class Holder:
    """Another Tandem process that holds the embedded server of a folder, as far as the server is concerned."""

    def __init__(self, root: Path, user: pwd.struct_passwd | None = None) -> None:
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        self.process = subprocess.Popen(
            [interpreter_for(user), "-c", HOLD, str(root)],
            cwd=PROJECT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what was said and not read yet must be seen by select
            **as_user,  # type: ignore[call-overload]
        )

    def line(self) -> str:
        """Return the next thing it says."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        assert ready, "it says nothing"
        said: bytes = self.process.stdout.readline()
        return said.decode().strip()

    def ready(self) -> tuple[str, int]:
        """Wait until it has the server; returns the address and the server's process."""
        url = self.line()
        assert url.startswith("postgresql"), url
        return url, int(self.line())

    def pid_after(self, pid: int) -> int:
        """Wait until its server is another one."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{pid}\n".encode())
        return int(self.line())

    def leave(self) -> None:
        """Have it let go properly, and wait for that."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.line() == "stopped"
        self.process.wait(SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


def keeper_of(server: int) -> int:
    """Return the process that looks after this server."""
    return int(psutil.Process(server).ppid())


def await_end(*pids: int) -> None:
    """Wait until these processes, which need not be ours, are gone."""
    for pid in pids:
        try:
            watched = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            ended, _, _ = select.select([watched], [], [], SECONDS)
        finally:
            os.close(watched)
        assert ended, f"process {pid} is still there"


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children()]


def modes_above(path: Path) -> dict[str, int]:
    """Note who may do what with every folder above a place."""
    return {str(parent): parent.stat().st_mode for parent in path.parents}


def ordinary_user() -> pwd.struct_passwd:
    """Choose a user other than root and the one that runs the server for root."""
    return next(user for user in pwd.getpwall() if user.pw_uid != 0 and user.pw_name not in {"tandem", "nobody"})
