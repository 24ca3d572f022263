"""Log lines: JSON, one each, with a request and a pseudonym, and never with anything that opens a door."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_secret
from core.logging_setup import BLANK, REQUEST_ID, WHO, JsonFormatter, configure, pseudonym, redact
from core.principal import NOBODY, Principal

TOKEN = jwt.encode({"sub": "x", "aud": ["socket"]}, "a-secret-of-enough-length-0123456789", algorithm="HS256")
KEY = "key_Ku_ZfrN-3WM0Fz2ZJQwL4mHQu5iGJvn1"
TICKET = "enter_fzXctKk3PXmE7U1gSqi_m6UA2dyvi0fh"


class Lines:
    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.log = logging.getLogger("tests.lines")

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text.splitlines()[-1])
        return found


@pytest.fixture
def lines() -> Iterator[Lines]:
    made = Lines()
    handler = logging.StreamHandler(made.stream)
    handler.setFormatter(JsonFormatter())
    made.log.addHandler(handler)
    made.log.setLevel("DEBUG")
    made.log.propagate = False
    yield made
    made.log.removeHandler(handler)
    made.log.propagate = True


def test_a_line_is_one_object(lines: Lines) -> None:
    lines.log.info("two\nlines of %s", "text", extra={"route": "/x", "ms": 1.5, "odd": object, "none": None})
    assert len(lines.text.splitlines()) == 1
    assert lines.last["message"] == "two\nlines of text"
    assert (lines.last["level"], lines.last["logger"], lines.last["ms"]) == ("INFO", "tests.lines", 1.5)
    assert lines.last["time"].endswith("+00:00")
    assert "request_id" not in lines.last


def test_a_line_says_which_request_and_who_under_another_name(lines: Lines) -> None:
    REQUEST_ID.set("r-1")
    WHO.set("person-abc")
    try:
        lines.log.info("x")
        assert (lines.last["request_id"], lines.last["who"]) == ("r-1", "person-abc")
    finally:
        REQUEST_ID.set("")
        WHO.set("")


@pytest.mark.parametrize(("message", "args"), [("%d of %d", ("x",)), ("a lone surrogate %c", (0xD800,))])
def test_a_line_that_cannot_be_written_as_it_is_is_still_a_line(message: str, args: tuple[object]) -> None:
    # Not logged for real: the test runner's own handler would fail on these.
    record = logging.makeLogRecord({"msg": message, "args": args, "levelname": "INFO"})
    line = JsonFormatter().format(record)
    assert json.loads(line)["message"].startswith(message[:8])


def test_exceptions_are_told_without_their_secrets(lines: Lines) -> None:
    try:
        raise RuntimeError(f"cannot open /socket/websocket?token={TOKEN}&vsn=2.0.0 with {KEY}")
    except RuntimeError:
        lines.log.exception("failed")
    assert "RuntimeError" in lines.last["exception"]
    assert TOKEN not in lines.text
    assert KEY not in lines.text


SPOKEN = [
    f"GET /socket/websocket?token={TOKEN}&vsn=2.0.0",
    f"GET /socket/websocket?vsn=2.0.0&token={TOKEN}",
    f"GET /x?access_token={TOKEN}",
    f"GET /x?userToken={TOKEN}#f",
    f"GET /x?next=%2Fa%3Ftoken%3D{TOKEN}",
    f"Authorization: Bearer {TOKEN}",
    f"authorization: bearer {KEY}",
    f"{{'Authorization': 'Bearer {KEY}'}}",
    f'{{"api_key": "{KEY}", "name": "x"}}',
    f"Cookie: a=b; tandem={TOKEN}; c=d",
    f"Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.{TOKEN.encode().hex()}",
    f"https://live.example/enter/{TICKET}?next=/",
    f"the token {TOKEN} alone",
    f"half of it {TOKEN[:40]}",
    f"the key {KEY} alone",
    f"ticket={TICKET}",
    f"TANDEM_SECRET_KEY={KEY}",
]


def test_secrets_of_every_prefix_are_known_by_their_look() -> None:
    for prefix in ("key", "enter"):
        secret = new_secret(prefix)
        assert secret not in redact(f"what is {secret} here")


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("text", SPOKEN, ids=range(len(SPOKEN)))
def test_no_secret_survives_however_it_is_said(lines: Lines, text: str) -> None:
    lines.log.info(text)
    lines.log.info("%s", text)
    lines.log.info("x", extra={"detail": text})
    lines.log.info("x", extra={"detail": {"inner": text}})
    for secret in (TOKEN, TOKEN.split(".")[2], KEY, TICKET, TOKEN.encode().hex(), TOKEN[:40]):
        assert secret not in lines.text
    assert BLANK in lines.text


@pytest.mark.parametrize("name", ["token", "api_key", "password", "authorization", "client_secret"])
def test_an_extra_that_is_a_secret_by_its_name_is_blanked(lines: Lines, name: str) -> None:
    lines.log.info("x", extra={name: "plainword"})
    assert lines.last[name] == BLANK


def test_addresses_lose_their_passwords_only() -> None:
    assert redact("postgresql://tandem:hunter2@db/tandem") == f"postgresql://tandem:{BLANK}@db/tandem"
    assert redact("redis://:hunter2@cache:6379/0") == f"redis://:{BLANK}@cache:6379/0"
    assert redact("https://live.example/a:b") == "https://live.example/a:b"


def test_values_that_the_database_quotes_are_blanked(lines: Lines) -> None:
    lines.log.info(
        "[SQL: INSERT INTO users (name) VALUES ($1)]\n[parameters: ('Ada Byron', 'x')]\n"
        "invalid input for query argument $2: {'name': 'Ada Byron'} ('dict' object has no attribute 'encode')\n"
        "DETAIL:  Key (name)=(Ada Byron) already exists."
    )
    assert "Ada" not in lines.text
    assert "INSERT INTO users" in lines.last["message"]


@pytest.mark.parametrize(
    "text",
    [
        "the relay could not read the log",
        "GET /api/v1/people/{external_id} 200 1.5ms",
        "17 tokens made, 3 keys listed, ticketing is quick",
        "at 2026-03-02T12:00:00.000+00:00",
        "topic activity:subject:math",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=300))
def test_redaction_takes_any_text_and_is_final(text: str) -> None:
    once = redact(text)
    assert redact(once).count(BLANK) >= once.count(BLANK)


# fmt: off
PIECES = (

    "a",
    "token",
    "token=",
    "token-",
    "a:",
    "://",
    "://a:",
    "://a:b",
    "Bearer ",
    "eyJ",
    "eyJ.",
    "cookie:",
    "key_",
    "key_-",
    "-",
    " ",
)


@pytest.mark.parametrize("piece", PIECES)
def test_redaction_takes_time_in_proportion(piece: str) -> None:
    """Four times the text may take four times as long; sixteen times would be a way to stop a node."""
    redact(piece)
    short, long = (min(_seconds(piece * (n // len(piece))) for _ in range(3)) for n in (4_000, 16_000))
    assert long < 0.05 or long < 8 * short


def _seconds(text: str) -> float:
    started = time.perf_counter()
    redact(text)
    return time.perf_counter() - started


def test_a_pseudonym_means_nothing_elsewhere() -> None:
    person = Principal(kind="person", id=UUID(int=5), name="Ada")
    one, other = pseudonym("secret-one", person), pseudonym("secret-two", person)
    assert one == pseudonym("secret-one", person) != other
    assert one.startswith("person-")
    assert "Ada" not in one
    assert pseudonym("secret", NOBODY) == "nobody"


def test_one_handler_for_everything() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        configure("warning", stream)
        configure("warning", stream)
        logging.getLogger("tornado.access").warning("404 GET /api/v1/people/somebody")
        logging.getLogger("any.where").info("quiet")
        logging.getLogger("any.where").warning("token=%s", TOKEN)
        assert len(stream.getvalue().splitlines()) == 1
        assert TOKEN not in stream.getvalue()
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)
