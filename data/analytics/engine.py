"""The process's one DuckDB: in memory, small, without reaching for the network.

Opening one takes longer than most questions, so it is opened once; every caller gets a cursor of its own, from any
thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb

from data.analytics.store import AnalyticsError

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "TimeZone": "UTC",
    "autoinstall_known_extensions": False,
}


# A mistake in a question of ours, as opposed to a file that is damaged or gone.
OUR_MISTAKES = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=CONFIG)


@contextmanager
def ask() -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor for questions about files; what DuckDB cannot read becomes an AnalyticsError."""
    cursor = _database().cursor()
    try:
        yield cursor
    except OUR_MISTAKES:
        raise
    except duckdb.Error as error:
        kind = type(error).__name__
        raise AnalyticsError(
            f"An exported file cannot be read ({kind}); it is looked into and written again."
        ) from error
    finally:
        cursor.close()
