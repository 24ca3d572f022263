"""Finds what would run people's text as HTML: Panel's raw text panes in Python, and raw markup in JavaScript.

Panel renders text as HTML nearly everywhere: in its text panes, in card titles, in chat, indicators and tooltips, and
in a plain string put into a layout. Only `dashboards/escape.py` may name those; everybody else shows text through it or
through a component that sets text as text. What the types hide (a variable that holds a string in a layout) a lint
cannot see: the hostile-text tests in a real browser look there.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lints import Finding, files, inside, report

HELPER = Path("dashboards/escape.py")
LIBRARIES = {"panel", "panel_material_ui", "bokeh"}
RAW = {
    "Accordion", "Alert", "BooleanStatus", "Card", "ChatFeed", "ChatInterface", "ChatMessage", "ChatStep", "Dial",
    "Div", "FloatPanel", "Gauge", "HTML", "HTMLTemplateFormatter", "LaTeX", "LinearGauge", "LoadingSpinner",
    "Markdown", "Number", "PreText", "Progress", "StaticText", "Str", "Tooltip", "TooltipIcon", "Tqdm", "Trend",
}  # fmt: skip
RAW_PATHS = ("panel.panel", "panel.indicators", "panel.widgets.indicators", "panel.chat", "panel.state.notifications")
LAYOUTS = {"Column", "Feed", "FlexBox", "GridBox", "Modal", "Row", "Swipe", "Tabs", "WidgetBox"}
MARKUP = re.compile(
    r"\.(innerHTML|outerHTML|srcdoc)\b|\b(insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|DOMParser)\b"
    r"|\bdocument\s*\.\s*write(ln)?\b|\beval\s*\(|\bnew\s+Function\b"
)
TRUSTED = re.compile(r"//\s*trusted:\s*\S{3,}")


def main(root: Path) -> int:
    return report("text that would run as HTML", check(root))


def check(root: Path) -> Iterator[Finding]:
    """Every breach below a root that is laid out like the project."""
    for path in files(root, "*.py"):
        if path != HELPER and (inside(path, "dashboards") or path == Path("panel_app.py")):
            yield from check_python(str(path), (root / path).read_text())
    for path in files(root, "*.js", "*.mjs", "*.html"):
        if inside(path, "dashboards", "core/web"):
            yield from check_markup(str(path), (root / path).read_text())


def check_python(path: str, source: str) -> Iterator[Finding]:
    tree = ast.parse(source)
    names = _imported(tree)
    docstrings = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    seen: set[tuple[int, str]] = set()
    for node in (node for node in ast.walk(tree) if node not in docstrings):
        for line, message in _breaches(node, names):
            if (line, message) not in seen:
                seen.add((line, message))
                yield Finding(path, line, message)


def check_markup(path: str, source: str, first: int = 1) -> Iterator[Finding]:
    for number, line in enumerate(source.splitlines(), start=first):
        found = MARKUP.search(line)
        if found and not TRUSTED.search(line):
            yield Finding(
                path, number, f"`{found.group().strip()}` runs markup: set text as text, or say `// trusted: why`"
            )


def _breaches(node: ast.AST, names: dict[str, str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.ImportFrom) and _library(node.module):
        for alias in node.names:
            if alias.name == "*" or _is_raw(f"{node.module}.{alias.name}"):
                yield node.lineno, f"`{alias.name}` from {node.module} shows text as HTML: use dashboards.escape"
    elif isinstance(node, (ast.Attribute, ast.Name)):
        path = _path(node, names)
        if _is_raw(path):
            yield node.lineno, f"`{path}` shows text as HTML: use dashboards.escape"
    elif isinstance(node, ast.Call):
        yield from _texts_in_layout(node, names)
        yield from _html_formatters(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from ((found.line, found.message) for found in _markup_in(node))


def _texts_in_layout(call: ast.Call, names: dict[str, str]) -> Iterator[tuple[int, str]]:
    """A plain string in a layout becomes a Markdown pane."""
    path = _path(call.func, names)
    if not _library(path) or path.rpartition(".")[2] not in LAYOUTS:
        return
    children = [*call.args, *(kw.value for kw in call.keywords if kw.arg == "objects")]
    for child in _unpacked(children):
        if _is_text(child):
            yield child.lineno, "a plain string in a layout is shown as HTML: use dashboards.escape"


def _unpacked(nodes: list[ast.expr]) -> Iterator[ast.expr]:
    """The objects of a layout; of a tab's `(title, object)` the object: titles are escaped by the browser side."""
    for node in nodes:
        if isinstance(node, ast.Starred):
            yield from _unpacked([node.value])
        elif isinstance(node, (ast.List, ast.Set)):
            yield from _unpacked(node.elts)
        elif isinstance(node, ast.Tuple):
            yield from _unpacked(node.elts[1:])
        elif isinstance(node, ast.IfExp):
            yield from _unpacked([node.body, node.orelse])
        else:
            yield node


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_text(left) or _is_text(right)
        case ast.Call(func=ast.Name(id="str" | "repr")):
            return True
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return attr in {"format", "join"} and _is_text(value)
    return False


def _html_formatters(call: ast.Call) -> Iterator[tuple[int, str]]:
    for keyword in call.keywords:
        if keyword.arg == "formatters":
            for node in ast.walk(keyword.value):
                if isinstance(node, ast.Constant) and node.value == "html":
                    yield node.lineno, "Tabulator's `html` formatter runs what a cell holds"


def _markup_in(node: ast.Constant) -> Iterator[Finding]:
    """JavaScript in a Python string; a string that spans lines keeps its own line numbers."""
    return check_markup("", str(node.value), node.lineno)


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each name stands for: `pn` for panel, `Column` for panel.layout.Column."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _path(node: ast.expr, names: dict[str, str]) -> str:
    """`pn.pane.HTML` as `panel.pane.HTML`; empty where it is not a plain path."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = _path(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _library(path: str | None) -> bool:
    return (path or "").partition(".")[0] in LIBRARIES


def _is_raw(path: str) -> bool:
    if not _library(path):
        return False
    return path.rpartition(".")[2] in RAW or any(path == raw or path.startswith(f"{raw}.") for raw in RAW_PATHS)


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
