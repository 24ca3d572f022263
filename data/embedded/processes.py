"""Processes of the embedded server: making sure that they end, and recognising those that a crash left behind.

A server must not outlive its keeper, whatever killed it: on Linux the kernel is told to ask it to shut down then. As a
second line of defence, whoever starts next finds what still runs in the data folder and ends it. A process id alone
proves nothing, for ids are used again: only one that works in this very folder counts.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LINUX: bool = sys.platform == "linux"
SET_PARENT_DEATH_SIGNAL = 1
PATIENCE = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""How a server is asked to end: properly, at once, and without being asked."""


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child has to do before it becomes the server, so that it shuts down when this process is gone."""
    if not LINUX:
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def arrange() -> None:
        prctl(SET_PARENT_DEATH_SIGNAL, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return arrange


def postmaster_of(data: Path) -> int | None:
    """Return the running server of this folder, if there is one."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if works_in(pid, data) else None


def is_ready(data: Path, pid: int) -> bool:
    """Whether this server lets people in; it says so in the last line of its file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def works_in(pid: int, data: Path) -> bool:
    if LINUX:
        try:
            return os.readlink(f"/proc/{pid}/cwd") == str(data)
        except OSError:  # gone, a zombie, or somebody else's
            return False
    listing = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    command = subprocess.run(listing, capture_output=True, text=True, check=False)
    return "postgres" in command.stdout and str(data) in command.stdout


def left_in(data: Path) -> list[int]:
    """Find every process that works in the data folder: children outlive a server that was killed."""
    if not LINUX:
        return []
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and works_in(int(pid), data)]


def end_leftovers(data: Path, sockets: Path) -> None:
    """End what still runs in this folder although its keeper is gone, and remove the files by which it held places.

    A new server believes such files as long as any process has the number in them, be it a dead or a foreign one.
    """
    note = data / "postmaster.pid"
    if note.exists():
        if pid := postmaster_of(data):
            _end([pid], data, PATIENCE)
        end_all_in(data)
        note.unlink(missing_ok=True)
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def end_all_in(folder: Path) -> None:
    """End every process that works in this folder, at once; nobody is connected to any of them."""
    _end(left_in(folder), folder, PATIENCE[1:])


def _end(pids: list[int], data: Path, patience: tuple[tuple[signal.Signals, float], ...]) -> None:
    for how, seconds in patience:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        deadline = time.monotonic() + seconds
        while pids and time.monotonic() < deadline:
            pids = [pid for pid in pids if works_in(pid, data)]
            time.sleep(0.01 if pids else 0)
        if not pids:
            return
