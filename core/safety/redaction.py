"""Taking contact details out of free text, in time linear in its length.

This is the place that every text from people passes on its way to others: addresses of mail, pages and houses, names
on other networks, telephone numbers, and numbers of identity. What is found is replaced whole, so that nothing partial
is left. Scores, dates, ISBNs and order numbers stay. No pattern can match one stretch of text in two ways: that is what
keeps the time linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

HIDDEN = "[hidden]"

TLD = "com|org|net|edu|gov|info|biz|io|gg|tv|app|dev|xyz|online|site|uk|us|ca|au|nz|ie|de|ch|fr|es|it|nl|pl|pt|se|dk|fi"
LOCAL = r"(?<![\w.+'%-])[\w.+'%-]++"
EMAILS = (
    LOCAL + r"@[\w-]++(?:\.[\w-]++)++",
    # Spaced out, or with its signs in words and brackets.
    LOCAL + rf"\s{{0,2}}@\s{{0,2}}[\w-]{{1,63}}(?:\s?\.\s?[\w-]{{1,63}}){{0,2}}\s?\.\s?(?:{TLD})\b",
    LOCAL + r"\s{0,2}[(\[{]\s?(?:at|@)\s?[)\]}]\s{0,2}[\w-]{1,63}"
    r"(?:\s{0,2}(?:\.|[(\[{]\s?(?:dot|\.)\s?[)\]}]|\bdot\b)\s{0,2}[\w-]{1,63}){1,3}",
    LOCAL + r"\s{1,2}at\s{1,2}[\w-]{1,63}(?:\s{1,2}dot\s{1,2}[\w-]{1,63}){1,3}",
)
URLS = (
    r"(?:https?://|www\.)[^\s<>\"'«»“”]++",
    rf"(?<![\w@.-])(?:[a-z0-9-]++\.)+(?:{TLD})\b(?![.-]?\w)(?:[/?#][^\s<>\"'«»“”]*+)?",
    # Short links: any ending of two letters, if something stands behind it.
    r"(?<![\w@.-])[a-z0-9-]{1,63}\.[a-z]{2}/[^\s<>\"'«»“”]++",
)
START = r"(?<![\w.,/+-])"
NO_DATE = r"(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?![./-]?\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?![./-]?\d))"
GAP = r"[ ().\-/\u00a0]{0,2}"
PHONES = (
    rf"(?<![\w+])(?:\+|00)[1-9](?:{GAP}\d){{6,14}}(?!\d)",
    # National forms that begin with 0, at least nine digits.
    rf"{START}{NO_DATE}\(?0[1-9](?:{GAP}\d){{7,11}}(?!\d)",
    rf"{START}\(\d{{2,5}}\)(?:[ .-]{{0,2}}\d){{6,9}}(?!\d)",
    # North America, in groups and in one.
    START + r"(?:1[ .-])?\d{3}[ .-]\d{3}[ .-]\d{4}(?![\d-])",
    START + r"1?[2-9]\d{2}[2-9]\d{6}(?!\d)",
    # Other forms that are written in groups: Spain and Portugal, India, China.
    START + r"[5-9]\d{2} (?!000)\d{3} (?!000)\d{3}(?![ .,]?\d)",
    START + r"[6-9]\d{4} \d{5}(?!\d)",
    START + r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",
)
FIGURES = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
SPELT = (
    # Figure by figure, and in words.
    r"(?<![\d.,])0(?:[ .-]{1,2}\d){8,13}(?![ .-]?\d)",
    rf"\b(?:{FIGURES})(?:[ ,-]{{1,2}}(?:{FIGURES})){{6,14}}\b",
)
LABEL = r"\b(?:phone|telephone|tel|call|text|sms|mobile|cell|whatsapp|fax)\b[^\d\n]{0,20}"
LABELLED = LABEL + rf"{NO_DATE}\d(?:{GAP}\d){{5,14}}(?!\d)"
LABEL_ALONE = re.compile(LABEL.replace("[^", "[^+("), re.IGNORECASE)
"""What stays of a number that is found by the words before it."""
STREET = "street|avenue|boulevard|road|lane|drive|crescent|terrace|st|ave|rd|ln|dr"
STREETS = (
    # A number and one or two names before a kind of street; "2 miles of road" is none.
    rf"(?<![\w.,/+-])\d{{1,5}}[a-z]?,? (?!(?:of|the|to|in|on|per|by|a|an|or|and|is)\b)[a-z'’-]{{3,20}}"
    rf"(?: (?!(?:of|the|to|in|on|per|by|a|an|or|and|is)\b)[a-z'’-]{{3,20}})? (?:{STREET})\b\.?(?![\w-])",
    # As German, Dutch and Scandinavian addresses are written: the number comes last.
    r"(?<!\w)[a-zäöüßéè-]{2,30}(?:straße|strasse|str\.|straat|gasse|gatan|vej) ?\d{1,4}[a-z]?(?!\w)",
)
NETWORKS = "insta|instagram|snap|snapchat|discord|tiktok|telegram|signal|whatsapp|roblox|skype"
HANDLES = (
    r"(?<![\w@.])@[a-z_][\w.]{2,30}+",
    r"(?<![\w.#])[\w.]{2,32}#\d{4}(?!\w)",
    rf"\b(?:{NETWORKS})(?: (?:name|user|username|id|handle|tag))? ?[:=] ?[\w.#@-]{{3,32}}",
    # "My … is fun" names nobody; a name there has a figure or a sign in it.
    rf"\b(?:{NETWORKS})(?: (?:name|user|username|id|handle|tag))?(?: is)? (?=[\w.#@-]{{0,31}}[\d_#@])[\w.#@-]{{3,32}}",
)
REFERENCE = re.compile(r"(?:\bisbn(?:-1[03])?|\border|\binvoice|\bticket|\bref(?:erence)?|\bid|#)[\s:.#]{0,3}$", re.I)
"""What stands before a number that is not a telephone's."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", _any(*EMAILS)),
    ("url", _any(*URLS)),
    ("ssn", _any(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")),
    ("phone", _any(*PHONES, *SPELT, LABELLED)),
    ("address", _any(*STREETS)),
    ("handle", _any(*HANDLES)),
)
KINDS = tuple(kind for kind, _ in PATTERNS)


@dataclass(frozen=True, slots=True)
class Redacted:
    text: str
    found: tuple[str, ...]
    """The kinds of what was hidden."""


def redact(text: str, mark: Callable[[str], str] = lambda kind: HIDDEN) -> Redacted:
    """The text without what must not be told; in the place of each find stands the mark of its kind."""
    found: list[str] = []
    for kind, pattern in PATTERNS:

        def replace(match: re.Match[str], kind: str = kind) -> str:
            if _is_innocent(kind, match):
                return match[0]
            found.append(kind)
            label = LABEL_ALONE.match(match[0]) if kind == "phone" else None
            return (label[0] if label else "") + mark(kind)

        text = pattern.sub(replace, text)
    return Redacted(text, tuple(found))


def _is_innocent(kind: str, match: re.Match[str]) -> bool:
    if kind == "email":
        return not any(c.isalpha() for c in match[0].rpartition(".")[2])
    if kind == "phone" and not match[0].startswith("+"):
        return REFERENCE.search(match.string, max(0, match.start() - 24), match.start()) is not None
    return False
