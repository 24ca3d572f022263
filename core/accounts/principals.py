"""The one place where a token, a key or a staff sign-in becomes a Principal. All failures look the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from sys import intern
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.access import KEY_SCOPES, scopes_of
from core.accounts.crowd import Crowd, Told
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


def short_name(band: Band, username: str, first_name: str, chosen: bool) -> str:
    """A minor's public name holds no more than the first; an adult may have chosen another one."""
    return username if band != "adult" or chosen else first_name


class Principals:
    def __init__(self, transactions: Transactions, tokens: Tokens, clock: Clock) -> None:
        self._transactions, self._tokens, self._clock = transactions, tokens, clock
        self._crowd = Crowd(self._read)

    async def from_token(self, token: str, purpose: Purpose) -> Principal:
        claims = self._tokens.read(token, purpose)
        principal = await self.present(claims.user_id)
        if principal.generation != claims.generation:
            raise Unauthorized
        return principal

    async def present(self, user_id: UUID) -> Principal:
        """The person as they are now, read together with whoever else is asked for; Unauthorized for nobody."""
        return await self._crowd.ask(user_id)

    def tell(self, user_id: UUID, told: Told) -> None:
        """The same for whoever wants to be called with the answer, or with why there is none."""
        self._crowd.tell(user_id, told)

    async def _read(self, user_ids: Sequence[UUID]) -> dict[UUID, Principal]:
        rows = await self._transactions.fetch(PEOPLE, list(user_ids))
        return self._made(rows, user_ids)

    async def from_user(self, db: AsyncSession, user_id: UUID) -> Principal:
        """The person as they are now; Unauthorized when there is no such person any more."""
        found = self._made((await db.execute(PEOPLE, {"ids": [user_id]})).all(), [user_id])
        if user_id not in found:
            raise Unauthorized
        return found[user_id]

    def _made(self, rows: Sequence[Sequence[Any]], asked: Sequence[UUID]) -> dict[UUID, Principal]:
        """Those of the people asked for whom there are, each with the id by which they were asked for: an id that the
        driver made is half as large again."""
        today, ids = self._clock.now().date(), {user_id: user_id for user_id in asked}
        return {user_id: _principal(user_id, row, today) for row in rows for user_id in (ids[row[0]],)}

    async def from_key(self, key: str) -> Principal:
        rows = await self._transactions.look(KEY, {"hash": hash_secret(key)})
        if not rows:
            raise Unauthorized
        (found,) = rows
        scopes = frozenset(found.scopes) & KEY_SCOPES
        return Principal(kind="key", id=found.id, name=found.name, scopes=scopes, minor=False, audience="public")


KEY = select(ApiKey.id, ApiKey.name, ApiKey.scopes).where(
    ApiKey.key_hash == bindparam("hash", type_=LargeBinary), ApiKey.revoked_at.is_(None)
)
PERSON = (
    User.id,
    User.username,
    User.avatar,
    User.role,
    User.cohort_id,
    Cohort.name.label("cohort"),
    User.audience,
    User.timezone,
    User.birth_date,
    User.age_band,
    User.simulated,
    User.token_generation,
    User.first_name,
    User.display_name,
    User.own_nickname,
    User.grade_level,
    (User.appears_offline | User.kept_offline).label("offline"),
)
BLOCKS = union_all(
    select(Block.blocked_id).where(Block.blocker_id == User.id).correlate(User),
    select(Block.blocker_id).where(Block.blocked_id == User.id).correlate(User),
)
# One array in and one out, so that it is one question however many are asked for.
THESE = any_(bindparam("ids", type_=ARRAY(Uuid)))
HIDDEN = func.array(BLOCKS.scalar_subquery(), type_=ARRAY(Uuid)).label("hidden")
PEOPLE = select(*PERSON, HIDDEN).outerjoin(Cohort, Cohort.id == User.cohort_id).where(User.id == THESE)

NO_ONE: frozenset[UUID] = frozenset()
"""One for all: an empty set costs as much as a person."""


@lru_cache(maxsize=1024)
def _shared(cohort_id: UUID | None) -> UUID | None:
    """The same id for all who are in a cohort."""
    return cohort_id


def _principal(user_id: UUID, row: Any, today: date) -> Principal:
    """A row as a principal. What many have in common is kept once: thousands of these are held at a time."""
    # One step for all its columns: asked for by name, each would cost as much as this.
    _, name, avatar, role, cohort_id, cohort, audience, timezone, born, age, simulated, generation, *rest = row
    first_name, display_name, own_nickname, grade, offline, hidden = rest
    band = band_of(born, age, today)
    short = short_name(band, name, first_name, bool(own_nickname or display_name))
    return Principal(
        kind="person",
        id=user_id,
        name=name,
        avatar=intern(avatar),
        role=intern(role),
        scopes=scopes_of(role),
        cohort_id=_shared(cohort_id),
        cohort_name=intern(cohort or ""),
        minor=band != "adult",
        audience=intern(audience),
        timezone=intern(timezone or "UTC"),
        hidden=frozenset(hidden) if hidden else NO_ONE,
        simulated=simulated,
        generation=generation,
        first_name=name if short == name else intern(short),
        grade=intern(grade or ""),
        offline=offline,
    )
