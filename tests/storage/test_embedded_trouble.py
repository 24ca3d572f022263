"""What an embedded server finds broken is mended unasked or explained in a sentence, and never deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.database import Database, is_unavailable
from data.embedded import EmbeddedPostgres, EmbeddedPostgresError
from data.embedded.errors import explain
from data.embedded.postmaster import LONGEST, pause_after
from tests.storage.kit import AS_ROOT, folder

pytestmark = pytest.mark.req("OPS-2")


def refusal(root: Path) -> str:
    server = EmbeddedPostgres(root)
    with pytest.raises(EmbeddedPostgresError) as caught:
        server.start()
    assert server.state == "stopped"
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("pid", [os.getpid(), 999_999_999], ids=["foreign", "dead"])
def test_files_of_a_server_that_is_no_more_are_swept_away(made: Path, pid: int) -> None:
    """The number in them may by now be another process's."""
    (made / "data" / "postmaster.pid").write_text(f"{pid}\n{made / 'data'}\n1\n5432\n{made / 'run'}\n\n\nready\n")
    (made / "run" / ".s.PGSQL.5432").touch()
    (made / "run" / ".s.PGSQL.5432.lock").write_text(f"{pid}\n")
    (made / "run" / "keeper.sock").touch()
    with EmbeddedPostgres(made) as server:
        assert server.pid != pid


def test_empty_pid_file_after_a_power_cut_is_swept_away(made: Path) -> None:
    (made / "data" / "postmaster.pid").touch()
    with EmbeddedPostgres(made) as server:
        assert server.state == "ready"


@pytest.mark.parametrize("note", [b"", b"/only/one/line", b"\xff\n\x00\nthree"], ids=["empty", "short", "noise"])
def test_a_damaged_note_is_written_anew(made: Path, note: bytes) -> None:
    (made / "sockets").write_bytes(note)
    with EmbeddedPostgres(made) as server:
        assert str(made / "run") in server.url


def test_half_made_data_folder_is_moved_aside_and_made_again(copy: Path) -> None:
    root = copy
    for unfinished in ("PG_VERSION", "tandem.json", "global"):
        path = root / "data" / unfinished
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (root / "data.making-killed").mkdir()
    (root / "data.making-killed" / "base").touch()
    with EmbeddedPostgres(root) as server:
        assert server.state == "ready"
    assert (root / "data.unfinished-1" / "base").is_dir()
    assert not list(root.glob("data.making-*"))


def test_empty_data_folder_is_simply_used(copy: Path) -> None:
    root = copy
    shutil.rmtree(root / "data")
    (root / "data").mkdir()
    with EmbeddedPostgres(root):
        assert not list(root.glob("data.unfinished-*"))


def test_another_programs_folder_is_left_alone(place: Path) -> None:
    (place / "pg").mkdir()
    (place / "pg" / "thesis.txt").write_text("years of work")
    assert "not Tandem's" in refusal(place / "pg")
    assert [path.name for path in (place / "pg").iterdir()] == ["thesis.txt"]


def test_another_programs_database_is_left_alone(made: Path) -> None:
    (made / "data" / "tandem.json").rename(made / "data" / "aside")
    try:
        assert "did not make" in refusal(made)
    finally:
        (made / "data" / "aside").rename(made / "data" / "tandem.json")
    with EmbeddedPostgres(made):
        pass


def test_other_version_is_explained(made: Path) -> None:
    version = made / "data" / "PG_VERSION"
    right = version.read_text()
    version.write_text("16\n")
    try:
        message = refusal(made)
    finally:
        version.write_text(right)
    assert "made by PostgreSQL 16" in message
    assert "brings 18" in message


def test_lost_files_are_explained(made: Path) -> None:
    version = made / "data" / "PG_VERSION"
    right = version.read_text()
    version.unlink()
    try:
        assert "has lost files" in refusal(made)
    finally:
        version.write_text(right)
        shutil.chown(version, made.joinpath("data").stat().st_uid, made.joinpath("data").stat().st_gid)


def test_a_file_where_the_folder_should_be_is_explained(place: Path) -> None:
    (place / "pg").write_text("not a folder")
    assert str(place / "pg") in refusal(place / "pg")


def test_missing_control_file_is_passed_on_with_the_logs_place(copy: Path) -> None:
    root = copy
    (root / "data" / "global" / "pg_control").unlink()
    message = refusal(root)
    assert "pg_control" in message or "database system" in message
    assert str(root / "postgres.log") in message


def test_server_that_needs_another_kind_of_machine_is_explained(place: Path) -> None:
    programs = place / "bin"
    programs.mkdir()
    (programs / "postgres").write_text("not a program")
    server = EmbeddedPostgres(place / "pg", programs=programs)
    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
        server.start()


def test_address_of_a_folder_that_never_had_a_server(place: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="No database was started"):
        _ = EmbeddedPostgres(place / "pg").url


def test_log_is_kept_small_and_holds_no_values(made: Path) -> None:
    log = made / "postgres.log"
    with log.open("ab") as file:
        file.truncate(11_000_000)
    with EmbeddedPostgres(made):
        assert log.stat().st_size < 10_000
        assert (made / "postgres.log.1").stat().st_size == 11_000_000
        assert log.stat().st_mode & 0o777 == 0o600


async def test_log_holds_nothing_that_a_person_gave(made: Path) -> None:
    with EmbeddedPostgres(made) as server:
        database = Database(server.url)
        async with database.begin() as db:
            await db.execute(text("CREATE TABLE IF NOT EXISTS people (email text PRIMARY KEY)"))
        for expected in (nullcontext(), pytest.raises(IntegrityError)):
            with expected:
                async with database.begin() as db:
                    await db.execute(text("INSERT INTO people VALUES (:email)"), {"email": "ada@example.org"})
        with pytest.raises(Exception, match="invalid input"):
            async with database.begin() as db:
                await db.execute(text("SELECT CAST('ada@example.org' AS integer)"))
        await database.close()
    assert "ada@" not in (made / "postgres.log").read_text()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a disk of this size; only root may."""
    with folder() as path:
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(path)]
        if not AS_ROOT or subprocess.run(mounting, capture_output=True).returncode != 0:
            pytest.skip("a disk of a chosen size needs the right to mount one")
        try:
            yield path
        finally:
            # Lazily: the system may still be letting go of files of processes that have ended.
            subprocess.run(["umount", "--lazy", str(path)], check=True)


def test_disk_too_small_for_a_first_start_is_explained_and_given_back() -> None:
    with small_disk(20) as path:
        assert "is full" in refusal(path / "pg")
        assert sum(file.stat().st_size for file in (path / "pg").rglob("*") if file.is_file()) < 100_000


async def test_disk_that_fills_up_loses_nothing_acknowledged() -> None:
    with small_disk(120) as path, EmbeddedPostgres(path / "pg") as server:
        database = Database(server.url)
        async with database.begin() as db:
            await db.execute(text("CREATE TABLE kept (number int, filler text STORAGE EXTERNAL)"))
        acknowledged = 0
        with pytest.raises(Exception) as caught:
            while acknowledged < 1000:
                async with database.begin() as db:
                    filler = "SELECT :number, repeat(md5(random()::text), 20000)"
                    await db.execute(text(f"INSERT INTO kept {filler}"), {"number": acknowledged})
                acknowledged += 1
        assert is_unavailable(caught.value)
        subprocess.run(["mount", "-o", "remount,size=400m", str(path)], check=True)
        assert server.wait(lambda: server.state == "ready", 30)
        while await database.check():
            assert server.wait(lambda: server.state == "ready", 30)
        async with database.snapshot() as db:
            numbers = set((await db.execute(text("SELECT number FROM kept"))).scalars())
        await database.close()
        assert numbers >= set(range(acknowledged))


def test_sentences_for_what_servers_say() -> None:
    assert "is full" in explain("FATAL:  could not write lock file: No space left on device", "/x")
    assert "read-only" in explain("could not create directory: Read-only file system", "/x")
    assert "memory" in explain("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "/x")
    assert "still uses" in explain("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", "/x")
    assert "user with a name" in explain("initdb: error: could not look up effective user ID 4711", "/x")
    assert explain("noise\nx FATAL:  odd\nlast", "/x") == (
        "The embedded database did not start: x FATAL:  odd (more in /x/postgres.log)"
    )
    assert "it said nothing" in explain("", "/x")
    assert explain("LOG:  ready", "/x", 9) == "The embedded database was ended from outside, by signal 9."
    assert "is full" in explain("PANIC:  could not write: No space left on device", "/x", 6)


def test_pauses_between_starts_grow_to_a_limit() -> None:
    pauses = [pause_after(deaths) for deaths in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.1
    assert pauses[-1] == LONGEST
