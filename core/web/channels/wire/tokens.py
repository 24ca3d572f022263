"""The token as current clients send it: packed into the names of the sub-protocols that they offer. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

BEARER = "base64url.bearer.phx."
MAX_TOKEN = 4096
_PLAIN = str.maketrans("-_", "+/")


def packed_token(offered: Iterable[str]) -> str | None:
    """The token among the sub-protocols, empty when it is unreadable; None when there is none."""
    packed = [part.removeprefix(BEARER) for part in offered if part.startswith(BEARER)]
    if not packed:
        return None
    text = packed[-1]
    try:
        plain = base64.b64decode(text.translate(_PLAIN) + "=" * (-len(text) % 4), validate=True)
        return plain.decode("ascii")
    except (binascii.Error, ValueError):
        return ""
