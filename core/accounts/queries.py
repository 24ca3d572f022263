"""Reading people: the public side of them, as facts are delivered and pages are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import avatar_url
from core.events.log import Stated
from core.live.liveview import Delivery
from core.principal import PublicPerson
from core.transaction import Transactions
from data.tables import User

PUBLIC = select(User.id, User.username, User.avatar, User.audience, User.cohort_id, User.simulated).where(
    User.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
)


def public_of(user: User | Row[Any]) -> PublicPerson:
    return PublicPerson(user.id, user.username, avatar_url(user.avatar), user.audience, user.cohort_id, user.simulated)


async def public_people(db: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, PublicPerson]:
    """Everybody of these ids who still exists, in one query."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = (await db.execute(select(User).where(User.id.in_(wanted)))).scalars()
    return {user.id: public_of(user) for user in rows}


async def seen_by(db: AsyncSession, me: UUID, ids: Iterable[UUID]) -> dict[UUID, PublicPerson]:
    """Those of these people whom somebody may be shown: everybody's, their cohort's, and themselves."""
    people = await public_people(db, {*ids, me})
    mine = people.get(me)
    cohort = mine.cohort_id if mine else None
    return {id: who for id, who in people.items() if id == me or in_sight(who, cohort)}


def in_sight(who: PublicPerson, cohort_id: UUID | None) -> bool:
    """Whether somebody of a cohort, or of none, may be shown somebody."""
    return who.audience == "public" or (who.audience == "cohort" and who.cohort_id == cohort_id is not None)


@dataclass(frozen=True, slots=True)
class Entrant:
    """What a door must know of somebody who comes in by it."""

    id: UUID
    generation: int
    name: str
    avatar_url: str


async def entrant(db: AsyncSession, *, user_id: UUID | None = None, external_id: str | None = None) -> Entrant | None:
    """The person of this id, Tandem's or the host's, if there is one."""
    wanted = User.id == user_id if user_id else User.external_id == external_id
    user = (await db.execute(select(User).where(wanted))).scalar_one_or_none()
    if user is None:
        return None
    return Entrant(user.id, user.token_generation, user.username, avatar_url(user.avatar))


async def count_simulated(db: AsyncSession) -> int:
    """How many people are made up."""
    return (await db.execute(select(func.count()).select_from(User).where(User.simulated))).scalar_one()


async def simulated_people(db: AsyncSession) -> dict[str, UUID]:
    """Everybody who is made up, by the host's id."""
    wanted = select(User.external_id, User.id).where(User.simulated)
    return {row.external_id: row.id for row in await db.execute(wanted)}


async def people_by_external_ids(db: AsyncSession, external_ids: Iterable[str]) -> dict[str, UUID]:
    """Those of these people who are known, by the host's id."""
    wanted = select(User.external_id, User.id).where(User.external_id.in_(list(external_ids)))
    return {row.external_id: row.id for row in await db.execute(wanted)}


class Decorator:
    """Joins public people to facts as the relay delivers them: mostly those who were read beside the facts."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, stated: Sequence[Stated]) -> list[Delivery]:
        others = list({about for one in stated if (about := one.fact.about) and about != one.fact.user_id})
        rows = await self._transactions.look(PUBLIC, {"ids": others}) if others else ()
        people = {row.id: public_of(row) for row in rows}
        return [Delivery(one.fact, _who(one, people)) for one in stated]


def _who(one: Stated, others: Mapping[UUID, PublicPerson]) -> PublicPerson | None:
    """Whom a fact is about: whoever did it, or somebody else."""
    about, row = one.fact.about, one.who
    if about is None or about != one.fact.user_id:
        return others.get(about) if about else None
    if row is None:
        return None
    avatar = avatar_url(row.who_avatar)
    return PublicPerson(about, row.who_username, avatar, row.who_audience, row.who_cohort_id, row.who_simulated)
