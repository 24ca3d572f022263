"""Where the embedded database lives, whose it is, and which programs run it.

Only the data and socket folders are given to the server's user; no folder above them ever changes. When that user
cannot reach the wanted place, the data goes under /var/lib, and a note (`elsewhere`) says so. Socket paths that are too
long for the system are moved to a short folder, and a note (`sockets`) says so. Everything found here goes to the
keeper as one small record, `Places`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from data.embedded.errors import EmbeddedPostgresError
from data.embedded.programs import readable_programs, version_of, wheel_programs
from data.embedded.users import may, name_of, system_user, who_may_connect

PORT = 5432  # names the socket file; nothing listens on a network
LONGEST_SOCKET_FOLDER = 89  # a socket's whole path has 104 bytes on some systems, 108 on others
SPARE = Path("/var/lib")
SIGN = "Tandem's embedded database lives here. Do not delete this file while it runs.\n"


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


def find_home(root: Path) -> Path:
    """Follow the note that says the data is elsewhere, if there is one."""
    asked = root.resolve()
    note = asked / "elsewhere"
    if not note.is_file():
        return asked
    home = Path(note.read_text().strip())
    if not home.is_dir():
        raise EmbeddedPostgresError(
            f"The database of {asked} was kept in {home}, which is gone: bring it back, or remove {note} to start anew."
        )
    return home


def find_sockets(root: Path) -> str | None:
    """Read where a keeper of this folder would be listening."""
    try:
        return (find_home(root) / "sockets").read_text()
    except FileNotFoundError:
        return None


def discard(root: Path) -> bool:
    """Delete the database of this folder for good, unless somebody still uses it."""
    home = find_home(root)
    if not home.is_dir():
        return True
    sockets = find_sockets(root)
    with suppress(FileNotFoundError, BlockingIOError), _alone(home / "lock", wait=False):
        if sockets and not Path(sockets).is_relative_to(home):
            shutil.rmtree(sockets, ignore_errors=True)
        for folder in {home, root.resolve()}:
            shutil.rmtree(folder)
        return True
    return False


def prepare(root: Path, programs: Path | None = None) -> Places:
    """Make the folders that the keeper needs, and nothing in them; one process at a time."""
    programs = programs or wheel_programs()
    root.resolve().parent.mkdir(parents=True, exist_ok=True)
    with _alone(root.resolve().parent):
        home = find_home(root)
        dropping = os.geteuid() == 0
        home = _home_of_root(home) if dropping else _home_of_user(home)
        owner = (home.stat().st_uid, home.stat().st_gid)
        uid, gid = _server_user(home) if dropping else owner
        if dropping:
            _require_reach(home, uid, gid)
            programs = readable_programs(programs, home, uid, gid)
        sockets = _socket_folder(home, uid, gid)
        note = home / "sockets"
        if not note.exists() or note.read_text() != str(sockets):
            write_private(note, str(sockets), owner)
        version = version_of(programs)
        return Places(str(home), str(sockets), str(programs), version, uid, gid, owner, who_may_connect(owner[0]))


@contextmanager
def _alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _home_of_user(home: Path) -> Path:
    _make(home, 0o700)
    owner = home.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedPostgresError(f"{home} belongs to the user {name_of(owner)}: start Tandem as that user.")
    _claim(home)
    return home


def _home_of_root(home: Path) -> Path:
    """Make the home where the server's user can come to it; root's own, so that nobody else can plant files in it."""
    if not home.exists():
        user = system_user()
        asked, home = home, home if may(user.pw_uid, user.pw_gid, "x", home.parent) else _spare_home(home)
        _make(home, 0o711)
        if home != asked:
            (home / "README").write_text(
                f"This is the database of Tandem in {asked}. It is kept here because the user {user.pw_name}, who\n"
                "runs it, may not enter that place. When you delete that place for good, delete this one too.\n"
            )
            _make(asked, 0o700)
            (asked / "elsewhere").write_text(f"{home}\n")
    _claim(home)
    return home


def _spare_home(asked: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    spare = temporary if asked.is_relative_to(temporary) else SPARE
    if not os.access(spare, os.W_OK):
        raise EmbeddedPostgresError(
            f"The user {system_user().pw_name}, who runs the database for root, cannot reach {asked}, and {spare} "
            "cannot be written to: set TANDEM_DATA to a folder that everybody may enter."
        )
    return spare / f"tandem-{secrets.token_hex(6)}"


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


def _claim(home: Path) -> None:
    """Take an empty folder for Tandem, and leave another program's alone."""
    lock = home / "lock"
    if lock.is_file() and lock.read_text().startswith(SIGN[:6]):
        return
    if any(path.name != "README" for path in home.iterdir()):
        raise EmbeddedPostgresError(f"{home} holds files that are not Tandem's: set TANDEM_DATA to another folder.")
    write_private(lock, SIGN, (home.stat().st_uid, home.stat().st_gid))


def _make(folder: Path, mode: int) -> None:
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        return
    folder.chmod(mode)


def _socket_folder(home: Path, uid: int, gid: int) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        short = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir(), f"tandem-{short}")
    if not folder.exists():
        _make(folder, 0o700)
        os.chown(folder, uid, gid)
    found = folder.lstat()
    if found.st_uid != uid or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} is not a private folder of {name_of(uid)}: remove it, then start again.")
    return folder


def write_private(path: Path, text: str, owner: tuple[int, int]) -> None:
    """Write a small file whole or not at all, readable by its owner alone, following no link that somebody planted."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fchown(descriptor, *owner)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
