"""Finds the Python tests that name requirements, by parsing them; nothing is imported.

Ids come from `pytest.mark.req("RT-1", …)` on a test, on its class, or in a `pytestmark`. A test counts when pytest
collects it, nothing skips or deselects it, and it asserts. A class that is not named `Test…` is collected when a test
class inherits from it, which is how several back ends run one contract suite.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from tools.proofs import Finding, UnreadableTestError
from tools.proofs_asserting import Asserting, Function, dotted, product_names


@dataclass(frozen=True)
class Marks:
    """What the marks around a test say: the ids they name, and the first reason why it does not run."""

    ids: tuple[str, ...] = ()
    why_not: str = ""

    def __or__(self, inner: "Marks") -> "Marks":
        return Marks(tuple(dict.fromkeys(self.ids + inner.ids)), self.why_not or inner.why_not)


def find_python(sources: Mapping[str, str], deselected: frozenset[str]) -> list[Finding]:
    """The marked tests of all files, and the marks that sit on no test."""
    trees = {file: _parse(file, source) for file, source in sources.items()}
    asserting = Asserting(trees.values())
    bases = _bases_of_test_classes(trees.values())
    return [
        finding
        for file, tree in trees.items()
        for finding in _Module(file, tree, deselected, asserting, bases).findings()
    ]


class _Module:
    """One test file, read from the outside in."""

    def __init__(
        self, file: str, tree: ast.Module, deselected: frozenset[str], asserting: Asserting, bases: frozenset[str]
    ) -> None:
        self._file = file
        self._tree = tree
        self._deselected = deselected
        self._asserting = asserting
        self._bases = bases
        self._product_names = product_names(tree)
        self._placed: set[ast.Call] = set()  # the marks that were found on something pytest collects

    def findings(self) -> list[Finding]:
        """The tests of this file that name ids, then the marks that are lost on something else."""
        name = PurePosixPath(self._file).name
        collected = name.startswith("test_") or name.endswith("_test.py")
        tests = [finding for finding in self._tests(self._tree, Marks(), "", collected) if finding.ids]
        return tests + list(self._lost_marks())

    def _tests(self, scope: ast.Module | ast.ClassDef, outer: Marks, prefix: str, collected: bool) -> Iterator[Finding]:
        outer |= self._marks_in(scope)
        for node in _statements(scope.body):
            if isinstance(node, ast.ClassDef):
                runs = (collected and node.name.startswith("Test")) or node.name in self._bases
                marks = outer | self._marks(node.decorator_list if runs else [])
                yield from self._tests(node, marks, f"{prefix}{node.name}::", runs)
            elif isinstance(node, Function) and collected and node.name.startswith("test"):
                marks = outer | self._marks(node.decorator_list)
                why_not = marks.why_not or self._why_hollow(node)
                yield Finding(self._file, node.lineno, prefix + node.name, marks.ids, why_not)

    def _why_hollow(self, test: Function) -> str:
        if _gives_up(test.body):
            return "skips or fails itself"
        return "" if self._asserting.proves(test, self._product_names) else "asserts nothing"

    def _marks_in(self, scope: ast.Module | ast.ClassDef) -> Marks:
        marks = Marks(why_not="skipped with its module" if _gives_up(scope.body) else "")
        for node in _statements(scope.body):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            if any(dotted(target) == ("pytestmark",) for target in targets):
                value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                marks |= self._marks(
                    value.elts if isinstance(value, ast.List | ast.Tuple) else [value] if value else []
                )
        return marks

    def _marks(self, expressions: Iterable[ast.expr]) -> Marks:
        marks = Marks()
        for expression in expressions:
            call = expression if isinstance(expression, ast.Call) else None
            name = _mark_name(call.func if call else expression)
            if name == "req" and call:
                self._placed.add(call)
                marks |= Marks(self._ids(call))
            elif name:
                marks |= Marks(why_not=self._why_not(name, call))
        return marks

    def _why_not(self, name: str, call: ast.Call | None) -> str:
        if name == "skip" or (name == "skipif" and call and _always_true(call.args[:1])):
            return "skipped"
        if name == "xfail":
            return "expected to fail"
        return f"deselected by default ({name})" if name in self._deselected else ""

    def _ids(self, call: ast.Call) -> tuple[str, ...]:
        ids = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        words = tuple(value for value in ids if isinstance(value, str))
        if not words or len(words) != len(call.args) or call.keywords:
            raise UnreadableTestError(f'{self._file}:{call.lineno}: write ids as plain strings: req("RT-1", "RT-2")')
        return words

    def _lost_marks(self) -> Iterator[Finding]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and _mark_name(node.func) == "req" and node not in self._placed:
                yield Finding(
                    self._file, node.lineno, "a mark", self._ids(node), "is not on a test that pytest collects"
                )


def _parse(file: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise UnreadableTestError(f"{file}:{error.lineno}: this is not Python: {error.msg}") from error


def _bases_of_test_classes(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The names of the classes that test classes inherit from, near or far."""
    parents: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                parents.setdefault(node.name, set()).update(part for base in node.bases for part in dotted(base)[-1:])
    found: set[str] = set()
    waiting = [name for name in parents if name.startswith("Test")]
    while waiting:
        new = parents.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, and those under a condition that decides whether they exist."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from _statements([*node.body, *node.orelse])


def _mark_name(node: ast.expr) -> str:
    """`req` of `pytest.mark.req`; empty for what is no mark."""
    parts = dotted(node)
    return parts[-1] if len(parts) > 1 and parts[-2] == "mark" else ""


def _always_true(conditions: list[ast.expr]) -> bool:
    return any(isinstance(condition, ast.Constant) and bool(condition.value) for condition in conditions)


def _gives_up(body: Iterable[ast.stmt]) -> bool:
    """Whether a body calls `pytest.skip` or `pytest.xfail` without any condition."""
    calls = [node.value for node in body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    return any(dotted(call.func) in {("pytest", "skip"), ("pytest", "xfail")} for call in calls)
