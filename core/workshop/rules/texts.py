"""Texts that people write: what is kept of them, and how two people write in one at the same time.

`merge` takes the text that somebody began with, what they made of it, and what stands there meanwhile. Whatever either
of them put in is in the result; what either took out is gone, unless the other has just written there.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import takewhile

from core.workshop.errors import ValidationFailed

NAME_LENGTH = 40
NOTE_LENGTH = 5_000
ACTION_LENGTH = 500
OWNER_LENGTH = 60
JOINERS = "\u200d\u200c"
"""What holds an emoji of several parts together, and parts words in some scripts."""
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")

BY_LETTER = 40_000

Splice = tuple[int, int, str]
"""From where to where the text that one began with was replaced, and by what."""


def clean(text: str, *, lines: bool = False) -> str:
    """The text without what cannot be seen or stored: controls, marks that turn the direction, lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in text if (lines and c == "\n") or c in JOINERS or unicodedata.category(c)[0] != "C")
    kept = unicodedata.normalize("NFC", kept)
    return kept if lines else " ".join(kept.split())


def visible(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


def clean_name(text: object) -> str:
    name = clean(text) if isinstance(text, str) and len(text) <= 10 * NAME_LENGTH else ""
    if not visible(name) or len(name) > NAME_LENGTH:
        raise ValidationFailed(f"A name has 1 to {NAME_LENGTH} characters.", field="name")
    return name


def same_name(one: str | None, other: str) -> bool:
    return one is not None and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def clean_text(text: str, longest: int, field: str, *, empty: bool = False) -> str:
    if len(text) > longest:
        raise ValidationFailed(f"This is longer than {longest} characters. Please make two of it.", field=field)
    kept = clean(text, lines=True)
    if not empty and not visible(kept):
        raise ValidationFailed("There is nothing written yet.", field=field)
    return kept


def merge(base: str, mine: str, theirs: str) -> str:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    result, at = [], 0
    for start, end, text in _union(splices(base, mine), splices(base, theirs)):
        result += [base[at:start], text]
        at = end
    return "".join([*result, base[at:]])


def _union(mine: list[Splice], theirs: list[Splice]) -> list[Splice]:
    """One list of splices that do not overlap: where both changed the same place, both have their say."""
    both = sorted([(s, e, 1, t) for s, e, t in mine] + [(s, e, 0, t) for s, e, t in theirs])
    found: list[tuple[int, int, list[str]]] = []
    for start, end, _, text in both:
        if found and (start < found[-1][1] or start == found[-1][0]):
            last_start, last_end, texts = found[-1]
            # The same change made by both is one change.
            added = texts if (start, end) == (last_start, last_end) and text in texts else [*texts, text]
            found[-1] = (last_start, max(end, last_end), added)
        else:
            found.append((start, end, [text]))
    return [(start, end, "".join(texts)) for start, end, texts in found]


def splices(base: str, text: str) -> list[Splice]:
    """How one text became another, in few pieces: what most people type between two looks is a single one."""
    head = _shared(base, text)
    tail = _shared(base[head:][::-1], text[head:][::-1])
    old, new = base[head : len(base) - tail], text[head : len(text) - tail]
    if not old or not new:
        return [(head, head + len(old), new)] if old or new else []
    # Letter by letter where that is quick, else word by word.
    small = len(old) * len(new) <= BY_LETTER
    before, after = (list(old), list(new)) if small else (TOKEN.findall(old), TOKEN.findall(new))
    starts = [head]
    for token in before:
        starts.append(starts[-1] + len(token))
    found: list[Splice] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            found.append((starts[i1], starts[i2], "".join(after[j1:j2])))
    return found


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
