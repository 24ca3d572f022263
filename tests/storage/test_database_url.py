"""Addresses as hosting services write them reach the driver as it wants them, or are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from data.database_url import BadDatabaseUrl, normalise

pytestmark = pytest.mark.req("OPS-1")


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2", " postgresql"]
)
def test_every_spelling_of_the_scheme_comes_to_the_same(scheme: str) -> None:
    url, arguments = normalise(f"{scheme}://ada:p%40ss@db.example.org:6000/tandem")
    assert url.render_as_string(hide_password=False) == "postgresql+asyncpg://ada:p%40ss@db.example.org:6000/tandem"
    assert arguments == {}


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        ("sslmode=require", {"ssl": "require"}),
        ("ssl=verify-full", {"ssl": "verify-full"}),
        ("sslmode=require&channel_binding=require", {"ssl": "require"}),
        ("connect_timeout=7", {"timeout": 7.0}),
        ("application_name=x&options=-c%20a=b", {"server_settings": {"application_name": "x", "options": "-c a=b"}}),
        ("prepared_statement_cache_size=0", {"prepared_statement_cache_size": 0}),
    ],
)
def test_usual_parameters_become_the_drivers(query: str, arguments: dict[str, Any]) -> None:
    url, found = normalise(f"postgresql://host/name?{query}")
    assert found == arguments
    assert not url.query


def test_socket_folder_and_several_hosts_stay_in_the_address() -> None:
    url, _ = normalise("postgresql://tandem@/tandem?host=/run/folder&port=5432")
    assert dict(url.query) == {"host": "/run/folder", "port": "5432"}
    url, _ = normalise("postgresql://ada@/tandem?host=one:1&host=two:2&target_session_attrs=primary")
    assert url.query["host"] == ("one:1", "two:2")


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("nonsense", "not an address"),
        ("mysql://host/name", "mysql"),
        ("postgresql://host/name?colour=blue", "colour"),
    ],
)
def test_what_cannot_be_understood_is_named(address: str, names: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=names):
        normalise(address)
