"""The embedded server starts, keeps what it was given, survives every kill, is shared, and leaves no process behind."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from data.database import Database
from data.embedded import EmbeddedPostgres
from tests.storage.kit import Holder, await_end, children_of, folder, keeper_of, kill

pytestmark = pytest.mark.req("OPS-2")


async def write(url: str, value: str) -> None:
    database = Database(url)
    async with database.begin() as db:
        await db.execute(text("CREATE TABLE IF NOT EXISTS kept (value text)"))
        await db.execute(text("INSERT INTO kept VALUES (:value)"), {"value": value})
    await database.close()


async def read(url: str) -> list[str]:
    database = Database(url)
    async with database.snapshot() as db:
        found = list((await db.execute(text("SELECT value FROM kept ORDER BY value"))).scalars())
    await database.close()
    return found


async def test_first_start_makes_a_safe_private_utf8_server(place: Path) -> None:
    with EmbeddedPostgres(place / "pg") as server:
        assert server.state == "ready"
        database = Database(server.url)
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "server_encoding", "TimeZone")
        async with database.snapshot() as db:
            settings = [(await db.execute(text(f"SHOW {name}"))).scalar_one() for name in names]
            listening = (await db.execute(text("SHOW listen_addresses"))).scalar_one()
            user = text("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
            name, is_super = (await db.execute(user)).one()
            order = (await db.execute(text("SELECT upper('é') || lower('ÄŁ')"))).scalar_one()
        await database.close()
        assert settings == ["on", "on", "on", "on", "UTF8", "UTC"]
        assert listening == ""
        assert (name, is_super) == ("tandem", False)
        assert order == "Éäł"
        assert not psutil.Process(server.pid).net_connections("inet")


async def test_second_start_is_quick_and_finds_everything(made: Path) -> None:
    with EmbeddedPostgres(made) as server:
        await write(server.url, "first life")
    began = time.perf_counter()
    with EmbeddedPostgres(made) as server:
        took = time.perf_counter() - began
        assert "first life" in await read(server.url)
    assert took < 1.5


def test_stop_returns_when_every_process_is_gone(made: Path) -> None:
    server = EmbeddedPostgres(made)
    server.start()
    processes = [server.pid, *children_of(server.pid)]
    server.stop()
    assert server.state == "stopped"
    assert not [pid for pid in processes if psutil.pid_exists(pid)]
    server.stop()  # once more does no harm


async def test_processes_share_one_server_and_the_last_one_stops_it(made: Path) -> None:
    with EmbeddedPostgres(made) as first, Holder(made) as second:
        url, pid = second.ready()
        assert (url, pid) == (first.url, first.pid)
        first.stop()
        await write(url, "after the first left")
        second.leave()
        assert not psutil.pid_exists(pid)


def test_processes_that_start_in_the_same_instant_get_the_same_server(place: Path) -> None:
    with Holder(place / "pg") as one, Holder(place / "pg") as two, Holder(place / "pg") as three:
        assert len({one.ready(), two.ready(), three.ready()}) == 1


async def test_killed_server_is_started_again_under_the_same_address(
    made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with EmbeddedPostgres(made) as server:
        database = Database(server.url)
        await write(server.url, "before the kill")
        killed, began = server.pid, time.perf_counter()
        kill(killed)
        assert server.wait(lambda: server.state == "ready" and server.pid != killed, 10)
        assert time.perf_counter() - began < 10
        assert "ended from outside, by signal 9" in caplog.text
        assert "before the kill" in await read(server.url)
        assert await database.check() == []
        await database.close()


async def test_killed_connection_process_takes_nobody_down_for_long(made: Path) -> None:
    with EmbeddedPostgres(made) as server:
        database = Database(server.url)
        async with database.begin() as db:
            pid = (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        kill(pid)
        await_end(pid)
        assert server.wait(lambda: server.state == "ready", 10)
        while await database.check():  # the server puts itself in order; each question waits for an answer
            assert server.state == "ready"
        assert server.reason == ""
        await database.close()


async def test_killed_owner_leaves_no_process_and_loses_nothing(made: Path) -> None:
    with Holder(made) as owner:
        url, pid = owner.ready()
        await write(url, "before the owner was killed")
        keeper = keeper_of(pid)
        owner.kill()
        await_end(pid, keeper)
    began = time.perf_counter()
    with EmbeddedPostgres(made) as server:
        assert time.perf_counter() - began < 5
        assert "before the owner was killed" in await read(server.url)


def test_killed_keeper_is_replaced_by_those_who_are_left(made: Path) -> None:
    with EmbeddedPostgres(made) as one, Holder(made) as two:
        _, pid = two.ready()
        kill(keeper_of(pid))
        await_end(pid)
        assert one.wait(lambda: one.state == "ready" and one.pid != pid, 10)
        assert two.pid_after(pid) == one.pid


def test_nobody_left_at_all_leaves_no_process(made: Path) -> None:
    with Holder(made) as owner:
        _, pid = owner.ready()
        keeper, children = keeper_of(pid), children_of(pid)
        kill(owner.process.pid, keeper)
        await_end(pid, *children)


async def test_everything_killed_at_once_recovers(made: Path) -> None:
    with Holder(made) as owner:
        url, pid = owner.ready()
        await write(url, "before everything was killed")
        kill(owner.process.pid, keeper_of(pid), pid)
    with EmbeddedPostgres(made) as server:
        assert "before everything was killed" in await read(server.url)


def test_keeper_killed_while_the_first_data_folder_is_being_made(place: Path) -> None:
    root = place / "pg"
    with Holder(root) as owner:
        while not list(root.glob("data.making-*/base")):
            assert owner.process.poll() is None
            os.sched_yield()
        half = next(process for process in psutil.process_iter(["cmdline"]) if is_making(process, root))
        kill(owner.process.pid, half.ppid())
        await_end(half.pid)
    assert not (root / "data").exists()
    with EmbeddedPostgres(root) as server:
        assert server.state == "ready"
    assert not list(root.glob("data.making-*"))


def is_making(process: psutil.Process, root: Path) -> bool:
    command: list[str] = process.info["cmdline"] or [""]
    return command[0].endswith("/initdb") and command[2].startswith(str(root))


def test_copy_of_a_running_folder_is_a_server_of_its_own(made: Path) -> None:
    with EmbeddedPostgres(made) as original, folder() as path:
        subprocess.run(["cp", "-a", made, path / "pg"], check=True)
        with EmbeddedPostgres(path / "pg") as copied:
            assert copied.pid != original.pid
            assert copied.url != original.url


def test_very_long_paths_and_odd_names_work() -> None:
    with folder() as path:
        root = path / ("long " * 16 + "ß'%?&=") / ("x" * 60) / "pg"
        server = EmbeddedPostgres(root)
        with server:
            sockets = Path(server.url.split("host=")[1].split("&")[0])
            assert sockets.stat().st_mode & 0o777 == 0o700
        assert server.discard()
        assert not sockets.exists()
        assert not root.exists()


async def test_moved_folder_with_an_odd_name_is_found(copy: Path) -> None:
    moved = copy.rename(copy.with_name("a b'%?&=é"))
    with EmbeddedPostgres(moved) as server:
        await write(server.url, "found")
        assert "found" in await read(server.url)


def test_discard_spares_what_others_use(made: Path) -> None:
    with Holder(made) as other:
        other.ready()
        server = EmbeddedPostgres(made)
        server.start()
        assert not server.discard()
        assert (made / "data").exists()
        other.leave()
