"""Alembic's entry: it is always given a connection, so that whoever calls holds the lock and the transaction."""

from alembic import context

from data.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
