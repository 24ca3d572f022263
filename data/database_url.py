"""Database addresses as people and hosting services write them, turned into what the driver understands.

`postgres://`, `postgresql://` and addresses that name another driver all come to asyncpg; the usual libpq parameters
(`sslmode`, `connect_timeout`, `application_name`, `options` and the like) become its arguments. A parameter that means
nothing here is refused by name rather than dropped: somebody wrote it for a reason.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

# What libpq knows and asyncpg does by itself or cannot be told.
HARMLESS = frozenset({"channel_binding", "gssencmode", "keepalives", "keepalives_idle", "keepalives_interval"})
TAKEN_AS_THEY_ARE = frozenset({"host", "port", "service", "passfile", "target_session_attrs"})
NUMBERS = {"prepared_statement_cache_size": int, "statement_cache_size": int, "command_timeout": float}


class BadDatabaseUrl(ValueError):
    """The address of the database cannot be understood; says what about it."""


def parse(url: str) -> URL:
    """Read an address, whichever driver it names."""
    try:
        parsed = make_url(url.strip())
    except ArgumentError as error:
        raise BadDatabaseUrl("DATABASE_URL is not an address like postgresql://user:password@host/name") from error
    if parsed.drivername.partition("+")[0] not in {"postgres", "postgresql"}:
        raise BadDatabaseUrl(f"DATABASE_URL names {parsed.drivername}, Tandem needs postgresql://")
    return parsed


def normalise(url: str) -> tuple[URL, dict[str, Any]]:
    """Return the address for SQLAlchemy's asyncpg dialect, and the driver's arguments that its query asked for."""
    parsed = parse(url)
    query: dict[str, tuple[str, ...] | str] = {}
    arguments: dict[str, Any] = {}
    for key, value in parsed.query.items():
        one = value if isinstance(value, str) else value[-1]
        if key in TAKEN_AS_THEY_ARE:
            query[key] = value
        elif key in NUMBERS:
            arguments[key] = NUMBERS[key](one)
        elif key in {"sslmode", "ssl"}:
            arguments["ssl"] = one
        elif key == "connect_timeout":
            arguments["timeout"] = float(one)
        elif key in {"application_name", "options"}:
            arguments.setdefault("server_settings", {})[key] = one
        elif key not in HARMLESS:
            raise BadDatabaseUrl(f"DATABASE_URL has the parameter {key}, which Tandem does not know")
    return parsed.set(drivername="postgresql+asyncpg", query=query), arguments
