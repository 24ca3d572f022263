"""The keeper: the small process that runs the embedded server for as long as somebody needs it, and not longer.

Every Tandem process that uses the folder holds one socket to it. The kernel closes that socket however the process
ends, so the keeper always knows who is left: it starts a server that died again, tells everybody how it stands, and
shuts it down when the last one is gone. A lock on the folder makes sure that there is one keeper. Should the keeper
itself be killed, the server shuts down, and whoever is left starts another keeper.

To each socket it writes lines of JSON: `{"state": "ready", "pid"}`, `{"state": "down", "reason"}`, `{"state": "failed",
"reason"}` before it gives up, `{"state": "busy"}` when another keeper serves already. It reads nothing but the end.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import selectors
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from data.embedded.cluster import ensure
from data.embedded.errors import EmbeddedPostgresError, explain_os
from data.embedded.places import Places
from data.embedded.postmaster import Postmaster, open_log
from data.embedded.processes import end_leftovers

LOCK_SECONDS = 90.0
UPKEEP_SECONDS = 1800.0


class Keeper:
    def __init__(self, places: Places, first: socket.socket) -> None:
        self.places = places
        self.server = Postmaster(places)
        self.guests: set[socket.socket] = set()
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.selector = selectors.DefaultSelector()
        self._take_in(first)

    def run(self) -> None:
        """Keep the server until nobody is left; raises what made a first start impossible."""
        self._open_door()
        try:
            end_leftovers(self.places.data, Path(self.places.sockets))
            ensure(self.places)
            self._wake_when_children_end()
            self.server.start()
            while self.guests:
                self._turn()
            self._close_door()
        finally:
            self.server.stop()

    def give_up(self, reason: str) -> None:
        self._close_door()
        self._tell_all(state="failed", reason=reason)

    def _turn(self) -> None:
        wait = self.server.wait
        events = self.selector.select(UPKEEP_SECONDS if wait is None else wait)
        for key, _ in events:
            key.data(key.fileobj)
        if self.server.look():
            self._tell_all(**self._news())
        if not events and wait is None:
            self._stay_in_sight()

    def _news(self) -> dict[str, Any]:
        if self.server.state == "ready":
            return {"state": "ready", "pid": self.server.pid}
        return {"state": self.server.state, "reason": self.server.reason}

    def _stay_in_sight(self) -> None:
        """Programs that tidy temporary folders go by age."""
        for path in (self.places.keeper, self.places.sockets):
            with suppress(OSError):
                os.utime(path)

    def _wake_when_children_end(self) -> None:
        """Let the end of the server end the wait for the sockets, too."""
        bell, ringer = socket.socketpair()
        for end in (bell, ringer):
            end.setblocking(False)
        self.ringer = ringer
        signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector.register(bell, selectors.EVENT_READ, lambda _: bell.recv(4096))

    # Those who use the server.

    def _open_door(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self.places.keeper)
        mask = os.umask(0o177)
        self.door.bind(self.places.keeper)
        os.umask(mask)
        self.door.listen(128)
        self.door.setblocking(False)
        self.selector.register(self.door, selectors.EVENT_READ, self._welcome)

    def _close_door(self) -> None:
        with suppress(OSError):
            os.unlink(self.places.keeper)
        self.door.close()

    def _welcome(self, door: socket.socket) -> None:
        guest, _ = door.accept()
        self._take_in(guest)
        if self.server.state == "ready":
            tell(guest, **self._news())

    def _take_in(self, guest: socket.socket) -> None:
        self.guests.add(guest)
        self.selector.register(guest, selectors.EVENT_READ, self._hear)

    def _hear(self, guest: socket.socket) -> None:
        """Nobody says anything but good-bye. The last one's socket stays open: its end says that all has stopped."""
        with suppress(OSError):
            if guest.recv(4096):
                return
        self.selector.unregister(guest)
        self.guests.remove(guest)
        if self.guests:
            guest.close()
        else:
            self.last = guest

    def _tell_all(self, **message: Any) -> None:
        for guest in self.guests:
            tell(guest, **message)


def tell(guest: socket.socket, **message: Any) -> None:
    with suppress(OSError):  # whoever is gone is noticed when its socket is read
        guest.send(json.dumps(message).encode() + b"\n", socket.MSG_DONTWAIT)


def alone(places: Places, first: socket.socket) -> int | None:
    """Become the one keeper of the folder; not when another serves already or takes over a minute to end."""
    lock = os.open(places.lock, os.O_RDWR)
    deadline = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other, suppress(OSError):
            other.connect(places.keeper)
            break
        if select.select([first], [], [], 0.02)[0]:
            break  # nobody waits for us any more
    return None


def main(record: str, descriptor: str) -> None:
    """Run as a process of its own, away from the terminal and the process that began it."""
    if os.fork():
        os._exit(0)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # A machine that shuts down sends these to all at once; the keeper goes when those who need it are gone.
        signal.signal(getattr(signal, name), lambda *_: None)
    places = Places.load(record)
    first = socket.socket(fileno=int(descriptor))
    with open_log(places) as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    lock = alone(places, first)
    if lock is None:
        tell(first, state="busy")
    else:
        keep(Keeper(places, first))
        os.close(lock)
    # The sockets end last of all: whoever waits for that finds no file open and no lock held.
    os.close(sys.stderr.fileno())
    os._exit(0)


def keep(keeper: Keeper) -> None:
    """Run the keeper, and have those who wait hear why if it cannot."""
    places = keeper.places
    try:
        keeper.run()
    except EmbeddedPostgresError as error:
        keeper.give_up(str(error))
    except OSError as error:
        traceback.print_exc()
        keeper.give_up(explain_os(error, places.home))
    except Exception as error:
        traceback.print_exc()
        keeper.give_up(f"The embedded database cannot be kept: {error!r} (more in {places.log})")
