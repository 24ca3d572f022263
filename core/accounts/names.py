"""What somebody is called in front of others. Pure.

Adults choose. A minor is called by a nickname that gives nothing away, else by the first name where it can surely be
told from the rest, else after the animal of their avatar: `Fox 3`. A name that is one word may be the whole name, and
so may a login, an address, and a name in a script that puts the family first. What is doubtful is not shown.
"""

from __future__ import annotations

import re
import unicodedata

from core.accounts.rules import Band

LONGEST = 60
DIGITS = 5
"""So many in a nickname may be a telephone number, an address or a birthday."""
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
"""What may follow a comma without being a first name."""
CONTACT = re.compile(r"@|://|\bwww\.", re.IGNORECASE)

_FAMILY_FIRST = ("CJK ", "HANGUL ", "HIRAGANA ", "KATAKANA", "BOPOMOFO ", "THAI ", "LAO ", "KHMER ", "MYANMAR ", "YI ")
"""Scripts, by how Unicode calls their letters, whose names put the family first or know no spaces."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that look like nothing."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_LOOKS = {
    "a": "4αа",
    "b": "8βв",
    "e": "3€εе",
    "g": "69",
    "h": "н",
    "i": "1!|lıιіј",
    "k": "κк",
    "m": "м",
    "n": "η",
    "o": "0øοо",
    "p": "ρр",
    "s": "5$ѕ",
    "t": "7τт",
    "x": "χх",
    "y": "υу",
    "c": "с",
    "d": "đ",
    "v": "ν",
    "z": "2",
}
_ALIKE = str.maketrans({look: letter for letter, looks in _LOOKS.items() for look in looks} | {"ł": "i", "æ": "ae"})
"""Figures, signs and letters of other alphabets that are read as a Latin letter; `l`, `1` and `i` are one."""


def public_name(name: str, nickname: str | None, band: Band, avatar: str) -> str:
    """What others read."""
    chosen = (nickname or "").strip()
    if band == "adult":
        return (chosen or name.strip())[:LONGEST]
    chosen = visible(chosen)
    if chosen and not gives_away(chosen, name):
        return chosen[:LONGEST].rstrip()
    return first_name_of(name) or animal_name(avatar)


def animal_name(avatar: str) -> str:
    """`Fox 3` for the avatar `fox-3`."""
    animal, _, ground = avatar.partition("-")
    return f"{animal.capitalize()} {ground}".rstrip()


def first_name_of(name: str) -> str:
    """The first name in `Ada Byron`, `Byron, Ada` and `Ada Byron, Jr.`; empty where it may be more than that."""
    plain = unicodedata.normalize("NFKC", name)
    if CONTACT.search(plain) or any(_family_first(c) for c in plain):
        return ""
    before, _, after = plain.partition(",")
    family, given = words_of(before), words_of(after)
    firsts = [word for word in given if word.strip(".").casefold() not in SUFFIXES]
    # What stands alone before a comma is a family name, whatever follows.
    words = firsts or (family if len(family) > 1 or "," not in plain else [])
    first = words[0] if words else ""
    return first[:LONGEST] if first and _is_sure(first, [*family, *given]) else ""


def _is_sure(first: str, words: list[str]) -> bool:
    """Whether a word is a first name and no more: not a whole name in one, nor a family name in capitals."""
    rest = [word for word in words if word != first]
    if not rest:
        return first[0].isalpha() and not first[0].islower() and not _capitals(first[1:])
    if any(len(_plain(word)) > 2 and _plain(word) in _plain(first) for word in rest):
        return False
    if _INITIALS.fullmatch(first) or not _capitals(first[1:]):
        return True
    return first == first.upper() and all(word == word.upper() for word in rest)


def gives_away(nickname: str, name: str) -> bool:
    """Whether a nickname is a way to reach somebody, or holds more of the name than the first, however it is written.

    Where the first name cannot be told, every part of the name may be the family's, and so may parts of its words.
    """
    text = unicodedata.normalize("NFKC", nickname)
    if CONTACT.search(text) or sum(c.isnumeric() for c in text) >= DIGITS:
        return True
    whole = unicodedata.normalize("NFKC", name)
    if any(c in text for c in whole if _family_first(c)):
        return True
    first = first_name_of(name)
    rest = [word for word in words_of(whole) if word[:LONGEST] != first]
    if any(_told(word, text) for word in rest):
        return True
    doubtful = "" if first else _skeleton(whole)
    return any(len(part := _skeleton(word)) > 2 and part in doubtful for word in (text, *words_of(text)))


def visible(text: str) -> str:
    """The text without what nobody sees; empty when nothing is left to read."""
    seen = "".join(" " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or unicodedata.category(c)[0] != "C")
    marks = (c for c in seen if unicodedata.category(c)[0] in "LNPS" and c not in _BLANK)
    return " ".join(seen.split()) if any(marks) else ""


def words_of(text: str) -> list[str]:
    """The words of a name: whatever is not a letter stands between two of them, but for the dots of initials."""
    found: list[str] = []
    for part in re.split(r"\s+|,", text):
        if _INITIALS.fullmatch(part):
            found.append(part)
            continue
        letters = "".join(c if unicodedata.category(c)[0] in "LM" and c not in _BLANK else " " for c in part)
        found += letters.split()
    return found


def _told(part: str, text: str) -> bool:
    plain = _plain(part)
    if len(plain) < 2:
        # A single letter says nothing unless it stands alone.
        return plain in map(_plain, words_of(text))
    if plain in _plain(text):
        return True
    if _looks(part) in _looks(text):
        return True
    spelled = {_skeleton(part), _skeleton(_spelled_out(part))}
    return any(len(one) > 2 and one in _skeleton(text) for one in spelled)


def _spelled_out(text: str) -> str:
    """Umlauts as those write them who have none: `Mueller`."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return composed.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("å", "aa").replace("ø", "oe")


def _looks(text: str) -> str:
    """What a reader takes a text for: look-alikes as one letter."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_ALIKE)
    return "".join(c for c in folded if c.isalnum())


def _skeleton(text: str) -> str:
    """The same with doubled letters as one."""
    return re.sub(r"(.)\1+", r"\1", _looks(text))


def _plain(text: str) -> str:
    """Letters and digits alone, without case, accents and styles."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in folded if c.isalnum())


def _capitals(text: str) -> bool:
    return any(unicodedata.category(c) in ("Lu", "Lt") for c in text)


def _family_first(char: str) -> bool:
    return char > "\u0dff" and unicodedata.name(char, "").startswith(_FAMILY_FIRST)
