"""Where the embedded database lives, whose it is, and which programs run it.

Only the data and socket folders are given to the server's user; no folder above them ever changes. When that user
cannot reach the wanted place, the data goes under /var/lib, and a note (`elsewhere`) says so. Socket paths that are too
long for the system are moved to a short folder, and a note (`sockets`) says so. Everything found here goes to the
keeper as one small record, `Places`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from data.embedded.errors import EmbeddedPostgresError
from data.embedded.homes import alone, find_home, home_for_root, home_for_user, make_folder, write_private
from data.embedded.programs import readable_programs, version_of, wheel_programs
from data.embedded.users import may, name_of, system_user, who_may_connect

PORT = 5432  # names the socket file; nothing listens on a network
LONGEST_SOCKET_FOLDER = 89  # a socket's whole path has 104 bytes on some systems, 108 on others


@dataclass(frozen=True)
class Places:
    home: str
    """Holds the data folder, the log, the lock and the notes."""
    sockets: str
    programs: str
    version: int
    uid: int
    gid: int
    owner: tuple[int, int]
    """User and group that own the home and what Tandem itself writes there."""
    people: tuple[str, ...]
    """Users of the operating system who may connect; when none is named, the socket folder's mode alone decides."""

    @property
    def data(self) -> Path:
        return Path(self.home, "data")

    @property
    def log(self) -> Path:
        return Path(self.home, "postgres.log")

    @property
    def lock(self) -> Path:
        return Path(self.home, "lock")

    @property
    def keeper(self) -> str:
        return keeper_address(self.sockets)

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Places:
        fields = json.loads(text)
        return cls(**{**fields, "people": tuple(fields["people"]), "owner": tuple(fields["owner"])})


def keeper_address(sockets: str) -> str:
    return f"{sockets}/keeper.sock"


def find_sockets(root: Path) -> str | None:
    """Read where a keeper of this folder would be listening."""
    home = find_home(root)
    try:
        lines = (home / "sockets").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    # A damaged note is written anew, and one that names another home came here in a copy of that folder.
    return lines[1] if len(lines) == 2 and lines[0] == str(home) else None


def discard(root: Path) -> bool:
    """Delete the database of this folder for good, unless somebody still uses it."""
    home = find_home(root)
    if not home.is_dir():
        return True
    sockets = find_sockets(root)
    with suppress(FileNotFoundError, BlockingIOError), alone(home / "lock", wait=False):
        if sockets and not Path(sockets).is_relative_to(home):
            shutil.rmtree(sockets, ignore_errors=True)
        for folder in {home, root.resolve()}:
            shutil.rmtree(folder)
        return True
    return False


def prepare(root: Path, programs: Path | None = None) -> Places:
    """Make the folders that the keeper needs, and nothing in them; one process at a time."""
    programs = programs or wheel_programs()
    version = version_of(programs)
    root.resolve().parent.mkdir(parents=True, exist_ok=True)
    with alone(root.resolve().parent):
        home = find_home(root)
        dropping = os.geteuid() == 0
        home = home_for_root(home) if dropping else home_for_user(home)
        owner = (home.stat().st_uid, home.stat().st_gid)
        uid, gid = _server_user(home) if dropping else owner
        if dropping:
            _require_reach(home, uid, gid)
            programs = readable_programs(programs, home, uid, gid)
        sockets = _socket_folder(home, uid, gid)
        if find_sockets(root) != str(sockets):
            write_private(home / "sockets", f"{home}\n{sockets}\n", owner)
        return Places(str(home), str(sockets), str(programs), version, uid, gid, owner, who_may_connect(owner[0]))


def _server_user(home: Path) -> tuple[int, int]:
    """Whoever owns what is there runs it; root's own goes to the system user."""
    for folder in (home, home / "data"):
        if folder.exists() and (found := folder.stat()).st_uid != 0:
            return found.st_uid, found.st_gid
    user = system_user()
    return user.pw_uid, user.pw_gid


def _require_reach(home: Path, uid: int, gid: int) -> None:
    if not may(uid, gid, "x", home):
        raise EmbeddedPostgresError(
            f"The user {name_of(uid)}, who runs the database, cannot reach {home} any more: let that user enter its "
            "parent folders, or move the data and set TANDEM_DATA to the new place."
        )


def _socket_folder(home: Path, uid: int, gid: int) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        short = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir(), f"tandem-{short}")
    if not folder.exists():
        make_folder(folder, 0o700)
        os.chown(folder, uid, gid)
    found = folder.lstat()
    if found.st_uid != uid or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} is not a private folder of {name_of(uid)}: remove it, then start again.")
    return folder
