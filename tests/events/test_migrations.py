"""Tables and models are one shape, with and without data in them, whichever way the database came there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect, text

from core.app import App
from core.clock import FakeClock
from core.settings import Settings
from data.database import Database
from data.migrate import config, current, head, migrate
from data.tables import Base
from tests import database_kit
from tests.factories import Make

COUNT = text("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM event_log), (SELECT count(*) FROM meta)")


@pytest.fixture
async def bare(server_url: str, worker_id: str) -> AsyncIterator[Database]:
    """A database with nothing in it."""
    name = f"tandem_bare_{worker_id}"
    await database_kit.drop(server_url, name)
    await database_kit._admin(server_url, f"CREATE DATABASE {name}")
    database = Database(database_kit.named(server_url, name))
    yield database
    await database.close()
    await database_kit.drop(server_url, name)


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


async def differences(database: Database) -> list[Any]:
    async with database.engine.connect() as connection:
        return await connection.run_sync(_differences)


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names() + inspect(c).get_view_names()))


async def fill(database: Database, settings: Settings, clock: FakeClock) -> None:
    """People and facts, by the product's own commands; all that follows from each has happened before the next."""
    app = App(settings, database, clock=clock)
    await app.start()
    make = Make(app)
    ada = await make.person(cohort="blue")
    await app.settle()
    leo = await make.child(cohort="blue")
    await app.settle()
    await make.consent(leo, "social_visibility")
    await app.settle()
    for person in (ada, leo):
        await make.fact(person)
        await make.fact(person, "note_recorded", properties={"text": "tired today"})
    await app.stop()


async def counts(database: Database) -> tuple[int, ...]:
    async with database.engine.connect() as connection:
        return tuple((await connection.execute(COUNT)).one())


async def test_up_down_and_up_again_with_data_is_what_the_models_say(
    bare: Database, settings: Settings, clock: FakeClock
) -> None:
    assert await current(bare.engine) is None
    await migrate(bare.engine)
    assert await current(bare.engine) == head()
    assert await differences(bare) == []
    await fill(bare, settings, clock)
    filled = await counts(bare)
    assert filled[0] == 2
    assert filled[1] > 4

    await migrate(bare.engine)
    assert await counts(bare) == filled, "there was nothing to do"

    await migrate(bare.engine, "base")
    assert await tables(bare) == {"alembic_version"}
    assert await current(bare.engine) is None

    await migrate(bare.engine)
    assert await differences(bare) == []
    assert await tables(bare) == {"alembic_version", "viral_events", *Base.metadata.tables}
    await fill(bare, settings, clock)
    assert await counts(bare) == filled


async def test_every_step_can_be_taken_back_with_data(bare: Database, settings: Settings, clock: FakeClock) -> None:
    steps = list(ScriptDirectory.from_config(config()).walk_revisions())
    await migrate(bare.engine)
    await fill(bare, settings, clock)
    filled = await counts(bare)
    for step in steps:
        if step.down_revision is None:
            break
        assert isinstance(step.down_revision, str), "one line of revisions, without branches"
        await migrate(bare.engine, step.down_revision)
        await migrate(bare.engine, step.revision)
        assert await counts(bare) == filled
        assert await current(bare.engine) == step.revision
        await migrate(bare.engine, step.down_revision)
    await migrate(bare.engine)
    assert await differences(bare) == []
    assert await counts(bare) == filled


async def test_several_nodes_may_start_on_an_empty_database(bare: Database) -> None:
    others = [Database(bare.engine.url.render_as_string(hide_password=False)) for _ in range(3)]
    await asyncio.gather(*(migrate(database.engine) for database in (bare, *others)))
    for database in others:
        await database.close()
    assert await differences(bare) == []


async def test_a_step_that_fails_leaves_the_shape_before_it(bare: Database) -> None:
    await migrate(bare.engine)
    async with bare.engine.begin() as connection:
        await connection.execute(text("CREATE VIEW mine AS SELECT * FROM switches"))
    with pytest.raises(Exception, match="other objects depend on it"):
        await migrate(bare.engine, "base")
    assert await current(bare.engine) == head()
    assert await differences(bare) == []


async def test_a_database_of_a_later_version_is_left_alone(bare: Database) -> None:
    await migrate(bare.engine)
    async with bare.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(CommandError, match="later"):
        await migrate(bare.engine)
    assert await differences(bare) == []


def test_migrations_are_in_one_line() -> None:
    found = sorted(
        path.name for path in (Path(config().get_main_option("script_location") or "") / "versions").glob("*.py")
    )
    assert len(found) == len(list(ScriptDirectory.from_config(config()).walk_revisions()))
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1
