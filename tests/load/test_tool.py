"""The load tool as it is called: against a Tandem of its own, table, JSON and picture, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process_kit import KEY, ROOT, server
from tests.tools.test_doors import left_behind


def load(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.load", "--json", str(folder / "load.json"), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.req("PF-7", "PF-11", "BG-19")
@pytest.mark.parametrize(
    ("kind", "topics"),
    [
        ("event", "1"),
        pytest.param("message", "2", marks=pytest.mark.bench),
        pytest.param("presence", "2", marks=pytest.mark.bench),
    ],
)
def test_fifty_clients_for_two_seconds(tmp_path: Path, kind: str, topics: str) -> None:
    given = ["--conns", "50", "--topics", topics, "--rate", "20", "--seconds", "2", "--kind", kind]
    done = load(tmp_path, *given, "--folder", str(tmp_path / "var"), "--picture", str(tmp_path / "load.svg"))
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "load.json").read_text())
    (stream,) = told["streams"]
    assert told["opening"]["joined"] == 50
    assert stream["delivered"] == stream["expected"] == 50 * 20 * 2
    assert (stream["lost"], told["doubled"], told["strayed"], told["cut"], told["refused"]) == (0, 0, 0, 0, 0)
    assert 0 < stream["latency_ms"]["p50"] <= stream["latency_ms"]["p95"] <= stream["latency_ms"]["max"]
    assert told["memory_kb_a_connection"] > 0
    assert (tmp_path / "load.svg").read_text().startswith("<svg")
    assert "judgement" in done.stdout
    assert left_behind(tmp_path / "var") == []


@pytest.mark.req("PF-11")
async def test_a_tandem_that_runs_already(tmp_path: Path) -> None:
    async with server(tmp_path / "var", TANDEM_REWARDS="off") as running:
        assert running.process is not None
        given = ["--conns", "20", "--rate", "10", "--seconds", "1", "--address", running.base, "--key", KEY]
        done = await asyncio.to_thread(load, tmp_path, *given, "--pid", str(running.process.pid))
        assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "load.json").read_text())
    assert told["streams"][0]["delivered"] == 20 * 10


def test_what_cannot_be_reached_is_said(tmp_path: Path) -> None:
    done = load(tmp_path, "--conns", "1", "--address", "ftp://nowhere")
    assert done.returncode == 2
    assert "an address such as" in done.stderr
