"""A backup holds everything, comes back whole or not at all, and begins a new history."""

from __future__ import annotations

import asyncio
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from data.backup import BackupError, backup, restore
from data.client_programs import Clients, cause_in
from data.database import Database
from data.embedded import EmbeddedPostgres
from tests.database_kit import dropping

pytestmark = pytest.mark.req("OPS-5")

SHAPE = """
CREATE TABLE meta (key varchar(64) PRIMARY KEY, value text);
INSERT INTO meta VALUES ('log_epoch', 'the old one'), ('other', 'kept');
CREATE TABLE facts (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid UNIQUE, at timestamptz, body jsonb, raw bytea, words text[]
);
INSERT INTO facts (id, at, body, raw, words)
  SELECT gen_random_uuid(), '2026-03-29 01:30:00.123456Z'::timestamptz + n * interval '1 hour',
    jsonb_build_object('n', n, 'text', 'Åsa 😀 \\ "quoted"' || chr(10) || '\\.'), decode('00ff0a', 'hex'),
    ARRAY['a,b', NULL, '']
  FROM generate_series(1, 500) n;
DELETE FROM facts WHERE seq > 450;
CREATE SEQUENCE numbers START 100;
SELECT nextval('numbers'), nextval('numbers');
CREATE TABLE notes (id int PRIMARY KEY, fact bigint REFERENCES facts ON DELETE CASCADE, note text CHECK (note <> ''));
INSERT INTO notes VALUES (1, 7, 'CREATE SCHEMA public;'), (2, 8, 'SET transaction_timeout = 0;');
CREATE VIEW recent AS SELECT seq, at FROM facts WHERE seq > 400;
CREATE SCHEMA extra;
CREATE TABLE extra.more AS SELECT 1 AS one;
CREATE INDEX ix_facts_at ON facts (at DESC) WHERE at IS NOT NULL;
"""
PICTURE = """
SELECT md5(string_agg(f::text, '|' ORDER BY seq)), count(*) FROM facts f
UNION ALL SELECT md5(string_agg(n::text, '|' ORDER BY id)), count(*) FROM notes n
UNION ALL SELECT md5(string_agg(r::text, '|' ORDER BY seq)), count(*) FROM recent r
UNION ALL SELECT md5(string_agg(indexdef, '|' ORDER BY indexname)), count(*) FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'extra', one FROM extra.more
"""
MOMENT = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)


async def run(url: str, sql: str) -> None:
    async with opened(url) as database, database.begin() as db:
        raw = await (await db.connection()).get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(sql)


async def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    async with opened(url) as database, database.begin() as db:
        return [tuple(row) for row in await db.execute(text(sql))]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, application_name="test")
    try:
        yield database
    finally:
        await database.close()


async def made(server: EmbeddedPostgres, name: str) -> str:
    async with opened(server.url) as database:
        engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in (*dropping(name), f"CREATE DATABASE {name}"):
                await connection.execute(text(statement))
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def full(server: EmbeddedPostgres) -> str:
    url = await made(server, "full_one")
    await run(url, SHAPE)
    return url


@pytest.fixture
async def empty(server: EmbeddedPostgres) -> str:
    return await made(server, "empty_one")


async def test_everything_comes_back_and_history_begins_anew(any_server: EmbeddedPostgres, place: Path) -> None:
    full, empty = await made(any_server, "full_one"), await made(any_server, "empty_one")
    await run(full, SHAPE)
    path = await asyncio.to_thread(backup, full, place / "new" / "folder", at=MOMENT)
    assert path == place / "new" / "folder" / "tandem-20261121T030405Z.dump"
    await asyncio.to_thread(restore, empty, path)
    assert await rows(empty, PICTURE) == await rows(full, PICTURE)
    meta = dict(await rows(empty, "SELECT key, value FROM meta"))
    assert meta["other"] == "kept"
    assert meta["log_epoch"] != "the old one"
    assert dict(await rows(full, "SELECT key, value FROM meta"))["log_epoch"] == "the old one"
    # Numbers that were given out are not given out again, those of deleted rows included.
    assert await rows(empty, "SELECT nextval('numbers')") == [(102,)]
    assert await rows(empty, "INSERT INTO facts DEFAULT VALUES RETURNING seq") == [(501,)]
    for broken in ("INSERT INTO notes VALUES (3, 999999, 'x')", "INSERT INTO notes VALUES (1, 7, 'x')"):
        with pytest.raises(Exception, match="violates"):
            await run(empty, broken)
    # And a backup of what was restored is as good.
    second = await asyncio.to_thread(backup, empty, place)
    await asyncio.to_thread(restore, full, second, force=True)
    assert await rows(full, PICTURE) == await rows(empty, PICTURE)
    await run(full, "CREATE TABLE still_possible ()")


async def test_each_restore_begins_its_own_history(full: str, empty: str, place: Path) -> None:
    path = await asyncio.to_thread(backup, full, place)
    epochs = set()
    for _ in range(2):
        await asyncio.to_thread(restore, empty, path, force=True)
        epochs |= set(await rows(empty, "SELECT value FROM meta WHERE key = 'log_epoch'"))
    assert len(epochs) == 2


async def test_a_full_database_is_replaced_by_force_only(full: str, place: Path) -> None:
    path = await asyncio.to_thread(backup, full, place)
    await run(full, "CREATE TABLE younger AS SELECT 1 AS one; DELETE FROM facts WHERE seq < 10")
    with pytest.raises(BackupError, match="not empty"):
        await asyncio.to_thread(restore, full, path)
    assert await rows(full, "SELECT one FROM younger") == [(1,)]
    await asyncio.to_thread(restore, full, path, force=True)
    assert await rows(full, "SELECT to_regclass('younger')::text, (SELECT count(*) FROM facts)") == [(None, 450)]


async def test_a_damaged_backup_changes_nothing(full: str, place: Path) -> None:
    path = await asyncio.to_thread(backup, full, place)
    before = await rows(full, PICTURE)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-40], b"not a backup", b""):
        path.write_bytes(damaged)
        with pytest.raises(BackupError, match="nothing was changed"):
            await asyncio.to_thread(restore, full, path, force=True)
    assert await rows(full, PICTURE) == before


async def test_a_backup_that_the_server_refuses_changes_nothing(full: str, empty: str, place: Path) -> None:
    path = await asyncio.to_thread(backup, full, place)
    await run(
        empty,
        "CREATE TABLE precious AS SELECT 1 AS one",
    )
    admin = make_url(empty).set(username="postgres").render_as_string(hide_password=False)
    await run(admin, "CREATE SCHEMA locked; CREATE TABLE locked.held ()")
    with pytest.raises(BackupError, match="must be owner"):
        await asyncio.to_thread(restore, empty, path, force=True)
    assert await rows(empty, "SELECT one FROM precious") == [(1,)]


async def test_nothing_is_restored_under_a_running_tandem(full: str, place: Path) -> None:
    path = await asyncio.to_thread(backup, full, place)
    running = Database(full)
    assert await running.check() == []
    with pytest.raises(BackupError, match="stop it first"):
        await asyncio.to_thread(restore, full, path, force=True)
    await running.close()


async def test_backups_are_private_whole_and_never_overwritten(full: str, place: Path) -> None:
    paths = [await asyncio.to_thread(backup, full, place, at=MOMENT) for _ in range(3)]
    assert [path.name for path in paths] == [f"tandem-20261121T030405Z{tail}.dump" for tail in ("", "-2", "-3")]
    assert sorted(place.iterdir()) == sorted(paths)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


async def test_a_database_without_our_tables_has_no_history_to_begin(empty: str, full: str, place: Path) -> None:
    await run(empty, "CREATE TABLE alone AS SELECT 1 AS one")
    path = await asyncio.to_thread(backup, empty, place)
    await asyncio.to_thread(restore, full, path, force=True)
    assert await rows(full, "SELECT one FROM alone") == [(1,)]


def test_what_cannot_be_done_is_said(place: Path) -> None:
    with pytest.raises(BackupError, match="psql says"):
        backup("postgresql://127.0.0.1:1/tandem", place)
    assert not list(place.iterdir())
    with pytest.raises(BackupError, match="There is no backup"):
        restore("postgresql://127.0.0.1:1/tandem", place / "none.dump")
    (place / "file").touch()
    with pytest.raises(BackupError, match="cannot be written"):
        backup("postgresql://127.0.0.1:1/tandem", place / "file" / "inside")


def test_addresses_and_passwords_stay_out_of_the_list_of_processes(server: EmbeddedPostgres) -> None:
    clients = Clients.of(server.url)
    with clients.begin("psql", "--command=SELECT 1", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
        assert "tandem" not in " ".join(str(part) for part in asking.args[1:])  # type: ignore[index]
        asking.communicate()
    assert asking.returncode == 0


def test_the_first_complaint_is_the_cause() -> None:
    assert cause_in("psql: error: first\nerror: second") == "first"
    assert cause_in("") == "it said nothing"
