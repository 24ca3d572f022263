"""`make run` starts a living product, and whichever way it is told to end, no process is left behind."""

import os
import re
import signal
import subprocess
import threading
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import covered
from tools.programs import ROOT

READY = re.compile(r"Tandem is ready: (http://127\.0\.0\.1:\d+)")
LONGEST = 60
Run = subprocess.Popen[str]


def start(data: Path) -> Run:
    """As a newcomer's shell does it: make leads its own process group."""
    env = {**os.environ, "TANDEM_DATA": str(data), "TANDEM_PORT": "0"}
    for name in ("TANDEM_MODE", "DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    return subprocess.Popen(
        ["make", "run"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def address(run: Run) -> str:
    """Where it listens, as soon as it says so; what it said instead where it never does."""
    assert run.stdout
    watchdog = threading.Timer(LONGEST, os.killpg, (run.pid, signal.SIGKILL))
    watchdog.start()
    said = []
    try:
        for line in run.stdout:
            said.append(line)
            if found := READY.search(line):
                return found[1]
    finally:
        watchdog.cancel()
    pytest.fail("".join(said))


def left_behind(data: Path) -> list[str]:
    """Processes that name the data folder: the server's, and those of the database it keeps there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = os.readlink(process / "cwd")
            environ = (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if process.name != str(os.getpid()) and str(data) in f"{command}{place}{environ}":
            found.append(f"{process.name} {command}")
    return found


def interrupt(run: Run) -> None:
    """Ctrl-C: the terminal tells the whole group."""
    os.killpg(run.pid, signal.SIGINT)


def terminate(run: Run) -> None:
    """A supervisor knows only make."""
    run.terminate()


@pytest.mark.req("OPS-8")
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes where Linux lists them")
@pytest.mark.parametrize("end", [interrupt, terminate])
def test_a_first_run_lives_and_leaves_no_process(tmp_path: Path, end: Callable[[Run], None]) -> None:
    with start(tmp_path) as run:
        try:
            with urllib.request.urlopen(f"{address(run)}/healthz", timeout=10) as answer:
                assert answer.status == 200
            assert left_behind(tmp_path)
            end(run)
            rest, _ = run.communicate(timeout=LONGEST)
        finally:
            run.kill()
    assert "Traceback" not in rest
    assert left_behind(tmp_path) == []


@pytest.mark.req("QA-1")
def test_the_whole_test_run_covers_nine_lines_in_ten() -> None:
    """`make test` measures every room, fails under 90 %, and runs tests of all kinds; `make bench` is the load."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert covered.ENOUGH >= 90
    assert set(project["slipcover"]["source"]) >= {"core", "data", "jobs", "dashboards"}
    said = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "-m slipcover --out var/coverage/lines.json -m pytest" in said
    assert "-m tools.covered" in said
    assert '-m "not' not in said, "no kind of test is left out"
    kinds = {"unit": "tests/unit", "integration": "tests/contract", "browser": "tests/e2e", "load": "tests/load"}
    assert all(list((ROOT / place).glob("test_*.py")) for place in kinds.values())
