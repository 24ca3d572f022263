"""Contact details go, what only looks like them stays, and a long text takes no longer than its length."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.app import App
from core.safety.redaction import HIDDEN, Redacted, redact

HIDE = {
    "email": """
        mia.berger@example.org
        MIA@EXAMPLE.CO.UK
        ada+test@sub.example.com
        o'neil@example.org
        jörg@münchen.de
        x_y-z%1@example-host.info
        anna (at) example (dot) org
        anna[at]example.de
        anna at example dot com
        anna @ example . com
    """,
    "url": """
        https://example.org/path?x=1#y
        HTTP://EXAMPLE.ORG
        www.example.org
        example.com
        mail.example.com
        discord.gg/abc
        t.me/mia
        youtu.be/xyz
    """,
    "ssn": """
        078-05-1120
        078 05 1120
    """,
    "phone": """
        +49 171 1234567
        +1 (555) 123-4567
        +44 (0)20 7946 0958
        +919876543210
        0041 44 668 18 00
        0171 1234567
        0171/1234567
        030-1234567
        06 12 34 56 78
        06.12.34.56.78
        020 7946 0958
        044 668 18 00
        555-123-4567
        (555) 123-4567
        (555)123-4567
        555.123.4567
        1-800-555-1234
        5552345678
        612 345 678
        98765 43210
        138 0013 8000
        (11) 91234-5678
    """,
}
LABELLED = ("my cell: 12 34 56 78", "call me at 555-1234", "whatsapp 1234567", "Tel. 12345678")
KEEP = """
    scored 85/100 on algebra
    85/100, then 90/100 and 100/100
    2026-03-02
    02.03.2026
    03/02/2026
    02-03-2026
    2026-03-02 10:30
    02.03.2026 10.30
    from 2026-03-02 to 2026-04-02
    text 2026-03-02
    ISBN 978-3-16-148410-0
    978-3-16-148410-0
    9783161484100
    ISBN 0-306-40615-2
    ISBN 0306406152
    ISBN-10: 0306406152
    order 4711081523
    invoice #2345678901
    ticket 5552345678
    3.14159265
    1,000,000 points
    1 000 000 points
    12.345.678
    10:30 - 11:45
    5 + 7 = 12
    10 20 30 40 50
    12 34 56
    2019-2026
    v2.10.3
    192.168.1.10
    x^2 + 3x - 10 = 0
    chapter 12-15
    call 911
    call me at 5.30
    at 5.30 or 6.45
    rate 5@3.5
    meet @ noon. Then we go
    I was at school. The dot is small.
    e.g. this, i.e. that
    and/or he/she
    30 km/h
    node.js is fun
    She scored 95%, he 97%.
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("kind", HIDE)
@pytest.mark.parametrize("frame", ["{}", "write to {} please", "«{}» she said.", "x {}\ny", "85/100; {} on 2026-03-02"])
def test_contact_details_are_hidden_whole(kind: str, frame: str) -> None:
    for secret in lines(HIDE[kind]):
        redacted = redact(frame.format(secret))
        assert redacted.found == (kind,), secret
        assert redacted.text == frame.format(HIDDEN), secret


@pytest.mark.parametrize("text", LABELLED)
def test_a_number_that_is_called_a_telephones_is_one(text: str) -> None:
    redacted = redact(text)
    assert redacted.found == ("phone",)
    assert not any(c.isdigit() for c in redacted.text)


@pytest.mark.parametrize("text", lines(KEEP))
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert redact(text) == Redacted(text, ())


def test_several_in_one_text_are_all_hidden() -> None:
    text = "I am mia@example.org or 0171 1234567 or 0172 7654321, see www.mia.example and 078-05-1120"
    redacted = redact(text)
    assert redacted.text == "I am [hidden] or [hidden] or [hidden], see [hidden] and [hidden]"
    assert sorted(redacted.found) == ["email", "phone", "phone", "ssn", "url"]
    assert redact("0171 1234567 0172 7654321").text == f"{HIDDEN} {HIDDEN}"


@given(
    st.lists(
        st.one_of(st.text(max_size=20), st.sampled_from([s for kind in HIDE for s in lines(HIDE[kind])] + lines(KEEP))),
        max_size=6,
    )
)
@settings(deadline=None, max_examples=200)
def test_nothing_is_left_to_hide_and_nothing_else_is_touched(parts: list[str]) -> None:
    text = " ; ".join(parts)
    once = redact(text)
    assert redact(once.text).text == once.text
    assert once.text.count(HIDDEN) == len(once.found) + text.count(HIDDEN)
    if not once.found:
        assert once.text == text


SIZE = 50_000
HEAVY = {
    "words": "lorem ipsum dolor sit amet ",
    "digits": "1",
    "digits that end in a letter": " " + "1" * 32 + "x",
    "groups of digits": "1234 ",
    "zeros": "01",
    "zeros apart": "01 ",
    "brackets": "(11) ",
    "pluses": "+1",
    "letters": "a",
    "ats": "a@",
    "ats apart": "a  @  ",
    "ats in words": "a at ",
    "ats in brackets": "a ( at ",
    "half addresses": "a at b dot ",
    "dots": "a.",
    "domains": "com.",
    "short links": "a.bc/ ",
    "labels": "call ",
    "labels with noise": "call " + "x" * 19,
    "labels with digits": "call 1-2-3-4-",
    "dashes": "1-",
    "spaces": " ",
    "quotes": "'",
    "references": "#  2345678901 ",
    "half telephones": "0171 1234567x ",
    "addresses": "mia.berger@example.org ",
}


@pytest.mark.parametrize("name", HEAVY)
def test_fifty_kilobytes_take_a_moment_whatever_they_hold(name: str) -> None:
    def seconds(size: int) -> float:
        text = (HEAVY[name] * size)[:size]
        times = []
        for _ in range(3):
            # The processor's time, not the clock's: what else goes on here must not decide.
            began = process_time()
            redact(text)
            times.append(process_time() - began)
        return min(times)

    small, large = seconds(SIZE // 5), seconds(SIZE)
    assert large < 0.5
    # Five times the text, five times the time; a quadratic pattern would take twenty-five.
    assert large < 15 * max(small, 0.001)


def test_the_gate_is_where_texts_pass(app: App) -> None:
    assert app.gate.clean("write to mia@example.org").text == "write to [hidden]"
