"""Backups: the whole database in one file, and back again, whole or not at all.

`backup` writes PostgreSQL's own archive format from one consistent picture while everything runs, under a temporary
name until it is complete and readable. `restore` puts a file into an empty database in a single transaction (into a
full one only by force), and gives the log a new epoch, by which every client learns that its place in it means nothing
any more. Both block: from async code, call them in a thread.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast
from uuid import uuid4

from data.client_programs import ClientError, Clients, cause_in

CONTENTS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
SCHEMAS = """
SELECT quote_ident(nspname) FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1
"""
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND application_name LIKE 'tandem%'"
)
PREPARE = "SET lock_timeout = '10s';\nSET client_min_messages = warning;\n"
# As initdb makes it: it belongs to whoever owns the database, and everybody may look things up in it.
PUBLIC = """
CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
# Every archive's script begins with this, and only servers from 17 on understand it.
NEW_SETTING = b"SET transaction_timeout = 0;\n"
MADE_ALREADY = b"CREATE SCHEMA public;\n"
PLAIN = ("--no-owner", "--no-privileges", "--file=-")
WHOLE = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-")
NEW_EPOCH = """
DO $$ BEGIN
  IF to_regclass('public.meta') IS NOT NULL THEN
    INSERT INTO public.meta (key, value) VALUES ('log_epoch', '{epoch}')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;
  END IF;
END $$;
"""


class BackupError(Exception):
    """A backup could not be written or put back; the message says why, and nothing was changed."""


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise BackupError(str(error)) from error


def backup(url: str, folder: Path, *, at: datetime | None = None) -> Path:
    """Write the database into a new file in this folder and return its path."""
    moment = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _explained(), _unfinished(folder) as fresh:
            clients = Clients.of(url)
            clients.run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={fresh}")
            clients.run("pg_restore", "--list", str(fresh))
            return _keep(fresh, folder, moment)
    except OSError as error:
        raise BackupError(f"The backup cannot be written to {folder}: {error.strerror}.") from error


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    fresh = folder / f".tandem-{secrets.token_hex(6)}.part"
    fresh.touch(mode=0o600)
    try:
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _keep(fresh: Path, folder: Path, moment: str) -> Path:
    """Give the finished file its name, never another file's, and see both safely onto the disk."""
    _sync(fresh)
    number = 1
    while True:
        kept = folder / (f"tandem-{moment}.dump" if number == 1 else f"tandem-{moment}-{number}.dump")
        if not kept.exists():
            break
        number += 1
    fresh.rename(kept)
    _sync(folder)
    return kept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def restore(url: str, path: Path, *, force: bool = False) -> None:
    """Put a backup into the database; one that holds anything is emptied first if forced, else left as it is."""
    if not path.is_file():
        raise BackupError(f"There is no backup {path}.")
    with _explained():
        clients = Clients.of(url)
        others = int(clients.ask(OTHERS))
        if others:
            raise BackupError(f"Tandem is running on this database ({others} connections): stop it first.")
        if int(clients.ask(CONTENTS)) and not force:
            raise BackupError(
                "The database is not empty; restoring would replace what it holds. Force it if you mean to."
            )
        drops = "".join(f"DROP SCHEMA {schema} CASCADE;\n" for schema in clients.ask(SCHEMAS).splitlines())
        _pour(clients, path, PREPARE + drops + PUBLIC)


def _pour(clients: Clients, path: Path, preface: str) -> None:
    """Let the archive speak to the server in one transaction, which is committed only if both are content."""
    with tempfile.TemporaryFile() as unread, tempfile.TemporaryFile() as refused:
        archive = clients.begin("pg_restore", *PLAIN, str(path), stdout=subprocess.PIPE, stderr=unread)
        server = clients.begin("psql", *WHOLE, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=refused)
        complete = False
        try:
            with suppress(BrokenPipeError):  # the server said no, and why
                said, told = cast(IO[bytes], archive.stdout), cast(IO[bytes], server.stdin)
                _speak(said, told, preface, clients.server < 17)
                complete = archive.wait() == 0
        finally:
            if not complete:
                archive.kill()
                server.kill()  # before it sees the end of what it is told and commits
            _end(archive, server)
        if not complete or server.returncode != 0:
            complaint = _read(refused) or _read(unread)
            raise BackupError(f"{path} could not be restored, nothing was changed: {cause_in(complaint)}")


def _speak(archive: IO[bytes], server: IO[bytes], preface: str, old: bool) -> None:
    server.write(preface.encode())
    in_head = True
    for line in archive:
        in_head = in_head and not line.startswith(b"COPY ")
        if not (in_head and ((old and line == NEW_SETTING) or line == MADE_ALREADY)):
            server.write(line)
    server.write(NEW_EPOCH.format(epoch=uuid4()).encode())
    server.flush()


def _end(archive: subprocess.Popen[bytes], server: subprocess.Popen[bytes]) -> None:
    for stream in (archive.stdout, server.stdin):
        with suppress(BrokenPipeError):
            if stream:
                stream.close()
    archive.wait()
    server.wait()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
