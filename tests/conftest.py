"""What every test may ask for: a clean real database, a clock to drive, an App on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from core.app import App
from core.clock import FakeClock
from core.settings import Settings
from core.transaction import Transactions
from data.database import Database
from tests import database_kit
from tests.factories import SECRET, Make
from tests.process_kit import Mother, Server

# How long an example takes tells of the machine, not of the rule.
TOO_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("tandem", deadline=None, suppress_health_check=TOO_SLOW)
hypothesis.settings.load_profile("tandem")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make check` leaves out what takes long, which is known from times that were taken: see tools/long_tests.py."""
    slow = set((Path(__file__).parent / "long.txt").read_text().split())
    for item in items:
        if item.nodeid.partition("[")[0] in slow:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole run, the same for all workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def server_url(run_folder: Path) -> Iterator[str]:
    with database_kit.server(run_folder) as url:
        asyncio.run(database_kit.make_template(url, run_folder))
        yield url


@pytest.fixture(scope="session")
def database_url(server_url: str, run_folder: Path, worker_id: str) -> str:
    """This worker's own database, migrated; emptied by whoever uses `database`."""
    return asyncio.run(database_kit.clone(server_url, f"tandem_{worker_id}", run_folder))


@pytest.fixture(scope="session")
def mother(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Servers of their own start in a fraction of a second."""
    Server.mother = Mother(tmp_path_factory.mktemp("mother"))
    yield
    Server.mother.end()
    Server.mother = None


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await database_kit.empty(database.engine)
    yield database
    await database.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def transactions(database: Database, clock: FakeClock) -> Transactions:
    return Transactions(database, clock, lambda: None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        mode="demo",
        simulator="off",
        # Tests of badges and streaks turn them on; elsewhere nothing happens but what a test does.
        rewards="off",
        suggestions="off",
        bus="local",
        data=tmp_path,
        port=0,
        secret_key=SECRET,
        api_key="key-for-tests-" + "0123456789",
    )


@pytest.fixture
async def app(settings: Settings, database: Database, clock: FakeClock) -> AsyncIterator[App]:
    app = App(settings, database, clock=clock)
    await app.start()
    yield app
    await app.stop()


@pytest.fixture
def make(app: App) -> Make:
    return Make(app)
