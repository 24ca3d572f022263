"""Databases for tests: one real server a run, one database a worker cloned from a migrated template.

Relays commit and read what others committed, so tests cannot hide in a transaction that is rolled back: between tests
every table is emptied and the log gets a new epoch.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from data.database import Database
from data.embedded import EmbeddedPostgres
from data.migrate import migrate
from data.tables import Base, Meta

TEMPLATE = "tandem_template"

EMPTY = """DO $$
DECLARE
    name text;
    large text;
BEGIN
    SELECT string_agg(t, ', ') INTO large FROM unnest(ARRAY[{tables}]) AS t
        WHERE pg_relation_size(t::regclass) > 500000;
    IF large IS NOT NULL THEN
        EXECUTE 'TRUNCATE ' || large || ' CASCADE';
    END IF;
    FOREACH name IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$"""
"""To truncate a table makes a new file, which takes longer than to delete the few rows that most tests leave."""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The run's PostgreSQL: the environment's, or an embedded one that the workers share."""
    given = os.environ.get("TANDEM_TEST_DATABASE_URL")
    if given:
        yield given
        return
    postgres = EmbeddedPostgres(folder / "postgres")
    postgres.start()
    try:
        yield postgres.url
    finally:
        # The last worker out deletes it: root's data may stand outside pytest's own folder.
        postgres.discard()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One worker at a time in here."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "template.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def _admin(url: str, *statements: str) -> None:
    engine = create_async_engine(Database(url).engine.url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def make_template(url: str, folder: Path) -> None:
    with alone(folder):
        done = folder / "template.done"
        if done.exists():
            return
        if "TANDEM_TEST_DATABASE_URL" not in os.environ:
            # Nobody needs these rows after a power cut.
            await _admin(url, "ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        await _admin(url, *dropping(TEMPLATE), f"CREATE DATABASE {TEMPLATE}")
        database = Database(named(url, TEMPLATE))
        await migrate(database.engine)
        await database.close()
        done.touch()


def dropping(name: str) -> tuple[str, str]:
    """Whoever is still connected goes first. (FORCE is refused while autovacuum is in there: not ours to end.)"""
    ours = f"datname = '{name}' AND usename = current_user"
    return (
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}",
        f"DROP DATABASE IF EXISTS {name}",
    )


async def clone(url: str, name: str, folder: Path) -> str:
    """A fresh database of the present shape; 27 ms."""
    with alone(folder):
        await _admin(url, *dropping(name), f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return named(url, name)


async def drop(url: str, name: str) -> None:
    await _admin(url, *dropping(name))


async def empty(engine: AsyncEngine) -> None:
    """No rows, and another history."""
    children_first = [table.name for table in reversed(Base.metadata.sorted_tables)]
    async with engine.begin() as connection:
        await connection.execute(text(EMPTY.format(tables=", ".join(f"'{name}'" for name in children_first))))
        await connection.execute(insert(Meta).values(key="log_epoch", value=str(uuid4())))
