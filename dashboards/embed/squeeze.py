"""Scripts and style sheets without what only their writers need: comments, indentation, spaces between words.

No name is changed and nothing is moved, so that what is served says the same as its source. Line breaks stay wherever a
statement might end there. Pure: text in, text out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WORD = re.compile(r"[A-Za-z_$][\w$]*|\d[\w.]*|\.\d[\w.]*")
STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
SPACE = re.compile(r"\s+")
SIGN = re.compile(r"=>|\.\.\.|\?\?=|\?\?|\?\.|===|!==|==|!=|<=|>=|&&|\|\||\+\+|--|\*\*|[+\-*/%]=|.", re.S)
SHORTER = {"const": "let", "true": "!0", "false": "!1"}
"""Words for which a shorter one does the same, in a script that is finished and works."""
VALUE_ENDS = (")", "]", "}")
BEFORE_REGEX = frozenset({"return", "typeof", "case", "in", "of", "await", "delete", "void", "else"})
OPENS = frozenset("{([,;:?=+-*%&|<>!~^") | {"=>", "&&", "||", "??", "===", "!==", "...", "+=", "-=", "??="}
CLOSES = frozenset("})],;:?.=*%&|<>^") | {"=>", "&&", "||", "??", "===", "!==", "?."}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """word, text, regex, sign, template or space."""
    text: str


def tokens(source: str) -> Iterator[Token]:
    """A script's tokens in order, comments left out; of a template the parts in `${}` are told by themselves."""
    yield from _scan(source, 0, len(source))


def _scan(source: str, start: int, end: int) -> Iterator[Token]:
    place, last = start, Token("sign", ";")
    while place < end:
        found, place = _next(source, place, last)
        for token in found:
            yield token
            if token.kind != "space":
                last = token


def _next(source: str, place: int, last: Token) -> tuple[list[Token], int]:
    if space := SPACE.match(source, place):
        return [Token("space", "\n" if "\n" in space[0] else " ")], space.end()
    if comment := COMMENT.match(source, place):
        return [], comment.end()
    if source[place] == "`":
        return _template(source, place)
    if found := STRING.match(source, place):
        return [Token("text", found[0])], found.end()
    if _may_divide(last) is False and (found := REGEX.match(source, place)):
        return [Token("regex", found[0])], found.end()
    if found := WORD.match(source, place):
        return [Token("word", found[0])], found.end()
    sign = SIGN.match(source, place)
    text = sign[0] if sign else source[place]
    return [Token("sign", text)], place + len(text)


def _may_divide(last: Token) -> bool:
    """Whether a stroke here divides; otherwise it begins a pattern."""
    if last.kind == "sign":
        return last.text in VALUE_ENDS
    return not (last.kind == "word" and last.text in BEFORE_REGEX)


def _template(source: str, place: int) -> tuple[list[Token], int]:
    found, text, at = [], "`", place + 1
    while source[at] != "`":
        if source[at] == "\\":
            text, at = text + source[at : at + 2], at + 2
        elif source.startswith("${", at):
            close = _closing(source, at + 2)
            inner = list(_scan(source, at + 2, close))
            found += [Token("template", text + "${"), *inner]
            text, at = "}", close + 1
        else:
            text, at = text + source[at], at + 1
    return [*found, Token("template", text + "`")], at + 1


def _closing(source: str, place: int) -> int:
    """Where the brace that is open at this place closes."""
    depth, last = 0, Token("sign", "{")
    while True:
        if source[place] == "}" and depth == 0:
            return place
        found, after = _next(source, place, last)
        for token in found:
            depth += (token.text == "{") - (token.text == "}") if token.kind == "sign" else 0
            last = token if token.kind != "space" else last
        place = after


def script(parts: Iterable[Token]) -> str:
    """The same script with as little between its tokens as keeps its meaning."""
    out: list[str] = []
    last, gap = Token("sign", ";"), ""
    for token in parts:
        if token.kind == "space":
            gap = "\n" if "\n" in (gap + token.text) else " "
            continue
        out.append(_between(last, gap, token))
        out.append(SHORTER.get(token.text, token.text) if token.kind == "word" and last.text != "." else token.text)
        last, gap = token, ""
    return "".join(out).strip()


def _between(last: Token, gap: str, token: Token) -> str:
    if not gap:
        return ""
    if gap == "\n" and not (last.text in OPENS or token.text in CLOSES):
        return "\n"
    # What is written for a word begins with a sign, and needs the space before it no less.
    wordy = last.kind in ("word", "regex") and token.kind in ("word", "regex")
    signs = last.kind == token.kind == "sign" and last.text[-1] in "+-" and token.text[0] in "+-"
    return " " if wordy or signs else ""


# --- styles

RULE = re.compile(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}", re.S)
OWN_VARIABLE = re.compile(r"--(?!tandem-|face\b)[a-z][\w-]*")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")


def style(text: str) -> str:
    """A style sheet without comments and spare spaces, its own variables called by one letter or two.

    A variable that our scripts set (`face`), or a host (`tandem-…`), keeps its name.
    """
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    plain = re.sub(r"\s+", " ", plain)
    plain = re.sub(r"\s*([{};,>])\s*", r"\1", plain)
    plain = re.sub(r"(?<=[\w)%\"]): +", ":", plain).replace(";}", "}").strip()
    plain = re.sub(r"#([0-9A-Fa-f])\1([0-9A-Fa-f])\2([0-9A-Fa-f])\3\b", r"#\1\2\3", plain)
    used = Counter(name for name in OWN_VARIABLE.findall(plain))
    order = sorted(used, key=lambda name: (-used[name], name))
    short = {name: f"--{LETTERS[n % 26]}{n // 26 or ''}" for n, name in enumerate(order)}
    return OWN_VARIABLE.sub(lambda found: short[found[0]], plain)


def rules_for(text: str, classes: frozenset[str]) -> str:
    """Of a style sheet the rules that can meet something: whose every class is among these."""
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return "".join(_kept(plain, classes))


def _kept(text: str, classes: frozenset[str]) -> Iterator[str]:
    for selector, body in RULE.findall(text):
        head = selector.strip()
        if head.startswith("@media"):
            inner = rules_for(body, classes)
            if inner:
                yield f"{head} {{ {inner} }}\n"
        elif head.startswith("@"):
            yield f"{head} {{{body}}}\n"
        else:
            wanted = [one.strip() for one in head.split(",") if set(CLASS.findall(one)) <= classes]
            if wanted:
                yield f"{', '.join(wanted)} {{{body}}}\n"
