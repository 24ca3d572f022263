"""Short names for what a script calls things inside itself: variables, functions, classes and arguments.

Whatever could be seen from outside keeps its name: what stands after a dot, keys, methods and fields, and every name
that the script does not declare. One name becomes one other, the same everywhere, so that what hides what stays as it
was. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dashboards.embed.squeeze import Token

KEYWORDS = frozenset(
    {
        "arguments", "async", "await", "break", "case", "catch", "class", "const", "continue", "default",
        "delete", "do", "else", "export", "extends", "false", "finally", "for", "from", "function", "get",
        "globalThis", "if", "import", "in", "instanceof", "let", "new", "null", "of", "return", "set", "static",
        "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void", "while",
        "with", "yield",
    }
)  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PAIRS = {")": "(", "]": "[", "}": "{"}
HEADS = frozenset({"get", "set", "async", "static", "*"})


class Script:
    """The significant tokens of a script, with what each bracket holds."""

    def __init__(self, parts: Sequence[Token]) -> None:
        self.parts = [token for token in parts if token.kind != "space"]
        self.inside: list[str] = []
        """For each token what it stands in: `(`, `[`, `{` for a block, `:` for an object, `class`."""
        self.closes: dict[int, int] = {}
        self.opens: dict[int, int] = {}
        self._walk()

    def _walk(self) -> None:
        open_: list[tuple[str, int]] = [("{", -1)]
        for place, token in enumerate(self.parts):
            text = token.text
            if self._shuts(token):
                _, opened = open_.pop()
                self.closes[opened], self.opens[place] = place, opened
            self.inside.append(open_[-1][0])
            if token.kind == "sign" and text in "([{":
                open_.append((self._kind(place) if text == "{" else text, place))
            elif token.kind == "template" and text.endswith("${"):
                open_.append(("(", place))

    @staticmethod
    def _shuts(token: Token) -> bool:
        return (token.kind == "sign" and token.text in PAIRS) or (token.kind == "template" and token.text[0] == "}")

    def text(self, place: int) -> str:
        return self.parts[place].text if 0 <= place < len(self.parts) else ""

    def _kind(self, place: int) -> str:
        """What a brace opens."""
        before = self.text(place - 1)
        if self._heads_class(place):
            return "class"
        if before in ("=>", ")", ";", "{", "}", "else", "try", "finally", "do", ""):
            return "{"
        return ":"

    def _heads_class(self, place: int) -> bool:
        return self.text(place - 2) == "class" or (
            self.text(place - 2) == "extends" and self.text(place - 4) in ("class", "=", "")
        )

    def is_free(self, place: int) -> bool:
        """Whether a word stands for a variable."""
        token = self.parts[place]
        if token.kind != "word" or token.text in KEYWORDS or not re.match(r"[A-Za-z_$]", token.text):
            return False
        before, after = self.text(place - 1), self.text(place + 1)
        if before in (".", "?.") or (self.inside[place] == "class" and (after in ("(", "=", ";") or before in HEADS)):
            return False
        if self.inside[place] != ":":
            return True
        # In an object: a key, or a method with its body; what stands alone between commas is both.
        key = before in ("{", ",") and after == ":"
        method = after == "(" and before in ("{", ",", "async", "get", "set")
        return not key and not (method and self.text(self.closes.get(place + 1, -2) + 1) == "{")

    def is_short(self, place: int) -> bool:
        """Whether a word in an object stands for a key and a variable at once."""
        around = self.text(place - 1) in ("{", ",") and self.text(place + 1) in (",", "}", "=")
        return self.inside[place] == ":" and around

    def declared(self) -> set[str]:
        """What is declared anywhere: by a word for it, as an argument, or in a pattern."""
        found: set[str] = set()
        for place, token in enumerate(self.parts):
            if token.text in ("function", "class") and token.kind == "word":
                found.add(self.text(place + 1))
            elif token.text in ("const", "let") and token.kind == "word":
                found |= set(self._bound(place + 1))
            elif token.text == "=>":
                found |= set(self._arguments(place - 1))
            elif token.text == "(" and self._takes(place):
                found |= set(self._names(place + 1, self.closes[place]))
        return found - KEYWORDS

    def _takes(self, place: int) -> bool:
        """Whether a bracket holds the arguments of a function, method or catch."""
        if place not in self.closes or self.text(self.closes[place] + 1) != "{":
            return False
        return self.text(place - 1) not in ("if", "for", "while", "switch", "with")

    def _arguments(self, place: int) -> Iterator[str]:
        if self.text(place) == ")":
            yield from self._names(self.opens[place] + 1, place)
        elif self.parts[place].kind == "word":
            yield self.text(place)

    def _bound(self, place: int) -> Iterator[str]:
        """The names of a declaration, up to the end of its statement."""
        depth, naming = 0, True
        while place < len(self.parts):
            text, token = self.text(place), self.parts[place]
            if naming and token.kind == "sign" and text in "[{":
                yield from self._names(place + 1, self.closes[place])
                place, naming = self.closes[place], False
            elif naming and token.kind == "word":
                yield text
                naming = False
            elif text in (";", "of", "in") and depth == 0:
                return
            elif token.kind == "sign" and text in "([{":
                place = self.closes[place]
            elif token.kind == "sign" and text in ")]}":
                return
            elif text == "," and depth == 0:
                naming = True
            place += 1

    def _names(self, start: int, end: int) -> Iterator[str]:
        """The words of a pattern that are no keys. Default values are looked at too, which does no harm."""
        for place in range(start, end):
            if self.is_free(place):
                yield self.text(place)


def shorten(
    parts: Sequence[Token], known: frozenset[str] = frozenset(), members: frozenset[str] = frozenset()
) -> list[Token]:
    """The same tokens with short names; what is in `known` is somebody else's and stays.

    `members` are fields and methods that nobody but the script itself names: they are called shorter too.
    """
    script = Script(parts)
    _refuse_spoken(script, members)
    free = [place for place in range(len(script.parts)) if script.is_free(place)]
    used = Counter(script.text(place) for place in free)
    ours = {name for name in script.declared() if used[name] and len(name) > 1} - known
    names = _short_names({token.text for token in script.parts if token.kind == "word"} | KEYWORDS)
    short = {name: next(names) for name in sorted(ours, key=lambda name: (-used[name], name))}
    inside = {name: next(names) for name in sorted(members)}
    at_work = set(free)
    for place, token in enumerate(script.parts):
        if token.kind == "word":
            text = _called(script, place, short if place in at_work else {}, inside)
            script.parts[place] = replace(token, text=text)
    return _spaced(parts, script.parts)


def _called(script: Script, place: int, short: dict[str, str], inside: dict[str, str]) -> str:
    """What a word is called from now on, as a variable or as a member."""
    name = script.text(place)
    if not script.is_free(place):
        return inside.get(name, name)
    variable = short.get(name, name)
    member = inside.get(name, name)
    return f"{member}:{variable}" if script.is_short(place) and member != variable else variable


def _refuse_spoken(script: Script, members: frozenset[str]) -> None:
    """A member that is also named by a text would be called two things."""
    spoken = {token.text[1:-1] for token in script.parts if token.kind == "text"} & members
    if spoken:
        raise ValueError(f"named by texts too: {', '.join(sorted(spoken))}")


def _spaced(before: Sequence[Token], after: Sequence[Token]) -> list[Token]:
    rest = iter(after)
    return [token if token.kind == "space" else next(rest) for token in before]


def _short_names(taken: frozenset[str] | set[str]) -> Iterator[str]:
    singles = [letter for letter in LETTERS if letter not in taken]
    yield from singles
    for first in LETTERS:
        for second in LETTERS + "0123456789":
            if first + second not in taken:
                yield first + second
