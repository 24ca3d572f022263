"""The kinds of fields that resources share, each said once; and pages of lists."""

from __future__ import annotations

import base64
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.errors import BadRequest

ExternalId = Annotated[str, Meta(min_length=1, max_length=200, description="The host platform's own id of a person.")]
UserId = Annotated[str, Meta(description="Tandem's id of a person.")]
Cursor = Annotated[str | None, Meta(description="`next_cursor` of the page before.")]
Limit = Annotated[int, Meta(description="How many at most; 100 is the most there are to a page.")]
NextCursor = Annotated[str | None, Meta(description="Where the next page begins; null on the last.")]

PAGE = 50
MOST = 100


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends: nothing beyond what is asked for."""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller gets. Fields may be added; none changes its meaning or goes away within this version."""


class Paged(Input, frozen=True, kw_only=True):
    """Which page of a list."""

    cursor: Cursor = None
    limit: Limit = PAGE


def capped(limit: int) -> int:
    return max(1, min(limit, MOST))


def make_cursor(*parts: Any) -> str:
    """Where a page ended, as a text that means nothing to its reader."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def read_cursor(text: str, type: Any) -> Any:
    try:
        plain = base64.urlsafe_b64decode(text[:400] + "=" * (-len(text[:400]) % 4))
        return msgspec.json.decode(plain, type=type)
    except (ValueError, msgspec.MsgspecError):
        raise BadRequest("This cursor is not one of ours.") from None
