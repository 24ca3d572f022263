"""A real PostgreSQL that comes with Tandem and needs nobody to install or mind it.

`EmbeddedPostgres(folder).start()` makes the database on the first day, starts it on every other, and returns its
address. A small process of its own, the keeper, runs the server: it starts it again when it dies, serves every Tandem
process that shares the folder, and stops it when the last of them is gone, however they went. What cannot be mended is
said in one sentence, as an `EmbeddedPostgresError`. Only the standard library is used, so that the keeper stays small.
"""

from data.embedded.errors import EmbeddedPostgresError
from data.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
