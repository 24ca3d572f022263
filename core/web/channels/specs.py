"""What a topic of the socket is, as values: its messages, what may be said there, and what its handlers may call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.live.replica import Replicas
from core.practice.progress import PracticeLive
from core.presence.service import Presence
from core.principal import Principal
from core.safety.gate import Gate
from core.social.room_news import RoomNews
from core.transaction import Transactions


@dataclass(frozen=True, slots=True)
class Services:
    """What the handlers of messages may call."""

    presence: Presence
    practice: PracticeLive
    transactions: Transactions
    gate: Gate
    replicas: Replicas
    rooms: RoomNews


@dataclass(frozen=True, slots=True)
class Push:
    """One checked message of a client, with who sent it and where."""

    principal: Principal
    connection: str
    topic: str
    params: Mapping[str, str]
    payload: Any
    services: Services
    say: Callable[[str, Any], None] = lambda name, payload: None
    """Tell this connection alone something on the same topic."""


Welcome = Callable[[Services, Principal, dict[str, str]], Awaitable[list[tuple[str, Any]]]]
"""Makes the messages that follow a join, in their order, for one person."""
Handler = Callable[[Push], Awaitable[dict[str, Any] | bytes | None]]


@dataclass(frozen=True, slots=True)
class PushSpec:
    name: str
    type: Any
    """What its payload is: a form or one of several, or plain bytes in the serializer's binary frames."""
    handle: Handler
    scope: str
    refusal: str = "invalid_payload"
    """The reason given for a payload that does not fit."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class MessageSpec:
    name: str
    type: Any
    version: int = 1


# One spec equals no other: so a set of them is told apart at once, wherever what was found in it is kept.
@dataclass(frozen=True, slots=True, eq=False)
class TopicSpec:
    pattern: str
    title: str
    scope: str
    """The scope that a join asks for."""
    rule: str = "anyone"
    """The further rule, by its name in RULES."""
    presence: bool = False
    history: bool = False
    alias_of: str = ""
    collapse: frozenset[str] = frozenset()
    """Messages of which a slow reader needs only the latest; in place of others it gets the present state."""
    allowance: int = 0
    """Messages a minute that a connection may say on topics of this pattern beside its hundred; 0 counts them among
    those."""
    pushes: tuple[PushSpec, ...] = ()
    messages: tuple[MessageSpec, ...] = field(default=())
    welcome: Welcome | None = None
    same_welcome: bool = False
    """Whether that is the same for all who join, but for those whom a block hides."""

    @property
    def of_asker(self) -> bool:
        """Whether its name means another topic for each who asks."""
        return "{me}" in self.alias_of or "{my_cohort}" in self.alias_of

    def push(self, name: str) -> PushSpec | None:
        return next((push for push in self.pushes if push.name == name), None)


@dataclass(frozen=True, slots=True)
class Found:
    spec: TopicSpec
    topic: str
    """The name that was asked for."""
    canonical: str
    """The name under which it is published."""
    params: dict[str, str]
