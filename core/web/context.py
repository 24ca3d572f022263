"""What the network's doors need of the core: the running node, seen from its front.

`core.app.App` is one; naming it here instead would let the doors reach into how it is built.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Protocol

from core.accounts.principals import Principals
from core.accounts.tokens import Tokens
from core.clock import Clock
from core.live.hub import Hub
from core.live.pubsub import PubSub
from core.live.relay import Relay
from core.live.replica import Replicas
from core.metrics import Metrics
from core.nudges.policy import Policy
from core.practice.progress import PracticeLive
from core.presence.service import Presence
from core.safety.gate import Gate
from core.safety.limiter import Limiter
from core.settings import Settings
from core.social.room_news import RoomNews
from core.transaction import Transactions
from core.web.channels.overview import Overview
from core.web.channels.subscriptions import Subscriptions
from core.workshop.guests import Guests
from core.workshop.queries import Porter
from data.database import Database


class Context(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def database(self) -> Database: ...

    @property
    def transactions(self) -> Transactions: ...

    @property
    def principals(self) -> Principals: ...

    @property
    def tokens(self) -> Tokens: ...

    @property
    def guests(self) -> Guests: ...

    @property
    def porter(self) -> Porter: ...

    @property
    def limiter(self) -> Limiter: ...

    @property
    def gate(self) -> Gate: ...

    @property
    def metrics(self) -> Metrics: ...

    @property
    def hub(self) -> Hub: ...

    @property
    def relay(self) -> Relay: ...

    @property
    def replicas(self) -> Replicas: ...

    @property
    def presence(self) -> Presence: ...

    @property
    def nudging(self) -> Policy: ...

    @property
    def practice(self) -> PracticeLive: ...

    @property
    def rooms(self) -> RoomNews: ...

    @property
    def sockets(self) -> Sized: ...

    @property
    def pubsub(self) -> PubSub: ...

    @property
    def subscriptions(self) -> Subscriptions: ...

    @property
    def overview(self) -> Overview: ...
