"""Decisions of a cohort's room: what of a message goes out, what a person looks at first, who leads a challenge. Pure.

A message is cleaned before it is measured, so that nothing invisible counts and nothing can be spelt around a rule.
What is held is held for a reason that staff read; its writer is told only that a person looks at it first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

LONGEST: Final = 500
"""Characters of a message."""
BURST, BURST_WITHIN = 5, timedelta(seconds=10)
"""So many messages of one person in so short a time; the next one waits."""
ENOUGH_REPORTS = 2
"""So many people have to ask before a message goes out of sight until staff have looked."""
CHALLENGE_LASTS = timedelta(hours=24)
CHALLENGES_EACH, CHALLENGES_AT_ONCE = 3, 12
"""Open challenges of one person, and of a cohort."""
TO_WIN = 2
"""Results that it takes for somebody to have won."""

WORDS: Final[Mapping[str, str]] = {
    "email": "e-mail",
    "url": "link",
    "ssn": "number",
    "phone": "number",
    "address": "address",
    "handle": "name",
}
"""What is said to have been hidden, by the kind of what was found."""

INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
JOINER = "\u200d"
"""Holds the parts of one picture together: between letters it is let go like the rest."""
LETTERS_APART = re.compile(r"(?<!\w)(?:\w[ ._*-]){2,}\w(?!\w)")
SAME = re.compile(r"(.)\1{3,}")
STOOD_IN = str.maketrans("013457@$!", "oieastasi")


def clean(text: str) -> str:
    """A message without what nobody sees: one form for each letter, no controls, no walls of empty lines."""
    plain = unicodedata.normalize("NFC", _narrow(text))
    kept = [letter for n, letter in enumerate(plain) if _visible(plain, n)]
    lines = [" ".join(line.split()) for line in "".join(kept).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _narrow(text: str) -> str:
    """Letters and figures of full width, or made for formulas, as everybody writes them; what is raised stays."""
    other = [c for c in set(text) if "\uff01" <= c <= "\uff5e" or "\U0001d400" <= c <= "\U0001d7ff"]
    return text.translate({ord(c): unicodedata.normalize("NFKC", c) for c in other})


def _visible(text: str, at: int) -> bool:
    letter = text[at]
    if letter == JOINER:
        return at > 0 and at + 1 < len(text) and not (text[at - 1].isalnum() or text[at + 1].isalnum())
    # More than two marks on one letter are no language.
    piled = unicodedata.combining(letter) and at > 1 and all(unicodedata.combining(c) for c in text[at - 2 : at])
    return letter == "\n" or not (piled or unicodedata.category(letter) in INVISIBLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a message goes out at once, or why a person looks at it first."""

    reason: str | None = None


def judge(text: str, holds: Mapping[str, re.Pattern[str]], lately: Collection[str] = ()) -> Verdict:
    """`text` as others would read it; `lately` is what the same person said in the last minutes."""
    flat = _flat(text)
    for reason, pattern in holds.items():
        if pattern.search(flat):
            return Verdict(reason)
    if sum(_flat(said) == flat for said in lately) >= 2:
        return Verdict("repeated")
    return Verdict("wall" if _is_wall(text) else None)


def _flat(text: str) -> str:
    """As words are compared: small letters, no accents, figures that stand for letters, l e t t e r s put together."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = LETTERS_APART.sub(lambda found: re.sub(r"[ ._*-]", "", found[0]), plain)
    stood = re.sub(r"(?<=[a-z])[013457@$!](?=[a-z])", lambda found: found[0].translate(STOOD_IN), plain)
    return " ".join(re.sub(r"(.)\1{2,}", r"\1\1", stood).split())


def _is_wall(text: str) -> bool:
    """A wall of one sign, of capitals, or of lines, rather than words."""
    letters = [c for c in text if c.isalpha()]
    if len(text) >= 40 and sum(len(m[0]) for m in SAME.finditer(text)) > len(text) / 2:
        return True
    if len(letters) >= 60 and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        return True
    return text.count("\n") > 20 or max(map(len, text.split()), default=0) > 120


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these, as whole words; a star at the end stands for the rest of a word."""
    parts = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


# --- challenges


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in a challenge: their best result in hundredths, and when they had reached it."""

    user_id: UUID
    score: int | None = None
    reached_at: datetime | None = None


def ranked(entries: Iterable[Standing]) -> list[tuple[int | None, Standing]]:
    """Best first, with ranks; equal scores share one. Who has no result yet stands last, without a rank."""
    done = sorted((e for e in entries if e.score is not None), key=lambda e: (-(e.score or 0), e.reached_at, e.user_id))
    scores = [e.score for e in done]
    return [(scores.index(e.score) + 1, e) for e in done]


def waiting(entries: Iterable[Standing]) -> list[Standing]:
    return sorted((e for e in entries if e.score is None), key=lambda e: e.user_id)


def winner(entries: Sequence[Standing]) -> UUID | None:
    """Who has won when the time is over: of equals the first. Alone nobody wins."""
    done = ranked(entries)
    return done[0][1].user_id if len(done) >= TO_WIN else None
