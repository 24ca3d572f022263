"""Finds what a habit forbids and no general tool knows.

Nothing names a package registry's host or a folder of one machine; pages load nothing from elsewhere; no work is left
unfinished in words; tests wait for messages and conditions, never for time, and use the real parts; pure modules ask
nobody what time it is; SQL takes its time as an argument.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lints import Finding, files, inside, report

TEXTS = ("*.py", "*.js", "*.mjs", "*.json", "*.md", "*.yml", "*.yaml", "*.toml", "*.lock", "*.html", "*.css", "*.cfg",
         "*.sh", "*.ini", "Makefile", ".npmrc", ".env.example", "run")  # fmt: skip
PURE = {"rules.py", "scoring.py", "statistics.py", "protocol.py", "tracker.py"}
# Put together here, so that this file does not hold what it looks for.
HOSTS = ["registry." + "npmjs", "registry." + "yarnpkg", "py" + "pi.org", "python" + "hosted.org", "repo." + "anaconda"]
FOLDERS = ["/wor" + "k/", "../sha" + "red", "/ro" + "ot/", "/ho" + "me/"]
CDNS = [
    "cdn." + "jsdelivr",
    "unp" + "kg.com",
    "cdn" + "js.",
    "fonts." + "googleapis",
    "fonts." + "gstatic",
    "cdn." + "holoviz",
]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "for" + " now", "NotImplemented" + "Error", "dum" + "my"]

ANYWHERE = [
    (re.compile("|".join(map(re.escape, HOSTS))), "names a registry's host"),
    (re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, FOLDERS)) + ")"), "names a folder of one machine"),
    (re.compile("|".join(map(re.escape, CDNS))), "names a content network: serve it yourself"),
]
IN_PROSE = [
    (re.compile(r"\b(" + "|".join(UNFINISHED) + r")\b"), "is work left unfinished: finish it, or say what it is")
]
IN_PAGES = [
    (
        re.compile(r"""(src|href)=["']https?://|@import\s+(url\()?["']?https?:|from ["']https?://"""),
        "loads from elsewhere",
    )
]
IN_SQL = [
    (re.compile(r"\bfunc\.now\(|\bCURRENT_TIMESTAMP\b|clock_timestamp\("), "the database's clock: pass the time in")
]
IN_TESTS = [
    (re.compile(r"time\.sleep\(|asyncio\.sleep\((?!0\))[\d.]|wait_for_timeout\("), "waits for time: await a condition"),
    (re.compile(r"unittest\.mock|MagicMock|monkeypatch\.setattr"), "replaces one of our parts: use the real one"),
]


def main(root: Path) -> int:
    return report("habits", check(root))


def check(root: Path) -> Iterator[Finding]:
    """Every breach below a root that is laid out like the project."""
    for path in files(root, *TEXTS):
        source = (root / path).read_text()
        for pattern, message in _patterns(path):
            yield from _matches(path, source, pattern, message)
        if inside(path, "core") and path.name in PURE:
            yield from _impure(path, source)


def _patterns(path: Path) -> list[tuple[re.Pattern[str], str]]:
    chosen = list(ANYWHERE)
    code = path.suffix in {".py", ".js", ".mjs"}
    if code or path.suffix == ".md":
        chosen += IN_PROSE
    if code or path.suffix in {".html", ".css"}:
        chosen += IN_PAGES
    if path.suffix == ".py" and inside(path, "core", "data", "jobs"):
        chosen += IN_SQL
    if path.suffix == ".py" and inside(path, "tests"):
        chosen += IN_TESTS
    return chosen


def _matches(path: Path, source: str, pattern: re.Pattern[str], message: str) -> Iterator[Finding]:
    for number, line in enumerate(source.splitlines(), start=1):
        found = pattern.search(line)
        if found:
            yield Finding(str(path), number, f"`{found.group().strip()}` {message}")


def _impure(path: Path, source: str) -> Iterator[Finding]:
    """Calls that answer differently each time; `random.Random` as a type or an argument is fine."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        called = f"{owner.id if isinstance(owner, ast.Name) else getattr(owner, 'attr', '')}.{node.func.attr}"
        if re.fullmatch(r"(datetime|date)\.(now|utcnow|today)|random\.[a-z]\w*|uuid\.uuid\d", called):
            yield Finding(str(path), node.lineno, f"`{called}` in a pure module: make it an argument")


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
