"""Friends from the start: what a made-up community knows of each other before anybody opens a page.

It is no news: nobody asked and nobody accepted, so nothing is told and no feed shows it. Who may not meet stays apart,
and whatever the two made of it since, a block or an end, is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.errors import Forbidden
from core.ids import new_id
from core.social.friendships import may_meet
from core.transaction import Transaction
from data.tables import Friendship, User


async def introduce(tx: Transaction, pairs: Iterable[tuple[str, str]]) -> int:
    """Make friends of these, by the host's ids; who is not known is passed over. How many are new."""
    if tx.actor.kind != "system":
        raise Forbidden
    wanted = [pair for pair in pairs if pair[0] != pair[1]]
    known = select(User).where(User.external_id.in_({id for pair in wanted for id in pair})).order_by(User.id)
    people = {user.external_id: user for user in (await tx.db.execute(known.with_for_update(read=True))).scalars()}
    rows = [_row(tx, people[one].id, people[other].id) for one, other in wanted if _meet(people, one, other)]
    if not rows:
        return 0
    added = insert(Friendship).values(rows).on_conflict_do_nothing(index_elements=["low_id", "high_id"])
    return len((await tx.db.execute(added.returning(Friendship.id))).all())


def _meet(people: dict[str, User], one: str, other: str) -> bool:
    return one in people and other in people and may_meet(people[one], people[other])


def _row(tx: Transaction, one: UUID, other: UUID) -> dict[str, object]:
    low, high = sorted((one, other))
    pair = {"id": new_id(), "user_id": one, "friend_id": other, "low_id": low, "high_id": high}
    return pair | {"status": "accepted", "created_at": tx.now, "updated_at": tx.now}
