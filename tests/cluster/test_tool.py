"""`make cluster`: all parts or none, a clear word when one is missing, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path

import psutil
import pytest

from tests.cluster.kit import running
from tools.cluster import Cluster, main
from tools.cluster_nginx import program
from tools.cluster_parts import ClusterError
from tools.programs import ROOT

LONGEST = 120


def children() -> list[str]:
    return [" ".join(child.cmdline()) for child in psutil.Process().children(recursive=True) if child.is_running()]


def left_behind(folder: Path) -> list[str]:
    """What still runs of a cluster."""
    return [line for line in children() if str(folder) in line or "panel_app.py" in line]


@pytest.mark.req("OPS-3", "RT-13")
def test_it_says_where_it_is_and_ends_whole(database_url: str, tmp_path: Path) -> None:
    env = {**os.environ, "TANDEM_DATA": str(tmp_path), "TANDEM_PORT": "0", "TANDEM_SIMULATOR": "off"}
    env = {name: value for name, value in env.items() if name != "REDIS_URL"} | {"DATABASE_URL": database_url}
    run = subprocess.Popen(
        ["make", "cluster", "N=2"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    watchdog = threading.Timer(LONGEST, os.killpg, (run.pid, signal.SIGKILL))
    watchdog.start()
    try:
        assert run.stdout
        said: list[str] = []
        for line in run.stdout:
            said.append(line)
            if re.search(r"cluster is ready: http://127\.0\.0\.1:\d+", line):
                break
        else:
            pytest.fail("".join(said))
        parts = psutil.Process(run.pid).children(recursive=True)
        assert len(parts) >= 4, "two nodes, nginx, Redis"
        os.killpg(run.pid, signal.SIGINT)
        run.communicate(timeout=60)
        gone, alive = psutil.wait_procs(parts, timeout=10)
        assert (len(gone), alive) == (len(parts), [])
    finally:
        watchdog.cancel()
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()


async def test_all_end_when_one_does_not_start(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        cluster = Cluster(
            tmp_path, 1, port=taken.getsockname()[1], settings={"DATABASE_URL": database_url, "TANDEM_SIMULATOR": "off"}
        )
        with pytest.raises(ClusterError, match=r"nginx did not start[\s\S]*in use"):
            await cluster.start()
    assert not cluster.nodes[0].running
    assert cluster.redis is not None
    assert not cluster.redis.running
    assert left_behind(tmp_path) == []


async def test_a_node_that_cannot_start_says_why(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"node-1 did not start[\s\S]*TANDEM_MODE"):
        async with running(tmp_path, 2, database_url, TANDEM_MODE="neither"):
            pass
    assert left_behind(tmp_path) == []


def test_without_nginx_it_says_which_package(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="Debian's package `nginx"):
        program(str(tmp_path))


@pytest.mark.parametrize("wrong", [[], ["many"], ["0"], ["17"], ["2", "3"]])
def test_a_wrong_number_is_said_and_nothing_starts(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 1
    assert re.match(r"cluster: (Say how many nodes|N is the number of nodes)", capsys.readouterr().err)
