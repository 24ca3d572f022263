"""The one queue of notifications that everybody has: ordered as the log is, nothing in it twice, seen and opened.

A notification has a key of its own for its person; another with the same key is not told again. Its row gets its
`seq` when the facts of the transaction get theirs. Whoever adds for many does so in one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import Forbidden, NotFound
from core.events.nudges import NotificationAdded, NotificationsSeen, NotificationsWithdrawn, Way
from core.ids import new_id
from core.principal import Principal
from core.transaction import Transaction
from data.tables import NotificationRow, User

UNSEEN = {"synchronize_session": False}
PLACED = """UPDATE notifications row SET seq = appended.seq FROM appended
    WHERE row.id = CASE appended.type WHEN 'notification_added'
        THEN CAST(appended.properties ->> 'notification_id' AS uuid) END"""
"""Tells the new rows their place in the log."""
THESE = any_(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to put into somebody's queue."""

    user_id: UUID
    cohort_id: UUID | None
    """The cohort of whoever gets it: of minors, it alone may read the name."""
    kind: str
    key: str
    about_id: UUID | None = None
    nudge_id: UUID | None = None
    subject: str | None = None
    skill: str | None = None
    score: float | None = None
    days: int | None = None
    name: str | None = None
    stage: str | None = None
    way: Way = "queue"
    expires_at: datetime | None = None

    @property
    def data(self) -> dict[str, Any]:
        given = {"score": self.score, "days": self.days, "name": self.name, "stage": self.stage}
        return {key: value for key, value in given.items() if value is not None}


async def add_notices(tx: Transaction, notices: Sequence[Notice]) -> int:
    """Put these into their people's queues and tell of each; how many were new."""
    if not notices:
        return 0
    there = await _hold_people(tx, notices)
    # In one order for everybody, so that two who add for the same people do not wait for each other.
    kept = [notice for notice in notices if {notice.user_id, notice.about_id or notice.user_id} <= there]
    ordered = sorted(kept, key=lambda n: (n.user_id, n.key))
    if not ordered:
        return 0
    rows = [_row(tx, notice) for notice in ordered]
    added = insert(NotificationRow).values(rows).on_conflict_do_nothing(index_elements=["user_id", "key"])
    fresh = set((await tx.db.execute(added.returning(NotificationRow.id))).scalars())
    for row, notice in zip(rows, ordered, strict=True):
        if row["id"] in fresh:
            _tell(tx, row["id"], notice)
    if fresh:
        tx.stamp(PLACED)
    return len(fresh)


async def _hold_people(tx: Transaction, notices: Sequence[Notice]) -> set[UUID]:
    """Those of whom and to whom they tell, until the commit; who was erased meanwhile is left out."""
    ids = {id for notice in notices for id in (notice.user_id, notice.about_id) if id}
    held = select(User.id).where(User.id == THESE).order_by(User.id).with_for_update(read=True, key_share=True)
    return set((await tx.db.execute(held, {"ids": sorted(ids)})).scalars())


def _row(tx: Transaction, notice: Notice) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": notice.user_id,
        "kind": notice.kind,
        "key": notice.key[:160],
        "about_id": notice.about_id,
        "nudge_id": notice.nudge_id,
        "subject_id": notice.subject,
        "skill": notice.skill,
        "data": notice.data,
        "inserted_at": tx.now,
        "expires_at": notice.expires_at,
    }


def _tell(tx: Transaction, id: UUID, notice: Notice) -> None:
    event = NotificationAdded(
        notification_id=id,
        kind=notice.kind,
        about_id=notice.about_id,
        nudge_id=notice.nudge_id,
        way=notice.way,
        score=notice.score,
        days=notice.days,
        name=notice.name,
        stage=notice.stage,
        expires_at=notice.expires_at,
    )
    envelope: dict[str, Any] = {"subject": notice.subject, "skill": notice.skill, "visibility": "private"}
    tx.emit(event, user_id=notice.user_id, cohort_id=notice.cohort_id, **envelope)


# --- looking at one's own


def owner(actor: Principal, scope: str = "nudges:write") -> UUID:
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require(scope)
    return actor.id


async def see(tx: Transaction, up_to: int) -> int:
    """One looked at one's queue up to a place: the number beside the bell is gone, the list stays."""
    me = owner(tx.actor)
    place = max(0, min(up_to, 2**63 - 1))
    mine = (NotificationRow.user_id == me, NotificationRow.seen_at.is_(None), NotificationRow.seq <= place)
    seen = update(NotificationRow).where(*mine).values(seen_at=tx.now).execution_options(**UNSEEN)
    count = int((await tx.db.execute(seen)).rowcount)  # type: ignore[attr-defined]
    if count:
        tx.emit(NotificationsSeen(up_to=place), user_id=me, visibility="private")
    return count


async def open_notification(tx: Transaction, id: UUID) -> None:
    """One opened one of them."""
    me = owner(tx.actor)
    wanted = select(NotificationRow).where(NotificationRow.id == id, NotificationRow.user_id == me).with_for_update()
    row = (await tx.db.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFound
    if row.read_at is None:
        row.read_at, row.seen_at = tx.now, row.seen_at or tx.now
        tx.emit(NotificationsSeen(opened=[id]), user_id=me, visibility="private")


# --- taking out again


async def withdraw(tx: Transaction, user_id: UUID, about: Collection[UUID]) -> int:
    """Take what tells of these people out of somebody's queue."""
    gone = delete(NotificationRow).where(NotificationRow.user_id == user_id, NotificationRow.about_id.in_(about))
    return await _withdrawn(tx, gone)


async def withdraw_everywhere(tx: Transaction, about_id: UUID, *, kinds: Collection[str] = ()) -> int:
    """Take what tells of somebody out of everybody's queue but their own."""
    gone = delete(NotificationRow).where(NotificationRow.about_id == about_id, NotificationRow.user_id != about_id)
    return await _withdrawn(tx, gone.where(NotificationRow.kind.in_(kinds)) if kinds else gone)


async def _withdrawn(tx: Transaction, gone: Any) -> int:
    found = gone.returning(NotificationRow.user_id, NotificationRow.id).execution_options(**UNSEEN)
    by_person: dict[UUID, list[UUID]] = {}
    for user_id, id in await tx.db.execute(found):
        by_person.setdefault(user_id, []).append(id)
    for user_id, ids in sorted(by_person.items()):
        tx.emit(NotificationsWithdrawn(ids=sorted(ids)), user_id=user_id, visibility="private")
    return sum(map(len, by_person.values()))
