"""What the host says of people, and what is wrong with it: every problem at once, each with its field.

Texts are kept as they are written, whatever they hold, or refused: nothing is cut or mended in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import available_timezones

from core.accounts.access import ROLES
from core.accounts.rules import AGE_BANDS, CONSENT_SCOPES, is_text

OLDEST = date(1900, 1, 1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
METHOD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""A consent's method is a code: it stands in the log, where texts that people wrote have no place."""

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInput:
    """What the host says of a person. None leaves what is known as it is; an empty text clears it."""

    external_id: str
    name: str | None = None
    role: str | None = None
    birth_date: date | None = None
    age_band: str | None = None
    nickname: str | None = None
    avatar_url: str | None = None
    cohort: str | None = None
    guardian: str | None = None
    timezone: str | None = None
    grade_level: str | None = None
    keep_offline: bool | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentInput:
    scope: str
    given: bool
    method: str
    guardian: str | None = None
    evidence: str | None = None
    at: datetime | None = None
    """When the parent decided; now, if the host does not say."""


LONGEST = {
    "external_id": 200,
    "name": 120,
    "nickname": 60,
    "avatar_url": 500,
    "cohort": 200,
    "guardian": 200,
    "grade_level": 32,
}
"""What the tables hold."""


def person_problems(given: PersonInput, today: date) -> Iterator[Problem]:
    for field, longest in LONGEST.items():
        value = getattr(given, field)
        if value is not None and not (is_text(value) and len(value.strip()) <= longest):
            yield field, f"at most {longest} characters that can be stored"
    for field in ("external_id", "name"):
        if getattr(given, field) is not None and not getattr(given, field).strip():
            yield field, "must not be empty"
    if given.guardian == given.external_id:
        yield "guardian", "nobody is their own guardian"
    yield from _value_problems(given, today)


def _value_problems(given: PersonInput, today: date) -> Iterator[Problem]:
    if given.role is not None and given.role not in ROLES:
        yield "role", f"one of {', '.join(sorted(ROLES))}"
    if given.age_band and given.age_band not in (*AGE_BANDS, "unknown"):
        yield "age_band", f"one of {', '.join(AGE_BANDS)}, unknown"
    if given.birth_date and not OLDEST <= given.birth_date <= today:
        yield "birth_date", "a day in the past"
    if given.avatar_url and not given.avatar_url.startswith(("https://", "http://")):
        yield "avatar_url", "an address that begins with https://"
    if given.timezone and given.timezone not in _zones():
        yield "timezone", "a zone of the IANA list, such as Europe/Berlin"


def consent_problems(external_id: str, given: ConsentInput) -> Iterator[Problem]:
    if given.scope not in CONSENT_SCOPES:
        yield "scope", f"one of {', '.join(CONSENT_SCOPES)}"
    if not METHOD.fullmatch(given.method):
        yield "method", "a code such as signed_form: small letters, digits, hyphens and underscores"
    if given.guardian == external_id:
        yield "guardian", "nobody consents for themselves"
    if given.guardian is not None and not is_text(given.guardian):
        yield "guardian", "holds a character that cannot be stored"
    if given.at is not None and (given.at.tzinfo is None or given.at < EARLIEST):
        yield "at", "a time with its zone, in this century"
    if given.evidence is not None and not (is_text(given.evidence) and len(given.evidence) <= 2000):
        yield "evidence", "at most 2000 characters that can be stored"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
