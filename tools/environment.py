"""The virtual environment: made from a hashed lock file, by uv where it can, by pip where it must.

uv installs in seconds what takes pip a minute, but it does not read pip's configuration; where it cannot fetch
(a company's own index, a proxy that only pip knows), pip does the same work from the same file. Both refuse any file
whose hash is not in the lock. uv itself comes hash-checked from the development lock.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.programs import ROOT

RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"


class SetupError(Exception):
    """What is missing, in a sentence that says what to do."""


def python_in(venv: Path) -> Path:
    return venv / "bin" / "python"


def base_python() -> str:
    """The Python behind the running one, which may be the environment's own."""
    return str(getattr(sys, "_base_executable", sys.executable))


def is_sound(venv: Path) -> bool:
    """Whether the environment's Python starts and has pip: a half-made or moved one does not."""
    if not python_in(venv).exists():
        return False
    asked = subprocess.run([python_in(venv), "-c", "import pip"], capture_output=True, check=False)
    return asked.returncode == 0


def make(venv: Path) -> None:
    """Makes the environment anew from the Python that stands behind the running one."""
    made = subprocess.run([base_python(), "-m", "venv", "--clear", venv], capture_output=True, text=True, check=False)
    if made.returncode:
        raise SetupError(
            "Python could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv\n"
            + (made.stderr or made.stdout).strip()
        )


def install(venv: Path, lock: Path, *, exact: bool) -> str:
    """Brings the environment to the lock; `exact` also removes what the lock does not name. Says who did it."""
    if _uv(venv, lock, exact):
        return "uv"
    print("  uv could not do it here; pip does the same, more slowly", flush=True)
    command: list[str | Path] = [python_in(venv), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
    if subprocess.run(command, check=False).returncode:
        raise SetupError(f"The packages of {lock.name} could not be installed; the lines above say why.")
    return "pip"


def _uv(venv: Path, lock: Path, exact: bool) -> bool:
    if not _have_uv(venv):
        return False
    verb: list[str] = ["sync"] if exact else ["install", "-r"]
    command: list[str | Path] = [python_in(venv), "-m", "uv", "--quiet", "pip", *verb, lock, "--require-hashes"]
    env = {**os.environ, **uv_settings(venv)}
    return subprocess.run([*command, "--python", python_in(venv)], env=env, check=False).returncode == 0


def _have_uv(venv: Path) -> bool:
    wanted = stanza(DEV_LOCK.read_text(), "uv")
    version = wanted.split("==")[1].split()[0]
    asked = subprocess.run([python_in(venv), "-m", "uv", "--version"], capture_output=True, text=True, check=False)
    if asked.returncode == 0 and asked.stdout.split()[1:2] == [version]:
        return True
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "uv.lock"
        file.write_text(wanted)
        command: list[str | Path] = [
            python_in(venv),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        return subprocess.run([*command, "--require-hashes", "-r", file], check=False).returncode == 0


def stanza(lock: str, name: str) -> str:
    """One package's lines of a lock file: its pin and its hashes."""
    found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    if not found:
        raise SetupError(f"{name} is not in the lock file; `make lock` writes it anew.")
    return found.group()


def uv_settings(venv: Path) -> dict[str, str]:
    """pip's index and certificates in uv's words, as far as uv has not been told otherwise."""
    listed = subprocess.run(
        [python_in(venv), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return {k: v for k, v in uv_words(listed.stdout).items() if k not in os.environ}


def uv_words(pip_config: str) -> dict[str, str]:
    """Reads `pip config list`: lines such as `global.index-url='…'`, the environment's last."""
    words = {"UV_PYTHON_DOWNLOADS": "never"}
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    for key, value in re.findall(r"^\S+\.([a-z-]+)='(.*)'$", pip_config, re.MULTILINE):
        if key in names:
            words[names[key]] = value
    return words
