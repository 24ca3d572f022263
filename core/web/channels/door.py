"""Who may come in: how often somebody may try, who their token names, and until when it does.

Attempts are counted before anything is looked up, so that a storm of handshakes costs its maker and not the database:
what is forged or has run out is never looked up, and counts against its address; what a signature vouches for counts
against the person that it names, so that any number of people may come back at once from behind one address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from uuid import UUID

from core.accounts.tokens import Claims
from core.errors import Forbidden, RateLimited, TandemError, Unauthorized
from core.principal import Principal
from core.safety.limiter import Allowance, Limiter, Rate
from core.web.security import limit_key

BY_PERSON = Rate(60, 60)
BAD_BY_ADDRESS = Rate(300, 60)


LookUp = Callable[[UUID], Awaitable[Principal]]
"""Who somebody is now; Unauthorized when there is no such person any more."""
Tell = Callable[[UUID, Callable[[Principal | Exception], None]], None]
"""The same of somebody with an account, for whoever wants to be called with the answer, or with why there is none."""


class Pass(NamedTuple):
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
        tell: Tell | None = None,
    ) -> None:
        self._limiter, self._read, self._look_up, self.tell = limiter, read, look_up, tell
        self._by_person, self._bad_by_address = by_person, bad_by_address

    async def admit(self, token: str, address: str) -> Pass:
        """Whom a token names: Forbidden whatever is wrong with it, RateLimited for who tries too often."""
        return await self.find(await self._check(token, address), address)

    async def _check(self, token: str, address: str) -> Claims:
        guesses = _guesses(address)
        _allow(await self._limiter.take(guesses, self._bad_by_address, cost=0))
        claims = self._claims(token)
        if claims is None:
            await self._limiter.take(guesses, self._bad_by_address)
            raise _not_valid()
        _allow(await self._limiter.take(f"socket:person:{claims.user_id.hex}", self._by_person))
        return claims

    def check_now(self, token: str, address: str) -> Claims | None:
        """What a good token says, as `admit` begins: without a task for each of a crowd.

        None, with nothing counted, where the limits are kept elsewhere and have to be waited for.
        """
        guesses, take = _guesses(address), self._limiter.take_now
        free = take(guesses, self._bad_by_address, 0)
        if free is None:
            return None
        _allow(free)
        claims = self._claims(token)
        if claims is None:
            take(guesses, self._bad_by_address)
            raise _not_valid()
        _allow(take(f"socket:person:{claims.user_id.hex}", self._by_person))
        return claims

    def _claims(self, token: str) -> Claims | None:
        try:
            return self._read(token)
        except Unauthorized:
            return None

    async def find(self, claims: Claims, address: str) -> Pass:
        """Whom a good token names now."""
        try:
            principal = await self.judge(claims.user_id, claims.generation)
        except TandemError as error:
            if error.temporary:
                raise
            await self._limiter.take(_guesses(address), self._bad_by_address)
            raise _not_valid() from None
        return Pass(principal, claims.expires_at)

    async def judge(self, user_id: UUID, generation: int) -> Principal:
        """Who a token of this generation names now; Forbidden or Unauthorized when it opens nothing any more."""
        principal = await self._look_up(user_id)
        if not opens(generation, principal):
            raise Forbidden
        return principal


def opens(generation: int, principal: Principal) -> bool:
    """Whether a token of this generation is somebody's present one, and they may use the socket."""
    return principal.generation == generation and principal.may("socket:connect")


def _guesses(address: str) -> str:
    return f"socket:address:{limit_key(address)}"


def _not_valid() -> Forbidden:
    return Forbidden("The token is not valid.", reason="unauthorized")


def _allow(taken: Allowance | None) -> None:
    if taken is not None and not taken.allowed:
        raise RateLimited(retry_after=round(taken.retry_after, 1))
