"""Several modules as one script: each top-level statement that something needs, once, in the order of the imports.

It reads the way our own modules are written and refuses everything else: imports and exports by name, one statement
from each line that begins at the margin. Two modules that call different things by one name are refused too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from dashboards.embed.shorten import shorten
from dashboards.embed.squeeze import Token, script, tokens

IMPORT = re.compile(r'import (?:(?P<whole>\w+)|\{(?P<names>[^}]*)\}) from "(?P<path>[^"]+)";?')
CHUNK = re.compile(r"^(?=[A-Za-z])", re.M)
DECLARES = re.compile(r"(?:export )?(?:default )?(?:async )?(?:const|let|function|class)\*? ")

GLOBALS = frozenset(
    {
        "AbortController", "Array", "Boolean", "CSSStyleSheet", "CustomEvent", "Date", "Error", "HTMLElement",
        "JSON", "Map", "Math", "Number", "Object", "Promise", "Set", "String", "Symbol", "URL",
        "URLSearchParams", "WebSocket", "atob", "btoa", "clearInterval", "clearTimeout", "console",
        "customElements", "document", "fetch", "location", "matchMedia", "navigator", "setInterval",
        "setTimeout", "window",
    }
)  # fmt: skip
"""What browsers declare and our modules use."""


class BundleError(ValueError):
    """The modules cannot be put into one."""


@dataclass(frozen=True)
class Statement:
    """One top-level statement of a module."""

    module: str
    source: str

    @cached_property
    def parts(self) -> list[Token]:
        return list(tokens(self.source))

    @cached_property
    def names(self) -> frozenset[str]:
        """What it declares; a statement that declares nothing does something."""
        found = re.match(r"(?:async )?(const|let|function|class)\*? ", self.source)
        if not found:
            return frozenset()
        words = [token for token in self.parts if token.kind != "space"]
        if found[1] in ("function", "class"):
            return frozenset({next(w.text for w in words if w.text not in ("async", "function", "class", "*"))})
        return frozenset(_declared(words[1:]))

    @cached_property
    def uses(self) -> frozenset[str]:
        return frozenset(token.text for token in self.parts if token.kind == "word")


def _declared(words: list[Token]) -> Iterator[str]:
    """The names of `const one = 1, two = 2;`."""
    depth, fresh = 0, True
    for token in words:
        if token.kind == "sign" and token.text in "([{":
            depth += 1
        elif token.kind == "sign" and token.text in ")]}":
            depth -= 1
        elif token.kind == "template":
            depth += token.text.endswith("${") - token.text.startswith("}")
        elif token.kind == "word" and depth == 0 and fresh:
            yield token.text
            fresh = False
        elif token.text == "," and depth == 0:
            fresh = True


def select(entry: str, modules: Mapping[str, str]) -> list[Statement]:
    """The statements of the entry and all that they need; `modules` gives the sources by path."""
    order: dict[str, list[Statement]] = {}
    _read(entry, modules, order)
    kept = _needed([one for found in order.values() for one in found])
    _check_names(kept)
    return kept


def join(statements: Iterable[Statement], members: frozenset[str] = frozenset()) -> str:
    """They as one script, with short names inside; `members` as for `shorten`."""
    parts: list[Token] = []
    for one in statements:
        parts += [*one.parts, Token("space", "\n")]
    return script(shorten(parts, GLOBALS, members))


def _read(path: str, modules: Mapping[str, str], order: dict[str, list[Statement]]) -> None:
    """Put a module's statements in their place: after those of what it imports."""
    if path in order:
        return
    order[path] = []
    found: list[Statement] = []
    for source in _chunks(path, modules):
        if source.startswith("import "):
            _read(_imported(path, source), modules, order)
        else:
            found.append(Statement(path, _unexported(path, source)))
    # Now: whatever it imports stands before it.
    order.pop(path)
    order[path] = found


def _chunks(path: str, modules: Mapping[str, str]) -> Iterable[str]:
    if path not in modules:
        raise BundleError(f"there is no module {path}")
    plain = "".join(line for line in modules[path].splitlines(True) if not line.startswith("//"))
    return [chunk for chunk in CHUNK.split(plain) if chunk.strip() and not chunk.startswith(("/**", "\n"))]


def _imported(path: str, source: str) -> str:
    found = IMPORT.match(source)
    if not found or " as " in (found["names"] or ""):
        raise BundleError(f"{path}: an import of another form: {source.strip()}")
    folder = PurePosixPath(path).parent
    parts: list[str] = []
    for part in (folder / found["path"]).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _unexported(path: str, source: str) -> str:
    if source.startswith("export {") or source.startswith("export *"):
        raise BundleError(f"{path}: exports are made where something is declared")
    return source.removeprefix("export ")


def _needed(statements: list[Statement]) -> list[Statement]:
    """The statements that do something, and whatever these use, and so on."""
    by_name: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        for name in one.names:
            by_name[name].append(one)
    wanted = [one for one in statements if not one.names]
    kept = set(wanted)
    while wanted:
        one = wanted.pop()
        for name in one.uses & by_name.keys():
            # A module's own comes first; of others that share a name all are taken, and refused.
            own = [other for other in by_name[name] if other.module == one.module]
            fresh = set(own or by_name[name]) - kept
            kept |= fresh
            wanted += fresh
    return [one for one in statements if one in kept]


def _check_names(kept: list[Statement]) -> None:
    owner: dict[str, str] = {}
    for one in kept:
        for name in one.names:
            if owner.setdefault(name, one.module) != one.module:
                raise BundleError(f"{name} is declared by {owner[name]} and by {one.module}")
