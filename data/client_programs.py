"""PostgreSQL's own client programs (pg_dump, pg_restore, psql), found and pointed at a database.

The wheel's are taken, which understand every server up to their own version; a newer server needs its own to be
installed. Addresses and passwords go by environment, so that no list of processes shows them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.database import OLDEST
from data.database_url import parse
from data.embedded.errors import EmbeddedPostgresError
from data.embedded.programs import version_of, wheel_programs

SYSTEM = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
NEEDED = ("pg_dump", "pg_restore", "psql")
KEPT = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE")
BY_ENVIRONMENT = {
    "sslmode": "PGSSLMODE",
    "ssl": "PGSSLMODE",
    "host": "PGHOST",
    "port": "PGPORT",
    "options": "PGOPTIONS",
}


class ClientError(Exception):
    """A client program is missing or said no; the message is its own last word."""


def cause_in(output: str) -> str:
    """Return what a program complained of first, which is the cause of the rest."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    grave = [line for line in lines if "error:" in line.lower() or "FATAL" in line]
    return (grave or lines or ["it said nothing"])[0].removeprefix("psql: ").removeprefix("error: ")


@dataclass(frozen=True)
class Clients:
    programs: Path
    environment: dict[str, str]
    server: int
    """The server's major version."""

    @classmethod
    def of(cls, url: str) -> Clients:
        """Find programs that understand the server at this address."""
        found = list(_found())
        if not found:
            raise ClientError("Install PostgreSQL's client programs: pg_dump, pg_restore and psql.")
        environment = _environment(url)
        server = int(cls(found[0], environment, 0).ask("SHOW server_version_num")) // 10000
        if server < OLDEST:
            raise ClientError(f"The server is PostgreSQL {server}; {OLDEST} or newer is needed.")
        for programs in found:
            if version_of(programs) >= server:
                return cls(programs, environment, server)
        raise ClientError(f"Install the client programs of PostgreSQL {server}, which the server is.")

    def ask(self, sql: str) -> str:
        """Ask one question and return the rows as lines."""
        return self.run(
            "psql", "--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", f"--command={sql}"
        )

    def run(self, name: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.programs / name, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            raise ClientError(f"{name} says: {cause_in(done.stderr)}")
        return done.stdout.strip()

    def begin(self, name: str, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([self.programs / name, *arguments], env=self.environment, **streams)


def _found() -> Iterator[Path]:
    """Yield folders with all the programs, the wheel's first."""
    folders: list[Path] = []
    with suppress(EmbeddedPostgresError):
        folders.append(wheel_programs())
    folders += [Path(part) for part in os.environ.get("PATH", "").split(os.pathsep) if part]
    folders += [folder for pattern in SYSTEM for folder in sorted(Path("/").glob(pattern))]
    for folder in folders:
        if all((folder / name).exists() for name in NEEDED):
            yield folder


def _environment(url: str) -> dict[str, str]:
    address = parse(url)
    environment = {key: os.environ[key] for key in KEPT if key in os.environ}
    environment |= {"PGCONNECT_TIMEOUT": "5", "PGCLIENTENCODING": "UTF8", "LC_ALL": "C"}
    given = {
        "PGHOST": address.host,
        "PGPORT": address.port,
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
    }
    for key, value in address.query.items():
        if key in BY_ENVIRONMENT:
            given[BY_ENVIRONMENT[key]] = value if isinstance(value, str) else ",".join(value)
    return environment | {key: str(value) for key, value in given.items() if value is not None}
