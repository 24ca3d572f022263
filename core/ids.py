"""Identifiers: UUIDv7 for everything that is stored, so that ids rise with time and tell nothing else."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return UUID(int=value)


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
