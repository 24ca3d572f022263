"""What the project's own lints share: a finding, the files to look at, and how a run ends."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LEAVE_OUT = {".git", ".venv", "node_modules", "var", "vendor", "__pycache__"}


@dataclass(frozen=True, order=True)
class Finding:
    """One breach: where it stands and what to do instead."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def files(root: Path, *patterns: str) -> Iterator[Path]:
    """The project's files that match, as paths below the root; what git ignores is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = listed.stdout.splitlines() if listed.returncode == 0 else _walk(root)
    for path in sorted({Path(name) for name in found}):
        kept = not LEAVE_OUT.intersection(path.parts) and (root / path).is_file()
        if kept and any(path.match(pattern) for pattern in patterns):
            yield path


def inside(path: Path, *folders: str) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _walk(root: Path) -> Iterable[str]:
    return (str(path.relative_to(root)) for path in root.rglob("*"))


def report(name: str, findings: Iterable[Finding]) -> int:
    """Prints what was found; the answer is the exit status."""
    found = sorted(findings)
    for finding in found:
        print(finding)
    print(f"{name}: {len(found)} found" if found else f"{name}: clean")
    return 1 if found else 0
