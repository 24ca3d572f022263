"""Who is asking: one value, resolved in one place, used by pages, REST and sockets alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec

from core.errors import Forbidden

Kind = Literal["person", "guest", "key", "staff", "system", "nobody"]


class Principal(msgspec.Struct, frozen=True, gc=False):
    """A struct and no dataclass: one is made for every connection of a crowd, in a fraction of the time."""

    kind: Kind
    id: UUID | None = None
    name: str = ""
    """The public name: the only one that pages and messages may show."""
    avatar: str = ""
    role: str = ""
    scopes: frozenset[str] = frozenset()
    cohort_id: UUID | None = None
    cohort_name: str = ""
    minor: bool = True
    audience: str = "nobody"
    """Who may see this person's doings: `public`, `cohort` or `nobody`."""
    timezone: str = "UTC"
    hidden: frozenset[UUID] = frozenset()
    """People on the other side of a block, whichever way it goes: neither sees the other."""
    simulated: bool = False
    generation: int = 0
    workshop_id: UUID | None = None
    workshop_code: str = ""
    """For a guest: the one workshop that they are in."""
    first_name: str = ""
    """The public name in short, where it is known."""
    grade: str = ""
    offline: bool = False
    """Whether this person appears offline: by their own switch, or by the host's or a parent's."""

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def require(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Forbidden(scope=scope)


SYSTEM = Principal(kind="system", name="Tandem", minor=False)
"""Jobs and reactions: inside the house, with no door of their own."""

NOBODY = Principal(kind="nobody")


@dataclass(frozen=True, slots=True)
class PublicPerson:
    """What others may know of a person: joined to facts when they are delivered, never stored with them."""

    id: UUID
    name: str
    avatar: str
    audience: str = "public"
    cohort_id: UUID | None = None
    simulated: bool = False
