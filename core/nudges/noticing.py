"""What else goes into somebody's queue: a challenge, a cheer, a request, an invitation, a badge.

A challenge by a friend is a nudge, as long as one more may reach its person; otherwise, and by anybody else, it waits
in the queue without a word. Everything here is one reaction's: each fact is noticed once, and nothing of somebody who
may not be seen. In quiet hours nothing is shown at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from core.events.catalog import (
    ActivityReacted,
    CoPracticeChanged,
    FriendshipAccepted,
    FriendshipRequested,
    LearnerProgressed,
)
from core.events.fact import Fact
from core.events.feed import ChallengeInitiated
from core.nudges.crowd import pairs_of, people_of, places_now, sent_lately
from core.nudges.policy import PLAIN, Policy
from core.nudges.queue import Notice, add_notices
from core.nudges.reporting import kept_out
from core.nudges.rules.detecting import Person, may_meet
from core.nudges.rules.limits import is_quiet, room_left
from core.nudges.sending import Sending, send, take_turn
from core.reactions import Reaction
from core.transaction import Transaction
from data.tables import ActivityRow

CHALLENGE_LASTS: Final = timedelta(days=3)
NEWS: Final = timedelta(hours=24)
FRIENDLY = (ActivityReacted, FriendshipRequested, FriendshipAccepted, CoPracticeChanged)


def notices(policy: Policy = PLAIN) -> Reaction:
    async def notice(tx: Transaction, fact: Fact) -> None:
        if fact.user_id is None or fact.backfill or tx.now - fact.received_at > NEWS:
            return
        if isinstance(fact.event, ChallengeInitiated):
            await _challenge(tx, fact, fact.event, policy)
        elif isinstance(fact.event, LearnerProgressed):
            await _badges(tx, fact, fact.event)
        else:
            await _of_somebody(tx, fact)

    return Reaction("notices", (ChallengeInitiated, LearnerProgressed, *FRIENDLY), notice)


async def _challenge(tx: Transaction, fact: Fact, event: ChallengeInitiated, policy: Policy) -> None:
    """A nudge between friends, if it may reach its person now; else a line in the queue."""
    if fact.user_id is None:
        return
    await take_turn(tx)
    to = event.target_user_id
    people = await people_of(tx.db, [fact.user_id, to], tx.now, posted=policy.posted)
    if len(people) < 2 or not may_meet(people[fact.user_id], people[to]) or "challenge" not in people[to].allowed.app:
        return
    if (await tx.db.execute(select(kept_out(fact.user_id, tx.now)))).scalar_one():
        return
    row = await tx.db.get(ActivityRow, event.activity_id)
    score = row.data.get("score") if row else None
    friends = (fact.user_id, to) in await pairs_of(tx.db, [fact.user_id], tx.now)
    if friends and await _has_room(tx, people[to]):
        place = (await places_now(tx.db, tx.now)).get(to)
        mail = place is None and "challenge" in people[to].allowed.mail
        one = Sending(
            sender_id=fact.user_id,
            recipient=people[to],
            nudge_type="challenge",
            subject=fact.subject,
            skill=fact.skill,
            way="mail" if mail else "live" if place is not None and not place.busy else "queue",
            lasts=CHALLENGE_LASTS,
            mail=mail,
            score=score,
        )
        await send(tx, [one])
        return
    key = f"challenge:{event.activity_id}:{fact.user_id}"
    quiet = Notice(user_id=to, cohort_id=people[to].cohort_id, kind="challenge_back", key=key, about_id=fact.user_id)
    await add_notices(tx, [replace(quiet, subject=fact.subject, skill=fact.skill, score=score)])


async def _has_room(tx: Transaction, person: Person) -> bool:
    if is_quiet(person.allowed.quiet, person.zone, tx.now):
        return False
    sent = await sent_lately(tx.db, [person.id], tx.now)
    return room_left((one.at for one in sent), person.zone, tx.now, person.allowed.daily_cap) > 0


async def _badges(tx: Transaction, fact: Fact, event: LearnerProgressed) -> None:
    if fact.user_id is None:
        return
    await add_notices(
        tx,
        [
            Notice(
                user_id=fact.user_id,
                cohort_id=None,
                kind="badge",
                key=f"badge:{badge.achievement}:{badge.scope}",
                name=badge.title,
            )
            for badge in event.unlocked
        ],
    )


async def _of_somebody(tx: Transaction, fact: Fact) -> None:
    """What one person did towards another, in the other's queue."""
    found = _towards(fact)
    if found is None or fact.user_id is None or found[0] == fact.user_id:
        return
    to, kind, key = found
    people = await people_of(tx.db, [fact.user_id, to], tx.now, posted=False)
    if len(people) < 2 or not may_meet(people[fact.user_id], people[to]):
        return
    # Strangers' reactions are counted, and not told: who is no friend stays unnamed.
    if kind == "cheer" and (fact.user_id, to) not in await pairs_of(tx.db, [fact.user_id], tx.now):
        return
    person = people[to]
    shown = not is_quiet(person.allowed.quiet, person.zone, tx.now)
    one = Notice(user_id=to, cohort_id=person.cohort_id, kind=kind, key=key, about_id=fact.user_id)
    one = replace(one, subject=fact.subject, skill=fact.skill or await _skill(tx, fact))
    await add_notices(tx, [replace(one, way="live" if shown else "queue")])


async def _skill(tx: Transaction, fact: Fact) -> str | None:
    """Of what somebody reacted to, the skill it was about."""
    if not isinstance(fact.event, ActivityReacted):
        return None
    wanted = select(ActivityRow.skill).where(ActivityRow.id == fact.event.activity_id)
    return (await tx.db.execute(wanted)).scalar_one_or_none()


def _towards(fact: Fact) -> tuple[UUID, str, str] | None:
    """To whom a fact is something, what kind, and what makes it the same as another."""
    event = fact.event
    if isinstance(event, ActivityReacted) and event.reaction is not None:
        return event.owner_id, "cheer", f"cheer:{event.activity_id}"
    if isinstance(event, FriendshipRequested):
        return event.friend_id, "friend_request", f"friend_request:{fact.user_id}:{fact.at.date()}"
    if isinstance(event, FriendshipAccepted):
        return event.friend_id, "friend_accepted", f"friend_accepted:{fact.user_id}:{fact.at.date()}"
    if isinstance(event, CoPracticeChanged) and event.status == "invited" and fact.user_id == event.inviter_id:
        return event.partner_id, "co_practice", f"co_practice:{event.session_id}"
    return None
