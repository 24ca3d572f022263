"""Ids rise with time and have one spelling; secrets are long and of their own."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id, new_secret, parse_id


def test_ids_are_uuids_of_version_7_that_rise_with_time() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(2000)]
    after = time.time_ns() // 1_000_000
    assert {id.version for id in made} == {7}
    assert {id.variant for id in made} == {uuid4().variant}
    stamps = [id.int >> 80 for id in made]
    assert stamps == sorted(stamps)
    assert before <= stamps[0]
    assert stamps[-1] <= after
    assert len(set(made)) == len(made)


def test_ids_of_one_moment_tell_nothing_of_each_other() -> None:
    tails = [id.int & ((1 << 62) - 1) for id in (new_id() for _ in range(64))]
    for bit in range(62):
        share = sum(tail >> bit & 1 for tail in tails)
        assert 0 < share < 64, "every bit of the tail is random"


@given(st.uuids())
def test_an_id_is_read_in_its_one_spelling_whatever_its_case(id: UUID) -> None:
    assert parse_id(str(id)) == id
    assert parse_id(str(id).upper()) == id
    assert parse_id(id) is id


KNOWN = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        7,
        b"01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e",
        KNOWN.replace("-", ""),
        "{" + KNOWN + "}",
        "urn:uuid:" + KNOWN,
        KNOWN + " ",
        " " + KNOWN[:-1],
        KNOWN.replace("-", "") + "----",
        "-" + KNOWN.replace("-", "", 1),
        "{" + KNOWN.replace("-", "", 2) + "}",
        KNOWN.replace("0", "０", 1),
        KNOWN.replace("936f", "9_6f"),
        KNOWN.replace("e", "g"),
        "../../../../../../etc/passwd-xxxxxxx",
    ],
)
def test_anything_else_is_nobody_s_id(text: object) -> None:
    assert parse_id(text) is None


@given(st.text(min_size=36, max_size=36))
def test_no_text_of_an_id_s_length_trips_it(text: str) -> None:
    found = parse_id(text)
    assert found is None or str(found) == text.lower()


def test_secrets_say_what_they_open_and_nothing_else() -> None:
    made = {new_secret("enter") for _ in range(1000)}
    assert len(made) == 1000
    assert all(secret.startswith("enter_") and len(secret) == 38 for secret in made)
