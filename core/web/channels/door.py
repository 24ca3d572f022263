"""Who may come in: how often somebody may try, who their token names, and until when it does.

Attempts are counted before anything is looked up, so that a storm of handshakes costs its maker and not the database:
what is forged or has run out is never looked up, and counts against its address; what a signature vouches for counts
against the person that it names, so that any number of people may come back at once from behind one address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from core.accounts.tokens import Claims
from core.errors import Forbidden, RateLimited, TandemError
from core.principal import Principal
from core.safety.limiter import Limiter, Rate
from core.web.security import limit_key

BY_PERSON = Rate(60, 60)
BAD_BY_ADDRESS = Rate(300, 60)


LookUp = Callable[[UUID], Awaitable[Principal]]
"""Who somebody is now; Unauthorized when there is no such person any more."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A good token, and what it stands for."""

    principal: Principal
    expires_at: float


class Door:
    def __init__(
        self,
        limiter: Limiter,
        read: Callable[[str], Claims],
        look_up: LookUp,
        by_person: Rate = BY_PERSON,
        bad_by_address: Rate = BAD_BY_ADDRESS,
    ) -> None:
        self._limiter, self._read, self._look_up = limiter, read, look_up
        self._by_person, self._bad_by_address = by_person, bad_by_address

    async def admit(self, token: str, address: str) -> Pass:
        """Whom a token names: Forbidden whatever is wrong with it, RateLimited for who tries too often."""
        guesses = f"socket:address:{limit_key(address)}"
        await self._take(guesses, self._bad_by_address, cost=0)
        try:
            claims = self._read(token)
            await self._take(f"socket:person:{claims.user_id}", self._by_person)
            principal = await self.judge(claims.user_id, claims.generation)
        except TandemError as error:
            if error.temporary:
                raise
            await self._limiter.take(guesses, self._bad_by_address)
            raise Forbidden("The token is not valid.", reason="unauthorized") from None
        return Pass(principal, claims.expires_at)

    async def judge(self, user_id: UUID, generation: int) -> Principal:
        """Who a token of this generation names now; Forbidden or Unauthorized when it opens nothing any more."""
        principal = await self._look_up(user_id)
        if principal.generation != generation or not principal.may("socket:connect"):
            raise Forbidden
        return principal

    async def _take(self, key: str, rate: Rate, cost: int = 1) -> None:
        taken = await self._limiter.take(key, rate, cost)
        if not taken.allowed:
            raise RateLimited(retry_after=round(taken.retry_after, 1))
