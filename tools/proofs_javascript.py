"""Finds the JavaScript tests that name requirements: `test("joins a topic [RT-1 RT-2]", …)`.

The ids stand in square brackets at the end of the title. The source is scanned, not run: comments, texts and patterns
are blanked first, so that only code is taken for code. A test counts when nothing skips it and its body asserts
something that can vary.
"""

import re
from collections.abc import Iterator

from tools.proofs import Finding, UnreadableTestError

TEST = re.compile(r"(?<![\w$])test(?P<modifier>\.\w+)?\s*\(\s*(?P<quote>[\"'`])")
IDS = re.compile(r"\[(?P<ids>[A-Z]+-\d+(?:[\s,]+[A-Z]+-\d+)*)\]\s*$")
ASSERT = re.compile(r"(?<![\w$.])assert(?:\.\w+)*\s*\(")
SKIP_OPTION = re.compile(r"\W\s*,\s*\{[^{}]*\b(?:skip|todo)\s*:(?!\s*false)")
GIVES_UP = re.compile(r"(?<![\w$.])(?:t|test|context)\s*\.\s*(?:skip|todo)\s*\(")
CONSTANT = re.compile(r"\b(?:true|false|null|undefined|\d+(?:\.\d+)?)\b")
PIECE = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*")
BEFORE_A_PATTERN = re.compile(r"(?:^|[(,=:\[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|of|in|await))\s*$")
PAIRS = {"(": ")", "[": "]", "{": "}"}


def find_javascript(file: str, source: str) -> list[Finding]:
    """The tests of one file whose titles name ids."""
    return list(_tests(file, source))


def _tests(file: str, source: str) -> Iterator[Finding]:
    code = blank(source)
    for match in TEST.finditer(code):
        end_of_title = code.find(match["quote"], match.end())
        title = source[match.end() : max(match.end(), end_of_title)]
        ids = IDS.search(title)
        if ids is None:
            continue
        line = source.count("\n", 0, match.start()) + 1
        end = _closing(code, code.index("(", match.start()))
        if end < 0:
            raise UnreadableTestError(f"{file}:{line}: this test has no end")
        names = tuple(dict.fromkeys(re.split(r"[\s,]+", ids["ids"])))
        why_not = _why_not(match["modifier"] or "", code[end_of_title:end])
        yield Finding(file, line, " ".join(title[: ids.start()].split()), names, why_not)


def _why_not(modifier: str, body: str) -> str:
    if modifier in {".skip", ".todo"} or SKIP_OPTION.match(body) or GIVES_UP.search(body):
        return "skipped"
    return "" if any(_can_vary(arguments) for arguments in _asserted(body)) else "asserts nothing"


def _asserted(body: str) -> Iterator[str]:
    for match in ASSERT.finditer(body):
        yield body[match.end() : max(match.end(), _closing(body, match.end() - 1))]


def _can_vary(arguments: str) -> bool:
    return bool(re.search(r"[A-Za-z_$]", CONSTANT.sub("", arguments)))


def _closing(code: str, start: int) -> int:
    """Where the bracket that opens at `start` closes; -1 when it never does."""
    expected: list[str] = []
    for place in range(start, len(code)):
        if code[place] in PAIRS:
            expected.append(PAIRS[code[place]])
        elif expected and code[place] == expected[-1]:
            expected.pop()
            if not expected:
                return place
    return -1


def blank(source: str) -> str:
    """The source at its full length, with only code left: texts keep their quotes, templates the code inside `${…}`."""
    out: list[str] = []
    place = 0
    templates: list[int] = []  # for each template whose `${` is open: how many braces are open inside it
    while place < len(source):
        end, kept = _next_piece(source, place, templates)
        out.append(kept)
        place = end
    return "".join(out)


def _next_piece(source: str, place: int, templates: list[int]) -> tuple[int, str]:
    """The end of the piece that begins at `place`, and what is kept of it."""
    char = source[place]
    if char == "`":
        return _template(source, place + 1, "`", templates)
    if templates and char in "{}":
        templates[-1] += 1 if char == "{" else -1
        if templates[-1] < 0:
            templates.pop()
            return _template(source, place + 1, "}", templates)
        return place + 1, char
    piece = PIECE.match(source, place)
    if piece is None and char == "/" and BEFORE_A_PATTERN.search(source, max(0, place - 40), place):
        piece = PATTERN.match(source, place)
    if piece is None:
        return place + 1, char
    text = piece.group()
    return piece.end(), f"{char}{_spaces(text[1:-1])}{char}" if char in "\"'" else _spaces(text)


def _template(source: str, place: int, opening: str, templates: list[int]) -> tuple[int, str]:
    """Blanks a template's text from `place` to its end or to the next `${`."""
    end = place
    while end < len(source):
        if source[end] == "\\":
            end += 2
        elif source[end] == "`":
            return end + 1, f"{opening}{_spaces(source[place:end])}`"
        elif source.startswith("${", end):
            templates.append(0)
            return end + 2, f"{opening}{_spaces(source[place:end])} {{"
        else:
            end += 1
    return len(source), opening + _spaces(source[place:])


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
