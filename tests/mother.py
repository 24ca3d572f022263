"""A process that has imported Tandem and turns into a running one again and again, without importing it each time.

Imports are most of what a start takes, and journeys start a server each. A caller connects to the mother's socket, and
sends the environment of the child that it wants with the descriptor to which the child shall write; it reads a line
with the child's pid, and later one with the code it ended with. The mother ends when her standard input does. Tests
that are about starting or that measure start a fresh interpreter instead.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import panel_app

LONGEST = 1 << 16


class Mother:
    def __init__(self, path: Path) -> None:
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(str(path))
        self.door.listen()
        self.bell, self.ringer = socket.socketpair()
        self.ringer.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.ringer.fileno(), warn_on_full_buffer=False)
        self.callers: dict[int, socket.socket] = {}

    def run(self) -> None:
        watched = selectors.DefaultSelector()
        for one in (self.door, self.bell, sys.stdin):
            watched.register(one, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in watched.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is self.bell:
                    self.bell.recv(LONGEST)
                    self.mourn()
                else:
                    self.bear(self.door.accept()[0])

    def bear(self, caller: socket.socket) -> None:
        asked, (output,), _, _ = socket.recv_fds(caller, LONGEST, 1)
        environment = json.loads(asked)
        child = os.fork()
        if not child:
            for one in (caller, self.door, self.bell, self.ringer, *self.callers.values()):
                one.close()
            live(environment, output)
        os.close(output)
        self.callers[child] = caller
        caller.sendall(f"{child}\n".encode())

    def mourn(self) -> None:
        """Tell each caller how its child ended."""
        while self.callers:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            # Whoever asked may have gone.
            with self.callers.pop(child) as caller, suppress(OSError):
                caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def live(environment: dict[str, str], output: int) -> NoReturn:
    """Be Tandem, as if just started: nothing of the mother's shows but what she has imported."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.clear()
        os.environ.update(environment)
        code = panel_app.main([])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    Mother(Path(sys.argv[1])).run()
    gc.unfreeze()
