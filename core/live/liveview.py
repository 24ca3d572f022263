"""What a browser watches, on a socket or in a page: one snapshot and one reducer for both.

A LiveView promises: a snapshot, then `apply` for every later fact of its topic, equals a fresh snapshot. Where it
cannot keep that, `apply` answers `RESYNC` and a new snapshot is taken; of such facts `resumable` says False. States are
immutable: replicas share them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from core.events.fact import Fact
from core.principal import Principal, PublicPerson

S = TypeVar("S")


class Signal(Enum):
    RESYNC = "resync"


RESYNC: Final = Signal.RESYNC
Resync = Literal[Signal.RESYNC]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A fact as it goes out: with the public person it is about, as they are called and seen right now."""

    fact: Fact
    who: PublicPerson | None = None


class LiveView(ABC, Generic[S]):
    pattern: ClassVar[str]
    """The topics it serves, such as `activity:subject:{subject}`."""

    @abstractmethod
    def topics(self, delivery: Delivery) -> Iterable[str]:
        """The topics of this view whose state the fact may touch."""

    @abstractmethod
    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> S:
        """The state as the database has it now."""

    @abstractmethod
    def apply(self, state: S, delivery: Delivery, params: Mapping[str, str]) -> S | Resync:
        """The state after one more fact."""

    @abstractmethod
    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        """What the fact looks like on a socket: the message's name and payload, or nothing to send."""

    def resumable(self, delivery: Delivery) -> bool:
        """Whether who missed the fact can catch up by messages alone: never, where `apply` may answer `RESYNC`."""
        return True

    def admits(self, state: S, principal: Principal) -> bool:
        """Whether somebody who may join topics of this kind may join the one of this state."""
        return True

    @abstractmethod
    def wire(self, state: S) -> dict[str, Any]:
        """The state as JSON-ready values: a join's reply, and a page's first picture."""


class Topics:
    """The LiveViews by topic pattern."""

    def __init__(self, views: Iterable[LiveView[Any]]) -> None:
        self.views = tuple(views)

    def find(self, topic: str) -> tuple[LiveView[Any], dict[str, str]] | None:
        for view in self.views:
            params = match(view.pattern, topic)
            if params is not None:
                return view, params
        return None


def match(pattern: str, topic: str) -> dict[str, str] | None:
    """The parameters of a topic that fits a pattern, or None."""
    wanted, given = pattern.split(":"), topic.split(":")
    if len(wanted) != len(given):
        return None
    params: dict[str, str] = {}
    for want, got in zip(wanted, given, strict=True):
        if want.startswith("{"):
            if not got:
                return None
            params[want[1:-1]] = got
        elif want != got:
            return None
    return params
