"""Bringing a database to the shape that this version of the product needs, under a lock, up or down.

Several nodes may start at once: one migrates, the others wait and find nothing left to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATE_LOCK = 0x7A4D_0002


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def head() -> str:
    found = ScriptDirectory.from_config(config()).get_current_head()
    if found is None:
        raise LookupError("there are no migrations")
    return found


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def current(engine: AsyncEngine) -> str | None:
    """The revision that the database is at."""
    async with engine.connect() as connection:
        return await connection.run_sync(_current)


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Go to a revision, forwards or backwards."""

    def run(connection: Connection, move: Any) -> None:
        move(config(connection), revision)

    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATE_LOCK})
        at = await connection.run_sync(_current)
        down = revision == "base" or (at is not None and _is_below(revision, at))
        await connection.run_sync(run, command.downgrade if down else command.upgrade)


def _is_below(revision: str, at: str) -> bool:
    """Whether a revision lies on the way down from another."""
    script = ScriptDirectory.from_config(config())
    if revision == "head":
        return False
    return revision in {step.revision for step in script.iterate_revisions(at, "base")} - {at}
