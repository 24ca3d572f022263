"""The files that say what Tandem is made from agree, pin everything, and name no host; the doors are there."""

import json
import os
import re
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from tools.environment import DEV_LOCK, RUNTIME_LOCK
from tools.programs import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME: list[str] = PROJECT["dependencies"]
DEV: list[str] = PROJECT["optional-dependencies"]["dev"]
LOCKS = pytest.mark.parametrize("lock", [RUNTIME_LOCK, DEV_LOCK], ids=lambda path: path.name)
DOORS = [
    "run", "test", "check", "bench", "load", "backup", "restore", "migrate", "requirements", "docs", "screenshots",
    "format", "audit", "lock", "sizes", "clean", "help",
]  # fmt: skip


def pins(lines: list[str]) -> dict[str, str]:
    """Name and version of requirements such as `pyjwt[crypto]==2.15.1 ; marker`."""
    found = [re.fullmatch(r"([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)(?: ; .*)?", line) for line in lines]
    assert all(found), lines
    return {match[1]: match[2] for match in found if match}


def locked(text: str) -> dict[str, set[str]]:
    """Versions by name; a universal lock may hold several, for different Pythons."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s\\]+)", text, re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def test_conda_users_get_the_same_names_and_pins() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (nested,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert nested == RUNTIME + DEV
    assert plain == [f"python{PROJECT['requires-python']}", "pip"]
    assert environment["name"] == PROJECT["name"]


def test_every_direct_dependency_is_pinned_once() -> None:
    named = [*pins(RUNTIME), *pins(DEV)]
    assert len(named) == len(set(named)) == len(RUNTIME) + len(DEV)


def test_the_locks_hold_what_the_project_asks_for() -> None:
    runtime, dev = locked(RUNTIME_LOCK.read_text()), locked(DEV_LOCK.read_text())
    assert all(runtime[name] == {version} for name, version in pins(RUNTIME).items())
    assert all(dev[name] == {version} for name, version in pins(DEV).items())
    assert all(dev[name] == versions for name, versions in runtime.items()), "run `make lock`"


@LOCKS
def test_every_locked_file_is_hashed(lock: Any) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []


@LOCKS
def test_the_locks_name_no_host_and_no_folder(lock: Any) -> None:
    assert not re.search(r"://|^-|\s/|\\\\", re.sub(r"#   -c requirements\.lock", "", lock.read_text()), re.MULTILINE)


def test_the_javascript_lock_names_no_host_and_pins_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert lock[""]["devDependencies"] == package["devDependencies"]
    for name, wanted in package["devDependencies"].items():
        assert lock[f"node_modules/{name}"]["version"] == wanted.rpartition("@")[2]
    held = [entry for path, entry in lock.items() if path]
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in held)


@pytest.mark.req("OPS-8")
@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_one_documented_command(door: str) -> None:
    planned = subprocess.run(["make", "-n", door, "FILE=x"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stderr
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^make {door} +\S", listed, re.MULTILINE)
    assert f"make {door}" in (ROOT / "CONTRIBUTING.md").read_text()


def test_a_build_machine_runs_the_whole_test_door() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()


def test_hooks_before_a_commit_fetch_nothing() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    assert {hook["language"] for repo in repos for hook in repo["hooks"]} == {"system"}
