"""The one place where a token, a key or a staff sign-in becomes a Principal. All failures look the same."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.access import KEY_SCOPES, scopes_of
from core.accounts.rules import Band, band_of
from core.accounts.tokens import Purpose, Tokens
from core.clock import Clock
from core.errors import Unauthorized
from core.principal import Principal
from core.transaction import Transactions
from data.tables import ApiKey, Block, Cohort, User


def hash_secret(secret: str) -> bytes:
    """Keys and tickets are long and random, so a plain hash is enough and can be looked up."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def short_name(user: User, band: Band) -> str:
    """A minor's public name holds no more than the first; an adult may have chosen another one."""
    return user.username if band != "adult" or user.display_name else user.first_name


class Principals:
    def __init__(self, transactions: Transactions, tokens: Tokens, clock: Clock) -> None:
        self._transactions, self._tokens, self._clock = transactions, tokens, clock

    async def from_token(self, token: str, purpose: Purpose) -> Principal:
        claims = self._tokens.read(token, purpose)
        async with self._transactions.read() as db:
            principal = await self.from_user(db, claims.user_id)
        if principal.generation != claims.generation:
            raise Unauthorized
        return principal

    async def from_user(self, db: AsyncSession, user_id: UUID) -> Principal:
        """The person as they are now; Unauthorized when there is no such person any more."""
        user = await db.get(User, user_id)
        if user is None:
            raise Unauthorized
        cohort = await db.get(Cohort, user.cohort_id) if user.cohort_id else None
        hidden = union_all(
            select(Block.blocked_id).where(Block.blocker_id == user_id),
            select(Block.blocker_id).where(Block.blocked_id == user_id),
        )
        band = band_of(user.birth_date, user.age_band, self._clock.now().date())
        return Principal(
            kind="person",
            id=user.id,
            name=user.username,
            avatar=user.avatar,
            role=user.role,
            scopes=scopes_of(user.role),
            cohort_id=user.cohort_id,
            cohort_name=cohort.name if cohort else "",
            minor=band != "adult",
            audience=user.audience,
            timezone=user.timezone or "UTC",
            hidden=frozenset((await db.execute(hidden)).scalars()),
            simulated=user.simulated,
            generation=user.token_generation,
            first_name=short_name(user, band),
            grade=user.grade_level or "",
            offline=user.appears_offline or user.kept_offline,
        )

    async def from_key(self, key: str) -> Principal:
        wanted = select(ApiKey).where(ApiKey.key_hash == hash_secret(key), ApiKey.revoked_at.is_(None))
        async with self._transactions.read() as db:
            found = (await db.execute(wanted)).scalar_one_or_none()
        if found is None:
            raise Unauthorized
        scopes = frozenset(found.scopes) & KEY_SCOPES
        return Principal(kind="key", id=found.id, name=found.name, scopes=scopes, minor=False, audience="public")
