"""What minors are called: never by more than a first name, whatever the host sends and however somebody hides it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.accounts.names import SUFFIXES, first_name_of, public_name, visible
from core.accounts.rules import Band

MINORS: tuple[Band, ...] = ("child", "teen")
FOX = "fox-3"
LETTERS = "abcdefghijklmnopqrstuvwxyzéüñçøßłžжαω"
NAMES = st.text(LETTERS, min_size=3, max_size=12).map(str.capitalize)
HIDINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.swapcase,
    ".".join,
    " ".join,
    lambda name: f"xx{name}99",
    lambda name: unicodedata.normalize("NFD", name),
    "\u200b".join,
    lambda name: "".join(chr(ord(c) + 0xFEE0) if "a" <= c.lower() <= "z" and c.isascii() else c for c in name),
    lambda name: name.casefold().translate(str.maketrans("oieastg", "013457" + "9")),
    lambda name: name.casefold().translate(str.maketrans("aeopcyxi", "аеорсухі")),
    lambda name: "".join(c * 2 for c in name),
)


def bare(text: str) -> str:
    """How a name sounds: its letters alone, without case and accents. Written apart from the rule that is tested."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if unicodedata.category(c)[0] in "LN")


@pytest.mark.req("CP-12")
@given(NAMES, st.lists(NAMES, min_size=1, max_size=3), st.sampled_from(MINORS), st.sampled_from(HIDINGS), st.data())
@settings(deadline=None, max_examples=300)
def test_no_minor_shows_a_family_name(
    first: str, rest: list[str], band: Band, hide: Callable[[str], str], data: st.DataObject
) -> None:
    secret = data.draw(st.sampled_from(rest))
    assume(first.casefold() not in SUFFIXES and not any(bare(part) in bare(first) for part in rest))
    assume(first[1:] == first[1:].lower() and not any(part.casefold() in SUFFIXES for part in rest))
    for name in (" ".join([first, *rest]), f"{' '.join(rest)}, {first}", f"  {first}\t{'  '.join(rest)} "):
        shown = public_name(name, hide(secret), band, FOX)
        assert shown == unicodedata.normalize("NFKC", first)
        assert not any(bare(part) in bare(shown) for part in rest)


@pytest.mark.req("CP-12")
@given(
    NAMES, NAMES, st.sampled_from(("", "-", "·", "/", "+", "|", "_", "\u200b", "\u2060", "\xad", "'", "7", "—", "&"))
)
@settings(deadline=None, max_examples=300)
@example("Lena", "Fischer", "")
@example("Lena", "Fischer", "\u200b")
def test_two_names_in_one_word_are_never_shown_as_one(first: str, family: str, joiner: str) -> None:
    assume(bare(family) not in bare(first))
    for name in (f"{first}{joiner}{family}", f"{first}{joiner}{family} Maria"):
        for band in MINORS:
            assert bare(family) not in bare(public_name(name, None, band, FOX))


@pytest.mark.req("CP-12")
@pytest.mark.parametrize(
    ("name", "nickname", "shown"),
    [
        ("Mia Berger", None, "Mia"),
        ("Mia Berger", "", "Mia"),
        ("Mia Berger", "   ", "Mia"),
        ("Mia Berger", "Starlight", "Starlight"),
        ("Mia Berger", "MiaB", "MiaB"),
        ("Mia Berger", "miaberger7", "Mia"),
        ("Mia Berger", "B.e.r.g.e.r", "Mia"),
        ("Mia Müller", "Muller!", "Mia"),
        ("Mia Müller", "mueller", "Mia"),
        ("Ada Lovelace-Byron", "Byronette", "Ada"),
        ("Berger, Mia", None, "Mia"),
        ("Berger, Jr., Mia", None, "Mia"),
        ("Mia Berger, Jr.", None, "Mia"),
        ("Berger, Jr.", None, "Fox 3"),
        ("Berger,", None, "Fox 3"),
        ("J.R. Berger", None, "J.R."),
        ("Jean-Luc Berger", None, "Jean"),
        ("Xi O", "Xo", "Xo"),
        ("Xi O", "Xi O", "Xi"),
        ("Mia", "Mia", "Mia"),
        ("MIA BERGER", None, "MIA"),
        ("mia berger", None, "mia"),
        ("Žofie", None, "Žofie"),
        # One word may be all there is.
        ("李明", None, "Fox 3"),
        ("李 明", None, "Fox 3"),
        ("김민수", None, "Fox 3"),
        ("김민수".encode().decode(), "민수", "Fox 3"),
        ("やまだはなこ", None, "Fox 3"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", None, "Fox 3"),
        ("สมชายใจดี", None, "Fox 3"),
        ("李明", "李小明", "Fox 3"),
        ("李明", "Starlight", "Starlight"),
        ("LenaFischer", None, "Fox 3"),
        ("LenaFischer", "Fischer99", "Fox 3"),
        ("LenaFischer", "LenaFischer", "Fox 3"),
        ("𝐋𝐞𝐧𝐚𝐅𝐢𝐬𝐜𝐡𝐞𝐫", None, "Fox 3"),
        ("LENAFISCHER", None, "Fox 3"),
        ("lenafischer", None, "Fox 3"),
        ("FISCHER Lena", None, "Fox 3"),
        ("Lenafischer Fischer", None, "Fox 3"),
        ("Lena-Fischer", None, "Lena"),
        ("Lena·Fischer", None, "Lena"),
        ("Lena/Fischer", None, "Lena"),
        ("Lena\u200bFischer", None, "Lena"),
        ("lena_fischer", None, "lena"),
        ("lena.fischer@example.org", None, "Fox 3"),
        ("fischer.lena@example.org", None, "Fox 3"),
        ("lenafischer@example.org", None, "Fox 3"),
        ("\u200b\u3164", None, "Fox 3"),
        # Nicknames.
        ("Lena Fischer", "Lena F1scher", "Lena"),
        ("Lena Fischer", "L3na Fi5ch3r", "Lena"),
        ("Lena Fischer", "Fіѕсhеr", "Lena"),
        ("Lena Fischer", "Fisscher", "Lena"),
        ("Aab Aaa", "444", "Aab"),
        ("Lena Fischer", "F\u00adi\u200bscher", "Lena"),
        ("Lena Fischer", "call 079 123 45 67", "Lena"),
        ("Lena Fischer", "٠٧٩١٢٣٤", "Lena"),
        ("Lena Fischer", "lena@example.org", "Lena"),
        ("Lena Fischer", "lena＠example.org", "Lena"),
        ("Lena Fischer", "www.example.org/lena", "Lena"),
        ("Lena Fischer", "\u200b\u2060\ufeff", "Lena"),
        ("Lena Fischer", "\u3164", "Lena"),
        ("Lena Fischer", "Sky\u202e\u200bfox\x07", "Skyfox"),
        ("Lena Fischer", "Sky 2014", "Sky 2014"),
    ],
)
def test_names_of_minors_as_they_come(name: str, nickname: str | None, shown: str) -> None:
    for band in MINORS:
        assert public_name(name, nickname, band, FOX) == shown


HOSTILE = ("<script>alert(1)</script>", "'; DROP TABLE users; --", "{{7*7}}${7*7}", "%s%n%x", "Robert\\u0027")


@pytest.mark.req("CP-12")
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_the_text_it_is(text: str) -> None:
    assert public_name(text, None, "adult", FOX) == text
    for band in (*MINORS, "adult"):
        assert public_name("Mia Berger", text, band, FOX) == text


@pytest.mark.req("CP-12")
@given(st.text(max_size=200), st.one_of(st.none(), st.text(max_size=100)), st.sampled_from((*MINORS, "adult")))
@settings(deadline=None, max_examples=300)
def test_any_name_gives_a_public_one_that_fits(name: str, nickname: str | None, band: Band) -> None:
    assume(name.strip())
    shown = public_name(name, nickname, band, FOX)
    assert 0 < len(shown) <= 60
    if band == "adult":
        return
    # Nothing is made up, and nothing is there that nobody sees.
    assert shown in (first_name_of(name) or "Fox 3", visible(nickname or "")[:60].rstrip())
    assert not any(unicodedata.category(c)[0] == "C" for c in shown)
    assert len(first_name_of(name)) <= 60
