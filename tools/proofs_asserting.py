"""Decides whether a Python test asserts anything, by looking at its body.

What counts: an `assert` whose outcome can vary, `pytest.raises`, `expect(…).something()`, and calls to helpers named
`assert_…`, `expect_…` or `check_…`. A helper counts unless the test tree itself shows it to be hollow, or it is one
of the product's own functions (`check_action` decides something; it asserts nothing). A `check_…` whose answer is
kept is a question, so it does not count either.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
PRODUCT = frozenset({"core", "data", "jobs", "dashboards", "panel_app", "tools"})
HELPERS = ("assert_", "expect_", "check_")


def dotted(node: ast.expr) -> tuple[str, ...]:
    """`a.b.c` as its parts; what stands before a call or an index is left out."""
    if isinstance(node, ast.Attribute):
        return (*dotted(node.value), node.attr)
    return (node.id,) if isinstance(node, ast.Name) else ()


class Asserting:
    """Knows the helpers of a whole test tree, and judges its tests by them."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self._helpers: dict[str, list[Function]] = defaultdict(list)
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, Function) and _is_helper(node.name):
                    self._helpers[node.name].append(node)

    def proves(self, test: Function, product_names: frozenset[str]) -> bool:
        """Whether the body of `test` can fail; `product_names` are what its module imports from the product."""
        return any(self._asserts(node, product_names) for node in _live_nodes(test))

    def _asserts(self, node: ast.AST, product_names: frozenset[str]) -> bool:
        if isinstance(node, ast.Assert):
            return _can_vary(node.test)
        if isinstance(node, ast.Call):
            return self._is_asserting_call(node, product_names, ("assert_", "expect_"))
        if isinstance(node, ast.Expr):
            return self._is_asserting_statement(node.value, product_names)
        if isinstance(node, ast.withitem):
            return self._is_asserting_statement(node.context_expr, product_names)
        return False

    def _is_asserting_statement(self, expression: ast.expr, product_names: frozenset[str]) -> bool:
        call = expression.value if isinstance(expression, ast.Await) else expression
        return isinstance(call, ast.Call) and self._is_asserting_call(call, product_names, HELPERS)

    def _is_asserting_call(self, call: ast.Call, product_names: frozenset[str], prefixes: tuple[str, ...]) -> bool:
        function = call.func
        if isinstance(function, ast.Attribute) and _is_call_of(function.value, "expect"):
            return True
        parts = dotted(function)
        if parts in {("pytest", "raises"), ("raises",)}:
            return True
        if not parts or parts[0] in product_names or not parts[-1].lstrip("_").startswith(prefixes):
            return False
        known = self._helpers.get(parts[-1], [])
        return not known or any(_does_something(helper) for helper in known)


def product_names(tree: ast.Module) -> frozenset[str]:
    """The names that a module binds by importing from the product."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PRODUCT:
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            roots = {alias.asname or alias.name.split(".")[0]: alias.name.split(".")[0] for alias in node.names}
            names |= {bound for bound, package in roots.items() if package in PRODUCT}
    return frozenset(names)


def _is_call_of(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func)[-1:] == (name,)


def _is_helper(name: str) -> bool:
    return name.lstrip("_").startswith(HELPERS)


def _live_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function's body, without the functions inside it that nobody calls."""
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function) and node.name not in used:
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def _can_vary(condition: ast.expr) -> bool:
    """Whether an asserted condition depends on anything at all."""
    if isinstance(condition, ast.Tuple):
        return False  # a tuple with something in it is always true
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.Or):
        return all(_can_vary(value) for value in condition.values)
    return any(isinstance(node, ast.Name | ast.Call | ast.Await) for node in ast.walk(condition))


def _does_something(helper: Function) -> bool:
    return any(isinstance(node, ast.Assert | ast.Raise | ast.Call) for node in _live_nodes(helper))
