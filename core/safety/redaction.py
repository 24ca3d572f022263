"""Taking contact details out of free text, in time linear in its length.

This is the place that every text from people passes on its way to others: addresses of mail and pages, telephone
numbers, and numbers of identity. What is found is replaced whole, so that nothing partial is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HIDDEN = "[hidden]"

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "email",
        re.compile(
            r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]{1,63}){1,4}"
        ),
    ),
    ("url", re.compile(r"(?:https?://|www\.)[^\s<>\"']{1,2000}", re.IGNORECASE)),
    ("ssn", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    ("phone", re.compile(r"(?<![\w/.-])(?:\+|00)?\(?\d{1,4}\)?(?:[ ().-]{0,2}\d{1,5}){2,6}(?![\w/])")),
)
MIN_PHONE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Redacted:
    text: str
    found: tuple[str, ...]
    """The kinds of what was hidden."""


def redact(text: str) -> Redacted:
    found: list[str] = []
    for kind, pattern in PATTERNS:

        def replace(match: re.Match[str], kind: str = kind) -> str:
            if kind == "phone" and sum(c.isdigit() for c in match[0]) < MIN_PHONE_DIGITS:
                return match[0]
            found.append(kind)
            return HIDDEN

        text = pattern.sub(replace, text)
    return Redacted(text, tuple(found))
