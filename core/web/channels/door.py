"""Who may come in: how often somebody may try, who their token names, and until when it does.

Attempts are counted before anything is looked up, by address and by the person that the token's signature vouches for,
so that a storm of handshakes costs its maker and not the database: what is forged or has run out is never looked up.
The figures leave room for a school behind one address that comes back all at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from core.accounts.tokens import Claims
from core.errors import Forbidden, RateLimited, TandemError
from core.principal import Principal
from core.safety.limiter import Limiter, Rate
from core.web.channels.rights import Authenticate
from core.web.security import limit_key

BY_PERSON = Rate(60, 60)
BY_ADDRESS = Rate(3000, 60)


@dataclass(frozen=True, slots=True)
class Pass:
    """A good token, and what it stands for."""

    token: str
    principal: Principal
    expires_at: float


class Door:
    def __init__(
        self,
        limiter: Limiter,
        read: Callable[[str], Claims],
        by_person: Rate = BY_PERSON,
        by_address: Rate = BY_ADDRESS,
    ) -> None:
        self._limiter, self._read = limiter, read
        self._by_person, self._by_address = by_person, by_address

    async def admit(self, token: str, address: str, authenticate: Authenticate) -> Pass:
        """Whom a token names: Forbidden whatever is wrong with it, RateLimited for who tries too often."""
        await self._take(f"socket:address:{limit_key(address)}", self._by_address)
        try:
            claims = self._read(token)
            await self._take_person(claims.user_id)
            principal = await authenticate(token)
            if principal.id != claims.user_id or not principal.may("socket:connect"):
                raise Forbidden
        except TandemError as error:
            if error.temporary:
                raise
            raise Forbidden("The token is not valid.", reason="unauthorized") from None
        return Pass(token, principal, claims.expires_at)

    async def _take_person(self, user_id: UUID) -> None:
        await self._take(f"socket:person:{user_id}", self._by_person)

    async def _take(self, key: str, rate: Rate) -> None:
        taken = await self._limiter.take(key, rate)
        if not taken.allowed:
            raise RateLimited(retry_after=round(taken.retry_after, 1))
