"""HTTP limits: each route has a rate for each caller, and guessing at tokens and keys has one for each address.

What an address guesses wrong is counted before anything is looked up again, so guessing costs the guesser and not the
database. Refusals carry `Retry-After`.
"""

from __future__ import annotations

from core.errors import RateLimited
from core.principal import Principal
from core.safety.limiter import Limiter, Rate
from core.web.routes import Route
from core.web.security import limit_key

GUESSES = Rate(300, 60)


def caller_of(principal: Principal, address: str) -> str:
    """Whom a limit and an idempotency key count as one."""
    if principal.id is not None:
        return f"{principal.kind}:{principal.id}"
    return f"{principal.kind}:{principal.name or limit_key(address)}"[:80]


async def limit_route(limiter: Limiter, route: Route, caller: str) -> None:
    taken = await limiter.take(f"http:{route.name}:{caller}", route.rate)
    if not taken.allowed:
        raise RateLimited(retry_after=round(taken.retry_after, 1))


async def check_guesses(limiter: Limiter, address: str) -> None:
    """Refuse an address that has guessed too often, before anything is looked up for it."""
    asked = await limiter.take(f"guess:{limit_key(address)}", GUESSES, cost=0)
    if not asked.allowed:
        raise RateLimited(retry_after=round(asked.retry_after, 1))


async def count_guess(limiter: Limiter, address: str) -> None:
    await limiter.take(f"guess:{limit_key(address)}", GUESSES)
