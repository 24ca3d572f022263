"""The folder that the embedded database calls its home: made, claimed, found again, swept when nothing points to it.

A home lies where it was asked for. When root runs Tandem and the server's user cannot enter that place, the home goes
under /var/lib (for a trial in the temporary folder, beside it there), and each of the two says where the other is. A
folder that holds somebody else's files is never taken, and one that was copied never shares the original's server.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.embedded.errors import EmbeddedPostgresError
from data.embedded.users import may, name_of, system_user

SPARE = Path("/var/lib")
SIGN = "Tandem's embedded database lives here. Do not delete this file while it runs.\n"
OURS = {"README", "origin"}
"""What may lie in a home before it is claimed."""


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
    if _origin_of(home) not in {asked, None}:
        raise EmbeddedPostgresError(
            f"{note} points to {home}, which belongs to another folder: remove {note} to start anew, or, if you moved "
            f"that folder here, write {asked} into {home / 'origin'}."
        )
    return home


def home_for_user(home: Path) -> Path:
    make_folder(home, 0o700)
    owner = home.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedPostgresError(f"{home} belongs to the user {name_of(owner)}: start Tandem as that user.")
    _claim(home)
    return home


def home_for_root(home: Path) -> Path:
    """Make the home where the server's user can come to it; root's own, so that nobody else can plant files in it."""
    if not home.exists():
        user = system_user()
        asked, home = home, home if may(user.pw_uid, user.pw_gid, "x", home.parent) else _spare_home(home)
        make_folder(home, 0o711)
        if home != asked:
            (home / "README").write_text(
                f"This is the database of Tandem in {asked}. It is kept here because the user {user.pw_name}, who\n"
                "runs it, may not enter that place. When you delete that place for good, delete this one too.\n"
            )
            (home / "origin").write_text(str(asked))
            make_folder(asked, 0o700)
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
    if spare == temporary:
        sweep(temporary)
    return spare / f"tandem-{secrets.token_hex(6)}"


def _origin_of(home: Path) -> Path | None:
    """Return the place that this home stands in for."""
    try:
        return Path((home / "origin").read_text())
    except FileNotFoundError:
        return None


def sweep(temporary: Path) -> None:
    """Delete the homes of trials whose own place was deleted: nothing can find them any more."""
    for home in temporary.glob("tandem-*"):
        with suppress(OSError):
            if home.is_symlink() or home.lstat().st_uid != os.geteuid():
                continue
            origin = _origin_of(home)
            if origin and origin.is_relative_to(temporary) and not origin.exists():
                with alone(home / "lock", wait=False):
                    shutil.rmtree(home)


def _claim(home: Path) -> None:
    """Take an empty folder for Tandem, and leave another program's alone."""
    lock = home / "lock"
    if lock.is_file() and lock.read_text().startswith(SIGN[:6]):
        return
    if any(path.name not in OURS for path in home.iterdir()):
        raise EmbeddedPostgresError(f"{home} holds files that are not Tandem's: set TANDEM_DATA to another folder.")
    write_private(lock, SIGN, (home.stat().st_uid, home.stat().st_gid))


def make_folder(folder: Path, mode: int) -> None:
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        return
    folder.chmod(mode)


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


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
