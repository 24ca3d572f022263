"""Forgetting a person: their rows go, personal fields of facts become null; what counts stays under an empty id.

Everything happens in one transaction. What foreign keys do not reach is taken care of here, and what others see of it
(a counter that falls) is told like any other change.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from core.accounts.commands import locked_person
from core.accounts.rules import REACH, narrower
from core.events.catalog import ActivityReacted, PersonErased
from core.events.nudges import NotificationsWithdrawn
from core.transaction import Transaction
from data.tables import (
    REACTIONS,
    ActivityReaction,
    ActivityRow,
    AuditRow,
    BlocklistRow,
    BoardRow,
    EventRow,
    IdempotencyKey,
    InboundKey,
    NotificationRow,
    ParkedEvent,
    User,
)

UNSEEN = {"synchronize_session": False}
"""Nothing of what is changed in bulk here is held as an object."""


async def erase_person(tx: Transaction, external_id: str) -> UUID:
    """Forget a person. Their rows go, personal fields of facts become null; what counts stays under an empty id."""
    tx.actor.require("people:erase") if tx.actor.kind != "system" else None
    # In the order in which everybody takes them who changes entries: the boards first, then a person.
    await tx.db.execute(select(BoardRow.id).order_by(BoardRow.id).with_for_update())
    user = await locked_person(tx, external_id)
    await _take_back_reactions(tx, user)
    await _withdraw_notifications(tx, user)
    await _forget_traces(tx, user)
    await tx.db.execute(delete(User).where(User.id == user.id))
    tx.emit(PersonErased(), user_id=user.id, cohort_id=user.cohort_id, visibility=REACH[user.audience])
    return user.id


async def _forget_traces(tx: Transaction, user: User) -> None:
    """What no foreign key reaches: the log's personal fields, and rows that name a person in their texts."""
    facts = EventRow.user_id == user.id
    await tx.db.execute(update(EventRow).where(facts).values(personal=None))
    parked = ParkedEvent.seq.in_(select(EventRow.seq).where(facts))
    await tx.db.execute(update(ParkedEvent).where(parked).values(error="").execution_options(**UNSEEN))
    await _forget_answers(tx, user)
    # The host may build its events' ids from its ids of people.
    keys = InboundKey.event_id.in_(select(EventRow.event_id).where(facts))
    await tx.db.execute(delete(InboundKey).where(keys).execution_options(**UNSEEN))
    audits = or_(AuditRow.actor_id == user.id, AuditRow.target_id == user.id)
    await tx.db.execute(update(AuditRow).where(audits).values(details={}))
    listed = (BlocklistRow.kind == "user") & (BlocklistRow.value == str(user.id))
    await tx.db.execute(delete(BlocklistRow).where(listed))


async def _forget_answers(tx: Transaction, user: User) -> None:
    """Answers about a person, to them, or with a word of them: some are sealed, and a replay would bring it back."""
    names = literal({"user": str(user.id), "host": user.external_id}, JSONB)
    path: ColumnElement[object] = literal_column("'$.** ? (@ == $user || @ == $host)'::jsonpath")
    results = func.jsonb_path_query(IdempotencyKey.body, literal_column("'$.results[*]'::jsonpath"))
    shown = select(results.op("->>")("id").label("id")).correlate(IdempotencyKey).subquery()
    events = select(InboundKey.id).join(EventRow, EventRow.event_id == InboundKey.event_id)
    theirs = shown.c.id.in_(events.where(EventRow.user_id == user.id)) | (func.strpos(shown.c.id, user.external_id) > 0)
    answers = or_(
        IdempotencyKey.user_id == user.id,
        IdempotencyKey.caller == f"person:{user.id}",
        IdempotencyKey.key == user.external_id,
        func.jsonb_path_exists(IdempotencyKey.body, path, names),
        select(shown.c.id).where(theirs).exists(),
    )
    await tx.db.execute(delete(IdempotencyKey).where(answers).execution_options(**UNSEEN))


async def _withdraw_notifications(tx: Transaction, user: User) -> None:
    """What told of them is in nobody's queue any more."""
    theirs = select(NotificationRow.user_id, func.array_agg(NotificationRow.id)).group_by(NotificationRow.user_id)
    about = theirs.where(NotificationRow.about_id == user.id, NotificationRow.user_id != user.id)
    for owner_id, ids in await tx.db.execute(about.order_by(NotificationRow.user_id)):
        tx.emit(NotificationsWithdrawn(ids=sorted(ids)), user_id=owner_id, visibility="private")


async def _take_back_reactions(tx: Transaction, user: User) -> None:
    """Their reactions stop counting, in every list that is open too."""
    theirs = select(ActivityReaction.activity_event_id).where(ActivityReaction.user_id == user.id)
    held = select(ActivityRow.id).where(ActivityRow.id.in_(theirs)).order_by(ActivityRow.id).with_for_update()
    ids = list((await tx.db.execute(held)).scalars())
    if not ids:
        return
    await tx.db.execute(delete(ActivityReaction).where(ActivityReaction.user_id == user.id).execution_options(**UNSEEN))
    left = select(func.count()).where(ActivityReaction.activity_event_id == ActivityRow.id).scalar_subquery()
    counted = update(ActivityRow).where(ActivityRow.id.in_(ids)).values(reactions_count=left)
    await tx.db.execute(counted.execution_options(**UNSEEN))
    wanted = select(ActivityRow, User, REACTIONS).join(User, User.id == ActivityRow.user_id)
    for row, owner, counts in await tx.db.execute(wanted.where(ActivityRow.id.in_(ids), User.id != user.id)):
        event = ActivityReacted(activity_id=row.id, owner_id=row.user_id, counts=counts)
        reach = narrower(row.visibility, REACH[owner.audience])
        tx.emit(event, cohort_id=row.cohort_id, subject=row.subject_id, visibility=reach)
