"""Who is let in and what the others are told: the same for everything that carries a socket.

The order is: a version that is spoken, an origin that may, a node that stays, and then the token. Whoever is refused
for a reason that passes is told when to come back, each at another moment.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import msgspec

from core.accounts.tokens import Claims
from core.errors import BadRequest, Forbidden, TandemError, Unavailable
from core.web.channels.connection import Connection, Transport
from core.web.channels.door import Pass
from core.web.channels.protocol import speaks_v2
from core.web.channels.registry import Sockets
from core.web.channels.wire.asking import Asked
from core.web.security import nearest_address

AllowOrigin = Callable[[str, str], bool]
"""Whether a page of this origin may connect to the host it asked."""

SPREAD = 10.0
"""Seconds over which those who are sent away for lack of room come back."""


class Reception:
    def __init__(self, sockets: Sockets, allow_origin: AllowOrigin, proxies: tuple[str, ...] = ()) -> None:
        self.sockets, self._allow_origin, self._proxies = sockets, allow_origin, proxies

    async def admit(self, asked: Asked, peer: str) -> Pass:
        """Whom to let in, or the error to refuse with."""
        self._check(asked)
        return await self.sockets.admit(asked.token, self.address(asked, peer))

    def check_now(self, asked: Asked, peer: str) -> Claims | None:
        """What a good token says, or the error to refuse with; None where that has to be waited for."""
        self._check(asked)
        return self.sockets.door.check_now(asked.token, self.address(asked, peer))

    def address(self, asked: Asked, peer: str) -> str:
        """Whose attempts these are."""
        return nearest_address(peer, asked.forwarded, self._proxies)

    def _check(self, asked: Asked) -> None:
        if not speaks_v2(asked.version):
            raise BadRequest("This socket speaks version 2 of the protocol: add vsn=2.0.0.", reason="version")
        if asked.origin is not None and not self._allow_origin(asked.origin, asked.host):
            raise Forbidden("Pages of this origin may not connect.", reason="origin")
        if self.sockets.draining:
            raise Unavailable

    def open(self, line: Transport, given: Pass, asked_at: float) -> Connection:
        return self.sockets.open(line, given, asked_at)

    def refusal(self, error: TandemError) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for somebody who is not let in."""
        self.sockets.counters.refused += 1
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        wait = error.details.get("retry_after")
        if wait is None and error.temporary:
            wait = random.uniform(1.0, SPREAD)  # noqa: S311 - a moment, not a secret
        if wait is not None:
            headers["Retry-After"] = str(math.ceil(wait))
        return error.status, headers, msgspec.json.encode(error.body())
