"""Making nudges: the rows, what goes into the queues, and what is to leave the app. One at a time over all nodes.

Whoever makes nudges holds one lock until the commit, so caps and cooldowns hold however many nodes look at once. What
is decided is decided by `detecting` over everybody; a run asks the same number of questions whoever is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert

from core.events.nudges import Way
from core.ids import new_id
from core.nudges.crowd import THESE, pairs_of, people_of, places_now, sent_lately
from core.nudges.policy import PLAIN, Policy
from core.nudges.queue import Notice, add_notices
from core.nudges.rules.detecting import Person, Place, choose
from core.nudges.rules.limits import DIGEST_AT, next_time
from core.transaction import Transaction
from data.tables import DeliveryRow, NudgeRow, User

TABLE = cast(Table, NudgeRow.__table__)
LOCK: Final = 0x7A4D_0020
EXPIRES: Final = timedelta(hours=1)
AT_ONCE: Final = 5_000
"""Nudges that one run makes at most; the next run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A nudge that has been decided on."""

    sender_id: UUID
    recipient: Person
    nudge_type: str
    subject: str | None
    skill: str | None
    way: Way
    lasts: timedelta = EXPIRES
    mail: bool = False
    score: float | None = None
    days: int | None = None
    stage: str | None = None
    """Of a cohort's challenge: whether it starts, ends soon, has ended, is over and another's, or was won."""
    challenge_id: UUID | None = None

    @property
    def details(self) -> dict[str, Any]:
        given = {"skill": self.skill, "score": self.score, "days": self.days, "stage": self.stage}
        given["challenge_id"] = str(self.challenge_id) if self.challenge_id else None
        return {key: value for key, value in given.items() if value is not None}


async def take_turn(tx: Transaction) -> None:
    """Let nobody else make nudges until the commit."""
    await tx.db.execute(select(func.pg_advisory_xact_lock(LOCK)))


async def detect(
    tx: Transaction,
    policy: Policy = PLAIN,
    *,
    only: Collection[UUID] | None = None,
    begun: Mapping[UUID, Place] | None = None,
) -> int:
    """Tell friends of those who are online; how many nudges that made.

    `only` looks at these senders alone. `begun` is what is known better than the look-up has it: who just began.
    """
    await take_turn(tx)
    places = await places_now(tx.db, tx.now)
    for user_id, place in (begun or {}).items():
        places[user_id] = place
    senders = [id for id in (places if only is None else only) if id in places and places[id].subject]
    pairs = await pairs_of(tx.db, senders, tx.now) if senders else []
    if not pairs:
        return 0
    people = await people_of(tx.db, {id for pair in pairs for id in pair}, tx.now, posted=policy.posted)
    sent = await sent_lately(tx.db, {recipient for _, recipient in pairs}, tx.now)
    found = choose(tx.now, pairs, people, places, sent, policy.ways)[:AT_ONCE]
    sendings = [
        Sending(
            sender_id=one.sender_id,
            recipient=people[one.recipient_id],
            nudge_type="friend_online",
            subject=one.subject,
            skill=one.skill,
            way=one.way,
            mail=one.way == "mail",
        )
        for one in found
    ]
    return await send(tx, sendings)


async def send(tx: Transaction, sendings: Sequence[Sending]) -> int:
    """Write nudges that were decided on, with their notifications and deliveries: a statement for each table."""
    sendings = await _still_there(tx, sendings)
    if not sendings:
        return 0
    rows = [_row(tx, one) for one in sendings]
    await tx.db.execute(insert(TABLE).values(rows))
    notices = [_notice(row, one) for row, one in zip(rows, sendings, strict=True)]
    await add_notices(tx, notices)
    posts = [_delivery(tx, row, one) for row, one in zip(rows, sendings, strict=True) if one.mail]
    if posts:
        await tx.db.execute(insert(DeliveryRow).values(posts))
    return len(rows)


async def _still_there(tx: Transaction, sendings: Sequence[Sending]) -> list[Sending]:
    """Those of whom and to whom somebody is there until the commit; who was erased meanwhile is left out."""
    ids = {id for one in sendings for id in (one.sender_id, one.recipient.id)}
    if not ids:
        return []
    held = select(User.id).where(User.id == THESE).order_by(User.id).with_for_update(read=True, key_share=True)
    there = set((await tx.db.execute(held, {"ids": sorted(ids)})).scalars())
    return [one for one in sendings if one.sender_id in there and one.recipient.id in there]


def _row(tx: Transaction, one: Sending) -> dict[str, Any]:
    return {
        "id": new_id(),
        "sender_id": one.sender_id,
        "recipient_id": one.recipient.id,
        "nudge_type": one.nudge_type,
        "subject_id": one.subject,
        "status": "pending",
        "metadata": one.details,
        "expires_at": tx.now + one.lasts,
        "delivery": one.way,
        "inserted_at": tx.now,
    }


def _notice(row: Mapping[str, Any], one: Sending) -> Notice:
    return Notice(
        user_id=one.recipient.id,
        cohort_id=one.recipient.cohort_id,
        kind=one.nudge_type,
        key=f"nudge:{row['id']}",
        about_id=one.sender_id,
        nudge_id=row["id"],
        subject=one.subject,
        skill=one.skill,
        score=one.score,
        days=one.days,
        stage=one.stage,
        way=one.way,
        expires_at=row["expires_at"],
    )


def _delivery(tx: Transaction, row: Mapping[str, Any], one: Sending) -> dict[str, Any]:
    """At once, or with the others of the day for whoever wishes it so."""
    person = one.recipient
    due_at = next_time(person.zone, tx.now, DIGEST_AT) if person.allowed.digest else tx.now
    return {
        "id": new_id(),
        "user_id": person.id,
        "nudge_id": row["id"],
        "status": "waiting",
        "due_at": due_at,
        "created_at": tx.now,
    }
