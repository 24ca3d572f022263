"""Asks the public lists of known weaknesses about every pinned package: `make audit`.

Findings end with 1. Where a list cannot be reached from here, that is said and nothing is claimed: such a run ends
with 0, or with 3 under `--strict`, which a release uses. The static half of the audit (ruff's S rules) is part of
every `make check`.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import programs
from tools.environment import DEV_LOCK

CLEAN, FINDINGS, UNREACHABLE = "no known weakness", "known weaknesses", "the list could not be reached: not scanned"


def main(arguments: list[str]) -> int:
    verdicts = {"Python packages": python_packages(), "JavaScript packages": javascript_packages()}
    for what, verdict in verdicts.items():
        print(f"audit: {what}: {verdict}")
    if FINDINGS in verdicts.values():
        return 1
    return 3 if "--strict" in arguments and UNREACHABLE in verdicts.values() else 0


def python_packages() -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(project_of(DEV_LOCK.read_text()))
        command = [sys.executable, "-m", "uv", "audit", "--quiet", "--preview-features", "audit-command"]
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode == 1:
        print(done.stdout + done.stderr)
    return {0: CLEAN, 1: FINDINGS}.get(done.returncode, UNREACHABLE)


def project_of(lock: str) -> str:
    """A project whose dependencies are exactly the pins of a lock file."""
    pins = re.findall(r"^([a-z][^ ]*==[^ ]+(?: ; [^\\\n]+?)?) *\\?$", lock, re.MULTILINE)
    listed = ",\n".join(json.dumps(pin) for pin in pins)
    return f'[project]\nname = "audited"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [\n{listed}\n]\n'


def javascript_packages() -> str:
    npm = programs.npm()
    if npm is None:
        return UNREACHABLE
    done = subprocess.run([*npm, "audit", "--json"], cwd=programs.ROOT, check=False, capture_output=True, text=True)
    return verdict_of(done.stdout)


def verdict_of(report: str) -> str:
    """Reads npm's report, which is an error object where the list does not answer."""
    try:
        found = json.loads(report)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return UNREACHABLE
    if found:
        print("\n".join(f"  {name}: {entry.get('severity')}" for name, entry in found.items()))
    return FINDINGS if found else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
