"""What a room decides without asking anybody: what of a message goes out, what is held, who leads a challenge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.safety.redaction import redact
from core.social.chat import holds
from core.social.rules import LONGEST, WORDS, Standing, clean, judge, ranked, winner

few = settings(max_examples=50, deadline=None)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

CLEANED = {
    "  hello   there \n\n\n\n friend ": "hello there\n\nfriend",
    "\u202egnp.exe": "gnp.exe",
    "a\u200bb\u200cc\ufeffd": "abcd",
    "e\u0301": "é",
    "Z\u0351\u036b\u0343\u0301 algo": "Z\u0351\u036b algo",
    "０１７１ ２３４": "0171 234",
    "x² + y₁": "x² + y₁",
    "𝐥𝐨𝐬𝐞𝐫": "loser",
    "👩\u200d🚀 hi": "👩\u200d🚀 hi",
    "k\u200dy\u200ds": "kys",
    "\t\r\n\u2028": "",
}
HELD = {
    "unkind": (
        "you are an idiot",
        "IDIOTS everywhere",
        "you l o s e r",
        "l.o.s.e.r",
        "what a l0ser",
        "LOOOOOSER".replace("OOOOO", "O"),
        "stuuuuupid".replace("uuuuu", "u"),
        "just shut up please",
        "🙂 kys 🙂",
        "fück you",
    ),
    "worry": ("sometimes I want to die", "I will hurt myself"),
    "private": ("where do you live?", "What’s your address", "send me a pic", "Don't tell anyone", "how old are you"),
}
FINE = (
    "Anyone up for fractions?",
    "I keep flipping the sign the wrong way",
    "the retarding force in physics",
    "x = -3, so f(x) > 0 for 1 < x < 5",
    "Scunthorpe won 3:2",
    "We lost the game, losing is fine",
    "That was hard but I did it!!!",
    "I live near the school, where do we meet the others?",
)


@pytest.mark.req("CO-5", "SEC-3")
def test_what_nobody_sees_is_taken_out_and_what_counts_stays() -> None:
    for given_text, wanted in CLEANED.items():
        assert clean(given_text) == wanted, ascii(given_text)


@few
@given(st.text(max_size=700))
def test_cleaning_is_done_once_and_for_all(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\0" not in once
    found = redact(once, lambda kind: f"[{WORDS[kind]} hidden]")
    judge(found.text, holds())


@pytest.mark.req("CO-5", "TS-7")
def test_what_hurts_worries_or_asks_for_what_is_private_is_held() -> None:
    for reason, texts in HELD.items():
        for text in texts:
            assert judge(clean(text), holds()).reason == reason, text
    for text in FINE:
        assert judge(clean(text), holds()).reason is None, text


@pytest.mark.req("CO-5")
def test_walls_and_repetitions_are_held() -> None:
    assert judge("A" * 200, holds()).reason == "wall"
    assert judge("WHY DOES NOBODY HERE EVER ANSWER ME WHEN I ASK SOMETHING THAT MATTERS TO ME SO MUCH", holds()).reason
    assert judge("x" * 130, holds()).reason == "wall"
    assert judge("\n".join("abcdefghijklmnopqrstuvwxyz"), holds()).reason == "wall"
    assert judge("Hello!", holds(), ["hello!", "other"]).reason is None
    assert judge("Hello!", holds(), ["hello!", "HELLO!", "other"]).reason == "repeated"


@pytest.mark.parametrize("unit", ["a ", "l.o.s.e.r ", "where do you ", "\u0301", "0171 ", "[", "aA1!"])
def test_nothing_takes_longer_than_its_length(unit: str) -> None:
    began = process_time()
    text = clean(unit * (2000 // len(unit)))
    judge(redact(text).text[: LONGEST * 4], holds(), [text] * 20)
    assert process_time() - began < 1.0


scores = st.one_of(st.none(), st.integers(0, 10_000))
entries = st.lists(st.tuples(st.integers(1, 12), scores, st.integers(0, 5)), unique_by=lambda e: e[0], max_size=8)


@few
@given(entries)
def test_ranks_follow_results_and_the_first_of_the_best_wins(given_entries: list[tuple[int, int | None, int]]) -> None:
    standings = [
        Standing(UUID(int=who), score, None if score is None else NOON + timedelta(seconds=late))
        for who, score, late in given_entries
    ]
    done = ranked(standings)
    assert [rank for rank, _ in done] == sorted(rank or 0 for rank, _ in done)
    for rank, one in done:
        assert rank == 1 + sum((other.score or 0) > (one.score or 0) for _, other in done)
    best = winner(standings)
    results = [one for one in standings if one.score is not None]
    if len(results) < 2:
        assert best is None
    else:
        key = min((-(one.score or 0), one.reached_at or NOON, one.user_id) for one in results)
        assert best == key[2]
