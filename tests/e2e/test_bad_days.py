"""Bad days, met by people who are connected: a database or a Redis that goes away, a taken port, Ctrl-C."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from data.database import Database
from data.embedded import EmbeddedPostgres
from data.migrate import migrate
from tests.e2e.conftest import Enter, Trouble
from tests.e2e.shared import SLOW, ask, live, practice, send, tell
from tests.process_kit import ROOT, Server, server
from tests.storage.kit import folder
from tools.programs import redis_server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BACK = 30
"""Seconds within which everything has come back by itself."""


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as path:
        yield path


async def status(house: Server, wanted: int, degraded: bool | None = None) -> dict[str, Any]:
    """Ask `/readyz` until it answers so; its body."""
    async with asyncio.timeout(BACK):
        while True:
            answer = await ask(house, "GET", "/readyz")
            body: dict[str, Any] = msgspec.json.decode(answer.body)
            if answer.code == wanted and degraded in (None, bool(body.get("degraded"))):
                return body


class TestTheDatabaseGoesAway:
    @pytest_asyncio.fixture(loop_scope="session")
    async def postgres(self, place: Path) -> AsyncIterator[EmbeddedPostgres]:
        """A PostgreSQL of the test's own, migrated, which may be stopped and started."""
        found = EmbeddedPostgres(place / "pg")
        database = Database(await asyncio.to_thread(found.start))
        await migrate(database.engine)
        await database.close()
        yield found
        await asyncio.to_thread(found.stop)

    @pytest_asyncio.fixture(loop_scope="session")
    async def tandem(self, postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Server]:
        async with server(tmp_path / "var", DATABASE_URL=postgres.url, TANDEM_REWARDS="off") as running:
            yield running

    @pytest.mark.req("OPS-2", "OPS-4", "UI-1", "UI-6")
    async def test_and_comes_back_while_people_look(
        self, tandem: Server, postgres: EmbeddedPostgres, enter: Enter, trouble: Trouble
    ) -> None:
        assert tandem.process
        pid = tandem.process.pid
        await tell(tandem, practice("before", score=71))
        tutor, admin = await enter("demo-tutor"), await enter("demo-admin", "/admin")
        await live(tutor)
        await expect(tutor.locator("tandem-feed")).to_contain_text("scored 71%", timeout=SLOW)
        await expect(admin.locator("tandem-verdict")).to_contain_text("All is well", timeout=SLOW)
        jobs = admin.locator("tandem-table").filter(has_text="Last run")
        await expect(jobs).to_contain_text("went well", timeout=SLOW)
        await asyncio.to_thread(postgres.stop)
        await refuses_clearly(tandem)
        await shows_what_it_knew(tutor, admin)
        await expect(jobs).to_contain_text("went well")
        await asyncio.to_thread(postgres.start)
        await status(tandem, 200)
        await tell(tandem, practice("after", score=72))
        await expect(tutor.locator("tandem-feed")).to_contain_text("scored 72%", timeout=BACK * 1000)
        await expect(admin.locator("tandem-verdict")).to_contain_text("All is well", timeout=BACK * 1000)
        rows = await tutor.locator("tandem-feed .item").all_text_contents()
        assert [re.findall(r"\d+%", row) for row in rows] == [["72%"], ["71%"]]
        assert tandem.process.pid == pid
        assert tandem.process.returncode is None, "it never had to be started again"
        # What was asked while it was away may be answered when it is just back.
        trouble[:] = [line for line in trouble if not re.search(r"^503 http|status of 503 ", line)]
        # Whatever is asked from here on has to be answered.
        await tutor.reload()
        await live(tutor)
        await expect(tutor.locator("tandem-feed")).to_contain_text("scored 72%", timeout=SLOW)


async def refuses_clearly(tandem: Server) -> None:
    """Alive, not ready, and every answer has the one shape and says that trying again helps."""
    body = await status(tandem, 503)
    assert body["error"]["details"]["reasons"] == ["database: it cannot be reached"]
    assert (await ask(tandem, "GET", "/healthz")).code == 200
    event = {"events": [practice("during")]}
    for method, path, sent in (("POST", "/api/v1/events", event), ("GET", "/api/v1/activities?scope=global", None)):
        answer = await ask(tandem, method, path, sent)
        assert answer.code == 503, path
        error = msgspec.json.decode(answer.body)["error"]
        assert set(error) == {"type", "message", "temporary", "details"}
        assert (error["type"], error["temporary"]) == ("unavailable", True)
        assert answer.headers["Retry-After"]


async def shows_what_it_knew(tutor: Page, admin: Page) -> None:
    """Open pages stay and are read on; a page that is opened now says that it will be back."""
    await expect(admin.locator("tandem-verdict")).to_contain_text("The database is away", timeout=SLOW)
    await expect(tutor.locator("tandem-feed .item")).to_have_count(1)
    await expect(tutor.locator("tandem-feed")).to_contain_text("scored 71%")
    await expect(tutor.locator("tandem-here")).to_contain_text("online")
    another = await tutor.context.new_page()
    answer = await another.goto(tutor.url)
    assert answer
    assert answer.status == 503
    await expect(another.locator("h1")).to_have_text("Back in a moment")
    await another.close()


class Redis:
    """A Redis of the test's own at one address, stopped and started at will."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.url = f"unix://{place}/redis.sock"
        self.process: Process | None = None

    async def start(self) -> None:
        program = redis_server()
        assert program, "A Redis server is needed: make test sets one up"
        options = ["--port", "0", "--unixsocket", f"{self.place}/redis.sock", "--save", "", "--dir", str(self.place)]
        self.process = await asyncio.create_subprocess_exec(program, *options, stdout=PIPE)
        assert self.process.stdout
        async with asyncio.timeout(BACK):
            while b"ready to accept connections" not in (line := (await self.process.stdout.readline()).lower()):
                assert line, "Redis did not start"

    async def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            await process.communicate()


class TestRedisGoesAway:
    @pytest_asyncio.fixture(loop_scope="session")
    async def redis(self, place: Path) -> AsyncIterator[Redis]:
        redis = Redis(place)
        await redis.start()
        yield redis
        await redis.stop()

    @pytest_asyncio.fixture(loop_scope="session")
    async def tandem(self, redis: Redis, fresh_database: str, tmp_path: Path) -> AsyncIterator[Server]:
        settings = {"DATABASE_URL": fresh_database, "REDIS_URL": redis.url, "TANDEM_REWARDS": "off"}
        async with server(tmp_path / "var", **settings) as running:
            yield running

    @pytest.mark.req("OPS-4", "RT-13", "UI-1")
    async def test_and_everything_goes_on(self, tandem: Server, redis: Redis, enter: Enter) -> None:
        page = await enter("demo-tutor")
        await live(page)
        await status(tandem, 200, degraded=False)
        await tell(tandem, practice("with", score=71))
        await expect(page.locator("tandem-feed")).to_contain_text("scored 71%", timeout=SLOW)
        await redis.stop()
        assert set((await status(tandem, 200, degraded=True))["degraded"]) == {"bus", "limits"}
        await tell(tandem, practice("without", score=72))
        await expect(page.locator("tandem-feed")).to_contain_text("scored 72%", timeout=SLOW)
        await live(page)
        await redis.start()
        await status(tandem, 200, degraded=False)
        await tell(tandem, practice("again", score=73))
        await expect(page.locator("tandem-feed .item")).to_have_count(3, timeout=SLOW)


@contextmanager
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.req("OPS-1")
async def test_a_port_that_is_taken_is_said_in_one_sentence(fresh_database: str, tmp_path: Path) -> None:
    with taken() as port:
        running = Server(tmp_path / "var", DATABASE_URL=fresh_database, TANDEM_PORT=str(port))
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "panel_app.py"), cwd=ROOT, env=running.environment, stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(60):
            said, complained = await process.communicate()
    assert process.returncode == 2
    lines = [line for line in (said + complained).decode().splitlines() if line.strip()]
    assert lines == [f"tandem: Port {port} is in use: end what listens there, or choose another TANDEM_PORT."]


def household(house: Server) -> list[psutil.Process]:
    """Everything that runs because this Tandem was started: itself, its children, the database and its keeper."""
    assert house.process
    own = psutil.Process(house.process.pid)
    mine = {own, *own.children(recursive=True)}
    for process in psutil.process_iter(["cmdline"]):
        if str(house.folder) in " ".join(process.info["cmdline"] or ()):
            mine |= {process, *process.children(recursive=True)}
    return list(mine)


@pytest.mark.req("OPS-2", "OPS-8")
async def test_a_second_start_shares_the_folder_and_ctrl_c_leaves_nobody_behind(place: Path) -> None:
    first, second = Server(place), Server(place)
    # Libraries complain when their interpreter ends.
    first.mother = second.mother = None
    await first.start()
    try:
        await second.start()
        everybody = {*household(first), *household(second)}
        names = [process.name() for process in everybody]
        assert len([name for name in names if name.startswith("postgres")]) >= 1, names
        await tell(first, practice("shared", score=77))
        kept = await send(second, "GET", "/api/v1/activities?scope=global")
        assert [item["properties"]["score"] for item in kept["activities"]] == [77]
        assert await interrupted(second) == 0
        assert (await ask(first, "GET", "/readyz")).code == 200, "the other goes on, database and all"
        assert await interrupted(first) == 0
    finally:
        await second.stop()
        await first.stop()
    told = "".join(first.output + second.output)
    assert "leaked" not in told, told
    _, alive = await asyncio.to_thread(psutil.wait_procs, list(everybody), timeout=BACK)
    assert not alive, alive


async def interrupted(house: Server) -> int:
    """End it as Ctrl-C does."""
    assert house.process
    house.process.send_signal(signal.SIGINT)
    async with asyncio.timeout(BACK):
        return await house.process.wait()
