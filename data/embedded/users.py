"""Who runs the embedded database, and what the system lets that user touch.

PostgreSQL refuses to run as root. Started by root, Tandem hands it to the system user `tandem` where an operator made
one, else to `nobody`. What that user may reach is asked of the system itself, in a process of that user: modes, access
lists, mounts and security modules all have their say.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from data.embedded.errors import EmbeddedPostgresError

SYSTEM_USERS = ("tandem", "nobody")


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def system_user() -> pwd.struct_passwd:
    for name in SYSTEM_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root: make a system user `tandem`, or start Tandem as another user."
    )


def who_may_connect(home_owner: int) -> tuple[str, ...]:
    """Name whoever runs Tandem, the folder's owner, and root; no names when this user has none to be known by."""
    try:
        own = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ()
    return tuple(sorted({own, name_of(home_owner), name_of(0)}))


def may(uid: int, gid: int, right: str, *paths: Path) -> bool:
    """Whether that user has this right (`r`, `w` or `x`) on all of these."""
    command = ["test"]
    for path in paths:
        command += ["-a"] * (len(command) > 1) + [f"-{right}", str(path)]
    return subprocess.run(command, user=uid, group=gid, extra_groups=[], cwd="/", check=False).returncode == 0
