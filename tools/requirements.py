"""Writes docs/requirements.md: every promise of Tandem beside the tests that prove it.

The promises are the lines of docs/requirements.yaml. Tests name the ids they prove, in the forms that
`tools.proofs_python` and `tools.proofs_javascript` describe; only those that run by default and assert something
count. A test that names an id nobody promised is an error.

    python -m tools.requirements            write the page, and list the marked tests that do not count
    python -m tools.requirements --check    write nothing; fail when the page is not up to date
"""

import argparse
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.promises import PromisesError, read_promises
from tools.proofs import Finding, UnreadableTestError
from tools.proofs_javascript import find_javascript
from tools.proofs_python import find_python
from tools.requirements_page import Report, page, summary

PAGE = Path("docs/requirements.md")
SKIPPED_FOLDERS = {"node_modules", "__pycache__"}
ALWAYS_DESELECTED = frozenset({"bench"})


def read_report(root: Path) -> Report:
    """Joins promises and tests; every mark with an unknown id is named in the error."""
    sections = read_promises(root)
    findings = find_tests(root)
    known = {id for section in sections for id in section.lines}
    unknown = [f"{test.place}: nothing is promised as {id}" for test in findings for id in test.ids if id not in known]
    if unknown:
        raise UnreadableTestError("\n".join(unknown))
    proofs: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        for id in () if finding.why_not else finding.ids:
            proofs[id].append(finding)
    return Report(sections, proofs, [finding for finding in findings if finding.why_not])


def find_tests(root: Path) -> list[Finding]:
    """Every marked test under `root/tests`, by file and line."""
    findings = find_python(dict(_sources(root, "*.py")), _deselected(root))
    for pattern in ("*.mjs", "*.js"):
        for file, source in _sources(root, pattern):
            findings += find_javascript(file, source)
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.name))


def _sources(root: Path, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "tests").rglob(pattern)):
        relative = path.relative_to(root)
        if SKIPPED_FOLDERS.isdisjoint(relative.parts):
            yield relative.as_posix(), path.read_text(encoding="utf-8")


def _deselected(root: Path) -> frozenset[str]:
    """The marks that a plain `pytest` leaves out, read from its own settings."""
    settings = root / "pyproject.toml"
    if not settings.exists():
        return ALWAYS_DESELECTED
    tool = tomllib.loads(settings.read_text(encoding="utf-8")).get("tool", {})
    options = tool.get("pytest", {}).get("ini_options", {}).get("addopts", "")
    text = options if isinstance(options, str) else " ".join(options)
    return ALWAYS_DESELECTED | frozenset(re.findall(r"\bnot\s+(\w+)", text))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.requirements", description="Which promises do tests prove?")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is not up to date")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent, help="the repository to read")
    options = parser.parse_args(arguments)
    try:
        report = read_report(options.root)
    except (PromisesError, UnreadableTestError) as error:
        print(error, file=sys.stderr)
        return 1
    return _check(options.root, report) if options.check else _write(options.root, report)


def _check(root: Path, report: Report) -> int:
    path = root / PAGE
    if path.exists() and path.read_text(encoding="utf-8") == page(report):
        return 0
    print(f"{PAGE} is not up to date: run python -m tools.requirements", file=sys.stderr)
    return 1


def _write(root: Path, report: Report) -> int:
    (root / PAGE).write_text(page(report), encoding="utf-8")
    for finding in report.not_counted:
        print(f"{finding.place}: {finding.name} does not count: {finding.why_not} ({' '.join(finding.ids)})")
    print(summary(report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
