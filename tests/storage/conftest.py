"""What the storage tests share: folders of their own, and a server made once for those that only stop and start it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.embedded import EmbeddedPostgres
from tests.storage.kit import DEBIAN_15, folder


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in which nothing was made yet."""
    with folder() as path:
        yield path


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """The root of a server that was made and stopped."""
    with folder() as path:
        with EmbeddedPostgres(path / "pg"):
            pass
        yield path / "pg"


@pytest.fixture(scope="module")
def server(made: Path) -> Iterator[EmbeddedPostgres]:
    """A running server of the version that Tandem brings."""
    with EmbeddedPostgres(made) as server:
        yield server


@pytest.fixture
def copy(made: Path) -> Iterator[Path]:
    """A stopped server's root that a test may break: a copy, owners and all, in a place of its own."""
    with folder() as path:
        subprocess.run(["cp", "-a", made, path / "pg"], check=True)
        yield path / "pg"


@pytest.fixture(scope="session")
def made_by_15() -> Iterator[Path]:
    """The same, made by the oldest version that is supported, with its own programs."""
    if not DEBIAN_15.is_dir():
        pytest.skip("PostgreSQL 15 is not installed here")
    with folder() as path:
        with EmbeddedPostgres(path / "pg", programs=DEBIAN_15):
            pass
        yield path / "pg"


@pytest.fixture(scope="module", params=["18", "15"])
def any_server(request: pytest.FixtureRequest) -> Iterator[EmbeddedPostgres]:
    """A running server of each version that the contract is promised for."""
    oldest = request.param == "15"
    root = request.getfixturevalue("made_by_15" if oldest else "made")
    with EmbeddedPostgres(root, programs=DEBIAN_15 if oldest else None) as server:
        yield server
