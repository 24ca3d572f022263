"""Identifiers: UUIDv7 for everything that is stored, so that ids rise with time and tell nothing else."""

from __future__ import annotations

import os
import secrets
import time
from uuid import UUID

VERSION_AND_VARIANT = 0x7 << 76 | 0b10 << 62
RANDOM = ((1 << 80) - 1) & ~(0xF << 76 | 0b11 << 62)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    return UUID(int=new_number())


def new_number() -> int:
    """The same as the number that it is, for what is never stored and made by the thousand."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    return (milliseconds & ((1 << 48) - 1)) << 80 | random & RANDOM | VERSION_AND_VARIANT


def written(number: int) -> str:
    """Such a number as ids are written."""
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def parse_id(text: object) -> UUID | None:
    """The UUID that a stranger wrote, or None: an unknown id and a malformed one are the same to them."""
    if isinstance(text, UUID):
        return text
    if not isinstance(text, str) or len(text) != 36:
        return None
    try:
        found = UUID(text)
    except ValueError:
        return None
    # The library also reads other spellings; here an id has one, so that it names one topic and one row.
    return found if str(found) == text.lower() else None


def new_secret(prefix: str) -> str:
    """A secret of 192 bits with a prefix that says what it opens."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"
