"""What follows from facts: who begins to practise is told of at once; who is out of sight is told of no more.

A block, an ended friendship, a switch to being offline or a consent that was taken back takes what it concerns out of
the queues of others and ends what was pending: nobody joins, or is reminded of, somebody whom they are not to see.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from core.events.catalog import (
    AccessChanged,
    AudienceChanged,
    FriendshipDeclined,
    PersonBlocked,
    PersonUpdated,
    PracticeRunChanged,
)
from core.events.fact import Fact
from core.nudges.commands import end
from core.nudges.crowd import people_of
from core.nudges.policy import PLAIN, Policy
from core.nudges.queue import withdraw, withdraw_everywhere
from core.nudges.rules.detecting import Place, may_meet
from core.nudges.sending import detect
from core.reactions import Reaction
from core.transaction import Transaction
from data.tables import NotificationRow, NudgeRow, User

NEWS = timedelta(minutes=5)
"""Who began longer ago is found by the next run of the detection, if they are still there."""
ABOUT_FRIENDS = ("friend_online", "challenge")


def nudge_friends(policy: Policy = PLAIN) -> Reaction:
    """Somebody began to practise: their friends may hear of it now, and need not wait for the next run."""

    async def tell_friends(tx: Transaction, fact: Fact) -> None:
        event = fact.event
        if not isinstance(event, PracticeRunChanged) or event.status != "live" or fact.user_id is None:
            return
        if tx.now - fact.received_at > NEWS or not fact.subject:
            return
        begun = {fact.user_id: Place(fact.subject, fact.skill, busy=True)}
        await detect(tx, policy, only=[fact.user_id], begun=begun)

    return Reaction("nudge_friends", (PracticeRunChanged,), tell_friends)


async def tell_no_more(tx: Transaction, fact: Fact) -> None:
    """Take back what tells of people to those who are not to see them any longer."""
    event, me = fact.event, fact.user_id
    if me is None:
        return
    if isinstance(event, PersonBlocked):
        await _part(tx, me, event.blocked_id)
    elif isinstance(event, FriendshipDeclined):
        await _part(tx, me, event.friend_id)
    elif isinstance(event, AccessChanged) and event.reason == "presence":
        await _offline(tx, me)
    elif isinstance(event, AudienceChanged | PersonUpdated):
        await _out_of_sight(tx, me)


async def _part(tx: Transaction, one: UUID, other: UUID) -> None:
    """What either hears of the other is over."""
    between = or_(
        and_(NudgeRow.sender_id == one, NudgeRow.recipient_id == other),
        and_(NudgeRow.sender_id == other, NudgeRow.recipient_id == one),
    )
    await _end_where(tx, between)
    for user_id, about in ((one, other), (other, one)):
        await withdraw(tx, user_id, [about])


async def _offline(tx: Transaction, user_id: UUID) -> None:
    """Who appears offline is practising nowhere, as far as others know."""
    user = await tx.db.get(User, user_id)
    if user is None or not (user.appears_offline or user.kept_offline):
        return
    await _end_where(tx, and_(NudgeRow.sender_id == user_id, NudgeRow.nudge_type == "friend_online"))
    await withdraw_everywhere(tx, user_id, kinds=["friend_online"])


async def _out_of_sight(tx: Transaction, user_id: UUID) -> None:
    """Whoever may no longer see somebody hears of them no more, and the other way round."""
    rows = NotificationRow
    about = select(rows.user_id, rows.about_id).where(
        or_(rows.user_id == user_id, rows.about_id == user_id), rows.about_id != rows.user_id
    )
    pairs = [(owner, about) for owner, about in await tx.db.execute(about.distinct()) if about]
    people = await people_of(tx.db, {id for pair in pairs for id in pair} | {user_id}, tx.now, posted=False)
    for owner, whom in pairs:
        if owner in people and whom in people and not may_meet(people[owner], people[whom]):
            await _end_where(tx, and_(NudgeRow.sender_id == whom, NudgeRow.recipient_id == owner))
            await withdraw(tx, owner, [whom])


async def _end_where(tx: Transaction, condition: ColumnElement[bool]) -> None:
    wanted = select(NudgeRow.id).where(condition, NudgeRow.status == "pending")
    await end(tx, list((await tx.db.execute(wanted.order_by(NudgeRow.id).with_for_update())).scalars()))


OUT_OF_SIGHT = Reaction(
    "nudges_out_of_sight",
    (PersonBlocked, FriendshipDeclined, AccessChanged, AudienceChanged, PersonUpdated),
    tell_no_more,
)
