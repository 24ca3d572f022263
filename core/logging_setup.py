"""Logs as JSON, one object a line, with the request and a pseudonym of who asked, and with no secret in them.

Whatever a line is made of (message, arguments, extras, tracebacks), tokens, keys, cookies and passwords in it are
blanked as the very last step, so that a new line somewhere cannot forget to. People appear as a keyed hash that only
this installation can join to a person, never by name, mail address or id.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

from core.principal import Principal

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
WHO: ContextVar[str] = ContextVar("who", default="")

BLANK = "[redacted]"
LONGEST = 16_000

# Every repetition is bounded, so that a long line takes time in proportion to its length and no more.
SECRETS = (
    # Query parameters, form fields, JSON members and keyword arguments whose name says what they hold.
    re.compile(
        r"(?i)(?P<keep>(?:token|secret|passw(?:or)?d|api[_-]?key|ticket|authorization|signature|credential)"
        r"[\w-]{0,32}[\"']?\s{0,4}(?:=|:|%3D)\s{0,4}[\"']?(?:(?:bearer|basic)\s{1,4})?)(?P<blank>[^\s\"'&,;}\])]+)"
    ),
    re.compile(r"(?i)(?P<keep>\b(?:bearer|basic)\s{1,4})(?P<blank>[\w.~+/=-]{8,})"),
    re.compile(r"(?i)(?P<keep>\b(?:set-)?cookie[\"']?\s{0,4}[:=]\s{0,4})(?P<blank>[^\r\n]+)"),
    # A password inside an address: scheme://name:password@host.
    re.compile(r"(?P<keep>://[^\s:/@]{0,100}:)(?P<blank>[^\s@/]{1,300})(?=@)"),
    # A JWT, wherever it stands and however much of it was cut off; and how the phoenix client packs one up.
    re.compile(r"(?P<keep>)(?P<blank>\beyJ[\w-]{8,}(?:\.[\w-]*){0,2})"),
    re.compile(r"(?P<keep>base64url\.bearer\.phx\.)(?P<blank>[\w-]+)"),
    # Our own keys and tickets: a short prefix and a long random rest.
    re.compile(r"(?P<keep>\b(?:tandem|tk|key|ticket|enter|demo|join)_)(?P<blank>[\w-]{16,})"),
    re.compile(r"(?P<keep>/enter/)(?P<blank>[^\s/?#\"']+)"),
    # What the database and its driver quote of the values they were given: people's data.
    re.compile(r"(?P<keep>\[parameters: )(?P<blank>[^\n]+)"),
    re.compile(r"(?P<keep>invalid input for query argument \$\d+: )(?P<blank>[^\n]+)"),
    re.compile(r"(?P<keep>DETAIL: +)(?P<blank>[^\n]+)"),
)

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def redact(text: str) -> str:
    """The text with everything blanked that opens a door."""
    for pattern in SECRETS:
        text = pattern.sub(lambda found: found["keep"] + BLANK, text)
    return text


def pseudonym(secret: str, principal: Principal) -> str:
    """A name for log lines that means nothing outside this installation."""
    if principal.id is None:
        return principal.kind
    digest = hmac.new(secret.encode(), principal.id.bytes, hashlib.sha256).hexdigest()
    return f"{principal.kind}-{digest[:12]}"


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        line |= {name: var.get() for name, var in (("request_id", REQUEST_ID), ("who", WHO)) if var.get()}
        line |= {name: _plain(value) for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = self.formatException(record.exc_info)
        clean = {name: _clean(name, value) for name, value in line.items()}
        return msgspec.json.encode(clean).decode()


def _plain(value: object) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _message(record: logging.LogRecord) -> str:
    """A line whose arguments do not fit is still a line."""
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} {record.args!r}"


def _clean(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Named together, so that an extra called `token` is blanked whatever it looks like.
    marked = f"{name}={value[:LONGEST]}".encode("utf-8", "replace").decode()
    return redact(marked)[len(name) + 1 :]


def configure(level: str = "INFO", stream: TextIO | None = None) -> logging.Handler:
    """Send every log line of this process through one handler; returns it, so that a test can take it off again."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Ours says more, and never what stands in an address; theirs is left to tell of faults.
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    logging.captureWarnings(True)
    return handler
