"""A data folder of PostgreSQL: made whole or not at all, set up anew at every start, freed of what a crash left.

A new one is made under another name and renamed when it is complete, so that a folder called `data` with our mark in it
is always a finished one; a half-made one is swept away, and one without the mark is moved aside or, when it looks like
somebody's database, left alone and explained. Facts are kept safely (fsync, synchronous_commit, checksums) and the log
never holds a value that a person gave: no statements, no details.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from data.embedded.errors import EmbeddedPostgresError, explain
from data.embedded.homes import write_private
from data.embedded.places import PORT, Places
from data.embedded.processes import die_with_parent, end_all_in

MARK = "tandem.json"
ROLE = "tandem"
# The database's owner may do all that Tandem does, clone databases included; only `postgres` may touch the system.
FIRST_STEPS = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {ROLE} OWNER {ROLE};\n"

SETTINGS = """\
# Written by Tandem at every start.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
work_mem = 8MB
min_wal_size = 64MB
max_wal_size = 512MB
max_logical_replication_workers = 0
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
idle_in_transaction_session_timeout = '5min'
cluster_name = 'tandem'
log_destination = 'stderr'
logging_collector = off
log_checkpoints = off
log_line_prefix = '%m [%p] '
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
"""


def environment() -> dict[str, str]:
    """Keep the caller's PostgreSQL variables and language out of the server."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if key in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def run_as(places: Places) -> dict[str, Any]:
    """Return what makes a child run as the server's user, when we are root and it is not."""
    return {"user": places.uid, "group": places.gid, "extra_groups": []} if os.geteuid() == 0 else {}


def ensure(places: Places) -> None:
    """See to it that a finished data folder of the right version is there."""
    for half in Path(places.home).glob("data.making-*"):
        _sweep(half)
    data = places.data
    if data.is_symlink() or data.exists():
        if (data / MARK).is_file():
            _require_version(places)
            return
        _move_aside(data)
    _make(places)


def _require_version(places: Places) -> None:
    try:
        found = (places.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise EmbeddedPostgresError(
            f"{places.data} has lost files: put a backup back, or move that folder away to start anew."
        ) from error
    if found != str(places.version):
        raise EmbeddedPostgresError(
            f"{places.data} was made by PostgreSQL {found} and this Tandem brings {places.version}: start the Tandem "
            "that made it, write a backup, and restore that into a new folder."
        )


def _move_aside(data: Path) -> None:
    if (data / "PG_VERSION").exists() and (data / "global" / "pg_control").exists():
        raise EmbeddedPostgresError(
            f"{data} is a database that Tandem did not make: move it away, or set TANDEM_DATA to another folder."
        )
    with suppress(OSError):
        return data.rmdir()  # it was empty
    number = 1
    while (aside := data.with_name(f"data.unfinished-{number}")).exists():
        number += 1
    data.rename(aside)


def _make(places: Places) -> None:
    fresh = Path(tempfile.mkdtemp(prefix="data.making-", dir=places.home))
    os.chown(fresh, places.uid, places.gid)
    try:
        _run(places, ["initdb", "-D", str(fresh), *_initdb_options(places.version)])
        _run(places, ["postgres", "--single", "-D", str(fresh), "postgres"], FIRST_STEPS)
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write(f"\ninclude '{MARK.replace('json', 'conf')}'\n")
        write_private(fresh / MARK, json.dumps({"version": places.version}), (places.uid, places.gid))
        fresh.rename(places.data)
    except (OSError, EmbeddedPostgresError):
        _sweep(fresh)
        raise


def _sweep(half: Path) -> None:
    """Give the disk back what a half-made folder took; what was making it may still be at work there."""
    end_all_in(half)
    shutil.rmtree(half, ignore_errors=True)


def _initdb_options(version: int) -> list[str]:
    options = ["-U", "postgres", "--encoding=UTF8", "--auth=trust", "--data-checksums"]
    if version >= 17:
        return [*options, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return [*options, "--locale=C.UTF-8"]


def _run(places: Places, command: list[str], said: str = "") -> None:
    done = subprocess.run(
        [f"{places.programs}/{command[0]}", *command[1:]],
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment(),
        preexec_fn=die_with_parent(),
        **run_as(places),
    )
    if done.returncode != 0 or "ERROR" in done.stderr:
        raise EmbeddedPostgresError(explain(done.stderr, places.home))


def configure(places: Places) -> None:
    """Write the settings and who may come in; these are Tandem's to choose, not the folder's."""
    owner = (places.uid, places.gid)
    sockets = places.sockets.replace("'", "''")
    write_private(places.data / "tandem.conf", SETTINGS.format(port=PORT, sockets=sockets), owner)
    method = "peer map=tandem" if places.people else "trust"
    write_private(places.data / "pg_hba.conf", f"local all all {method}\n", owner)
    lines = [f'tandem "{person}" {role}\n' for person in places.people for role in (ROLE, "postgres")]
    write_private(places.data / "pg_ident.conf", "".join(lines), owner)
