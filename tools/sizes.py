"""How large modules and functions are, and how much of the code is typed: `make sizes`.

Median and ninth decile are nearest ranks. A function counts as typed when every parameter and the result say their
type. Migrations and tests are left out; what remains is what a reader of the product meets.
"""

import ast
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.lints import files, inside

ROOMS = ("core", "data", "jobs", "dashboards", "tools")


@dataclass(frozen=True)
class Size:
    lines: int
    name: str


@dataclass(frozen=True)
class Sizes:
    modules: list[Size]
    functions: list[Size]
    typed: int

    @property
    def typed_share(self) -> float:
        return self.typed / len(self.functions) if self.functions else 1.0


def measure(root: Path) -> Sizes:
    modules: list[Size] = []
    functions: list[Size] = []
    typed = 0
    for path in files(root, "*.py"):
        if not (inside(path, *ROOMS) or path == Path("panel_app.py")) or inside(path, "data/migrations/versions"):
            continue
        source = (root / path).read_text()
        modules.append(Size(len(source.splitlines()), str(path)))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions.append(Size((node.end_lineno or node.lineno) - node.lineno + 1, f"{path}:{node.name}"))
                typed += is_typed(node)
    return Sizes(modules, functions, typed)


def is_typed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    named = function.args
    parameters = [*named.posonlyargs, *named.args, *named.kwonlyargs, *filter(None, (named.vararg, named.kwarg))]
    return function.returns is not None and all(p.annotation or p.arg in {"self", "cls"} for p in parameters)


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The smallest value that at least so many percent do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else 0


def table(sizes: Sizes) -> str:
    rows = ["            count  median  ninth decile  largest"]
    for name, group in (("modules", sizes.modules), ("functions", sizes.functions)):
        lines = [size.lines for size in group]
        largest = max(group, key=lambda size: size.lines, default=Size(0, "none"))
        rows.append(
            f"{name:10}  {len(lines):5}  {nearest_rank(lines, 50):6}  {nearest_rank(lines, 90):12}"
            f"  {largest.lines} ({largest.name})"
        )
    return "\n".join([*rows, f"typed share: {sizes.typed_share:.1%}"])


if __name__ == "__main__":
    print(table(measure(Path.cwd())))
